"""What a question about rows means: filters, sort, fields and page, read from the parameters of an address.

A filter is `column=value` or `column__operator=value`. Every page of the portal, every download and every interface
reads the same parameters, so a link that works in one works in all.
"""

import base64
import binascii
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from plein.foundation.words import Text
from plein.insight.opendata.errors import BadCursor, BadValue, TooManyConditions, UnknownColumn, UnknownOperator

Value = str | int | float | bool | date | datetime | None

OWN = frozenset({"limit", "cursor", "sort", "fields", "version", "asOf"})
ORDERED = ("eq", "ne", "lt", "lte", "gt", "gte", "in", "isnull")
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "text": (*ORDERED, "contains", "startswith"),
    "integer": ORDERED,
    "number": ORDERED,
    "boolean": ("eq", "ne", "isnull"),
    "date": ORDERED,
    "time": ORDERED,
}
NEEDED = {
    "text": Text("tekst", "text"),
    "integer": Text("een geheel getal", "a whole number"),
    "number": Text("een getal", "a number"),
    "boolean": Text("true of false", "true or false"),
    "date": Text("een dag zoals 2026-01-31", "a day such as 2026-01-31"),
    "time": Text("een moment zoals 2026-01-31T12:00:00Z", "a moment such as 2026-01-31T12:00:00Z"),
}
MOST_CONDITIONS = 20
MOST_VALUES = 200
MOST_ROWS = 1000
BIGGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Field:
    """A column as questions see it. kind: "text", "integer", "number", "boolean", "date" or "time"."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `values` has one value, more for "in"; [True] or [False] for "isnull"."""

    column: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. sort: column or "" for the order of publication; after: the mark where the page starts."""

    conditions: tuple[Condition, ...] = ()
    sort: str = ""
    descending: bool = False
    fields: tuple[str, ...] = ()
    limit: int = 100
    after: tuple[Value, int] | None = None
    text: str = field(default="", compare=False)

    @property
    def counted(self) -> tuple[Condition, ...]:
        """Give what decides the count, in a fixed order, so that equal filters share one count."""
        return tuple(sorted(self.conditions, key=repr))


def read_question(
    parameters: Iterable[tuple[str, str]],
    fields: Mapping[str, Field],
    *,
    limit: int = 100,
    most: int = MOST_ROWS,
    own_words: frozenset[str] = OWN,
) -> Question:
    """Read a question from the parameters of an address.

    parameters: (name, value) as given, repeated names kept. own_words: names that are no columns; a column of the
    same name is asked as `name__eq`.
    Raises UnknownColumn, UnknownOperator, BadValue, BadCursor, TooManyConditions.
    """
    given = [(name, value) for name, value in parameters]
    own = {name: value for name, value in given if name in own_words}
    conditions = tuple(
        read_condition(name, value, fields) for name, value in given if name not in own_words and value != ""
    )
    if len(conditions) > MOST_CONDITIONS:
        raise TooManyConditions(most=MOST_CONDITIONS)
    sort, descending = read_sort(own.get("sort", ""), fields)
    return Question(
        conditions=conditions,
        sort=sort,
        descending=descending,
        fields=read_fields(own.get("fields", ""), fields),
        limit=read_limit(own.get("limit", ""), limit, most),
        after=read_mark(own.get("cursor", ""), sort),
    )


def read_condition(name: str, text: str, fields: Mapping[str, Field]) -> Condition:
    """Read one filter.

    Raises UnknownColumn, UnknownOperator, BadValue, TooManyConditions.
    """
    column, operator = (name, "eq") if name in fields else _split(name)
    if column not in fields:
        raise UnknownColumn(column=column[:100], columns=", ".join(fields))
    kind = fields[column].kind
    if operator not in OPERATORS[kind]:
        raise UnknownOperator(column=column, operator=operator[:40], operators=", ".join(OPERATORS[kind]))
    if operator == "isnull":
        return Condition(column, operator, (_boolean(text, column),))
    texts = text.split(",") if operator == "in" else [text]
    if len(texts) > MOST_VALUES:
        raise TooManyConditions(most=MOST_VALUES)
    return Condition(column, operator, tuple(read_value(each, column, kind) for each in texts))


def _split(name: str) -> tuple[str, str]:
    column, mark, operator = name.rpartition("__")
    return (column, operator) if mark else (name, "eq")


def read_value(text: str, column: str, kind: str) -> Value:
    """Read a value of a kind.

    Raises BadValue.
    """
    try:
        return _READERS[kind](text, column)
    except (ValueError, OverflowError) as error:
        raise BadValue(value=text[:100], column=column, needed=NEEDED[kind]) from error


def _text(text: str, column: str) -> str:
    if "\x00" in text:
        raise ValueError("a text has no NUL in it")
    text.encode("utf-8")
    return text


def _integer(text: str, column: str) -> int:
    number = int(text)
    if abs(number) > BIGGEST:
        raise ValueError("too large")
    return number


def _number(text: str, column: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def _boolean(text: str, column: str) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in words:
        raise BadValue(value=text[:100], column=column, needed=NEEDED["boolean"])
    return words[text.lower()]


def _date(text: str, column: str) -> date:
    return date.fromisoformat(text)


def _time(text: str, column: str) -> datetime:
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


_READERS: Mapping[str, Callable[[str, str], Value]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "time": _time,
}


def read_sort(text: str, fields: Mapping[str, Field]) -> tuple[str, bool]:
    """Read a sort: a column, with a minus in front for descending.

    Raises UnknownColumn.
    """
    column = text.removeprefix("-")
    if column and column not in fields:
        raise UnknownColumn(column=column[:100], columns=", ".join(fields))
    return column, text.startswith("-")


def read_fields(text: str, fields: Mapping[str, Field]) -> tuple[str, ...]:
    """Read the wanted columns, split by commas; empty is all.

    Raises UnknownColumn.
    """
    wanted = tuple(dict.fromkeys(name for name in text.split(",") if name))
    for name in wanted:
        if name not in fields:
            raise UnknownColumn(column=name[:100], columns=", ".join(fields))
    return wanted


def read_limit(text: str, usual: int, most: int) -> int:
    """Read how many rows a page has, from 1 to `most`.

    Raises BadValue.
    """
    if not text:
        return usual
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= most or len(text) > 9:
        needed = Text(f"een geheel getal van 1 tot en met {most}", f"a whole number from 1 to {most}")
        raise BadValue(value=text[:100], column="limit", needed=needed)
    return int(text)


def mark(sort: str, value: Value, row: int) -> str:
    """Write the mark of the last row of a page, to go on after it."""
    plain = value.isoformat() if isinstance(value, date) else value
    return base64.urlsafe_b64encode(json.dumps([sort, plain, row]).encode()).decode().rstrip("=")


def read_mark(text: str, sort: str) -> tuple[Value, int] | None:
    """Read a mark back.

    Raises BadCursor when it is damaged or belongs to another sort.
    """
    if not text:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        sorted_by, value, row = found
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise BadCursor from error
    sound = isinstance(row, int) and not isinstance(row, bool) and abs(row) <= BIGGEST
    plain = value is None or (isinstance(value, str | float | int) and _is_storable(value))
    if sorted_by != sort or not sound or not plain:
        raise BadCursor
    return value, row


def _is_storable(value: str | float) -> bool:
    if isinstance(value, int):
        return abs(value) <= BIGGEST
    return isinstance(value, str) or math.isfinite(value)


def word(conditions: Sequence[Condition]) -> list[tuple[str, str]]:
    """Write conditions back as parameters, for links that change one thing and keep the rest."""
    return [
        (
            one.column if one.operator == "eq" and one.column not in OWN else f"{one.column}__{one.operator}",
            ",".join(_written(value) for value in one.values),
        )
        for one in conditions
    ]


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)
