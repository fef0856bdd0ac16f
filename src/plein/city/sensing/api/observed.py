"""Observations out: the hot window and the sealed months as one set, filtered, sorted and cut into pages.

The line of time is cut at the last moment that is sealed. Above it the database answers; below it DuckDB does, over the
sealed files and the few late readings that the window holds there. So nothing is counted twice.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from plein.city.sensing.api.addresses import Key
from plein.city.sensing.api.context import Context
from plein.city.sensing.api.dialects import Duck, for_duckdb
from plein.city.sensing.api.entities import OBSERVATION
from plein.city.sensing.api.errors import BadRequest
from plein.city.sensing.api.filters import Literal, Node, Pair, Path
from plein.city.sensing.api.options import Options
from plein.city.sensing.api.sql import reference
from plein.foundation.lake import tables as lake
from plein.foundation.lake.errors import BadQuery
from plein.foundation.observations import hot, sealed

NEVER = -(2**62)
ALWAYS = 2**62
_COLUMNS = ", ".join(f"o.{name}" for name in hot.COLUMNS)
Row = tuple[Any, ...]


@dataclass(slots=True)
class Within:
    """Which observations a path leads to: of one datastream, about one feature, or one by its key."""

    datastream: int | None = None
    feature: int | None = None
    key: tuple[int, int] | None = None


@dataclass(slots=True)
class Page:
    """Rows (hot.COLUMNS), whether there are more after them, and how many in all when that was asked."""

    rows: list[Row]
    more: bool = False
    count: int | None = None


@dataclass(slots=True)
class _Side:
    """One side of the cut, ready to be asked: text, values and what to sort by."""

    where: str
    params: list[Any]
    order: str
    keys: list[tuple[str, list[Any]]]
    used: set[str] = field(default_factory=set)


def one(context: Context, key: Key) -> Row | None:
    """Give one observation by its key, or None."""
    if isinstance(key, int):
        return None
    return next(iter(page(context, Within(key=key), Options(top=1)).rows), None)


def page(context: Context, within: Within, options: Options) -> Page:
    """Give a page of observations.

    Raises BadRequest.
    """
    since, until = _period(options.filter, within)
    names = sealed.months(since, until)
    cut = max(sealed.until(names), NEVER) if names else NEVER
    if cut < since or cut == NEVER:
        return _from_hot(context, within, options, NEVER)
    falling = _time_first(options, within)
    if falling and not options.count:
        found = _from_hot(context, within, options, cut)
        if len(found.rows) + found.more > options.size:
            return found
    return _from_both(context, within, options, names=names, cut=cut, falling=falling)


def holders(context: Context, name: str, node: Node) -> list[int]:
    """List the Datastreams or FeaturesOfInterest (name says which) that have an observation that meets a filter.

    Each answer is a look-up that ends at the first observation that meets it, in the window; below the cut DuckDB goes
    over the months that the filter's times leave, only over the columns that it names.
    Raises BadRequest.
    """
    within, options = Within(), Options(filter=node)
    names = sealed.months(*_period(node, within))
    cut = max(sealed.until(names), NEVER) if names else NEVER
    column = reference(OBSERVATION, "o", "datastream_id" if name == "Datastream" else "feature_id")
    young = _side(context, within, options, duck=False)
    late = _late(context, within, cut) if cut != NEVER else []
    sql = f"SELECT DISTINCT {column} FROM {hot.TABLE} o WHERE o.change <> 2 AND o.time_us > %s AND {young.where}"
    if name == "Datastream":
        sql = (
            f"SELECT d.id FROM observations_datastream d WHERE EXISTS (SELECT 1 FROM {hot.TABLE} o "
            f"WHERE o.datastream_id = d.id AND o.change <> 2 AND o.time_us > %s AND {young.where})"
        )
    found = {row[0] for row in context.fetch(sql, [cut, *young.params])}
    if cut != NEVER:
        old = _side(context, within, options, duck=True)
        old.used |= {"observations_datastream"} if name != "Datastream" else set()
        found.update(_Lake(context, old, names, cut, late).distinct(column))
    return sorted(pk for pk in found if pk is not None)


def _period(node: Node | None, within: Within) -> tuple[int, int]:
    """Give the period [since, until) that a filter leaves, from what it says of phenomenonTime."""
    if within.key:
        return within.key[1], within.key[1] + 1
    since, until = NEVER, ALWAYS
    for sign, moment in _limits(node):
        if sign in ("gt", "ge", "eq"):
            since = max(since, moment)
        if sign in ("lt", "le", "eq"):
            until = min(until, moment + 1)
    return since, until


def _limits(node: Node | None) -> list[tuple[str, int]]:
    if not isinstance(node, Pair):
        return []
    if node.sign == "and":
        return [*_limits(node.left), *_limits(node.right)]
    plain = isinstance(node.left, Path) and node.left.names == ("phenomenonTime",)
    if plain and isinstance(node.right, Literal) and node.right.kind == "time":
        return [(node.sign, node.right.value)]
    return []


def _time_first(options: Options, within: Within) -> bool | None:
    """Tell whether what is asked sorts by time: True newest first, False oldest first, None by something else."""
    if not options.order:
        return None if within.datastream is None and within.key is None else False
    node, falling = options.order[0]
    return falling if isinstance(node, Path) and node.names == ("phenomenonTime",) else None


def _side(context: Context, within: Within, options: Options, duck: bool) -> _Side:
    """Write the conditions and the order for one side."""
    writer = context.conditions(OBSERVATION, "o", Duck() if duck else None)
    where, params = _bounds(context, within, writer.dialect)
    if within.feature is not None:
        writer.used.add("observations_datastream")
    if options.filter is not None:
        sql, values = writer.condition(options.filter)
        where.append(sql)
        params += values
    keys = [writer.order(node) for node, _ in options.order]
    parts = [
        f"{sql} {'DESC' if down else 'ASC'}{_nulls(sql)}"
        for (sql, _), (_, down) in zip(keys, options.order, strict=True)
    ]
    order = ", ".join([*parts, "o.datastream_id", "o.time_us"])
    return _Side(" AND ".join(where) or "(1 = 1)", params, order, keys, writer.used)


def _nulls(sql: str) -> str:
    return "" if sql in ("o.time_us", "o.datastream_id") else " NULLS LAST"


def _bounds(context: Context, within: Within, spoken: Any) -> tuple[list[str], list[Any]]:
    """Write what the path and the reader's rights leave."""
    where: list[str] = []
    params: list[Any] = []
    if within.datastream is not None:
        where, params = ["o.datastream_id = %s"], [within.datastream]
    if within.key is not None:
        where, params = ["o.datastream_id = %s", "o.time_us = %s"], list(within.key)
    if within.feature is not None:
        own = "(SELECT s.feature_id FROM observations_datastream s WHERE s.id = o.datastream_id)"
        where.append(f"COALESCE(o.feature_id, {own}) = %s")
        params.append(within.feature)
    if context.hidden:
        sql, values = spoken.among("o.datastream_id", context.hidden)
        where.append(f"NOT ({sql})")
        params += values
    return where, params


def _ask_hot(context: Context, side: _Side, cut: int, limit: int, skip: int) -> list[Row]:
    keys = "".join(f", {sql}" for sql, _ in side.keys)
    params = [value for _, values in side.keys for value in values]
    sql = (
        f"SELECT {_COLUMNS}{keys} FROM {hot.TABLE} o "
        f"WHERE o.change <> 2 AND o.time_us > %s AND {side.where} ORDER BY {side.order} LIMIT %s OFFSET %s"
    )
    order_params = params
    return context.fetch(sql, [*params, cut, *side.params, *order_params, limit, skip])


def _count_hot(context: Context, side: _Side, cut: int) -> int:
    sql = f"SELECT COUNT(*) FROM {hot.TABLE} o WHERE o.change <> 2 AND o.time_us > %s AND {side.where}"
    return int(context.fetch(sql, [cut, *side.params])[0][0])


def _from_hot(context: Context, within: Within, options: Options, cut: int) -> Page:
    side = _side(context, within, options, duck=False)
    rows = _ask_hot(context, side, cut, options.size + 1, options.skip)
    count = _count_hot(context, side, cut) if options.count else None
    return Page([row[:7] for row in rows[: options.size]], len(rows) > options.size, count)


def _from_both(
    context: Context, within: Within, options: Options, *, names: Sequence[str], cut: int, falling: bool | None
) -> Page:
    """Ask both sides and put the answers together. The window is asked first: what leaves it is in the lake by then."""
    young = _side(context, within, options, duck=False)
    late = _late(context, within, cut)
    high = _count_hot(context, young, cut)
    limit, skip = options.size + 1, options.skip
    old = _Lake(context, _side(context, within, options, duck=True), names, cut, late)
    count = high + old.count() if options.count or falling is False else None
    if falling is None:
        rows = _merged(
            _ask_hot(context, young, cut, limit + skip, 0),
            old.rows(limit + skip, 0),
            [down for _, down in options.order],
        )[skip : skip + limit]
    elif falling:
        rows = _ask_hot(context, young, cut, limit, skip)
        rows += old.rows(limit - len(rows), max(skip - high, 0)) if len(rows) < limit else []
    else:
        rows = old.rows(limit, skip)
        below = (count or 0) - high
        rows += _ask_hot(context, young, cut, limit - len(rows), max(skip - below, 0)) if len(rows) < limit else []
    shown = count if options.count else None
    return Page([row[:7] for row in rows[: options.size]], len(rows) > options.size, shown)


def _merged(left: Sequence[Row], right: Sequence[Row], down: Sequence[bool]) -> list[Row]:
    """Sort the rows of both sides: by the extra columns, each rising or falling, nothing last, then by key."""
    rows = sorted([*left, *right], key=lambda row: (row[0], row[1]))
    for place in reversed(range(len(down))):
        filled = [row for row in rows if row[7 + place] is not None]
        empty = [row for row in rows if row[7 + place] is None]
        filled.sort(key=lambda row: row[7 + place], reverse=down[place])
        rows = filled + empty
    return rows


def _late(context: Context, within: Within, cut: int) -> list[Row]:
    """Read the readings in the window that are not younger than the last sealed one: COLUMNS and change."""
    columns = ", ".join(f"o.{name}" for name in (*hot.COLUMNS, "change"))
    if within.datastream is not None or within.key is not None:
        stream = within.datastream if within.key is None else within.key[0]
        sql = f"SELECT {columns} FROM {hot.TABLE} o WHERE o.datastream_id = %s AND o.time_us <= %s"
        return context.fetch(sql, [stream, cut])
    sql = (
        f"SELECT {columns} FROM observations_datastream d CROSS JOIN {hot.TABLE} o "
        "WHERE o.datastream_id = d.id AND o.time_us <= %s"
    )
    return context.fetch(sql, [cut])


class _Lake:
    """Asks the sealed months, with the late readings of the window in their places."""

    def __init__(self, context: Context, side: _Side, names: Sequence[str], cut: int, late: Sequence[Row]) -> None:
        self.side = side
        self.tables: dict[str, Any] = {f"m{place}": name for place, name in enumerate(names)}
        self.cut = cut
        self.late = bool(late)
        if late:
            self.tables["late"] = _late_table(late)
        for table in sorted(side.used):
            self.tables[table] = _whole(context, table)

    def source(self) -> str:
        """Write the observations as one table expression."""
        names = zip(sealed.COLUMNS, hot.COLUMNS, strict=True)
        renamed = ", ".join(f"{theirs} AS {ours}" for theirs, ours in names)
        held = " UNION ALL ".join(f"SELECT {renamed} FROM {alias}" for alias in self.tables if alias[0] == "m")
        if not self.late:
            return f"({held}) o"
        names = ", ".join(hot.COLUMNS)
        same = "a.datastream_id = b.datastream_id AND a.time_us = b.time_us"
        return (
            f"(SELECT a.* FROM ({held}) a ANTI JOIN (SELECT * FROM late WHERE change > 0) b ON {same} "
            f"UNION ALL SELECT {names} FROM late WHERE change = 1 "
            f"UNION ALL SELECT {', '.join('a.' + name for name in hot.COLUMNS)} FROM late a "
            f"ANTI JOIN ({held}) b ON {same} WHERE a.change = 0) o"
        )

    def count(self) -> int:
        """Count the rows."""
        sql = f"SELECT COUNT(*) AS n FROM {self.source()} WHERE o.time_us <= %s AND {self.side.where}"
        return int(self.ask(sql, [self.cut, *self.side.params])["n"][0].as_py())

    def distinct(self, column: str) -> list[int | None]:
        """Give the different values of a column."""
        sql = f"SELECT DISTINCT {column} AS n FROM {self.source()} WHERE o.time_us <= %s AND {self.side.where}"
        found: list[int | None] = self.ask(sql, [self.cut, *self.side.params])["n"].to_pylist()
        return found

    def rows(self, limit: int, skip: int) -> list[Row]:
        """Give rows in order."""
        keys = "".join(f", {sql} AS k{place}" for place, (sql, _) in enumerate(self.side.keys))
        params = [value for _, values in self.side.keys for value in values]
        sql = (
            f"SELECT {_COLUMNS}{keys} FROM {self.source()} WHERE o.time_us <= %s AND {self.side.where} "
            f"ORDER BY {self.side.order} LIMIT {int(limit)} OFFSET {int(skip)}"
        )
        table = self.ask(sql, [*params, self.cut, *self.side.params, *params])
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True)) if len(table) else []

    def ask(self, sql: str, params: list[Any]) -> Any:
        """Ask DuckDB; what it cannot reckon is the question's fault."""
        try:
            return lake.query(for_duckdb(sql), self.tables, params, checked=False)
        except BadQuery as refusal:
            raise BadRequest(reason=str(refusal.facts.get("reason", refusal))) from refusal


def _late_table(rows: Sequence[Row]) -> Any:
    import pyarrow as pa

    kinds = [pa.int64(), pa.int64(), pa.float64(), pa.int32(), pa.int64(), pa.int64(), pa.string(), pa.int32()]
    names = [*hot.COLUMNS, "change"]
    columns = zip(*rows, strict=True)
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)], names=names)


def _whole(context: Context, table: str) -> Any:
    """Copy a small table of the database for DuckDB to look into."""
    import pyarrow as pa
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.table({name: pa.array(column) for name, column in zip(names, columns, strict=True)})


def extra_of(row: Row) -> dict[str, Any]:
    """Give what is rare about an observation."""
    return dict(json.loads(row[6])) if row[6] else {}
