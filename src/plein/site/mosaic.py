"""The town laid in paving stones: its real outline, a stone per small square, coloured by what a room measures.

The picture of the home page. A setting says which layer may colour it (about the place, never about who lives there);
the neighbourhood with the highest value is laid in brick.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
import structlog
from django.conf import settings

from plein.foundation.clock import local_date
from plein.foundation.geo import places
from plein.foundation.rooms import MapLayer, offers
from plein.foundation.ui.maps import breaks_for

STONES = 1_100
SIZES_M = (25, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750, 1_000)
M_PER_DEGREE = 111_320
UNIT = 10
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Patch:
    """The stones of one neighbourhood, as an SVG path. step: 1 to 5 by value, 0 without one; highest: the brick."""

    name: str
    path: str
    step: int
    value: float | None
    highest: bool = False


@dataclass(frozen=True)
class Mosaic:
    """The whole picture. size_m: how wide a stone is in the real town; layer: what colours it, None for nothing."""

    patches: Sequence[Patch]
    width: int
    height: int
    size_m: int
    layer: MapLayer | None

    @property
    def highest(self) -> Patch | None:
        """Give the neighbourhood laid in brick."""
        return next((patch for patch in self.patches if patch.highest), None)


def _size_m(area_km2: float) -> int:
    wanted = math.sqrt(area_km2 * 1_000_000 / STONES)
    return next((size for size in SIZES_M if size >= wanted), SIZES_M[-1])


@lru_cache(maxsize=4)
def _stones(stamp: str, gemeente: str) -> tuple[int, int, int, dict[str, str]]:
    """Lay the stones once for each state of the borders: columns, rows, width in metres, and a path per buurt."""
    found = places.areas("buurt", gemeente)
    if not found:
        return 0, 0, 0, {}
    size_m = _size_m(sum(area.area_km2 for area in found))
    reach_km = max(math.sqrt(area.area_km2) for area in found)
    middle = sum(area.lat for area in found) / len(found)
    tall, wide = size_m / M_PER_DEGREE, size_m / (M_PER_DEGREE * math.cos(math.radians(middle)))
    edge_lat, edge_lon = reach_km * 1000 / M_PER_DEGREE, reach_km * 1000 / M_PER_DEGREE / math.cos(math.radians(middle))
    lats = np.arange(max(a.lat for a in found) + edge_lat, min(a.lat for a in found) - edge_lat, -tall)
    lons = np.arange(min(a.lon for a in found) - edge_lon, max(a.lon for a in found) + edge_lon, wide)
    grid_lon, grid_lat = np.meshgrid(lons, lats)
    ours = {area.code for area in found}
    codes = places.areas_at(grid_lon.ravel(), grid_lat.ravel(), "buurt")
    spots = [(*divmod(at, len(lons)), code) for at, code in enumerate(codes) if code in ours]
    if not spots:
        return 0, 0, 0, {}
    top, left = min(row for row, _, _ in spots), min(column for _, column, _ in spots)
    paths: dict[str, list[str]] = {}
    for row, column, code in spots:
        x, y = (column - left) * UNIT, (row - top) * UNIT
        paths.setdefault(str(code), []).append(f"M{x} {y}h{UNIT - 1}v{UNIT - 1}h-{UNIT - 1}z")
    columns = max(column for _, column, _ in spots) - left + 1
    rows = max(row for row, _, _ in spots) - top + 1
    return columns, rows, size_m, {code: "".join(parts) for code, parts in paths.items()}


def _colouring(codes: Iterable[str], *, now: datetime) -> tuple[MapLayer | None, dict[str, float]]:
    """Choose the layer that colours the stones: the first in the setting that has values here."""
    known = {layer.key: layer for layer in offers(MapLayer) if layer.kind == "areas"}
    for key in settings.PLEIN["HOME_LAYER"]:
        read = _values(known[key], now=now) if key in known else {}
        values = {code: read[code] for code in codes if read.get(code) is not None}
        if values:
            return known[key], values  # type: ignore[return-value]
    return None, {}


def _values(layer: MapLayer, *, now: datetime) -> Mapping[str, float | None]:
    """Read what colours the stones; a room that fails to answer leaves them plain."""
    if layer.values is None:
        return {}
    try:
        moments = layer.moments() if layer.moments else []
        found: Mapping[str, float | None] = layer.values("buurt", moments[-1] if moments else local_date(now))
    except Exception:
        log.exception("home.layer_failed", layer=layer.key)
        return {}
    return found


def mosaic(*, now: datetime) -> Mosaic | None:
    """Lay the town in stones; None while there are no borders yet."""
    gemeente = places.home()
    columns, rows, size_m, paths = _stones(places.stamp(), gemeente)
    if not paths:
        return None
    layer, values = _colouring(paths, now=now)
    cuts = breaks_for(values.values())
    best = max(values, key=lambda code: values[code], default="")
    names: Mapping[str, Any] = places.names(list(paths))
    patches = [
        Patch(
            name=names.get(code, code),
            path=path,
            step=0 if code not in values else 1 + sum(values[code] >= cut for cut in cuts),
            value=values.get(code),
            highest=code == best,
        )
        for code, path in paths.items()
    ]
    return Mosaic(patches, columns * UNIT - 1, rows * UNIT - 1, size_m, layer)
