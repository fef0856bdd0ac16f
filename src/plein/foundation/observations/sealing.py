"""Sealing: readings that are old enough leave the hot window for the lake, and late ones find their month there.

Nothing leaves the database before the lake's files are on disk. Until it has left, a reading may be in both places;
whoever reads counts it once (see reading.py). A killed sealer is followed by one that finds what was sealed already.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction

from plein.foundation.lake import tables as lake
from plein.foundation.observations import hot, sealed
from plein.foundation.observations.models import Observation
from plein.foundation.observations.times import to_us

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK_ROWS = 1_000_000
# Files of a month above which they are joined into sorted ones, and rows above which a month is left as it is.
MANY_FILES = 12
MONTH_ROWS = 60_000_000


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a seal did: rows moved to the lake, rows that were there already."""

    moved: int = 0
    same: int = 0


def seal(*, now: datetime, after_days: int | None = None) -> Sealed:
    """Move readings older than the window into the lake, month by month."""
    days = settings.PLEIN["SEAL_AFTER_DAYS"] if after_days is None else after_days
    before = to_us(now - timedelta(days=days))
    moved = same = 0
    with lake.exclusive(sealed.FOLDER):
        for month_start, ids in _old(before):
            ends = min(sealed.month_ends(month_start), before)
            for rows in _chunks(ids, month_start, ends):
                added = _to_lake(sealed.month_of(month_start), rows, now)
                _from_hot(rows)
                moved, same = moved + added, same + len(rows) - added
            _tidy(sealed.month_of(month_start), now)
    return Sealed(moved, same)


def _old(before_us: int) -> Iterator[tuple[int, list[int]]]:
    """Walk the months with readings before a moment: (earliest moment, datastreams that have any)."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT datastream_id, MIN(time_us) FROM {hot.TABLE} GROUP BY datastream_id "
                "HAVING MIN(time_us) < %s ORDER BY 1",
                [before_us],
            )
            firsts = cursor.fetchall()
        if not firsts:
            return
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
        lake.write(name, table, mode="append", now=now, group_rows=sealed.GROUP_ROWS)
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
    lake.write(name, whole.cast(sealed.schema()), mode="overwrite", now=now, group_rows=sealed.GROUP_ROWS)
    return len(whole)


def _from_hot(rows: Sequence[hot.Row]) -> None:
    """Take exactly these rows out of the hot window, in short transactions.

    A period is deleted at once when that hits as many rows as were read; otherwise one came or changed in between.
    """
    start = 0
    while start < len(rows):
        stream, stop = rows[start][0], start + 1
        while stop < len(rows) and rows[stop][0] == stream:
            stop += 1
        _delete(rows[start:stop])
        start = stop


def _delete(rows: Sequence[hot.Row]) -> None:
    """Delete the rows of one datastream as they were read."""
    stream = rows[0][0]
    changes = {row[7] for row in rows}
    with transaction.atomic():
        if len(changes) == 1:
            point = transaction.savepoint()
            if hot.delete_period(stream, rows[0][1], rows[-1][1], changes.pop()) == len(rows):
                return
            transaction.savepoint_rollback(point)
        hot.delete_rows(rows)


def _tidy(name: str, now: datetime) -> None:
    """Join the files of a month into sorted ones when they have become many."""
    if not lake.exists(name):
        return
    parts = lake.parts(name)
    if len(parts) < MANY_FILES or sum(part.rows for part in parts) > MONTH_ROWS:
        return
    whole = lake.query("SELECT * FROM held ORDER BY datastream, time", {"held": name}, seconds=3600, checked=False)
    lake.write(name, whole.cast(sealed.schema()), mode="overwrite", now=now, group_rows=sealed.GROUP_ROWS)
    lake.sync(name)


def is_empty() -> bool:
    """Tell whether the hot window holds nothing."""
    return not Observation.objects.exists()
