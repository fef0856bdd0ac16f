"""The addresses that every site has: security.txt (RFC 9116) and robots.txt."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from plein.foundation.clock import now
from plein.foundation.identity.access import everyone

VALID_DAYS = 180


@everyone
def security_txt(request: HttpRequest) -> HttpResponse:
    """Tell where a weak spot can be reported."""
    base = settings.PLEIN["BASE_URL"]
    until = (now() + timedelta(days=VALID_DAYS)).replace(microsecond=0, second=0, minute=0)
    lines = [
        f"Contact: {settings.PLEIN['SECURITY_CONTACT']}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
        f"Canonical: {base}/.well-known/security.txt",
    ]
    return HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/plain; charset=utf-8")


@everyone
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Keep robots out of what is endless or for staff."""
    lines = ["User-agent: *", "Disallow: /api/", "Disallow: /account/", "Disallow: /werk/", "Disallow: /zoeken/"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


urlpatterns = [
    path(".well-known/security.txt", security_txt, name="security-txt"),
    path("robots.txt", robots_txt, name="robots-txt"),
]
