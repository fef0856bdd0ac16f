"""WGS84 to RD (EPSG:28992) and back. Pure: rules may use it. pyproj is loaded at the first call, not before."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plein.foundation.geo.errors import OutsideTheNetherlands

Floats = NDArray[np.float64]

# Bounds of RD, with the reach of the EPSG definition: 3.2 to 7.22 degrees east, 50.75 to 53.7 degrees north.
RD_X = (-7_000.0, 300_000.0)
RD_Y = (289_000.0, 629_000.0)
LON = (3.0, 7.4)
LAT = (50.5, 53.8)


@cache
def _transformer(source: str, target: str) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)


def _within(values: Floats, bounds: tuple[float, float]) -> NDArray[np.bool_]:
    return (values >= bounds[0]) & (values <= bounds[1])


def _moved(first: ArrayLike, second: ArrayLike, *, source: str, target: str) -> tuple[Floats, Floats]:
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    moved = _transformer(source, target).transform(one, two)
    return np.asarray(moved[0]), np.asarray(moved[1])


def to_rd(lon: float, lat: float) -> tuple[float, float]:
    """Turn a WGS84 point into RD metres (x, y), good to about half a metre.

    Raises OutsideTheNetherlands, also for NaN and for swapped numbers.
    """
    if not (LON[0] <= lon <= LON[1] and LAT[0] <= lat <= LAT[1]):
        raise OutsideTheNetherlands(first=lon, second=lat)
    x, y = _transformer("EPSG:4326", "EPSG:28992").transform(lon, lat)
    return float(x), float(y)


def to_wgs84(x: float, y: float) -> tuple[float, float]:
    """Turn an RD point in metres into WGS84 degrees (lon, lat), good to about half a metre.

    Raises OutsideTheNetherlands, also for NaN and for swapped numbers.
    """
    if not (RD_X[0] <= x <= RD_X[1] and RD_Y[0] <= y <= RD_Y[1]):
        raise OutsideTheNetherlands(first=x, second=y)
    lon, lat = _transformer("EPSG:28992", "EPSG:4326").transform(x, y)
    return float(lon), float(lat)


def to_rd_many(lons: ArrayLike, lats: ArrayLike) -> tuple[Floats, Floats]:
    """Turn WGS84 points into RD metres, all at once.

    lons, lats: (n,), degrees. Returns x and y, (n,), metres; NaN where a point lies outside the Netherlands.
    """
    lon, lat = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    good = _within(lon, LON) & _within(lat, LAT)
    x, y = _moved(np.where(good, lon, np.nan), np.where(good, lat, np.nan), source="EPSG:4326", target="EPSG:28992")
    return np.where(good, x, np.nan), np.where(good, y, np.nan)


def to_wgs84_many(xs: ArrayLike, ys: ArrayLike) -> tuple[Floats, Floats]:
    """Turn RD points into WGS84 degrees, all at once.

    xs, ys: (n,), metres. Returns lon and lat, (n,), degrees; NaN where a point lies outside the Netherlands.
    """
    x, y = np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)
    good = _within(x, RD_X) & _within(y, RD_Y)
    lon, lat = _moved(np.where(good, x, np.nan), np.where(good, y, np.nan), source="EPSG:28992", target="EPSG:4326")
    return np.where(good, lon, np.nan), np.where(good, lat, np.nan)
