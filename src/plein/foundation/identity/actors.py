"""Who acts. Everything that is done is done by an actor; what an actor may do follows from its roles and scopes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from plein.foundation.errors import NotAllowed
from plein.foundation.identity.roles import all_rights


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts.

    kind: "staff", "resident", "organisation", "partner", "system" or "anonymous"; key: stable id within the kind,
    never a name or a BSN. roles: role keys. scopes: what an API token narrows it to; None is no narrowing.
    facts: of a resident or organisation: "level" of certainty, and "acting_for", the key of the person it acts for.
    """

    kind: str
    key: str = ""
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def uri(self) -> str:
        """Name the actor in logs, without saying who it is."""
        return f"plein:{self.kind}:{self.key}"


ANONYMOUS = Actor("anonymous")
SYSTEM = Actor("system", "plein", roles=frozenset({"system"}))


@cache
def roles_with(right: str) -> frozenset[str]:
    """List the roles that have a right: the foundation's own rights, and those on the signs of all rooms."""
    return all_rights().get(right, frozenset())


def can(actor: Actor, right: str) -> bool:
    """Tell whether the actor has a right (`room.verb`), by role and within its token's scopes."""
    if actor.kind == "system":
        return True
    within = actor.scopes is None or right in actor.scopes
    return within and bool(actor.roles & roles_with(right))


def require(actor: Actor, right: str) -> None:
    """Refuse unless the actor has the right.

    Raises NotAllowed.
    """
    if not can(actor, right):
        raise NotAllowed(right=right)
