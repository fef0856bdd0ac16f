"""The interface of the monitor: what it gives, in pages, and in which words it refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from plein.foundation.identity.actors import SYSTEM
from plein.insight.monitor.actions.computing import compute_all
from plein.insight.monitor.actions.importing import import_indicators
from plein.insight.monitor.tests.conftest import HOME, NORTH, NOW

pytestmark = pytest.mark.django_db
ROOT = "/api/monitor/v1"


@pytest.fixture
def filled(town: Callable[..., None]) -> None:
    import_indicators(by=SYSTEM, now=NOW)
    compute_all(now=NOW, products=["monitor.health"])


def _get(client: Client, address: str) -> Any:
    answer = client.get(f"{ROOT}{address}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_themes_name_their_indicators(client: Client, filled: None) -> None:
    themes = {theme["key"]: theme["indicators"] for theme in _get(client, "/themes")["themes"]}

    assert themes["health"][0] == "good-health"


def test_an_indicator_says_what_it_means_in_both_languages_with_its_formula(client: Client, filled: None) -> None:
    found = _get(client, "/indicators/good-health")

    assert found["title"] == {"nl": "Inwoners die zich gezond voelen", "en": "Inhabitants who feel healthy"}
    assert found["products"] == ["monitor.health"]
    assert "monitor__health" in found["formula"]


def test_indicators_come_with_how_we_stand(client: Client, filled: None) -> None:
    found = {one["key"]: one for one in _get(client, "/indicators?theme=health")["indicators"]}

    assert found["good-health"]["standing"]["status"] == "behind"
    assert found["good-health"]["standing"]["value"] == 72.4
    assert "solvency" not in found


def test_values_come_in_pages_that_together_are_all(client: Client, filled: None) -> None:
    first = _get(client, "/indicators/good-health/values?limit=15")
    second = client.get(first["next"]).json()

    rows = first["values"] + second["values"]
    assert (len(first["values"]), len(rows), second["next"]) == (15, 20, None)
    assert len({(row["area"], row["period"]) for row in rows}) == 20


def test_values_can_be_narrowed(client: Client, filled: None) -> None:
    found = _get(client, f"/indicators/good-health/values?area={HOME}&period=2024")["values"]

    assert [row["value"] for row in found] == [72.4]


def test_an_area_has_all_its_indicators(client: Client, filled: None) -> None:
    found = _get(client, f"/areas/{NORTH}")["standings"]

    assert {(row["indicator"], row["status"]) for row in found} == {("good-health", "on_track")}
    assert len(_get(client, "/indicators/good-health/standings")["standings"]) == 3


@pytest.mark.parametrize("address", ["/indicators/nothing", "/indicators/nothing/values", "/areas/BU99999999"])
def test_what_does_not_exist_is_a_problem_in_words(client: Client, filled: None, address: str) -> None:
    answer = client.get(f"{ROOT}{address}")

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/problem+json")


def test_a_cursor_that_was_tampered_with_is_refused(client: Client, filled: None) -> None:
    assert client.get(f"{ROOT}/indicators/good-health/values?cursor=abc").status_code == 400
