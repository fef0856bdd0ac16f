"""Puts on each request who acts (`request.actor`) and to which processing it belongs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.encoding import escape_uri_path

from plein.foundation import clock, trace
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import ApiToken
from plein.foundation.identity.queries import LiveToken, staff_actor, token_actor, token_for
from plein.foundation.identity.second_factor import is_lacking
from plein.foundation.identity.sessions import lasts_for_staff, resident_actor

Answer = Callable[[HttpRequest], HttpResponse]
NOTE_USE_EVERY = timedelta(minutes=5)
ON_THE_WAY = (
    "/account/bevestigen",
    "/account/inloggen",
    "/account/sessies",
    "/account/tweede-stap",
    "/account/uitloggen",
    "/account/wachtwoord",
    "/api/",
)
_noted: dict[LiveToken, datetime] = {}


class TraceMiddleware:
    """Goes on in the caller's processing (W3C traceparent), or starts one; the answer says which."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the trace."""
        header = request.headers.get("traceparent", "")
        with trace.within(trace.started(header, processor=_caller(request) if header else "")) as here:
            response = self.get_response(request)
            response.headers["traceparent"] = here.header
            return response


def _caller(request: HttpRequest) -> str:
    """Name the calling application by address, when it says so in a From-like header of its own."""
    said = request.headers.get("X-Processor", "")
    return said if said.startswith("https://") and len(said) <= 500 else ""


class ActorMiddleware:
    """Sets `request.actor`: staff or a resident by session, staff or partner by `Authorization: Bearer plein_...`.

    Who is none of these is anonymous.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the actor, or refuse a token that does not work."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            token = token_for(secret.strip(), now=clock.now())
            if token is None:
                return _bad_token(request)
            _note_use(token, now=clock.now())
            request.actor = token_actor(token, now=clock.now())  # type: ignore[attr-defined]
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        else:
            actor, is_whole = _session_actor(request)
            request.actor = actor  # type: ignore[attr-defined]
            if not is_whole and not _is_on_the_way(request):
                return redirect("identity:second-factor-needed")
        return self.get_response(request)


def _session_actor(request: HttpRequest) -> tuple[Actor, bool]:
    """Give the actor behind a session, and whether its roles count: not while a needed second step is lacking."""
    user = request.user if "_auth_user_id" in request.session else None
    if user is None or not user.is_authenticated or not lasts_for_staff(request, now=clock.now()):
        return resident_actor(request, now=clock.now()), True
    actor = staff_actor(user, now=clock.now())
    if is_lacking(request, user, actor):
        return replace(actor, roles=frozenset()), False
    return actor, True


def _is_on_the_way(request: HttpRequest) -> bool:
    """Tell whether a page may be seen while the second step is lacking: one's own account, files, interfaces."""
    path = request.path_info.removeprefix("/en")
    return path == "/account" or path.startswith((*ON_THE_WAY, settings.STATIC_URL))


def _note_use(token: LiveToken, *, now: datetime) -> None:
    """Write down when a token was last used, not more often than needed to see that it is."""
    last = _noted.get(token)
    if last is None or now - last >= NOTE_USE_EVERY:
        _noted[token] = now
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _bad_token(request: HttpRequest) -> HttpResponse:
    problem = {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "The token is unknown, expired or revoked. Make a new one on your account page.",
        "instance": escape_uri_path(request.path),
    }
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return JsonResponse(problem, status=401, content_type="application/problem+json", headers=headers)
