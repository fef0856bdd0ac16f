"""Serving copies: one read-only SQLite file and one Parquet file per version of an open product.

A version never changes, so its copy is opened as immutable, each exact count is kept once it is known, and every
answer can carry an ETag. The files are made by actions.serving.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.gate import masks
from plein.insight.opendata.queries import codes, scans
from plein.insight.opendata.rules import statements
from plein.insight.opendata.rules.asking import Condition, Field, Question, mark

LAYOUT = 2
KEPT_COUNTS = 50_000
KEPT_FACETS = 2_000
MOST_SPOTS = 1_000
MANY = 20_000
SCANNED = ("text", "boolean", "integer", "number")
_open = threading.local()


@dataclass(frozen=True, slots=True)
class Facet:
    """The commonest values of a column, each with how often it occurs."""

    column: str
    values: tuple[tuple[Any, int], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as tuples in the order of `fields`; following: the mark of the next page, or ""."""

    fields: tuple[Field, ...]
    rows: list[tuple[Any, ...]]
    numbers: list[int]
    count: int
    following: str


def folder(key: str) -> Path:
    """Give where the copies of a product lie."""
    return Path(settings.DATA) / "serving" / key


def copy_path(key: str, version: int) -> Path:
    """Give the SQLite file of a version."""
    return folder(key) / f"{version}.{made_as(key)}.sqlite3"


def parquet_path(key: str, version: int) -> Path:
    """Give the Parquet file of a version."""
    return folder(key) / f"{version}.{made_as(key)}.parquet"


def made_as(key: str) -> str:
    """Name the way copies of a product are made now: another layout or rule for small numbers makes another file.

    A copy made before the contract hid small numbers, or hid fewer, is then never read again.
    """
    agreed = all_contracts().get(key)
    rule = masks.rule_digest(agreed) if agreed is not None and agreed.suppress else ""
    return f"{LAYOUT}-{rule[:16]}" if rule else str(LAYOUT)


def has_copy(key: str, version: int) -> bool:
    """Tell whether the copy of a version stands."""
    return copy_path(key, version).exists() and parquet_path(key, version).exists()


def _connection(path: str) -> sqlite3.Connection:
    """Open a copy, once per thread."""
    kept: dict[str, sqlite3.Connection] = getattr(_open, "kept", None) or {}
    _open.kept = kept
    if path not in kept:
        if len(kept) >= 16:
            kept.pop(next(iter(kept))).close()
        kept[path] = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, cached_statements=256)
        kept[path].executescript("PRAGMA mmap_size=67108864; PRAGMA cache_size=-2000; PRAGMA query_only=1;")
    return kept[path]


class Copy:
    """One serving copy. Thread-safe; keep it as long as you like, for its version never changes."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        facts = json.loads(_connection(self.path).execute("SELECT facts FROM about").fetchone()[0])
        self.fields: dict[str, Field] = {name: Field(name, kind) for name, kind in facts["fields"]}
        self.rows: int = facts["rows"]
        self.indexed = frozenset(facts["indexed"])
        self.without_gaps = frozenset(facts["without_gaps"])
        self.coded = frozenset(facts["coded"])
        self.booleans = frozenset(name for name, field in self.fields.items() if field.kind == "boolean")

    def page(self, question: Question, *, rows_sql: str = "") -> Page:
        """Answer a question with a page and the exact count of all that matches."""
        fields = self.chosen(question.fields)
        extra = (self.fields[question.sort],) if question.sort else ()
        looked_up = None if rows_sql else self._look_up(question)
        if looked_up is not None:
            matches, found = looked_up.count, self._numbered(looked_up.numbers, fields)
        else:
            matches = self.count(question.conditions, rows_sql=rows_sql)
            found = self._rows(question, (*extra, *fields), matches, rows_sql)
        more = len(found) > question.limit
        del found[question.limit :]
        following = _following(question, found[-1], extra[0] if extra else None) if more else ""
        skip = 1 + len(extra)
        numbers = [row[0] for row in found]
        return Page(fields, [row[skip:] for row in self._truths(found, fields, skip)], numbers, matches, following)

    def _look_up(self, question: Question) -> codes.Found | None:
        """Find the rows of a page in the order of publication by their codes; None when an index gives them sooner."""
        conditions = question.conditions
        indexed = len(conditions) == 1 and conditions[0].operator == "eq"
        if not conditions or indexed or question.sort or question.descending:
            return None
        after = question.after[1] if question.after else 0
        base = _connection(self.path)
        return codes.find(base, conditions, self.coded, after=after, most=question.limit + 1)

    def _numbered(self, numbers: Sequence[int], fields: Sequence[Field]) -> list[tuple[Any, ...]]:
        made = statements.numbered(numbers, fields)
        return _connection(self.path).execute(made.sql, made.parameters).fetchall()

    def _rows(
        self, question: Question, fields: Sequence[Field], matches: int, rows_sql: str, extra: int = 1
    ) -> list[tuple[Any, ...]]:
        way = statements.way_of(question, matches=matches, rows=self.rows, indexed=self.indexed)
        gapless = question.sort in self.without_gaps
        made = statements.page(question, fields, rows_sql=rows_sql, way=way, without_gaps=gapless, extra=extra)
        return _connection(self.path).execute(made.sql, made.parameters).fetchall()

    def _truths(self, rows: list[tuple[Any, ...]], fields: Sequence[Field], skip: int) -> list[tuple[Any, ...]]:
        """Give booleans back as such; SQLite knows 0 and 1 only."""
        at = [skip + place for place, field in enumerate(fields) if field.name in self.booleans]
        if not at:
            return rows
        return [_with_truths(row, at) for row in rows]

    def chosen(self, names: Sequence[str]) -> tuple[Field, ...]:
        """Give the wanted fields, all when none is named."""
        return tuple(self.fields[name] for name in names) if names else tuple(self.fields.values())

    def count(self, conditions: Sequence[Condition], *, rows_sql: str = "") -> int:
        """Count exactly what matches; each count is made once per version."""
        if not conditions and not rows_sql:
            return self.rows
        return _count(
            self.path, rows_sql, self.coded, tuple(sorted(conditions, key=repr)) if len(conditions) > 1 else conditions
        )

    def facet(self, column: str, conditions: Sequence[Condition], *, size: int = 20, rows_sql: str = "") -> Facet:
        """Give the commonest values of a column within what matches."""
        return _facet(self.path, self.fields[column], tuple(conditions), size, (rows_sql, self.coded))

    def bounds(self, column: str) -> tuple[Any, Any]:
        """Give the lowest and highest value of a column."""
        return _bounds(self.path, column, self.fields[column].kind)

    def trend(self, measure: str = "") -> list[tuple[str, float | None]]:
        """Give the mean of a column per period, or the number of rows for ""; a period is text such as 2026-01."""
        return self._told("SELECT bucket, value FROM trend WHERE measure = ? ORDER BY bucket", (measure,))

    def spots(self) -> list[tuple[float, float, int, str | None]]:
        """Give the places of the rows: lon, lat, how many rows, a name."""
        return self._told("SELECT lon, lat, n, label FROM spots ORDER BY n DESC, label", ())

    def per_area(self, measure: str = "") -> list[tuple[str, float | None]]:
        """Give the mean of a column per area, or the number of rows for ""."""
        return self._told("SELECT code, value FROM per_area WHERE measure = ? ORDER BY code", (measure,))

    def _told(self, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
        return _connection(self.path).execute(sql, parameters).fetchall()

    def batches(self, question: Question, *, rows_sql: str = "", size: int = 8192) -> Iterator[list[tuple[Any, ...]]]:
        """Walk everything that matches in batches of rows, in order; memory stays that of one batch."""
        fields = self.chosen(question.fields)
        matches = self.count(question.conditions, rows_sql=rows_sql)
        way = statements.way_of(question, matches=matches, rows=self.rows, indexed=self.indexed)
        gapless = question.sort in self.without_gaps
        made = statements.page(question, fields, rows_sql=rows_sql, way=way, without_gaps=gapless, extra=0)
        connection = sqlite3.connect(f"file:{self.path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        try:
            cursor = connection.execute(made.sql, (*made.parameters[:-1], -1))
            while rows := cursor.fetchmany(size):
                yield [row[1:] for row in self._truths(rows, fields, 1)]
        finally:
            connection.close()


def _with_truths(row: tuple[Any, ...], at: Sequence[int]) -> tuple[Any, ...]:
    values = list(row)
    for place in at:
        if values[place] is not None:
            values[place] = bool(values[place])
    return tuple(values)


def _following(question: Question, last: tuple[Any, ...], field: Field | None) -> str:
    """Mark where the next page starts; a moment goes without its zone, as the copy keeps it."""
    if field is None:
        return mark("", None, last[0])
    value = last[1].removesuffix("Z") if field.kind == "time" and last[1] is not None else last[1]
    return mark(question.sort, value, last[0])


@lru_cache(maxsize=KEPT_COUNTS)
def _count(path: str, rows_sql: str, coded: frozenset[str], conditions: tuple[Condition, ...]) -> int:
    found = None if rows_sql else codes.count(_connection(path), conditions, coded)
    if found is not None:
        return found
    made = statements.count(conditions, rows_sql=rows_sql)
    return int(_connection(path).execute(made.sql, made.parameters).fetchone()[0])


@lru_cache(maxsize=KEPT_FACETS)
def _facet(
    path: str, field: Field, conditions: tuple[Condition, ...], size: int, state: tuple[str, frozenset[str]]
) -> Facet:
    """Make a facet once. state: what the gate adds, and the columns with codes."""
    rows_sql, coded = state
    column, kind = field.name, field.kind
    ready = None if rows_sql else _quick_facet(path, column, conditions, size, coded)
    if ready is None and not rows_sql and kind in SCANNED and _count(path, "", coded, conditions) >= MANY:
        parquet = path.removesuffix("sqlite3") + "parquet"
        return Facet(column, tuple(scans.facet(parquet, column, conditions, size=size)))
    if ready is None:
        made = statements.facet(column, conditions, rows_sql=rows_sql, size=size)
        ready = _connection(path).execute(made.sql, made.parameters).fetchall()
    return Facet(column, tuple((_said(value, kind), n) for value, n in ready[:size]))


@lru_cache(maxsize=KEPT_FACETS)
def _bounds(path: str, column: str, kind: str) -> tuple[Any, Any]:
    name = statements.quoted(column)
    ends = [
        _connection(path).execute(f"SELECT {which}({name}) FROM rows").fetchone()[0]  # noqa: S608 - quoted
        for which in ("min", "max")
    ]
    return _said(ends[0], kind), _said(ends[1], kind)


def _said(value: Any, kind: str) -> Any:
    """Give a kept value as answers show it."""
    if value is None:
        return None
    if kind == "boolean":
        return bool(value)
    return f"{value}Z" if kind == "time" else value


def _quick_facet(
    path: str, column: str, conditions: tuple[Condition, ...], size: int, coded: frozenset[str]
) -> list[tuple[Any, int]] | None:
    """Give a facet that was counted before, or that codes count; None when neither can."""
    if not conditions:
        return _ready_facet(path, column)
    return codes.facet(_connection(path), column, conditions, coded, size=size)


def _ready_facet(path: str, column: str) -> list[tuple[Any, int]] | None:
    """Give a facet over all rows that was counted when the copy was made."""
    sql = "SELECT value, n FROM facets WHERE name = ? ORDER BY n DESC, value"
    return _connection(path).execute(sql, (column,)).fetchall() or None


@lru_cache(maxsize=256)
def _copy(path: Path) -> Copy:
    return Copy(path)


def copy_of(key: str, version: int) -> Copy | None:
    """Open the serving copy of a version; None while it is not there."""
    path = copy_path(key, version)
    if path in _known:
        return _copy(path)
    if not has_copy(key, version):
        return None
    _known.add(path)
    return _copy(path)


_known: set[Path] = set()


def forget(path: Path) -> None:
    """Forget a copy that was taken away."""
    _known.discard(path)
    _copy.cache_clear()
