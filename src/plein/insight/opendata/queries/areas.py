"""Rows whose place is an area: which of them a box touches, and the box around all of them."""

from collections.abc import Sequence
from typing import Any

from plein.foundation.geo import places as geo
from plein.foundation.geo.models import Area
from plein.insight.opendata.queries.reading import Opened
from plein.insight.opendata.rules import places
from plein.insight.opendata.rules.asking import Condition

NETHERLANDS = (3.2, 50.7, 7.3, 53.6)
MOST_AREAS = 20_000
BATCH = 500


def within(opened: Opened, box: places.Box) -> tuple[Condition, ...]:
    """Say that a row's geometry touches a box."""
    place = opened.needed_place()
    if place.lon:
        return places.in_box(box, lon=place.lon, lat=place.lat)
    codes, shapes = _shapes(opened)
    return (Condition(place.code, "in", tuple(_touched(codes, shapes, box)) or ("",)),)


def _touched(codes: Sequence[str], shapes: Any, box: places.Box) -> list[str]:
    import shapely

    west, south, east, north = box
    boxes = [(west, south, east, north)] if west <= east else [(west, south, 180, north), (-180, south, east, north)]
    touched = [shapely.intersects(shapes, shapely.box(*one)) for one in boxes]
    return [code for code, *hits in zip(codes, *touched, strict=True) if any(hits)]


def box_of(opened: Opened) -> tuple[float, float, float, float]:
    """Give the box around all rows; that around the country when there are none."""
    place = opened.needed_place()
    if place.lon:
        lon, lat = opened.store.bounds(place.lon), opened.store.bounds(place.lat)
        return NETHERLANDS if None in (*lon, *lat) else (lon[0], lat[0], lon[1], lat[1])
    import shapely

    _, shapes = _shapes(opened)
    if not len(shapes):
        return NETHERLANDS
    west, south, east, north = shapely.total_bounds(shapes)
    return float(west), float(south), float(east), float(north)


def _shapes(opened: Opened) -> tuple[tuple[str, ...], Any]:
    """Give the areas that occur in a version with their borders, read once per version and state of the areas."""
    key = (opened.contract.key, opened.version.number, geo.stamp())
    if key not in _kept:
        if len(_kept) > 32:
            _kept.clear()
        _kept[key] = _read_shapes(opened)
    return _kept[key]


_kept: dict[tuple[str, int, str], tuple[tuple[str, ...], Any]] = {}


def _read_shapes(opened: Opened) -> tuple[tuple[str, ...], Any]:
    import shapely

    column = opened.needed_place().code
    codes = [str(value) for value, _ in opened.facet(column, (), size=MOST_AREAS).values if value]
    found: dict[str, str] = {}
    for start in range(0, len(codes), BATCH):
        found |= dict(Area.objects.filter(pk__in=codes[start : start + BATCH]).values_list("code", "geometry"))
    shapes = shapely.from_geojson(list(found.values()))
    return tuple(found), shapes
