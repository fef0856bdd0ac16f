"""Readings in over MQTT: a message is acknowledged when its reading is on disk, and never before.

All messages that came while the last batch was committed are the next batch. When the database cannot keep them the
connection is dropped and tried again later: the broker then sends what was not acknowledged once more, and a reading
that was kept already stays one.
"""

import socket
import ssl
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2s
from re import compile as pattern
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import msgspec
import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from plein.city.sensing.api import publishing, wire
from plein.city.sensing.api.changing import observation_row
from plein.city.sensing.api.context import Context
from plein.city.sensing.api.errors import BadRequest
from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.identity.actors import Actor
from plein.foundation.observations import hot, writing
from plein.foundation.observations.times import to_us

log = structlog.get_logger(__name__)
BROKER = Actor("system", "mqtt", roles=frozenset({"system"}))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LONGEST_WAIT_S = 60.0
KEEPALIVE_S = 30
BATCH_BYTES = 4 << 20


class Signal(Protocol):
    """What says when to stop."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float | None = None) -> bool: ...


class Plain(msgspec.Struct, forbid_unknown_fields=True):
    """The common message: when and how much."""

    phenomenonTime: datetime
    result: float


_PLAIN = msgspec.json.Decoder(Plain)


def run(stop: Signal) -> None:
    """Receive readings until `stop` is set; does nothing when no broker is configured."""
    url = settings.PLEIN["MQTT_URL"]
    wait = 1.0
    while url and not stop.is_set():
        began = time.monotonic()
        try:
            with Intake(url) as intake:
                intake.receive(stop)
        except (OSError, wire.Broken, DatabaseError) as error:
            log.warning("mqtt.interrupted", error=str(error), wait_s=wait)
            connection.close()
        if time.monotonic() - began > LONGEST_WAIT_S:
            wait = 1.0
        if stop.wait(wait):
            break
        wait = min(wait * 2, LONGEST_WAIT_S)


class Intake:
    """A connection with the broker that takes readings in."""

    def __init__(self, url: str) -> None:
        self.target = urlsplit(url)
        self.prefix = settings.PLEIN["MQTT_PREFIX"]
        self.topic = pattern(rf"{self.prefix}/(?:(Datastreams|FeaturesOfInterest)\((\d{{1,18}})\)/)?Observations")
        self.rest = b""
        self.spoke = time.monotonic()

    def __enter__(self) -> "Intake":
        secure = self.target.scheme == "mqtts"
        port = self.target.port or (8883 if secure else 1883)
        plain = socket.create_connection((self.target.hostname or "localhost", port), timeout=10)
        self.line: socket.socket = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=self.target.hostname) if secure else plain
        )
        name = "plein-intake-" + blake2s(str(settings.DATA).encode(), digest_size=6).hexdigest()
        user, password = unquote(self.target.username or ""), unquote(self.target.password or "")
        self.line.sendall(wire.connect(name, user, password, KEEPALIVE_S))
        self.early = self._expect(wire.CONNACK)
        self.line.sendall(wire.subscribe([f"{self.prefix}/+/Observations", f"{self.prefix}/Observations"]))
        self.early += self._expect(wire.SUBACK)
        log.info("mqtt.connected", broker=self.target.hostname, port=port)
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()

    def _expect(self, kind: int) -> list[tuple[int, bytes]]:
        """Wait for an answer; gives the messages that came around it: a session that goes on sends them at once."""
        early: list[tuple[int, bytes]] = []
        while True:
            found = self._packets()
            for place, (first, body) in enumerate(found):
                if first >> 4 == kind:
                    wire.check(first, body, kind)
                    return [*early, *found[place + 1 :]]
                early.append((first, body))

    def _packets(self) -> list[tuple[int, bytes]]:
        """Read what there is; waits for something.

        Raises Broken when the broker is gone, TimeoutError.
        """
        more = self.line.recv(BATCH_BYTES)
        if not more:
            raise wire.Broken("the broker closed the connection")
        found, self.rest = wire.packets(self.rest + more)
        return found

    def receive(self, stop: Signal) -> None:
        """Take in what comes until `stop` is set."""
        self.line.settimeout(1.0)
        waiting = self.early
        while not stop.is_set():
            if not waiting:
                try:
                    waiting = self._packets()
                except TimeoutError:
                    waiting = []
            self.keep(list(wire.messages(waiting)))
            waiting = []
            if time.monotonic() - self.spoke > KEEPALIVE_S / 2:
                self._send(wire.PING)

    def _send(self, text: bytes) -> None:
        self.line.settimeout(30)
        self.line.sendall(text)
        self.line.settimeout(1.0)
        self.spoke = time.monotonic()

    def keep(self, batch: Sequence[wire.Message]) -> None:
        """Keep the readings of messages, then acknowledge them; what cannot be read is logged and let go."""
        if not batch:
            return
        now = clock.now()
        short, full = self.rows([message for message in batch if not message.own], now)
        if short or full:
            written = writing.write_rows(short, full, by=BROKER, now=now)
            for one in written.refused:
                log.warning("mqtt.refused", datastream=one.datastream, count=one.count, reason=str(one.reason))
            if written.new:
                _tell(short, full, now)
        numbers = [message.number for message in batch if message.number]
        if numbers:
            self._send(wire.acknowledge(numbers))

    def rows(self, batch: Sequence[wire.Message], now: datetime) -> tuple[list[hot.Row], list[hot.Row]]:
        """Read messages into rows of the hot window."""
        short: list[hot.Row] = []
        full: list[hot.Row] = []
        streams: dict[str, int | None] = {}
        bad: Counter[str] = Counter()
        for message in batch:
            stream = streams.get(message.topic)
            if stream is None:
                stream = streams[message.topic] = self.stream_of(message.topic)
            try:
                if stream:
                    plain = _PLAIN.decode(message.payload)
                    short.append((stream, (plain.phenomenonTime - EPOCH) // MICROSECOND, plain.result))
                    continue
            except (msgspec.DecodeError, TypeError, UnicodeDecodeError):
                pass
            try:
                full.append(self.full_row(message, now))
            except Refused as refused:
                bad[str(refused)] += 1
        for reason, count in bad.items():
            log.warning("mqtt.unreadable", count=count, reason=reason)
        return short, full

    def stream_of(self, topic: str) -> int:
        """Give the datastream that a topic names; 0 when it names none."""
        found = self.topic.fullmatch(topic)
        return int(found[2]) if found and found[1] == "Datastreams" else 0

    def full_row(self, message: wire.Message, now: datetime) -> hot.Row:
        """Read a message that holds more than a moment and a number.

        Raises BadRequest.
        """
        found = self.topic.fullmatch(message.topic)
        try:
            said = msgspec.json.decode(message.payload)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadRequest(reason=f"a message on {message.topic} is not JSON") from error
        if not found or not isinstance(said, dict):
            raise BadRequest(reason=f"a message on {message.topic} is no Observation")
        linked = {name: _linked(said, name) for name in ("Datastream", "FeatureOfInterest")}
        if found[1] == "Datastreams":
            linked["Datastream"] = int(found[2])
        if found[1] == "FeaturesOfInterest":
            linked["FeatureOfInterest"] = int(found[2])
        if linked["Datastream"] is None:
            raise BadRequest(reason=f"a message on {message.topic} names no Datastream")
        return observation_row(linked["Datastream"], said, now, linked["FeatureOfInterest"])


def _linked(said: dict[str, Any], name: str) -> int | None:
    link = said.get(name)
    key = link.get("@iot.id") if isinstance(link, dict) else None
    return key if isinstance(key, int) and not isinstance(key, bool) else None


def _tell(short: Sequence[hot.Row], full: Sequence[hot.Row], now: datetime) -> None:
    """Tell subscribers of entities; who listens on the topic of the devices had the message already."""
    context = Context(BROKER, to_us(now), settings.PLEIN["BASE_URL"] + "/api/sensorthings/v1.1")
    publishing.arrived(context, short, full, everywhere=False)
