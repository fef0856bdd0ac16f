"""Tell subscribers outside: a signed POST with a CloudEvent, tried again with growing waits.

The signature follows Standard Webhooks (https://www.standardwebhooks.com): headers webhook-id, webhook-timestamp and
webhook-signature, an HMAC-SHA256 over `id.timestamp.body`. Nothing is sent inside a request: the worker sends.
"""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction

from plein.foundation import trace
from plein.foundation.events import outbox
from plein.foundation.events.cloudevents import cloud_event
from plein.foundation.events.errors import AddressRefused
from plein.foundation.events.models import Delivery, Message, Subscription
from plein.foundation.events.outside import check_address, client
from plein.foundation.identity.actors import Actor

TRIES = 14
LEASE = timedelta(minutes=2)
LONGEST_ANSWER = 2000


def subscribe(title: str, *, url: str, types: list[str], by: Actor, now: datetime) -> tuple[Subscription, str]:
    """Have events sent to an address; gives the subscription and its secret, which is shown once.

    Raises AddressRefused.
    """
    check_address(url)
    key = secrets.token_bytes(32)
    secret = "whsec_" + base64.b64encode(key).decode()
    made = Subscription.objects.create(
        title=title, url=url, types=types, secret=_box().encrypt(key).decode(), made_at=now, made_by=by.uri
    )
    return made, secret


def unsubscribe(subscription: Subscription, *, why: str) -> None:
    """Stop sending: what still waits for this subscriber is dropped, what was sent stays in the ledger."""
    with transaction.atomic():
        Subscription.objects.filter(pk=subscription.pk).update(is_active=False, why_stopped=why)
        Delivery.objects.filter(subscription=subscription, state=Delivery.WAITING).update(state=Delivery.DROPPED)


def send_due(now: datetime) -> bool:
    """Send what is due to subscribers; tells whether there was anything."""
    sent = 0
    while sent < outbox.BATCH and (delivery := _take(now)):
        _send(delivery, now)
        sent += 1
    return bool(sent)


def signed_headers(message_id: str, body: bytes, *, key: bytes, now: datetime) -> dict[str, str]:
    """Give the headers that prove that the message came from here and is whole."""
    moment = str(int(now.timestamp()))
    mac = hmac.new(key, b".".join([message_id.encode(), moment.encode(), body]), hashlib.sha256)
    signature = "v1," + base64.b64encode(mac.digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": moment, "webhook-signature": signature}


def _box() -> Fernet:
    """Give the box that secrets are kept in; its key follows from the signing key of this Plein."""
    key = hashlib.sha256(b"plein.webhooks:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _take(now: datetime) -> Delivery | None:
    """Take one delivery for some minutes, so that no other worker sends it meanwhile."""
    if not outbox.waiting(now, outside=True).exists():
        return None
    with transaction.atomic():
        rows = outbox.waiting(now, outside=True).select_related("message", "subscription")
        delivery = outbox.locked(rows).first()
        if delivery:
            Delivery.objects.filter(pk=delivery.pk).update(next_at=now + LEASE)
        return delivery


def _send(delivery: Delivery, now: datetime) -> None:
    import httpx

    assert delivery.subscription
    try:
        status, said = _post(delivery.subscription, delivery.message, now)
    except (httpx.HTTPError, AddressRefused) as error:
        outbox.put_off(delivery, f"{type(error).__name__}: {error}", tries=TRIES, now=now)
        return
    if httpx.codes.is_success(status):
        waits = Delivery.objects.filter(pk=delivery.pk, state=Delivery.WAITING)
        waits.update(state=Delivery.DONE, done_at=now, attempts=delivery.attempts + 1, error="")
    elif status == httpx.codes.GONE:
        unsubscribe(delivery.subscription, why="The receiver answered 410 Gone: it wants no more events.")
    else:
        outbox.put_off(delivery, f"HTTP {status}: {said}", tries=TRIES, now=now)


def _post(subscription: Subscription, message: Message, now: datetime) -> tuple[int, str]:
    """Send one event; gives the status and the first words of the answer."""
    body = json.dumps(cloud_event(message), ensure_ascii=False).encode()
    key = _box().decrypt(subscription.secret.encode())
    headers = {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        **signed_headers(str(message.uuid), body, key=key, now=now),
        **trace.outgoing(),
    }
    with client() as outside, outside.stream("POST", subscription.url, content=body, headers=headers) as answer:
        said = next(answer.iter_bytes(LONGEST_ANSWER), b"")
        return answer.status_code, said.decode("utf-8", "replace")
