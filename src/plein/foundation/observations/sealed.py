"""Sealed readings: a table of the lake per month, each file sorted by datastream and time in small row groups.

Which file holds what follows from the statistics that the lake keeps of its files and the files of their row groups;
both are remembered per process, and files that are read stay open, so a stream's day costs one or two row groups from
disk, read by the thread that asks.
"""

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from plein.foundation.lake import tables as lake
from plein.foundation.observations import times
from plein.foundation.observations.times import from_us, to_us

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "observations"
GROUP_ROWS = 8_192
COLUMNS = ("datastream", "time", "result", "quality", "result_time", "feature", "extra")


@lru_cache(maxsize=1)
def schema() -> "pa.Schema":
    """Give the columns of sealed readings; times are microseconds since 1970."""
    import pyarrow as pa

    kinds = (pa.int64(), pa.int64(), pa.float64(), pa.int32(), pa.int64(), pa.int64(), pa.string())
    return pa.schema(list(zip(COLUMNS, kinds, strict=True)))


def write(name: str, rows: Any, *, mode: Literal["overwrite", "append"], now: datetime) -> int:
    """Write rows that come in order of datastream and time to a month, as one version; gives its number.

    rows: pyarrow.Table or RecordBatchReader with the columns of `schema`. Raises NoRoom.
    """
    return lake.write(name, rows, mode=mode, now=now, group_rows=GROUP_ROWS, climbing=["time"])


def join(name: str, *, now: datetime) -> int:
    """Write all rows of a month anew in order of datastream and time, a part at a time; gives the version's number.

    Raises NoTable, NoRoom.
    """
    with lake.streamed("SELECT * FROM held ORDER BY datastream, time", {"held": name}) as rows:
        return lake.rearrange(name, rows, now=now, group_rows=GROUP_ROWS, climbing=["time"])


def month_of(time_us: int) -> str:
    """Name the table that holds a moment, by its month in UTC."""
    at = from_us(min(max(time_us, times.FIRST_US), times.LAST_US))
    return f"{FOLDER}/{at.year:04d}_{at.month:02d}"


def month_ends(time_us: int) -> int:
    """Give the first moment of the next month; of times before year 1 and after 9999 that of the first or last one."""
    at = from_us(min(max(time_us, times.FIRST_US), times.LAST_US))
    if (at.year, at.month) == (9999, 12):
        return times.LAST_US + 1
    year, month = (at.year + 1, 1) if at.month == 12 else (at.year, at.month + 1)
    return to_us(datetime(year, month, 1, tzinfo=UTC))


def months(since_us: int | None = None, until_us: int | None = None) -> list[str]:
    """List the tables that can hold readings in [since, until), oldest first."""
    if since_us is not None and until_us is not None and until_us <= month_ends(since_us):
        name = month_of(since_us)
        return [name] if since_us < until_us and lake.exists(name) else []
    try:
        found = sorted(os.listdir(lake.root() / FOLDER))
    except FileNotFoundError:
        return []
    low = "" if since_us is None else month_of(since_us)
    high = "~" if until_us is None else month_of(max(until_us - 1, 0))
    names = [f"{FOLDER}/{name}" for name in found if name[:1].isdigit()]
    return [name for name in names if low <= name <= high and lake.exists(name)]


def until(names: Sequence[str]) -> int:
    """Give the last moment that these months say to hold; far in the past when they hold nothing."""
    parts = (part for name in reversed(names) for part in lake.parts(name) if part.rows)
    return max((part.maximum.get("time", 2**62) for part in parts), default=-(2**62))


def files(since_us: int, until_us: int, ids: Sequence[int] = ()) -> list[Path]:
    """List the files with readings in [since, until), of some datastreams when ids are given."""
    low, high = (min(ids), max(ids)) if ids else (None, None)
    found = []
    for name in months(since_us, until_us):
        for part in lake.parts(name):
            if part.rows and _overlaps(part, since_us, until_us, low, high):
                found.append(part.path)
    return found


def _overlaps(part: lake.File, since_us: int, until_us: int, low: int | None, high: int | None) -> bool:
    least, most = part.minimum, part.maximum
    if "time" in least and not (least["time"] < until_us and most["time"] >= since_us):
        return False
    return low is None or "datastream" not in least or (least["datastream"] <= high and most["datastream"] >= low)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file that is kept open. spans: (4, groups) least stream, most stream, first time, last time per row group.

    A reader is used by one thread at a time.
    """

    reader: Any
    spans: Any
    columns: dict[str, int]
    turn: threading.Lock


@lru_cache(maxsize=64)
def _opened(path: Path) -> _Opened:
    """Open a file of the lake, once per process; its path never gets another content."""
    import numpy as np
    import pyarrow.parquet as pq

    reader = pq.ParquetFile(path, memory_map=True, pre_buffer=False).reader
    metadata = reader.metadata
    spans = []
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        stream, time = group.column(0).statistics, group.column(1).statistics
        spans.append((stream.min, stream.max, time.min, time.max))
    columns = {metadata.schema.column(n).name: n for n in range(metadata.num_columns)}
    return _Opened(reader, np.array(spans, np.int64).reshape(-1, 4).T, columns, threading.Lock())


def one_stream(datastream: int, since_us: int, until_us: int, columns: Sequence[str]) -> "pa.Table":
    """Read one datastream's readings in [since, until) in order of time: time and the columns asked for."""
    import pyarrow as pa

    wanted = list(dict.fromkeys(["time", *columns]))
    found = (
        _rows_of(path, datastream, since_us, until_us, columns=wanted)
        for path in files(since_us, until_us, [datastream])
    )
    pieces = [piece for piece in found if piece is not None]
    if len(pieces) == 1:
        return pieces[0]
    empty = pa.schema([schema().field(name) for name in wanted]).empty_table()
    return pa.concat_tables([empty, *pieces]).sort_by("time")


def _rows_of(path: Path, datastream: int, since_us: int, until_us: int, *, columns: Sequence[str]) -> "pa.Table | None":
    """Read one datastream's readings from a file: only the row groups that can hold them, None when none can."""
    file = _opened(path)
    low, high, first, last = file.spans
    numbers = ((low <= datastream) & (high >= datastream) & (first < until_us) & (last >= since_us)).nonzero()[0]
    if not len(numbers):
        return None
    alone = bool((low[numbers] == high[numbers]).all())
    wanted = list(columns) if alone else ["datastream", *columns]
    with file.turn:
        piece = file.reader.read_row_groups(
            numbers.tolist(), column_indices=[file.columns[name] for name in wanted], use_threads=False
        )
    if not alone:
        piece = _cut(piece, "datastream", datastream, datastream + 1)
    return _cut(piece, "time", since_us, until_us).select(list(columns))


def _cut(piece: "pa.Table", column: str, least: int, below: int) -> "pa.Table":
    """Take the rows with values in [least, below) out of rows that are sorted by the column."""
    values = piece[column].to_numpy()
    start, stop = values.searchsorted(least, "left"), values.searchsorted(below, "left")
    return piece.slice(start, stop - start)


def month_spans(name: str) -> dict[int, tuple[int, int]]:
    """Give the first and last moment per datastream of a month."""
    return _month_spans(str(lake.root()), name, lake.newest(name))


@lru_cache(maxsize=512)
def _month_spans(_root: str, name: str, version: int) -> dict[int, tuple[int, int]]:
    table = lake.query(
        "SELECT datastream, min(time) AS since, max(time) AS until FROM held GROUP BY datastream",
        {"held": (name, version)},
        checked=False,
    )
    return {row["datastream"]: (row["since"], row["until"]) for row in table.to_pylist()}


def month_results(name: str) -> dict[int, tuple[int, int]]:
    """Give the first and last result time per datastream of a month, of those that have any."""
    rows = _month_rare(str(lake.root()), name, lake.newest(name))
    return {row["datastream"]: (row["since"], row["until"]) for row in rows if row["since"] is not None}


def month_features(name: str) -> dict[int, list[int]]:
    """Give the features that readings of a month name themselves, per datastream."""
    return {r["datastream"]: r["features"] for r in _month_rare(str(lake.root()), name, lake.newest(name))}


@lru_cache(maxsize=512)
def _month_rare(_root: str, name: str, version: int) -> list[dict[str, Any]]:
    """Read what few readings say: when their result came about, and which feature is theirs."""
    table = lake.query(
        "SELECT datastream, min(result_time) AS since, max(result_time) AS until, "
        "coalesce(list(DISTINCT feature) FILTER (feature IS NOT NULL), []) AS features FROM held "
        "WHERE result_time IS NOT NULL OR feature IS NOT NULL GROUP BY datastream",
        {"held": (name, version)},
        checked=False,
    )
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
