"""Conditions: do not send what the reader has, do not change what the writer has not seen."""

from hashlib import blake2b

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

from plein.foundation.api.errors import ChangedMeanwhile

LONGEST = 4_000_000


def etag_of(*parts: object) -> str:
    """Make an ETag of whatever decides the content, such as a version number."""
    return f'"{blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'


def not_modified(request: HttpRequest, etag: str) -> HttpResponseBase | None:
    """Give 304 when the reader has this version already; ask this before the work is done."""
    answer: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    return answer


def check_unchanged(request: HttpRequest, etag: str) -> None:
    """Refuse a change by somebody who saw another version (If-Match).

    Raises ChangedMeanwhile.
    """
    wanted = request.headers.get("If-Match")
    if wanted and wanted.strip() != "*" and etag not in [part.strip() for part in wanted.split(",")]:
        raise ChangedMeanwhile()


def with_etag(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """Add an ETag to an answer that has none, made of its bytes, and give 304 when the reader has it."""
    if request.method not in ("GET", "HEAD") or answer.status_code != 200 or not isinstance(answer, HttpResponse):
        return answer
    if len(answer.content) > LONGEST:
        return answer
    if "ETag" not in answer.headers:
        answer.headers["ETag"] = f'"{blake2b(answer.content, digest_size=12).hexdigest()}"'
    return get_conditional_response(request, etag=answer.headers["ETag"], response=answer) or answer
