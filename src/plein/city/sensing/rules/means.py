"""Means that say only what there is data for."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

COVERAGE = 0.75
HOURS_OF_A_DAY = 18
TOWN = ZoneInfo("Europe/Amsterdam")


def daily(
    hours: NDArray[np.float64], starts: NDArray[np.datetime64]
) -> list[tuple[date, float | None, float | None, int]]:
    """Average hourly means per calendar day in the Netherlands.

    hours: (n,), NaN where an hour has no mean; starts: (n,), UTC, ascending, in seconds.
    Returns (day, mean, highest hour, number of hours); mean and highest are None with fewer than 18 hours.
    Source: Directive 2008/50/EC, annex VII.A.2 (75% of the hours of a day).
    """
    days = local_days(starts)
    good = np.isfinite(hours)
    found = []
    for day, first in zip(*np.unique(days, return_index=True), strict=True):
        last = first + int(np.searchsorted(days[first:], day, side="right"))
        values = hours[first:last][good[first:last]]
        enough = len(values) >= HOURS_OF_A_DAY
        mean = float(values.mean()) if enough else None
        found.append((day.astype(object), mean, float(values.max()) if enough else None, len(values)))
    return found


def local_days(starts: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Give the calendar day in the Netherlands of moments in UTC, ascending.

    The offset is looked up once per UTC day and hour of change, so that a year costs a few hundred look-ups.
    """
    seconds = starts.astype("datetime64[s]").astype(np.int64)
    hours = seconds // 3600
    unique, inverse = np.unique(hours, return_inverse=True)
    offsets = _offsets(unique)
    shifted = (seconds + offsets[inverse]).astype("datetime64[s]")
    return shifted.astype("datetime64[D]")


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
