"""Addresses: Things(1)/Datastreams(2)/Observations/$ref read into steps."""

import re
from dataclasses import dataclass

from plein.city.sensing.api.entities import SETS, TYPES, EntityType
from plein.city.sensing.api.errors import NoSuchAddress

_SEGMENT = re.compile(r"(\$?[A-Za-z]+)(?:\((-?\d{1,18}|'(?:[^']|'')*')\))?")
_OBSERVATION = re.compile(r"(\d{1,18})-(-?\d{1,18})")
Key = int | tuple[int, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: an entity set, or a relation from the step before; key is given where one of it is picked."""

    kind: EntityType
    relation: str = ""
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request points: steps, then perhaps a property, $value or $ref. No steps is the root."""

    steps: tuple[Step, ...] = ()
    part: str = ""
    value: bool = False
    ref: bool = False
    deeper: tuple[str, ...] = ()

    @property
    def kind(self) -> EntityType:
        """Give the type of what the address ends at."""
        return self.steps[-1].kind

    @property
    def is_set(self) -> bool:
        """Tell whether the address ends at a set and not at one entity."""
        last = self.steps[-1]
        if last.key is not None:
            return False
        return not last.relation or self.steps[-2].kind.relations[last.relation].many


def key_of(kind: EntityType, text: str) -> Key:
    """Read the key of an entity; of an observation it is 'datastream-microseconds'.

    Raises NoSuchAddress.
    """
    bare = text[1:-1].replace("''", "'") if text.startswith("'") else text
    if kind.name == "Observation":
        found = _OBSERVATION.fullmatch(bare)
        if found:
            return int(found[1]), int(found[2])
    elif re.fullmatch(r"-?\d{1,18}", bare):
        return int(bare)
    raise NoSuchAddress(address=f"{kind.set_name}({text})")


def said_key(kind: EntityType, key: Key) -> str:
    """Write the key as it stands between the brackets of an address."""
    return str(key) if isinstance(key, int) else f"'{key[0]}-{key[1]}'"


def parse(path: str) -> Address:
    """Read the part of an address after the root of the interface.

    Raises NoSuchAddress.
    """
    segments = [segment for segment in path.split("/") if segment]
    if not segments:
        return Address()
    steps: list[Step] = []
    for place, segment in enumerate(segments):
        step = _step(segment, steps[-1] if steps else None, path)
        if step is None:
            return _end(tuple(steps), segments[place:], path)
        if steps and not _is_one(steps):
            raise NoSuchAddress(address=path)
        steps.append(step)
    return Address(tuple(steps))


def _is_one(steps: list[Step]) -> bool:
    return not Address(tuple(steps)).is_set


def _step(segment: str, before: Step | None, path: str) -> Step | None:
    """Read one step; None when the segment is no step but an end."""
    found = _SEGMENT.fullmatch(segment)
    if not found:
        raise NoSuchAddress(address=path)
    name, key = found[1], found[2]
    if before is None:
        if name not in SETS:
            raise NoSuchAddress(address=path)
        return Step(SETS[name], "", key_of(SETS[name], key) if key else None)
    relation = before.kind.relations.get(name)
    if relation is None:
        if key:
            raise NoSuchAddress(address=path)
        return None
    kind = TYPES[relation.target]
    if key and not relation.many:
        raise NoSuchAddress(address=path)
    return Step(kind, name, key_of(kind, key) if key else None)


def _end(steps: tuple[Step, ...], rest: list[str], path: str) -> Address:
    """Read what follows the steps: $ref, a property, parts of a property, $value."""
    if not steps:
        raise NoSuchAddress(address=path)
    if rest == ["$ref"]:
        return Address(steps, ref=True)
    one = not Address(steps).is_set
    name, *more = rest
    if not one or (name not in steps[-1].kind.properties and name not in ("id", "@iot.id")):
        raise NoSuchAddress(address=path)
    value = bool(more) and more[-1] == "$value"
    deeper = tuple(more[:-1] if value else more)
    if deeper and steps[-1].kind.properties[name].kind not in ("json", "geo", "extra"):
        raise NoSuchAddress(address=path)
    return Address(steps, part=name, value=value, deeper=deeper)
