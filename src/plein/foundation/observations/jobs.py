"""The regular work on readings."""

from datetime import datetime, timedelta

from plein.foundation.jobs import job
from plein.foundation.observations import sealing
from plein.foundation.words import Text


@job(
    "observations.seal",
    every=timedelta(minutes=10),
    title=Text("Oude metingen opbergen in het archief", "Seal old readings into the lake"),
)
def seal(*, now: datetime) -> None:
    """Move readings that are old enough from the database into the lake."""
    sealing.seal(now=now)
