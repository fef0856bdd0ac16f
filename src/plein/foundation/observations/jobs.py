"""The regular work on readings."""

from datetime import datetime, timedelta

from plein.foundation.jobs import job
from plein.foundation.observations import partitions, sealing
from plein.foundation.words import Text

MANY_ROWS = 500_000


@job(
    "observations.seal",
    every=timedelta(minutes=10),
    title=Text("Oude metingen opbergen in het archief", "Seal old readings into the lake"),
)
def seal(*, now: datetime) -> None:
    """Make room for the days to come, and move readings that are old enough into the lake once they are many."""
    partitions.prepare(now=now)
    sealing.seal(now=now, least=MANY_ROWS)


@job(
    "observations.tidy",
    at="02:20",
    title=Text("Het archief van metingen bijwerken en opruimen", "Complete and tidy the archive of readings"),
)
def tidy(*, now: datetime) -> None:
    """Move the other old readings too, join what the day brought, and remove files that nobody needs any more."""
    sealing.seal(now=now)
    sealing.tidy(now=now)
