"""Subscribers outside: real HTTP to a real receiver, signed, tried again, and never to our own network."""

import base64
import hashlib
import hmac
import re
import socket
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from plein.foundation.events import announce, outbox, webhooks
from plein.foundation.events.errors import AddressRefused
from plein.foundation.events.models import Delivery, Subscription
from plein.foundation.events.outside import check_address, client
from plein.foundation.events.tests.conftest import BridgeOpened, Receiver
from plein.foundation.identity.actors import SYSTEM

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def subscribe(url: str, *types: str) -> tuple[Subscription, str]:
    return webhooks.subscribe("Waterschap", url=url, types=list(types), by=SYSTEM, now=NOW)


def run(at: datetime = NOW) -> None:
    outbox.deliver_due(at)
    webhooks.send_due(at)


def test_a_subscriber_gets_the_event_with_a_signature_that_its_secret_proves(ears: dict, receiver: Receiver) -> None:
    _, secret = subscribe(receiver.url)
    announce(BridgeOpened("Magere Brug", at=NOW), by=SYSTEM)

    run()

    headers, event, body = receiver.got[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", headers["traceparent"])
    assert event["data"] == {"bridge": "Magere Brug", "height_m": 2.5}
    assert Delivery.objects.get().state == "done"


def test_the_secret_cannot_be_read_from_the_database(receiver: Receiver) -> None:
    made, secret = subscribe(receiver.url)

    assert secret.removeprefix("whsec_") not in made.secret
    assert base64.b64decode(secret.removeprefix("whsec_")) not in made.secret.encode()


def test_a_subscriber_gets_the_types_it_asked_for(ears: dict, receiver: Receiver) -> None:
    subscribe(receiver.url, "nl.plein.trial.something-else")
    announce(BridgeOpened("Magere Brug", at=NOW), by=SYSTEM)

    run()

    assert receiver.got == []


def test_an_event_for_inside_stays_inside(ears: dict, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BridgeOpened, "outward", False)
    subscribe(receiver.url)
    announce(BridgeOpened("Magere Brug", at=NOW), by=SYSTEM)

    run()

    assert receiver.got == []


def test_an_answer_that_is_no_yes_is_tried_again_with_the_same_id(ears: dict, receiver: Receiver) -> None:
    subscribe(receiver.url)
    receiver.answers = [500, 302]
    announce(BridgeOpened("Magere Brug", at=NOW), by=SYSTEM)

    run()
    run()
    assert len(receiver.got) == 1  # it waits before it tries again
    run(NOW + timedelta(hours=1))
    run(NOW + timedelta(hours=2))

    assert len({event["id"] for _, event, _ in receiver.got}) == 1
    assert Delivery.objects.get().state == "done"
    assert Delivery.objects.get().attempts == 3


def test_a_receiver_that_is_away_gets_a_dead_letter_in_the_end(ears: dict, receiver: Receiver) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    subscribe(f"http://127.0.0.1:{port}/")
    announce(BridgeOpened("Magere Brug", at=NOW), by=SYSTEM)

    for day in range(webhooks.TRIES):
        run(NOW + timedelta(days=day))

    dead = outbox.dead_letters().get()
    assert dead.attempts == webhooks.TRIES
    assert "ConnectError" in dead.error


def test_a_receiver_that_is_gone_is_not_asked_again(ears: dict, receiver: Receiver) -> None:
    made, _ = subscribe(receiver.url)
    receiver.answers = [410]
    announce(BridgeOpened("Magere Brug", at=NOW), by=SYSTEM)

    run()

    made.refresh_from_db()
    assert not made.is_active
    assert Delivery.objects.get().state == "dropped"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",  # not secure
        "https://user:secret@example.org/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:192.168.1.1]/",
        "https://localhost/",
        "ftp://example.org/",
        "https:///nothing",
    ],
)
def test_an_address_inside_or_no_web_address_is_refused(url: str) -> None:
    assert settings.PLEIN["WEBHOOKS_INSIDE"] is False

    with pytest.raises(AddressRefused):
        check_address(url)


def test_a_name_that_turns_inward_after_it_was_checked_is_not_reached(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.PLEIN, "WEBHOOKS_INSIDE", False)

    with client() as outside, pytest.raises(AddressRefused):
        outside.post(receiver.url)

    assert receiver.got == []


def test_a_redirect_is_not_followed(ears: dict, receiver: Receiver) -> None:
    subscribe(receiver.url)
    receiver.answers = [307]
    announce(BridgeOpened("Magere Brug", at=NOW), by=SYSTEM)

    run()

    assert Delivery.objects.get().error.startswith("HTTP 307")
