"""The pages of the monitor: what they show, to whom, and with how many queries."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.ui.forms import grouped
from plein.insight.monitor.actions.computing import compute_all
from plein.insight.monitor.actions.importing import import_indicators
from plein.insight.monitor.forms import IndicatorForm, NewIndicatorForm
from plein.insight.monitor.models import Indicator, IndicatorVersion, Selection, Value
from plein.insight.monitor.tests.conftest import HOME, NORTH, NOW, OTHER, health

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(town: Callable[..., None]) -> Callable[..., None]:
    """Import the indicators and compute what can be computed."""
    import_indicators(by=SYSTEM, now=NOW)
    compute_all(now=NOW)
    return town


def _client(role: str) -> Client:
    staff = create_staff(f"{role}@example.org", roles=[role], by=SYSTEM, now=NOW)
    client = Client()
    client.force_login(staff)
    return client


class TestReading:
    @pytest.mark.parametrize(
        "address",
        [
            "/monitor/",
            "/monitor/?status=behind",
            "/monitor/thema/health/",
            "/monitor/indicator/good-health/",
            f"/monitor/indicator/good-health/?gebied={NORTH}",
            "/monitor/indicator/good-health/?soort=buurt&periode=2012",
            "/monitor/indicator/good-health/?op=2026-11-19",
            "/monitor/indicator/solvency/",
            f"/monitor/gebied/{NORTH}/",
            f"/monitor/vergelijk/?indicator=good-health&gebied={HOME}&gebied={OTHER}",
            f"/monitor/vergelijk/?indicator=good-health&gebied={HOME},{OTHER}",
            "/monitor/vergelijk/?indicator=good-health&erbij=zuid",
            "/monitor/methode/",
            "/monitor/rapport/",
            "/en/monitor/",
            "/en/monitor/indicator/good-health/",
        ],
    )
    def test_everyone_may_read(self, client: Client, filled: Any, address: str) -> None:
        answer = client.get(address)

        assert answer.status_code == 200
        assert b"<h1>" in answer.content

    @pytest.mark.parametrize("address", ["/monitor/", "/monitor/vergelijk/", "/monitor/rapport/", "/monitor/methode/"])
    def test_an_empty_house_says_how_to_start(self, client: Client, address: str) -> None:
        assert client.get(address).status_code == 200

    @pytest.mark.parametrize(
        "address",
        [
            "/monitor/thema/nothing/",
            "/monitor/indicator/nothing/",
            "/monitor/gebied/BU99999999/",
            "/monitor/rapport/?keuze=9",
        ],
    )
    def test_what_does_not_exist_is_not_found(self, client: Client, filled: Any, address: str) -> None:
        assert client.get(address).status_code == 404

    def test_the_indicator_page_shows_figure_norm_status_formula_and_sources(self, client: Client, filled: Any) -> None:
        page = client.get("/en/monitor/indicator/good-health/").content.decode()

        assert "72.4" in page
        assert "Behind" in page
        assert "There is no clear trend" in page
        assert "FROM monitor__health" in page
        assert "monitor.health (version 1)" in page

    def test_the_list_of_areas_has_every_neighbourhood_of_ours_worst_first(self, client: Client, filled: Any) -> None:
        page = client.get("/monitor/indicator/good-health/").content.decode()

        listed = page[page.index('id="areas"') :]
        assert listed.index("Zuid") < listed.index("Noord")
        assert "BU00140000" not in page

    def test_what_was_known_then_is_shown_again(self, client: Client, filled: Any) -> None:
        filled("monitor.health", health(assen=(76.6, 76.2, 78.0, 69.3, 74.0)), now=NOW + timedelta(days=2))
        compute_all(now=NOW + timedelta(days=2), products=["monitor.health"])

        now = client.get("/monitor/indicator/good-health/").content.decode()
        then = client.get("/monitor/indicator/good-health/?op=2026-11-19").content.decode()

        assert "74,0" in now
        assert "72,4" in then.split("</table>")[0].rsplit("<table", 1)[1]

    def test_the_download_has_every_value_with_its_unit(self, client: Client, filled: Any) -> None:
        answer = client.get("/monitor/indicator/good-health/waarden.csv")

        lines = answer.content.decode().strip().split("\r\n")
        assert lines[0] == "area,kind,grp,period,value,n,unit"
        assert len(lines) == 21
        assert f"{HOME},gemeente,,2024,72.4,,% van de volwassenen" in lines

    def test_comparing_names_an_area_that_is_not_known(self, client: Client, filled: Any) -> None:
        page = client.get("/en/monitor/vergelijk/?indicator=good-health&erbij=Atlantis").content.decode()

        assert "Atlantis” is not an area we know" in page

    def test_a_first_visit_compares_with_the_nearest_municipality_that_has_a_value(
        self, client: Client, filled: Any
    ) -> None:
        page = client.get("/monitor/vergelijk/?indicator=good-health").content.decode()

        assert "74,7" in page  # Groningen in 2024, CBS 50150NED
        assert "72,4" in page  # Assen in 2024

    def test_the_form_keeps_the_areas_that_were_chosen(self, client: Client, filled: Any) -> None:
        address = "/monitor/vergelijk/?indicator=good-health&gebied="

        apart = client.get(f"{address}{HOME}&gebied={OTHER}").content.decode()
        sent = client.get(f"{address}{HOME},{OTHER}").content.decode()

        for page in (apart, sent):
            assert f'name="gebied" value="{HOME},{OTHER}"' in page
            assert page.count('class="monitor-chosen"') == 1
        assert "Groningen" in sent.partition('class="monitor-chosen"')[2].partition("</ul>")[0]

    def test_an_area_can_be_added_by_its_name(self, client: Client, filled: Any) -> None:
        page = client.get(f"/monitor/vergelijk/?indicator=good-health&gebied={HOME}&erbij=groningen").content.decode()

        assert "78,9" in page
        assert "76,6" in page


@pytest.mark.django_db(transaction=True)
class TestSpeed:
    def test_the_board_asks_no_more_however_many_indicators(
        self, client: Client, filled: Any, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(12):
            client.get("/monitor/")

    def test_the_areas_of_an_indicator_cost_no_query_each(
        self, client: Client, filled: Any, django_assert_max_num_queries: Any
    ) -> None:
        version = IndicatorVersion.objects.get(indicator__key="good-health")
        Value.objects.bulk_create(
            Value(version=version, area_code=f"BU0106{n:04d}", kind="buurt", period="2024", value=n, known_at=NOW)
            for n in range(100, 700)
        )

        with django_assert_max_num_queries(26):
            answer = client.get("/monitor/indicator/good-health/")

        assert answer.content.decode().count("BU0106") > 600


class TestMaking:
    @pytest.mark.parametrize("address", ["/monitor/maken/", "/monitor/maken/nieuw/", "/monitor/maken/good-health/"])
    def test_visitors_log_in_first_and_council_members_may_not(self, client: Client, filled: Any, address: str) -> None:
        assert client.get(address).status_code == 302
        assert _client("council-member").get(address).status_code == 403

    def test_the_desk_names_what_could_not_be_computed(self, filled: Any) -> None:
        page = _client("analyst").get("/en/monitor/maken/").content.decode()

        assert "These could not be computed" in page
        assert "New values" in page

    def test_looking_at_the_outcome_shows_it_and_keeps_nothing(self, filled: Any) -> None:
        client = _client("analyst")
        form = _form_of(
            client, "good-health", formula="SELECT code AS area, year AS period, 50 AS value FROM monitor__health"
        )

        page = client.post("/en/monitor/maken/good-health/", {**form, "look": ""}).content.decode()

        assert "20 values for 4 areas" in page
        assert not IndicatorVersion.objects.filter(state="draft").exists()

    def test_a_formula_that_fails_is_explained(self, filled: Any) -> None:
        client = _client("analyst")
        form = _form_of(client, "good-health", formula="SELECT code AS area, year AS period FROM monitor__health")

        page = client.post("/en/monitor/maken/good-health/", {**form, "look": ""}).content.decode()

        assert "lacks the column value" in page

    def test_keep_then_publish_makes_version_two(self, filled: Any) -> None:
        client = _client("analyst")
        form = _form_of(client, "good-health", norms="2030 80", from_start="", change_en="A norm of the council")

        kept = client.post("/monitor/maken/good-health/", {**form, "save": ""})
        published = client.post("/monitor/maken/good-health/publiceren/")

        assert (kept.status_code, published.status_code) == (302, 302)
        version = IndicatorVersion.objects.get(indicator__key="good-health", state="published")
        assert (version.number, version.norms, version.norm_from_start) == (2, {"2030": 80.0}, [])

    def test_a_new_indicator_can_be_made(self, filled: Any) -> None:
        client = _client("analyst")
        form = _form_of(client, "good-health")
        goal = Indicator.objects.get(key="good-health").goal_id

        answer = client.post("/monitor/maken/nieuw/", {**form, "key": "healthier", "goal": goal, "save": ""})

        assert answer.status_code == 302
        assert IndicatorVersion.objects.get(indicator__key="healthier").state == "draft"

    @pytest.mark.parametrize("kind", [IndicatorForm, NewIndicatorForm])
    def test_the_editor_stands_in_groups_and_none_of_its_fields_stands_alone(self, db: None, kind: type) -> None:
        groups = grouped(kind())

        assert all(legend for legend, _ in groups), groups[-1]
        assert [str(legend) for legend, _ in groups][-5:] == [
            "Woorden",
            "Het cijfer",
            "Formule",
            "Normen",
            "Wat er verandert",
        ]
        assert sum(len(members) for _, members in groups) == len(kind().fields)

    def test_a_norm_that_is_no_year_and_value_is_refused(self, filled: Any) -> None:
        client = _client("analyst")

        page = client.post(
            "/en/monitor/maken/good-health/", {**_form_of(client, "good-health"), "norms": "soon", "look": ""}
        )

        assert "is not a year and a value" in page.content.decode()


def _form_of(client: Client, key: str, **changes: str) -> dict[str, str]:
    """Read the form as the page gives it."""
    from bs4 import BeautifulSoup

    page = BeautifulSoup(client.get(f"/monitor/maken/{key}/").content, "html.parser")
    form: dict[str, str] = {}
    for field in page.select("main form [name]"):
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            form[field["name"]] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            form[field["name"]] = field.text.lstrip("\n")
        elif field.name == "input":
            form[field["name"]] = field.get("value", "")
    return {**form, **changes}


class TestSelections:
    def test_a_council_member_keeps_a_selection_and_reads_a_report_of_it(self, filled: Any) -> None:
        client = _client("council-member")
        client.post("/monitor/selecties/", {"title": "Zorg", "indicators": ["good-health", "health-gap"]})
        kept = Selection.objects.get()

        page = client.get(f"/en/monitor/rapport/?keuze={kept.pk}").content.decode()

        assert "Zorg" in page
        assert 'id="good-health"' in page
        assert 'id="solvency"' not in page

    def test_a_selection_is_only_for_who_made_it(self, client: Client, filled: Any) -> None:
        mine = _client("council-member")
        mine.post("/monitor/selecties/", {"title": "Zorg", "indicators": ["good-health"]})
        kept = Selection.objects.get()

        assert client.get(f"/monitor/rapport/?keuze={kept.pk}").status_code == 404
        assert _client("analyst").post(f"/monitor/selecties/{kept.pk}/weg/").status_code == 404

    @pytest.mark.parametrize("asked", ["²", "٣", "9" * 5000, "-1", "x"])  # int() does not take all that are digits
    def test_no_selection_has_an_odd_number(self, filled: Any, asked: str) -> None:
        assert _client("council-member").get("/monitor/rapport/", {"keuze": asked}).status_code == 404

    def test_a_selection_can_be_thrown_away(self, filled: Any) -> None:
        mine = _client("council-member")
        mine.post("/monitor/selecties/", {"title": "Zorg", "indicators": ["good-health"]})

        mine.post(f"/monitor/selecties/{Selection.objects.get().pk}/weg/")

        assert not Selection.objects.exists()
