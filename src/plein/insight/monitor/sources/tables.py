"""From rows that were read to a published product: rows outside the contract are rejects, the rest is published."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import plein.foundation.lake.tables as lake
from plein.foundation.catalogue.contracts import Column, contract
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.catalogue.publishing import publish
from plein.foundation.files import MOST_TOLD, Loaded, NothingFits, Reject
from plein.foundation.identity.actors import Actor

if TYPE_CHECKING:
    import pyarrow as pa

ROW = "_row"  # number of the row in the file, carried along until the rows are judged
_ARROW = {
    "string": "string",
    "integer": "int64",
    "number": "float64",
    "date": "date32",
    "timestamp": "timestamp[us, tz=UTC]",
}


@dataclass
class Intake:
    """One file on its way into products: counts what was read, and keeps the rejects of all products together."""

    source: str
    file: str
    gemeente: str
    by: Actor
    now: datetime
    read: int = 0
    rejects: list[Reject] = field(default_factory=list)
    note: str = ""

    def loaded(self) -> Loaded:
        """Tell what came of it; a row that was rejected for two products counts once."""
        found = sorted(self.rejects, key=lambda reject: reject.row)
        return Loaded(self.source, self.file, self.read, max(0, self.read - self._refused()), found, self.note)

    def _refused(self) -> int:
        """Count the rows that were rejected; one that was told for two products counts once."""
        single = {reject.row for reject in self.rejects if reject.rows == 1}
        return len(single) + sum(reject.rows for reject in self.rejects if reject.rows > 1)

    def nothing(self) -> Loaded:
        """Tell that the file is sound and holds nothing for this municipality.

        Raises NothingFits when it is not sound: every row was rejected before anybody asked where it lies.
        """
        self._refuse_misfit()
        self.note = f"holds nothing for {self.gemeente}"
        return Loaded(self.source, self.file, self.read, 0, [], self.note)

    def refuse(self, table: "pa.Table", wrong: Any, reason: str) -> "pa.Table":
        """Move the rows that are marked wrong ((n,) booleans) to the rejects and give the others."""
        import numpy as np
        import pyarrow as pa

        if not wrong.any():
            return table
        found = np.flatnonzero(wrong)
        for row in table.take(pa.array(found[:MOST_TOLD])).to_pylist():
            number = row.pop(ROW)
            text = ",".join("" if cell is None else str(cell) for cell in row.values())
            self.rejects.append(Reject(int(number), reason, text[:500]))
        if len(found) > MOST_TOLD:
            first = int(table[ROW][int(found[MOST_TOLD])].as_py())
            self.rejects.append(Reject(first, reason, "and so on", rows=len(found) - MOST_TOLD))
        return table.filter(pa.array(~wrong))

    def _refuse_misfit(self) -> None:
        """Refuse a file of which no row is left, so that it does not empty what is published."""
        if self.rejects:
            first = min(self.rejects, key=lambda reject: reject.row)
            raise NothingFits(file=self.file, rows=self.read, row=first.row, reason=first.reason)

    def fitted(self, product: str, table: "pa.Table") -> "pa.Table":
        """Give the columns of the contract, with its types, of the rows that keep it; the others become rejects.

        A column that the table lacks is empty. The second row with the same key is a reject.
        Raises NothingFits when there were rows and none is left.
        """
        agreed = contract(product)
        came = table.num_rows
        table = _shaped(table, agreed.columns)
        for column in agreed.columns:
            for wrong, reason in _faults(table[column.name], column):
                if wrong.any():
                    return self.fitted(product, self.refuse(table, wrong, f"{column.name} {reason}"))
        table = self.refuse(table, _seen_before(table, agreed.key_columns), "stands twice")
        if not table.num_rows and (came or self._refused() >= self.read):
            self._refuse_misfit()
        return table.drop_columns([ROW]).sort_by([(name, "ascending") for name in agreed.key_columns])

    def publish(self, product: str, table: "pa.Table") -> None:
        """Publish a table as the product; without any row only when there is an older version to empty."""
        bring(product, self.fitted(product, table), by=self.by, now=self.now, source=f"{self.source}: {self.file}")

    def publish_part(
        self, product: str, table: "pa.Table", *, part: str, order: Sequence[str], gemeente: str = ""
    ) -> None:
        """Keep what this source brings to a product of several sources, and publish all that is kept as one table.

        order: the names of the parts; where two have a value for the same cell, the first is taken.
        gemeente: for which municipality it was read; "" when it holds for all.
        """
        keep_part(part, self.fitted(product, table), gemeente=gemeente, now=self.now)
        whole = merged(parts(order, gemeente=self.gemeente), contract(product).key_columns)
        bring(product, whole, by=self.by, now=self.now, source=f"{self.source}: {self.file}")


def bring(product: str, table: "pa.Table", *, by: Actor, now: datetime, source: str) -> None:
    """Publish a table; without any row only when there is an older version that must go."""
    if table.num_rows or ProductVersion.objects.filter(product__key=product).exists():
        publish(product, table, by=by, now=now, source=source)


def _shaped(table: "pa.Table", columns: Sequence[Column]) -> "pa.Table":
    """Give exactly the columns of a contract, in order and typed, and the row numbers."""
    import pyarrow as pa

    types = {name: pa.type_for_alias(alias) for name, alias in _ARROW.items() if name != "timestamp"}
    shaped = {
        column.name: table[column.name].cast(types[column.type])
        if column.name in table.column_names
        else pa.nulls(table.num_rows, types[column.type])
        for column in columns
    }
    return pa.table({**shaped, ROW: table[ROW]})


def _faults(cells: Any, column: Column) -> Iterable[tuple[Any, str]]:
    """Mark the cells that break a column of a contract, per reason."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.required:
        yield _marks(pc.is_null(cells)), "is empty"
    if column.minimum is not None:
        yield _marks(pc.less(cells, pa.scalar(column.minimum, cells.type))), f"is under {column.minimum}"
    if column.maximum is not None:
        yield _marks(pc.greater(cells, pa.scalar(column.maximum, cells.type))), f"is over {column.maximum}"
    if column.pattern:
        yield _marks(pc.invert(pc.match_substring_regex(cells, column.pattern))), "has another form"
    if column.allowed:
        known = pa.array(column.allowed, cells.type)
        yield _marks(pc.and_(pc.is_valid(cells), pc.invert(pc.is_in(cells, known)))), "is not on the list"


def _marks(mask: Any) -> Any:
    import pyarrow.compute as pc

    return pc.fill_null(mask, False).to_numpy(zero_copy_only=False)


def _seen_before(table: "pa.Table", keys: Sequence[str]) -> Any:
    """Mark each row whose key an earlier row has."""
    import numpy as np
    import pyarrow as pa

    numbered = table.select([*keys]).append_column("_at", pa.array(range(table.num_rows), pa.int64()))
    first = numbered.group_by(list(keys), use_threads=False).aggregate([("_at", "min")])
    wrong = np.ones(table.num_rows, dtype=bool)
    wrong[first["_at_min"].to_numpy()] = False
    return wrong


def keep_part(name: str, table: "pa.Table", *, gemeente: str, now: datetime) -> None:
    """Keep what one source brings to a product of several sources; the same again writes nothing.

    gemeente: for which municipality it was read; "" when it holds for all.
    """
    path = f"monitor_parts/{name}"
    if lake.exists(path):
        last = lake.versions(path)[-1]
        if last.meta.get("gemeente") == gemeente and lake.read(path).equals(table):
            return
    lake.sync(path, lake.write(path, table, now=now, meta={"gemeente": gemeente}))


def parts(names: Sequence[str], *, gemeente: str) -> list["pa.Table"]:
    """Give the parts that are kept for a municipality, in the order asked."""
    found = []
    for path in (f"monitor_parts/{name}" for name in names):
        if lake.exists(path) and lake.versions(path)[-1].meta.get("gemeente") in ("", gemeente):
            found.append(lake.read(path))
    return found


def merged(tables: Sequence["pa.Table"], keys: Sequence[str]) -> "pa.Table":
    """Lay tables of the same columns over each other: per key and column the first that has a value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pa.concat_tables(tables)
    others = [name for name in whole.column_names if name not in keys]
    first = pc.ScalarAggregateOptions(skip_nulls=True)
    laid = whole.group_by(list(keys), use_threads=False).aggregate([(name, "first", first) for name in others])
    laid = laid.rename_columns([name.removesuffix("_first") for name in laid.column_names])
    return laid.select(whole.column_names).sort_by([(name, "ascending") for name in keys])


def renamed(table: "pa.Table", names: Mapping[str, str], numbers: Any) -> "pa.Table":
    """Give columns under their product's names (from: to), with the row numbers."""
    import pyarrow as pa

    chosen = {new: table[old] for old, new in names.items()}
    return pa.table({**chosen, ROW: pa.array(numbers, pa.int64())})
