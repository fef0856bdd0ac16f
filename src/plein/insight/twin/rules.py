"""How the map counts: places on tiles, classes of colour, moments. Values in, values out."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from math import ceil, cos, floor, log, log10, radians, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

CLASSES = 5
EXTENT = 4096
BUFFER = 64
FEW_POINTS = 1_500
POINTS_FROM_ZOOM = 14
MAX_ZOOM = 18
EQUATOR_M = 40_075_016.7
CELL_EDGE_M = 1_281_256.0  # of resolution 0, on average
MOST_PIXELS = 56


def mercator(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Place WGS84 points on the square web map: x and y from 0 to 1, y counted from the north.

    Source: https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames
    """
    lons, lats = np.asarray(lon, dtype=np.float64), np.radians(np.asarray(lat, dtype=np.float64))
    return (lons + 180) / 360, (1 - np.arcsinh(np.tan(lats)) / np.pi) / 2


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Name the tile (x, y) that a point lies in."""
    x, y = mercator([lon], [lat])
    return floor(float(x[0]) * 2**zoom), floor(float(y[0]) * 2**zoom)


def on_tile(x: Floats, y: Floats, *, zoom: int, column: int, row: int) -> tuple[NDArray[np.int64], Any, Any]:
    """Find the points on a tile or just past its edge.

    x, y: (n,), as mercator gives. Returns which points, and their whole coordinates on the tile (0 to 4096, y down).
    """
    size = 2.0**zoom
    across, down = (x * size - column) * EXTENT, (y * size - row) * EXTENT
    low, high = -BUFFER, EXTENT + BUFFER
    found = np.flatnonzero((across >= low) & (across < high) & (down >= low) & (down < high))
    return found, np.rint(across[found]).astype(np.int64), np.rint(down[found]).astype(np.int64)


def _wound(step: int) -> int:
    """Write a step as the format does: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return (step << 1) ^ (step >> 63)


def point_steps(x: int, y: int) -> list[int]:
    """Write a point in the drawing steps of a vector tile."""
    return [9, _wound(x), _wound(y)]


def ring_steps(ring: Sequence[Sequence[int]]) -> list[int]:
    """Write an outer ring in the drawing steps of a vector tile: clockwise as seen, and not closed by a point.

    ring: (n, 2), whole coordinates on the tile, y down, first point not repeated.
    """
    doubled = sum(one[0] * two[1] - two[0] * one[1] for one, two in zip(ring, [*ring[1:], ring[0]], strict=True))
    spots = ring if doubled >= 0 else ring[::-1]
    steps = [9, _wound(spots[0][0]), _wound(spots[0][1]), (len(spots) - 1) << 3 | 2]
    for before, spot in pairwise(spots):
        steps += (_wound(spot[0] - before[0]), _wound(spot[1] - before[1]))
    return [*steps, 15]


def is_tile(zoom: int, column: int, row: int) -> bool:
    """Tell whether such a tile exists."""
    return 0 <= zoom <= MAX_ZOOM and 0 <= column < 2**zoom and 0 <= row < 2**zoom


def cell_resolution(zoom: int, count: int) -> int | None:
    """Give the H3 resolution in which points are joined at a zoom; None where each is drawn.

    A cell then measures 21 to 56 pixels across, on tiles of 512 pixels at 52 degrees north.
    Source: https://h3geo.org/docs/core-library/restable (edges become the square root of 7 shorter each resolution)
    """
    if count <= FEW_POINTS or zoom >= POINTS_FROM_ZOOM:
        return None
    pixel_m = EQUATOR_M * cos(radians(52)) / 512 / 2**zoom
    return max(0, min(15, ceil(log(2 * CELL_EDGE_M / (MOST_PIXELS * pixel_m)) / log(sqrt(7)))))


def breaks(values: Sequence[float | None] | Floats) -> list[float]:
    """Cut values into at most five classes with about as many in each, at limits that are easy to read.

    Returns the upper limits of all classes but the last, ascending; empty when there is nothing to tell apart.
    """
    every = np.array(values, dtype=np.float64)
    known = every[np.isfinite(every)]
    if known.size < 2 or known.min() == known.max():
        return []
    cuts = np.quantile(known, np.linspace(0, 1, CLASSES + 1)[1:-1])
    step = _readable_step(float(known.max() - known.min()))
    rounded = sorted({round(float(round(cut / step) * step), 10) for cut in cuts})
    return [cut for cut in rounded if known.min() < cut <= known.max()]


def _readable_step(spread: float) -> float:
    """Give a hundredth of a spread or less, as 1, 2 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(spread / 50))
    return max(step for step in (power, 2 * power, 5 * power) if step <= spread / 50 + power * 1e-9)


def known(value: float) -> float | None:
    """Give a number, or None where it is NaN."""
    return float(value) if np.isfinite(value) else None


def by_value(values: Floats, *, down: bool) -> NDArray[np.int64]:
    """Give the order of values, NaN last."""
    return np.argsort(-values if down else values, kind="stable")


def class_of(value: float | None, limits: Sequence[float], classes: int = CLASSES) -> int:
    """Give the colour of a value, 1 to 5; 0 without a value. A limit itself falls in the next class."""
    if value is None or not np.isfinite(value):
        return 0
    place = sum(value >= limit for limit in limits)
    return spread(place, len(limits) + 1, classes)


def spread(place: int, count: int, classes: int = CLASSES) -> int:
    """Choose the colour for a class, so that few classes use the whole ramp: the third of three is the fifth colour."""
    if count <= 1:
        return (classes + 1) // 2
    return 1 + round(place * (classes - 1) / (count - 1))


def ranges(limits: Sequence[float], low: float, high: float) -> list[tuple[float, float, int]]:
    """List the classes as (from, to, colour)."""
    edges = [low, *limits, high]
    return [(one, two, spread(at, len(limits) + 1)) for at, (one, two) in enumerate(pairwise(edges))]


def moment_near(moments: Sequence[date], wanted: date | None) -> date | None:
    """Give the last moment that is not after the wanted one; the newest without a wish, the first before them all."""
    if not moments:
        return None
    if wanted is None:
        return moments[-1]
    earlier = [moment for moment in moments if moment <= wanted]
    return earlier[-1] if earlier else moments[0]


def frame(xs: Sequence[float], ys: Sequence[float], *, width: int) -> tuple[float, float, float, int]:
    """Fit places on the web map in a picture of so many pixels: gives left, top, scale and height."""
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    scale = width / max(right - left, 1e-9)
    return left, top, scale, max(1, round((bottom - top) * scale))
