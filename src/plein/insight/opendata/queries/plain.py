"""Plain columns: the few kinds of value that pages, interfaces and downloads show."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plein.insight.opendata.rules.asking import Field

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "time",
}


def fields_of(columns: Sequence[Any]) -> dict[str, Field]:
    """Give the columns of a contract as questions see them."""
    return {column.name: Field(column.name, KINDS[column.type]) for column in columns}


def kind_of(arrow: "pa.DataType") -> str:
    """Give the kind of a column, after `plain_batch`."""
    import pyarrow as pa

    checks = (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "number"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "time"),
    )
    return next((kind for holds, kind in checks if holds(arrow)), "text")


def plain_batch(batch: "pa.RecordBatch") -> "pa.RecordBatch":
    """Bring a batch to plain types: text, int64, float64, bool, date32 and moments in UTC; lists become JSON text."""
    import pyarrow as pa

    columns = [_plain(batch.column(place)) for place in range(batch.num_columns)]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _plain(column: "pa.Array") -> "pa.Array":
    import pyarrow as pa

    types = pa.types
    kinds = (
        (types.is_boolean, pa.bool_()),
        (types.is_integer, pa.int64()),
        (types.is_floating, pa.float64()),
        (types.is_decimal, pa.float64()),
        (types.is_date, pa.date32()),
        (types.is_timestamp, pa.timestamp("us", tz="UTC")),
        (types.is_null, pa.string()),
        (types.is_nested, None),
    )
    wanted = next((to for holds, to in kinds if holds(column.type)), pa.string())
    if wanted is None:
        return pa.array([None if value is None else json.dumps(value, default=str) for value in column.to_pylist()])
    if types.is_timestamp(column.type) and column.type.tz is None:
        column = column.cast(pa.timestamp("us")).view(pa.timestamp("us", tz="UTC"))
    return column.cast(wanted)


def kept_column(column: "pa.Array", kind: str) -> list[Any]:
    """Give a column as the SQLite file keeps it: days and moments as text, moments in UTC without zone."""
    import pyarrow as pa

    if kind == "date":
        return list(column.cast(pa.string()).to_pylist())
    if kind == "time":
        return [None if moment is None else moment.replace(tzinfo=None).isoformat() for moment in column.to_pylist()]
    return list(column.to_pylist())


def shown_rows(table: "pa.Table") -> list[tuple[Any, ...]]:
    """Give a table as rows of plain values, moments as ISO text in UTC."""
    rows: list[tuple[Any, ...]] = []
    for batch in table.to_batches():
        plain = plain_batch(batch)
        columns = [shown_column(column) for column in plain.columns]
        rows += zip(*columns, strict=True)
    return rows


def shown_column(column: "pa.Array") -> list[Any]:
    """Give a plain column as answers show it."""
    kind = kind_of(column.type)
    kept = kept_column(column, kind)
    return [None if value is None else f"{value}Z" for value in kept] if kind == "time" else kept
