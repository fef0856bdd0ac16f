"""What is near: open reports of the same kind, and things in the street."""

from collections.abc import Sequence
from dataclasses import dataclass

import h3
from django.db.models import Q

from plein.foundation.geo.addresses import metres
from plein.foundation.geo.cells import cell
from plein.service.reports.models import Asset, Photo, Report

RESOLUTION = 10
NEAR_M = 75.0
MOST = 6


def cells_around(lon: float, lat: float) -> list[str]:
    """List the cell of a place and those around it: everything within about 100 m."""
    return [str(one) for one in h3.grid_disk(cell(lon, lat, RESOLUTION), 1)]


@dataclass(frozen=True, slots=True)
class Near:
    """An open report nearby, with how far it is in metres, and a photo that may be shown."""

    report: Report
    metres: int
    photo: Photo | None = None


def similar_near(*, lon: float, lat: float, main_slug: str, asset: str = "") -> list[Near]:
    """List open reports of the same group within 75 m or about the same thing, nearest first; at most two queries."""
    place = Q(cell__in=cells_around(lon, lat))
    rows = Report.objects.filter(
        Q(asset__key=asset) | place if asset else place,
        closed_at=None,
        is_hidden=False,
        category__main_slug=main_slug,
        category__is_public=True,
    )
    found = [(row, _far(row, lon, lat)) for row in rows.select_related("category", "asset", "zaak")[:50]]
    near = sorted((one for one in found if one[1] <= NEAR_M), key=lambda one: one[1])[:MOST]
    photos = public_photos([row.pk for row, _ in near])
    return [Near(row, round(far), photos.get(row.pk)) for row, far in near]


def public_photos(reports: Sequence[int]) -> dict[int, Photo]:
    """Give a photo that may be shown of each report that has one; one query, none for no reports."""
    if not reports:
        return {}
    rows = Photo.objects.filter(report__in=reports, state="ready").order_by("-id")
    return {row.report_id: row for row in rows}


def _far(row: Report, lon: float, lat: float) -> float:
    if row.lon is None or row.lat is None:
        return float("inf")
    return metres(lon, lat, row.lon, row.lat)


def things_near(*, lon: float, lat: float, kind: str = "") -> list[Asset]:
    """List things in the street within about 60 m, nearest first; one query."""
    rows = Asset.objects.filter(cell__in=cells_around(lon, lat), is_active=True).select_related("owner")
    if kind:
        rows = rows.filter(kind=kind)
    far = sorted((metres(lon, lat, row.lon, row.lat), row.pk, row) for row in rows[:400])
    return [row for distance, _, row in far if distance <= 60][:8]
