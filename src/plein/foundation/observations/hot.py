"""The hot window: the readings in the database, in the SQL that each database does fastest.

A reading is one of `columns.Columns` when a moment and a number is all there is to it, else a row of all COLUMNS.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from sqlite3 import SQLITE_LIMIT_VARIABLE_NUMBER
from typing import Any

from django.db import connection

from plein.foundation.observations.columns import Columns

TABLE = "observations_observation"
COLUMNS = ("datastream_id", "time_us", "result", "quality", "result_time_us", "feature_id", "extra")
SHORT = COLUMNS[:3]
# Rows of one statement: enough to make the cost of a statement vanish, few enough to stay in the processor's cache.
STATEMENT_ROWS = 8_000
Row = tuple[Any, ...]


def insert_plain(parts: Sequence[Columns]) -> list[int]:
    """Keep the readings that are not there yet and say per part how many those were; what came first stays."""
    if connection.vendor == "postgresql":
        from plein.foundation.observations import copying

        return copying.insert(parts)
    return [_insert_sqlite(part.flat(), SHORT) for part in parts]


def insert(rows: Sequence[Row]) -> int:
    """Keep the rows (COLUMNS) that are not there yet and say how many those were; what came first stays."""
    if not rows:
        return 0
    if connection.vendor == "postgresql":
        return _insert_postgresql(rows)
    return _insert_sqlite(list(chain.from_iterable(rows)), COLUMNS)


def _insert_sqlite(values: Sequence[Any], columns: Sequence[str]) -> int:
    """Insert values, row after row, by statements of many VALUES: the database works through each without the GIL."""
    width = len(columns)
    with connection.cursor() as cursor:
        raw = connection.connection
        size = min(STATEMENT_ROWS, raw.getlimit(SQLITE_LIMIT_VARIABLE_NUMBER) // width) * width
        place = "(" + ",".join("?" * width) + ")"
        start = f"INSERT OR IGNORE INTO {TABLE} ({','.join(columns)}) VALUES "
        new = 0
        for part in (values[i : i + size] for i in range(0, len(values), size)):
            sql = start + ",".join([place] * (len(part) // width))
            new += raw.execute(sql, part).rowcount
        del cursor
    return new


def _insert_postgresql(rows: Sequence[Row]) -> int:
    """Copy in binary to a table of this session, then insert from there."""
    from plein.foundation.observations import binary

    names = ",".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS observations_arriving ON COMMIT DELETE ROWS "
            f"AS SELECT {names} FROM {TABLE} WITH NO DATA"
        )
        with cursor.copy(f"COPY observations_arriving ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(binary.packed(rows, COLUMNS))
        cursor.execute(
            f"INSERT INTO {TABLE} ({names}) SELECT {names} FROM observations_arriving "
            "ORDER BY datastream_id, time_us ON CONFLICT DO NOTHING"
        )
        new: int = cursor.rowcount
        cursor.execute("TRUNCATE observations_arriving")
    return new


def between(ids: Sequence[int], since_us: int, until_us: int) -> Iterator[Row]:
    """Walk readings of datastreams in [since, until) in key order: (datastream, time, result, quality, change)."""
    marks = ",".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT datastream_id, time_us, result, quality, change FROM {TABLE} "
            f"WHERE datastream_id IN ({marks}) AND time_us >= %s AND time_us < %s ORDER BY datastream_id, time_us",
            [*ids, since_us, until_us],
        )
        while part := cursor.fetchmany(10_000):
            yield from part


def streams_between(since_us: int, until_us: int) -> list[int]:
    """List the datastreams with readings in [since, until)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT datastream_id FROM {TABLE} WHERE time_us >= %s AND time_us < %s ORDER BY 1",
            [since_us, until_us],
        )
        return [row[0] for row in cursor.fetchall()]


def rows_of(datastream: int, since_us: int, until_us: int, limit: int = 1_000_000) -> list[Row]:
    """Read whole rows of one datastream in [since, until), in order of time: COLUMNS and change."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {','.join(COLUMNS)}, change FROM {TABLE} "
            "WHERE datastream_id = %s AND time_us >= %s AND time_us < %s ORDER BY time_us LIMIT %s",
            [datastream, since_us, until_us, limit],
        )
        rows: list[Row] = cursor.fetchall()
    return rows


def firsts(before_us: int) -> list[tuple[int, int]]:
    """Read which datastreams have readings before a moment: (datastream, first moment), one look-up by key each."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, first FROM (SELECT d.id, (SELECT MIN(o.time_us) FROM {TABLE} o WHERE o.datastream_id = d.id) "
            "AS first FROM observations_datastream d) f WHERE first < %s ORDER BY id",
            [before_us],
        )
        rows: list[tuple[int, int]] = cursor.fetchall()
    return rows


def count_before(before_us: int, *, limit: int) -> int:
    """Count the readings before a moment, up to a limit, without walking those that came after."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM observations_datastream d CROSS JOIN {TABLE} o "
            "WHERE o.datastream_id = d.id AND o.time_us < %s LIMIT %s) w",
            [before_us, limit],
        )
        found: int = cursor.fetchone()[0]
    return found


def delete_period(datastream: int, first_us: int, last_us: int, change: int) -> int:
    """Delete a datastream's readings from first to last (both in) with this change; gives how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {TABLE} WHERE datastream_id = %s AND time_us >= %s AND time_us <= %s AND change = %s",
            [datastream, first_us, last_us, change],
        )
        gone: int = cursor.rowcount
    return gone


def delete_rows(rows: Sequence[Row]) -> None:
    """Delete exactly these rows (COLUMNS and change), unless one was changed since it was read."""
    with connection.cursor() as cursor:
        cursor.executemany(
            f"DELETE FROM {TABLE} WHERE datastream_id = %s AND time_us = %s AND change = %s "
            "AND COALESCE(result, 0) = %s AND COALESCE(extra, '') = %s AND quality = %s",
            [(row[0], row[1], row[7], row[2] or 0, row[6] or "", row[3]) for row in rows],
        )


def last(ids: Sequence[int]) -> list[Row]:
    """Read the last row of each datastream: (datastream, time, result, quality, change)."""
    if not ids:
        return []
    marks = ",".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT o.datastream_id, o.time_us, o.result, o.quality, o.change FROM {TABLE} o JOIN ("
            f"SELECT datastream_id, MAX(time_us) AS time_us FROM {TABLE} WHERE datastream_id IN ({marks}) "
            "AND change <> 2 GROUP BY datastream_id) l ON o.datastream_id = l.datastream_id AND o.time_us = l.time_us",
            list(ids),
        )
        rows: list[Row] = cursor.fetchall()
    return rows


def withdrawn(ids: Sequence[int]) -> list[Row]:
    """Read the withdrawn readings of some datastreams: (datastream, time, result, quality, change)."""
    return _of_streams("time_us, result, quality, change", "change = 2", ids)


def spans(ids: Sequence[int] | None) -> Iterator[tuple[int, tuple[int, int]]]:
    """Walk the datastreams with readings in the window, with first and last moment: two look-ups by key each."""
    within = "" if ids is None else f"WHERE d.id IN ({','.join(['%s'] * len(ids)) or 'NULL'})"
    edge = f"(SELECT {{0}}(o.time_us) FROM {TABLE} o WHERE o.datastream_id = d.id)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT d.id, {edge.format('MIN')}, {edge.format('MAX')} FROM observations_datastream d {within}",
            list(ids or ()),
        )
        rows = cursor.fetchall()
    return ((pk, (first, final)) for pk, first, final in rows if first is not None)


def result_spans(ids: Sequence[int]) -> list[Row]:
    """Read the first and last result time of those of these datastreams that have any: (datastream, first, last)."""
    return _of_streams(
        "MIN(result_time_us), MAX(result_time_us)", "result_time_us IS NOT NULL AND change <> 2", ids, " GROUP BY 1"
    )


def features(ids: Sequence[int]) -> list[Row]:
    """Read which features readings of these datastreams name themselves: (datastream, feature)."""
    return _of_streams("feature_id", "feature_id IS NOT NULL AND change <> 2", ids, " GROUP BY 1, 2")


def _of_streams(what: str, where: str, ids: Sequence[int], end: str = "") -> list[Row]:
    marks = ",".join(["%s"] * len(ids)) or "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT datastream_id, {what} FROM {TABLE} WHERE datastream_id IN ({marks}) AND {where}{end}",
            list(ids),
        )
        rows: list[Row] = cursor.fetchall()
    return rows


def put(row: Row, change: int) -> None:
    """Put a row (COLUMNS) in the place of whatever has its key."""
    changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in (*COLUMNS[2:], "change"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}, change) VALUES ({', '.join(['%s'] * 8)}) "
            f"ON CONFLICT (datastream_id, time_us) DO UPDATE SET {changed}",
            [*row, change],
        )
