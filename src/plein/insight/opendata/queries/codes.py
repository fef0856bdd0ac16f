"""Matching rows by codes: each column of few different values is also kept as two bytes per row.

A condition is asked of the different values only, by the database itself, so that it means the same as asked of the
rows; then the codes of all rows are walked, part by part. A million rows take about a millisecond per column, where
looking rows up by an index takes over a microsecond for each. The parts are made by actions.coding.
"""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plein.insight.opendata.rules import statements
from plein.insight.opendata.rules.asking import Condition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CODE, TIMES = '"code of word"', '"times of word"'  # a column of the rows may well be called code
FEW = 300
MOST_LOOKED_UP = 5_000
WALKED = ("contains", "ne", "isnull", "outside")  # what no index helps with


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows match, and the numbers of the first of them."""

    count: int
    numbers: list[int]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The codes of a column that a condition allows, out of `size`, and how many rows have one of them."""

    condition: Condition
    codes: list[int]
    rows: int
    size: int

    def match(self, part: "NDArray[np.uint16]") -> "NDArray[np.bool_]":
        """Tell of each row of a part whether it matches."""
        import numpy as np

        if len(self.codes) == 1:
            return np.equal(part, np.uint16(self.codes[0]))
        allowed = np.zeros(self.size, np.bool_)
        allowed[self.codes] = True
        found: NDArray[np.bool_] = allowed.take(part)
        return found


def words(column: str) -> str:
    """Name the table with the different values of a column, quoted."""
    return statements.quoted(f"words of {column}")


def count(base: sqlite3.Connection, conditions: Sequence[Condition], coded: Collection[str]) -> int | None:
    """Count exactly what matches; None when another way is better."""
    if not conditions or any(one.column not in coded for one in conditions):
        return None
    wanted = _all_wanted(base, conditions)
    if len(wanted) == 1:
        return wanted[0].rows
    if wanted[0].rows <= FEW:
        return None
    return sum(len(rows) for _first, rows, _parts in _walk(base, wanted))


def find(
    base: sqlite3.Connection, conditions: Sequence[Condition], coded: Collection[str], *, after: int, most: int
) -> Found | None:
    """Count exactly what matches, with the first `most` rows beyond number `after`; None when another way is better.

    Conditions on columns without codes are asked of the few rows that the others leave.
    """
    wanted = _all_wanted(base, [one for one in conditions if one.column in coded])
    rest = [one for one in conditions if one.column not in coded]
    if not wanted or wanted[0].rows <= FEW:
        return None
    if not rest:
        return _first(base, wanted, after, most)
    if wanted[0].rows > MOST_LOOKED_UP or wanted[0].condition.operator in WALKED:
        return None
    numbers = _numbers(base, wanted[0].condition, [*(one.condition for one in wanted[1:]), *rest])
    return Found(len(numbers), [number for number in numbers if number > after][:most])


def _first(base: sqlite3.Connection, wanted: Sequence[_Wanted], after: int, most: int) -> Found:
    matches, numbers = 0, list[int]()
    for first, rows, _parts in _walk(base, wanted):
        matches += len(rows)
        if len(numbers) < most and len(rows):
            start = int(rows.searchsorted(after + 1 - first))
            numbers += (rows[start : start + most - len(numbers)] + first).tolist()
    return Found(matches, numbers)


def _numbers(base: sqlite3.Connection, led_by: Condition, others: Sequence[Condition]) -> list[int]:
    """Give the numbers of all rows that match, looked up by the index of one condition and tested on the others."""
    led, tested = statements.where([led_by]), statements.where(others, plain=True)
    sql = f'SELECT "row" FROM rows{led.sql} AND {tested.sql.removeprefix(" WHERE ")}'  # noqa: S608 - quoted
    return sorted(row[0] for row in base.execute(sql, (*led.parameters, *tested.parameters)))


def facet(
    base: sqlite3.Connection, column: str, conditions: Sequence[Condition], coded: Collection[str], *, size: int
) -> list[tuple[Any, int]] | None:
    """Count the commonest values of a column within what matches, ties by value; None when another way is better."""
    if not conditions or column not in coded or any(one.column not in coded for one in conditions):
        return None
    import numpy as np

    wanted = _all_wanted(base, conditions)
    if wanted[0].rows <= FEW:
        return None
    name = statements.quoted(column)
    values = base.execute(f"SELECT {CODE}, {name} FROM {words(column)} ORDER BY {name}").fetchall()  # noqa: S608 - quoted
    counts = np.zeros(len(values), np.int64)
    for _begin, rows, parts in _walk(base, wanted, also=column):
        counts += np.bincount(parts[-1][rows], minlength=len(values))
    pairs = [(value, int(counts[code])) for code, value in values if counts[code]]
    return sorted(pairs, key=lambda pair: -pair[1])[:size]


def _all_wanted(base: sqlite3.Connection, conditions: Sequence[Condition]) -> list[_Wanted]:
    """Ask conditions of the different values of their columns; the one that fewest rows meet comes first."""
    return sorted((_wanted(base, one) for one in conditions), key=lambda one: one.rows)


def _wanted(base: sqlite3.Connection, condition: Condition) -> _Wanted:
    """Ask a condition of the different values of its column."""
    made = statements.where([condition])
    table = words(condition.column)
    found = base.execute(f"SELECT {CODE}, {TIMES} FROM {table}{made.sql}", made.parameters).fetchall()  # noqa: S608 - quoted
    size = base.execute(f"SELECT max({CODE}) + 1 FROM {table}").fetchone()[0] or 0  # noqa: S608 - quoted
    return _Wanted(condition, [code for code, _n in found], sum(n for _code, n in found), size)


def _walk(
    base: sqlite3.Connection, wanted: Sequence[_Wanted], *, also: str = ""
) -> Iterator[tuple[int, "NDArray[np.intp]", list["NDArray[np.uint16]"]]]:
    """Walk the parts: the number of the first row, the places of what matches, the codes of the columns, one more."""
    import numpy as np

    names = [*(one.condition.column for one in wanted), *([also] if also else [])]
    sql = "SELECT first, codes FROM codes WHERE name = ? ORDER BY first"
    for found in zip(*(base.execute(sql, (name,)) for name in names), strict=True):
        parts = [np.frombuffer(codes, np.uint16) for _first_, codes in found]
        rows = wanted[0].match(parts[0]).nonzero()[0]
        for one, part in zip(wanted[1:], parts[1:], strict=False):
            rows = rows[one.match(part[rows])]
        yield found[0][0], rows, parts
