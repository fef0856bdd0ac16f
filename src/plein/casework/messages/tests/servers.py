"""Real servers to send to: a mail server that says or does at each step what a test tells it, and an SMS provider."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HANG_UP = "hang up"


@dataclass
class MailServer:
    """What a mail server got, and what it answers. answers: per step ("mail", "rcpt", "data") a line, or HANG_UP."""

    answers: dict[str, str] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    reached: Callable[[str], None] = lambda step: None
    port: int = 0

    def _answer(self, step: str, server: SMTP, usual: str) -> str:
        self.reached(step)
        answer = self.answers.get(step, usual)
        if answer == HANG_UP:
            assert server.transport is not None
            server.transport.abort()
            return "421 gone"
        return answer

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer("mail", server, "250 OK")
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer("rcpt", server, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.recipients += envelope.rcpt_tos
        return self._answer("data", server, "250 taken as 12345")


@contextmanager
def mail_server(**answers: str) -> Iterator[MailServer]:
    """Run a mail server on a free port of this machine."""
    server = MailServer(answers)
    with socket.create_server(("127.0.0.1", 0)) as free:
        server.port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@dataclass
class SmsServer:
    """An SMS provider with the API of Spryng v2. status: what a POST answers; silent: take it and hang up."""

    status: int = 202
    silent: bool = False
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    url: str = ""


@contextmanager
def sms_server() -> Iterator[SmsServer]:  # noqa: C901 - a server and its methods
    """Run an SMS provider on a free port of this machine."""
    state = SmsServer()

    class Handler(BaseHTTPRequestHandler):
        def _write(self, status: int, told: Any) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _is_known(self) -> bool:
            if self.headers.get("X-Api-Key") == "key":
                return True
            self._write(401, {"errors": [{"errorCode": "unauthenticatedError", "errorMessage": "who"}]})
            return False

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not self._is_known():
                return
            if state.status != 202:
                self._write(state.status, {"errors": [{"errorCode": "sendingLimitExceeded", "errorMessage": "later"}]})
                return
            state.taken.append(body)
            if state.silent:
                self.connection.close()
                return
            self._write(202, {"data": {"requestId": "r-1", "messageIds": [f"m-{len(state.taken)}"]}})

        def do_GET(self) -> None:
            if not self._is_known():
                return
            asked = parse_qs(urlsplit(self.path).query)
            state.asked.append(asked)
            found = [
                {"messageId": f"m-{number}", "requestName": one["name"], "status": "Sent"}
                for number, one in enumerate(state.taken, start=1)
                if one["name"] in asked.get("requestName", [])
            ]
            self._write(200, {"data": {"messages": found, "totalCount": len(found), "currentPage": 1}})

        def log_message(self, *words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v2"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
