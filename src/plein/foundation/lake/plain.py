"""Plain reads of a version, by Arrow: some columns, the rows that meet simple comparisons.

Most reads are like this. DuckDB would answer them too, but takes some 50 MB of a process that never asks it anything
else. Whatever Arrow could answer otherwise than DuckDB (numbers with a fraction, values of another type than their
column, partitions) is left to DuckDB.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from plein.foundation.lake.duck import Part
from plein.foundation.lake.errors import VersionGone

if TYPE_CHECKING:
    import pyarrow as pa

# One comparison of one column with nothing or with a parameter, and such comparisons joined by AND.
_ONE = r'(?:"([a-z_][a-z0-9_]*)" (IS (?:NOT )?NULL|(?:=|<>|<=|>=|<|>) \?)|CAST\("([a-z_][a-z0-9_]*)" AS VARCHAR\) = \?)'
_COMPARISON = re.compile(_ONE)
_CONDITION = re.compile(f"{_ONE}(?: AND {_ONE})*")
_LARGEST = 2**63 - 1


def columns_of(condition: str) -> set[str] | None:
    """Name the columns of a condition that only compares columns; None for any other condition."""
    if _CONDITION.fullmatch(condition) is None:
        return None
    return {one[1] or one[3] for one in _COMPARISON.finditer(condition)}


def rows_of(
    source: "Part | pa.Table", *, columns: Sequence[str], where: str = "", params: Sequence[Any] = ()
) -> "pa.Table | None":
    """Read columns of the rows that meet a condition; None when that is not plain enough and DuckDB must do it.

    Raises VersionGone.
    """
    if where and columns_of(where) is None:
        return None
    if isinstance(source, Part) and (source.partitioned or source.where or source.columns is not None):
        return None
    schema = source.schema
    if not columns or not all(name in schema.names and _is_plain(schema.field(name).type) for name in columns):
        return None
    found = _filter(where, params, schema)
    if found is None:
        return None
    return _picked(source, list(columns), found[0])


def _picked(source: "Part | pa.Table", columns: list[str], condition: Any) -> "pa.Table":
    """Pick columns and rows; what is picked looks as DuckDB gives it, without marks on its columns."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    if isinstance(source, Part) and not source.files:
        picked = source.schema.empty_table().select(columns)
    else:
        held = source if isinstance(source, pa.Table) else [str(path) for path in source.files]
        kinds = {} if isinstance(source, pa.Table) else {"format": "parquet", "schema": source.schema}
        try:
            picked = ds.dataset(held, **kinds).to_table(columns=columns, filter=condition)
        except FileNotFoundError as error:
            assert isinstance(source, Part)
            raise VersionGone(name=source.name, version=source.version) from error
    return pa.Table.from_arrays(picked.columns, schema=pa.schema([(one.name, one.type) for one in picked.schema]))


def _is_plain(kind: Any) -> bool:
    """Tell whether DuckDB gives a column of this type back as the same type."""
    import pyarrow.types as kinds

    if kinds.is_timestamp(kind):
        return bool(kind.tz == "UTC" and kind.unit == "us")
    tests = (kinds.is_string, kinds.is_int64, kinds.is_int32, kinds.is_float64, kinds.is_boolean, kinds.is_date32)
    return any(test(kind) for test in tests)


def _filter(where: str, params: Sequence[Any], schema: "pa.Schema") -> tuple[Any] | None:
    """Write a condition as Arrow has it, in a tuple; None when it is not plain."""
    values, made = list(params), None
    for one in _COMPARISON.finditer(where):
        column = one[1] or one[3]
        if column not in schema.names:
            return None
        kind = schema.field(column).type
        comparison = _compared(column, one[2] or "= ?", kind, values, as_text=bool(one[3]))
        if comparison is None:
            return None
        made = comparison if made is None else made & comparison
    return None if values else (made,)


def _compared(column: str, operator: str, kind: Any, values: list[Any], *, as_text: bool) -> Any:
    """Write one comparison, taking its parameter from values; None when the two are of different types."""
    import pyarrow.compute as pc
    import pyarrow.types as kinds

    field = pc.field(column)
    if operator.startswith("IS"):
        return field.is_null() if operator == "IS NULL" else field.is_valid()
    if not values:
        return None
    value = values.pop(0)
    if not _is_of(value, kind) or (as_text and not kinds.is_string(kind)):
        return None
    ways: Mapping[str, Callable[[], Any]] = {
        "=": lambda: field == value,
        "<>": lambda: field != value,
        "<": lambda: field < value,
        "<=": lambda: field <= value,
        ">": lambda: field > value,
        ">=": lambda: field >= value,
    }
    return ways[operator.removesuffix(" ?")]()


def _is_of(value: Any, kind: Any) -> bool:
    """Tell whether a parameter is of the type of its column, so that nothing is turned into anything."""
    import pyarrow.types as kinds

    if kinds.is_string(kind):
        return type(value) is str
    if kinds.is_boolean(kind):
        return type(value) is bool
    if kinds.is_integer(kind):
        return type(value) is int and abs(value) <= (_LARGEST if kinds.is_int64(kind) else 2**31 - 1)
    if kinds.is_date32(kind):
        return type(value) is date
    return bool(kinds.is_timestamp(kind) and isinstance(value, datetime) and value.tzinfo is not None)
