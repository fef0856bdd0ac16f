"""The pages of a login through a provider: going there, coming back, and what it says when that fails."""

import logging

from allauth.core import ratelimit
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from plein.foundation import clock
from plein.foundation.errors import NotFound
from plein.foundation.identity import sessions
from plein.foundation.identity.access import everyone
from plein.foundation.identity.actors import ANONYMOUS
from plein.foundation.identity.audit import note
from plein.foundation.identity.coming_in import (
    come_in,
    linked_staff,
    mandate_told,
    person_of,
    safe_next,
    staff_in,
)
from plein.foundation.identity.levels import LEVELS, reaches
from plein.foundation.identity.openid import flow, provider
from plein.foundation.identity.openid.doors import Door, doors
from plein.foundation.identity.openid.errors import LevelTooLow, LoginRefused, ProviderDown

log = logging.getLogger(__name__)


def _door(request: HttpRequest, key: str) -> Door:
    door = doors().get(key)
    if door is None:
        raise NotFound(what=request.path)
    return door


@never_cache
@require_safe
@everyone
def go(request: HttpRequest, door: str) -> HttpResponse:
    """Lead to the provider."""
    refused: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if refused:
        return refused
    asked, level = request.GET.get("next", ""), request.GET.get("level", "")
    through, next_page = _door(request, door), safe_next(request, asked)
    try:
        address = flow.start(request, through, next_page=next_page, level=level if level in LEVELS else "")
    except ProviderDown:
        return _down(request, through, next_page)
    return redirect(address)


@never_cache
@require_safe
@everyone
def back(request: HttpRequest, door: str) -> HttpResponse:
    """Take the provider's answer in; who it tells of goes on to the page that asked for a login."""
    full: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if full:
        return full
    through, begun = _door(request, door), None
    try:
        begun = flow.taken(request, through)
        if flow.is_cancelled(request):
            return redirect(_login_page(through, begun["next"]))
        came = flow.finish(request, through, begun)
        return _in(request, through, came)
    except ProviderDown:
        provider.note_down(through)
        return _down(request, through, begun["next"] if begun else reverse("home"))
    except LoginRefused as refused:
        _note_refusal(through, refused)
        raise


@transaction.atomic
def _in(request: HttpRequest, door: Door, came: flow.Came) -> HttpResponse:
    """Let who came in go on.

    Raises LoginRefused.
    """
    now, told = clock.now(), came.told
    if not reaches(told.level, door.least):
        raise LevelTooLow(name=door.name, why="level")
    if door.kind == "staff":
        return staff_in(request, linked_staff(door, told), told, next_page=came.next)
    person = person_of(door, told, now=now)
    mandate = mandate_told(person, told, now=now)
    come_in(request, person, level=told.level, provider=door.key, theirs=came.session, now=now)
    if mandate is not None:
        sessions.act_for(request, mandate)
    return redirect(came.next)


def _login_page(door: Door, next_page: str) -> str:
    page = reverse("account_login" if door.kind == "staff" else "identity:resident-login")
    return f"{page}?{urlencode({'next': next_page, 'gestopt': '1'})}"


def _down(request: HttpRequest, door: Door, next_page: str) -> HttpResponse:
    """Say that the provider does not work, and what does."""
    context = {"door": door, "next": next_page}
    answer = render(request, "identity/provider_down.html", context, status=503)
    answer.headers["Retry-After"] = str(int(provider.DOWN_S))
    return answer


def _note_refusal(door: Door, refused: LoginRefused) -> None:
    """Write down that a login failed, and why; never what the provider said."""
    why = str(refused.facts.get("why", refused.code))
    log.warning("A login by door %s was refused: %s", door.key, why)
    note("identity.login-failed", subject=f"door:{door.key}", by=ANONYMOUS, now=clock.now(), why=why)
