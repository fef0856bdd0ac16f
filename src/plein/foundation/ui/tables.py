"""Tables: a caption, columns that say what they hold, rows, and links that sort and page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from plein.foundation.ui.figures import decimals_for_all


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: key in the row, title, unit behind the title; numeric ones align right.

    decimals: how many for numbers (None: what a reader can use); href: key in the row that holds a link for the cell;
    status: key in the row that holds a status kind, the cell then shows icon and word; sort: link that sorts by it.
    """

    key: str
    title: Any
    unit: Any = ""
    numeric: bool = False
    decimals: int | None = None
    href: str = ""
    status: str = ""
    sort: str = ""
    sorted: str = ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell, ready to show."""

    column: Column
    value: Any
    href: str = ""
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table. rows: mappings by column key, or sequences in column order; the first column heads its row."""

    caption: Any
    columns: Sequence[Column]
    rows: Sequence[Any]
    note: Any = ""
    empty: Any = ""
    hide_caption: bool = False
    key: str = field(default="")

    @property
    def cells(self) -> list[list[Cell]]:
        """Give the rows as cells."""
        names = [column.key for column in self.columns]
        rows = [row if isinstance(row, Mapping) else dict(zip(names, row, strict=False)) for row in self.rows]
        columns = [self._settled(column, rows) for column in self.columns]
        return [self._row(row, columns) for row in rows]

    @staticmethod
    def _settled(column: Column, rows: Sequence[Mapping[str, Any]]) -> Column:
        """Give a column of numbers one number of decimals, so that they can be compared by eye."""
        if not column.numeric or column.decimals is not None:
            return column
        return replace(column, decimals=decimals_for_all(row.get(column.key) for row in rows))

    @staticmethod
    def _row(held: Mapping[str, Any], columns: Sequence[Column]) -> list[Cell]:
        return [
            Cell(
                column=column,
                value=held.get(column.key),
                href=str(held.get(column.href) or "") if column.href else "",
                status=str(held.get(column.status) or "") if column.status else "",
            )
            for column in columns
        ]
