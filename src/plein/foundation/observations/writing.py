"""Readings in. A reading is kept once per (datastream, time); what is told to be kept is on disk.

Batches of requests that come at the same time are committed together: one commit costs the same for one reading
as for ten thousand.
"""

import queue
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from math import isnan
from typing import Any

import numpy as np
from django.db import connection, transaction

from plein.foundation.events import announce
from plein.foundation.identity.actors import Actor
from plein.foundation.observations import hot
from plein.foundation.observations.columns import Columns, columns_of
from plein.foundation.observations.events import ObservationsArrived
from plein.foundation.observations.registration import Registrations, registrations
from plein.foundation.observations.times import to_us

# Rows after which a common commit does not wait for more.
COMMON_ROWS = 30_000


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: `time` and `result_time` aware; `extra` for what is rare (see models.Observation)."""

    datastream: int
    time: datetime
    result: float | None
    quality: int = 0
    result_time: datetime | None = None
    feature: int | None = None
    extra: str | None = None


@dataclass(frozen=True, slots=True)
class Unkept:
    """Readings that were refused: of which datastream, how many and why (the refusal's sentence, in English)."""

    datastream: int
    count: int
    reason: Exception


@dataclass(frozen=True, slots=True)
class Written:
    """What came of writing: new, the same as one that was there, refused."""

    new: int = 0
    same: int = 0
    refused: Sequence[Unkept] = ()


@dataclass(slots=True)
class _Errand:
    """Readings that wait for the common commit."""

    plain: Columns
    full: Sequence[hot.Row]
    by: Actor
    now: datetime
    done: "Future[int]" = field(default_factory=Future)

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.full)


def write(readings: Any, *, by: Actor, now: datetime) -> Written:
    """Keep readings: an iterable of Reading, or a pyarrow Table with datastream, time, result and, if any, quality.

    Readings of a datastream that does not exist or has no active processing activity are refused, the others kept.
    Returns when they are on disk (or, inside a transaction of the caller, when that commits).
    """
    plain, full = _rows(readings)
    return write_rows(plain, full, by=by, now=now)


def write_rows(
    short: Columns | Sequence[hot.Row], full: Sequence[hot.Row] = (), *, by: Actor, now: datetime
) -> Written:
    """Keep readings of a moment and a number (columns or rows), and rows with more to them (hot.COLUMNS)."""
    known = registrations(now)
    plain, full = _without_none(columns_of(short), full)
    plain, refused = _admitted(plain, known)
    full, refused_full = _admitted_rows(full, known)
    plain, full = _with_feature(plain, full, known)
    size = len(plain) + len(full)
    new = _keep(_Errand(plain, full, by, now)) if size else 0
    return Written(new, size - new, [*refused, *refused_full])


def _without_none(plain: Columns, full: Sequence[hot.Row]) -> tuple[Columns, Sequence[hot.Row]]:
    """Keep readings without a result as rows, in which nothing is NULL in every database."""
    none = np.isnan(plain.result)
    if not none.any():
        return plain, full
    bare = [(stream, time_us, None, 0, None, None, None) for stream, time_us, _ in plain.where(none).rows()]
    return plain.where(~none), [*full, *bare]


def _rows(readings: Any) -> tuple[Columns, list[hot.Row]]:
    """Turn readings into columns, and rows of those with more to them."""
    if hasattr(readings, "column_names"):
        return _rows_of_table(readings)
    short: list[hot.Row] = []
    full: list[hot.Row] = []
    for r in readings:
        rest = (r.quality, r.result_time and to_us(r.result_time), r.feature, r.extra)
        row = (r.datastream, to_us(r.time), r.result)
        if any(rest) or r.result is None:
            full.append(row + rest)
        else:
            short.append(row)
    return columns_of(short), full


def _rows_of_table(table: Any) -> tuple[Columns, list[hot.Row]]:
    """Turn a pyarrow Table into columns and rows; its `time` is of any unit, in UTC when it has no zone."""
    import pyarrow as pa

    times = table["time"].cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_numpy()
    results = table["result"].cast(pa.float64()).to_numpy()
    whole = Columns(table["datastream"].cast(pa.int64()).to_numpy(), times, results)
    if "quality" not in table.column_names:
        return whole, []
    quality = table["quality"].fill_null(0).to_numpy()
    more = (quality != 0) | np.isnan(results)
    flagged = zip(whole.where(more).rows(), quality[more].tolist(), strict=True)
    full = [(pk, at, None if isnan(value) else value, mask, None, None, None) for (pk, at, value), mask in flagged]
    return whole.where(~more), full


def _admitted(plain: Columns, known: Registrations) -> tuple[Columns, list[Unkept]]:
    """Leave out readings of datastreams that may not measure."""
    streams, counts = np.unique(plain.datastream, return_counts=True)
    counted = dict(zip(streams.tolist(), counts.tolist(), strict=True))
    unfit = sorted(counted.keys() - known.active)
    if not unfit:
        return plain, []
    return plain.where(~plain.of(unfit)), [Unkept(pk, counted[pk], known.refusal(pk)) for pk in unfit]


def _admitted_rows(rows: Sequence[hot.Row], known: Registrations) -> tuple[Sequence[hot.Row], list[Unkept]]:
    """Leave out rows of datastreams that may not measure; the common case of none costs one pass in C."""
    unfit = {row[0] for row in rows} - known.active
    if not unfit:
        return rows, []
    counts = dict.fromkeys(sorted(unfit), 0)
    for row in rows:
        if row[0] in unfit:
            counts[row[0]] += 1
    refused = [Unkept(stream, count, known.refusal(stream)) for stream, count in counts.items()]
    return [row for row in rows if row[0] not in unfit], refused


def _with_feature(plain: Columns, full: Sequence[hot.Row], known: Registrations) -> tuple[Columns, Sequence[hot.Row]]:
    """Give readings of things that moved the feature of where they are now."""
    if not known.moved:
        return plain, full
    went = plain.of(list(known.moved))
    moved = [(*row, 0, None, known.moved[row[0]], None) for row in plain.where(went).rows()]
    full = [(*row[:5], row[5] or known.moved.get(row[0]), row[6]) for row in full]
    return plain.where(~went), [*full, *moved]


def _keep(errand: _Errand) -> int:
    """Keep the rows of one errand: in the caller's transaction when there is one, else in a common commit."""
    if connection.in_atomic_block or not _COMMITTER.usable():
        return _commit([errand])[0]
    return _COMMITTER.keep(errand)


@transaction.atomic
def _commit(errands: Sequence[_Errand]) -> list[int]:
    """Insert the readings of several errands in one transaction and announce them."""
    plain = hot.insert_plain([errand.plain for errand in errands])
    new = [count + hot.insert(errand.full) for count, errand in zip(plain, errands, strict=True)]
    for errand, count in zip(errands, new, strict=True):
        if count:
            announce(_arrival(errand, count), by=errand.by)
    return new


def _arrival(errand: _Errand, count: int) -> ObservationsArrived:
    times = [row[1] for row in errand.full]
    if len(errand.plain):
        times += [int(errand.plain.time_us.min()), int(errand.plain.time_us.max())]
    streams = {*np.unique(errand.plain.datastream).tolist(), *(row[0] for row in errand.full)}
    return ObservationsArrived(
        at=errand.now, datastreams=tuple(sorted(streams)), count=count, since_us=min(times), until_us=max(times)
    )


class _Committer:
    """A thread that commits what several threads want kept; started at first use, one per process."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[_Errand] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def usable(self) -> bool:
        """Tell whether another thread reaches the same database: not so for one in memory."""
        return "memory" not in str(connection.settings_dict["NAME"])

    def keep(self, errand: _Errand) -> int:
        """Hand over an errand and wait until it is on disk."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="observations-commit", daemon=True)
                self._thread.start()
        self._waiting.put(errand)
        return errand.done.result()

    def _work(self) -> None:
        while True:
            errands = self._gathered()
            try:
                for errand, new in zip(errands, _commit(errands), strict=True):
                    errand.done.set_result(new)
            except BaseException as error:
                connection.close()
                self._alone(errands, error)

    def _alone(self, errands: Sequence[_Errand], error: BaseException) -> None:
        """Try each errand by itself, so that one that cannot be kept does not take the others with it."""
        for errand in errands:
            try:
                if len(errands) == 1:
                    raise error
                errand.done.set_result(_commit([errand])[0])
            except BaseException as own:
                connection.close()
                errand.done.set_exception(own)

    def _gathered(self) -> list[_Errand]:
        """Wait for an errand and take along what else is waiting."""
        errands = [self._waiting.get()]
        size = errands[0].size
        while size < COMMON_ROWS:
            try:
                errands.append(self._waiting.get_nowait())
            except queue.Empty:
                break
            size += errands[-1].size
        return errands


_COMMITTER = _Committer()


def readings_of(rows: Iterable[tuple[int, datetime, float]]) -> list[Reading]:
    """Make readings of (datastream, time, result)."""
    return [Reading(*row) for row in rows]
