"""Publishes two products again and again, one replaced and one added to, and queues sealing and compaction.

    python -m plein.site.disturbance.publisher NOTES FIRST_ROUND

What a round published follows from its number, so that every version can be judged by itself. After each acknowledged
publication a line "PRODUCT VERSION ROUND" is written to NOTES. Runs until it is killed.
"""

import os
import sys
import time
from datetime import date
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

REPLACED, ADDED = "monitor.street_furniture", "monitor.waste_weighings"
LEAST_ROWS = 500
ADDED_ROWS = 20
PAUSE_S = 0.3
WORK = ("observations.seal", "catalogue.compact", "catalogue.retention", "sensing.judge")


def rows_of(round_number: int) -> int:
    """Give how many rows a round of the replaced product has."""
    return LEAST_ROWS + round_number % 7


def replaced(round_number: int) -> "pa.Table":
    """Make the rows that replace all others: every one names its round."""
    rows = range(rows_of(round_number))
    columns: dict[str, Any] = {
        "object_id": [f"{round_number}-{row}" for row in rows],
        "kind": ["bank" for _ in rows],
        "gemeente_code": ["GM9998" for _ in rows],
        "status": ["bestaand" for _ in rows],
        "lon": [5.0 + row / 10_000 for row in rows],
        "lat": [52.0 + round_number % 1000 / 10_000 for _ in rows],
    }
    return _with_the_rest(REPLACED, columns)


def added(round_number: int) -> "pa.Table":
    """Make the rows that are added to those of all earlier rounds."""
    rows = range(ADDED_ROWS)
    columns: dict[str, Any] = {
        "cluster_id": [f"{round_number}-{row}" for row in rows],
        "month": [date(2026, 1, 1) for _ in rows],
        "gemeente_code": ["GM9998" for _ in rows],
        **{name: [1 for _ in rows] for name in ("weighings", "emptyings", "not_positive", "too_heavy")},
        **{name: [1.0 for _ in rows] for name in ("weight_kg", "normal_weight_kg")},
    }
    return _with_the_rest(ADDED, columns)


def _with_the_rest(product: str, columns: dict[str, Any]) -> "pa.Table":
    """Add the columns of the contract that these rows leave empty."""
    import pyarrow as pa

    from plein.foundation.catalogue.checking import arrow_schema
    from plein.foundation.catalogue.contracts import contract

    kinds = arrow_schema(contract(product))
    rows = len(next(iter(columns.values())))
    return pa.table([pa.array(columns.get(field.name, [None] * rows), field.type) for field in kinds], schema=kinds)


def publish_without_end(notes: Path, first: int) -> None:
    """Publish round after round and note each that is acknowledged."""
    from plein.foundation import clock
    from plein.foundation.catalogue.publishing import publish
    from plein.foundation.identity.actors import SYSTEM
    from plein.foundation.jobs import enqueue
    from plein.foundation.jobs.models import JobRun

    note = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number in count(first):
        version = publish(REPLACED, replaced(number), by=SYSTEM, now=clock.now())
        os.write(note, f"{REPLACED} {version.number} {number}\n".encode())
        version = publish(ADDED, added(number), by=SYSTEM, now=clock.now(), mode="append")
        os.write(note, f"{ADDED} {version.number} {number}\n".encode())
        work = WORK[number % len(WORK)]
        if not JobRun.objects.filter(job=work, key="", outcome=JobRun.WAITING).exists():
            enqueue(work)
        time.sleep(PAUSE_S)


def main(notes: str, first: str) -> None:
    """Set up and publish."""
    import django

    django.setup()
    publish_without_end(Path(notes), int(first))


if __name__ == "__main__":
    main(*sys.argv[1:])
