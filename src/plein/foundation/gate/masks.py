"""Hides small numbers in a product, the same for everybody who reads that version."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from plein.foundation.catalogue.contracts import Contract
from plein.foundation.gate import rules
from plein.foundation.lake import tables as lake

if TYPE_CHECKING:
    import pyarrow as pa


def masked(contract: Contract, lake_version: int) -> "pa.Table":
    """Read a whole version with its small numbers hidden: those counts and all other amounts in their row are null.

    Which ones follows from the whole table, never from a filter, so that no two answers can be compared.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    table = lake.read(contract.key, version=lake_version)
    hidden = pa.array(_hidden(str(settings.DATA), contract.key, lake_version, _rule(contract)))
    for place, field in enumerate(table.schema):
        if field.name in _amounts(contract):
            nothing = pa.scalar(None, type=field.type)
            column = pc.if_else(hidden, nothing, table.column(place))
            table = table.set_column(place, field.with_nullable(True), column)
    return table


def _amounts(contract: Contract) -> set[str]:
    """Name the columns that could give a hidden count away: the counts, and every number that is not a dimension."""
    rule = contract.suppress or {}
    numbers = {column.name for column in contract.columns if column.type in ("integer", "number")}
    return set(rule["count"]) | (numbers - set(rule["dimensions"]) - set(rule.get("keep", ())))


def _rule(contract: Contract) -> tuple[Any, ...]:
    rule = contract.suppress or {}
    kept = bool(rule.get("keepZero", rule.get("keep_zero", False)))
    return tuple(rule["count"]), tuple(rule["dimensions"]), rule.get("threshold", 5), kept


@lru_cache(maxsize=32)
def _hidden(_data: str, key: str, lake_version: int, rule: tuple[Any, ...]) -> list[bool]:
    counts, dimensions, threshold, keep_zero = rule
    table = lake.read(key, version=lake_version, columns=list(dict.fromkeys([*dimensions, *counts])))
    columns = [table.column(name).to_pylist() for name in dimensions]
    keys = list(zip(*columns, strict=True)) if columns else [()] * table.num_rows
    hidden = [False] * table.num_rows
    for count in counts:
        found = rules.hidden_cells(keys, table.column(count).to_pylist(), threshold=threshold, keep_zero=keep_zero)
        hidden = [one or other for one, other in zip(hidden, found, strict=True)]
    return hidden
