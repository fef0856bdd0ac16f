"""A map says its title, unit, source and period, tells its classes in words, and stands in a list too."""

import json
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.utils.translation import override

from plein.foundation.geo import places
from plein.foundation.geo.town import Town, lay_out
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.ui import maps

FACTS = {"title": "Fijnstof", "unit": "µg/m³", "source": "Luchtmeetnet", "period": "2025"}

pytestmark = pytest.mark.django_db


def shown(given: maps.Map, tag: str = "map") -> BeautifulSoup:
    with override("nl"):
        return BeautifulSoup(
            Template("{% load plein %}{% " + tag + " m %}").render(Context({"m": given})), "html.parser"
        )


def test_each_class_holds_about_as_many_values() -> None:
    cuts = maps.breaks_for(range(100))

    assert cuts == [20, 40, 60, 80]  # hundred values in five classes of twenty


def test_values_that_are_alike_make_one_class() -> None:
    assert maps.breaks_for([7.0, 7.0, 7.0]) == []


def test_the_borders_of_classes_are_numbers_people_use() -> None:
    assert maps.breaks_for([0.0131, 0.0214, 0.0377, 0.0418, 0.0561]) == [0.021, 0.038, 0.042, 0.056]


def test_an_area_without_a_value_is_shown_as_such_and_stands_last() -> None:
    lay_out(Town(), by=SYSTEM, now=datetime(2026, 1, 1, tzinfo=UTC))
    first, second, third = [area.code for area in places.areas("buurt")][:3]

    page = shown(maps.areas({first: None, second: 3.0, third: 9.0}, **FACTS))
    drawing = json.loads(page.template.string)

    assert drawing["fill"][first][0] == "none"
    assert "geen waarde" in page.select_one("[data-legend]").text
    names = places.names([first, second, third])
    assert [row.text.strip() for row in page.select("tbody th")] == [names[third], names[second], names[first]]


def test_points_stand_in_the_list_with_their_value_and_link() -> None:
    spot = maps.Spot(id="7", lon=4.9, lat=52.37, name="Brug", value=12.5, href="/meten/7")

    page = shown(maps.points([spot], **FACTS), "map_list")

    assert page.select_one("li a")["href"] == "/meten/7"
    assert "12,5 µg/m³" in " ".join(page.select_one(".maplist__value").text.split())


def test_kinds_are_told_apart_in_words() -> None:
    spots = [
        maps.Spot(id="1", lon=4.9, lat=52.3, name="A", value="air"),
        maps.Spot(id="2", lon=4.9, lat=52.3, name="B", value="noise"),
    ]

    made = maps.points(spots, **{**FACTS, "unit": ""}, kinds={"air": "Lucht", "noise": "Geluid"})

    assert [step.words for step in made.legend] == ["Lucht", "Geluid"]
    assert len({item.step for item in made.items}) == 2
    assert [item.value for item in made.items] == ["Lucht", "Geluid"]


def test_words_on_a_map_cannot_break_out_of_their_place() -> None:
    spot = maps.Spot(id="1", lon=4.9, lat=52.3, name="</template><script>alert(1)</script>", value=1.0)

    assert shown(maps.points([spot], **FACTS)).script is None


def test_pdok_lies_under_the_map_only_where_the_setting_says_so(settings: object) -> None:
    spot = maps.Spot(id="1", lon=4.9, lat=52.3, name="A", value=1.0)
    own = json.loads(str(maps.points([spot], **FACTS).json))
    settings.PLEIN = {**settings.PLEIN, "BASE_MAP": "pdok"}  # type: ignore[attr-defined]
    other = json.loads(str(maps.points([spot], **FACTS).json))

    assert own["pdok"] == ""
    assert other["pdok"].startswith("https://service.pdok.nl/")
