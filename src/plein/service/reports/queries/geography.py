"""Open reports as GeoJSON for machines: the whole town kept ready as bytes, a part of it read when asked for.

Thousands of visitors ask for the same map. The bytes are made once and kept per process; whoever asks within
`KEEP_S` seconds gets them as they are, and after that they are made again only when a report changed.
"""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec
from django.db.models import Count, Max, QuerySet

from plein.foundation import clock
from plein.service.reports.models import Category, Report
from plein.service.reports.rules.filing import rounded

KEEP_S = 5.0
PAGE = 4_000
CHUNK = 1_000
Bbox = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole town: its bytes, packed and not, and the mark of what they were made from."""

    plain: bytes
    packed: bytes
    mark: tuple[Any, ...]
    checked: float

    @property
    def etag(self) -> str:
        """Give a word that changes with the bytes."""
        return f'"{hash(self.mark) & 0xFFFFFFFFFFFF:x}"'


_kept: dict[str, Whole] = {}


def _shown() -> QuerySet[Report]:
    """Give the reports that the public may see on a map: open, not hidden, of a public kind, and not a double."""
    return Report.objects.filter(
        closed_at=None, is_hidden=False, merged_into=None, category__is_public=True, lon__isnull=False
    )


def whole() -> Whole:
    """Give the open reports of the whole town; one query at most every few seconds, two when something changed."""
    ticks = clock.ticks()
    kept = _kept.get("town")
    if kept is not None and 0 <= ticks - kept.checked < KEEP_S:
        return kept
    mark = tuple(_shown().aggregate(Max("changed_at"), Count("pk")).values())
    if kept is None or kept.mark != mark:
        plain = _written(_columns(_shown().order_by("-reported_at", "-pk")).iterator(chunk_size=CHUNK))
        kept = Whole(plain, gzip.compress(plain, 6), mark, ticks)
    else:
        kept = Whole(kept.plain, kept.packed, mark, ticks)
    _kept["town"] = kept
    return kept


def forget() -> None:
    """Throw the bytes away."""
    _kept.clear()


def part(
    *, mains: Sequence[str] = (), subs: Sequence[str] = (), bbox: Bbox | None = None, page: int = 1
) -> tuple[bytes, bool]:
    """Give a page of open reports of some kinds, in a box of (west, south, east, north), and whether there is more."""
    rows = _shown()
    if mains:
        rows = rows.filter(category__main_slug__in=list(mains))
    if subs:
        rows = rows.filter(category__slug__in=list(subs))
    if bbox:
        west, south, east, north = bbox
        rows = rows.filter(lon__range=(west, east), lat__range=(south, north))
    start = (page - 1) * PAGE
    found = list(_columns(rows.order_by("-reported_at", "-pk")[start : start + PAGE + 1]))
    return _written(found[:PAGE]), len(found) > PAGE


def _columns(rows: QuerySet[Report]) -> QuerySet[Any, Any]:
    return rows.values_list("category_id", "lon", "lat", "reported_at")


def _written(rows: Iterable[tuple[Any, ...]]) -> bytes:
    """Write rows as a FeatureCollection, some at a time: a whole town takes little more memory than its bytes."""
    known = {row.pk: (row.place_m, msgspec.Raw(msgspec.json.encode(_category(row)))) for row in Category.objects.all()}
    parts: list[bytes] = []
    for some in _in_parts(rows):
        features = [_feature(known[category], lon, lat, at) for category, lon, lat, at in some]
        parts.append(msgspec.json.encode(features)[1:-1])
    return b'{"type":"FeatureCollection","features":[' + b",".join(filter(None, parts)) + b"]}"


def _in_parts(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    walk = iter(rows)
    while some := list(islice(walk, CHUNK)):
        yield some


def _feature(category: tuple[int, msgspec.Raw], lon: float, lat: float, at: datetime) -> dict[str, Any]:
    metres, said = category
    place = rounded(lon, lat, metres=metres)
    point = {"type": "Point", "coordinates": place}
    return {"type": "Feature", "geometry": point, "properties": {"category": said, "created_at": at}}


def _category(row: Any) -> dict[str, Any]:
    parent = {"name": row.main_title_nl, "slug": row.main_slug}
    return {"name": row.title_nl, "slug": row.slug, "parent": parent}
