"""The access rule of every address. A view without one fails the house test.

Put exactly one on each view: `@everyone`, `@staff_only`, `@roles("analyst")`, `@rights("sensing.register")`,
`@resident_only` (residents and organisations) or `@resident_level("substantial")`.
Classes (ninja, allauth) get theirs through `with_access`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from plein.foundation.errors import NotAllowed, NotKnown
from plein.foundation.identity.actors import ANONYMOUS, Actor, can
from plein.foundation.identity.errors import ForResidents, ForStaff
from plein.foundation.identity.levels import reaches

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in: everyone, any staff, staff with one of the roles, whoever has the right, or residents.

    level: how sure the login provider must be of a resident, see levels.py; "" is any.
    """

    audience: str
    roles: frozenset[str] = frozenset()
    right: str = ""
    level: str = ""

    def admits(self, actor: Actor) -> bool:
        """Tell whether the actor may come in."""
        if self.audience == "everyone":
            return True
        if self.right:
            return can(actor, self.right)
        if self.audience == "resident":
            return is_from_outside(actor) and reaches(actor.facts.get("level", ""), self.level)
        return actor.kind == "staff" and (not self.roles or bool(actor.roles & self.roles))


def is_from_outside(actor: Actor) -> bool:
    """Tell whether the actor is a resident or an organisation."""
    return actor.kind in ("resident", "organisation")


def actor_of(request: HttpRequest) -> Actor:
    """Give the actor behind a request; anonymous when nobody is logged in."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def with_access(access: Access, view: View) -> View:
    """Guard a view: anonymous visitors of a closed page go to the login page, others without the right are refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = actor_of(request)
        if access.admits(actor):
            return view(request, *args, **kwargs)
        return _turned_away(request, access, actor)

    guarded.access = access  # type: ignore[attr-defined]
    return guarded


def _turned_away(request: HttpRequest, access: Access, actor: Actor) -> HttpResponseBase:
    """Send who can still log in, or log in with more certainty, to the page for that.

    Raises NotKnown, NotAllowed, ForResidents, ForStaff.
    """
    is_page, is_resident = not request.path.startswith("/api/"), access.audience == "resident"
    if actor.kind == "anonymous" and not is_page:
        raise NotKnown()
    if is_resident and is_page and (actor.kind == "anonymous" or is_from_outside(actor)):
        return redirect_to_login(_way_back(request), _login_page(access.level))
    if actor.kind == "anonymous":
        return redirect_to_login(request.get_full_path())
    if is_resident:
        raise ForResidents()
    if is_from_outside(actor):
        raise ForStaff()
    raise NotAllowed(right=access.right or ", ".join(sorted(access.roles)) or access.audience)


def _way_back(request: HttpRequest) -> str:
    """Give the page to go to after logging in: never one that only takes what was typed."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else request.path


def _login_page(level: str) -> str:
    page = reverse("identity:resident-login")
    return f"{page}?level={level}" if level else page


def everyone(view: View) -> View:
    """Open a view to everyone."""
    return with_access(Access("everyone"), view)


def staff_only(view: View) -> View:
    """Open a view to all staff."""
    return with_access(Access("staff"), view)


def roles(*keys: str) -> Callable[[View], View]:
    """Open a view to staff with one of the roles."""
    return lambda view: with_access(Access("roles", roles=frozenset(keys)), view)


def rights(right: str) -> Callable[[View], View]:
    """Open a view to whoever has the right."""
    return lambda view: with_access(Access("right", right=right), view)


def resident_only(view: View) -> View:
    """Open a view to residents and organisations that are logged in."""
    return with_access(Access("resident"), view)


def resident_level(level: str) -> Callable[[View], View]:
    """Open a view to residents and organisations of whom the login provider is at least this sure."""
    return lambda view: with_access(Access("resident", level=level), view)
