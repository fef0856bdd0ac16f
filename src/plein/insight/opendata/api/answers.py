"""What both interfaces share: reading parameters, conditions, links, quick JSON."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from plein.foundation import clock
from plein.foundation.identity.access import actor_of
from plein.foundation.words import Text
from plein.insight.opendata.errors import BadValue
from plein.insight.opendata.queries import reading
from plein.insight.opendata.rules.asking import NEEDED

ENCODER = msgspec.json.Encoder()
FRESH = "public, max-age=60"
FOREVER = "public, max-age=31536000, immutable"


def parameters(request: HttpRequest) -> list[tuple[str, str]]:
    """Give the parameters of an address, repeated names kept.

    Raises BadValue for bytes that are no UTF-8 and for far too many parameters.
    """
    try:
        return parse_qsl(
            request.META.get("QUERY_STRING", ""), keep_blank_values=True, errors="strict", max_num_fields=100
        )
    except ValueError as error:
        raise BadValue(
            value="",
            column="query",
            needed=Text("tekst in UTF-8, hoogstens 100 parameters", "text in UTF-8, at most 100 parameters"),
        ) from error


def one_of(given: Iterable[tuple[str, str]], name: str, default: str = "") -> str:
    """Give the last value of a parameter."""
    return next((value for key, value in reversed(list(given)) if key == name), default)


def opened(request: HttpRequest, key: str, given: Sequence[tuple[str, str]]) -> reading.Opened:
    """Open the product that is asked for, in the version that is asked for."""
    number, as_of = one_of(given, "version"), one_of(given, "asOf")
    return reading.open_product(
        key,
        by=actor_of(request),
        now=clock.now(),
        number=read_number(number) if number else None,
        as_of=read_as_of(as_of) if as_of else None,
    )


def read_number(text: str) -> int:
    """Read the number of a version.

    Raises BadValue.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise BadValue(value=text[:100], column="version", needed=NEEDED["integer"])
    return int(text)


def read_as_of(text: str) -> datetime:
    """Read a moment; a day means its end.

    Raises BadValue.
    """
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time.max, clock.TOWN)
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadValue(value=text[:100], column="asOf", needed=NEEDED["time"]) from error


def is_pinned(given: Iterable[tuple[str, str]]) -> bool:
    """Tell whether an address names a version by its number, so that its answer never changes."""
    return any(name == "version" and value for name, value in given)


def quick_json(body: Any, *, etag: str = "", kept: str = FRESH, media: str = "application/json") -> HttpResponse:
    """Answer with JSON, written by msgspec."""
    return quick(ENCODER.encode(body), etag=etag, kept=kept, media=media)


def quick(body: bytes, *, etag: str = "", kept: str = FRESH, media: str = "application/json") -> HttpResponse:
    """Answer with JSON that is written already."""
    answer = HttpResponse(body, content_type=media)
    answer.headers["Cache-Control"] = kept
    if etag:
        answer.headers["ETag"] = etag
    return answer


class Kept:
    """Pages that were written before, by question; those asked longest ago go when they take too much memory."""

    def __init__(self, *, most_bytes: int) -> None:
        self._most, self._bytes = most_bytes, 0
        self._pages: OrderedDict[Any, tuple[bytes, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, asked: Any) -> tuple[bytes, int] | None:
        """Give what was kept, or None."""
        with self._lock:
            found = self._pages.get(asked)
            if found:
                self._pages.move_to_end(asked)
            return found

    def put(self, asked: Any, page: tuple[bytes, int]) -> None:
        """Keep a page."""
        with self._lock:
            before = self._pages.pop(asked, None)
            self._pages[asked] = page
            self._bytes += len(page[0]) - (len(before[0]) if before else 0)
            while self._bytes > self._most and self._pages:
                _asked, gone = self._pages.popitem(last=False)
                self._bytes -= len(gone[0])


def base() -> str:
    """Give the address of this Plein as others reach it."""
    return str(settings.PLEIN["BASE_URL"])


def with_changes(given: Sequence[tuple[str, str]], **changes: str) -> str:
    """Write parameters again with some changed; an empty value takes one out."""
    kept = [(name, value) for name, value in given if name not in changes and value != ""]
    return urlencode([*kept, *((name, value) for name, value in changes.items() if value != "")])
