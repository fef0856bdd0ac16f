"""A worker of its own process for the test with several; each run leaves one trace in the database."""

import time
from datetime import datetime, timedelta
from threading import Event

import django

django.setup()

from plein.foundation.jobs import job, work  # noqa: E402
from plein.foundation.jobs.models import JobRun  # noqa: E402
from plein.foundation.words import Text  # noqa: E402


@job("trial.trace", title=Text("Spoor", "Trace"), whole=True)
def trace(*, now: datetime, number: int) -> None:
    """Leave one trace and take some time over it."""
    JobRun.objects.create(job="trial.left", key=f"{number}", queued_at=now, run_at=now, ended_at=now, outcome="done")
    time.sleep(0.003)


work(Event(), lease=timedelta(seconds=2))
