"""What reports do by themselves: learn every night."""

from datetime import datetime

from plein.foundation.identity.actors import SYSTEM
from plein.foundation.jobs import job
from plein.foundation.words import Text
from plein.service.reports.actions import learning


@job("reports.learn", at="03:20", title=Text("Leren van meldingen", "Learn from reports"))
def learn(*, now: datetime) -> None:
    """Publish open data and figures about reports, and look where the same comes back."""
    learning.learn(by=SYSTEM, now=now)
