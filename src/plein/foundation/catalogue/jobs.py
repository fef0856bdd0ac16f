"""The nightly work of the catalogue."""

from datetime import datetime

from plein.foundation.catalogue import keeping
from plein.foundation.jobs import job
from plein.foundation.words import Text


@job("catalogue.retention", at="03:10", title=Text("Gegevens na hun bewaartermijn wissen", "Erase data after its term"))
def retention(*, now: datetime) -> None:
    """Remove rows and versions whose retention ended."""
    keeping.end_retention(now=now)


@job("catalogue.compact", at="03:40", title=Text("Kleine bestanden samenvoegen", "Join small files"))
def compact(*, now: datetime) -> None:
    """Join the small files of data products."""
    keeping.compact(now=now)
