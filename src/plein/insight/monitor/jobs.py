"""Compute again when data changes, and judge again as time goes by."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.stamps import bump
from plein.foundation.jobs import enqueue, job
from plein.foundation.words import Text
from plein.insight.monitor.actions.computing import compute_all, judge_areas
from plein.insight.monitor.actions.importing import import_indicators
from plein.insight.monitor.actions.publishing import PRODUCT
from plein.insight.monitor.models import Indicator, IndicatorVersion


@job("monitor.refresh", title=Text("Indicatoren berekenen", "Compute indicators"))
def refresh(*, now: datetime, progress: Callable[[int, int], None] | None = None) -> None:
    """Compute the indicators whose data changed since the last time; the first time the shipped set comes in."""
    if not Indicator.objects.exists():
        import_indicators(by=SYSTEM, now=now)
    compute_all(now=now, stale_only=True, progress=progress)


@job("monitor.judge", at="04:30", title=Text("Indicatoren opnieuw beoordelen", "Judge indicators again"))
def judge_again(*, now: datetime) -> None:
    """Judge all areas again: a norm year can have come, and a value can have become too old."""
    for version in IndicatorVersion.objects.filter(state="published"):
        judge_areas(version, now=now)
    bump("monitor")


def note_publication(event: Mapping[str, Any], *, now: datetime) -> None:
    """Hear that a product was published and have indicators computed; what is published meanwhile joins that run."""
    if event["product"] != PRODUCT:
        enqueue(refresh, key="refresh", now=now)
