"""Refusals and errors as problem+json (RFC 9457), in the language of the reader."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.encoding import escape_uri_path
from django.utils.translation import get_language, gettext
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.errors import ValidationError as NinjaInvalid

from plein.foundation.errors import Refused, meant
from plein.foundation.words import Text, gettext_noop

UNKNOWN = gettext_noop("There is nothing at this address. Check it against the documentation of the interface.")
DETAILS = {
    400: gettext_noop("The request was not understood. Check it against the documentation of the interface."),
    401: gettext_noop("This needs a login or an API token. Log in, or send a valid token."),
    403: gettext_noop("This may not be done from here: send an API token, or the token of the form you use."),
    404: UNKNOWN,
    405: gettext_noop("This address does not know that method. Check it against the documentation of the interface."),
    413: gettext_noop("The request is too large. Send it in parts."),
    415: gettext_noop("The content has a type that is not known here. Send JSON."),
    500: gettext_noop("Something broke here. It was written down; try again later."),
    503: gettext_noop("Plein is busy or being maintained. Try again later."),
}


def problem(
    request: HttpRequest,
    status: int,
    detail: str,
    *,
    code: str = "",
    errors: Sequence[dict[str, Any]] = (),
    facts: dict[str, Any] | None = None,
) -> HttpResponse:
    """Give an error as problem+json; `detail` is in the reader's language already."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": escape_uri_path(request.path),
    }
    body |= {"code": code} if code else {}
    body |= {"errors": list(errors)} if errors else {}
    answer = JsonResponse({**(facts or {}), **body}, status=status, content_type="application/problem+json")
    answer.headers["Content-Language"] = get_language() or "nl"
    return answer


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Give a refusal as problem+json."""
    facts = {name: _said(value) for name, value in refused.facts.items()}
    errors = facts.pop("errors", ())
    detail = gettext(refused.message).format(**{"errors": "", **facts})
    answer = problem(request, int(refused.status), detail, code=refused.code, errors=errors)
    if refused.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if refused.status == HTTPStatus.TOO_MANY_REQUESTS:
        answer.headers["Retry-After"] = str(refused.facts.get("seconds", 60))
    return answer


def from_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Give what an exception means to the caller; None for what nobody expected."""
    refused = meant(error)
    if refused:
        return refusal(request, refused)
    if isinstance(error, Http404):
        return problem(request, 404, gettext(UNKNOWN), code="not-found")
    if isinstance(error, ValidationError):
        errors = [{"code": "invalid", "detail": message} for message in error.messages]
        return problem(request, 400, gettext(DETAILS[400]), code="bad-input", errors=errors)
    return None


def from_response(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Give an error page of the framework as a problem, with the headers that matter."""
    status = answer.status_code
    made = problem(request, status, gettext(DETAILS.get(status, DETAILS[400 if status < 500 else 500])))
    for name in ("Allow", "WWW-Authenticate", "Retry-After"):
        if name in answer.headers:
            made.headers[name] = answer.headers[name]
    return made


def ninja_problems(api: NinjaAPI) -> None:
    """Have an ordinary interface answer with problems; refusals pass on to the middleware."""

    @api.exception_handler(NinjaInvalid)
    def invalid(request: HttpRequest, error: NinjaInvalid) -> HttpResponse:
        errors = [_ninja_error(one) for one in error.errors]
        return problem(request, 400, gettext(DETAILS[400]), code="bad-input", errors=errors)

    @api.exception_handler(HttpError)
    def failed(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(request, error.status_code, gettext(DETAILS.get(error.status_code, DETAILS[400])))

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(request, 404, gettext(UNKNOWN), code="not-found")


def _ninja_error(error: dict[str, Any]) -> dict[str, Any]:
    where, *rest = error["loc"]
    pointer = "/".join(str(part) for part in rest)
    return {"in": where, "location": f"#/{pointer}", "code": error["type"], "detail": error["msg"]}


def _said(fact: Any) -> Any:
    return fact.said(get_language() or "nl") if isinstance(fact, Text) else fact
