"""Furnishes the demo town with its registers."""

from datetime import datetime

from plein.foundation.geo.town import Town
from plein.insight.monitor.sources.pleinstad import publish_town


def furnish(town: Town, *, now: datetime) -> None:
    """Publish the key figures, finance, crime and waste of the demo town."""
    publish_town(town, now=now)
