"""What every interface does around every request: language, limit, version, conditions, problems, CORS."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from plein.foundation.api import cors, etags, limits
from plein.foundation.api.errors import TooManyRequests
from plein.foundation.api.interfaces import Interface, interface_at
from plein.foundation.api.problems import from_exception, from_response, refusal
from plein.foundation.identity.access import actor_of

INTERFACE = re.compile(r"/api/(?!uitleg/).")


class ApiMiddleware:
    """Stands inside the actor's middleware, because limits are the actor's; pages pass it untouched."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request of an interface, in the language that the caller asks for."""
        if not INTERFACE.match(request.path_info):
            return self.get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            return self._answer(request, interface_at(request.path_info))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn refusals into problems."""
        return from_exception(request, error) if INTERFACE.match(request.path_info) else None

    def _answer(self, request: HttpRequest, interface: Interface | None) -> HttpResponseBase:
        open_data = interface is not None and interface.open_data
        answer = (cors.preflight(request) if open_data else None) or self._limited(request)
        if interface:
            answer.headers["API-Version"] = interface.version
        if open_data:
            cors.allow(answer)
        patch_vary_headers(answer, ["Accept-Language", "Authorization"])
        return answer

    def _limited(self, request: HttpRequest) -> HttpResponseBase:
        """Answer within the limit; a caller without cookies or token cannot be tricked, so needs no form token."""
        try:
            left = limits.draw_for(request)
        except TooManyRequests as refused:
            return refusal(request, refused)
        if actor_of(request).kind == "anonymous":
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        answer = etags.with_etag(request, _as_problem(request, self.get_response(request)))
        for name, value in left.headers.items() if left else ():
            answer.headers[name] = value
        return answer


def _as_problem(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """Make a problem of an error, unless the interface follows a standard with errors of its own and said it so."""
    is_error = answer.status_code >= 400 and isinstance(answer, HttpResponse)
    if not is_error or "problem" in answer.headers.get("Content-Type", "") or hasattr(answer, "says_errors_itself"):
        return answer
    assert isinstance(answer, HttpResponse)
    return from_response(request, answer)
