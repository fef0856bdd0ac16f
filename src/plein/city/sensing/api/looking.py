"""A filter that looks from another entity into its Observations: Things?$filter=Datastreams/Observations/result gt 5.

Observations are in two places, so no join can reach them. Such comparisons are turned around: written as a filter of
Observations, answered there, and brought back as the datastreams or features that have an observation that meets them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce

from plein.city.sensing.api.entities import TYPES, EntityType
from plein.city.sensing.api.errors import BadRequest
from plein.city.sensing.api.filters import Call, Literal, Node, Pair, Path, Turned

Way = tuple[str, ...]


def paths(node: Node) -> Iterator[Path]:
    """Walk the paths in a tree."""
    if isinstance(node, Path):
        yield node
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from paths(argument)
    elif isinstance(node, Turned):
        yield from paths(node.side)
    elif isinstance(node, Pair):
        yield from paths(node.left)
        yield from paths(node.right)


def way(kind: EntityType, nodes: Sequence[Node]) -> Way | None:
    """Give the relations that lead to Observations, the first that a path among these goes; None when none does."""
    for node in nodes:
        for path in paths(node):
            found = _way(kind, path.names)
            if found:
                return found
    return None


def _way(kind: EntityType, names: Sequence[str]) -> Way | None:
    for place, name in enumerate(names[:-1]):
        relation = kind.relations.get(name)
        if relation is None:
            return None
        if relation.target == "Observation":
            return tuple(names[: place + 1])
        kind = TYPES[relation.target]
    return None


def kinds_along(kind: EntityType, steps: Way) -> list[EntityType]:
    """Give the types on a way: where it begins, and where each step leads."""
    found = [kind]
    for name in steps:
        found.append(TYPES[found[-1].relations[name].target])
    return found


def goes_along(node: Node, steps: Way) -> bool:
    """Tell whether a comparison is about something on the way to Observations, so about the same observation."""
    return any(path.names[0] == steps[0] and len(path.names) > 1 for path in paths(node))


def turned_around(kind: EntityType, steps: Way, nodes: Sequence[Node]) -> Node:
    """Write comparisons about an entity as one filter of its Observations.

    Raises BadRequest where no way leads back from an Observation to one entity.
    """
    return reduce(lambda left, right: Pair("and", left, right), [_moved(kind, steps, node) for node in nodes])


def _moved(kind: EntityType, steps: Way, node: Node) -> Node:
    if isinstance(node, Path):
        return Path(_from_observation(kind, steps, node.names))
    if isinstance(node, Call):
        return replace(node, arguments=tuple(_moved(kind, steps, one) for one in node.arguments))
    if isinstance(node, Turned):
        return replace(node, side=_moved(kind, steps, node.side))
    if isinstance(node, Pair):
        return replace(node, left=_moved(kind, steps, node.left), right=_moved(kind, steps, node.right))
    assert isinstance(node, Literal)
    return node


def _from_observation(kind: EntityType, steps: Way, names: tuple[str, ...]) -> tuple[str, ...]:
    """Write a path that begins at an entity as one that begins at its observation."""
    shared = 0
    while shared < len(steps) and shared < len(names) - 1 and names[shared] == steps[shared]:
        shared += 1
    along = kinds_along(kind, steps)
    back: list[str] = []
    for place in range(len(steps), shared, -1):
        back.append(_way_back(along[place], along[place - 1]))
    return (*back, *names[shared:])


def _way_back(kind: EntityType, target: EntityType) -> str:
    """Name the relation to the one entity that another belongs to."""
    for name, relation in kind.relations.items():
        if relation.target == target.name and not relation.many:
            return name
    raise BadRequest(
        reason=f"a {kind.name} can have several {target.set_name}, so their properties cannot be held against "
        "Observations in one comparison; ask in two steps"
    )
