"""The page with events: dead letters can be replayed or dropped, subscribers added and stopped."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from plein.foundation.events import announce, outbox
from plein.foundation.events.models import Delivery, Message, Subscription
from plein.foundation.events.tests.conftest import BridgeOpened, Receiver
from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import AuditLine

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    """Log an administrator in."""
    client.force_login(create_staff("anna", roles=["administrator"], demo=True, by=SYSTEM, now=NOW))
    return client


@pytest.fixture
def dead(ears: dict) -> Delivery:
    """Give a dead letter."""
    ears["near"][BridgeOpened] = lambda event: 1 / 0
    announce(BridgeOpened("Magere Brug", at=NOW), by=SYSTEM)
    outbox.deliver_due(NOW)
    Delivery.objects.update(state=Delivery.DEAD)
    return Delivery.objects.get()


def test_a_dead_letter_shows_why_and_is_replayed(administrator: Client, dead: Delivery) -> None:
    page = administrator.get("/werk/berichten/").content.decode()
    assert "Een brug ging open" in page
    assert "ZeroDivisionError" in page

    administrator.post(f"/werk/berichten/afleveringen/{dead.pk}/")

    dead.refresh_from_db()
    assert dead.state == "waiting"


def test_dead_letters_of_one_kind_are_told_apart_by_their_subject(administrator: Client, dead: Delivery) -> None:
    Message.objects.filter(pk=dead.message_id).update(subject="bridges.magere-brug")

    page = administrator.get("/werk/berichten/").content.decode()

    assert page.index("bridges.magere-brug") < page.index("ZeroDivisionError"), "in the facts of the dead letter"


def test_all_dead_letters_of_a_receiver_are_replayed_at_once_and_it_is_written_down(
    administrator: Client, ears: dict
) -> None:
    ears["near"][BridgeOpened] = lambda event: 1 / 0
    for number in range(3):
        announce(BridgeOpened(f"{number}", at=NOW), by=SYSTEM)
    outbox.deliver_due(NOW)
    Delivery.objects.update(state=Delivery.DEAD)
    assert "Bezorg alle 3" in administrator.get("/werk/berichten/").content.decode()

    administrator.post(f"/werk/berichten/afleveringen/{Delivery.objects.all()[0].pk}/", {"all": "1"})

    assert set(Delivery.objects.values_list("state", "attempts")) == {("waiting", 0)}
    line = AuditLine.objects.get(action="events.replay-all")
    assert (line.facts["count"], line.actor.startswith("plein:staff:")) == (3, True)


def test_a_delivery_that_failed_and_is_tried_again_shows_when(administrator: Client, ears: dict) -> None:
    ears["near"][BridgeOpened] = lambda event: 1 / 0
    announce(BridgeOpened("Magere Brug", at=NOW), by=SYSTEM)
    outbox.deliver_due(NOW)
    assert Delivery.objects.get().state == "waiting"

    page = administrator.get("/werk/berichten/").content.decode()

    assert "volgende poging" in page
    assert "ZeroDivisionError" in page


def test_a_dead_letter_is_dropped(administrator: Client, dead: Delivery) -> None:
    administrator.post(f"/werk/berichten/afleveringen/{dead.pk}/", {"drop": "1"})

    dead.refresh_from_db()
    assert dead.state == "dropped"


def test_a_subscriber_is_added_and_its_secret_shown_once(administrator: Client, receiver: Receiver, ears: dict) -> None:
    wanted = {"title": "Waterschap", "url": receiver.url, "types": [BridgeOpened.type]}

    page = administrator.post("/werk/berichten/abonnementen/nieuw/", wanted).content.decode()

    made = Subscription.objects.get()
    assert "whsec_" in page
    assert "whsec_" not in administrator.get("/werk/berichten/").content.decode()
    assert made.types == [BridgeOpened.type]
    administrator.post(f"/werk/berichten/abonnementen/{made.pk}/stoppen/")
    made.refresh_from_db()
    assert not made.is_active


def test_an_address_inside_our_network_is_refused_in_the_form(administrator: Client) -> None:
    page = administrator.post("/werk/berichten/abonnementen/nieuw/", {"title": "x", "url": "https://127.0.0.1/"})

    assert page.status_code == 422
    assert not Subscription.objects.exists()


def test_the_list_costs_the_same_however_long_it_is(
    administrator: Client, ears: dict, django_assert_max_num_queries: object
) -> None:
    ears["near"][BridgeOpened] = lambda event: 1 / 0
    for number in range(30):
        announce(BridgeOpened(f"{number}", at=NOW), by=SYSTEM)
    outbox.deliver_due(NOW)
    Delivery.objects.update(state=Delivery.DEAD)

    with django_assert_max_num_queries(16):
        administrator.get("/werk/berichten/")


def test_only_administrators_come_here(client: Client) -> None:
    client.force_login(create_staff("bert", roles=["analyst"], by=SYSTEM, now=NOW))
    assert client.get("/werk/berichten/").status_code == 403
