"""Turns a refusal into a page, and refuses too large a form; machines get problem+json from the api."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plein.foundation.errors import Refused, meant
from plein.foundation.ui.refusals import parted
from plein.foundation.words import gettext_noop

MOST_WITH_FILES = 64_000_000


class TooMuchSent(Refused):
    """A form with more text, or more files, than fits."""

    message = gettext_noop(
        "Too much was sent at once: {size} MB, and there is room for {limit} MB. "
        "Go back, make the text shorter or send fewer files."
    )
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too-much-sent"


class BodyLimit:
    """Refuses a form that is too large before a byte of it is read; interfaces have limits of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on what fits."""
        size = request.META.get("CONTENT_LENGTH") or "0"
        if request.path.startswith("/api/") or not size.isdigit():
            return self.get_response(request)
        has_files = request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data")
        limit = MOST_WITH_FILES if has_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE or MOST_WITH_FILES
        if int(size) <= limit:
            return self.get_response(request)
        return _page(request, TooMuchSent(size=int(size) // 1_000_000 or 1, limit=limit // 1_000_000))


class RefusalPages:
    """Answers a Refused with a page that says what, why and what now."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal on a page; leave all else to others."""
        refused = meant(error)
        if refused is None or request.path.startswith("/api/"):
            return None
        return _page(request, refused)


def _page(request: HttpRequest, refused: Refused) -> HttpResponse:
    what, now = parted(refused)
    context = {"what": what, "now": now, "code": refused.code, "status": int(refused.status)}
    return render(request, "ui/refused.html", context, status=refused.status)
