"""Places by street and number, and the nearest house to a place."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import cos, hypot, radians

from django.db import transaction
from django.db.models import Q

from plein.foundation.geo.models import Address
from plein.foundation.identity.actors import Actor, require

_M_PER_DEGREE = 111_200.0
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class House:
    """An address as a source gives it; lon, lat: WGS84. key: of the register, or "" to make one of the rest."""

    street: str
    number: str
    lon: float
    lat: float
    postcode: str = ""
    buurt_code: str = ""
    key: str = ""


def plain(text: str) -> str:
    """Write a text as it is searched for: lower case, without accents, marks and double spaces."""
    bare = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Measure the distance between two places that lie close together."""
    east = (other_lon - lon) * cos(radians(lat))
    return hypot(east, other_lat - lat) * _M_PER_DEGREE


def _glued(text: str) -> str:
    """Take the space out of a postcode: "1234 ab 12" is "1234ab 12"."""
    return re.sub(r"^(\d{4}) ([a-z]{2})\b", r"\1\2", text)


def search(text: str, *, gemeente: str, limit: int = 8) -> list[Address]:
    """Find addresses that start with these words, or with this postcode and number; one query."""
    words = _glued(plain(text))
    if len(words) < 3:
        return []
    found = Address.objects.filter(Q(search__startswith=words) | Q(by_postcode__startswith=words))
    rows = found.filter(gemeente_code=gemeente)[: limit * 4]
    exact = [words, f"{words} "]
    return sorted(rows, key=lambda row: (row.search not in exact, row.street, len(row.number), row.number))[:limit]


def nearest(lon: float, lat: float, *, within_m: float = 150.0) -> Address | None:
    """Find the nearest address; None when none is near. One query."""
    high = within_m / _M_PER_DEGREE
    wide = high / max(0.01, cos(radians(lat)))
    rows = Address.objects.filter(lat__range=(lat - high, lat + high), lon__range=(lon - wide, lon + wide))
    best = min(rows, key=lambda row: metres(lon, lat, row.lon, row.lat), default=None)
    return best if best and metres(lon, lat, best.lon, best.lat) <= within_m else None


@transaction.atomic
def store_addresses(houses: Iterable[House], *, gemeente: str, by: Actor, now: datetime) -> int:
    """Make the addresses of a gemeente exactly these; returns how many.

    Raises NotAllowed.
    """
    require(by, "geo.write")
    rows = [_row(house, gemeente) for house in houses]
    mine = Address.objects.filter(gemeente_code=gemeente)
    if [row.key for row in rows] == list(mine.order_by("id").values_list("key", flat=True)):
        return len(rows)
    mine.delete()
    Address.objects.bulk_create(rows, batch_size=_BATCH)
    return len(rows)


def _row(house: House, gemeente: str) -> Address:
    return Address(
        key=house.key or f"{gemeente}/{house.postcode}/{plain(house.street)}/{house.number}",
        gemeente_code=gemeente,
        street=house.street,
        number=house.number,
        postcode=house.postcode,
        buurt_code=house.buurt_code,
        lon=house.lon,
        lat=house.lat,
        search=plain(f"{house.street} {house.number}"),
        by_postcode=plain(f"{house.postcode} {house.number}"),
    )
