"""Puts on each request who acts (`request.actor`) and to which processing it belongs."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse

from plein.foundation import clock, trace
from plein.foundation.identity.actors import ANONYMOUS, Actor
from plein.foundation.identity.models import ApiToken
from plein.foundation.identity.queries import LiveToken, staff_actor, token_actor, token_for

Answer = Callable[[HttpRequest], HttpResponse]
NOTE_USE_EVERY = timedelta(minutes=5)
_noted: dict[int, datetime] = {}


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
    """Sets `request.actor`: staff by session, staff or partner by `Authorization: Bearer plein_...`, else anonymous."""

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
            request.actor = _session_actor(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def _session_actor(request: HttpRequest) -> Actor:
    if "_auth_user_id" not in request.session:
        return ANONYMOUS
    user = request.user
    return staff_actor(user, now=clock.now()) if user.is_authenticated else ANONYMOUS


def _note_use(token: LiveToken, *, now: datetime) -> None:
    """Write down when a token was last used, not more often than needed to see that it is."""
    last = _noted.get(token.pk)
    if last is None or now - last >= NOTE_USE_EVERY:
        _noted[token.pk] = now
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _bad_token(request: HttpRequest) -> HttpResponse:
    problem = {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "The token is unknown, expired or revoked. Make a new one on your account page.",
        "instance": request.path,
    }
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return JsonResponse(problem, status=401, content_type="application/problem+json", headers=headers)
