"""Compute again when data changes, and judge again as time goes by."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.stamps import bump
from plein.foundation.jobs import enqueue, job
from plein.foundation.words import Text
from plein.insight.monitor.actions.computing import compute_all, judge_areas
from plein.insight.monitor.actions.importing import import_indicators
from plein.insight.monitor.actions.publishing import PRODUCT
from plein.insight.monitor.models import Indicator, IndicatorVersion

SETTLE = timedelta(seconds=5)


@job("monitor.refresh", title=Text("Indicatoren berekenen", "Compute indicators"))
def refresh(*, now: datetime, product: str = "", progress: Callable[[int, int], None] | None = None) -> None:
    """Compute the indicators that read a product, or all of them; the first time the shipped set comes in."""
    if not Indicator.objects.exists():
        import_indicators(by=SYSTEM, now=now)
    compute_all(now=now, products=[product] if product else None, progress=progress)


@job("monitor.judge", at="04:30", title=Text("Indicatoren opnieuw beoordelen", "Judge indicators again"))
def judge_again(*, now: datetime) -> None:
    """Judge all areas again: a norm year can have come, and a value can have become too old."""
    for version in IndicatorVersion.objects.filter(state="published"):
        judge_areas(version, now=now)
    bump("monitor")


def note_publication(event: Mapping[str, Any] | Any, **_context: Any) -> None:
    """Hear that a product was published and have its indicators computed shortly; several at once are one run each."""
    product = event["product"] if isinstance(event, Mapping) else event.product
    if product == PRODUCT:
        return
    enqueue(refresh, key=product, product=product)
