"""Counts how data products are used: in memory first, so that a read costs no query, then per day in the database."""

import atexit
import threading
from collections import Counter
from datetime import datetime
from typing import Any

import structlog
from django.db.models import F

from plein.foundation.clock import local_date
from plein.foundation.gate import spool
from plein.foundation.gate.models import Usage
from plein.foundation.identity.actors import Actor

log = structlog.get_logger(__name__)
PUT_AWAY_AFTER = 5.0
Key = tuple[str, str, str, str]
_lock = threading.Lock()
_reads: Counter[Key] = Counter()
_rows: Counter[Key] = Counter()
_timer: list[threading.Timer] = []


def count(product: str, *, activity: str, by: Actor, rows: int, now: datetime) -> None:
    """Count one use; within seconds it is on disk, and with the next run of the job in the database."""
    key = (local_date(now).isoformat(), product, activity, by.kind)
    with _lock:
        _reads[key] += 1
        _rows[key] += rows
        if not _timer:
            timer = threading.Timer(PUT_AWAY_AFTER, put_away)
            timer.daemon = True
            timer.start()
            _timer.append(timer)


def put_away() -> None:
    """Put what is counted in memory on disk; a disk that is full gets another try with the next use."""
    with _lock:
        reads, rows = _reads.copy(), _rows.copy()
        _reads.clear()
        _rows.clear()
        _timer.clear()
    if not reads:
        return
    try:
        spool.add("usage", [{"line": [*key, reads[key], rows[key]]} for key in reads], durable=False)
    except OSError as error:
        log.warning("usage.not-put-away", error=str(error))
        with _lock:
            _reads.update(reads)
            _rows.update(rows)


atexit.register(put_away)


def _store(notes: list[dict[str, Any]]) -> None:
    reads: Counter[Key] = Counter()
    rows: Counter[Key] = Counter()
    for note in notes:
        *key, some, more = note["line"]
        reads[tuple(key)] += some
        rows[tuple(key)] += more
    for day, product, activity, kind in reads:
        key = (day, product, activity, kind)
        names: dict[str, Any] = {"day": day, "product": product, "activity": activity, "actor_kind": kind}
        Usage.objects.get_or_create(**names)
        Usage.objects.filter(**names).update(reads=F("reads") + reads[key], rows=F("rows") + rows[key])


def take_up() -> int:
    """Take the counts that wait on disk up into the database."""
    put_away()
    return spool.take_up("usage", _store)
