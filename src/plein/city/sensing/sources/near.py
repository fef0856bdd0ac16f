"""What lies in or near a municipality."""

from functools import lru_cache
from typing import Any

from plein.city.sensing.errors import NoBorders
from plein.city.sensing.rules.alerts import km_between
from plein.city.sensing.rules.quality import is_place
from plein.foundation.errors import Refused
from plein.foundation.geo import places
from plein.foundation.geo.models import Area

NEAR_KM = 5.0
_KM_PER_DEGREE = 111.2


def border(gemeente: str) -> Area:
    """Give the border of a municipality.

    Raises NoBorders.
    """
    try:
        return places.area(gemeente)
    except Refused as error:
        raise NoBorders(gemeente=gemeente) from error


def distance_km(area: Area, lon: float | None, lat: float | None) -> float | None:
    """Measure how far a point lies outside a municipality; 0 inside, None without a place."""
    if not is_place(lon, lat) or lon is None or lat is None:
        return None
    import shapely

    stretch = _stretch(area.lat)
    point = shapely.Point(lon * stretch, lat)
    return float(shapely.distance(_shape(area.code, area.geometry, stretch), point)) * _KM_PER_DEGREE


def to_middle_km(area: Area, lon: float, lat: float) -> float:
    """Measure the distance to the middle of a municipality."""
    return km_between(area.lon, area.lat, lon, lat)


def is_near(area: Area, lon: float | None, lat: float | None) -> bool:
    """Tell whether a point lies in a municipality or within 5 km of it."""
    away = distance_km(area, lon, lat)
    return away is not None and away <= NEAR_KM


def _stretch(lat: float) -> float:
    from math import cos, radians

    return cos(radians(lat))


@lru_cache(maxsize=8)
def _shape(code: str, geometry: str, stretch: float) -> Any:
    """Give a border in degrees of latitude both ways, so that distances are true enough near it."""
    import shapely

    return shapely.transform(shapely.from_geojson(geometry), lambda at: at * [stretch, 1.0])
