"""The sessions of residents and organisations (no staff account behind them), and how long any session lasts.

What a visitor was doing (a form half filled in) lives in the same session under other names. Logging in gives the
session another key and keeps what is in it, and so does silence; logging out throws all of it away.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout as staff_logout
from django.db import transaction
from django.http import HttpRequest

from plein.foundation import clock
from plein.foundation.identity import stamps
from plein.foundation.identity.actors import ANONYMOUS, Actor
from plein.foundation.identity.audit import note
from plein.foundation.identity.models import Mandate, Person
from plein.foundation.identity.stamps import Kept

KEY, BEFORE = "resident", "resident_before"
STAFF = "staff_times"
NOTE_EVERY_S = 60


def begin(request: HttpRequest, person: Person, *, level: str, provider: str, now: datetime, theirs: str = "") -> None:
    """Log a person in: the session goes on under another key, or empty where somebody else was logged in before.

    theirs: the provider's number of its own session, to log out there too. Its tokens are never kept: they may hold
    a BSN.
    """
    if request.user.is_authenticated:
        staff_logout(request)
    before = (request.session.get(KEY) or {}).get("key") or request.session.get(BEFORE)
    if before not in (None, person.key):
        request.session.flush()
    at = int(now.timestamp())
    request.session[KEY] = {
        "key": person.key,
        "kind": person.kind,
        "level": level,
        "provider": provider,
        "since": at,
        "seen": at,
        "theirs": theirs,
    }
    request.session.cycle_key()


def end(request: HttpRequest) -> dict[str, Any]:
    """Log out: everything in the session goes; gives what was known of the login."""
    known: dict[str, Any] = request.session.get(KEY) or {}
    request.session.flush()
    return known


def forget(request: HttpRequest) -> None:
    """Stop being logged in and keep the rest of the session."""
    known = request.session.pop(KEY, None)
    if known is not None:
        request.session[BEFORE] = known["key"]
        request.session.cycle_key()


def _lasts(who: str, known: Mapping[str, int], at: int) -> bool:
    """Tell whether a session lasts: not silent too long, not too long ago begun, and not of a clock that went back."""
    idle, whole = settings.PLEIN[f"{who}_IDLE_MINUTES"] * 60, settings.PLEIN[f"{who}_HOURS"] * 3600
    seen, since = known["seen"], known["since"]
    return seen <= at + NOTE_EVERY_S and at - seen < idle and at - since < whole


def begin_staff(request: HttpRequest, *, now: datetime) -> None:
    """Note when a member of staff logged in."""
    at = int(now.timestamp())
    request.session[STAFF] = {"since": at, "seen": at}


def lasts_for_staff(request: HttpRequest, *, now: datetime) -> bool:
    """Tell whether the session of a member of staff lasts; one that does not is thrown away."""
    at = int(now.timestamp())
    known = request.session.get(STAFF)
    if known is None:
        begin_staff(request, now=now)
    elif not _lasts("STAFF", known, at):
        staff_logout(request)
        return False
    elif at - known["seen"] >= NOTE_EVERY_S:
        request.session[STAFF] = {**known, "seen": at}
    return True


def _ends() -> dict[str, int]:
    """Read who was logged out everywhere, and when; longer ago than a session can last says nothing any more."""
    since = clock.now() - timedelta(hours=settings.PLEIN["RESIDENT_HOURS"] + 1)
    rows = Person.objects.filter(sessions_ended_at__gte=since).values_list("uuid", "sessions_ended_at")
    return {key.hex: int(at.timestamp()) + 1 for key, at in rows if at is not None}


_kept_ends = Kept("resident-sessions", _ends)


@transaction.atomic
def end_everywhere(person: Person, *, by: Actor, now: datetime) -> None:
    """Log a person out on every device, from the second after this one: who just did is not logged in again."""
    Person.objects.filter(pk=person.pk).update(sessions_ended_at=now)
    stamps.bump("resident-sessions")
    note("identity.end-sessions", subject=f"person:{person.key}", by=by, now=now)


def resident_actor(request: HttpRequest, *, now: datetime) -> Actor:
    """Give the actor behind a resident's session; anonymous when there is none, or when it has ended by itself."""
    known = request.session.get(KEY)
    if not known:
        return ANONYMOUS
    at = int(now.timestamp())
    if not _lasts("RESIDENT", known, at) or known["since"] < _kept_ends.get().get(known["key"], 0):
        forget(request)
        request.session["resident_ended"] = True
        return ANONYMOUS
    if at - known["seen"] >= NOTE_EVERY_S:
        request.session[KEY] = {**known, "seen": at}
    facts = {"level": known["level"], **_mandate_facts(request, known, now=now)}
    return Actor(known["kind"], known["key"], facts=facts)


def _mandate_facts(request: HttpRequest, known: dict[str, Any], *, now: datetime) -> dict[str, str]:
    """Say for whom the person acts; a mandate that has ended stops at once."""
    if "mandate" not in known:
        return {}
    found = Mandate.objects.select_related("principal", "agent")
    mandate = found.filter(
        pk=known["mandate"], agent__uuid=known["key"], since__lte=now, until__gt=now, ended_at=None
    ).first()
    if mandate is None:
        request.session[KEY] = {name: value for name, value in known.items() if name != "mandate"}
        request.session["mandate_ended"] = True
        return {}
    request.mandate = mandate  # type: ignore[attr-defined]
    return {"acting_for": mandate.principal.key}


def act_for(request: HttpRequest, mandate: Mandate | None) -> None:
    """Act for somebody else from now on, or for oneself again."""
    known = {name: value for name, value in request.session[KEY].items() if name != "mandate"}
    request.session[KEY] = known | ({"mandate": mandate.pk} if mandate else {})
    request.session.cycle_key()
