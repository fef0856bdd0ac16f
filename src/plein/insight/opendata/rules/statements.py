# ruff: noqa: S608 - names are quoted, values are parameters
"""The statement that answers a question, in SQL that SQLite (serving copies) and DuckDB (the lake) both speak.

Every value is a parameter; column names come from the contract and are quoted. In a serving copy `row` is the
primary key, so that every index on a column ends in it and a page never needs an offset.
"""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from plein.insight.opendata.rules.asking import Condition, Field, Question, Value

COMPARED = {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
ROW = '"row"'


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


def quoted(name: str) -> str:
    """Quote a column name."""
    return '"' + name.replace('"', '""') + '"'


def stored(value: Value) -> Any:
    """Give a value as serving copies keep it: moments and days as ISO text, truths as 0 and 1."""
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def moment_text(moment: datetime) -> str:
    """Write a moment in UTC without its zone: texts with and without fractions then sort as the moments do."""
    return moment.replace(tzinfo=None).isoformat()


def as_is(value: Value) -> Any:
    """Give a value as DuckDB takes it."""
    return value


def where(
    conditions: Sequence[Condition], *, rows_sql: str = "", keep: Callable[[Value], Any] = stored, plain: bool = False
) -> Statement:
    """Write the WHERE of some conditions, or nothing.

    rows_sql: what the gate adds; plain: put a plus before columns, so that SQLite leaves their indexes alone.
    """
    parts = [f"({rows_sql})"] if rows_sql else []
    parameters: list[Any] = []
    for condition in conditions:
        sql, values = _compared(condition, plain=plain)
        parts.append(sql)
        parameters += [keep(value) for value in values]
    return Statement(" WHERE " + " AND ".join(parts) if parts else "", tuple(parameters))


def _compared(condition: Condition, *, plain: bool) -> tuple[str, Sequence[Value]]:
    column = ("+" if plain else "") + quoted(condition.column)
    operator, values = condition.operator, condition.values
    if operator in COMPARED:
        return f"{column} {COMPARED[operator]} ?", values
    if operator == "isnull":
        return f"{column} IS {'' if values[0] else 'NOT '}NULL", ()
    if operator == "outside":
        return f"NOT ({column} > ? AND {column} < ?)", values
    if operator == "in":
        return f"{column} IN ({', '.join('?' * len(values))})", values
    return _worded(column, operator, str(values[0]))


def _worded(column: str, operator: str, value: str) -> tuple[str, Sequence[Value]]:
    if operator == "startswith":
        return f"({column} >= ? AND {column} < ?)", (value, value + chr(0x10FFFF))
    return f"instr(lower({column}), lower(?)) > 0", (value,)


def page(
    question: Question, fields: Sequence[Field], *, rows_sql: str, way: str, without_gaps: bool, extra: int = 1
) -> Statement:
    """Write the page of a question on a serving copy: keyset after the mark, `row` first in each answer.

    way: "walk", "sort" or "index" (see `way_of`). extra: rows more than the page, to know whether there is a next.
    without_gaps: the sort column is filled in every row, so that no page has to look for empty ones.
    """
    found = where(question.conditions, rows_sql=rows_sql, plain=way == "walk")
    after = _after(question, without_gaps=without_gaps)
    joined = " AND " if found.sql and after.sql else (" WHERE " if after.sql else "")
    down = " DESC" if question.descending else ""
    off = "+" if way == "sort" else ""
    order = f"{off}{quoted(question.sort)}{down}, {off}{ROW}{down}" if question.sort else f"{off}{ROW}{down}"
    listed = ", ".join([ROW, *[shown(field) for field in fields]])
    return Statement(
        f"SELECT {listed} FROM rows{found.sql}{joined}{after.sql} ORDER BY {order} LIMIT ?",
        (*found.parameters, *after.parameters, question.limit + extra),
    )


def numbered(numbers: Sequence[int], fields: Sequence[Field]) -> Statement:
    """Write the look-up of rows of a serving copy by their numbers, `row` first in each answer."""
    listed = ", ".join([ROW, *[shown(field) for field in fields]])
    found = f"{ROW} IN (SELECT value FROM json_each(?))"
    return Statement(f"SELECT {listed} FROM rows WHERE {found} ORDER BY {ROW}", (json.dumps(numbers),))


def shown(field: Field) -> str:
    """Write a column as answers show it: moments get their zone back."""
    return f"{quoted(field.name)} || 'Z'" if field.kind == "time" else quoted(field.name)


def _after(question: Question, *, without_gaps: bool) -> Statement:
    """Write where a page starts. Empty values come first when ascending and last when descending, as SQLite has it."""
    if question.after is None:
        return Statement("")
    value, row = question.after
    sign = "<" if question.descending else ">"
    if not question.sort:
        return Statement(f"{ROW} {sign} ?", (row,))
    column = quoted(question.sort)
    if value is None:
        rest = "" if question.descending else f" OR {column} IS NOT NULL"
        return Statement(f"(({column} IS NULL AND {ROW} {sign} ?){rest})", (row,))
    gaps = f" OR {column} IS NULL" if question.descending and not without_gaps else ""
    return Statement(f"(({column}, {ROW}) {sign} (?, ?){gaps})", (value, row))


def way_of(question: Question, *, matches: int, rows: int, indexed: Collection[str]) -> str:
    """Choose how a page is found.

    "walk": follow the sort order and test each row; it meets a row of the answer every rows/matches steps.
    "sort": look all matches up by filter and sort them; it handles every match.
    "index": leave it to the database: without conditions, or with one equality, an index gives the order already.
    """
    if not question.conditions or matches == 0:
        return "index"
    if len(question.conditions) == 1 and question.conditions[0].operator == "eq" and not question.sort:
        return "index"
    if question.sort and question.sort not in indexed:
        return "sort"
    return "walk" if question.limit * rows / matches < matches else "sort"


def count(conditions: Sequence[Condition], *, rows_sql: str) -> Statement:
    """Write the exact count of what matches."""
    found = where(conditions, rows_sql=rows_sql)
    return Statement(f"SELECT count(*) FROM rows{found.sql}", found.parameters)


def facet(
    column: str,
    conditions: Sequence[Condition],
    *,
    rows_sql: str,
    size: int,
    table: str = "rows",
    keep: Callable[[Value], Any] = stored,
) -> Statement:
    """Write the commonest values of a column within what matches, with how often each occurs."""
    found = where(conditions, rows_sql=rows_sql, keep=keep)
    name = quoted(column)
    return Statement(
        f"SELECT {name}, count(*) AS n FROM {table}{found.sql} GROUP BY {name} ORDER BY n DESC, {name} LIMIT {size}",
        found.parameters,
    )
