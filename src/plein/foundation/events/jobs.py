"""The job that keeps the outbox short."""

from datetime import datetime, timedelta

from plein.foundation.events import outbox
from plein.foundation.jobs import job
from plein.foundation.words import Text

KEEP = timedelta(days=90)


@job("events.purge", at="02:30", title=Text("Oude berichten opruimen", "Clear old events"))
def purge(*, now: datetime) -> int:
    """Delete delivered events after 90 days; returns how many."""
    return outbox.purge(now, keep=KEEP)
