"""`plein up` keeps the house running, and stops it cleanly."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from town import RunningTown, free_port

from plein.site.benches.houses import environment_of

pytestmark = pytest.mark.slow


def children(process: "subprocess.Popen[str]") -> dict[str, psutil.Process]:
    """Give the web and worker processes that `up` started, by name."""
    family = psutil.Process(process.pid).children()
    found = [child for child in family if child.status() != psutil.STATUS_ZOMBIE]
    return {"web" if "granian" in " ".join(child.cmdline()) else "worker": child for child in found}


def wait_until(is_so: object, patience_s: float = 120) -> None:
    until = time.monotonic() + patience_s
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def up(town: RunningTown, tmp_path: Path) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """Start the whole house on a copy of the town."""
    data = tmp_path / "house"
    shutil.copytree(town.data, data)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "plein", "up", "--port", str(port)],
        env=environment_of(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        wait_until(lambda: set(children(process)) == {"web", "worker"} and answers(url))
        yield process, url
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=60)


@pytest.mark.parametrize("part", ["web", "worker"])
def test_a_part_that_is_killed_comes_back(up: "tuple[subprocess.Popen[str], str]", part: str) -> None:
    process, url = up
    wait_until(lambda: part in children(process))
    killed = children(process)[part]

    os.kill(killed.pid, signal.SIGKILL)

    wait_until(lambda: (found := children(process).get(part)) and found.pid != killed.pid)
    wait_until(lambda: answers(url))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_leaves_nobody_behind(up: "tuple[subprocess.Popen[str], str]", number: int) -> None:
    process, url = up
    family = psutil.Process(process.pid).children(recursive=True)

    process.send_signal(number)
    told, _ = process.communicate(timeout=30)

    assert process.returncode == 0
    assert "Plein has stopped." in told
    assert not [child for child in family if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    assert not answers(url)


def test_a_port_that_is_taken_is_said_so(up: "tuple[subprocess.Popen[str], str]", tmp_path: Path) -> None:
    _process, url = up
    port = url.split(":")[2].strip("/")

    second = subprocess.run(
        [sys.executable, "-m", "plein", "up", "--port", port],
        env=environment_of(tmp_path / "second"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert second.returncode == 1
    assert f"Port {port} is in use" in second.stderr
