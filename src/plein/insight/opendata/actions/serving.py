"""Make the serving copy of a version: a SQLite file for pages and counts, a Parquet file for whole downloads.

Both are written beside their place and renamed, the Parquet file first: whoever sees the SQLite file has both. A
build that dies leaves only temporary files, which the next build of the same version replaces.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plein.insight.opendata.actions import coding, summaries
from plein.insight.opendata.queries import copies, stories
from plein.insight.opendata.queries.plain import kept_column, kind_of, plain_batch
from plein.insight.opendata.rules.statements import quoted

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP = 65_536
LONGEST_INDEXED = 120
MOST_FACET_VALUES = 1_000
NO_STORY = stories.Story()
KINDS = {"text": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER", "date": "TEXT", "time": "TEXT"}


def build_copy(
    key: str,
    version: int,
    batches: Iterable["pa.RecordBatch"],
    *,
    keys: Sequence[str] = (),
    story: stories.Story = NO_STORY,
) -> Path:
    """Make the serving copy of a version from its record batches; returns the SQLite file.

    batches: at least one, all of one schema. keys: the columns that tell rows apart, for an index of their own.
    story: what its pictures will be made of.
    Memory stays that of one batch.
    """
    place, parquet = copies.copy_path(key, version), copies.parquet_path(key, version)
    place.parent.mkdir(parents=True, exist_ok=True)
    half, half_parquet = place.with_suffix(".half"), parquet.with_suffix(".half-parquet")
    half.unlink(missing_ok=True)
    _fill(half, half_parquet, (plain_batch(batch) for batch in batches), keys, story)
    _settle(half_parquet, parquet)
    _settle(half, place)
    return place


def _settle(half: Path, place: Path) -> None:
    """Put a finished file in its place, durably."""
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.replace(place)


def _fill(
    half: Path, half_parquet: Path, batches: Iterator["pa.RecordBatch"], keys: Sequence[str], story: stories.Story
) -> None:
    import pyarrow.parquet as pq

    first = next(batches)
    fields = [(field.name, kind_of(field.type)) for field in first.schema]
    base = sqlite3.connect(half)
    base.executescript(
        "PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;"
    )
    columns = ", ".join(f"{quoted(name)} {KINDS[kind]}" for name, kind in fields)
    base.execute(f'CREATE TABLE rows ("row" INTEGER PRIMARY KEY, {columns})')
    with pq.ParquetWriter(half_parquet, first.schema, compression="zstd") as writer:
        coders = coding.coders(base, fields)
        rows = _pour(base, writer, first, batches, coders)
    coded = [coder.name for coder in coders if coder.close(KINDS[coder.kind])]
    indexed = [name for name, kind in fields if _index(base, name, kind)]
    present = [name for name in keys if name in dict(fields)]
    if len(present) > 1:
        base.execute(f"CREATE INDEX by_key ON rows ({', '.join(map(quoted, present))})")
    _count_facets(base, fields, indexed)
    summaries.summarise(base, story)
    full = _without_gaps(base, fields)
    facts = {"fields": fields, "rows": rows, "indexed": indexed, "without_gaps": full, "coded": coded}
    base.execute("CREATE TABLE about (facts TEXT)")
    base.execute("INSERT INTO about VALUES (?)", (json.dumps(facts),))
    base.execute("ANALYZE")
    base.commit()
    base.close()


def _pour(
    base: sqlite3.Connection,
    writer: Any,
    first: "pa.RecordBatch",
    rest: Iterator["pa.RecordBatch"],
    coders: Sequence[coding.Coder],
) -> int:
    """Write all batches to both files; returns how many rows there were."""
    places = ", ".join("?" * (len(coders) + 1))
    rows = 0
    for batch in _chain(first, rest):
        writer.write_batch(batch, row_group_size=ROW_GROUP)
        for coder, column in zip(coders, batch.columns, strict=True):
            coder.take(column)
        columns = [kept_column(column, coder.kind) for coder, column in zip(coders, batch.columns, strict=True)]
        base.executemany(
            f"INSERT INTO rows VALUES ({places})",  # noqa: S608 - only question marks
            zip(range(rows + 1, rows + 1 + batch.num_rows), *columns, strict=True),
        )
        rows += batch.num_rows
    return rows


def _chain(first: "pa.RecordBatch", rest: Iterator["pa.RecordBatch"]) -> Iterator["pa.RecordBatch"]:
    yield first
    yield from rest


def _index(base: sqlite3.Connection, name: str, kind: str) -> bool:
    """Index a column, unless its texts are long reading rather than values; tells whether it did."""
    column = quoted(name)
    if kind == "text":
        sample = f"SELECT max(length({column})) FROM (SELECT {column} FROM rows LIMIT 10000)"  # noqa: S608 - quoted
        if (base.execute(sample).fetchone()[0] or 0) > LONGEST_INDEXED:
            return False
    base.execute(f"CREATE INDEX {quoted('by ' + name)} ON rows ({column})")
    return True


def _count_facets(base: sqlite3.Connection, fields: Sequence[tuple[str, str]], indexed: Sequence[str]) -> None:
    """Count the commonest values of every indexed column over all rows, once and for all."""
    base.execute("CREATE TABLE facets (name TEXT, value, n INTEGER)")
    for name in indexed:
        column = quoted(name)
        base.execute(
            f"INSERT INTO facets SELECT ?, {column}, count(*) AS n FROM rows GROUP BY {column}"  # noqa: S608 - quoted
            f" ORDER BY n DESC, {column} LIMIT ?",
            (name, MOST_FACET_VALUES),
        )
    base.execute("CREATE INDEX by_name ON facets (name, n DESC)")


def _without_gaps(base: sqlite3.Connection, fields: Sequence[tuple[str, str]]) -> list[str]:
    """List the columns that are filled in every row."""
    counted = ", ".join(f"count({quoted(name)}) = count(*)" for name, _ in fields)
    answer = base.execute(f"SELECT {counted} FROM rows").fetchone()  # noqa: S608 - quoted
    return [name for (name, _), full in zip(fields, answer, strict=True) if full]


def drop_copy(key: str, version: int) -> None:
    """Take the serving copy of a version away; readers that have it open keep it until they close."""
    for path in (copies.copy_path(key, version), copies.parquet_path(key, version)):
        path.unlink(missing_ok=True)
    copies.forget(copies.copy_path(key, version))


def drop_older(key: str, *, keep: int) -> int:
    """Take away all copies of a product except the newest few, and those made in another way; gives how many went."""
    made = {path: path.name.split(".") for path in copies.folder(key).glob("*.sqlite3")}
    now = copies.made_as(key)
    versions = sorted((int(parts[0]) for parts in made.values() if parts[1] == now), reverse=True)
    old = [path for path, parts in made.items() if parts[1] != now]
    for version in versions[keep:]:
        drop_copy(key, version)
    for path in old:
        path.unlink(missing_ok=True)
        path.with_suffix(".parquet").unlink(missing_ok=True)
    return len(versions[keep:]) + len(old)
