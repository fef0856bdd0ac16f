"""Which buurt is it, and which areas are there."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import transaction

from plein.foundation.errors import NotAllowed
from plein.foundation.geo import places
from plein.foundation.geo.actions import Border, settle, store_areas
from plein.foundation.geo.errors import BadGeometry, UnknownArea
from plein.foundation.geo.models import Area
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def square(code: str, west: float, *, south: float = 52.0, side: float = 0.01, kind: str = "buurt") -> Border:
    shape = shapely.box(west, south, west + side, south + side)
    return Border(code=code, kind=kind, name=f"Buurt {code}", gemeente_code="GM0001", year=2024, geometry=shape)


def store(*borders: Border, **more: Any) -> int:
    return store_areas(borders, kind="buurt", by=SYSTEM, now=NOW, **more)


def test_a_point_is_found_in_its_buurt_and_nowhere_else() -> None:
    store(square("BU00010000", 5.0), square("BU00010001", 5.01))

    assert places.buurt_at(5.005, 52.005) == "BU00010000"
    assert places.buurt_at(5.015, 52.005) == "BU00010001"
    assert places.buurt_at(5.025, 52.005) is None


def test_a_point_on_a_border_belongs_to_the_lowest_code() -> None:
    store(square("BU00010001", 5.01), square("BU00010000", 5.0))

    assert places.buurt_at(5.01, 52.005) == "BU00010000"


def test_many_points_are_found_at_once_and_missing_ones_are_nowhere() -> None:
    store(square("BU00010000", 5.0), square("BU00010001", 5.01))

    found = places.buurten_at([5.005, np.nan, 5.015, 9.0], [52.005, 52.0, 52.005, 52.0])

    assert found == ["BU00010000", None, "BU00010001", None]


def test_the_tree_agrees_with_trying_every_border() -> None:
    generator = np.random.default_rng(3)
    borders = [square(f"BU0001{n:04d}", 5 + 0.02 * n, side=0.015) for n in range(20)]
    store(*borders)
    lons, lats = generator.uniform(4.99, 5.45, 400), generator.uniform(51.995, 52.02, 400)

    expected = [
        next((b.code for b in borders if b.geometry.intersects(shapely.Point(lon, lat))), None)
        for lon, lat in zip(lons, lats, strict=True)
    ]

    assert places.buurten_at(lons, lats) == expected


def test_changed_areas_are_seen_at_once_although_the_tree_is_kept() -> None:
    store(square("BU00010000", 5.0))
    assert places.buurt_at(5.005, 52.005) == "BU00010000"

    store(square("BU00010009", 5.0))

    assert places.buurt_at(5.005, 52.005) == "BU00010009"


def test_asking_for_a_buurt_costs_one_query_once_the_tree_stands(django_assert_num_queries: Any) -> None:
    store(square("BU00010000", 5.0))
    places.buurt_at(5.005, 52.005)

    with django_assert_num_queries(1):
        places.buurten_at([5.005] * 1000, [52.005] * 1000)


def test_areas_that_were_rolled_back_are_forgotten() -> None:
    with transaction.atomic():
        store(square("BU00010000", 5.0))
        assert places.buurt_at(5.005, 52.005) == "BU00010000"
        transaction.set_rollback(True)

    store(square("BU00010009", 5.0))

    assert places.buurt_at(5.005, 52.005) == "BU00010009"


@pytest.mark.parametrize("count", [1, 30])
def test_areas_are_listed_in_one_query_whatever_their_number(count: int, django_assert_num_queries: Any) -> None:
    store(*(square(f"BU0001{n:04d}", 5 + 0.02 * n) for n in range(count)))

    with django_assert_num_queries(1):
        assert next(area.name for area in places.areas("buurt", "GM0001")) == "Buurt BU00010000"


def test_without_any_area_no_point_lies_anywhere() -> None:
    assert places.buurten_at([5.0], [52.0]) == [None]


def test_storing_the_same_twice_changes_nothing() -> None:
    assert store(square("BU00010000", 5.0)) == 1
    before = places.stamp()

    assert store(square("BU00010000", 5.0)) == 0
    assert places.stamp() == before


def test_storing_one_gemeente_leaves_the_others() -> None:
    store(square("BU00010000", 5.0))
    other = Border(
        code="BU00020000",
        kind="buurt",
        name="Elders",
        gemeente_code="GM0002",
        year=2024,
        geometry=shapely.box(6, 52, 6.1, 52.1),
    )

    store(other, gemeente="GM0002")

    assert set(Area.objects.values_list("code", flat=True)) == {"BU00010000", "BU00020000"}


def test_a_border_that_crosses_itself_is_repaired() -> None:
    bow_tie = shapely.Polygon([(5, 52), (5.01, 52.01), (5.01, 52), (5, 52.01), (5, 52)])

    store_areas([Border("BU1", "buurt", "Strik", "GM0001", 2024, bow_tie)], kind="buurt", by=SYSTEM, now=NOW)

    assert shapely.from_geojson(Area.objects.get(pk="BU1").geometry).is_valid


@pytest.mark.parametrize(
    "shape",
    [shapely.Polygon(), shapely.LineString([(5, 52), (6, 52)]), shapely.box(120_000, 480_000, 121_000, 481_000)],
)
def test_a_border_without_surface_or_in_metres_is_refused_and_nothing_is_stored(shape: Any) -> None:
    good = square("BU00010000", 5.0)

    with pytest.raises(BadGeometry):
        store(good, Border("BU2", "buurt", "Kapot", "GM0001", 2024, shape))

    assert not Area.objects.exists()


def test_the_surface_of_a_hectare_is_a_hectare() -> None:
    from plein.foundation.geo.coordinates import to_wgs84

    corners = [to_wgs84(120_000 + x, 480_000 + y) for x, y in ((0, 0), (100, 0), (100, 100), (0, 100))]
    store(Border("BU1", "buurt", "Hectare", "GM0001", 2024, shapely.Polygon(corners)))

    assert Area.objects.get(pk="BU1").area_km2 == pytest.approx(0.01, abs=0.0002)


def test_names_are_given_by_code_and_unknown_codes_left_out() -> None:
    store(square("BU00010000", 5.0))

    assert places.names(["BU00010000", "BU9"]) == {"BU00010000": "Buurt BU00010000"}


def test_home_is_the_demo_town_until_a_municipality_is_loaded_or_set(settings: Any) -> None:
    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": ""}
    assert places.home() == "GM9999"

    settle("GM0014", by=SYSTEM, now=NOW)
    assert places.home() == "GM0014"

    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": "GM0363"}
    assert places.home() == "GM0363"


def test_an_unknown_area_is_refused_by_name() -> None:
    with pytest.raises(UnknownArea, match="BU123"):
        places.area("BU123")


def test_a_visitor_may_not_move_borders() -> None:
    with pytest.raises(NotAllowed):
        store_areas([], kind="buurt", by=ANONYMOUS, now=NOW)
