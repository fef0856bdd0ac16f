"""When to warn: a rolling mean over the limit at two or more sensors near each other, never on one alone."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from plein.city.sensing.rules.means import COVERAGE
from plein.foundation.words import Text

FEWEST = 2
NEAR_KM = 3.0
AGREE = 0.5
_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level to warn at: the mean over so many hours that is higher than the limit."""

    quantity: str
    hours: int
    limit: float
    title: Text
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolling:
    """The rolling mean at one measuring point; coverage: the share of the window that has good readings."""

    station: int
    lon: float
    lat: float
    mean: float
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Sensors near each other that agree; lon, lat: the middle of them."""

    level: Level
    stations: tuple[int, ...]
    lon: float
    lat: float
    highest: float


LEVELS = [
    Level(
        quantity="o3",
        hours=1,
        limit=180,
        title=Text("Veel ozon (smog)", "Much ozone (smog)"),
        source="2008/50/EC, annex XII.B (information threshold)",
    ),
    Level(
        quantity="no2",
        hours=3,
        limit=200,
        title=Text("Veel stikstofdioxide", "Much nitrogen dioxide"),
        source="2024/2881, annex I, section 1 (200 µg/m³)",
    ),
    Level(
        quantity="pm10",
        hours=24,
        limit=50,
        title=Text("Veel fijnstof (PM10)", "Much particulate matter (PM10)"),
        source="2008/50/EC, annex XI (50 µg/m³ a day)",
    ),
    Level(
        quantity="pm25",
        hours=24,
        limit=25,
        title=Text("Veel fijnstof (PM2,5)", "Much fine particles (PM2.5)"),
        source="2024/2881, annex I, section 1 (25 µg/m³ a day)",
    ),
    Level(
        quantity="noise",
        hours=1,
        limit=80,
        title=Text("Erg hard geluid", "Very loud noise"),
        source="ILO/NIOSH: 80 dB(A), from where hearing protection is advised",
    ),
]


def alarms(level: Level, rolling: list[Rolling]) -> list[Alarm]:
    """Find the groups of sensors that together give reason to warn.

    A group is two or more points over the limit, each within 3 km of another of the group; at least half of all points
    with data within 3 km of any of them must be over the limit too, so that two bad sensors do not outvote five good.
    """
    known = [one for one in rolling if one.coverage >= COVERAGE]
    over = [one for one in known if one.mean > level.limit]
    found = []
    for group in _groups(over):
        around = [one for one in known if any(distance_km(one, member) <= NEAR_KM for member in group)]
        if len(group) >= FEWEST and len(group) / len(around) >= AGREE:
            found.append(_alarm(level, group))
    return found


def _alarm(level: Level, group: list[Rolling]) -> Alarm:
    return Alarm(
        level=level,
        stations=tuple(sorted(one.station for one in group)),
        lon=sum(one.lon for one in group) / len(group),
        lat=sum(one.lat for one in group) / len(group),
        highest=max(one.mean for one in group),
    )


def _groups(points: list[Rolling]) -> list[list[Rolling]]:
    """Put points in groups in which each is near another; one measuring point counts once."""
    rest = list({one.station: one for one in points}.values())
    groups = []
    while rest:
        group = [rest.pop()]
        for member in group:
            near = [one for one in rest if distance_km(one, member) <= NEAR_KM]
            group.extend(near)
            rest = [one for one in rest if one not in near]
        groups.append(group)
    return groups


def distance_km(one: Rolling, other: Rolling) -> float:
    """Measure how far two points are apart."""
    return km_between(one.lon, one.lat, other.lon, other.lat)


def km_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Measure the distance over the earth between two points in degrees."""
    dx, dy = radians(other_lon - lon), radians(other_lat - lat)
    h = sin(dy / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(dx / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(min(1.0, h)))
