"""The hot window: the readings in the database, in the SQL that each database does fastest.

A row is (datastream_id, time_us, result) when that is all there is to it, else all of COLUMNS.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from sqlite3 import SQLITE_LIMIT_VARIABLE_NUMBER
from typing import Any

from django.db import connection

TABLE = "observations_observation"
COLUMNS = ("datastream_id", "time_us", "result", "quality", "result_time_us", "feature_id", "extra")
SHORT = COLUMNS[:3]
# Rows of one statement: enough to make the cost of a statement vanish, few enough to stay in the processor's cache.
STATEMENT_ROWS = 8_000
Row = tuple[Any, ...]


def insert(rows: Sequence[Row], columns: Sequence[str] = SHORT) -> int:
    """Keep the rows that are not there yet and say how many those were; of doubles within the rows the first stays."""
    if not rows:
        return 0
    return _insert_postgresql(rows, columns) if connection.vendor == "postgresql" else _insert_sqlite(rows, columns)


def _insert_sqlite(rows: Sequence[Row], columns: Sequence[str]) -> int:
    """Insert by statements of many VALUES: the database works through each without the GIL."""
    with connection.cursor() as cursor:
        raw = connection.connection
        size = min(STATEMENT_ROWS, raw.getlimit(SQLITE_LIMIT_VARIABLE_NUMBER) // len(columns))
        place = "(" + ",".join("?" * len(columns)) + ")"
        start = f"INSERT OR IGNORE INTO {TABLE} ({','.join(columns)}) VALUES "
        new = 0
        for part in (rows[i : i + size] for i in range(0, len(rows), size)):
            sql = start + ",".join([place] * len(part))
            new += raw.execute(sql, list(chain.from_iterable(part))).rowcount
        del cursor
    return new


def _insert_postgresql(rows: Sequence[Row], columns: Sequence[str]) -> int:
    """Copy in binary to a table of this transaction, then insert from there."""
    from plein.foundation.observations import binary

    names = ",".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS observations_arriving ON COMMIT DELETE ROWS "
            f"AS SELECT {','.join(COLUMNS)} FROM {TABLE} WITH NO DATA"
        )
        with cursor.copy(f"COPY observations_arriving ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(binary.packed(rows, columns))
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
    marks = ",".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT datastream_id, time_us, result, quality, change FROM {TABLE} "
            f"WHERE datastream_id IN ({marks}) AND change = 2",
            list(ids),
        )
        rows: list[Row] = cursor.fetchall()
    return rows


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


def put(row: Row, change: int) -> None:
    """Put a row (COLUMNS) in the place of whatever has its key."""
    changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in (*COLUMNS[2:], "change"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}, change) VALUES ({', '.join(['%s'] * 8)}) "
            f"ON CONFLICT (datastream_id, time_us) DO UPDATE SET {changed}",
            [*row, change],
        )
