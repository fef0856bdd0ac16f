"""How residents and organisations come in and leave."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from plein.foundation import clock
from plein.foundation.errors import NotFound
from plein.foundation.identity import sessions
from plein.foundation.identity.access import actor_of, everyone, is_from_outside
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.audit import note
from plein.foundation.identity.demo import is_demo_town
from plein.foundation.identity.demo_residents import RESIDENTS, demo_person
from plein.foundation.identity.levels import LEVELS, TITLES
from plein.foundation.identity.models import Person

DEMO_LEVEL = "substantial"


def safe_next(request: HttpRequest, asked: str) -> str:
    """Give the page to go on to: one of our own, else the home page."""
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=hosts, require_https=request.is_secure()):
        return asked
    return reverse("home")


@never_cache
@require_safe
@everyone
def login(request: HttpRequest) -> HttpResponse:
    """Offer every way in there is, and the ways that need none."""
    asked, level = request.GET.get("next", ""), request.GET.get("level", "")
    context: dict[str, Any] = {
        "next": safe_next(request, asked) if asked else "",
        "level": TITLES[level] if level in LEVELS else None,
        "is_known": is_from_outside(actor_of(request)),
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
    come_in(request, demo_person(key, now=clock.now()), level=DEMO_LEVEL, provider="demo")
    return redirect(safe_next(request, request.POST.get("next", "")))


def come_in(request: HttpRequest, person: Person, *, level: str, provider: str, id_token: str = "") -> Actor:
    """Log a person in and write it down."""
    now = clock.now()
    Person.objects.filter(pk=person.pk).update(last_login_at=now)
    sessions.begin(request, person, level=level, provider=provider, id_token=id_token, now=now)
    actor = Actor(person.kind, person.key, facts={"level": level})
    note("identity.login", subject=f"person:{person.key}", by=actor, now=now, provider=provider, level=level)
    return actor


@never_cache
@everyone
def logout(request: HttpRequest) -> HttpResponse:
    """Ask whether to log out; a POST does."""
    actor = actor_of(request)
    if request.method != "POST":
        return render(request, "identity/resident_logout.html", {"is_known": is_from_outside(actor)})
    if is_from_outside(actor):
        note("identity.logout", subject=f"person:{actor.key}", by=actor, now=clock.now())
        sessions.end(request)
    return redirect("identity:resident-left")


@never_cache
@require_safe
@everyone
def left(request: HttpRequest) -> HttpResponse:
    """Say that somebody is logged out."""
    return render(request, "identity/resident_left.html")
