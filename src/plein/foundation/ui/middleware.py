"""Turns a refusal into a page; machines get problem+json from the api, which stands nearer to the view."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plein.foundation.errors import meant
from plein.foundation.ui.refusals import parted


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
        what, now = parted(refused)
        context = {"what": what, "now": now, "code": refused.code, "status": int(refused.status)}
        return render(request, "ui/refused.html", context, status=refused.status)
