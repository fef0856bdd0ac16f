"""What both interfaces share: reading parameters, conditions, links, quick JSON."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
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
    answer = HttpResponse(ENCODER.encode(body), content_type=media)
    answer.headers["Cache-Control"] = kept
    if etag:
        answer.headers["ETag"] = etag
    return answer


def base() -> str:
    """Give the address of this Plein as others reach it."""
    return str(settings.PLEIN["BASE_URL"])


def with_changes(given: Sequence[tuple[str, str]], **changes: str) -> str:
    """Write parameters again with some changed; an empty value takes one out."""
    kept = [(name, value) for name, value in given if name not in changes and value != ""]
    return urlencode([*kept, *((name, value) for name, value in changes.items() if value != "")])
