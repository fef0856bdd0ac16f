"""What can be changed about staff, roles, partners and tokens. Each change leaves an audit line."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q

from plein.foundation.errors import NotAllowed, NotFound
from plein.foundation.identity import stamps
from plein.foundation.identity.actors import ANONYMOUS, Actor, can, require
from plein.foundation.identity.audit import note
from plein.foundation.identity.errors import (
    DemoOnly,
    LastAdministrator,
    NameTaken,
    OwnAccount,
    ScopeTooWide,
    TokenTooLong,
    UnknownRole,
)
from plein.foundation.identity.models import ApiToken, Partner, RoleGrant, Staff
from plein.foundation.identity.queries import digest_of
from plein.foundation.identity.roles import ADMINISTRATOR, all_roles

LONGEST_TOKEN = timedelta(days=366)


@transaction.atomic
def create_staff(
    username: str,
    *,
    password: str | None = None,
    email: str = "",
    first_name: str = "",
    last_name: str = "",
    roles: Sequence[str] = (),
    demo: bool = False,
    by: Actor,
    now: datetime,
) -> Staff:
    """Create an account for a member of staff.

    password: None makes an account that cannot log in until a password is set.
    Raises NameTaken, UnknownRole, DemoOnly, NotAllowed; ValidationError for a weak password.
    """
    require(by, "identity.manage")
    if Staff.objects.filter(username__iexact=username).exists():
        raise NameTaken(username=username)
    if demo and settings.PLEIN["GEMEENTE"]:
        raise DemoOnly(gemeente=settings.PLEIN["GEMEENTE"])
    staff = Staff(
        username=username, email=email, first_name=first_name, last_name=last_name, is_demo=demo, date_joined=now
    )
    if password is not None and not demo:
        validate_password(password, staff)
    staff.set_password(password)
    staff.save()
    note("identity.create-staff", subject=f"staff:{staff.pk}", by=by, now=now, demo=demo)
    for role in roles:
        grant_role(staff, role=role, by=by, now=now)
    return staff


@transaction.atomic
def grant_role(staff: Staff, *, role: str, until: datetime | None = None, by: Actor, now: datetime) -> RoleGrant:
    """Give a role; giving it again changes only the end.

    Raises UnknownRole, NotAllowed.
    """
    require(by, "identity.manage")
    if role not in all_roles():
        raise UnknownRole(role=role)
    grant = staff.grants.filter(Q(until=None) | Q(until__gt=now), role=role).first()
    grant = grant or RoleGrant(staff=staff, role=role, since=now)
    grant.until = until
    grant.save()
    stamps.bump("roles")
    ends = until and until.isoformat()
    note("identity.grant-role", subject=f"staff:{staff.pk}", by=by, now=now, role=role, until=ends)
    return grant


@transaction.atomic
def end_role(staff: Staff, *, role: str, by: Actor, now: datetime) -> None:
    """Take a role back.

    Raises LastAdministrator, NotAllowed.
    """
    require(by, "identity.manage")
    if role == ADMINISTRATOR.key:
        _check_other_administrator(staff, now=now)
    open_grants = staff.grants.filter(Q(until=None) | Q(until__gt=now), role=role)
    open_grants.filter(since__gte=now).delete()
    open_grants.update(until=now)
    stamps.bump("roles")
    note("identity.end-role", subject=f"staff:{staff.pk}", by=by, now=now, role=role)


@transaction.atomic
def deactivate(staff: Staff, *, by: Actor, now: datetime) -> None:
    """Close an account: no login and no token of it works from now on.

    Raises LastAdministrator, NotAllowed.
    """
    require(by, "identity.manage")
    if staff.grants.filter(Q(until=None) | Q(until__gt=now), role=ADMINISTRATOR.key).exists():
        _check_other_administrator(staff, now=now)
    Staff.objects.filter(pk=staff.pk).update(is_active=False)
    staff.tokens.filter(revoked_at=None).update(revoked_at=now)
    stamps.bump("roles")
    stamps.bump("tokens")
    note("identity.deactivate", subject=f"staff:{staff.pk}", by=by, now=now)


@transaction.atomic
def reactivate(staff: Staff, *, by: Actor, now: datetime) -> None:
    """Open a closed account again; its tokens stay revoked."""
    require(by, "identity.manage")
    Staff.objects.filter(pk=staff.pk).update(is_active=True)
    stamps.bump("roles")
    note("identity.reactivate", subject=f"staff:{staff.pk}", by=by, now=now)


def _check_other_administrator(staff: Staff, *, now: datetime) -> None:
    others = RoleGrant.objects.filter(
        Q(until=None) | Q(until__gt=now), role=ADMINISTRATOR.key, staff__is_active=True
    ).exclude(staff=staff)
    if not others.exists():
        raise LastAdministrator()


@transaction.atomic
def add_partner(key: str, *, name: str, oin: str = "", by: Actor, now: datetime) -> Partner:
    """Enter an organisation that data can be shared with."""
    require(by, "identity.manage")
    partner, _ = Partner.objects.update_or_create(key=key, defaults={"name": name, "oin": oin, "active": True})
    note("identity.add-partner", subject=f"partner:{key}", by=by, now=now)
    return partner


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; `secret` is shown once and kept nowhere."""

    token: ApiToken
    secret: str


@transaction.atomic
def create_token(
    holder: Staff | Partner, *, name: str, scopes: Sequence[str], expires_at: datetime, by: Actor, now: datetime
) -> NewToken:
    """Make an API token for oneself, or as administrator for somebody else or a partner.

    scopes: rights it may use, at most those of who makes it (an administrator may give a partner any right).
    Raises ScopeTooWide, TokenTooLong, NotAllowed.
    """
    own = isinstance(holder, Staff) and by.kind == "staff" and by.key == str(holder.pk) and by.scopes is None
    if not own:
        require(by, "identity.manage")
    wide = [scope for scope in scopes if own and not can(by, scope)]
    if wide:
        raise ScopeTooWide(scopes=", ".join(wide))
    if not now < expires_at <= now + LONGEST_TOKEN:
        raise TokenTooLong(days=LONGEST_TOKEN.days)
    secret = f"plein_{secrets.token_urlsafe(32)}"
    held = {"staff": holder} if isinstance(holder, Staff) else {"partner": holder}
    token = ApiToken.objects.create(
        **held,
        name=name,
        start=secret[:12],
        digest=digest_of(secret),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=expires_at,
    )
    stamps.bump("tokens")
    note("identity.create-token", subject=f"token:{token.pk}", by=by, now=now, scopes=token.scopes)
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(token_id: int, *, by: Actor, now: datetime) -> None:
    """Make a token stop working: one's own, or any as administrator.

    Raises NotFound, NotAllowed.
    """
    token = ApiToken.objects.filter(pk=token_id).first()
    if token is None:
        raise NotFound(what=f"token {token_id}")
    if not (by.kind == "staff" and by.key == str(token.staff_id)) and not can(by, "identity.manage"):
        raise NotAllowed(right="identity.manage")
    if token.revoked_at is None:
        ApiToken.objects.filter(pk=token_id).update(revoked_at=now)
        stamps.bump("tokens")
        note("identity.revoke-token", subject=f"token:{token_id}", by=by, now=now)


@transaction.atomic
def note_new_password(staff: Staff, *, by: Actor, now: datetime) -> None:
    """Write down that an administrator gave somebody an address to choose a new password at.

    Raises NotAllowed.
    """
    require(by, "identity.manage")
    note("identity.give-new-password", subject=f"staff:{staff.pk}", by=by, now=now)


@transaction.atomic
def note_forgotten(staff: Staff, *, now: datetime) -> None:
    """Write down that somebody asked by e-mail for an address to choose a new password at."""
    note("identity.forgot-password", subject=f"staff:{staff.pk}", by=ANONYMOUS, now=now)


@transaction.atomic
def reset_second_factor(staff: Staff, *, by: Actor, now: datetime) -> int:
    """Take all second steps of an account away and log it out everywhere; gives how many steps there were.

    For who lost phone and key. A guarded role counts again once a new step is set up. Never for oneself.
    Raises OwnAccount, NotAllowed.
    """
    require(by, "identity.manage")
    if by.kind == "staff" and by.key == str(staff.pk):
        raise OwnAccount()
    gone: int
    gone, _ = Authenticator.objects.filter(user_id=staff.pk).delete()
    end_sessions(staff, by=by, now=now)
    note("identity.reset-second-factor", subject=f"staff:{staff.pk}", by=by, now=now, steps=gone)
    return gone


@transaction.atomic
def end_sessions(staff: Staff, *, by: Actor, now: datetime) -> None:
    """Log an account out everywhere."""
    require(by, "identity.manage")
    for session in UserSession.objects.filter(user_id=staff.pk):
        session.end()
    note("identity.end-sessions", subject=f"staff:{staff.pk}", by=by, now=now)
