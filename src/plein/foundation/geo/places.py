"""Which buurt is a point in, and which areas are there.

The borders are held in memory per process as an STRtree. When a process has changed the areas, it builds the tree anew
at once, and the others within two seconds (see identity.stamps).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from numpy.typing import ArrayLike

from plein.foundation.geo.errors import UnknownArea
from plein.foundation.geo.models import Area, GeoState
from plein.foundation.identity.stamps import Kept

DEMO_TOWN, DEMO_NAME = "GM9999", "Pleinstad"


@dataclass(frozen=True, slots=True)
class _Index:
    stamp: str
    codes: tuple[str | None, ...]  # and None behind the last
    tree: Any


STAMP = "geo.areas"
_indexes: dict[str, _Index] = {}


def stamp() -> str:
    """Give the word that is new after every change of areas or map features; empty when there are none yet."""
    return GeoState.objects.filter(pk=1).values_list("stamp", flat=True).first() or ""


def home() -> str:
    """Give the code of the municipality this Plein is for: the setting, else the one loaded, else the demo town."""
    if settings.PLEIN["GEMEENTE"]:
        return str(settings.PLEIN["GEMEENTE"])
    return GeoState.objects.filter(pk=1).values_list("home_code", flat=True).first() or DEMO_TOWN


def area(code: str) -> Area:
    """Give one area with its border.

    Raises UnknownArea.
    """
    try:
        return Area.objects.get(pk=code)
    except Area.DoesNotExist:
        raise UnknownArea(code=code) from None


def areas(kind: str, gemeente: str | None = None) -> list[Area]:
    """List areas of a kind ("gemeente", "wijk", "buurt") by code, in one query, without their borders."""
    found = Area.objects.filter(kind=kind).defer("geometry")
    return list(found.filter(gemeente_code=gemeente) if gemeente else found)


def names(codes: Sequence[str]) -> dict[str, str]:
    """Give the names of areas by code; unknown codes are left out."""
    return dict(Area.objects.filter(pk__in=codes).values_list("code", "name"))


_kept_stamp = Kept(STAMP, stamp)  # so that finding the area of a point costs no query


def _index(kind: str) -> _Index:
    current = _kept_stamp.get()
    known = _indexes.get(kind)
    if known is None or known.stamp != current:
        rows = list(Area.objects.filter(kind=kind).order_by("code").values_list("code", "geometry"))
        shapes = shapely.from_geojson([text for _, text in rows])
        shapely.prepare(shapes)
        known = _Index(current, (*(code for code, _ in rows), None), shapely.STRtree(shapes))
        _indexes[kind] = known
    return known


def areas_at(lons: ArrayLike, lats: ArrayLike, kind: str) -> list[str | None]:
    """Find the area of a kind that each point lies in.

    lons, lats: (n,), degrees. Returns n codes; None for a point in no area or without coordinates. A point on a
    border belongs to the lowest code, so that the answer is always the same.
    """
    index = _index(kind)
    lon, lat = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    answer = np.full(lon.shape, len(index.codes) - 1, dtype=np.int64)
    good = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    points, found = index.tree.query(shapely.points(lon[good], lat[good]), predicate="intersects")
    np.minimum.at(answer, good[points], found)
    numbers: list[int] = answer.ravel().tolist()
    return [index.codes[number] for number in numbers]


def area_at(lon: float, lat: float, kind: str) -> str | None:
    """Find the area of a kind that a point lies in; None outside all of them."""
    return areas_at([lon], [lat], kind)[0]


def buurt_at(lon: float, lat: float) -> str | None:
    """Find the buurt that a point lies in; None outside all loaded buurten."""
    return area_at(lon, lat, "buurt")


def buurten_at(lons: ArrayLike, lats: ArrayLike) -> list[str | None]:
    """Find the buurt of each point, all at once; None outside all loaded buurten."""
    return areas_at(lons, lats, "buurt")
