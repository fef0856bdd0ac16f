"""The access rule of every address. A view without one fails the house test.

Put exactly one on each view: `@everyone`, `@staff_only`, `@roles("analyst")` or `@rights("sensing.register")`.
Classes (ninja, allauth) get theirs through `with_access`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from plein.foundation.errors import NotAllowed, NotKnown
from plein.foundation.identity.actors import ANONYMOUS, Actor, can

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in: everyone, any staff, staff with one of the roles, or whoever has the right."""

    audience: str
    roles: frozenset[str] = frozenset()
    right: str = ""

    def admits(self, actor: Actor) -> bool:
        """Tell whether the actor may come in."""
        if self.audience == "everyone":
            return True
        if self.right:
            return can(actor, self.right)
        return actor.kind == "staff" and (not self.roles or bool(actor.roles & self.roles))


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
        if actor.kind == "anonymous":
            if request.path.startswith("/api/"):
                raise NotKnown()
            return redirect_to_login(request.get_full_path())
        raise NotAllowed(right=access.right or ", ".join(sorted(access.roles)) or access.audience)

    guarded.access = access  # type: ignore[attr-defined]
    return guarded


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
