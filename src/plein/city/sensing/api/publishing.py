"""News for MQTT subscribers: new and changed entities on their topics (OGC 18-088, 14.2).

Sent after commit and off the request's path by a thread of this process. The broker's subscribers get what is new while
they listen; who must miss nothing reads the interface. When the broker cannot keep up, the oldest is dropped.
"""

import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction

from plein.city.sensing.api import answers, getting, observed
from plein.city.sensing.api.addresses import Key, Step, said_key
from plein.city.sensing.api.broker import Mark, connected
from plein.city.sensing.api.context import Context
from plein.city.sensing.api.entities import DATASTREAM, OBSERVATION, EntityType
from plein.city.sensing.api.options import Options
from plein.foundation.observations import hot
from plein.foundation.observations.columns import Columns
from plein.foundation.observations.models import Datastream

WAITING = 50_000
# Readings of one batch above which they are not told of one by one.
MOST_AT_ONCE = 1_000
_news: deque[tuple[str, bytes]] = deque(maxlen=WAITING)
_ready = threading.Event()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def entity(context: Context, kind: EntityType, key: Key) -> None:
    """Tell subscribers of an entity that was created or changed, once it is committed."""
    if settings.PLEIN["MQTT_URL"]:
        transaction.on_commit(lambda: _tell(context, kind, key))


def _tell(context: Context, kind: EntityType, key: Key) -> None:
    prefix = settings.PLEIN["MQTT_PREFIX"]
    if isinstance(key, tuple):
        row = observed.one(context, key)
        arrived(context, [], [row] if row else [])
        return
    found = getting.single(context, (Step(kind, "", key),), Options())
    if kind is DATASTREAM and Datastream.objects.filter(pk=key).exclude(openness="open").exists():
        return
    body = msgspec.json.encode(found.entity)
    one = f"{prefix}/{kind.set_name}({said_key(kind, key)})"
    topics = [f"{prefix}/{kind.set_name}", one]
    for name, value in found.entity.items():
        if name in kind.properties:
            tell(f"{one}/{name}", msgspec.json.encode({name: value}))
    for topic in topics:
        tell(topic, body)


def observations(context: Context, rows: list[observed.Row], *, everywhere: bool = True) -> None:
    """Tell subscribers of new readings. everywhere: also on the topic that devices write to."""
    prefix = settings.PLEIN["MQTT_PREFIX"]
    for row in rows:
        body = msgspec.json.encode(answers.observations(context, [row], Options())[0].entity)
        tell(f"{prefix}/{OBSERVATION.set_name}", body)
        tell(f"{prefix}/{OBSERVATION.set_name}({said_key(OBSERVATION, (row[0], row[1]))})", body)
        if everywhere:
            tell(f"{prefix}/Datastreams({row[0]})/Observations", body)


def arrived(
    context: Context, short: Columns | Sequence[hot.Row], full: Sequence[hot.Row], *, everywhere: bool = True
) -> None:
    """Tell subscribers of readings that were just kept, unless too many came at once to tell one by one."""
    if not settings.PLEIN["MQTT_URL"] or len(short) + len(full) > MOST_AT_ONCE:
        return
    plain = short.rows() if isinstance(short, Columns) else short
    rows = [*full, *((*row, 0, None, None, None) for row in plain)]
    closed = set(Datastream.objects.exclude(openness="open").values_list("pk", flat=True))
    observations(context, [row for row in rows if row[0] not in closed], everywhere=everywhere)


def tell(topic: str, body: bytes) -> None:
    """Put a message out for the broker."""
    global _thread  # noqa: PLW0603 - one sender per process
    _news.append((topic, body))
    _ready.set()
    if _thread is None or not _thread.is_alive():
        with _lock:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_send, name="mqtt-news", daemon=True)
                _thread.start()


def _send() -> None:
    """Send what is put out, for as long as the process lives."""
    client: Any = connected(settings.PLEIN["MQTT_URL"], "plein-news")
    while True:
        _ready.wait()
        _ready.clear()
        while _news:
            if not client.is_connected():
                _ready.wait(1)
                continue
            topic, body = _news.popleft()
            client.publish(topic, body, qos=1, properties=Mark())
