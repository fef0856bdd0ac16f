"""Holding a table against its contract, column by column, without walking over rows in Python."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plein.foundation.catalogue.contracts import Column, Contract
from plein.foundation.catalogue.errors import Breach

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 1000
MOST_IN_FILE = 1_000_000
CHUNK = 65_536


def arrow_type(kind: str) -> Any:
    """Give the Arrow type in which a contract's type is kept."""
    import pyarrow as pa

    kinds = {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us", "UTC"),
    }
    return kinds[kind]


def arrow_schema(contract: Contract) -> "pa.Schema":
    """Give the columns of a contract as Arrow keeps them."""
    import pyarrow as pa

    return pa.schema([pa.field(column.name, arrow_type(column.type)) for column in contract.columns])


@dataclass
class Findings:
    """The rows that break the contract: per column and reason row numbers (1-based) and values, as Arrow arrays."""

    places: list[tuple[str, str, Any, Any]] = field(default_factory=list)
    totals: dict[tuple[str, str], int] = field(default_factory=dict)

    def whole(self, column: str, reason: str, value: str = "") -> None:
        """Note a breach by the table as a whole."""
        self.places.append((column, reason, [0], [value]))
        self.totals[column, reason] = self.totals.get((column, reason), 0) + 1

    def rows(self, column: str, reason: str, numbers: Any, values: Any) -> None:
        """Note breaches of rows; values is None where they are personal and stay out of every file."""
        if len(numbers):
            self.places.append((column, reason, numbers, values))
            self.totals[column, reason] = self.totals.get((column, reason), 0) + len(numbers)

    def walk(self, most: int) -> Iterator[Breach]:
        """Give the breaches one by one, at most so many."""
        left = most
        for column, reason, numbers, values in self.places:
            rows = _listed(numbers[:left])
            shown = _listed(values[:left]) if values is not None else [""] * len(rows)
            for row, value in zip(rows, shown, strict=True):
                yield Breach(int(row), column, reason, "" if value is None else str(value))
            left -= len(rows)
            if left <= 0:
                return

    @property
    def first(self) -> list[Breach]:
        """Give the first thousand breaches, by row."""
        return sorted(self.walk(SHOWN))

    def write(self, path: Path) -> None:
        """Write all breaches (at most a million) to a CSV file: row, column, reason, value."""
        import csv

        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(Breach._fields)
            writer.writerows(self.walk(MOST_IN_FILE))


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else list(values.to_pylist())


@dataclass
class Check:
    """The check of one table or stream; rows are numbered on over its batches.

    before: keys of rows that stay (when appending), to find keys that come back.
    """

    contract: Contract
    now: datetime
    before: Any = None
    found: Findings = field(default_factory=Findings)
    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    newest: Any = None
    keys: list[Any] = field(default_factory=list)

    def look(self, table: "pa.Table") -> "pa.Table":
        """Check the next rows and give them in the types and order of the contract."""
        fitted = self._fitted(table)
        for column in self.contract.columns:
            self._look_at(column, fitted[column.name].combine_chunks())
        kept = sorted({name for names in self._key_sets() for name in names})
        if kept:
            self.keys.append(fitted.select(kept))
        self._note_newest(fitted)
        self._digest(fitted)
        self.rows += fitted.num_rows
        return fitted

    def end(self) -> Findings:
        """Check what only the whole can tell: keys that come back, freshness; gives all findings."""
        import pyarrow as pa

        if self.keys:
            keys = pa.concat_tables(self.keys)
            for names in self._key_sets():
                self._look_for_repeats(names, keys.select(names))
        self._check_freshness()
        return self.found

    @property
    def checksum(self) -> str:
        """Give the checksum of all rows seen, in order."""
        return str(self.digest.hexdigest())

    def _fitted(self, table: "pa.Table") -> "pa.Table":
        import pyarrow as pa

        names = set(table.column_names)
        for name in [] if self.rows else sorted(names - set(self.contract.names)):
            self.found.whole(name, "unknown-column")
        columns = []
        for column in self.contract.columns:
            kind = arrow_type(column.type)
            if column.name in names:
                columns.append(self._cast(column, table[column.name], kind))
                continue
            if not self.rows:
                self.found.whole(column.name, "missing-column")
            columns.append(pa.nulls(table.num_rows, kind))
        return pa.table(columns, schema=arrow_schema(self.contract))

    def _cast(self, column: Column, values: Any, kind: Any) -> Any:
        """Give values the agreed type where nothing is lost; NaN becomes empty."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if pa.types.is_dictionary(values.type):
            values = values.cast(values.type.value_type)
        if not _may_become(values.type, column.type):
            self.found.whole(column.name, "type", f"{values.type}, not {column.type}")
            return pa.nulls(len(values), kind)
        if pa.types.is_floating(values.type):
            values = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
            values = self._without_fractions(column, values)
        try:
            return values.cast(kind)
        except pa.ArrowInvalid as error:
            self.found.whole(column.name, "type", str(error))
            return pa.nulls(len(values), kind)

    def _without_fractions(self, column: Column, values: Any) -> Any:
        """Note numbers with a fraction in a column of whole numbers."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if column.type != "integer":
            return values
        broken = pc.fill_null(pc.not_equal(values, pc.round(values)), False)
        self._note(column, "type", broken, values)
        return pc.if_else(broken, pa.scalar(None, values.type), values)

    def _note(self, column: Column, reason: str, mask: Any, values: Any) -> None:
        """Note the rows where the mask is true."""
        import pyarrow.compute as pc

        places = pc.indices_nonzero(mask)
        if len(places):
            numbers = pc.add(pc.cast(places, "int64"), self.rows + 1)
            self.found.rows(column.name, reason, numbers, None if column.personal != "none" else values.take(places))

    def _look_at(self, column: Column, values: Any) -> None:
        import pyarrow.compute as pc

        if values.null_count and column.required:
            self._note_empty(column, values)
        if values.null_count == len(values):
            return
        for reason, broken in _masks(column, values):
            self._note(column, reason, pc.and_(pc.fill_null(broken, False), values.is_valid()), values)

    def _note_empty(self, column: Column, values: Any) -> None:
        """Note empty values, unless the whole column is missing or of another type: that was said already."""
        whole = {(column.name, "missing-column"), (column.name, "type")}
        if not whole & set(self.found.totals):
            self._note(column, "required", values.is_null(), values)

    def _key_sets(self) -> list[list[str]]:
        """List the column sets whose values may occur once."""
        singles = [[column.name] for column in self.contract.columns if column.unique]
        keys = list(self.contract.key_columns)
        return [*singles, *([keys] if keys and keys not in singles else [])]

    def _look_for_repeats(self, names: list[str], keys: "pa.Table") -> None:
        """Note rows whose key occurred earlier, here or in the rows that stay. Rows with an empty part have no key."""
        import pyarrow as pa
        import pyarrow.compute as pc

        stay = 0
        if self.before is not None:
            stay = self.before.num_rows
            keys = pa.concat_tables([self.before.select(names), keys])
        numbered = keys.append_column("_row", _counting(len(keys)))
        full = numbered.drop_null()
        firsts = full.group_by(names).aggregate([("_row", "min")])["_row_min"]
        if len(firsts) == full.num_rows:
            return
        again = pc.invert(pc.is_in(full["_row"], value_set=firsts.combine_chunks()))
        repeated = full.filter(pc.and_(again, pc.greater_equal(full["_row"], stay)))
        personal = any(self.contract.column(name).personal != "none" for name in names)
        texts = [pc.cast(repeated[name], "string") for name in names]
        values = pc.binary_join_element_wise(*texts, ", ") if len(texts) > 1 else texts[0]
        numbers = pc.add(repeated["_row"], 1 - stay)
        self.found.rows("+".join(names), "unique", numbers, None if personal else values)

    def _note_newest(self, table: "pa.Table") -> None:
        import pyarrow.compute as pc

        if self.contract.freshness_column and table.num_rows:
            last = pc.max(table[self.contract.freshness_column]).as_py()
            self.newest = max([one for one in (self.newest, last) if one is not None], default=None)

    def _check_freshness(self) -> None:
        """Note that the newest row is older than promised."""
        if not self.contract.freshness_column or self.contract.freshness_days is None or self.newest is None:
            return
        oldest = self.now - timedelta(days=self.contract.freshness_days)
        newest = self.newest
        if (newest < oldest) if isinstance(newest, datetime) else (newest < oldest.date()):
            self.found.whole(self.contract.freshness_column, "fresh", str(newest))

    def _digest(self, table: "pa.Table") -> None:
        """Add rows to the checksum, in an order and cut that do not depend on how they came."""
        for batch in table.combine_chunks().to_batches(max_chunksize=CHUNK):
            self.digest.update(memoryview(batch.serialize()))


def _counting(length: int) -> Any:
    import numpy as np
    import pyarrow as pa

    return pa.array(np.arange(length, dtype=np.int64))


def _may_become(have: Any, kind: str) -> bool:
    """Tell whether values of an Arrow type can become the agreed type without guessing."""
    import pyarrow as pa

    kinds = pa.types
    tests: dict[str, Callable[[Any], bool]] = {
        "string": lambda one: kinds.is_string(one) or kinds.is_large_string(one) or kinds.is_string_view(one),
        "integer": lambda one: kinds.is_integer(one) or kinds.is_floating(one),
        "number": lambda one: kinds.is_integer(one) or kinds.is_floating(one) or kinds.is_decimal(one),
        "boolean": kinds.is_boolean,
        "date": kinds.is_date,
        "timestamp": lambda one: kinds.is_timestamp(one) and one.tz is not None,
    }
    return kinds.is_null(have) or bool(tests[kind](have))


def _masks(column: Column, values: Any) -> Iterator[tuple[str, Any]]:
    """Give per reason which values break it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.type == "number":
        yield "infinite", pc.is_inf(values)
    if column.minimum is not None:
        yield "minimum", pc.less(values, pa.scalar(column.minimum, values.type))
    if column.maximum is not None:
        yield "maximum", pc.greater(values, pa.scalar(column.maximum, values.type))
    if column.allowed:
        yield "allowed", pc.invert(pc.is_in(values, value_set=pa.array(column.allowed, values.type)))
    if column.type == "string":
        yield from _text_masks(column, values)


def _text_masks(column: Column, values: Any) -> Iterator[tuple[str, Any]]:
    import pyarrow.compute as pc

    shortest, longest = column.length
    if shortest:
        yield "length", pc.less(pc.utf8_length(values), shortest)
    if longest is not None:
        yield "length", pc.greater(pc.utf8_length(values), longest)
    if column.pattern:
        yield "pattern", pc.invert(pc.match_substring_regex(values, f"^(?:{column.pattern})$"))
