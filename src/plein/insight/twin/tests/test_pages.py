"""The map, its lists, neighbourhoods and points, as pages that work without scripts."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from plein.foundation.catalogue.contracts import with_contracts
from plein.foundation.catalogue.publishing import publish
from plein.foundation.gate.registry import sync
from plein.foundation.geo.town import Town
from plein.foundation.identity.actors import SYSTEM
from plein.insight.twin.queries import layers
from plein.insight.twin.tests.conftest import NOW, lamp_table, lamps

pytestmark = pytest.mark.django_db


def page(client: Client, address: str, status: int = 200, **headers: str) -> BeautifulSoup:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, answer.content[:2000]
    return BeautifulSoup(answer.content, "html.parser")


def cells(soup: BeautifulSoup, table: int = 0) -> list[list[str]]:
    rows = soup.select("table")[table].select("tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in rows]


def test_the_map_is_there_without_scripts(client: Client, offered: list[Any], town: Town) -> None:
    soup = page(client, "/kaart/")

    assert len(soup.select("svg[data-twin-plate] path.twin-area")) == 12, "the demo town has 12 neighbourhoods"
    assert len(soup.select("circle.twin-dot")) == 3
    assert soup.select_one("form select[name=gebieden] option[selected]").get_text() == "Groen"
    assert [option["value"] for option in soup.select("select[name=dag] option")] == [
        "2025-01-01",
        "2024-01-01",
        "2023-01-01",
    ]
    assert soup.select_one("form button") is not None


def test_the_list_beside_the_map_says_the_same(client: Client, offered: list[Any], town: Town) -> None:
    soup = page(client, "/kaart/?gebieden=town.green&punten=town.air&dag=2024-07-01")

    # values: number of the area plus 2024 - 2020; the first area has none and comes last
    assert cells(soup)[0][1] == "15"
    assert cells(soup)[-1][0] == town.areas[0].name
    assert cells(soup, 1)[0][:2] == ["s3", "31,0"]
    assert "1 januari 2024" in soup.get_text()


def test_the_map_speaks_english_too(client: Client, offered: list[Any]) -> None:
    soup = page(client, "/en/kaart/")

    assert "Green" in soup.get_text()
    assert "Colour the areas by" in soup.get_text()


def test_a_choice_brings_the_lists_only_when_htmx_asks(client: Client, offered: list[Any]) -> None:
    address = "/kaart/?gebieden=geen&punten=town.air"

    whole = page(client, address)
    part = page(client, address, **{"HX-Request": "true", "HX-Target": "results"})

    assert whole.select_one("html") is not None
    assert part.select_one("html") is None
    assert part.select_one("#results") is not None
    assert part.select_one("#legend")["hx-swap-oob"] == "true"
    assert len(part.select("table")) == 1


@pytest.mark.parametrize(
    "asked", ["gebieden=<script>", "punten=nothing", "dag=yesterday", "niveau=street", "dag=2024-13-45", "dag="]
)
def test_a_choice_that_makes_no_sense_still_shows_a_map(client: Client, offered: list[Any], asked: str) -> None:
    assert page(client, f"/kaart/?{asked}").select_one("svg[data-twin-plate]") is not None


def test_without_any_layer_the_page_says_what_will_be_here(client: Client, town: Town) -> None:
    assert "Nog niets op de kaart" in page(client, "/kaart/?gebieden=geen&punten=geen").get_text()


def test_the_map_is_a_fixed_number_of_queries(
    client: Client, offered: list[Any], lamp_layer: str, django_assert_max_num_queries: Any
) -> None:
    page(client, "/kaart/")
    with django_assert_max_num_queries(8):
        page(client, "/kaart/?gebieden=town.green&punten=bron.light.lamps")


def test_every_layer_has_a_list_that_pages_and_sorts(client: Client, offered: list[Any], lamp_layer: str) -> None:
    first = page(client, f"/kaart/lijst/{lamp_layer}/?sorteer=waarde")
    second = page(client, f"/kaart/lijst/{lamp_layer}/?sorteer=waarde&pagina=2")
    highest = page(client, f"/kaart/lijst/{lamp_layer}/")

    assert len(cells(first)) == 50
    assert cells(first)[0][1] == "20"
    assert cells(highest)[0][1] == "100"
    assert cells(first) != cells(second)
    assert first.select_one("th[aria-sort=ascending]") is not None
    assert "Straat" in cells(first)[0][0]


def test_areas_can_be_sorted_by_name(client: Client, offered: list[Any], town: Town) -> None:
    names = [row[0] for row in cells(page(client, "/kaart/lijst/town.green/?sorteer=naam"))]

    assert names == sorted((area.name for area in town.areas), key=str.casefold)


def test_districts_are_a_level_of_their_own(client: Client, offered: list[Any], town: Town) -> None:
    soup = page(client, "/kaart/lijst/town.green/?niveau=wijk")

    assert {row[0] for row in cells(soup)} == {area.name for area in town.wijken}


def test_a_list_is_a_fixed_number_of_queries(
    client: Client, offered: list[Any], lamp_layer: str, django_assert_max_num_queries: Any
) -> None:
    page(client, f"/kaart/lijst/{lamp_layer}/")
    with django_assert_max_num_queries(5):
        page(client, f"/kaart/lijst/{lamp_layer}/?pagina=9")


def test_a_neighbourhood_shows_what_rooms_tell_and_how_it_stands(
    client: Client, offered: list[Any], town: Town
) -> None:
    soup = page(client, f"/kaart/buurt/{town.areas[11].code}/?dag=2024-05-01")

    assert soup.h1.get_text() == town.areas[11].name
    assert "Inwoners" in soup.get_text()
    assert "12.400" in soup.get_text()
    assert soup.select_one("a[href='/monitor/inwoners']") is not None
    assert "nummer 1 van 11" in soup.get_text()
    assert len(soup.select("path.twin-area--chosen")) == 1


def test_a_neighbourhood_comes_beside_the_map_when_htmx_asks(client: Client, offered: list[Any], town: Town) -> None:
    soup = page(client, f"/kaart/buurt/{town.areas[3].code}/", **{"HX-Request": "true", "HX-Target": "detail"})

    assert soup.select_one("html") is None
    assert soup.select_one("h2").get_text() == town.areas[3].name


def test_a_district_lists_its_neighbourhoods(client: Client, offered: list[Any], town: Town) -> None:
    wijk = town.wijken[0]

    soup = page(client, f"/kaart/buurt/{wijk.code}/")

    expected = {area.name for area in town.areas if area.parent_code == wijk.code}
    assert {link.get_text() for link in soup.select(".twin-columns a")} == expected


def test_a_neighbourhood_is_a_fixed_number_of_queries(
    client: Client, offered: list[Any], town: Town, django_assert_max_num_queries: Any
) -> None:
    page(client, f"/kaart/buurt/{town.areas[0].code}/")
    with django_assert_max_num_queries(10):
        page(client, f"/kaart/buurt/{town.areas[1].code}/")


@pytest.mark.parametrize(
    "address", ["/kaart/buurt/BU00000000/", "/kaart/lijst/no.layer/", "/kaart/punt/no.layer/?id=1"]
)
def test_what_is_not_there_is_said_so(client: Client, offered: list[Any], address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_measuring_point_leads_to_its_series(client: Client, offered: list[Any]) -> None:
    soup = page(client, "/kaart/punt/town.air/?id=s1")

    assert soup.h1.get_text() == "Oude Markt"
    assert soup.select_one("a[href='/meten/s1/']") is not None
    assert "12,5" in soup.get_text()


def test_names_from_outside_are_text_and_never_markup(client: Client, offered: list[Any]) -> None:
    soup = page(client, "/kaart/punt/town.air/?id=s2")

    assert soup.h1.get_text() == "Haven <b>"


def test_a_place_of_a_product_shows_all_its_facts(client: Client, offered: list[Any], lamp_layer: str) -> None:
    soup = page(client, f"/kaart/punt/{lamp_layer}/?id=L7")

    text = soup.select_one("dl.facts").get_text(" ", strip=True)
    assert "Straat 7" in text
    assert "W" in text


def test_a_point_that_is_not_there_is_said_so(client: Client, offered: list[Any]) -> None:
    assert client.get("/kaart/punt/town.air/?id=s99").status_code == 404


@pytest.mark.parametrize("openness", ["shared", "closed"])
def test_a_product_that_is_not_open_never_shows(
    client: Client, offered: list[Any], openness: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut = lamps(openness)
    with with_contracts(shut):
        publish(shut.key, lamp_table(50), by=SYSTEM, now=NOW)
        sync(now=NOW)
        layers.forget()
        day = NOW.date().isoformat()

        assert "Lantaarns" not in page(client, "/kaart/").get_text()
        for address in (
            "/kaart/lijst/bron.light.lamps/",
            f"/kaart/tegels/bron.light.lamps/{day}/0/0/0",
            f"/kaart/waarden/bron.light.lamps/{day}/buurt.json",
            "/kaart/punt/bron.light.lamps/?id=L1",
        ):
            assert client.get(address).status_code == 404, address


def test_a_layer_or_card_on_a_product_that_is_not_open_is_left_out(
    client: Client, offered: list[Any], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from plein.foundation.rooms import AreaCard, MapLayer

    before = {kind: layers.offers(kind) for kind in (MapLayer, AreaCard)}
    shut = {kind: [replace(one, products=["light.lamps"]) for one in found] for kind, found in before.items()}
    monkeypatch.setattr(layers, "offers", lambda kind: shut[kind])
    with with_contracts(lamps("shared")):
        assert page(client, "/kaart/").select("select[name=gebieden] option[value='town.green']") == []
        assert client.get("/kaart/waarden/town.green/2024-01-01/buurt.json").status_code == 404
        assert client.get("/kaart/tegels/town.air/2024-01-01/0/0/0").status_code == 404
        assert "Inwoners" not in page(client, f"/kaart/buurt/{town.areas[1].code}/").get_text()


@pytest.mark.parametrize(("shut", "layer", "title"), [
    ("sensing.daily_means", "sensing.no2", ""),
    ("sensing.stations", "", "Gemeten in deze buurt"),
    ("monitor.indicator_values", "", "Monitor"),
])  # fmt: skip
def test_what_the_rooms_really_offer_goes_with_the_openness_of_its_data(shut: str, layer: str, title: str) -> None:
    from dataclasses import replace

    from plein.foundation.catalogue.contracts import all_contracts

    def shown() -> tuple[set[str], set[str]]:
        layers.forget()
        return {one.key for one in layers.layers(NOW)}, {card.title.nl for card in layers.cards()}

    open_layers, open_cards = shown()
    with with_contracts(replace(all_contracts()[shut], openness="shared")):
        left_layers, left_cards = shown()

    assert {layer} - {""} == ({layer} & open_layers) - left_layers
    assert {title} - {""} == ({title} & open_cards) - left_cards
    assert "sensing.no2" in left_layers or layer == "sensing.no2"


def test_a_series_of_a_product_is_left_to_its_room(client: Client, offered: list[Any]) -> None:
    from dataclasses import replace

    with with_contracts(replace(lamps(), temporal="street")):
        publish("light.lamps", lamp_table(50), by=SYSTEM, now=NOW)
        layers.forget()

        assert "Lantaarns" not in page(client, "/kaart/").get_text()


def test_a_register_shows_what_was_known_at_a_day(client: Client, offered: list[Any]) -> None:
    from datetime import timedelta

    with with_contracts(lamps()):
        publish("light.lamps", lamp_table(3), by=SYSTEM, now=NOW - timedelta(days=30))
        publish("light.lamps", lamp_table(5), by=SYSTEM, now=NOW)
        sync(now=NOW)
        layers.forget()

        then = page(client, f"/kaart/lijst/bron.light.lamps/?dag={(NOW - timedelta(days=9)).date()}")
        today = page(client, "/kaart/lijst/bron.light.lamps/")

    assert (len(cells(then)), len(cells(today))) == (3, 5)
