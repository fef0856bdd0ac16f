"""Announce an event, number it, and deliver it to every listener in the house.

Announcing is one row in the caller's transaction. The worker numbers what was committed, so that the numbers have no
gaps and nobody sees number 8 before number 7, and writes a ledger row for everyone who wants it.
"""

import traceback
from datetime import datetime, timedelta
from random import random
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from plein.foundation import clock
from plein.foundation.errors import NotFound
from plein.foundation.events.events import Event
from plein.foundation.events.listening import Listener, listeners
from plein.foundation.events.models import Counter, Delivery, Message, Subscription
from plein.foundation.identity.actors import Actor
from plein.foundation.jobs.schedules import wait_after

TRIES = 8
BATCH = 500
ERROR_LENGTH = 8000


def announce(event: Event, *, by: Actor) -> Message:
    """Write an event in the outbox, in the caller's transaction: it happened when the transaction commits."""
    return Message.objects.create(
        type=event.type,
        subject=event.subject,
        data=event.data(),
        at=event.at,
        recorded_at=clock.now(),
        by=by.uri,
        outward=event.outward,
    )


def deliver_due(now: datetime) -> bool:
    """Number what is new and deliver what is due in the house; tells whether there was anything."""
    numbered = number_new(now)
    delivered = 0
    while delivered < BATCH and _deliver_next(now):
        delivered += 1
    return bool(numbered or delivered)


def number_new(now: datetime) -> int:
    """Give each committed event its number and its ledger rows; returns how many."""
    if not Message.objects.filter(sequence__isnull=True).exists():
        return 0
    with transaction.atomic():
        counter = _the_counter()
        new = list(Message.objects.filter(sequence__isnull=True).order_by("id")[:BATCH])
        for place, message in enumerate(new, start=counter.last + 1):
            message.sequence = place
        Message.objects.bulk_update(new, ["sequence"])
        counter.last += len(new)
        counter.save()
        subscriptions = list(Subscription.objects.filter(is_active=True))
        ledger = [row for message in new for row in _ledger(message, subscriptions, now)]
        Delivery.objects.bulk_create(ledger, ignore_conflicts=True)
    return len(new)


def replay(delivery_id: int, *, now: datetime) -> Delivery:
    """Deliver a dead letter again.

    Raises NotFound.
    """
    dead = Delivery.objects.filter(pk=delivery_id, state=Delivery.DEAD)
    if not dead.update(state=Delivery.WAITING, attempts=0, next_at=now):
        raise NotFound(what=f"dead letter {delivery_id}")
    return Delivery.objects.select_related("message").get(pk=delivery_id)


def replay_all(listener: str, *, now: datetime) -> int:
    """Deliver all dead letters of a listener again, for after a repair; returns how many."""
    dead = Delivery.objects.filter(listener=listener, state=Delivery.DEAD)
    return dead.update(state=Delivery.WAITING, attempts=0, next_at=now)


def drop(delivery_id: int, *, now: datetime) -> None:
    """Decide that a dead letter need not be delivered any more.

    Raises NotFound.
    """
    dead = Delivery.objects.filter(pk=delivery_id, state=Delivery.DEAD)
    if not dead.update(state=Delivery.DROPPED, done_at=now):
        raise NotFound(what=f"dead letter {delivery_id}")


def dead_letters() -> QuerySet[Delivery]:
    """Give the deliveries that were given up, the newest first."""
    return Delivery.objects.filter(state=Delivery.DEAD).select_related("message", "subscription").order_by("-message")


def failing() -> QuerySet[Delivery]:
    """Give the deliveries that failed and will be tried again, the next one first."""
    rows = Delivery.objects.filter(state=Delivery.WAITING, attempts__gt=0)
    return rows.select_related("message", "subscription").order_by("next_at")


def waiting(now: datetime, *, outside: bool) -> QuerySet[Delivery]:
    """Give what may be delivered now: due, and nothing older of the same subject still waits for that listener."""
    older = Delivery.objects.filter(
        listener=OuterRef("listener"),
        subject=OuterRef("subject"),
        state=Delivery.WAITING,
        message__lt=OuterRef("message"),
    )
    due = Delivery.objects.filter(state=Delivery.WAITING, next_at__lte=now, subscription__isnull=not outside)
    return due.filter(Q(subject="") | ~Exists(older)).order_by("message", "id")


def locked(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Lock rows on PostgreSQL and skip those that others hold; on SQLite the write lock is enough."""
    return rows.select_for_update(skip_locked=True, of=("self",)) if connection.features.has_select_for_update else rows


def put_off(delivery: Delivery, error: str, *, tries: int, now: datetime) -> None:
    """Write down a failed attempt: again later, or a dead letter when the tries are used up."""
    delivery.attempts += 1
    delivery.error = error[-ERROR_LENGTH:]
    if delivery.attempts >= tries:
        delivery.state = Delivery.DEAD
    else:
        delivery.next_at = now + wait_after(delivery.attempts, chance=random())  # noqa: S311
    delivery.save(update_fields=["attempts", "error", "state", "next_at"])


def purge(now: datetime, *, keep: timedelta) -> int:
    """Delete old events whose deliveries are all settled; dead letters and what waits stay. Returns how many."""
    open_rows = Delivery.objects.filter(message=OuterRef("pk"), state__in=[Delivery.WAITING, Delivery.DEAD])
    old = Message.objects.filter(recorded_at__lt=now - keep, sequence__isnull=False).filter(~Exists(open_rows))
    deleted = 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        Message.objects.filter(pk__in=batch).delete()
        deleted += len(batch)
    return deleted


def _the_counter() -> Counter:
    Counter.objects.get_or_create(pk=1)
    return Counter.objects.select_for_update().get(pk=1)


def _ledger(message: Message, subscriptions: list[Subscription], now: datetime) -> list[Delivery]:
    inside: list[dict[str, Any]] = [{"listener": one.key} for one in listeners().get(message.type, ())]
    outside: list[dict[str, Any]] = [
        {"listener": f"webhook:{one.pk}", "subscription": one}
        for one in subscriptions
        if message.outward and (not one.types or message.type in one.types)
    ]
    return [Delivery(message=message, subject=message.subject, next_at=now, **one) for one in inside + outside]


def _listener(delivery: Delivery) -> Listener | None:
    found = listeners().get(delivery.message.type, ())
    return next((one for one in found if one.key == delivery.listener), None)


def _deliver_next(now: datetime) -> bool:
    """Deliver one event to one listener: what it writes and the mark in the ledger are one transaction."""
    if not (due := waiting(now, outside=False).first()):
        return False
    try:
        with transaction.atomic():
            delivery = locked(waiting(now, outside=False).filter(pk=due.pk).select_related("message")).first()
            if delivery is None:
                return False
            marked = Delivery.objects.filter(pk=delivery.pk, state=Delivery.WAITING)
            marked.update(state=Delivery.DONE, done_at=now, attempts=delivery.attempts + 1, error="")
            _hear(delivery, now)
    except Exception:
        put_off(due, traceback.format_exc(), tries=TRIES, now=now)
    return True


def _hear(delivery: Delivery, now: datetime) -> None:
    listener = _listener(delivery)
    if listener is None:
        raise LookupError(f"No room listens as {delivery.listener}.")
    listener.hear(delivery.message, now=now)
