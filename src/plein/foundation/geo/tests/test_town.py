"""Pleinstad is the same everywhere and whole."""

from datetime import UTC, datetime
from typing import Any

import pytest
import shapely

from plein.foundation.geo import places
from plein.foundation.geo.models import Area, MapFeature
from plein.foundation.geo.town import Town, furnish_town, lay_out
from plein.foundation.identity.actors import SYSTEM

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_twelve_buurten_fill_the_town_without_gap_or_overlap() -> None:
    town = Town()

    total = sum(area.shape.area for area in town.areas)

    assert len(town.areas) == 12
    assert town.gemeente.shape.geom_type == "Polygon"
    assert total == pytest.approx(town.gemeente.shape.area, rel=1e-6)
    assert not town.gemeente.shape.interiors


def test_the_same_seed_gives_the_same_town_and_another_seed_another() -> None:
    assert Town().gemeente.shape.equals(Town().gemeente.shape)
    assert not Town(seed=2).gemeente.shape.equals(Town().gemeente.shape)
    assert Town().rng("a").random() == Town().rng("a").random() != Town().rng("b").random()


def test_scattered_points_lie_in_their_buurt() -> None:
    town = Town()

    points = town.points_in(town.areas[3], 50, name="lamps")

    assert all(shapely.contains_xy(town.areas[3].shape, *point) for point in points)
    assert points == Town().points_in(town.areas[3], 50, name="lamps")


@pytest.mark.django_db
def test_laying_out_twice_is_laying_out_once() -> None:
    lay_out(Town(), by=SYSTEM, now=NOW)
    before = places.stamp()

    lay_out(Town(), by=SYSTEM, now=NOW)

    assert places.stamp() == before
    assert Area.objects.filter(kind="buurt").count() == 12
    assert MapFeature.objects.count() == 7


@pytest.mark.django_db
def test_every_buurt_finds_itself_on_the_map() -> None:
    town = Town()
    lay_out(town, by=SYSTEM, now=NOW)

    assert places.buurten_at([a.lon for a in town.areas], [a.lat for a in town.areas]) == [a.code for a in town.areas]


@pytest.mark.django_db
def test_furnishing_visits_every_room_that_furnishes(monkeypatch: Any) -> None:
    visited = []

    class FakeRoom:
        label = "lamps"

        def furnish(self) -> Any:
            return lambda town, *, now: visited.append((town.name, now))

    monkeypatch.setattr("plein.foundation.geo.town.rooms", lambda: [FakeRoom()])

    furnish_town(NOW, told=visited.append)

    assert visited == ["lamps", ("Pleinstad", NOW)]


def test_the_neighbours_touch_the_town_and_leave_it_whole() -> None:
    town = Town()

    shapes = [other.shape for other in town.neighbours]

    assert [other.name for other in town.neighbours] == ["Dijkhuizen", "Veenrade", "Zandmeer"]
    for shape in shapes:
        assert shape.is_valid
        assert shapely.distance(shape, town.gemeente.shape) < 1e-5
        assert shapely.intersection(shape, town.gemeente.shape).area < 1e-6
    assert all(shapely.intersection(one, other).area < 1e-6 for one in shapes for other in shapes if one is not other)


@pytest.mark.django_db
def test_neighbours_are_on_the_map_as_municipalities_of_their_own() -> None:
    lay_out(Town(), by=SYSTEM, now=NOW)

    stored = dict(Area.objects.filter(kind="gemeente").values_list("code", "gemeente_code"))

    assert stored == {code: code for code in ("GM9901", "GM9902", "GM9903", "GM9999")}
