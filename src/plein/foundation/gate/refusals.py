"""What was refused, kept even when the transaction in which it was asked is rolled back."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from plein.foundation import trace
from plein.foundation.errors import Refused
from plein.foundation.gate import spool
from plein.foundation.gate.models import Refusal
from plein.foundation.identity.actors import Actor


def note(refused: Refused, *, product: str, activity: str, by: Actor, now: datetime) -> None:
    """Write a refusal down: at once in a transaction of its own, or, when one is open already, outside it on disk."""
    line = {
        "at": now.isoformat(),
        "product": product[:200],
        "activity": activity[:100],
        "actor": by.uri,
        "code": refused.code,
        "message": refused.message,
        "facts": {name: str(fact) for name, fact in refused.facts.items()},
        "trace_id": trace.current().trace_id,
    }
    if connection.in_atomic_block:
        spool.add("refusals", [line], durable=True)
        return
    with transaction.atomic():
        _store([line])


def _store(lines: list[dict[str, Any]]) -> None:
    Refusal.objects.bulk_create(
        [Refusal(**{**line, "at": datetime.fromisoformat(line["at"])}) for line in lines], batch_size=500
    )


def take_up() -> int:
    """Take the refusals that wait on disk up into the database; gives how many."""
    return spool.take_up("refusals", _store)
