"""What everyone can know of one area: cards of rooms and its place on each layer."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from plein.foundation.errors import NotFound, Refused
from plein.foundation.geo import places
from plein.foundation.geo.models import Area
from plein.foundation.rooms import MapLayer
from plein.foundation.words import Text
from plein.insight.twin import rules
from plein.insight.twin.queries.layers import cards, layers, moments, values
from plein.insight.twin.queries.plates import outlines


@dataclass(frozen=True, slots=True)
class Card:
    """Lines of one room about an area; each line has title, value, unit, period, source and href."""

    title: Text
    lines: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an area stands on a layer. rank: 1 for the highest value of the count areas that have one."""

    layer: MapLayer
    at: date
    value: float
    rank: int
    count: int
    colour: int


def area(code: str) -> Area:
    """Give an area of our municipality, without its border.

    Raises NotFound.
    """
    found = Area.objects.filter(pk=code, gemeente_code=places.home()).exclude(kind="gemeente").defer("geometry").first()
    if found is None:
        raise NotFound(what=code[:20])
    return found


def path_to(one: Area) -> list[Area]:
    """List the areas that an area lies in, largest first, within the municipality."""
    return list(Area.objects.filter(pk=one.parent_code).exclude(kind="gemeente").defer("geometry"))


def parts_of(one: Area) -> list[Area]:
    """List the neighbourhoods of a district."""
    return list(Area.objects.filter(parent_code=one.code).defer("geometry").order_by("name"))


def cards_for(code: str, at: date) -> list[Card]:
    """Collect what rooms tell about an area; a room that cannot now is left out."""
    found = []
    for card in cards():
        try:
            lines = card.read(code, at)
        except Refused:
            continue
        if lines:
            found.append(Card(card.title, list(lines)))
    return found


def standings(one: Area, *, wanted: date | None, now: datetime) -> list[Standing]:
    """Tell how an area stands on every layer of areas that has a value for it."""
    peers = {shape.code for shape in outlines(one.kind).shapes}
    found = []
    for layer in layers(now):
        at = rules.moment_near(moments(layer, now), wanted) if layer.kind == "areas" else None
        if at is None:
            continue
        known = {
            code: value
            for code, value in values(layer, level=one.kind, at=at, now=now).items()
            if code in peers and value is not None
        }
        if one.code in known:
            mine = known[one.code]
            rank = 1 + sum(value > mine for value in known.values())
            colour = rules.class_of(mine, rules.breaks(list(known.values())))
            found.append(Standing(layer, at, mine, rank, len(known), colour))
    return found
