"""The job that keeps the history short."""

from datetime import datetime, timedelta

from plein.foundation.jobs.models import JobRun
from plein.foundation.jobs.registry import job
from plein.foundation.words import Text

KEEP_DONE = timedelta(days=30)
KEEP_FAILED = timedelta(days=180)
BATCH = 1000


@job("jobs.purge", at="02:15", title=Text("Oude taken opruimen", "Clear old jobs"))
def purge(*, now: datetime) -> int:
    """Delete runs that went well after 30 days and others after 180; returns how many."""
    deleted = 0
    for outcomes, keep in [
        ([JobRun.DONE, JobRun.REPLACED], KEEP_DONE),
        ([JobRun.DEAD, JobRun.REFUSED], KEEP_FAILED),
    ]:
        old = JobRun.objects.filter(outcome__in=outcomes, ended_at__lt=now - keep)
        while batch := list(old.values_list("pk", flat=True)[:BATCH]):
            deleted += JobRun.objects.filter(pk__in=batch).delete()[0]
    return deleted
