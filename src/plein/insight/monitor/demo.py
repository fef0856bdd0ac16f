"""Furnishes the demo town with its registers, and with the indicators that are computed from them."""

from datetime import datetime

from plein.foundation.geo.town import Town
from plein.foundation.identity.actors import SYSTEM
from plein.insight.monitor.actions.computing import compute_all
from plein.insight.monitor.actions.importing import import_indicators
from plein.insight.monitor.sources.pleinstad import publish_town


def furnish(town: Town, *, now: datetime) -> None:
    """Publish the key figures, finance, crime and waste of the demo town, and compute the indicators."""
    publish_town(town, now=now)
    import_indicators(by=SYSTEM, now=now)
    compute_all(now=now)
