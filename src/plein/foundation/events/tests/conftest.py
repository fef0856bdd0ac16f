"""A room that listens and a receiver outside, both real."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from django.conf import settings

from plein.foundation.events import Event, listening
from plein.foundation.words import Text


@dataclass(frozen=True)
class BridgeOpened(Event):
    """A bridge was opened."""

    type = "nl.plein.trial.bridge-opened"
    title = Text("Een brug ging open", "A bridge opened")
    bridge: str
    height_m: float = 2.5

    @property
    def subject(self) -> str:
        return self.bridge


class Receiver:
    """A web server on this machine that keeps what it gets and answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], dict, bytes]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(
                    ({key.lower(): value for key, value in self.headers.items()}, json.loads(body), body)
                )
                self.send_response(receiver.answers.pop(0) if receiver.answers else 202)
                self.send_header("Location", "http://169.254.169.254/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Give a receiver, and allow addresses on this machine."""
    monkeypatch.setitem(settings.PLEIN, "WEBHOOKS_INSIDE", True)
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict]:
    """Give the `hears` of two rooms, to be filled by the test."""
    near, far = {}, {}
    signs = [
        SimpleNamespace(label="near", announces=[BridgeOpened], hears=lambda: near),
        SimpleNamespace(label="far", announces=[], hears=lambda: far),
    ]
    monkeypatch.setattr(listening, "rooms", lambda: iter(signs))
    listening.listeners.cache_clear()
    listening.announced.cache_clear()
    yield {"near": near, "far": far}
    listening.listeners.cache_clear()
    listening.announced.cache_clear()
