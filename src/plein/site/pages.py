"""The pages of the house itself: home, about, accessibility, and what a visitor sees when something cannot be."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from plein.foundation import clock
from plein.foundation.identity.access import everyone
from plein.foundation.rooms import HomeTile, offers, rooms
from plein.foundation.ui.figures import said
from plein.site.mosaic import Mosaic, mosaic

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Choice:
    """A large choice on the home page, with its live figure where the room has one."""

    tile: HomeTile
    href: str
    number: Any = None

    @property
    def figure(self) -> str:
        """Give the figure itself, to be shown large: "25" of "25 indicators"."""
        first = said(self.number).partition(" ")[0]
        return first if first[:1].isdigit() else ""

    @property
    def words(self) -> str:
        """Give the words that go with the figure."""
        return said(self.number).removeprefix(self.figure).strip()


@dataclass
class Kept:
    """What the home page shows, kept for a minute per process: it is asked for most and changes least."""

    until: datetime | None = None
    numbers: dict[str, Any] = field(default_factory=dict)
    mosaic: Mosaic | None = None

    def refresh(self, *, now: datetime) -> None:
        """Read everything anew when a minute has passed."""
        if self.until is not None and now < self.until:
            return
        self.numbers = {tile.url_name: _number(tile) for tile in offers(HomeTile)}
        self.mosaic = mosaic(now=now)
        self.until = now + KEPT_FOR


KEPT_FOR = timedelta(minutes=1)
kept = Kept()


def _number(tile: HomeTile) -> Any:
    """Read the live figure of a tile; a room that fails to count must not take the home page down with it."""
    if tile.number is None:
        return None
    try:
        return tile.number()
    except Exception:
        log.exception("home.number_failed", tile=tile.url_name)
        return None


def _choices() -> list[Choice]:
    found = []
    for tile in offers(HomeTile):
        try:
            href = reverse(tile.url_name)
        except NoReverseMatch:
            continue
        found.append(Choice(tile, href, kept.numbers.get(tile.url_name)))
    return found


@everyone
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Ask what the visitor wants to know and offer a few large choices."""
    kept.refresh(now=clock.now())
    return render(request, "site/home.html", {"choices": _choices(), "mosaic": kept.mosaic})


@everyone
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Tell what this site is, what it is made of and who owns it."""
    return render(request, "site/about.html", {"rooms": [room for room in rooms() if room.purpose.nl]})


@everyone
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "site/accessibility.html")


def _sorry(request: HttpRequest, status: HTTPStatus, what: str, now: str, code: str) -> HttpResponse:
    context = {"what": what, "now": now, "code": code, "status": int(status)}
    return render(request, "ui/refused.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read, or one with a field that is too long to read."""
    if isinstance(exception, RequestDataTooBig):
        return _sorry(
            request,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            _("Too much was sent at once"),
            _("A text is longer than we can read. Go back, make it shorter, and send it again."),
            "too-much-sent",
        )
    return _sorry(
        request,
        HTTPStatus.BAD_REQUEST,
        _("This request cannot be read"),
        _("Something in the address or the form does not fit. Go back and try again."),
        "bad-request",
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer somebody who may not come here."""
    return _sorry(
        request,
        HTTPStatus.FORBIDDEN,
        _("You may not open this page"),
        _("It is meant for other roles. Ask the administrator when you need it for your work."),
        "forbidden",
    )


def forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from one of our own pages."""
    return _sorry(
        request,
        HTTPStatus.FORBIDDEN,
        _("The form was not sent"),
        _("It was open too long, or your browser blocks cookies. Go back, load the page again and send it once more."),
        "form-expired",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return _sorry(
        request,
        HTTPStatus.NOT_FOUND,
        _("This page does not exist"),
        _("The address may be mistyped, or the page has moved. Start again on the home page or search for it."),
        "not-found",
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer somebody who asks the same thing too often, as when passwords are guessed; the counts are per minute."""
    answer = _sorry(
        request,
        HTTPStatus.TOO_MANY_REQUESTS,
        _("You asked this too often in a short time"),
        _("We stop this to keep others from guessing passwords. Wait a minute, then try again. Nothing was changed."),
        "too-many-requests",
    )
    answer.headers["Retry-After"] = "60"
    return answer


def broken(request: HttpRequest) -> HttpResponse:
    """Answer when something in Plein itself fails; draws on nothing that may be broken too."""
    context = {
        "what": _("Something went wrong on our side"),
        "now": _("Your data is as it was before this page. Try again in a minute."),
        "home": _("Go to the home page"),
        "language": get_language() or "nl",
    }
    return HttpResponse(render_to_string("site/broken.html", context), status=500)
