"""The search index is built anew every quarter of an hour."""

from datetime import datetime, timedelta

from plein.foundation.jobs import job
from plein.foundation.search import index
from plein.foundation.words import Text


@job("search.rebuild", every=timedelta(minutes=15), title=Text("Zoekindex verversen", "Refresh the search index"))
def rebuild(*, now: datetime) -> None:
    """Build the index anew from what the rooms offer."""
    index.rebuild(now=now)
