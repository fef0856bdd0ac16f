"""Pages by cursor: the place after the last row seen, signed, so that nobody builds on what is in it.

A page by key costs the same however deep one reads, and rows that come or go meanwhile neither repeat nor hide others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from plein.foundation.api.errors import BadCursor

SALT = "plein.api.cursor"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the cursor of the next page; "" on the last."""

    rows: list[Any]
    next: str


def cursor_of(*values: Any) -> str:
    """Sign the place of a row: the values it is ordered by."""
    return signing.dumps(msgspec.to_builtins(values), salt=SALT)


def place_of(cursor: str) -> list[Any]:
    """Read a cursor.

    Raises BadCursor.
    """
    try:
        place: list[Any] = signing.loads(cursor, salt=SALT)
    except signing.BadSignature as error:
        raise BadCursor() from error
    return place


def page(rows: QuerySet[Any], *, by: Sequence[str], cursor: str = "", limit: int = 100) -> Page:
    """Take one page of rows, ordered by fields of which the last is unique; "-name" goes down.

    Raises BadCursor.
    """
    if cursor:
        rows = rows.filter(_after(by, place_of(cursor)))
    found = list(rows.order_by(*by)[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    last = cursor_of(*(getattr(found[-1], name.lstrip("-")) for name in by)) if more else ""
    return Page(found, last)


def _after(by: Sequence[str], place: Sequence[Any]) -> Q:
    """Say "after this place" in an order of several fields."""
    if len(by) != len(place):
        raise BadCursor()
    condition, same = Q(), Q()
    for name, value in zip(by, place, strict=True):
        field, way = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        condition |= same & Q(**{f"{field}__{way}": value})
        same &= Q(**{field: value})
    return condition


def next_link(request: HttpRequest, cursor: str) -> str | None:
    """Give the address of the next page, or None on the last."""
    if not cursor:
        return None
    query = {**{name: request.GET.getlist(name) for name in request.GET}, "cursor": cursor}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query, doseq=True)}")
