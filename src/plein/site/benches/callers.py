"""A load generator for interfaces, a process of its own: so many connections that each send the next request at once.

    python -m plein.site.benches.callers PORT CONNECTIONS FILE

FILE: one JSON list a line: [method, path, {header: value}, body]. Prints "ready", waits for a line on stdin, then
prints one JSON object: seconds, since and until (seconds since 1970), statuses (count by status) and ms (of each).
"""

import json
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO


def packet(method: str, path: str, headers: dict[str, str], body: str) -> bytes:
    """Write a request of HTTP/1.1."""
    sent = body.encode()
    told = {"Host": "localhost", **headers, "Content-Length": str(len(sent))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + sent


def status_of(stream: BinaryIO) -> int:
    """Read one answer to its end; gives its status."""
    status = int(stream.readline().split(b" ", 2)[1])
    length, chunked = 0, False
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        length = int(value) if name.lower() == "content-length" else length
        chunked = chunked or (name.lower() == "transfer-encoding" and "chunked" in value)
    if not chunked:
        stream.read(length)
        return status
    while size := int(stream.readline().strip() or b"0", 16):
        stream.read(size + 2)
    stream.readline()
    return status


def call(port: int, packets: Sequence[bytes], told: list[tuple[int, float]]) -> None:
    """Send requests over one kept connection, the next as soon as the answer is there."""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = line.makefile("rb", buffering=1 << 18)
        for one in packets:
            began = time.perf_counter()
            line.sendall(one)
            told.append((status_of(stream), (time.perf_counter() - began) * 1000))


def main(port: int, connections: int, file: Path) -> None:
    """Prepare, wait for the word, send all, and print what came of it."""
    lines: list[Any] = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    packets = [packet(*one) for one in lines]
    told: list[list[tuple[int, float]]] = [[] for _ in range(connections)]
    threads = [threading.Thread(target=call, args=(port, packets[n::connections], told[n])) for n in range(connections)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    since = time.time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until = time.time()
    every = [one for held in told for one in held]
    statuses = Counter(str(status) for status, _ in every)
    found = {"since": since, "until": until, "seconds": until - since, "statuses": statuses}
    sys.stdout.write(json.dumps({**found, "ms": [round(ms, 3) for _, ms in every]}) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
