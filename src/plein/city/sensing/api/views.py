"""The door of the SensorThings interface."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from plein.city.sensing.api import batch, document
from plein.city.sensing.api.dispatch import Answer, Request, answer
from plein.city.sensing.api.errors import NotThisWay, TooLarge
from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.identity.access import actor_of, everyone

ROOT = document.document.root
LARGEST = 64 * 2**20


@csrf_exempt
@everyone
def sensorthings(request: HttpRequest, path: str = "") -> HttpResponse:
    """Answer every address of the interface. Reading is open; writing asks for a token (see dispatch.allowed)."""
    try:
        asked = _asked(request, path)
        if asked.path.strip("/") == "$batch":
            if asked.method != "POST":
                raise NotThisWay(method=asked.method)
            body, form = batch.run(asked, refusal)
            return HttpResponse(body, content_type=form)
        found = answer(asked)
    except Refused as refused:
        found = refusal(refused)
    return _response(found)


def _asked(request: HttpRequest, path: str) -> Request:
    body = b""
    if request.method in ("POST", "PUT", "PATCH"):
        body = request.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise TooLarge(megabytes=LARGEST // 2**20)
    return Request(
        method=str(request.method),
        path=path or "",
        query={name: str(values[-1]) for name, values in request.GET.lists()},
        body=body,
        form=request.headers.get("Content-Type", ""),
        base=request.build_absolute_uri(ROOT),
        actor=actor_of(request),
        by_token=request.headers.get("Authorization", "").lower().startswith("bearer "),
        now=clock.now(),
        prefer=request.headers.get("Prefer", ""),
    )


def refusal(refused: Refused) -> Answer:
    """Write a refusal as problem+json (RFC 9457)."""
    words = gettext(refused.message)
    problem: dict[str, Any] = {
        "type": f"urn:plein:problem:{refused.code}",
        "title": refused.status.phrase,
        "status": int(refused.status),
        "detail": words.format(**refused.facts),
        "message": words.format(**refused.facts),
    }
    headers = {"Content-Type": "application/problem+json"}
    if refused.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Answer(int(refused.status), problem, headers=headers)


def _response(found: Answer) -> HttpResponse:
    headers = dict(found.headers)
    if found.text is not None:
        return HttpResponse(found.text, status=found.status, content_type="text/plain; charset=utf-8", headers=headers)
    form = headers.pop("Content-Type", "application/json")
    body = b"" if found.body is None else msgspec.json.encode(found.body)
    return HttpResponse(body, status=found.status, content_type=form, headers=headers)
