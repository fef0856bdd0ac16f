"""Query options: $filter, $expand with its own options, $select, $orderby, $top, $skip, $count, $resultFormat."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from plein.city.sensing.api import filters
from plein.city.sensing.api.entities import TYPES, EntityType
from plein.city.sensing.api.errors import BadRequest

TOP = 100
MOST = 10_000
EXPAND_DEPTH = 6


@dataclass(slots=True)
class Options:
    """What is asked of a set. top None is the usual page."""

    filter: filters.Node | None = None
    order: list[tuple[filters.Node, bool]] = field(default_factory=list)
    select: list[str] = field(default_factory=list)
    expand: dict[str, "Options"] = field(default_factory=dict)
    top: int | None = None
    skip: int = 0
    count: bool = False
    form: str = ""
    said: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Give the rows of a page."""
        return TOP if self.top is None else min(self.top, MOST)


def parse(kind: EntityType, said: Mapping[str, str]) -> Options:
    """Read the options of a request about a type of entity.

    Raises BadRequest for what is not understood; names without a dollar are left alone.
    """
    return _parse(kind, said, 0)


def _parse(kind: EntityType, said: Mapping[str, str], depth: int) -> Options:
    options = Options(said={name: text for name, text in said.items() if name.startswith("$")})
    for name, text in options.said.items():
        reader = _READERS.get(name)
        if reader is None:
            raise BadRequest(reason=f"the option {name} is not known")
        reader(options, kind, text, depth)
    return options


def _filter(options: Options, kind: EntityType, text: str, depth: int) -> None:
    options.filter = filters.parse(text)


def _order(options: Options, kind: EntityType, text: str, depth: int) -> None:
    for part in split(text, ","):
        words = part.strip().rsplit(None, 1)
        falling = len(words) == 2 and words[1].lower() == "desc"
        rising = len(words) == 2 and words[1].lower() == "asc"
        options.order.append((filters.parse(words[0] if falling or rising else part), falling))


def _select(options: Options, kind: EntityType, text: str, depth: int) -> None:
    for name in (part.strip() for part in text.split(",")):
        known = name in ("id", "@iot.id", "@iot.selfLink") or name in kind.properties or name in kind.relations
        if not known and name.split("/")[0] not in kind.properties:
            raise BadRequest(reason=f"{kind.name} has no {name!r} to select")
        options.select.append(name.split("/")[0])


def _expand(options: Options, kind: EntityType, text: str, depth: int) -> None:
    if depth >= EXPAND_DEPTH:
        raise BadRequest(reason=f"$expand is nested deeper than {EXPAND_DEPTH}")
    for part in split(text, ","):
        name, _, rest = part.strip().partition("(")
        if rest and not rest.endswith(")"):
            raise BadRequest(reason=f"$expand of {name!r} lacks a closing bracket")
        first, _, deeper = name.partition("/")
        relation = kind.relations.get(first)
        if relation is None:
            raise BadRequest(reason=f"{kind.name} has no {first!r} to expand")
        inner = _pairs(rest[:-1]) if rest else {}
        if deeper:
            inner = {"$expand": deeper + (f"({rest}" if rest else "")}
        found = _parse(TYPES[relation.target], inner, depth + 1)
        if first in options.expand and deeper:
            options.expand[first].expand.update(found.expand)
        else:
            options.expand[first] = found


def _pairs(text: str) -> dict[str, str]:
    """Read $name=value;$name=value."""
    found = {}
    for part in split(text, ";"):
        name, equals, value = part.strip().partition("=")
        if not equals or not name.startswith("$"):
            raise BadRequest(reason=f"{part!r} is not an option like $top=1")
        found[name] = value
    return found


def _top(options: Options, kind: EntityType, text: str, depth: int) -> None:
    options.top = _whole("$top", text)


def _skip(options: Options, kind: EntityType, text: str, depth: int) -> None:
    options.skip = _whole("$skip", text)


def _whole(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise BadRequest(reason=f"{name} must be a whole number of zero or more")
    return int(text)


def _count(options: Options, kind: EntityType, text: str, depth: int) -> None:
    if text not in ("true", "false"):
        raise BadRequest(reason="$count must be true or false")
    options.count = text == "true"


def _form(options: Options, kind: EntityType, text: str, depth: int) -> None:
    if text != "dataArray" or kind.name != "Observation":
        raise BadRequest(reason="$resultFormat can only be dataArray, and only of Observations")
    options.form = text


_READERS = {
    "$filter": _filter,
    "$orderby": _order,
    "$select": _select,
    "$expand": _expand,
    "$top": _top,
    "$skip": _skip,
    "$count": _count,
    "$resultFormat": _form,
}


def split(text: str, sign: str) -> list[str]:
    """Split at a sign that is not within quotes or brackets.

    Raises BadRequest.
    """
    parts, depth, quoted, start = [], 0, False, 0
    for place, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if letter == sign and depth == 0:
                parts.append(text[start:place])
                start = place + 1
    if quoted or depth:
        raise BadRequest(reason=f"quotes or brackets of {text!r} do not close")
    return [*parts, text[start:]]
