"""The session of a resident or organisation: no staff account behind it, ended after a quarter of an hour of silence.

What a visitor was doing (a form half filled in) lives in the same session under other names. Logging in gives the
session another key and keeps what is in it, and so does silence; logging out throws all of it away.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout as staff_logout
from django.http import HttpRequest

from plein.foundation.identity.actors import ANONYMOUS, Actor
from plein.foundation.identity.models import Mandate, Person

KEY, BEFORE = "resident", "resident_before"
NOTE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Bearing:
    """Who is logged in on a page, for whom, and until when: what templates show."""

    person: Person
    mandate: Mandate | None


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


def resident_actor(request: HttpRequest, *, now: datetime) -> Actor:
    """Give the actor behind a resident's session; anonymous when there is none, or when it has ended by itself."""
    known = request.session.get(KEY)
    if not known:
        return ANONYMOUS
    at = int(now.timestamp())
    idle, whole = settings.PLEIN["RESIDENT_IDLE_MINUTES"] * 60, settings.PLEIN["RESIDENT_HOURS"] * 3600
    if not (known["seen"] <= at + 60 and at - known["seen"] < idle and at - known["since"] < whole):
        forget(request)
        request.session["resident_ended"] = True
        return ANONYMOUS
    if at - known["seen"] >= NOTE_EVERY.total_seconds():
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
