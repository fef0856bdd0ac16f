"""The home page: a question, the town in stones, and what rooms offer, alive."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from plein.foundation.geo import places
from plein.foundation.geo.town import Town, lay_out
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.rooms import HomeTile, MapLayer
from plein.foundation.words import Text
from plein.site import mosaic, pages

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(pages, "kept", pages.Kept())
    settings.PLEIN = {**settings.PLEIN, "HOME_LAYER": ["x"]}


@pytest.fixture
def town() -> Town:
    town = Town()
    lay_out(town, by=SYSTEM, now=NOW)
    return town


def offering(monkeypatch: pytest.MonkeyPatch, *given: Any) -> None:
    def offered(kind: type) -> list[Any]:
        return [one for one in given if isinstance(one, kind)]

    monkeypatch.setattr(pages, "offers", offered)
    monkeypatch.setattr(mosaic, "offers", offered)


def layer(values: Any) -> MapLayer:
    return MapLayer(
        key="x", title=Text("Fijnstof", "Fine dust"), kind="areas", unit="µg/m³", source=Text("Bron", "Source"),
        values=values, moments=lambda: [date(2025, 1, 1), date(2026, 1, 1)],
    )  # fmt: skip


def tile(number: Any) -> HomeTile:
    return HomeTile(title=Text("Over", "About"), text=Text("", ""), url_name="about", icon="info", number=number)


def home(client: Client, address: str = "/") -> BeautifulSoup:
    return BeautifulSoup(client.get(address).content, "html.parser")


def test_each_neighbourhood_is_laid_in_stones(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    offering(monkeypatch)

    laid = mosaic.mosaic(now=NOW)

    assert laid is not None
    assert {patch.name for patch in laid.patches} == {area.name for area in places.areas("buurt", town.code)}


def test_the_stones_cover_about_the_area_of_the_town(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    offering(monkeypatch)

    laid = mosaic.mosaic(now=NOW)

    assert laid is not None
    stones = sum(patch.path.count("M") for patch in laid.patches)
    area_km2 = sum(area.area_km2 for area in places.areas("buurt", town.code))
    assert stones * (laid.size_m / 1000) ** 2 == pytest.approx(area_km2, rel=0.05)


def test_the_neighbourhood_with_the_highest_newest_value_is_brick(
    town: Town, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [area.code for area in places.areas("buurt", town.code)]
    values = {date(2026, 1, 1): {codes[0]: 3.0, codes[1]: 9.5, codes[2]: None}}
    offering(monkeypatch, layer(lambda level, at: values[at]))

    page = home(client)

    name = places.names([codes[1]])[codes[1]]
    assert page.select_one(".town__patch--highest title").text == f"{name}: 9,5 µg/m³"
    assert f"Hoogste: {name}" in page.select_one(".town__highest").text


def test_only_a_layer_that_the_setting_names_colours_the_town(
    town: Town, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    offering(monkeypatch, layer(lambda level, at: {area.code: 1.0 for area in places.areas("buurt", town.code)}))
    settings.PLEIN = {**settings.PLEIN, "HOME_LAYER": ["other"]}

    laid = mosaic.mosaic(now=NOW)

    assert laid is not None
    assert (laid.layer, laid.highest) == (None, None)


def test_a_room_that_cannot_answer_leaves_the_home_page_standing(
    town: Town, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    offering(monkeypatch, layer(lambda level, at: 1 / 0), tile(lambda: 1 / 0))

    page = home(client)

    assert len(page.select(".town__patch--0")) == len(places.areas("buurt", town.code))
    assert page.select_one(".paving a").text == "Over"


def test_a_live_figure_is_large_and_its_words_are_in_the_language_of_the_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    offering(monkeypatch, tile(lambda: Text("25 indicatoren", "25 indicators")))

    page = home(client, "/en/")

    assert page.select_one(".paving__figure").text == "25"
    assert page.select_one(".paving__words").text == "indicators"


def test_the_home_page_is_read_anew_only_after_a_minute(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    offering(monkeypatch, tile(lambda: asked.append(1)))

    home(client)
    home(client)

    assert len(asked) == 1


def test_before_there_are_borders_the_home_page_asks_its_question(client: Client) -> None:
    page = home(client)

    assert page.select_one(".town") is None
    assert page.h1.text.strip() == "Wat wilt u weten over Pleinstad?"
