"""What reports teach: open data that gives nobody away, figures per area, and where the same comes back."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import plein.foundation.gate.door as gate
from plein.foundation.catalogue.contracts import contract
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.errors import NotAllowed
from plein.foundation.geo.coordinates import to_rd
from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM, Actor
from plein.foundation.identity.models import AuditLine
from plein.service.reports.actions import learning
from plein.service.reports.errors import NoSuchCause, SayWhy
from plein.service.reports.models import Category, Cause, Report
from plein.service.reports.queries import learning as learned
from plein.service.reports.rules import figures
from plein.service.reports.rules.figures import Seen
from plein.service.reports.sources import history
from plein.service.reports.tests.conftest import NOW, SPOT, filed, lamp
from plein.service.reports.tests.test_sources import a_list, a_map, line

COORDINATOR = Actor("staff", "7", roles=frozenset({"report-coordinator"}))
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]


def closed(report: Report, *, days: int, ending: str = "solved", **values: Any) -> Report:
    at = report.reported_at + timedelta(days=days)
    Report.objects.filter(pk=report.pk).update(closed_at=at, ending=ending, **values)
    return report


def read(product: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = gate.read(product, activity="reports.learn", by=ANONYMOUS, now=NOW).to_pylist()
    return rows


def test_figures_count_a_report_where_it_was_made_and_where_it_ended() -> None:
    areas = ["GM1", "WK1"]
    may, june = date(2026, 5, 30), date(2026, 6, 2)
    told = [
        Seen(areas=areas, reported=may, closed=june, ending="solved", promised=june, working_days=2),
        Seen(areas=areas, reported=may, closed=june, ending="solved", promised=may, reopened=1, working_days=4),
        Seen(areas=areas, reported=june, closed=june, ending="will-not"),
        Seen(areas=areas, reported=june, closed=june, ending="merged"),
        Seen(areas=["GM1"], reported=june),
    ]

    found = {(one.code, one.month.month): one for one in figures.monthly(told)}

    assert found["GM1", 5].reported == 2
    assert found["GM1", 5].closed == 0
    june_figures = found["GM1", 6]
    assert (june_figures.reported, june_figures.closed) == (3, 3)  # merged is no work that was done
    assert (june_figures.promised, june_figures.in_time) == (2, 1)
    assert (june_figures.solved, june_figures.at_once, june_figures.reopened) == (2, 1, 1)
    assert june_figures.working_days == 3
    assert found["WK1", 6].reported == 2


def test_answers_are_counted_per_district_and_quarter() -> None:
    may, july = date(2026, 5, 1), date(2026, 7, 1)
    told = [
        Seen(areas=["GM1", "WK1", "BU1"], reported=may, satisfied=True, judged_on=may),
        Seen(areas=["GM1", "WK1", "BU1"], reported=may, satisfied=False, judged_on=may),
        Seen(areas=["GM1", "WK1", "BU1"], reported=may, satisfied=True, judged_on=july),
        Seen(areas=["GM1", "WK1", "BU1"], reported=may),
    ]

    assert figures.answers(told) == [("WK1", "2026-Q2", 2, 1), ("WK1", "2026-Q3", 1, 1)]


@pytest.mark.usefixtures("town")
def test_open_data_has_no_text_a_rounded_place_and_comes_a_week_later() -> None:
    old = closed(filed(NOW - timedelta(days=30)).report, days=2, promise_on=date(2026, 10, 20))
    new = filed(NOW - timedelta(days=6), text="Nog een lamp die het niet doet, verderop", lat=52.565).report

    learning.publish_public(by=SYSTEM, now=NOW)

    (row,) = read("reports.public")
    assert not {"text", "public_text", "contact", "public_key", "address"} & row.keys()
    assert old.public_key not in str(row)
    assert new.public_key not in str(row)
    assert (row["reported_on"], row["closed_on"]) == (date(2026, 10, 19), date(2026, 10, 21))
    assert (row["ending"], row["in_time"], row["working_days"]) == ("solved", False, 2)
    x, y = to_rd(row["lon"], row["lat"])
    assert abs(x % 50 - 25) < 1  # the middle of a square of 50 m; the grid is good to half a metre
    assert abs(y % 50 - 25) < 1
    true_x, true_y = to_rd(*SPOT)
    assert max(abs(x - true_x), abs(y - true_y)) <= 26


@pytest.mark.usefixtures("town")
def test_what_is_not_public_hidden_or_withdrawn_stays_out_of_the_open_data() -> None:
    long_ago = NOW - timedelta(days=30)
    reports = [
        filed(long_ago, text=f"Een heel andere melding nummer {number}, over iets", lat=52.555 + number / 1000).report
        for number in range(4)
    ]
    Report.objects.filter(pk=reports[0].pk).update(is_hidden=True)
    closed(reports[1], days=1, ending="withdrawn")
    other = Category.objects.exclude(slug="lamp-uit").filter(set_key="pleinstad").first()
    assert other is not None
    Category.objects.filter(pk=other.pk).update(is_public=False)
    Report.objects.filter(pk=reports[2].pk).update(category=other)

    learning.publish_public(by=SYSTEM, now=NOW)

    assert len(read("reports.public")) == 1


@pytest.mark.usefixtures("town")
def test_a_list_that_is_not_to_be_spread_counts_and_is_not_shown(data_dir: Path, settings: Any) -> None:
    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": "GM0537"}
    path = a_list(data_dir, (1, datetime(2024, 1, 5, 9), "Afval", "Rijnsburg"))
    history.load_list(path, gemeente="GM0537", by=SYSTEM, now=NOW)

    learning.publish_public(by=SYSTEM, now=NOW)
    learning.publish_figures(by=SYSTEM, now=NOW)

    assert not ProductVersion.objects.filter(product__key="reports.public").exists()
    assert [(row["code"], row["reported"], row["closed"]) for row in read("reports.figures")] == [("GM0537", 1, 0)]


@pytest.mark.usefixtures("town")
def test_reports_of_before_plein_stand_beside_our_own(data_dir: Path, settings: Any) -> None:
    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": "GM0106"}
    rows = [line("a", "2026-05-20T10:00:00Z", "2026-05-20", "2026-05-21", "2026-05-22")]
    history.load_map(a_map(data_dir, *rows), gemeente="GM0106", by=SYSTEM, now=NOW)
    filed(NOW - timedelta(days=30))

    learning.publish_public(by=SYSTEM, now=NOW)

    assert Counter((row["origin"], row["ending"]) for row in read("reports.public")) == {
        ("before", "gone"): 1,
        ("plein", None): 1,
    }


@pytest.mark.usefixtures("town")
def test_the_same_night_again_publishes_nothing_new() -> None:
    closed(filed(NOW - timedelta(days=30)).report, days=2, satisfied=True, satisfied_at=NOW)

    learning.learn(by=SYSTEM, now=NOW)
    before = ProductVersion.objects.count()
    learning.learn(by=SYSTEM, now=NOW)

    assert before == 3  # public, figures, satisfaction
    assert ProductVersion.objects.count() == before


@pytest.mark.usefixtures("town")
def test_few_answers_are_hidden_from_everyone() -> None:
    closed(filed(NOW - timedelta(days=30)).report, days=2, satisfied=False, satisfied_at=NOW)

    learning.publish_figures(by=SYSTEM, now=NOW)

    (row,) = read("reports.satisfaction")
    assert (row["answered"], row["satisfied"]) == (None, None)


def test_the_open_products_promise_no_persons() -> None:
    for key in ("reports.public", "reports.figures", "reports.satisfaction"):
        agreed = contract(key)
        assert (agreed.openness, agreed.personal, agreed.licence) == ("open", "none", "CC0-1.0")
    assert contract("reports.history").openness == "closed"


def breaking_lamp() -> None:
    """One lamp goes out six times; reports of other lamps lie all over the town."""
    thing = lamp()
    for number in range(6):
        at = NOW - timedelta(days=400 - 60 * number)
        closed(filed(at, text=f"De lamp doet het voor de {number}e keer niet", asset=thing.key).report, days=3)
    for number in range(40):
        at = NOW - timedelta(days=380 - 9 * number)
        text = f"Melding {number} van iets anders, {'heel ' * (number % 5)}ver weg"
        lon, lat = 5.262 + (number % 8) * 0.003, 52.552 + (number // 8) * 0.003
        closed(filed(at, text=text, lon=lon, lat=lat).report, days=3)


@pytest.mark.usefixtures("town")
def test_a_lamp_that_keeps_going_out_is_on_the_list_until_maintenance_decides() -> None:
    breaking_lamp()

    assert learning.find_causes(by=SYSTEM, now=NOW) == 1
    cause = Cause.objects.get()
    learning.decide_cause(cause.pk, "planned", why=" Nieuwe  kabel in maart ", by=COORDINATOR, now=NOW)
    assert learning.find_causes(by=SYSTEM, now=NOW + timedelta(days=1)) == 1

    cause.refresh_from_db()
    assert (cause.category, cause.episodes, cause.asset and cause.asset.key) == ("lamp-uit", 6, "LM-0214")
    assert (cause.decision, cause.note, cause.gone_at) == ("planned", "Nieuwe kabel in maart", None)
    assert learned.done_about(cause)[0][1] == 6
    assert AuditLine.objects.filter(action="reports.decide-cause").count() == 1
    Report.objects.update(is_hidden=True)
    learning.find_causes(by=SYSTEM, now=NOW + timedelta(days=2))
    cause.refresh_from_db()
    assert cause.gone_at == NOW + timedelta(days=2)  # decided, so it stays, and says that it is gone


@pytest.mark.usefixtures("town")
def test_a_decision_says_why_and_is_made_by_who_handles_reports() -> None:
    breaking_lamp()
    learning.find_causes(by=SYSTEM, now=NOW)
    pk = Cause.objects.get().pk

    with pytest.raises(SayWhy):
        learning.decide_cause(pk, "done", why="  ", by=COORDINATOR, now=NOW)
    with pytest.raises(NoSuchCause):
        learning.decide_cause(pk, "deleted", why="x", by=COORDINATOR, now=NOW)
    with pytest.raises(NotAllowed):
        learning.decide_cause(pk, "done", why="x", by=Actor("staff", "9", roles=frozenset({"counter"})), now=NOW)


@pytest.mark.usefixtures("town")
def test_an_area_tells_its_year_and_the_map_its_squares() -> None:
    for number in range(25):
        at = NOW - timedelta(days=60 + number)
        text = f"Melding {number}: {'lamp ' * (1 + number % 6)} kapot bij nummer {number * 7}"
        report = filed(at, text=text, lon=5.262 + number / 1000).report
        closed(report, days=3, promise_on=(at + timedelta(days=1 if number % 5 else 9)).date())
    learning.learn(by=SYSTEM, now=NOW)

    lines = learned.area_card("BU99990000", NOW.date())

    assert lines is not None
    told = {one["title"].en: (one["value"], one["unit"]) for one in lines}
    assert told == {
        "Reports in a year": (25, ""),
        "Reports closed in time": (20.0, "%"),
        "Reports solved at once": (100.0, "%"),
    }
    day = learned.heat_moments()[-1]
    points = learned.heat_points(day)
    assert sum(points["value"].to_pylist()) == 25
    assert learned.area_card("BU00000000", NOW.date()) is None


@pytest.mark.usefixtures("town")
def test_maintenance_sees_the_list_and_decides(client: Client, django_assert_max_num_queries: Any) -> None:
    breaking_lamp()
    learning.learn(by=SYSTEM, now=NOW)
    staff = create_staff("coordinator", roles=["report-coordinator"], demo=True, by=SYSTEM, now=NOW)
    client.force_login(staff)
    cause = Cause.objects.get()

    with django_assert_max_num_queries(25):
        page = client.get("/meldingen/leren/").content.decode()
    without = client.post(f"/meldingen/leren/{cause.pk}/beslis/", {"decision": "planned", "note": " "}, follow=True)
    kept = client.post(f"/meldingen/leren/{cause.pk}/beslis/", {"decision": "planned", "note": "in maart"}, follow=True)

    assert "Lantaarnpaal 214" in page
    assert "begon 6 keer" in page
    assert "Nog niet bekeken" in page
    assert "Er is niets bewaard" in without.content.decode()
    assert "in maart" in kept.content.decode()
    assert "Gepland" in kept.content.decode()


@pytest.mark.usefixtures("town")
def test_the_list_is_for_who_handles_reports(client: Client) -> None:
    assert client.get("/meldingen/leren/").status_code == 302
    staff = create_staff("reader", roles=["council-member"], demo=True, by=SYSTEM, now=NOW)
    client.force_login(staff)

    assert client.get("/meldingen/leren/").status_code == 403
    assert client.post("/meldingen/leren/1/beslis/", {"decision": "done", "note": "x"}).status_code == 403


@pytest.mark.usefixtures("town")
def test_an_empty_list_says_what_will_stand_there(client: Client) -> None:
    staff = create_staff("coordinator", roles=["report-coordinator"], demo=True, by=SYSTEM, now=NOW)
    client.force_login(staff)

    assert "Niets komt vaker terug dan gewoon" in client.get("/meldingen/leren/").content.decode()
