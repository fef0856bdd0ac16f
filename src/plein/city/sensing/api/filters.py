"""Read $filter and $orderby into a tree.

A parser of our own, after the grammar of OData 4.0 as SensorThings 1.1 uses it: forty lines of grammar would need as
many of tree building, and the refusals here say what was expected where.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from plein.city.sensing.api.errors import BadRequest
from plein.foundation.errors import Refused
from plein.foundation.observations import times

DEPTH = 60
LENGTH = 20_000
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<geo>geography'(?:[^']|'')*') | (?P<duration>duration'[^']*') | (?P<text>'(?:[^']|'')*')
    | (?P<time>\d{4}-\d\d-\d\d(?:T[0-9:.,]+(?:Z|[+-]\d\d(?::?\d\d)?)?)?
        (?:/\d{4}-\d\d-\d\dT[0-9:.,]+(?:Z|[+-]\d\d(?::?\d\d)?)?)?)
    | (?P<clock>\d\d:\d\d:\d\d(?:\.\d+)?)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<word>[@A-Za-z_][A-Za-z0-9_.:@-]*(?:/[@A-Za-z0-9_$][A-Za-z0-9_.:@$-]*)*)
    | (?P<sign>[(),-])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A value: kind is number, text, truth, time, span (two moments), clock, duration, geo or null."""

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Path:
    """A property, perhaps through relations: Datastream/Thing/name."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of arguments."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides and what stands between: and, or, eq, ne, gt, ge, lt, le, add, sub, mul, div, mod."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Turned:
    """One side and what stands before it: not or minus."""

    sign: str
    side: "Node"


Node = Literal | Path | Call | Pair | Turned
_LEVELS: Sequence[tuple[str, ...]] = (
    ("or",),
    ("and",),
    ("eq", "ne"),
    ("gt", "ge", "lt", "le"),
    ("add", "sub"),
    ("mul", "div", "mod"),
)
_PERIOD = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


class _Parser:
    """Walks the tokens of one expression."""

    def __init__(self, text: str) -> None:
        if len(text) > LENGTH:
            raise BadRequest(reason=f"the expression is longer than {LENGTH} characters")
        self.tokens = _tokens(text)
        self.place = 0
        self.depth = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.place += 1
        return token

    def expect(self, sign: str) -> None:
        kind, text = self.take()
        if (kind, text) != ("sign", sign):
            raise BadRequest(reason=f"expected {sign} but found {text or 'the end'}")

    def level(self, number: int = 0) -> Node:
        if number == len(_LEVELS):
            return self.turned()
        left = self.level(number + 1)
        while self.peek() in [("word", sign) for sign in _LEVELS[number]]:
            _, sign = self.take()
            left = Pair(sign, left, self.level(number + 1))
        return left

    def turned(self) -> Node:
        self.depth += 1
        if self.depth > DEPTH:
            raise BadRequest(reason=f"the expression is nested deeper than {DEPTH}")
        try:
            return self._turned()
        finally:
            self.depth -= 1

    def _turned(self) -> Node:
        token = self.peek()
        if token == ("word", "not"):
            self.take()
            return Turned("not", self.turned())
        if token == ("sign", "-"):
            self.take()
            return Turned("minus", self.turned())
        if token == ("sign", "("):
            self.take()
            inner = self.level()
            self.expect(")")
            return inner
        return self.single()

    def single(self) -> Node:
        kind, text = self.take()
        if kind == "word":
            return self.word(text)
        if kind in ("end", "sign"):
            raise BadRequest(reason=f"expected a value but found {text or 'the end'}")
        return _literal(kind, text)

    def word(self, text: str) -> Node:
        if self.peek() == ("sign", "("):
            self.take()
            return Call(text, self.arguments())
        if text in ("true", "false"):
            return Literal("truth", text == "true")
        if text == "null":
            return Literal("null", None)
        return Path(tuple(text.split("/")))

    def arguments(self) -> tuple[Node, ...]:
        found: list[Node] = []
        if self.peek() == ("sign", ")"):
            self.take()
            return ()
        while True:
            found.append(self.level())
            kind, text = self.take()
            if (kind, text) == ("sign", ")"):
                return tuple(found)
            if (kind, text) != ("sign", ","):
                raise BadRequest(reason=f"expected , or ) but found {text or 'the end'}")


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if not match or match.end() == place:
            raise BadRequest(reason=f"{text[place : place + 20]!r} is not understood")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        place = match.end()
    return found


def _literal(kind: str, text: str) -> Literal:
    if kind == "number":
        return Literal("number", float(text) if re.search(r"[.eE]", text) else int(text))
    if kind == "text":
        return Literal("text", text[1:-1].replace("''", "'"))
    if kind == "geo":
        return Literal("geo", geometry(text[len("geography'") : -1].replace("''", "'")))
    if kind == "duration":
        return Literal("duration", _duration(text[len("duration'") : -1]))
    if kind == "clock":
        return Literal("clock", text)
    return _moment(text)


def _moment(text: str) -> Literal:
    """Read a moment, an interval or a bare date."""
    if "T" not in text:
        return Literal("date", text)
    try:
        since, until = times.parse_interval(text)
    except Refused as refusal:
        raise BadRequest(reason=f"{text!r} is not a time") from refusal
    return Literal("time", since) if until is None else Literal("span", (since, until))


def _duration(text: str) -> int:
    """Read an ISO 8601 duration of days and less into microseconds."""
    found = _PERIOD.fullmatch(text)
    if not found or text in ("P", "-P"):
        raise BadRequest(reason=f"{text!r} is not a duration such as P1D or PT5M")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
    size = round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1e6)
    return -size if found[1] else size


def geometry(text: str) -> Any:
    """Read well-known text into a shape."""
    import shapely

    try:
        return shapely.from_wkt(text.split(";", 1)[-1])
    except shapely.errors.ShapelyError as error:
        raise BadRequest(reason=f"{text[:40]!r} is not a geometry in well-known text") from error


def parse(text: str) -> Node:
    """Read an expression.

    Raises BadRequest.
    """
    parser = _Parser(text)
    node = parser.level()
    kind, rest = parser.peek()
    if kind != "end":
        raise BadRequest(reason=f"{rest!r} was not expected")
    return node
