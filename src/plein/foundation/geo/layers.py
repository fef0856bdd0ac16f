"""Areas and background as GeoJSON bytes for maps: simplified per zoom, packed once, kept per process until a change."""

import gzip
import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from plein.foundation.geo.models import Area, MapFeature
from plein.foundation.geo.places import stamp

# How much a border may move, in degrees (0.001 is about 100 m), per level of detail; drawn at up to this zoom.
LEVELS = ((8, "coarse", 0.002), (11, "middle", 0.0004), (24, "fine", 0.0))
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Layer:
    """A GeoJSON document, plain and packed, with its entity tag (without quotes)."""

    plain: bytes
    packed: bytes
    etag: str


_layers: OrderedDict[tuple[Any, ...], Layer] = OrderedDict()


def level_at(zoom: float) -> tuple[str, float]:
    """Give the name of the level of detail at a zoom, and how far borders may move there, in degrees."""
    return next(((name, tolerance) for top, name, tolerance in LEVELS if zoom <= top), LEVELS[-1][1:])


def _simple(shapes: list[Any], tolerance: float) -> list[Any]:
    """Simplify neighbours together, so that no gaps open between them; each alone where they do not fit together."""
    if not tolerance or not shapes:
        return shapes
    try:
        return list(shapely.coverage_simplify(shapes, tolerance))
    except shapely.errors.GEOSException:
        return list(shapely.simplify(shapes, tolerance))


def _rounded(shape: Any) -> Any:
    return json.loads(shapely.to_geojson(shapely.transform(shape, lambda points: points.round(5))))


def _document(features: Iterable[tuple[str, Mapping[str, Any], Any]]) -> Layer:
    body = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": key, "properties": dict(facts), "geometry": _rounded(shape)}
            for key, facts, shape in features
        ],
    }
    plain = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Layer(plain, gzip.compress(plain, 6, mtime=0), hashlib.sha256(plain).hexdigest()[:32])


def _kept(key: tuple[Any, ...], made: Any) -> Layer:
    layer = _layers.get(key)
    if layer is None:
        layer = _layers[key] = made()
        while len(_layers) > _KEPT:
            _layers.popitem(last=False)
    _layers.move_to_end(key)
    return layer


def areas_layer(kind: str, *, gemeente: str | None, zoom: float) -> Layer:
    """Draw the areas of a kind, of one gemeente or of all, at the detail of a zoom.

    Properties: code, name, kind, parent, gemeente, lon, lat (a point inside, for labels), areaKm2.
    """
    name, tolerance = level_at(zoom)

    def make() -> Layer:
        found = Area.objects.filter(kind=kind, **({"gemeente_code": gemeente} if gemeente else {}))
        rows = list(found)
        shapes = _simple(list(shapely.from_geojson([row.geometry for row in rows])), tolerance)
        return _document((row.code, _facts(row), shape) for row, shape in zip(rows, shapes, strict=True))

    return _kept((stamp(), "areas", kind, gemeente, name), make)


def _facts(row: Area) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "parent": row.parent_code,
        "gemeente": row.gemeente_code,
        "lon": row.lon,
        "lat": row.lat,
        "areaKm2": row.area_km2,
    }


def background_layer(*, gemeente: str) -> Layer:
    """Draw the water, roads and parks we have of a gemeente. Properties: kind, name."""

    def make() -> Layer:
        rows = list(MapFeature.objects.filter(gemeente_code=gemeente))
        shapes = shapely.from_geojson([row.geometry for row in rows]) if rows else []
        return _document(
            (f"{row.kind}/{row.name}", {"kind": row.kind, "name": row.name}, shape)
            for row, shape in zip(rows, shapes, strict=True)
        )

    return _kept((stamp(), "background", gemeente), make)
