"""Counting what happens to questions: per day and version, by one statement, without a word about who."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection

from plein.casework.forms.models import FormVersion, QuestionDay
from plein.foundation.clock import local_date

Event = tuple[str, str]  # question, what


def count(version: FormVersion, events: Iterable[Event], *, now: datetime) -> None:
    """Add to the counts of today; events that stand there twice count twice."""
    told: Mapping[Event, int] = Counter((question[:100], what[:40]) for question, what in events)
    if not told:
        return
    table, day = QuestionDay._meta.db_table, local_date(now)
    values = [(version.pk, question, what, day, times) for (question, what), times in sorted(told.items())]
    places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(values))
    text = (
        f"INSERT INTO {table} (version_id, question, what, day, count) VALUES {places} "  # noqa: S608 (our own name)
        f"ON CONFLICT (version_id, question, what, day) DO UPDATE SET count = {table}.count + excluded.count"
    )
    with connection.cursor() as cursor:
        cursor.execute(text, [value for row in values for value in row])


def new_events(counted: Iterable[str], events: Iterable[Event]) -> tuple[list[str], list[Event]]:
    """Leave out what this draft told before, so that one person counts once.

    Returns what the draft told by now, and what is new.
    """
    known = set(counted)
    fresh = [event for event in dict.fromkeys(events) if "|".join(event) not in known]
    return sorted(known | {"|".join(event) for event in fresh}), fresh
