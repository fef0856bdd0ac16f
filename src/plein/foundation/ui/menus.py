"""The menus, made of what the rooms offer."""

from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse

from plein.foundation.identity.actors import Actor
from plein.foundation.rooms import MenuEntry, offers
from plein.foundation.words import Text


@dataclass(frozen=True)
class Entry:
    """A link in a menu; `current` when the page lies under it."""

    title: Text
    href: str
    current: bool


@cache
def _entries() -> tuple[MenuEntry, ...]:
    """Collect the entries of all rooms, once per process: signs do not change while it runs."""
    return tuple(offers(MenuEntry))


def _links(entries: list[MenuEntry], path: str) -> list[Entry]:
    found = []
    for entry in entries:
        try:
            href = reverse(entry.url_name)
        except NoReverseMatch:  # A house test names the sign that promises a page it does not have.
            continue
        found.append((entry.title, href))
    under = [href for _, href in found if path.startswith(href)]
    nearest = max(under, key=len, default=None)
    return [Entry(title, href, href == nearest) for title, href in found]


def main_menu(path: str) -> list[Entry]:
    """List the links for everyone."""
    return _links([entry for entry in _entries() if entry.audience == "everyone"], path)


def foot_menu(path: str) -> list[Entry]:
    """List the links at the foot of every page: how the municipality answers for what it does."""
    return _links([entry for entry in _entries() if entry.audience == "foot"], path)


def staff_menu(path: str, *, actor: Actor) -> list[Entry]:
    """List the links for this member of staff: those for all staff and those for its roles."""
    if actor.kind != "staff":
        return []
    audiences = {"staff", *actor.roles}
    return _links([entry for entry in _entries() if entry.audience in audiences], path)
