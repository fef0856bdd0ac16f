"""Devices: they send each reading until it is acknowledged, and remember which ones were.

A reading's value follows from its datastream and its moment, so that whoever reads it back knows what it must be.
"""

import json
import random
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import httpx

STEP_S = 100
SPAN = 80_000  # batches before moments come round again; with 7,919 each of them once, jumping to and fro
ROWS = 10
PAUSE_S = 0.1


def value_of(stream: int, second: int) -> float:
    """Give the value that a reading of a datastream at a moment (seconds since 1970) has."""
    return float((second * 31 + stream * 7) % 100_000) / 100


@dataclass
class Told:
    """What a device knows: the moments (seconds since 1970) it sent and had acknowledged per datastream."""

    sent: dict[int, set[int]] = field(default_factory=dict)
    kept: dict[int, set[int]] = field(default_factory=dict)
    answers: int = 0
    refusals: list[str] = field(default_factory=list)

    def note_sent(self, streams: Sequence[int], seconds: Sequence[int]) -> None:
        """Remember readings that leave now."""
        for stream in streams:
            self.sent.setdefault(stream, set()).update(seconds)

    def note_kept(self, streams: Sequence[int], seconds: Sequence[int]) -> None:
        """Remember readings that were acknowledged."""
        self.answers += 1
        for stream in streams:
            self.kept.setdefault(stream, set()).update(seconds)


class Device(threading.Thread):
    """Something that sends until it is told to stop, and then until its last message is acknowledged."""

    def __init__(self, name: str, streams: Sequence[int], *, now: datetime, seed: int) -> None:
        super().__init__(name=name, daemon=True)
        self.streams = list(streams)
        self.told = Told()
        self.chance = random.Random(seed)  # noqa: S311 (which batch comes again is no secret)
        self.start_s = int((now - timedelta(days=100)).timestamp())
        self.asked = threading.Event()
        self.batch = 0

    def seconds(self, batch: int) -> list[int]:
        """Give the moments of a batch: a run of seconds somewhere in the last hundred days, never the same twice."""
        since = self.start_s + batch * 7_919 % SPAN * STEP_S
        return [since + second for second in range(ROWS)]

    def run(self) -> None:
        """Send batch after batch; now and then one that was acknowledged already comes again."""
        while not self.asked.is_set():
            again = self.batch > 0 and self.chance.random() < 0.05
            self.send(self.chance.randrange(self.batch) if again else self.batch)
            self.batch += not again
            self.asked.wait(PAUSE_S)

    def send(self, batch: int) -> None:
        """Send one batch until it is acknowledged."""
        raise NotImplementedError

    def stop(self, patience_s: float = 300) -> None:
        """Ask to stop and wait until the last message is acknowledged.

        Raises TimeoutError.
        """
        self.asked.set()
        self.join(patience_s)
        if self.is_alive():
            raise TimeoutError(f"{self.name} had its last message not acknowledged in {patience_s:.0f} s")


class HttpDevice(Device):
    """Sends data arrays over HTTP; an answer 201 is the acknowledgement."""

    def __init__(self, url: str, token: str, streams: Sequence[int], *, now: datetime, seed: int) -> None:
        super().__init__("HTTP device", streams, now=now, seed=seed)
        self.url = f"{url}/api/sensorthings/v1.1/CreateObservations"
        self.client = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def send(self, batch: int) -> None:
        """Post one batch until the answer is 201."""
        seconds = self.seconds(batch)
        self.told.note_sent(self.streams, seconds)
        body = json.dumps([_block(stream, seconds) for stream in self.streams])
        while True:
            try:
                answer = self.client.post(self.url, content=body, headers={"Content-Type": "application/json"})
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            if answer.status_code == HTTPStatus.CREATED and "error" not in answer.json():
                self.told.note_kept(self.streams, seconds)
                return
            self.told.refusals.append(f"{answer.status_code} {answer.text[:300]}")
            time.sleep(0.2)


def _block(stream: int, seconds: Sequence[int]) -> dict[str, object]:
    rows = [[datetime.fromtimestamp(at, UTC).isoformat(), value_of(stream, at)] for at in seconds]
    return {"Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"], "dataArray": rows}


class MqttDevice(Device):
    """Publishes single readings with QoS 1 to a broker; its PUBACK is the acknowledgement."""

    def __init__(self, port: int, streams: Sequence[int], *, now: datetime, seed: int) -> None:
        super().__init__("MQTT device", streams, now=now, seed=seed)
        self.port = port
        self.line: socket.socket | None = None

    def send(self, batch: int) -> None:
        """Publish the readings of one batch and wait for all acknowledgements; start over when the line breaks."""
        seconds = self.seconds(batch)
        self.told.note_sent(self.streams, seconds)
        messages = [(stream, at) for stream in self.streams for at in seconds]
        while True:
            try:
                self._exchange(messages)
            except OSError:
                self._hang_up()
                time.sleep(0.1)
            else:
                self.told.note_kept(self.streams, seconds)
                return

    def _exchange(self, messages: Sequence[tuple[int, int]]) -> None:
        line = self.line or self._dial()
        line.sendall(b"".join(_publication(number, *one) for number, one in enumerate(messages, start=1)))
        waiting, rest = set(range(1, len(messages) + 1)), b""
        while waiting:
            more = line.recv(1 << 16)
            if not more:
                raise ConnectionResetError("the broker is gone")
            rest += more
            while len(rest) > 1 and len(rest) >= 2 + rest[1]:
                packet, rest = rest[: 2 + rest[1]], rest[2 + rest[1] :]
                if packet[0] == 0x40:
                    waiting.discard(int.from_bytes(packet[2:4], "big"))

    def _dial(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        name = b"device"
        rest = b"\x00\x04MQTT\x05\x02\x00\x00\x00" + len(name).to_bytes(2, "big") + name
        line.sendall(b"\x10" + bytes([len(rest)]) + rest)
        if line.recv(1000)[:1] != b"\x20":
            raise ConnectionRefusedError("the broker said no")
        self.line = line
        return line

    def _hang_up(self) -> None:
        if self.line:
            self.line.close()
        self.line = None


def _publication(number: int, stream: int, second: int) -> bytes:
    """Write a PUBLISH with QoS 1 of one reading."""
    topic = f"v1.1/Datastreams({stream})/Observations".encode()
    at = datetime.fromtimestamp(second, UTC).isoformat()
    payload = json.dumps({"phenomenonTime": at, "result": value_of(stream, second)}).encode()
    body = len(topic).to_bytes(2, "big") + topic + number.to_bytes(2, "big") + b"\x00" + payload
    size, length = len(body), b""
    while True:
        size, part = size >> 7, size & 0x7F
        length += bytes([part | (0x80 if size else 0)])
        if not size:
            return b"\x32" + length + body
