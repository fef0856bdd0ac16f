"""The gate's housekeeping: counts and refusals into the database, old log lines out of it."""

from datetime import datetime, timedelta

from plein.foundation.gate import keeping, refusals, usage
from plein.foundation.jobs import job
from plein.foundation.words import Text


@job(
    "gate.take-up",
    every=timedelta(minutes=1),
    title=Text("Gebruik en weigeringen bijschrijven", "Take up usage and refusals"),
)
def take_up(*, now: datetime) -> None:
    """Bring what processes wrote aside into the database."""
    usage.take_up()
    refusals.take_up()


@job(
    "gate.keep-log",
    at="03:40",
    title=Text("Oude regels uit het logboek halen", "Remove old lines from the processing log"),
)
def keep_log(*, now: datetime) -> None:
    """Remove the log lines whose retention has ended."""
    keeping.cut_old_lines(now=now)
