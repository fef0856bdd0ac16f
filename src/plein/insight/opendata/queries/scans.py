"""Counting values within a filter that many rows meet: a walk over a few columns of the Parquet file, in Arrow.

An index helps to find few rows; to count many, reading two or three columns whole is tens of times faster.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plein.insight.opendata.rules.asking import Condition


def facet(path: str, column: str, conditions: Sequence[Condition], *, size: int) -> list[tuple[Any, int]]:
    """Give the commonest values of a column within what matches, with how often each occurs; ties by value."""
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    options = ds.ParquetReadOptions(dictionary_columns=_texts(path, column, conditions))
    table = ds.dataset(path, format=ds.ParquetFileFormat(read_options=options))
    found = table.to_table(columns=[column], filter=_expression(conditions)).column(column)
    counted = pc.value_counts(found.combine_chunks() if found.num_chunks != 1 else found.chunk(0))
    pairs: dict[Any, int] = {}
    for value, count in zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True):
        pairs[value] = pairs.get(value, 0) + count
    return sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0] is not None, pair[0]))[:size]


def _texts(path: str, column: str, conditions: Sequence[Condition]) -> set[str]:
    """Name the column when it holds texts, to read it as codes; parts of texts cannot be sought in codes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kind = pq.read_schema(path).field(column).type
    in_parts = any(one.column == column and one.operator in ("contains", "startswith") for one in conditions)
    return {column} if pa.types.is_string(kind) and not in_parts else set()


def _expression(conditions: Sequence[Condition]) -> Any:
    """Write conditions as Arrow reads them; None when there are none."""
    made = None
    for condition in conditions:
        one = _one(condition)
        made = one if made is None else made & one
    return made


def _one(condition: Condition) -> Any:
    import pyarrow.compute as pc

    field = pc.field(condition.column)
    value = condition.values[0] if condition.values else None
    ways: Mapping[str, Callable[[], Any]] = {
        "eq": lambda: field == value,
        "ne": lambda: field != value,
        "lt": lambda: field < value,
        "lte": lambda: field <= value,
        "gt": lambda: field > value,
        "gte": lambda: field >= value,
        "in": lambda: field.isin(list(condition.values)),
        "isnull": lambda: field.is_null() if value else field.is_valid(),
        "contains": lambda: pc.match_substring(field, str(value), ignore_case=True),
        "startswith": lambda: pc.starts_with(field, str(value)),
    }
    return ways[condition.operator]()
