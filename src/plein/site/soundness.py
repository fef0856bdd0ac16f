"""What must always hold of the house as it is built; the house tests and `plein check` ask here.

Each function returns the breaches it found, as sentences; an empty list means all is well.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from plein.foundation.rooms import Activity, Algorithm, AreaCard, MapLayer, Room, rooms
from plein.foundation.words import Text
from plein.site.options import OPTIONS, Option

Walker = Iterator[tuple[str, Callable[..., Any]]]


def _texts_of(thing: Any) -> Iterator[tuple[str, Text]]:
    """Find the bilingual texts on a sign, an activity or an offer."""
    for name in sorted(set(dir(type(thing))) | set(getattr(thing, "__dataclass_fields__", {}))):
        value = None if name.startswith("_") else getattr(thing, name, None)
        if isinstance(value, Text):
            yield name, value


def _half_said(owner: str, thing: Any) -> list[str]:
    return [
        f"{owner}: {name} lacks its {'Dutch' if not text.nl else 'English'}"
        for name, text in _texts_of(thing)
        if not text.nl or not text.en
    ]


def known_roles(signs: Iterable[Room]) -> set[str]:
    """List the role keys: the general ones and those on the signs."""
    from plein.foundation.identity.roles import GENERAL

    return {role.key for role in GENERAL} | {role.key for room in signs for role in room.roles} | {"system"}


def contract_keys(room: Room) -> set[str]:
    """List the products for which a room keeps a contract."""
    files = (Path(room.path) / "contracts").glob("*.odcs.yaml")
    names = (path.name.removesuffix(".odcs.yaml").removeprefix(f"{room.label}.") for path in files)
    return {f"{room.label}.{name}" for name in names}


def _activity_breaches(room: Room, activity: Activity, *, products: set[str], roles: set[str]) -> list[str]:
    breaches = _half_said(f"{room.label}: activity {activity.key}", activity)
    folder = room.name.rpartition(".")[2]  # the label, but where a package of others has that label already
    if not activity.key.startswith(f"{folder}."):
        breaches.append(f"{room.label}: activity {activity.key} does not start with {folder}.")
    if not re.fullmatch(r"6\.1\.[a-f]", activity.legal_basis):
        breaches.append(f"{room.label}: activity {activity.key} has no legal basis of AVG art. 6")
    named = {*activity.products, *activity.columns, *activity.rows} - {"*"}
    breaches += [f"{room.label}: {activity.key} names {name}, which has no contract" for name in named - products]
    unknown = {*activity.roles, activity.owner.removeprefix("role:")} - roles
    return breaches + [f"{room.label}: {activity.key} names the role {role}, which nobody has" for role in unknown]


def _algorithm_breaches(room: Room, algorithm: Algorithm, *, products: set[str], roles: set[str]) -> list[str]:
    who = f"{room.label}: algorithm {algorithm.key}"
    breaches = _half_said(who, algorithm)
    breaches += [f"{who} does not start with {room.label}."] * (not algorithm.key.startswith(f"{room.label}."))
    breaches += [f"{who} has no legal basis of AVG art. 6"] * (not re.fullmatch(r"6\.1\.[a-f]", algorithm.legal_basis))
    breaches += [f"{who} has no class of the AI Act"] * (algorithm.risk not in ("none", "minimal", "limited", "high"))
    breaches += [f"{who} names {name}, which has no contract" for name in set(algorithm.products) - products]
    known = {activity.key for activity in room.activities}
    breaches += [f"{who} names an activity that is not on the sign"] * bool({algorithm.activity} - known - {""})
    return breaches + [f"{who} has an owner that is no role"] * (algorithm.owner.removeprefix("role:") not in roles)


def _offer_breaches(room: Room, offer: Any, *, products: set[str]) -> list[str]:
    """Hold one offer against the house; what draws data says of which products, so that only open data goes public."""
    who = f"{room.label}: {type(offer).__name__} {getattr(offer, 'key', '') or offer.title.en}"
    breaches = _half_said(f"{room.label}: {type(offer).__name__}", offer)
    if isinstance(offer, MapLayer | AreaCard):
        breaches += [f"{who} does not say which products it draws"] * (not offer.products)
        breaches += [f"{who} draws {key}, which has no contract" for key in set(offer.products) - products]
    return breaches


def _right_breaches(label: str, rights: Iterable[str], titles: Mapping[str, Text]) -> list[str]:
    """Hold that every right has a title in both languages, and that no title stands for a right that is gone."""
    without = [f"{label}: right {right} has no title" for right in sorted(set(rights) - set(titles))]
    gone = [f"{label}: {right} has a title and is no right" for right in sorted(set(titles) - set(rights))]
    half = [
        f"{label}: the title of {right} is half said" for right, title in titles.items() if not title.nl or not title.en
    ]
    return without + gone + half


def general_breaches() -> list[str]:
    """Hold the rights of the foundation itself against their titles."""
    from plein.foundation.identity.roles import RIGHT_TITLES, RIGHTS

    return _right_breaches("foundation", RIGHTS, RIGHT_TITLES)


def sign_breaches(signs: Iterable[Room] | None = None) -> list[str]:
    """Hold each sign against the room behind it: texts, roles, contracts, activities, rights."""
    signs = list(rooms() if signs is None else signs)
    roles = known_roles(signs)
    products = {key for room in signs for key in contract_keys(room)}
    breaches: list[str] = []
    for room in signs:
        breaches += _half_said(room.label, room)
        if room.owner.removeprefix("role:") not in roles:
            breaches.append(f"{room.label}: its owner {room.owner} is no role")
        breaches += [f"{room.label}: {key} has no contract" for key in set(room.products) - contract_keys(room)]
        breaches += [f"{room.label}: {key} is not on the sign" for key in contract_keys(room) - set(room.products)]
        for activity in room.activities:
            breaches += _activity_breaches(room, activity, products=products, roles=roles)
        for algorithm in room.algorithms:
            breaches += _algorithm_breaches(room, algorithm, products=products, roles=roles)
        breaches += _right_breaches(room.label, room.rights, room.right_titles)
        for right, holders in room.rights.items():
            breaches += [f"{room.label}: right {right} is given to {role}" for role in set(holders) - roles]
        for offer in room.offers():
            breaches += _offer_breaches(room, offer, products=products)
    return breaches


def table_links(models: Iterable[type[Model]] | None = None) -> dict[str, set[str]]:
    """Map each table to the other tables it points to. A table that points to itself is a tree, not a circle."""
    return {
        model._meta.label: {
            field.related_model._meta.label
            for field in model._meta.get_fields()
            if field.is_relation and not field.auto_created and isinstance(field.related_model, type)
            # a relation to any table at all has no model to name
        }
        - {model._meta.label}
        for model in (apps.get_models() if models is None else models)
    }


def circles(links: Mapping[str, set[str]]) -> list[str]:
    """Find tables from which one can walk back to themselves."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        todo = list(links.get(start, ()))
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                todo += links.get(here, ())
        return seen

    return [f"{table} stands in a circle of tables" for table in sorted(links) if table in reached(table)]


def addresses(patterns: Iterable[URLPattern | URLResolver] | None = None, before: str = "/") -> Walker:
    """Walk all addresses: the route as text and the view behind it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def unguarded(walker: Walker | None = None) -> list[str]:
    """Find addresses whose view has no access rule."""
    return [f"{route} has no access rule" for route, view in walker or addresses() if not hasattr(view, "access")]


def settings_page(options: Iterable[Option] = OPTIONS) -> str:
    """Write the page of settings, from the list of settings."""
    head = (
        "# Settings\n\nSet them as environment variables, or in `plein.env` in the data directory. "
        "This page is made from `plein/site/options.py`.\n\n| setting | default | what it does |\n|---|---|---|\n"
    )
    rows = [f"| `PLEIN_{o.name}` | {f'`{o.default}`' if o.default else 'empty'} | {o.sentence} |" for o in options]
    return head + "\n".join(rows) + "\n"


def undocumented(page: str, options: Iterable[Option] = OPTIONS) -> list[str]:
    """Find settings that the page does not tell about as they are."""
    rows = set(page.splitlines())
    wanted = settings_page(options).splitlines()
    return [f"{row} is not in docs/look-up/settings.md" for row in wanted if row not in rows]
