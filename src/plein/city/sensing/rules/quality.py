"""How good readings are: each rule sets a flag with a reason, and no rule removes or changes a reading."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plein.city.sensing.rules.alerts import km_between
from plein.city.sensing.rules.quantities import Quantity
from plein.foundation.observations.quality import Quality

Values = NDArray[np.float64]
Times = NDArray[np.int64]
Flags = NDArray[np.int32]

HOUR_US = 3_600_000_000
NEIGHBOURS = 3
SPREADS = 8.0
SILENT_TURNS = 6
REGION_KM = 15.0
REGION_FEWEST = 5
DEVIATION = 4.0


def judge(values: Sequence[float | None] | Values, times_us: Sequence[int] | Times, quantity: Quantity) -> Flags:
    """Flag readings of one datastream.

    values: (n,), NaN or None when there is no number; times_us: (n,), microseconds since 1970, ascending.
    Returns (n,) masks of Quality; 0 where nothing is known against a reading.
    """
    data = np.asarray([np.nan if v is None else v for v in values], dtype=np.float64)
    times = np.asarray(times_us, dtype=np.int64)
    flags = np.zeros(len(data), dtype=np.int32)
    for flag, found in [
        (Quality.RANGE, _out_of_range(data, quantity)),
        (Quality.NEGATIVE, _negative(data, quantity)),
        (Quality.SPIKE, _spikes(data, quantity)),
        (Quality.FLAT, _flat(data, times, quantity)),
        (Quality.STUCK_AT_ZERO, _stuck_at_zero(data, times, quantity)),
        (Quality.SILENT, _after_silence(times)),
    ]:
        flags[found] |= int(flag)
    return flags


def is_place(lon: float | None, lat: float | None) -> bool:
    """Tell whether a place can be one: on earth, and not the 0,0 of a sensor that never knew where it was."""
    if lon is None or lat is None or not (np.isfinite(lon) and np.isfinite(lat)):
        return False
    return abs(lon) <= 180 and abs(lat) <= 90 and not (abs(lon) < 0.01 and abs(lat) < 0.01)


def usual_interval_us(times: Times) -> int:
    """Tell how far apart readings usually are: the median; 0 with fewer than two."""
    return int(np.median(np.diff(times))) if len(times) > 1 else 0


def is_silent(last_us: int, *, now_us: int, interval_us: int) -> bool:
    """Tell whether a sensor is silent: nothing came in six times its usual interval, and in three hours at least."""
    return now_us - last_us > max(SILENT_TURNS * interval_us, 3 * HOUR_US)


def deviating(points: Sequence[tuple[int, float, float, float]]) -> list[int]:
    """Find the sensors of particles that measure something quite else than those around them.

    points: (key, lon, lat, mean over the last days) of one quantity. Particles differ little over a town, so a mean
    over four times the median of at least five others within 15 km, or under a quarter of it, means an ill sensor.
    """
    found = []
    for key, lon, lat, mean in points:
        others = [m for other, x, y, m in points if other != key and km_between(lon, lat, x, y) <= REGION_KM]
        if len(others) < REGION_FEWEST:
            continue
        middle = float(np.median(others))
        if middle > 0 and not middle / DEVIATION <= mean <= middle * DEVIATION:
            found.append(key)
    return found


def _out_of_range(data: Values, quantity: Quantity) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (data < quantity.low) | (data > quantity.high)
    return found


def _negative(data: Values, quantity: Quantity) -> NDArray[np.bool_]:
    """Find negatives beyond what the noise of a good instrument explains; those near zero must stay in the mean."""
    if quantity.noise is None:
        return np.zeros(len(data), dtype=bool)
    found: NDArray[np.bool_] = data < -quantity.noise
    return found


def _spikes(data: Values, quantity: Quantity) -> NDArray[np.bool_]:
    """Find readings that jump away from the median of their neighbours and back again.

    A jump counts when it is larger than nature makes and also far outside the spread of its neighbours.
    """
    found = np.zeros(len(data), dtype=bool)
    if quantity.spike is None or len(data) < 2 * NEIGHBOURS + 1:
        return found
    padded = np.pad(data, NEIGHBOURS, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * NEIGHBOURS + 1)
    others = np.delete(around, NEIGHBOURS, axis=1)
    enough = np.sum(np.isfinite(others), axis=1) >= NEIGHBOURS
    middle, spread = _middle_and_spread(others[enough])
    away = np.abs(data[enough] - middle)
    found[enough] = (away > quantity.spike) & (away > SPREADS * spread)
    return found


def _middle_and_spread(rows: NDArray[np.float64]) -> tuple[Any, Any]:
    middle = np.nanmedian(rows, axis=1) if len(rows) else np.empty(0)
    spread = np.nanmedian(np.abs(rows - middle[:, None]), axis=1) if len(rows) else np.empty(0)
    return middle, spread


def _flat(data: Values, times: Times, quantity: Quantity) -> NDArray[np.bool_]:
    if quantity.flat_h is None:
        return np.zeros(len(data), dtype=bool)
    found: NDArray[np.bool_] = _same_for(data, times, hours=quantity.flat_h) & (data != 0)
    return found


def _stuck_at_zero(data: Values, times: Times, quantity: Quantity) -> NDArray[np.bool_]:
    if quantity.zero_h is None:
        return np.zeros(len(data), dtype=bool)
    found: NDArray[np.bool_] = _same_for(data, times, hours=quantity.zero_h) & (data == 0)
    return found


def _same_for(data: Values, times: Times, *, hours: int) -> NDArray[np.bool_]:
    """Find readings in a row of at least four that are all equal and last at least so many hours."""
    if len(data) == 0:
        return np.zeros(0, dtype=bool)
    with np.errstate(invalid="ignore"):
        starts = np.flatnonzero(np.concatenate([[True], np.diff(data) != 0]))
    ends = np.append(starts[1:], len(data))
    long = (times[ends - 1] - times[starts] >= hours * HOUR_US) & (ends - starts >= 4)
    found: NDArray[np.bool_] = np.repeat(long, ends - starts) & np.isfinite(data)
    return found


def _after_silence(times: Times) -> NDArray[np.bool_]:
    """Find the first reading after a silence."""
    found = np.zeros(len(times), dtype=bool)
    interval = usual_interval_us(times)
    if interval:
        found[1:] = np.diff(times) > max(SILENT_TURNS * interval, 3 * HOUR_US)
    return found
