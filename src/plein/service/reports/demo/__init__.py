"""Furnishes the demo town with categories, things in the street, and two years of reports."""

from datetime import datetime

from plein.casework.cases.actions.types import ensure_zaaktype
from plein.foundation.geo.town import Town
from plein.foundation.identity.actors import SYSTEM
from plein.service.reports.actions import learning
from plein.service.reports.actions.categories import load_set, set_from_file
from plein.service.reports.rules.zaaktype import MELDING


def furnish(town: Town, *, now: datetime) -> None:
    """Load the categories of the demo town."""
    load_set(set_from_file("pleinstad"), by=SYSTEM, now=now)
    ensure_zaaktype(MELDING, by=SYSTEM, now=now)
    learning.learn(by=SYSTEM, now=now)
