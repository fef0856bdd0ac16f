"""Means that say only what there is data for: of a day, of eight hours running, of day, evening and night."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import log10
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

COVERAGE = 0.75
HOURS_OF_A_DAY = 18
HOURS_OF_EIGHT = 6
TOWN = ZoneInfo("Europe/Amsterdam")
_HOUR_S = 3600
# What a part of the day weighs: hours, the penalty in dB, and the hours that it needs (75%).
PARTS: dict[str, tuple[int, int, int]] = {"day": (12, 0, 9), "evening": (4, 5, 3), "night": (8, 10, 6)}
Values = NDArray[np.float64]
Moments = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a calendar day in the Netherlands measured at one stream; None where there is too little data.

    highest_8h: the highest eight-hour mean that ends on the day. hours: how many hours have a mean, hours_over: how
    many of those are over the limit for an hour. level_*: Lday, Levening and the Lnight that ends on the day, dB(A).
    """

    day: date
    mean: float | None
    highest_hour: float | None
    hours: int
    hours_over: int = 0
    highest_8h: float | None = None
    level_day: float | None = None
    level_evening: float | None = None
    level_night: float | None = None

    @property
    def level_den(self) -> float | None:
        """Give the Lden of the night before, the day and the evening."""
        return level_den(self.level_day, self.level_evening, self.level_night)


def daily(
    hours: Values,
    starts: Moments,
    *,
    averaged: str = "plain",
    running: bool = False,
    levels: bool = False,
    limit: float | None = None,
) -> list[Day]:
    """Average hourly means per calendar day in the Netherlands.

    hours: (n,), NaN where an hour has no mean; starts: (n,), UTC, ascending, in seconds. averaged: see AVERAGED.
    running: whether eight-hour means are asked; levels: whether Lday, Levening and Lnight are; limit: for an hour.
    Mean and highest are None with fewer than 18 hours.
    Source: Directive 2008/50/EC, annex VII.A.2; Directive (EU) 2024/2881, annex V, point C (75% of a day's hours).
    """
    grid, data = _on_every_hour(hours, starts)
    local = local_seconds(grid)
    days = local // 86_400
    firsts = np.flatnonzero(np.diff(days, prepend=days[:1] - 1))
    good = np.isfinite(data)
    counts = np.add.reduceat(good, firsts) if len(firsts) else np.zeros(0, np.int64)
    forward, back = AVERAGED[averaged]
    sums = np.add.reduceat(np.where(good, forward(np.where(good, data, 0.0)), 0), firsts) if len(firsts) else counts
    tops = np.fmax.reduceat(data, firsts) if len(firsts) else data
    over = np.add.reduceat(good & (data > (np.inf if limit is None else limit)), firsts) if len(firsts) else counts
    eights = highest_eights(data, firsts) if running else [None] * len(firsts)
    noise = _levels(data, local) if levels else {}
    found = []
    for place, first in enumerate(firsts):
        if not counts[place]:
            continue
        enough = counts[place] >= HOURS_OF_A_DAY
        number = int(days[first])
        found.append(
            Day(
                day=np.datetime64(number, "D").astype(object),
                mean=float(back(sums[place] / counts[place])) if enough else None,
                highest_hour=float(tops[place]) if enough else None,
                hours=int(counts[place]),
                hours_over=int(over[place]),
                highest_8h=eights[place],
                **{f"level_{part}": noise.get((part, number)) for part in PARTS},
            )
        )
    return found


def highest_eights(hours: Values, firsts: NDArray[np.int64]) -> list[float | None]:
    """Give the highest eight-hour mean of each day out of the hours of a line of time without holes.

    hours: (n,), NaN where an hour has no mean; firsts: where each day begins. A mean belongs to the day on which it
    ends: the first of a day is over 17 to 1 o'clock, the last over 16 to 24. It counts with six of its eight hours, and
    a day has a highest one with 18 of 24 means.
    Source: Directive 2008/50/EC, annex VII.A.2 and B, note 2; annex XI.A.
    """
    good = np.isfinite(hours)
    sums = np.cumsum(np.concatenate([np.zeros(8), np.where(good, hours, 0.0)]))
    counts = np.cumsum(np.concatenate([np.zeros(8), good]))
    inside = counts[8:] - counts[:-8]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(inside >= HOURS_OF_EIGHT, (sums[8:] - sums[:-8]) / inside, np.nan)
    if not len(firsts):
        return []
    valid = np.add.reduceat(np.isfinite(means), firsts)
    tops = np.fmax.reduceat(means, firsts)
    return [float(top) if count >= HOURS_OF_A_DAY else None for top, count in zip(tops, valid, strict=True)]


def energetic(levels: Sequence[float]) -> float | None:
    """Average sound levels by their energy; None without any."""
    if not levels:
        return None
    return 10 * log10(sum(10 ** (level / 10) for level in levels) / len(levels))


def level_den(day: float | None, evening: float | None, night: float | None) -> float | None:
    """Join Lday, Levening and Lnight to Lden: evenings weigh 5 dB more, nights 10 dB; None when one is missing.

    Source: Directive 2002/49/EC, annex I, section 1 (12, 4 and 8 hours, from 7, 19 and 23 o'clock local time).
    """
    if day is None or evening is None or night is None:
        return None
    levels = zip(PARTS.values(), (day, evening, night), strict=True)
    return 10 * log10(sum(hours * 10 ** ((level + penalty) / 10) for (hours, penalty, _), level in levels) / 24)


def _levels(hours: Values, local: NDArray[np.int64]) -> dict[tuple[str, int], float]:
    """Average sound levels per part of the day: (part, day number), where three quarters of its hours have a mean.

    A night belongs to the day on which it ends, so that a day holds the night before it.
    """
    clock = local // _HOUR_S % 24
    days = np.where(clock == 23, local // 86_400 + 1, local // 86_400)
    parts = np.select([(clock >= 7) & (clock < 19), (clock >= 19) & (clock < 23)], [0, 1], 2)
    good = np.isfinite(hours)
    keys, place = np.unique(days[good] * 3 + parts[good], return_inverse=True)
    counts = np.bincount(place, minlength=len(keys))
    energy = np.bincount(place, weights=10 ** (hours[good] / 10), minlength=len(keys))
    names = list(PARTS)
    return {
        (names[key % 3], int(key // 3)): float(10 * np.log10(total / count))
        for key, count, total in zip(keys, counts, energy, strict=True)
        if count >= PARTS[names[key % 3]][2]
    }


def _on_every_hour(hours: Values, starts: Moments) -> tuple[Moments, Values]:
    """Lay hourly means on a line of time without holes."""
    if not len(hours):
        return starts.astype("datetime64[s]"), hours
    seconds = starts.astype("datetime64[s]").astype(np.int64)
    places = (seconds - seconds[0]) // _HOUR_S
    data = np.full(int(places[-1]) + 1, np.nan)
    data[places] = hours
    return (seconds[0] + _HOUR_S * np.arange(len(data))).astype("datetime64[s]"), data


def _same(values: Values) -> Values:
    return values


def _to_energy(levels: Values) -> Values:
    energy: Values = 10 ** (levels / 10)
    return energy


def _to_level(energy: float) -> float:
    return 10 * log10(energy)


def _to_arrow(degrees: Values) -> NDArray[np.complex128]:
    arrow: NDArray[np.complex128] = np.exp(1j * np.radians(degrees))
    return arrow


def _to_degrees(arrow: complex) -> float:
    return float(np.degrees(np.angle(arrow)) % 360)


# How values are averaged: as they are, sound levels by their energy, directions as arrows.
AVERAGED: dict[str, tuple[Callable[..., NDArray[np.generic]], Callable[..., float]]] = {
    "plain": (_same, float),
    "energetic": (_to_energy, _to_level),
    "circular": (_to_arrow, _to_degrees),
}


def local_days(starts: Moments) -> Moments:
    """Give the calendar day in the Netherlands of moments in UTC, ascending."""
    return local_seconds(starts).astype("datetime64[s]").astype("datetime64[D]")


def local_seconds(starts: Moments) -> NDArray[np.int64]:
    """Give what the clock in the Netherlands says at moments in UTC, ascending, as seconds since 1970.

    The offset is looked up once per UTC day and hour of change, so that a year costs a few hundred look-ups.
    """
    seconds = starts.astype("datetime64[s]").astype(np.int64)
    unique, inverse = np.unique(seconds // _HOUR_S, return_inverse=True)
    local: NDArray[np.int64] = seconds + _offsets(unique)[inverse]
    return local


def _offsets(hours: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the offset of the clock in the Netherlands in seconds, per hour since 1970 (ascending)."""
    if len(hours) == 0:
        return np.zeros(0, dtype=np.int64)
    days = hours // 24
    firsts = np.unique(days)
    edges = {int(day): (_offset(int(day) * 24), _offset(int(day) * 24 + 23)) for day in firsts}
    plain = np.array([edges[int(day)][0] for day in days], dtype=np.int64)
    changing = [at for at, day in enumerate(days) if edges[int(day)][0] != edges[int(day)][1]]
    for at in changing:
        plain[at] = _offset(int(hours[at]))
    return plain


def _offset(hour: int) -> int:
    shift = datetime.fromtimestamp(hour * 3600, TOWN).utcoffset()
    return int(shift.total_seconds()) if shift else 0
