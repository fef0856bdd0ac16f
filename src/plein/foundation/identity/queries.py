"""Reads about staff and tokens; roles and tokens are kept per process, so that a request costs no query for them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import ApiToken, RoleGrant, Staff
from plein.foundation.identity.stamps import Kept

Grants = dict[int, list[tuple[str, datetime, datetime | None]]]


def _grants() -> Grants:
    found: Grants = {}
    rows = RoleGrant.objects.filter(staff__is_active=True).values_list("staff_id", "role", "since", "until")
    for staff_id, role, since, until in rows:
        found.setdefault(staff_id, []).append((role, since, until))
    return found


_kept_grants = Kept("roles", _grants)


def roles_of(staff_id: int, *, now: datetime) -> frozenset[str]:
    """Give the roles a member of staff has at a moment."""
    grants = _kept_grants.get().get(staff_id, ())
    return frozenset(role for role, since, until in grants if since <= now and (until is None or now < until))


def staff_asking(words: str) -> list[Staff]:
    """Find the open accounts that a user name or e-mail address stands for; never demo accounts."""
    found = Staff.objects.filter(is_active=True, is_demo=False)
    return list(found.filter(Q(username__iexact=words) | Q(email__iexact=words)).exclude(email=""))


def staff_actor(staff: Staff, *, now: datetime) -> Actor:
    """Give the actor behind a staff account."""
    return Actor("staff", str(staff.pk), roles=roles_of(staff.pk, now=now))


@dataclass(frozen=True, slots=True)
class LiveToken:
    """What a request needs to know about a token."""

    pk: int
    staff_id: int | None
    partner: str
    scopes: frozenset[str]
    expires_at: datetime


def _tokens() -> dict[str, LiveToken]:
    rows = ApiToken.objects.filter(revoked_at=None).select_related("staff", "partner")
    return {
        row.digest: LiveToken(
            row.pk, row.staff_id, row.partner.key if row.partner else "", frozenset(row.scopes), row.expires_at
        )
        for row in rows
        if (row.staff and row.staff.is_active) or (row.partner and row.partner.active)
    }


def digest_of(secret: str) -> str:
    """Hash a token for storing and finding; its 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


_kept_tokens = Kept("tokens", _tokens)


def token_for(secret: str, *, now: datetime) -> LiveToken | None:
    """Find a live token by its secret; None when it is unknown, revoked or expired."""
    token = _kept_tokens.get().get(digest_of(secret))
    return token if token and now < token.expires_at else None


def token_actor(token: LiveToken, *, now: datetime) -> Actor:
    """Give the actor behind a token: its holder, narrowed to its scopes."""
    if token.staff_id is not None:
        return Actor("staff", str(token.staff_id), roles=roles_of(token.staff_id, now=now), scopes=token.scopes)
    return Actor("partner", token.partner, roles=frozenset({"partner"}), scopes=token.scopes)
