"""Two clicks at once, and a connection that breaks halfway a file, with real transactions and a real web process."""

import io
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from plein.casework.cases.models import Zaak
from plein.casework.forms.demo import bring_forms
from plein.casework.forms.models import Submission
from plein.casework.forms.tests import samples
from plein.casework.forms.tests.conftest import NOW
from plein.casework.messages.models import Message

ASK = "/formulieren/vraag-of-klacht"
STORY = {"kind": "question", "story": "Wanneer wordt mijn straat geveegd?"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("data_dir")
def test_clicks_at_the_same_moment_open_one_case(client: Client) -> None:
    bring_forms(now=NOW)
    client.post(ASK)
    client.post(f"{ASK}/stap/verhaal", STORY)
    client.post(f"{ASK}/stap/contact", {"answer": "email", "name": "Jan", "email": "jan@voorbeeld.nl"})
    statuses: list[int] = []
    ready = threading.Barrier(4)

    def click() -> None:
        mine = Client()
        mine.cookies = client.cookies
        ready.wait()
        try:
            statuses.append(mine.post(f"{ASK}/versturen").status_code)
        finally:
            connections.close_all()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()

    assert statuses == [302] * 4
    assert (Zaak.objects.count(), Submission.objects.count(), Message.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("data_dir")
def test_a_submission_that_fails_halfway_leaves_draft_and_files_as_they_were(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plein.casework.forms.actions import submitting
    from plein.casework.forms.models import Draft, Upload

    bring_forms(now=NOW)
    client.post(ASK)
    file = io.BytesIO(samples.photo())
    file.name = "stoep.jpg"
    client.post(f"{ASK}/stap/verhaal", {**STORY, "proof": file})
    client.post(f"{ASK}/stap/contact", {"answer": "none"})

    def broken(*args: Any, **kwargs: Any) -> None:
        raise OSError("the power went out")

    with monkeypatch.context() as patched:
        patched.setattr(submitting, "_keep", broken)
        with pytest.raises(OSError, match="power"):
            client.post(f"{ASK}/versturen")
    left = (Zaak.objects.count(), Submission.objects.count(), Upload.objects.count(), Draft.objects.get().sent_at)
    again = client.post(f"{ASK}/versturen")

    assert left == (0, 0, 1, None)
    assert (again.url, Zaak.objects.count()) == (f"{ASK}/verstuurd", 1)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


@pytest.mark.slow
def test_a_connection_that_breaks_halfway_a_file_leaves_nothing(tmp_path: Path) -> None:
    port = _free_port()
    settings = {"DJANGO_SETTINGS_MODULE": "plein.site.settings", "PLEIN_DATA": str(tmp_path / "own")}
    own = {**settings, "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=own, check=True)
    served = ["--interface", "wsgi", "--port", str(port), "plein.site.wsgi:application"]
    command = [sys.executable, "-m", "granian", *served]
    running = subprocess.Popen(command, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        temporary = set(Path("/tmp").glob("*.upload*"))
        head = (
            "POST /formulieren/vraag-of-klacht/stap/verhaal HTTP/1.1\r\nHost: localhost\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000\r\n\r\n"
            '--x\r\nContent-Disposition: form-data; name="proof"; filename="a.jpg"\r\n\r\n'
        )
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(head.encode() + b"\xff\xd8\xff" + b"x" * 4_000_000)
        time.sleep(1)
        after = _get(port, "/formulieren/")
        left = [path for path in (tmp_path / "own" / "files").rglob("*") if path.is_file()]
    finally:
        running.terminate()
        running.wait(timeout=20)

    assert after.startswith("HTTP/1.1 200")
    assert left == []
    assert set(Path("/tmp").glob("*.upload*")) <= temporary


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def _get(port: int, path: str) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        return line.recv(200).decode()
