"""What the monitor contributes to pages that are not its own: a number, map layers, an area's card, search."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from django.db import DatabaseError
from django.urls import reverse
from django.utils.translation import override

from plein.foundation.identity.stamps import Kept
from plein.foundation.rooms import MapLayer
from plein.foundation.words import Text
from plein.insight.monitor import rules
from plein.insight.monitor.models import Value
from plein.insight.monitor.queries import published
from plein.insight.monitor.queries.board import board, cards, counts


def home_number() -> Text | None:
    """Give the live figure for the home page: how many indicators are on track."""
    found = counts(board())
    on_track, total = found["on_track"], sum(found.values())
    if not total:
        return None
    return Text(f"{on_track} van {total} indicatoren op koers", f"{on_track} of {total} indicators on track")


def _load_moments() -> dict[int, list[str]]:
    ours = published.home().code[2:]
    found = Value.objects.filter(grp="", replaced_at__isnull=True, version__state="published").exclude(kind="gemeente")
    rows: dict[int, list[str]] = {}
    areas = (f"WK{ours}", f"BU{ours}")
    for prefix in areas:
        pairs = found.filter(area_code__startswith=prefix).values_list("version_id", "period").distinct()
        for version, period in pairs:
            rows.setdefault(version, []).append(period)
    return {version: sorted(set(periods), key=rules.moment) for version, periods in rows.items()}


_kept_moments = Kept(published.STAMP, _load_moments)


def map_layers() -> list[MapLayer]:
    """Offer a map layer for every indicator that has values per district or neighbourhood."""
    try:
        return _kept_layers.get()
    except DatabaseError:  # the tables are not there yet: the house is being set up
        return []


def _load_layers() -> list[MapLayer]:
    moments = _kept_moments.get()
    return [
        MapLayer(
            key=f"monitor.{key}",
            title=version.title,
            kind="areas",
            unit=version.unit.nl,
            source=version.source,
            values=partial(layer_values, version.pk),
            moments=partial(layer_moments, version.pk),
            products=("monitor.indicator_values", *version.products),
            scale="amount",
            decimals=version.decimals,
            order=300 + place,
        )
        for place, (key, version) in enumerate(published.versions().items())
        if version.pk in moments
    ]


_kept_layers = Kept(published.STAMP, _load_layers)


def _last_day(period: str) -> date:
    """Give the first day on which a period is over or complete enough to show: its last day."""
    from calendar import monthrange

    if "Q" in period:
        year, quarter = period.split("-Q")
        month = int(quarter) * 3
        return date(int(year), month, monthrange(int(year), month)[1])
    parts = [int(part) for part in period.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) == 3 else monthrange(year, month)[1])


def layer_moments(version: int) -> list[date]:
    """List the days the time slider can stop at for an indicator."""
    return sorted({_last_day(period) for period in _kept_moments.get().get(version, [])})


def layer_values(version: int, level: str, at: date) -> dict[str, float | None]:
    """Give the values of all our areas of a level, of the newest period that was over on a day."""
    over = [period for period in _kept_moments.get().get(version, []) if _last_day(period) <= at]
    if not over:
        return {}
    prefix = {"gemeente": "GM", "wijk": "WK", "buurt": "BU"}[level] + published.home().code[2:]
    found = Value.objects.filter(version=version, kind=level, grp="", period=over[-1], replaced_at__isnull=True)
    return dict(found.filter(area_code__startswith=prefix).values_list("area_code", "value"))


def area_card(code: str, at: date) -> list[dict[str, Any]] | None:
    """Give the key figures and statuses of one area; None when the monitor knows nothing about it."""
    found = [card for card in cards(area=code) if card.standing]
    lines = [
        {
            "title": card.version.title,
            "value": card.standing.latest,
            "unit": card.version.unit,
            "decimals": card.version.decimals,
            "period": card.period,
            "source": card.version.source,
            "href": card.href,
            "status": card.kind,
            "status_text": card.word,
        }
        for card in found
        if card.standing
    ]
    return lines or None


def search_documents() -> Iterator[dict[str, str]]:
    """Give every theme and indicator to search."""
    seen: set[str] = set()
    for key, version in published.versions().items():
        theme = version.indicator.goal.theme
        if theme.key not in seen:
            seen.add(theme.key)
            yield _document(f"theme-{theme.key}", "theme", theme.key, theme.title, [theme.text])
        said = [version.definition, version.indicator.goal.title, version.source]
        yield _document(f"indicator-{key}", "indicator", key, version.title, said)


def _document(name: str, view: str, key: str, title: Text, said: list[Text]) -> dict[str, str]:
    with override("nl"):
        url = reverse(f"monitor:{view}", args=[key])
    return {
        "id": f"monitor-{name}",
        "url": url,
        "kind": "indicator",
        "title_nl": title.nl,
        "title_en": title.en,
        "text_nl": " ".join(text.nl for text in said),
        "text_en": " ".join(text.en for text in said),
    }
