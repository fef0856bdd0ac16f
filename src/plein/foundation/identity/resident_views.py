"""How residents and organisations come in and leave."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from plein.foundation import clock
from plein.foundation.errors import NotFound
from plein.foundation.identity import sessions
from plein.foundation.identity.access import actor_of, everyone, is_from_outside
from plein.foundation.identity.audit import note
from plein.foundation.identity.coming_in import come_in, safe_next
from plein.foundation.identity.demo import is_demo_town
from plein.foundation.identity.demo_residents import RESIDENTS, demo_person
from plein.foundation.identity.levels import LEVELS, TITLES
from plein.foundation.identity.openid import flow, provider
from plein.foundation.identity.openid.doors import doors
from plein.foundation.identity.residents import person_for

DEMO_LEVEL = "substantial"


@never_cache
@require_safe
@everyone
def login(request: HttpRequest) -> HttpResponse:
    """Offer every way in there is, and the ways that need none."""
    asked, level = request.GET.get("next", ""), request.GET.get("level", "")
    context: dict[str, Any] = {
        "next": safe_next(request, asked) if asked else "",
        "level": TITLES[level] if level in LEVELS else None,
        "asked_level": level if level in LEVELS else "",
        "doors": [{"door": one, "is_down": provider.is_down(one)} for one in doors().values() if one.kind != "staff"],
        "was_cancelled": "gestopt" in request.GET,
        "has_ended": request.session.pop("resident_ended", False) if request.session.session_key else False,
        "minutes": settings.PLEIN["RESIDENT_IDLE_MINUTES"],
        "invented": [one for one in RESIDENTS if one.can_log_in] if is_demo_town() else [],
    }
    return render(request, "identity/resident_login.html", context)


@never_cache
@require_POST
@everyone
def demo_login(request: HttpRequest) -> HttpResponse:
    """Be one of the invented residents; in the demo town only."""
    key = request.POST.get("person", "")
    if not is_demo_town() or key not in {one.key for one in RESIDENTS if one.can_log_in}:
        raise NotFound(what=request.path)
    now = clock.now()
    come_in(request, demo_person(key, now=now), level=DEMO_LEVEL, provider="demo", now=now)
    return redirect(safe_next(request, request.POST.get("next", "")))


@never_cache
@everyone
def logout(request: HttpRequest) -> HttpResponse:
    """Ask whether to log out; a POST does, here and at the provider that said who it was."""
    actor = actor_of(request)
    if request.method != "POST":
        return render(request, "identity/resident_logout.html", {"is_known": is_from_outside(actor)})
    door = None
    if is_from_outside(actor):
        if "everywhere" in request.POST:
            sessions.end_everywhere(person_for(actor), by=actor, now=clock.now())
        note("identity.logout", subject=f"person:{actor.key}", by=actor, now=clock.now())
        known = sessions.end(request)
        door = doors().get(known.get("provider", ""))
    there = flow.logout_address(door, session=known.get("theirs", "")) if door else ""
    return redirect(there or "identity:resident-left")


@never_cache
@require_safe
@everyone
def left(request: HttpRequest) -> HttpResponse:
    """Say that somebody is logged out."""
    return render(request, "identity/resident_left.html")
