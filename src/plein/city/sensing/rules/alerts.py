"""When to warn: a rolling mean over the limit at two or more sensors near each other, never on one alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

import numpy as np

from plein.city.sensing.rules.means import AVERAGED, COVERAGE
from plein.city.sensing.rules.quantities import QUANTITIES
from plein.foundation.words import Text

FEWEST = 2
NEAR_KM = 3.0
AGREE = 0.5
SUPPORTED = 1 / 3
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


# Gases: the information thresholds of the law. Particles: the limit for a day, which is lower than the information
# threshold (90 and 50), because a resident wants to know at once on which days the air is worse than is allowed.
LEVELS = [
    Level(
        quantity="o3",
        hours=1,
        limit=180,
        title=Text("Veel ozon (smog)", "Much ozone (smog)"),
        source="2024/2881, annex I, section 4, point B; 2008/50/EC, annex XII.B (information threshold)",
    ),
    Level(
        quantity="no2",
        hours=1,
        limit=150,
        title=Text("Veel stikstofdioxide", "Much nitrogen dioxide"),
        source="2024/2881, annex I, section 4, point B (information threshold)",
    ),
    Level(
        quantity="so2",
        hours=1,
        limit=275,
        title=Text("Veel zwaveldioxide", "Much sulphur dioxide"),
        source="2024/2881, annex I, section 4, point B (information threshold)",
    ),
    Level(
        quantity="pm10",
        hours=24,
        limit=50,
        title=Text("Veel fijnstof (PM10)", "Much particulate matter (PM10)"),
        source="2008/50/EC, annex XI.B (50 µg/m³ a day); own choice to warn there",
    ),
    Level(
        quantity="pm25",
        hours=24,
        limit=25,
        title=Text("Veel fijnstof (PM2,5)", "Much fine particles (PM2.5)"),
        source="2024/2881, annex I, section 1, table 1 (25 µg/m³ a day); own choice to warn there",
    ),
    Level(
        quantity="noise",
        hours=1,
        limit=80,
        title=Text("Erg hard geluid", "Very loud noise"),
        source="2003/10/EC, article 3 (lower action value for eight hours of work, 80 dB(A)); own choice to warn there",
    ),
]


def mean_of(quantity: str, values: Sequence[float]) -> float:
    """Average readings over a window as their quantity asks for: sound levels by their energy."""
    forward, back = AVERAGED[QUANTITIES[quantity].averaged]
    return back(forward(np.asarray(values, dtype=np.float64)).mean())


def alarms(level: Level, rolling: list[Rolling]) -> list[Alarm]:
    """Find the groups of sensors that together give reason to warn.

    A group is two or more points over the limit, each within 3 km of another of the group; at least half of all points
    with data within 3 km of any of them must be over the limit too, so that two bad sensors do not outvote five good.
    A point of which no other in the group measures a third is left out: a broken sensor finds no support in one that
    is only just over the limit.
    """
    known = [one for one in rolling if one.coverage >= COVERAGE]
    over = [one for one in known if one.mean > level.limit]
    agreeing = [one for near in _groups(over) for one in _supported(near)]
    found = []
    for group in _groups(agreeing):
        around = [one for one in known if any(distance_km(one, member) <= NEAR_KM for member in group)]
        if len(group) >= FEWEST and len(group) / len(around) >= AGREE:
            found.append(_alarm(level, group))
    return found


def _supported(group: list[Rolling]) -> list[Rolling]:
    """Leave out the points that stand alone above the others, from the highest down."""
    falling = sorted(group, key=lambda one: one.mean, reverse=True)
    while len(falling) > 1 and falling[1].mean < SUPPORTED * falling[0].mean:
        falling = falling[1:]
    return falling


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """An alarm that lasted: from and until are hours since 1970."""

    alarm: Alarm
    from_hour: int
    until_hour: int


def episodes(level: Level, places: dict[int, tuple[float, float]], hours: dict[int, dict[int, float]]) -> list[Episode]:
    """Find when there was an alarm in the past.

    places: (lon, lat) per station; hours: per station the hourly mean per hour since 1970.
    """
    rolling = {station: _rolling(means, level.hours) for station, means in hours.items()}
    over: dict[int, int] = {}
    for means in rolling.values():
        for hour, (mean, _) in means.items():
            over[hour] = over.get(hour, 0) + (mean > level.limit)
    open_ones: list[Episode] = []
    found: list[Episode] = []
    for hour in sorted(hour for hour, count in over.items() if count >= FEWEST):
        at = [
            Rolling(station=station, lon=places[station][0], lat=places[station][1], mean=means[hour][0], coverage=1.0)
            for station, means in rolling.items()
            if hour in means
        ]
        open_ones = _continued(open_ones, alarms(level, at), hour, found)
    return [*found, *open_ones]


def _continued(open_ones: list[Episode], now: list[Alarm], hour: int, ended: list[Episode]) -> list[Episode]:
    """Carry on the episodes that share a station with an alarm of this hour; the others have ended."""
    carried: list[Episode] = []
    rest = list(open_ones)
    for alarm in now:
        known = next((one for one in rest if _is_same(one, alarm, hour)), None)
        if known:
            rest.remove(known)
        carried.append(_joined(known, alarm, hour))
    ended.extend(rest)
    return carried


def _is_same(episode: Episode, alarm: Alarm, hour: int) -> bool:
    return hour - episode.until_hour <= 6 and bool(set(episode.alarm.stations) & set(alarm.stations))


def _joined(known: Episode | None, alarm: Alarm, hour: int) -> Episode:
    if known is None:
        return Episode(alarm=alarm, from_hour=hour, until_hour=hour)
    both = Alarm(
        level=alarm.level,
        stations=tuple(sorted({*known.alarm.stations, *alarm.stations})),
        lon=known.alarm.lon,
        lat=known.alarm.lat,
        highest=max(known.alarm.highest, alarm.highest),
    )
    return Episode(alarm=both, from_hour=known.from_hour, until_hour=hour)


def _rolling(means: dict[int, float], window: int) -> dict[int, tuple[float, int]]:
    """Average the last hours at each hour that has enough of them: (mean, how many)."""
    found: dict[int, tuple[float, int]] = {}
    total, inside = 0.0, 0
    if not means:
        return found
    for hour in range(min(means), max(means) + 1):
        if hour in means:
            total, inside = total + means[hour], inside + 1
        if hour - window in means:
            total, inside = total - means[hour - window], inside - 1
        if inside >= COVERAGE * window and hour in means:
            found[hour] = (total / inside, inside)
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
