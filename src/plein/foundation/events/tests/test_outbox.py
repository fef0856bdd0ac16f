"""Events: with the caller or not at all, numbered without gaps, delivered, tried again, never lost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from plein.foundation.errors import NotFound
from plein.foundation.events import Event, announce, outbox
from plein.foundation.events.models import Delivery, Message
from plein.foundation.events.tests.conftest import BridgeOpened
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.jobs.models import Schedule

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
pytestmark = pytest.mark.django_db


def open_bridge(bridge: str = "Magere Brug") -> Message:
    return announce(BridgeOpened(bridge, at=NOW), by=SYSTEM)


def test_the_own_room_hears_the_event_and_another_room_hears_a_dict(ears: dict) -> None:
    heard: list = []
    ears["near"][BridgeOpened] = heard.append
    ears["far"]["nl.plein.trial.bridge-opened"] = lambda said, *, now: heard.append((said["bridge"], now))

    open_bridge()
    outbox.deliver_due(LATER)

    assert heard == [BridgeOpened("Magere Brug", at=NOW), ("Magere Brug", LATER)]


def test_an_event_of_a_transaction_that_fails_did_not_happen(ears: dict) -> None:
    @transaction.atomic
    def open_and_fail() -> None:
        open_bridge()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        open_and_fail()

    assert not Message.objects.exists()


def test_each_listener_hears_an_event_once_however_often_delivery_runs(ears: dict) -> None:
    heard: list = []
    ears["near"][BridgeOpened] = heard.append
    open_bridge()

    outbox.deliver_due(NOW)
    outbox.deliver_due(NOW)

    assert len(heard) == 1


def test_numbers_have_no_gaps_and_follow_the_order_of_announcing(ears: dict) -> None:
    for bridge in "abc":
        open_bridge(bridge)
    outbox.number_new(NOW)
    open_bridge("d")
    outbox.number_new(NOW)

    assert list(Message.objects.order_by("sequence").values_list("sequence", "subject")) == [
        (1, "a"), (2, "b"), (3, "c"), (4, "d"),
    ]  # fmt: skip


def test_what_a_failing_listener_wrote_is_undone_and_it_is_told_again_later(ears: dict) -> None:
    fails = [True]

    def note(event: Event, *, now: datetime) -> None:
        Schedule.objects.create(job=f"trial.{Schedule.objects.count()}", rhythm="x", next_at=now)
        if fails.pop():
            fails.append(False)
            raise ValueError("no ink")

    ears["near"][BridgeOpened] = note
    open_bridge()

    outbox.deliver_due(NOW)
    assert Schedule.objects.count() == 0
    assert "no ink" in Delivery.objects.get().error
    outbox.deliver_due(LATER)

    assert Schedule.objects.count() == 1
    assert Delivery.objects.get().state == "done"


def test_a_later_event_of_the_same_subject_waits_for_the_earlier_one_and_others_do_not(ears: dict) -> None:
    heard: list = []
    broken = {"Skinny": True}

    def note(event: BridgeOpened) -> None:
        if broken.get(event.bridge):
            raise ValueError
        heard.append((event.bridge, event.height_m))

    ears["near"][BridgeOpened] = note
    for bridge, height in [("Skinny", 1.0), ("Skinny", 2.0), ("Wide", 3.0)]:
        announce(BridgeOpened(bridge, height, at=NOW), by=SYSTEM)

    outbox.deliver_due(NOW)
    assert heard == [("Wide", 3.0)]
    broken.clear()
    outbox.deliver_due(LATER)

    assert heard == [("Wide", 3.0), ("Skinny", 1.0), ("Skinny", 2.0)]


def test_after_enough_tries_it_is_a_dead_letter_that_can_be_replayed(ears: dict) -> None:
    heard: list = []
    works = []
    ears["near"][BridgeOpened] = lambda event: heard.append(event) if works else 1 / 0
    open_bridge()
    for day in range(outbox.TRIES):
        outbox.deliver_due(NOW + timedelta(days=day))

    dead = outbox.dead_letters().get()
    assert "ZeroDivisionError" in dead.error
    works.append(True)
    outbox.replay(dead.pk, now=LATER)
    outbox.deliver_due(LATER)

    assert len(heard) == 1
    assert not outbox.dead_letters().exists()
    with pytest.raises(NotFound):
        outbox.replay(dead.pk, now=LATER)


def test_all_dead_letters_of_a_listener_can_be_replayed_and_one_can_be_dropped(ears: dict) -> None:
    ears["near"][BridgeOpened] = print
    messages = [open_bridge(bridge) for bridge in "ab"]
    outbox.number_new(NOW)
    Delivery.objects.update(state=Delivery.DEAD)

    outbox.drop(Delivery.objects.get(message=messages[0]).pk, now=NOW)

    assert outbox.replay_all("near:nl.plein.trial.bridge-opened", now=NOW) == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {"dropped", "waiting"}


def test_a_listener_that_is_gone_leaves_a_trace(ears: dict) -> None:
    ears["near"][BridgeOpened] = print
    open_bridge()
    outbox.number_new(NOW)
    Delivery.objects.update(listener="moved:nl.plein.trial.bridge-opened")

    outbox.deliver_due(NOW)

    assert "No room listens as moved" in Delivery.objects.get().error


def test_old_events_go_when_everything_about_them_is_settled(ears: dict) -> None:
    ears["near"][BridgeOpened] = print
    done, stuck = open_bridge("a"), open_bridge("b")
    outbox.number_new(NOW)
    Delivery.objects.filter(message=done).update(state=Delivery.DONE)
    Delivery.objects.filter(message=stuck).update(state=Delivery.DEAD)
    Message.objects.update(recorded_at=NOW - timedelta(days=91))

    assert outbox.purge(NOW, keep=timedelta(days=90)) == 1
    assert Message.objects.get() == stuck


def test_announcing_is_one_query(ears: dict, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):
        open_bridge()


def test_an_event_type_must_be_a_reverse_domain_name() -> None:
    with pytest.raises(ValueError, match="reverse domain name"):
        type("Wrong", (Event,), {"type": "BridgeOpened"})
