"""Indicators come in once, are computed through the gate, keep their history, and change only through a draft."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from plein.foundation.catalogue import products
from plein.foundation.errors import NotAllowed
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM
from plein.foundation.identity.models import AuditLine
from plein.foundation.jobs import run_due
from plein.foundation.jobs.models import JobRun
from plein.insight.monitor import jobs, rules
from plein.insight.monitor.actions import editing
from plein.insight.monitor.actions.computing import compute, compute_all, evaluate
from plein.insight.monitor.actions.importing import import_indicators, shipped_files
from plein.insight.monitor.errors import FormulaRefused, KeyTaken, NothingToPublish, TwoValues
from plein.insight.monitor.models import Goal, Indicator, IndicatorVersion, Run, Standing, Value
from plein.insight.monitor.queries import detail, published
from plein.insight.monitor.tests.conftest import ANALYST, COUNCIL, HOME, NORTH, NOW, SOUTH, health

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture
def good_health(town: Callable[..., None]) -> IndicatorVersion:
    import_indicators(by=SYSTEM, now=NOW)
    return IndicatorVersion.objects.get(indicator__key="good-health", state="published")


def _facts(version: IndicatorVersion, **changes: object) -> dict[str, object]:
    from plein.insight.monitor.forms import FIELDS

    facts = {name: getattr(version, name) for name in FIELDS}
    more = {"norms": version.norms, "norm_from_start": version.norm_from_start, "groups": version.groups}
    return {**facts, **more, **changes}


class TestImporting:
    def test_at_least_25_indicators_over_eight_themes_come_with_the_house(self) -> None:
        files = shipped_files()

        indicators = [one for theme in files for goal in theme["goals"] for one in goal["indicators"]]
        assert len(indicators) >= 25
        assert {theme["theme"]["key"] for theme in files} == {
            "reports",
            "living",
            "health",
            "safety",
            "air",
            "traffic",
            "finance",
            "waste",
        }
        assert len({one["key"] for one in indicators}) == len(indicators)

    def test_every_shipped_indicator_says_everything_in_both_languages(self) -> None:
        for theme in shipped_files():
            for goal in theme["goals"]:
                for one in goal["indicators"]:
                    for name in ("title", "definition", "unit", "source"):
                        assert set(one[name]) == {"nl", "en"}, (one["key"], name)
                        assert all(one[name].values()), (one["key"], name)
                    has_norm = one.get("norms") or one.get("from_start")
                    assert not has_norm or one["norm_source"]["nl"], one["key"]
                    assert rules.products_of(one["formula"])

    def test_importing_again_leaves_what_the_analyst_changed(self, good_health: IndicatorVersion) -> None:
        Indicator.objects.filter(key="good-health").update(order=7)

        again = import_indicators(by=SYSTEM, now=LATER)

        assert (again.new, again.kept) == (0, Indicator.objects.count())
        assert Indicator.objects.get(key="good-health").order == 7

    def test_who_may_not_edit_may_not_import(self) -> None:
        with pytest.raises(NotAllowed):
            import_indicators(by=COUNCIL, now=NOW)


class TestComputing:
    def test_values_come_through_the_gate_for_our_areas_and_all_municipalities(
        self, good_health: IndicatorVersion
    ) -> None:
        run = compute(good_health, now=NOW)

        # 5 areas x 5 years are published; the neighbourhood of Groningen is not ours.
        assert (run.outcome, run.rows, run.products) == ("changed", 20, {"monitor.health": 1})
        assert Value.objects.filter(version=good_health).count() == 20
        assert Value.objects.get(version=good_health, area_code=HOME, period="2024").value == 72.4

    def test_each_of_our_areas_gets_a_standing(self, good_health: IndicatorVersion) -> None:
        compute(good_health, now=NOW)

        # Noord rises every year from 80 (S = 10, p = 0.027): on track for at least 80 in 2028. Zuid falls: behind.
        stands = {row.area_code: row for row in Standing.objects.filter(version=good_health)}
        assert set(stands) == {HOME, NORTH, SOUTH}
        assert (stands[NORTH].status, stands[NORTH].reason, stands[NORTH].norm) == ("on_track", "heading_there", 80.0)
        assert (stands[SOUTH].status, stands[SOUTH].reason) == ("behind", "too_slow")
        # Assen: S = -1+1-1-1 +1-1-1 -1-1 +1 = -4, no clear trend; the middle of 78.0, 69.3, 72.4 is 72.4 < 76.6.
        assert (stands[HOME].status, stands[HOME].reason, stands[HOME].expected) == ("behind", "steady_short", 72.4)

    def test_computing_again_on_the_same_data_changes_no_value(self, good_health: IndicatorVersion) -> None:
        compute(good_health, now=NOW)

        again = compute(good_health, now=LATER)

        assert again.outcome == "same"
        assert Value.objects.filter(version=good_health).count() == 20

    def test_what_we_knew_then_stays_known(self, good_health: IndicatorVersion, town: Callable[..., None]) -> None:
        compute(good_health, now=NOW)
        town("monitor.health", health(assen=(76.6, 76.2, 78.0, 69.3, 74.0)), now=LATER)

        run = compute(good_health, now=LATER)

        assert (run.outcome, run.products) == ("changed", {"monitor.health": 2})
        assert detail.known_on(good_health, area=HOME, at=NOW)["2024"] == 72.4
        assert detail.known_on(good_health, area=HOME, at=LATER)["2024"] == 74.0
        assert Value.objects.filter(version=good_health, replaced_at__isnull=False).count() == 1

    def test_a_value_that_disappears_is_closed_and_not_lost(
        self, good_health: IndicatorVersion, town: Callable[..., None]
    ) -> None:
        compute(good_health, now=NOW)
        town("monitor.health", [row for row in health() if row["year"] != 2012], now=LATER)

        compute(good_health, now=LATER)

        assert "2012" not in detail.known_on(good_health, area=HOME, at=LATER)
        assert detail.known_on(good_health, area=HOME, at=NOW)["2012"] == 76.6

    def test_a_formula_that_fails_leaves_the_values_and_says_why(self, good_health: IndicatorVersion) -> None:
        compute(good_health, now=NOW)
        good_health.formula = "SELECT code AS area, year AS period, no_such_column AS value FROM monitor__health"

        run = compute(good_health, now=LATER)

        assert run.outcome == "failed"
        assert "no_such_column" in run.error
        assert Value.objects.filter(version=good_health, replaced_at__isnull=True).count() == 20

    def test_data_that_is_not_there_yet_is_a_reason_and_no_crash(self, good_health: IndicatorVersion) -> None:
        runs = compute_all(now=NOW)

        failed = [run for run in runs if run.outcome == "failed"]
        assert {run.version.indicator.key for run in runs if run.outcome == "changed"} == {"good-health"}
        assert failed
        assert all(run.error for run in failed)

    def test_the_values_are_published_as_an_open_product(self, good_health: IndicatorVersion) -> None:
        compute_all(now=NOW, products=["monitor.health"])

        version = products.current("monitor.indicator_values")
        assert version.rows == 20

    @pytest.mark.parametrize(
        "formula",
        [
            "SELECT gemeente_code AS area, '2024' AS period, gezondheid_goed_pct AS value FROM monitor__health",
            "SELECT code AS area, year AS period FROM monitor__health",
            "SELECT kind AS area, 2024 AS period, 1 AS value FROM monitor__health",
            "SELECT code AS area, year AS period, 1 AS value, kind FROM monitor__health",
        ],
    )
    def test_a_formula_that_gives_no_values_is_refused(self, town: Callable[..., None], formula: str) -> None:
        with pytest.raises(FormulaRefused):
            evaluate(formula, by=SYSTEM, now=NOW)

    def test_two_values_of_one_thing_name_the_area(self, town: Callable[..., None]) -> None:
        formula = "SELECT gemeente_code AS area, '2024' AS period, gezondheid_goed_pct AS value FROM monitor__health"

        with pytest.raises(TwoValues, match=HOME):
            evaluate(f"{formula} WHERE gemeente_code = '{HOME}'", by=SYSTEM, now=NOW)


class TestEditing:
    def test_a_preview_shows_the_outcome_and_saves_nothing(self, good_health: IndicatorVersion) -> None:
        good_health.norms, good_health.norm_from_start = {"2030": 70.0}, []

        seen = editing.preview(good_health, by=ANALYST, now=NOW)

        assert (seen.rows, seen.areas, seen.points["2024"]) == (20, 4, 72.4)
        assert seen.standing.status == "on_track"
        assert Value.objects.count() == Run.objects.count() == 0

    def test_publishing_a_draft_makes_a_new_version_and_keeps_the_old(self, good_health: IndicatorVersion) -> None:
        compute(good_health, now=NOW)
        facts = _facts(good_health, norms={"2030": 80.0}, norm_from_start=[], change_nl="Norm", change_en="Norm")
        editing.save_draft(facts, indicator=good_health.indicator, by=ANALYST, now=LATER)

        new = editing.publish_indicator("good-health", by=ANALYST, now=LATER)

        good_health.refresh_from_db()
        assert (new.number, new.state, good_health.state) == (2, "published", "replaced")
        assert Value.objects.filter(version=good_health).count() == 20
        assert published.version_of("good-health").pk == new.pk
        assert AuditLine.objects.filter(action="monitor.publish", subject="indicator:good-health").exists()

    def test_saving_twice_keeps_one_draft(self, good_health: IndicatorVersion) -> None:
        for title in ("A", "B"):
            facts = _facts(good_health, title_en=title)
            editing.save_draft(facts, indicator=good_health.indicator, by=ANALYST, now=LATER)

        assert list(good_health.indicator.versions.filter(state="draft").values_list("title_en", flat=True)) == ["B"]

    def test_without_a_draft_there_is_nothing_to_publish(self, good_health: IndicatorVersion) -> None:
        with pytest.raises(NothingToPublish):
            editing.publish_indicator("good-health", by=ANALYST, now=NOW)

    def test_an_unsound_formula_is_never_kept(self, good_health: IndicatorVersion) -> None:
        with pytest.raises(FormulaRefused):
            editing.save_draft(
                _facts(good_health, formula="DROP TABLE x"), indicator=good_health.indicator, by=ANALYST, now=NOW
            )

    def test_a_new_indicator_starts_as_a_draft_and_may_be_dropped(self, good_health: IndicatorVersion) -> None:
        goal = Goal.objects.get(key="healthy-everywhere")
        editing.start_indicator("healthier", goal=goal, facts=_facts(good_health), by=ANALYST, now=NOW)

        editing.drop_draft("healthier", by=ANALYST, now=NOW)

        assert not Indicator.objects.filter(key="healthier").exists()

    def test_a_key_is_given_once(self, good_health: IndicatorVersion) -> None:
        with pytest.raises(KeyTaken):
            editing.start_indicator(
                "good-health", goal=good_health.indicator.goal, facts=_facts(good_health), by=ANALYST, now=NOW
            )

    def test_a_retired_indicator_leaves_the_board_and_keeps_its_page(self, good_health: IndicatorVersion) -> None:
        editing.retire("good-health", by=ANALYST, now=NOW)

        assert "good-health" not in published.versions()
        assert published.version_of("good-health").pk == good_health.pk

    @pytest.mark.parametrize("actor", [ANONYMOUS, COUNCIL])
    def test_only_who_may_edit_edits(self, good_health: IndicatorVersion, actor: object) -> None:
        with pytest.raises(NotAllowed):
            editing.preview(good_health, by=actor, now=NOW)  # type: ignore[arg-type]
        with pytest.raises(NotAllowed):
            editing.publish_indicator("good-health", by=actor, now=NOW)  # type: ignore[arg-type]


class TestRefreshing:
    def test_only_what_has_new_data_is_computed_again(
        self, good_health: IndicatorVersion, town: Callable[..., None]
    ) -> None:
        jobs.refresh(now=NOW)
        assert compute_all(now=LATER, stale_only=True) == []

        town("monitor.health", health(assen=(76.6, 76.2, 78.0, 69.3, 74.0)), now=LATER)
        again = compute_all(now=LATER, stale_only=True)

        assert {run.version.indicator.key for run in again} == {"good-health", "health-gap"}

    def test_the_first_refresh_brings_in_the_shipped_set(self, town: Callable[..., None]) -> None:
        jobs.refresh(now=NOW)

        assert published.home().points[published.version_of("good-health").pk]["2024"] == 72.4

    def test_publications_close_together_wait_as_one_run(self, good_health: IndicatorVersion) -> None:
        for product in ("monitor.health", "monitor.areas", "monitor.indicator_values"):
            jobs.note_publication({"product": product}, now=NOW)

        assert JobRun.objects.filter(job="monitor.refresh", key="refresh").count() == 1

    def test_a_published_product_reaches_the_indicators_by_event_and_job(self, good_health: IndicatorVersion) -> None:
        run_due(NOW)

        assert published.home().standings[good_health.pk].status == "behind"

    def test_judging_again_notices_that_values_became_old(self, good_health: IndicatorVersion) -> None:
        compute(good_health, now=NOW)

        jobs.judge_again(now=NOW + timedelta(days=365 * 4))

        stand = Standing.objects.get(version=good_health, area_code=HOME)
        assert (stand.status, stand.reason) == ("unknown", "old")
