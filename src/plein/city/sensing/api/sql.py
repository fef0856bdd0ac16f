"""Turn the tree of a $filter into an SQL condition, for the database and for the lake.

Nothing of the request's text reaches the SQL: names come from entities.py, values go as parameters. Each expression
carries its kind, so that comparing a text with a number is refused here and not in the database.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from plein.city.sensing.api import looking, shapes
from plein.city.sensing.api.dialects import Dialect
from plein.city.sensing.api.entities import TYPES, EntityType, Property
from plein.city.sensing.api.errors import BadRequest
from plein.city.sensing.api.filters import Call, Literal, Node, Pair, Path, Turned

COMPARED = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
MIRROR = {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
RECKONED = {"add": "+", "sub": "-", "mul": "*"}
_NAME = re.compile(r"[A-Za-z0-9_:@.-]{1,100}")


@dataclass(slots=True)
class Expr:
    """A piece of SQL. kind: number, text, truth, time, span, date, clock, duration, null, json or result."""

    sql: str
    params: list[Any]
    kind: str
    json: tuple[str, tuple[str, ...]] | None = None
    until: "Expr | None" = None


@dataclass(slots=True)
class Scope:
    """The tables that one comparison needs besides the one it is about."""

    kind: EntityType
    alias: str
    open_only: bool
    tables: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    known: dict[tuple[str, ...], tuple[EntityType, str]] = field(default_factory=dict)

    def walk(self, names: Sequence[str]) -> tuple[EntityType, str]:
        """Go along relations and give where that ends: the type and its alias."""
        here: tuple[EntityType, str] = (self.kind, self.alias)
        for place, name in enumerate(names):
            key = tuple(names[: place + 1])
            if key not in self.known:
                self.known[key] = self._hop(*here, name)
            here = self.known[key]
        return here

    def _hop(self, kind: EntityType, alias: str, name: str) -> tuple[EntityType, str]:
        relation = kind.relations[name]
        target = TYPES[relation.target]
        if target.name == "Observation":
            raise BadRequest(reason="other entities cannot be sorted by their Observations; sort Observations instead")
        new = f"{self.alias}_{len(self.tables)}"
        self.tables.append(f"{target.table} {new}")
        if relation.link:
            table, own, other = relation.link
            self.tables.append(f"{table} {new}_l")
            self.conditions.append(f"{new}_l.{own} = {alias}.id AND {new}.id = {new}_l.{other}")
        elif relation.fk:
            self.conditions.append(f"{new}.id = {reference(kind, alias, relation.fk)}")
        else:
            self.conditions.append(f"{new}.{relation.back} = {alias}.id")
        if target.name == "Datastream" and self.open_only:
            self.conditions.append(f"{new}.openness = 'open'")
        return target, new


def _tables(scope: Scope) -> set[str]:
    """List the tables that a comparison looks into."""
    via = {"observations_datastream"} if any("observations_datastream s" in one for one in scope.conditions) else set()
    return via | {table.split()[0] for table in scope.tables}


def reference(kind: EntityType, alias: str, column: str) -> str:
    """Name a column that refers; a reading without a feature has that of its datastream."""
    if kind.name == "Observation" and column == "feature_id":
        own = f"(SELECT s.feature_id FROM observations_datastream s WHERE s.id = {alias}.datastream_id)"
        return f"COALESCE({alias}.feature_id, {own})"
    return f"{alias}.{column}"


class Conditions:
    """Writes conditions about one type of entity in one dialect."""

    def __init__(
        self,
        kind: EntityType,
        alias: str,
        dialect: Dialect,
        *,
        now_us: int,
        open_only: bool,
        holders: Callable[[str, Node], Sequence[int]],
    ) -> None:
        """holders: gives the keys of the Datastreams or FeaturesOfInterest with an Observation that meets a filter."""
        self.kind = kind
        self.alias = alias
        self.dialect = dialect
        self.now_us = now_us
        self.open_only = open_only
        self.holders = holders
        self.used: set[str] = set()

    def condition(self, node: Node) -> tuple[str, list[Any]]:
        """Write the condition that a tree says.

        Raises BadRequest.
        """
        if isinstance(node, Pair) and node.sign == "and":
            return self._all(_parts(node))
        if isinstance(node, Pair) and node.sign == "or":
            left, right = self.condition(node.left), self.condition(node.right)
            return f"({left[0]} OR {right[0]})", [*left[1], *right[1]]
        if isinstance(node, Turned) and node.sign == "not":
            sql, params = self.condition(node.side)
            return f"(NOT COALESCE({sql}, (1 = 0)))", params
        return self._together([node])

    def _all(self, nodes: Sequence[Node]) -> tuple[str, list[Any]]:
        """Write that all hold; comparisons that go along the same relation are about the same entity there."""
        plain = [node for node in nodes if not _is_logic(node)]
        written = [self._together(plain)] if plain else []
        written += [self.condition(node) for node in nodes if _is_logic(node)]
        return f"({' AND '.join(sql for sql, _ in written)})", [value for _, values in written for value in values]

    def _together(self, nodes: Sequence[Node]) -> tuple[str, list[Any]]:
        """Write comparisons that must hold at once."""
        steps = looking.way(self.kind, nodes)
        if steps:
            return self._into_observations(steps, nodes)
        scope = Scope(self.kind, self.alias, self.open_only)
        found = [_as(self, self.value(node, scope), "truth") for node in nodes]
        return self._exists(scope, found)

    def _exists(self, scope: Scope, found: Sequence[Expr]) -> tuple[str, list[Any]]:
        params = [value for one in found for value in one.params]
        if not scope.tables:
            return " AND ".join(one.sql for one in found), params
        self.used |= _tables(scope)
        within = " AND ".join([*scope.conditions, *(one.sql for one in found)])
        return f"EXISTS (SELECT 1 FROM {', '.join(scope.tables)} WHERE {within})", params

    def _into_observations(self, steps: looking.Way, nodes: Sequence[Node]) -> tuple[str, list[Any]]:
        """Write comparisons of which some are about Observations: by what holds an Observation that meets them."""
        about = [node for node in nodes if looking.goes_along(node, steps)]
        rest = [node for node in nodes if node not in about]
        holder = looking.kinds_along(self.kind, steps)[-2]
        keys = self.holders(holder.name, looking.turned_around(self.kind, steps, about))
        scope = Scope(self.kind, self.alias, self.open_only)
        _, alias = scope.walk(steps[:-1])
        column = reference(holder, alias, "id")
        written = [self._exists(scope, [Expr(*self.dialect.among(column, keys), "truth")])]
        written += [self._together(rest)] if rest else []
        return f"({' AND '.join(sql for sql, _ in written)})", [value for _, values in written for value in values]

    def order(self, node: Node) -> tuple[str, list[Any]]:
        """Write what to sort by: an expression that may go along relations to one.

        Raises BadRequest.
        """
        scope = Scope(self.kind, self.alias, self.open_only)
        expr = self.value(node, scope)
        if expr.kind in ("json", "result"):
            expr = _as(self, expr, "number" if expr.kind == "result" else "text")
        if not scope.tables:
            return expr.sql, expr.params
        self.used |= _tables(scope)
        within = " AND ".join(scope.conditions)
        return f"(SELECT MIN({expr.sql}) FROM {', '.join(scope.tables)} WHERE {within})", expr.params

    def value(self, node: Node, scope: Scope) -> Expr:
        """Write any expression."""
        if isinstance(node, Literal):
            return _literal(node)
        if isinstance(node, Path):
            return self.path(node, scope)
        if isinstance(node, Call):
            return self.call(node, scope)
        if isinstance(node, Turned):
            return self.turned(node, scope)
        return self.pair(node, scope)

    def turned(self, node: Turned, scope: Scope) -> Expr:
        """Write not and minus."""
        kind = "truth" if node.sign == "not" else "number"
        inner = self.value(node.side, scope)
        if kind == "number" and inner.kind == "duration":
            return Expr(f"(-{inner.sql})", inner.params, "duration")
        expr = _as(self, inner, kind)
        return Expr(f"({'NOT ' if kind == 'truth' else '- '}{expr.sql})", expr.params, kind)

    def pair(self, node: Pair, scope: Scope) -> Expr:
        """Write what stands between two sides."""
        if node.sign in ("and", "or"):
            left, right = (_as(self, self.value(side, scope), "truth") for side in (node.left, node.right))
            return Expr(f"({left.sql} {node.sign.upper()} {right.sql})", [*left.params, *right.params], "truth")
        if node.sign in COMPARED:
            return self.compared(node, scope)
        return _reckoned(self, node.sign, self.value(node.left, scope), self.value(node.right, scope))

    def compared(self, node: Pair, scope: Scope) -> Expr:
        """Write a comparison; those of computed values are worked out beforehand."""
        for side, other, sign in ((node.left, node.right, node.sign), (node.right, node.left, MIRROR[node.sign])):
            worked_out = self.worked_out(side, other, sign, scope)
            if worked_out is not None:
                return worked_out
        return _compared(self, node.sign, self.value(node.left, scope), self.value(node.right, scope))

    def worked_out(self, side: Node, other: Node, sign: str, scope: Scope) -> Expr | None:
        """Work out a comparison of a distance, a length, a computed period or the key of a reading."""
        if isinstance(side, Call) and side.name in shapes.MEASURES and isinstance(other, Literal):
            kind, alias, column, shape = self.shape_arguments(side, scope)
            limit = shapes.number(other)
            ids = shapes.measured(kind, column, side.name, shape, lambda found: shapes.compare(sign, found, limit))
            return Expr(*self.dialect.among(f"{alias}.id", ids), "truth")
        if isinstance(side, Path) and self.is_span(side):
            kind, alias = scope.walk(side.names[:-1])
            ids = shapes.spans_that(sign, other, of=_ends_at(self.kind, side.names)[1].of)
            return Expr(*self.dialect.among(f"{alias}.id", ids), "truth")
        if (
            sign == "eq"
            and isinstance(side, Path)
            and side.names[-1] in ("id", "@iot.id")
            and isinstance(other, Literal)
        ):
            return self.key_is(side, other, scope)
        return None

    def key_is(self, side: Path, other: Literal, scope: Scope) -> Expr | None:
        """Say that a reading has a key, so that the database can look it up."""
        kind, alias = scope.walk(side.names[:-1])
        if kind.name != "Observation" or other.kind != "text":
            return None
        found = re.fullmatch(r"(\d{1,18})-(-?\d{1,18})", other.value)
        if not found:
            return Expr("(1 = 0)", [], "truth")
        return Expr(f"({alias}.datastream_id = %s AND {alias}.time_us = %s)", [int(found[1]), int(found[2])], "truth")

    def is_span(self, node: Path) -> bool:
        """Tell whether a path ends at a computed period."""
        return _ends_at(self.kind, node.names)[1].kind == "span"

    def path(self, node: Path, scope: Scope) -> Expr:
        """Write a property, perhaps through relations and into JSON."""
        kind, found, steps, rest = _resolved(self.kind, node.names)
        _, alias = scope.walk(steps)
        if found is None:
            return _key(kind, alias)
        if rest and found.kind not in ("json", "extra", "geo", "result"):
            raise BadRequest(reason=f"{'/'.join(node.names)} goes deeper than {kind.name} does")
        if found.kind == "span":
            edges = ({pk: span[edge] for pk, span in shapes.spans(found.of).items()} for edge in (0, 1))
            since, until = (self.dialect.looked_up(f"{alias}.id", edge) for edge in edges)
            return Expr(*since, "span", until=Expr(*until, "time"))
        return _property(alias, found, rest)

    def call(self, node: Call, scope: Scope) -> Expr:
        """Write a function."""
        if node.name in shapes.RELATIONS:
            kind, alias, column, shape = self.shape_arguments(node, scope)
            pattern = node.arguments[2].value if len(node.arguments) == 3 else ""  # type: ignore[union-attr]
            ids = shapes.related(kind, column, node.name, shape, pattern)
            return Expr(*self.dialect.among(f"{alias}.id", ids), "truth")
        if node.name in shapes.PERIODS and len(node.arguments) == 2:
            return self.period(node, scope)
        writer = FUNCTIONS.get(node.name)
        if writer is None:
            raise BadRequest(reason=f"there is no function {node.name} here")
        least, most, write = writer
        if not least <= len(node.arguments) <= most:
            raise BadRequest(reason=f"{node.name} takes {least} to {most} arguments")
        return write(self, [self.value(argument, scope) for argument in node.arguments])

    def period(self, node: Call, scope: Scope) -> Expr:
        """Write before, after, meets, during, overlaps, starts and finishes."""
        first, second = node.arguments
        if isinstance(first, Path) and self.is_span(first):
            _, alias = scope.walk(first.names[:-1])
            ids = shapes.spans_that(node.name, second, of=_ends_at(self.kind, first.names)[1].of)
            return Expr(*self.dialect.among(f"{alias}.id", ids), "truth")
        left, right = (_span(self.value(side, scope)) for side in (first, second))
        return _period(node.name, left, right)

    def shape_arguments(self, node: Call, scope: Scope) -> tuple[EntityType, str, str, Any]:
        """Find the geometry of an entity and the one it is held against."""
        paths = [one for one in node.arguments if isinstance(one, Path)]
        given = [one for one in node.arguments if isinstance(one, Literal) and one.kind == "geo"]
        if len(paths) != 1 or len(given) != (0 if node.name == "geo.length" else 1):
            raise BadRequest(reason=f"{node.name} takes a location and, but for length, a geography'...'")
        kind, found, steps, rest = _resolved(self.kind, paths[0].names)
        if found is None or found.kind != "geo" or rest:
            raise BadRequest(reason=f"{'/'.join(paths[0].names)} is no geometry")
        turned = bool(given) and node.arguments[0] is given[0]
        _, alias = scope.walk(steps)
        return kind, alias, found.column, (given[0].value if given else None, turned)


def _parts(node: Node) -> list[Node]:
    """Give all that "and" joins."""
    if isinstance(node, Pair) and node.sign == "and":
        return [*_parts(node.left), *_parts(node.right)]
    return [node]


def _is_logic(node: Node) -> bool:
    return (isinstance(node, Pair) and node.sign in ("and", "or")) or (isinstance(node, Turned) and node.sign == "not")


def _ends_at(kind: EntityType, names: Sequence[str]) -> tuple[EntityType, Property]:
    kind, found, _, _ = _resolved(kind, names)
    return kind, found or Property("id", "number")


def _resolved(
    kind: EntityType, names: Sequence[str]
) -> tuple[EntityType, Property | None, Sequence[str], tuple[str, ...]]:
    """Split a path: where it ends, the property (None for the key), the relations before, the names inside JSON."""
    for place, name in enumerate(names):
        if name in kind.relations and place + 1 < len(names):
            kind = TYPES[kind.relations[name].target]
        elif name in ("id", "@iot.id") and place + 1 == len(names):
            return kind, None, names[:place], ()
        elif name in kind.properties:
            rest = tuple(names[place + 1 :])
            if not all(_NAME.fullmatch(part) for part in rest):
                raise BadRequest(reason=f"{'/'.join(names)} is no path")
            return kind, kind.properties[name], names[:place], rest
        else:
            break
    raise BadRequest(reason=f"{kind.name} has no {'/'.join(names)!r}")


def _key(kind: EntityType, alias: str) -> Expr:
    if kind.name == "Observation":
        return Expr(f"(CAST({alias}.datastream_id AS text) || '-' || CAST({alias}.time_us AS text))", [], "text")
    return Expr(f"{alias}.id", [], "number")


def _property(alias: str, found: Property, rest: tuple[str, ...]) -> Expr:
    """Write a property of a row."""
    column = f"{alias}.{found.column}"
    if found.kind in ("json", "geo"):
        return Expr("", [], "json", (column, rest))
    if found.kind == "extra":
        return Expr("", [], "json", (f"{alias}.extra", (found.column, *rest)))
    if found.kind == "result":
        return Expr(column, [], "result", (f"{alias}.extra", ("result", *rest)))
    if found.kind == "quality":
        return Expr(column, [], "number")
    return Expr(column, [], found.kind)


def _literal(node: Literal) -> Expr:
    """Write a value as a parameter of its kind."""
    value = node.value
    if node.kind == "null":
        return Expr("NULL", [], "null")
    if node.kind == "truth":
        return Expr("(1 = 1)" if value else "(1 = 0)", [], "truth")
    if node.kind == "number":
        return Expr("CAST(%s AS double precision)", [float(value)], "number")
    if node.kind in ("time", "duration"):
        return Expr("CAST(%s AS bigint)", [value], node.kind)
    if node.kind == "span":
        return Expr("CAST(%s AS bigint)", [value[0]], "span", until=Expr("CAST(%s AS bigint)", [value[1]], "time"))
    if node.kind == "geo":
        raise BadRequest(reason="a geography can only stand in a geo function")
    if "\x00" in value:
        raise BadRequest(reason="a text cannot hold a null character")
    return Expr("CAST(%s AS text)", [value], node.kind)


def _as(writer: Conditions, expr: Expr, kind: str) -> Expr:
    """Read an expression as a kind: what stands in JSON takes the kind it is asked for.

    Raises BadRequest.
    """
    if expr.kind == "result" and kind == "number" and expr.json and len(expr.json[1]) == 1:
        return Expr(expr.sql, expr.params, "number")
    if expr.kind in ("json", "result") and expr.json and kind in ("text", "number", "truth"):
        read = {
            "text": writer.dialect.json_text,
            "number": writer.dialect.json_number,
            "truth": writer.dialect.json_truth,
        }
        return Expr(*read[kind](*expr.json), kind)
    if expr.kind in ("null", kind) or (kind == "text" and expr.kind in ("date", "clock")):
        return expr
    raise BadRequest(reason=f"a {kind} is needed where a {expr.kind} stands")


def _pair_of_kinds(writer: Conditions, left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Read two sides as the same kind."""
    loose = ("json", "result")
    if left.kind in loose and right.kind in loose:
        both = "number" if "result" in (left.kind, right.kind) else "text"
        return _as(writer, left, both), _as(writer, right, both)
    if left.kind in loose:
        return _as(writer, left, _plain(right.kind)), right
    if right.kind in loose:
        return left, _as(writer, right, _plain(left.kind))
    same = (
        left.kind == right.kind
        or {left.kind, right.kind} <= {"text", "date", "clock"}
        or "null" in (left.kind, right.kind)
    )
    if not same:
        raise BadRequest(reason=f"a {left.kind} cannot be held against a {right.kind}")
    return left, right


def _plain(kind: str) -> str:
    return "text" if kind in ("date", "clock", "null") else kind


def _compared(writer: Conditions, sign: str, left: Expr, right: Expr) -> Expr:
    """Write a comparison of two values."""
    if "span" in (left.kind, right.kind):
        return _compared_spans(sign, _span(left), _span(right))
    if (left.kind == "date" and right.kind == "time") or (left.kind == "time" and right.kind == "date"):
        left, right = _dated(writer, left), _dated(writer, right)
    if "null" in (left.kind, right.kind):
        return _nothing(writer, sign, left if right.kind == "null" else right)
    left, right = _pair_of_kinds(writer, left, right)
    return Expr(f"({left.sql} {COMPARED[sign]} {right.sql})", [*left.params, *right.params], "truth")


def _dated(writer: Conditions, expr: Expr) -> Expr:
    return Expr(writer.dialect.date(expr.sql), expr.params, "date") if expr.kind == "time" else expr


def _nothing(writer: Conditions, sign: str, side: Expr) -> Expr:
    """Write a comparison with null."""
    if side.kind == "null":
        return Expr("(1 = 1)" if sign in ("eq", "ge", "le") else "(1 = 0)", [], "truth")
    if sign not in ("eq", "ne"):
        return Expr("(1 = 0)", [], "truth")
    test = f"IS {'NOT ' if sign == 'ne' else ''}NULL"
    if side.kind == "result":
        inner = _as(writer, side, "text")
        joined = "OR" if sign == "ne" else "AND"
        return Expr(f"({side.sql} {test} {joined} {inner.sql} {test})", inner.params, "truth")
    side = _as(writer, side, "text") if side.kind == "json" else side
    return Expr(f"({side.sql} {test})", side.params, "truth")


def _span(expr: Expr) -> tuple[Expr, Expr]:
    """Give start and end of a period; of a moment both are the same."""
    if expr.kind not in ("time", "span"):
        raise BadRequest(reason=f"a time is needed where a {expr.kind} stands")
    return expr, expr.until or expr


def _compared_spans(sign: str, left: tuple[Expr, Expr], right: tuple[Expr, Expr]) -> Expr:
    """Compare periods: greater is after the end, less is before the start, equal has both ends."""
    pairs = {
        "gt": [(left[0], ">=", right[1])],
        "ge": [(left[0], ">=", right[0])],
        "lt": [(left[1], "<=", right[0])],
        "le": [(left[1], "<=", right[1])],
        "eq": [(left[0], "=", right[0]), (left[1], "=", right[1])],
        "ne": [(left[0], "=", right[0]), (left[1], "=", right[1])],
    }[sign]
    return _all(pairs, turned=sign == "ne")


def _period(name: str, left: tuple[Expr, Expr], right: tuple[Expr, Expr]) -> Expr:
    """Write how two periods lie."""
    pairs = {
        "before": [(left[1], "<", right[0])],
        "after": [(left[0], ">", right[1])],
        "meets": [(left[1], "=", right[0])],
        "during": [(left[0], ">=", right[0]), (left[1], "<=", right[1])],
        "overlaps": [(left[0], "<=", right[1]), (left[1], ">=", right[0])],
        "starts": [(left[0], "=", right[0])],
        "finishes": [(left[1], "=", right[1])],
    }[name]
    return _all(pairs)


def _all(pairs: Sequence[tuple[Expr, str, Expr]], turned: bool = False) -> Expr:
    sql = " AND ".join(f"{left.sql} {sign} {right.sql}" for left, sign, right in pairs)
    params = [value for left, _, right in pairs for value in (*left.params, *right.params)]
    return Expr(f"({'NOT ' if turned else ''}({sql}))", params, "truth")


def _reckoned(writer: Conditions, sign: str, left: Expr, right: Expr) -> Expr:
    """Write arithmetic: numbers, and moments with durations."""
    if "time" in (left.kind, right.kind) or "duration" in (left.kind, right.kind):
        return _shifted(sign, left, right)
    left, right = _as(writer, left, "number"), _as(writer, right, "number")
    one, other = f"CAST({left.sql} AS double precision)", f"CAST({right.sql} AS double precision)"
    if sign in RECKONED:
        return Expr(f"({one} {RECKONED[sign]} {other})", [*left.params, *right.params], "number")
    if sign == "div":
        return Expr(f"({one} / NULLIF({other}, 0))", [*left.params, *right.params], "number")
    whole = f"CAST({one} / NULLIF({other}, 0) AS bigint)"
    if writer.dialect.name != "sqlite":
        whole = f"trunc({one} / NULLIF({other}, 0))"
    params = [*left.params, *left.params, *right.params, *right.params]
    return Expr(f"({one} - {whole} * {other})", params, "number")


def _shifted(sign: str, left: Expr, right: Expr) -> Expr:
    """Add a duration to a moment, or take one moment from another."""
    kinds = {
        ("add", "time", "duration"): "time",
        ("add", "duration", "time"): "time",
        ("sub", "time", "duration"): "time",
        ("sub", "time", "time"): "duration",
        ("add", "duration", "duration"): "duration",
        ("sub", "duration", "duration"): "duration",
    }
    kind = kinds.get((sign, left.kind, right.kind))
    if kind is None:
        raise BadRequest(reason=f"{sign} does not go between a {left.kind} and a {right.kind}")
    return Expr(f"({left.sql} {RECKONED[sign]} {right.sql})", [*left.params, *right.params], kind)


Write = Callable[[Conditions, list[Expr]], Expr]


def _text(form: str, kind: str = "text") -> Write:
    """Make the writer of a function of texts; {0} and {1} stand for its arguments."""

    def write(writer: Conditions, arguments: list[Expr]) -> Expr:
        texts = [_as(writer, one, "text") for one in arguments]
        order = [int(place) for place in re.findall(r"\{(\d)\}", form)]
        params = [value for place in order for value in texts[place].params]
        return Expr(form.format(*(one.sql for one in texts)), params, kind)

    return write


def _found(offset: int, swapped: bool, kind: str) -> Write:
    def write(writer: Conditions, arguments: list[Expr]) -> Expr:
        whole, part = (_as(writer, one, "text") for one in (reversed(arguments) if swapped else arguments))
        place = writer.dialect.contains(whole.sql, part.sql)
        sql = f"({place} > 0)" if kind == "truth" else f"({place} - {offset})"
        return Expr(sql, [*whole.params, *part.params], kind)

    return write


def _substring(writer: Conditions, arguments: list[Expr]) -> Expr:
    text = _as(writer, arguments[0], "text")
    numbers = [_as(writer, one, "number") for one in arguments[1:]]
    start = f"CAST({numbers[0].sql} AS integer) + 1"
    params = [*text.params, *numbers[0].params]
    if len(numbers) == 1:
        return Expr(f"substr({text.sql}, {start})", params, "text")
    size = f"CASE WHEN {numbers[1].sql} > 0 THEN CAST({numbers[1].sql} AS integer) ELSE 0 END"
    return Expr(f"substr({text.sql}, {start}, {size})", [*params, *numbers[1].params, *numbers[1].params], "text")


def _number(form: str, kind: str = "number") -> Write:
    def write(writer: Conditions, arguments: list[Expr]) -> Expr:
        one = _as(writer, arguments[0], "number")
        sql = f"CAST({one.sql} AS double precision)"
        return Expr(form.format(sql), one.params * form.count("{0}"), kind)

    return write


def _rounded(name: str) -> Write:
    """Make the writer of floor and ceiling, which not every SQLite has."""

    def write(writer: Conditions, arguments: list[Expr]) -> Expr:
        if writer.dialect.name != "sqlite":
            return _number(f"{name}({{0}})")(writer, arguments)
        sign, side = ("-", "<") if name == "floor" else ("+", ">")
        return _number(f"(CAST({{0}} AS INTEGER) {sign} ({{0}} {side} CAST({{0}} AS INTEGER)))")(writer, arguments)

    return write


def _time_part(name: str) -> Write:
    def write(writer: Conditions, arguments: list[Expr]) -> Expr:
        moment = _as(writer, arguments[0], "time")
        return Expr(writer.dialect.time_part(name, moment.sql), moment.params, "number")

    return write


def _of_time(name: str, kind: str) -> Write:
    def write(writer: Conditions, arguments: list[Expr]) -> Expr:
        moment = _as(writer, arguments[0], "time")
        return Expr(getattr(writer.dialect, name)(moment.sql), moment.params, kind)

    return write


def _fraction(writer: Conditions, arguments: list[Expr]) -> Expr:
    moment = _as(writer, arguments[0], "time")
    return Expr(f"((({moment.sql}) %% 1000000) / 1000000.0)", moment.params, "number")


def _fixed(value: int | None, kind: str) -> Write:
    def write(writer: Conditions, arguments: list[Expr]) -> Expr:
        return Expr("CAST(%s AS bigint)", [writer.now_us if value is None else value], kind)

    return write


FUNCTIONS: dict[str, tuple[int, int, Write]] = {
    "substringof": (2, 2, _found(0, True, "truth")),
    "contains": (2, 2, _found(0, False, "truth")),
    "indexof": (2, 2, _found(1, False, "number")),
    "startswith": (2, 2, _text("(substr({0}, 1, length({1})) = {1})", "truth")),
    "endswith": (
        2,
        2,
        _text("(length({0}) >= length({1}) AND substr({0}, length({0}) - length({1}) + 1) = {1})", "truth"),
    ),
    "length": (1, 1, _text("length({0})", "number")),
    "tolower": (1, 1, _text("lower({0})")),
    "toupper": (1, 1, _text("upper({0})")),
    "trim": (1, 1, _text("trim({0})")),
    "concat": (2, 2, _text("({0} || {1})")),
    "substring": (2, 3, _substring),
    "round": (1, 1, _number("round({0})")),
    "floor": (1, 1, _rounded("floor")),
    "ceiling": (1, 1, _rounded("ceil")),
    **{name: (1, 1, _time_part(name)) for name in ("year", "month", "day", "hour", "minute", "second")},
    "fractionalseconds": (1, 1, _fraction),
    "date": (1, 1, _of_time("date", "date")),
    "time": (1, 1, _of_time("clock", "clock")),
    "totaloffsetminutes": (1, 1, _fixed(0, "number")),
    "now": (0, 0, _fixed(None, "time")),
    "mindatetime": (0, 0, _fixed(-62_135_596_800_000_000, "time")),
    "maxdatetime": (0, 0, _fixed(253_402_300_799_999_999, "time")),
}
