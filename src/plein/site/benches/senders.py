"""Load generators of the bench of readings, each a process of its own: they send what was prepared.

    python -m plein.site.benches.senders http PORT TOKEN FIRST_STREAM STREAMS FIRST_REQUEST REQUESTS ROWS SENDERS
    python -m plein.site.benches.senders mqtt PORT FIRST_STREAM STREAMS FIRST_MESSAGE MESSAGES

Prints one line when ready, waits for a line on stdin, then prints seconds since 1970 of the first and last moment.
"""

import io
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, tzinfo=UTC)


def body(first_stream: int, streams: int, request: int, rows: int) -> bytes:
    """Write a dataArray of `rows` readings over all streams, one second apart and never the same twice."""
    each = rows // streams
    times = [(START + timedelta(seconds=request * each + n)).strftime("%Y-%m-%dT%H:%M:%SZ") for n in range(each)]
    blocks = []
    for stream in range(first_stream, first_stream + streams):
        values = ",".join(f'["{at}",{20 + (stream + place) % 100 / 10}]' for place, at in enumerate(times))
        head = f'{{"Datastream":{{"@iot.id":{stream}}},"components":["phenomenonTime","result"],"dataArray":['
        blocks.append(f"{head}{values}]}}")
    return ("[" + ",".join(blocks) + "]").encode()


def _post(port: int, token: str, bodies: Sequence[bytes]) -> None:
    """Post bodies over one kept connection.

    Raises RuntimeError for an answer that is not 201.
    """
    head = "POST /api/sensorthings/v1.1/CreateObservations HTTP/1.1\r\nHost: localhost\r\n"
    head += f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=120) as line:
        stream = line.makefile("rb", buffering=1 << 20)
        for one in bodies:
            line.sendall(f"{head}Content-Length: {len(one)}\r\n\r\n".encode() + one)
            status = stream.readline()
            if b" 201 " not in status:
                raise RuntimeError(status.decode() + stream.read(2000).decode(errors="replace"))
            _skip(stream)


def _skip(stream: io.IOBase) -> None:
    """Read an answer to its end."""
    length, chunked = 0, False
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode().partition(":")
        length = int(value) if name.lower() == "content-length" else length
        chunked = chunked or (name.lower() == "transfer-encoding" and "chunked" in value)
    if not chunked:
        stream.read(length)
        return
    while size := int(stream.readline().strip() or b"0", 16):
        stream.read(size + 2)
    stream.readline()


def _http(port: int, token: str, numbers: Sequence[int]) -> Callable[[], None]:
    """Prepare the posts; gives what sends them all."""
    first_stream, streams, first, requests, rows, senders = numbers
    bodies = [body(first_stream, streams, first + n, rows) for n in range(requests)]

    def send() -> None:
        threads = [threading.Thread(target=_post, args=(port, token, bodies[n::senders])) for n in range(senders)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return send


def _packet(topic: str, payload: bytes, number: int) -> bytes:
    """Write an MQTT 5 PUBLISH of QoS 1."""
    rest = len(topic).to_bytes(2, "big") + topic.encode() + number.to_bytes(2, "big") + b"\x00" + payload
    size, length = len(rest), b""
    while True:
        size, part = size >> 7, size & 0x7F
        length += bytes([part | (0x80 if size else 0)])
        if not size:
            return b"\x32" + length + rest


def _mqtt(port: int, numbers: Sequence[int]) -> Callable[[], None]:
    """Prepare the messages; gives what publishes them all with QoS 1 and waits until the broker has them."""
    first_stream, streams, first, messages = numbers
    packets = []
    for n in range(messages):
        at = (START + timedelta(milliseconds=first + n)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        payload = f'{{"phenomenonTime":"{at}","result":{20 + n % 100 / 10}}}'.encode()
        topic = f"v1.1/Datastreams({first_stream + n % streams})/Observations"
        packets.append(_packet(topic, payload, n % 65_000 + 1))
    groups = [b"".join(packets[n : n + 100]) for n in range(0, len(packets), 100)]

    def send() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=120) as line:
            name = f"bench-{first}".encode()
            rest = b"\x00\x04MQTT\x05\x02\x00\x3c\x00" + len(name).to_bytes(2, "big") + name
            line.sendall(b"\x10" + bytes([len(rest)]) + rest)
            line.recv(1000)
            reader = threading.Thread(target=_count_acknowledged, args=(line, messages))
            reader.start()
            for group in groups:
                line.sendall(group)
            reader.join()

    return send


def _count_acknowledged(line: socket.socket, messages: int) -> None:
    """Read until the broker acknowledged as many messages; a PUBACK is 4 to 6 bytes."""
    seen, rest = 0, b""
    while seen < messages:
        rest += line.recv(1 << 16)
        place = 0
        while place + 1 < len(rest) and place + 2 + rest[place + 1] <= len(rest):
            seen += rest[place] == 0x40
            place += 2 + rest[place + 1]
        rest = rest[place:]


def main(words: Sequence[str]) -> None:
    """Prepare, wait for the word to go, send, and say when."""
    kind, port, *rest = words
    if kind == "http":
        send = _http(int(port), rest[0], [int(word) for word in rest[1:]])
    else:
        send = _mqtt(int(port), [int(word) for word in rest])
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    since = time.time()
    send()
    print(since, time.time(), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
