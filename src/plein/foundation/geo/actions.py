"""Writes of geo: areas with their borders, the background of the map, and whose town this is."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

import shapely
from django.db import transaction

from plein.foundation.geo.coordinates import to_rd_many
from plein.foundation.geo.errors import BadGeometry
from plein.foundation.geo.models import Area, GeoState, MapFeature
from plein.foundation.geo.places import STAMP
from plein.foundation.identity import stamps
from plein.foundation.identity.actors import Actor, require

_BATCH = 200
_FIELDS = ("kind", "name", "parent_code", "gemeente_code", "year", "geometry", "lon", "lat", "area_km2")


@dataclass(frozen=True, slots=True)
class Border:
    """An area as a source gives it; geometry: a shapely Polygon or MultiPolygon in WGS84."""

    code: str
    kind: str
    name: str
    gemeente_code: str
    year: int
    geometry: Any
    parent_code: str = ""


def sound(geometry: Any, *, code: str) -> Any:
    """Repair a border that crosses itself, keep only its surfaces, and round it to about 0.1 m.

    Raises BadGeometry when no surface is left or when it does not lie on earth.
    """
    if geometry is None or geometry.is_empty:
        raise BadGeometry(code=code, reason="it is empty")
    whole = geometry if geometry.is_valid else shapely.make_valid(geometry)
    parts = [part for part in shapely.get_parts(whole, return_index=False) if part.geom_type.endswith("Polygon")]
    union = shapely.union_all(parts) if len(parts) != 1 else parts[0]
    union = shapely.set_precision(union, 1e-6)
    if union.is_empty:
        raise BadGeometry(code=code, reason="it has no surface")
    west, south, east, north = union.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadGeometry(code=code, reason="its coordinates are not degrees of longitude and latitude")
    return union


def area_km2(geometry: Any) -> float:
    """Measure a WGS84 shape on the RD plane, in km2; 0.0 outside the Netherlands."""
    flat = shapely.transform(geometry, _rd_points)
    size = flat.area / 1e6
    return round(float(size), 4) if isfinite(size) else 0.0


def _rd_points(points: Any) -> Any:
    import numpy as np

    return np.column_stack(to_rd_many(points[:, 0], points[:, 1]))


def _row(border: Border) -> Area:
    shape = sound(border.geometry, code=border.code)
    inside = shape.representative_point()
    return Area(
        code=border.code,
        kind=border.kind,
        name=border.name,
        parent_code=border.parent_code,
        gemeente_code=border.gemeente_code,
        year=border.year,
        geometry=shapely.to_geojson(shape),
        lon=round(inside.x, 6),
        lat=round(inside.y, 6),
        area_km2=area_km2(shape),
    )


def _differs(new: Area, old: Mapping[str, Any] | None) -> bool:
    return old is None or any(getattr(new, field) != old[field] for field in _FIELDS)


def _bump() -> None:
    GeoState.objects.update_or_create(pk=1, defaults={"stamp": secrets.token_hex(8)})
    stamps.bump(STAMP)


@transaction.atomic
def store_areas(borders: Iterable[Border], *, kind: str, by: Actor, now: datetime, gemeente: str | None = None) -> int:
    """Make the areas of a kind (of one gemeente, or of all) exactly these; return how many changed or went.

    The same borders twice change nothing the second time, so caches stay warm.
    Raises BadGeometry, NotAllowed.
    """
    require(by, "geo.write")
    rows = {border.code: _row(border) for border in borders}
    scope = Area.objects.filter(kind=kind)
    scope = scope.filter(gemeente_code=gemeente) if gemeente else scope
    old = {row["code"]: row for row in scope.values("code", *_FIELDS)}
    changed = [row for row in rows.values() if _differs(row, old.get(row.code))]
    gone = [code for code in old if code not in rows]
    for start in range(0, len(gone), _BATCH):
        Area.objects.filter(pk__in=gone[start : start + _BATCH]).delete()
    Area.objects.bulk_create(
        changed, batch_size=_BATCH, update_conflicts=True, unique_fields=["code"], update_fields=_FIELDS
    )
    if changed or gone:
        _bump()
    return len(changed) + len(gone)


@transaction.atomic
def store_features(features: Sequence[tuple[str, str, Any]], *, gemeente: str, by: Actor, now: datetime) -> int:
    """Make the map background of a gemeente exactly these (kind, name, shapely geometry); return how many changed."""
    require(by, "geo.write")
    wanted = {(kind, name): shapely.to_geojson(shapely.set_precision(shape, 1e-6)) for kind, name, shape in features}
    mine = MapFeature.objects.filter(gemeente_code=gemeente)
    old = {(row.kind, row.name): row.geometry for row in mine}
    if old == wanted:
        return 0
    mine.delete()
    MapFeature.objects.bulk_create(
        MapFeature(gemeente_code=gemeente, kind=kind, name=name, geometry=text) for (kind, name), text in wanted.items()
    )
    _bump()
    return len(wanted)


@transaction.atomic
def settle(gemeente: str, *, by: Actor, now: datetime) -> None:
    """Say which municipality this Plein is for.

    Raises NotAllowed.
    """
    require(by, "geo.write")
    GeoState.objects.update_or_create(pk=1, defaults={"home_code": gemeente})
