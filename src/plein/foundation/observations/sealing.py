"""Sealing: readings that are old enough leave the hot window for the lake, and late ones find their month there.

Nothing leaves the database before the lake's files are on disk. Until it has left, a reading may be in both places;
whoever reads counts it once (see reading.py). A killed sealer is followed by one that finds what was sealed already.

A run adds one version to each month that it touches (one per million rows), and takes rows out of the database in
transactions of many rows. Runs that would move little are left to the night, so that versions stay few.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from plein.foundation.lake import tables as lake
from plein.foundation.observations import hot, partitions, sealed
from plein.foundation.observations.models import Observation
from plein.foundation.observations.times import DAY_US, to_us

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK_ROWS = 1_000_000
# Rows that leave the database in one transaction: far fewer commits than datastreams, and no writer waits long.
GONE_ROWS = 50_000
# Files of a month at which they are joined into sorted ones: at once, and at night. Larger months are left as they are.
MANY_FILES = 12
FEW_FILES = 3
MONTH_ROWS = 60_000_000


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a seal did: rows moved to the lake, rows that were there already."""

    moved: int = 0
    same: int = 0


def window_starts(now: datetime, after_days: int | None = None) -> int:
    """Give the moment (microseconds) before which readings belong in the lake."""
    days = settings.PLEIN["SEAL_AFTER_DAYS"] if after_days is None else after_days
    return to_us(now - timedelta(days=days))


def seal(*, now: datetime, after_days: int | None = None, least: int = 1) -> Sealed:
    """Move readings older than the window into the lake, month by month, when there are at least so many."""
    before = window_starts(now, after_days)
    if after_days is None and partitions.in_use():
        before = partitions.day_of(before)  # whole days, which leave at once
    moved = same = 0
    if hot.count_before(before, limit=least) < least:
        return Sealed()
    with lake.exclusive(sealed.FOLDER):
        for day in partitions.days(until_us=before):
            added, rows_read = _seal_day(day, now)
            moved, same = moved + added, same + rows_read - added
        for month_start, ids in _old(before):
            ends = min(sealed.month_ends(month_start), before)
            for rows in _chunks(ids, month_start, ends):
                added = _to_lake(sealed.month_of(month_start), rows, now)
                _from_hot(rows)
                moved, same = moved + added, same + len(rows) - added
            _tidy(sealed.month_of(month_start), now)
        for day in partitions.days(until_us=before):
            partitions.drop(day, since=partitions.NEVER)  # those that are empty now
    return Sealed(moved, same)


def _seal_day(day_us: int, now: datetime) -> tuple[int, int]:
    """Bring a day to the lake and drop its partition; gives the readings that were added, and all it held.

    When one came or changed meanwhile, the day stays for the way of readings without a partition of their own.
    """
    since = partitions.mark()
    name = sealed.month_of(day_us)
    added = count = 0
    ids = hot.streams_between(day_us, day_us + DAY_US)
    for rows in _chunks(ids, day_us, day_us + DAY_US):
        added, count = added + _to_lake(name, rows, now), count + len(rows)
    if not partitions.drop(day_us, since=since):
        return 0, 0
    if count:
        _tidy(name, now)
    return added, count


def _old(before_us: int) -> Iterator[tuple[int, list[int]]]:
    """Walk the months with readings before a moment: (earliest moment, datastreams that have any)."""
    while firsts := hot.firsts(before_us):
        earliest = min(first for _, first in firsts)
        ends = sealed.month_ends(earliest)
        yield earliest, [stream for stream, first in firsts if first < ends]


def _chunks(ids: Sequence[int], since_us: int, until_us: int) -> Iterator[list[hot.Row]]:
    """Walk the rows of datastreams in a period in parts that fit in memory, whole datastreams where possible."""
    waiting: list[hot.Row] = []
    for stream in ids:
        start = since_us
        while rows := hot.rows_of(stream, start, until_us, limit=CHUNK_ROWS):
            waiting.extend(rows)
            start = rows[-1][1] + 1
            if len(waiting) >= CHUNK_ROWS:
                yield waiting
                waiting = []
    if waiting:
        yield waiting


def _table(rows: Sequence[hot.Row]) -> "pa.Table":
    """Make the lake's columns of rows that come in order of datastream and time."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) if rows else [()] * len(sealed.COLUMNS)
    kinds = sealed.schema()
    arrays = [pa.array(column, kinds.field(n).type) for n, column in enumerate(columns[: len(sealed.COLUMNS)])]
    return pa.Table.from_arrays(arrays, schema=kinds)


def _to_lake(name: str, rows: Sequence[hot.Row], now: datetime) -> int:
    """Add rows to a month and force them to disk; gives how many were not there yet."""
    changed = [row for row in rows if row[7]]
    before = lake.rows(name) if lake.exists(name) else 0
    if changed and before:
        added = _rewrite(name, rows, now) - before
    else:
        added = _append(name, [row for row in rows if row[7] != 2] if changed else rows, now)
    if lake.exists(name):
        lake.sync(name)
    return added


def _append(name: str, rows: Sequence[hot.Row], now: datetime) -> int:
    """Append the rows that the month does not hold yet."""
    table = _table(rows)
    if lake.exists(name) and len(rows):
        times = table["time"].to_numpy()
        held = lake.part(name, columns=["datastream", "time"], where=f"time BETWEEN {times.min()} AND {times.max()}")
        table = lake.query(
            "SELECT n.* FROM n ANTI JOIN held ON n.datastream = held.datastream AND n.time = held.time "
            "ORDER BY n.datastream, n.time",
            {"n": table, "held": held},
            seconds=600,
            checked=False,
        )
    if len(table):
        sealed.write(name, table, mode="append", now=now)
    return len(table)


def _rewrite(name: str, rows: Sequence[hot.Row], now: datetime) -> int:
    """Write a month anew with corrected and withdrawn readings in it; gives the rows it then has."""
    import pyarrow as pa

    fresh = _table(rows).append_column("change", pa.array([row[7] for row in rows], pa.int64()))
    columns = ", ".join(sealed.COLUMNS)
    whole = lake.query(
        f"SELECT {columns} FROM (SELECT *, "
        "row_number() OVER (PARTITION BY datastream, time ORDER BY change DESC) AS nth "
        "FROM (SELECT *, 0.5 AS change FROM held UNION ALL BY NAME SELECT * FROM fresh)) "
        "WHERE nth = 1 AND change <> 2 ORDER BY datastream, time",
        {"held": name, "fresh": fresh},
        seconds=3600,
        checked=False,
    )
    sealed.write(name, whole.cast(sealed.schema()), mode="overwrite", now=now)
    return len(whole)


def _from_hot(rows: Sequence[hot.Row]) -> None:
    """Take exactly these rows out of the hot window, many in a transaction."""
    for start in range(0, len(rows), GONE_ROWS):
        with transaction.atomic():
            for _, own in groupby(rows[start : start + GONE_ROWS], key=itemgetter(0)):
                _delete(list(own))


def _delete(rows: Sequence[hot.Row]) -> None:
    """Delete the rows of one datastream as they were read.

    Their period is deleted at once when that hits as many rows as were read; otherwise one came or changed in between.
    """
    changes = {row[7] for row in rows}
    if len(changes) == 1:
        point = transaction.savepoint()
        if hot.delete_period(rows[0][0], rows[0][1], rows[-1][1], changes.pop()) == len(rows):
            transaction.savepoint_commit(point)
            return
        transaction.savepoint_rollback(point)
    hot.delete_rows(rows)


def tidy(*, now: datetime) -> None:
    """Join the files of every month that has several, and remove files that no version of the last day needs."""
    for name in sealed.months():
        with lake.exclusive(sealed.FOLDER):
            _tidy(name, now, most=FEW_FILES)
            if lake.newest(name) > 0:
                lake.vacuum(name, timedelta(days=1), now=now)


def _tidy(name: str, now: datetime, *, most: int = MANY_FILES) -> None:
    """Join the files of a month into sorted ones when the small ones have become many."""
    parts = lake.parts(name) if lake.exists(name) else ()
    small = [part for part in parts if part.rows < lake.SLAB_ROWS // 2]
    if len(small) >= most and sum(part.rows for part in parts) <= MONTH_ROWS:
        sealed.join(name, now=now)
        lake.sync(name)


def is_empty() -> bool:
    """Tell whether the hot window holds nothing."""
    return not Observation.objects.exists()
