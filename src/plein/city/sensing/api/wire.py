"""As much of MQTT 5 as it takes to receive: packets in and out of bytes, without a connection.

Written out because messages come in by tens of thousands a second and are acknowledged together, after the commit: a
client library reads and acknowledges them one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from plein.city.sensing.api.broker import INFLIGHT, OWN

CONNACK, PUBLISH, SUBACK, DISCONNECT = 2, 3, 9, 14
SESSION_S = 7 * 24 * 3600
_MARK = b"\x26" + b"".join(len(word).to_bytes(2, "big") + word.encode() for word in OWN)


class Broken(Exception):
    """The broker says something that is no MQTT, or says no."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its number (0 for QoS 0), topic and payload; own is what Plein itself sent."""

    number: int
    topic: str
    payload: bytes
    own: bool


def varint(size: int) -> bytes:
    """Write a length."""
    out = b""
    while True:
        size, part = size >> 7, size & 0x7F
        out += bytes([part | (0x80 if size else 0)])
        if not size:
            return out


def _text(text: str) -> bytes:
    body = text.encode()
    return len(body).to_bytes(2, "big") + body


def _packet(first: int, body: bytes) -> bytes:
    return bytes([first]) + varint(len(body)) + body


def connect(client: str, username: str = "", password: str = "", keepalive: int = 30) -> bytes:
    """Write a CONNECT that goes on with the session it left."""
    flags = (0x80 if username else 0) | (0x40 if password else 0)
    properties = b"\x11" + SESSION_S.to_bytes(4, "big") + b"\x21" + INFLIGHT.to_bytes(2, "big")
    body = (
        _text("MQTT") + b"\x05" + bytes([flags]) + keepalive.to_bytes(2, "big") + varint(len(properties)) + properties
    )
    body += _text(client) + (_text(username) if username else b"") + (_text(password) if password else b"")
    return _packet(0x10, body)


def subscribe(topics: list[str]) -> bytes:
    """Write a SUBSCRIBE with QoS 1."""
    return _packet(0x82, b"\x00\x01\x00" + b"".join(_text(topic) + b"\x01" for topic in topics))


def acknowledge(numbers: list[int]) -> bytes:
    """Write the PUBACKs of many messages as one text."""
    return b"".join([b"\x40\x02" + number.to_bytes(2, "big") for number in numbers])


PING = b"\xc0\x00"


def packets(buffer: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Cut what came in into whole packets (first byte, body) and the rest.

    Raises Broken.
    """
    found = []
    place, end = 0, len(buffer)
    while place + 1 < end:
        size, shift, at = 0, 0, place + 1
        while True:
            if at >= end:
                return found, buffer[place:]
            part = buffer[at]
            size |= (part & 0x7F) << shift
            at += 1
            if part < 0x80:
                break
            shift += 7
            if shift > 21:
                raise Broken("a packet says to be longer than any can be")
        if at + size > end:
            break
        found.append((buffer[place], buffer[at : at + size]))
        place = at + size
    return found, buffer[place:]


def messages(found: list[tuple[int, bytes]]) -> Iterator[Message]:
    """Read the PUBLISH packets among packets.

    Raises Broken when the broker ends the connection.
    """
    for first, body in found:
        kind = first >> 4
        if kind == PUBLISH:
            yield _message(first, body)
        elif kind == DISCONNECT:
            raise Broken(f"the broker ends the connection, reason {body[0] if body else 0}")


def _message(first: int, body: bytes) -> Message:
    at = 2 + int.from_bytes(body[:2], "big")
    topic = body[2:at].decode("utf-8", "replace")
    number = 0
    if first & 0x06:
        number = int.from_bytes(body[at : at + 2], "big")
        at += 2
    size, shift = 0, 0
    while True:
        part = body[at]
        size |= (part & 0x7F) << shift
        at += 1
        if part < 0x80:
            break
        shift += 7
    own = size > 0 and _MARK in body[at : at + size]
    return Message(number, topic, body[at + size :], own)


def check(first: int, body: bytes, expected: int) -> bool:
    """Check a CONNACK or SUBACK; tells of a CONNACK whether the session was kept.

    Raises Broken.
    """
    if first >> 4 != expected or len(body) < 2:
        raise Broken(f"expected packet {expected}, got {first >> 4}")
    codes = body[1:2] if expected == CONNACK else body[-1:]
    if codes[0] >= 0x80:
        raise Broken(f"the broker refuses with reason {codes[0]}")
    return bool(body[0] & 1)
