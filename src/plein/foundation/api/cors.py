"""Web pages elsewhere may read open data, without cookies, and nothing else."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase

EXPOSED = "API-Version, ETag, Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Content-Disposition"


def preflight(request: HttpRequest) -> HttpResponse | None:
    """Answer a browser that asks whether a page elsewhere may read; None when this is not that question."""
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match, Range",
        "Access-Control-Max-Age": "86400",
    }
    return HttpResponse(status=204, headers=headers)


def allow(answer: HttpResponseBase) -> None:
    """Let web pages elsewhere read this answer."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Expose-Headers"] = EXPOSED
