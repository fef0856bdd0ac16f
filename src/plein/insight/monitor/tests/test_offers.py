"""What the monitor offers to other pages is true and alive."""

from collections.abc import Callable
from datetime import date

import pytest

from plein.foundation.identity.actors import SYSTEM
from plein.foundation.rooms import MapLayer, offers
from plein.foundation.words import Text
from plein.insight.monitor.actions.computing import compute_all
from plein.insight.monitor.actions.importing import import_indicators
from plein.insight.monitor.queries import offers as ours
from plein.insight.monitor.tests.conftest import NORTH, NOW, SOUTH

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(town: Callable[..., None]) -> None:
    import_indicators(by=SYSTEM, now=NOW)
    compute_all(now=NOW, products=["monitor.health"])


def test_an_indicator_with_values_per_neighbourhood_is_a_map_layer(filled: None) -> None:
    layers = {layer.key: layer for layer in offers(MapLayer) if layer.key.startswith("monitor.")}

    assert set(layers) == {"monitor.good-health"}
    layer = layers["monitor.good-health"]
    assert layer.products == ("monitor.indicator_values", "monitor.health")
    assert layer.moments is not None
    assert layer.values is not None
    assert layer.moments() == [date(year, 12, 31) for year in (2012, 2016, 2020, 2022, 2024)]
    assert layer.values("buurt", date(2024, 12, 31)) == {NORTH: 82.0, SOUTH: 66.0}
    assert layer.values("buurt", date(2024, 12, 30)) == {NORTH: 81.5, SOUTH: 67.0}
    assert layer.values("buurt", date(2011, 1, 1)) == {}


def test_the_card_of_a_neighbourhood_has_its_value_and_status(filled: None) -> None:
    lines = ours.area_card(NORTH, date(2026, 1, 1))

    assert lines is not None
    assert [(line["value"], line["status"], line["href"]) for line in lines] == [
        (82.0, "good", f"/monitor/indicator/good-health/?gebied={NORTH}")
    ]
    assert ours.area_card("BU99999999", date(2026, 1, 1)) is None


def test_the_home_page_gets_a_live_number(filled: None) -> None:
    assert ours.home_number() == Text("0 van 45 indicatoren op koers", "0 of 45 indicators on track")


def test_search_finds_every_theme_and_indicator_in_both_languages(filled: None) -> None:
    found = {document["id"]: document for document in ours.search_documents()}

    assert len(found) == 8 + 45
    assert found["monitor-indicator-good-health"]["title_en"] == "Inhabitants who feel healthy"
    assert all(document["title_nl"] and document["title_en"] for document in found.values())
