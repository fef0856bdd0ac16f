"""Where and when, as OGC API Features asks it: bbox and datetime, and names for features.

Source: OGC 17-069r4, sections 7.15.3 and 7.15.4.
"""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from plein.foundation.words import Text
from plein.insight.opendata.errors import BadValue
from plein.insight.opendata.rules.asking import Condition, Field, Value, read_value

BOX = Text("west,zuid,oost,noord in graden", "west,south,east,north in degrees")
WHEN = Text(
    "een moment zoals 2026-01-31T12:00:00Z, of twee met een schuine streep ertussen",
    "a moment such as 2026-01-31T12:00:00Z, or two with a slash between",
)
Box = tuple[float, float, float, float]


def read_box(text: str) -> Box | None:
    """Read a bbox of four numbers, or six of which the heights are left out.

    Raises BadValue.
    """
    if not text:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise BadValue(value=text[:100], column="bbox", needed=BOX) from error
    if len(numbers) == 6:
        numbers = [*numbers[0:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(math.isfinite(number) for number in numbers) or numbers[1] > numbers[3]:
        raise BadValue(value=text[:100], column="bbox", needed=BOX)
    west, south, east, north = numbers
    return west, south, east, north


def in_box(box: Box, *, lon: str, lat: str) -> tuple[Condition, ...]:
    """Say that a point lies in a box; one that crosses the 180th meridian has its west east of its east."""
    west, south, east, north = box
    tall = (Condition(lat, "gte", (south,)), Condition(lat, "lte", (north,)))
    if west > east:
        return (*tall, Condition(lon, "outside", (east, west)))
    return (*tall, Condition(lon, "gte", (west,)), Condition(lon, "lte", (east,)))


def read_period(text: str, column: Field) -> tuple[Condition, ...]:
    """Read a moment or an interval, of which an end may be open, as conditions on a column.

    Raises BadValue.
    """
    if not text:
        return ()
    parts = text.split("/")
    if len(parts) == 1:
        return _at(parts[0], column)
    if len(parts) != 2 or (_is_open(parts[0]) and _is_open(parts[1])):
        raise BadValue(value=text[:100], column="datetime", needed=WHEN)
    start, end = (None if _is_open(part) else _moment(part) for part in parts)
    if start and end and start > end:
        raise BadValue(value=text[:100], column="datetime", needed=WHEN)
    found = [(start, "gte"), (end, "lte")]
    return tuple(Condition(column.name, way, (_fit(at, column),)) for at, way in found if at)


def _is_open(part: str) -> bool:
    return part in ("", "..")


def _at(part: str, column: Field) -> tuple[Condition, ...]:
    moment = _moment(part)
    if len(part) == 10 and column.kind == "time":
        return (
            Condition(column.name, "gte", (moment,)),
            Condition(column.name, "lt", (moment + timedelta(days=1),)),
        )
    return (Condition(column.name, "eq", (_fit(moment, column),)),)


def _moment(part: str) -> datetime:
    try:
        if len(part) == 10:
            return datetime.combine(date.fromisoformat(part), time(), UTC)
        moment = datetime.fromisoformat(part.replace(" ", "+"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadValue(value=part[:100], column="datetime", needed=WHEN) from error


def _fit(moment: datetime, column: Field) -> Value:
    return moment.date() if column.kind == "date" else moment


def feature_id(values: Sequence[object]) -> str:
    """Name a feature by the values of its key, so that the name stays the same in the next version."""
    return "~".join(_escaped(value) for value in values)


def _escaped(value: object) -> str:
    return str(value).replace("%", "%25").replace("~", "%7E").replace("/", "%2F")


def read_feature_id(text: str, keys: Sequence[Field]) -> tuple[Condition, ...] | None:
    """Read the name of a feature back as conditions on its key; None when it is no such name."""
    parts = text.split("~")
    if len(parts) != len(keys):
        return None
    try:
        return tuple(
            Condition(key.name, "eq", (read_value(_unescaped(part), key.name, key.kind),))
            for key, part in zip(keys, parts, strict=True)
        )
    except BadValue:
        return None


def _unescaped(part: str) -> str:
    return part.replace("%2F", "/").replace("%7E", "~").replace("%25", "%")
