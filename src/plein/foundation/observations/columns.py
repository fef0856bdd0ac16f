"""Plain readings as columns: a moment and a number of a datastream, with no Python object for each reading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Readings: datastream, time_us and result, each (n,); a result of NaN is none."""

    datastream: Whole
    time_us: Whole
    result: Real

    def __len__(self) -> int:
        return len(self.time_us)

    def where(self, wanted: "Mask | Whole") -> "Columns":
        """Give the readings that a mask or a list of places points at."""
        return Columns(self.datastream[wanted], self.time_us[wanted], self.result[wanted])

    def of(self, streams: Sequence[int]) -> Mask:
        """Tell which readings are of these datastreams."""
        return np.isin(self.datastream, np.fromiter(streams, np.int64, len(streams)))

    def rows(self) -> Iterator[tuple[int, int, float]]:
        """Walk the readings as rows."""
        return zip(self.datastream.tolist(), self.time_us.tolist(), self.result.tolist(), strict=True)

    def flat(self) -> list[Any]:
        """List all values, row after row."""
        values: list[Any] = [None] * (3 * len(self))
        values[0::3], values[1::3] = self.datastream.tolist(), self.time_us.tolist()
        values[2::3] = self.result.tolist()
        return values


def columns_of(rows: "Columns | Sequence[tuple[Any, ...]]") -> Columns:
    """Make columns of rows (datastream, time, result); a result of None becomes NaN."""
    if isinstance(rows, Columns):
        return rows
    streams, times, results = zip(*rows, strict=True) if rows else ((), (), ())
    return Columns(np.array(streams, np.int64), np.array(times, np.int64), np.array(results, np.float64))


def joined(parts: Sequence[Columns]) -> Columns:
    """Put readings one after the other."""
    if len(parts) == 1:
        return parts[0]
    return Columns(*(np.concatenate([getattr(part, name) for part in parts]) for name in Columns.__slots__))


def in_order(readings: Columns) -> tuple[Whole | None, Mask]:
    """Find the order of the key, and which readings in that order repeat the key of the one before.

    The order is None when the readings are in it already; of the same key, what came first comes first.
    """
    streams, times = readings.datastream, readings.time_us
    order = None
    if not _ascends(streams, times):
        order = np.lexsort((times, streams))
        streams, times = streams[order], times[order]
    twice = np.zeros(len(times), np.bool_)
    twice[1:] = (streams[1:] == streams[:-1]) & (times[1:] == times[:-1])
    return order, twice


def _ascends(streams: Whole, times: Whole) -> bool:
    later = (streams[1:] > streams[:-1]) | ((streams[1:] == streams[:-1]) & (times[1:] >= times[:-1]))
    return bool(later.all())
