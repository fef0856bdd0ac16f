"""What reports do by themselves: learn every night, and when history was loaded."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plein.foundation.identity.actors import SYSTEM
from plein.foundation.jobs import enqueue, job
from plein.foundation.words import Text
from plein.service.reports.actions import learning
from plein.service.reports.sources.history import PRODUCT


@job("reports.learn", at="03:20", title=Text("Leren van meldingen", "Learn from reports"))
def learn(*, now: datetime) -> None:
    """Publish open data and figures about reports, and look where the same comes back."""
    learning.learn(by=SYSTEM, now=now)


def note_publication(event: Mapping[str, Any], *, now: datetime) -> None:
    """Hear that a product was published; when it is the history, learn from it."""
    if event["product"] == PRODUCT:
        enqueue(learn, key="learn", now=now)
