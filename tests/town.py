"""The demo town, furnished once for all tests of a run and served by real web processes."""

import fcntl
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from plein.site.benches.house import SETTLE
from plein.site.benches.houses import environment_of
from plein.site.benches.servers import free_port

PATIENCE_S = 180.0


@dataclass(frozen=True)
class RunningTown:
    """A demo town that answers at `url`; `data` is its data directory, of this test process alone."""

    url: str
    data: Path
    environment: dict[str, str]

    def log_in(self, username: str) -> httpx.Client:
        """Give a client that is logged in as one of the demo staff."""
        from plein.foundation.identity.demo import PASSWORD

        client = httpx.Client(base_url=self.url, follow_redirects=True, timeout=30)
        page = client.get("/account/inloggen")
        token = page.cookies.get("csrftoken") or client.cookies.get("csrftoken") or ""
        answer = client.post(
            "/account/inloggen",
            data={"login": username, "password": PASSWORD, "csrfmiddlewaretoken": token},
            headers={"Referer": self.url},
        )
        assert "sessionid" in client.cookies, answer.text[-3000:]
        return client

    def come_in(self, resident: str) -> httpx.Client:
        """Give a client that is logged in as one of the invented residents and organisations."""
        client = httpx.Client(base_url=self.url, timeout=30)
        client.get("/inloggen")
        data = {"person": resident, "csrfmiddlewaretoken": client.cookies.get("csrftoken", "")}
        answer = client.post("/inloggen/proef", data=data, headers={"Referer": self.url})
        assert "sessionid" in client.cookies, answer.text[-3000:]
        return client


def furnished(shared: Path) -> Path:
    """Furnish the town once for all test processes of this run; the others wait for it."""
    data = shared / "furnished-town"
    with (shared / "furnished-town.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (data / "whole").exists():
            shutil.rmtree(data, ignore_errors=True)
            for words in (["-m", "plein", "furnish"], ["-c", SETTLE]):
                subprocess.run([sys.executable, *words], env=environment_of(data), check=True)
            (data / "whole").touch()
    return data


def start(data: Path) -> "tuple[RunningTown, subprocess.Popen[bytes]]":
    """Start a web process for the town in a data directory, and wait until it answers."""
    port = free_port()
    environment = environment_of(data) | {"PLEIN_BASE_URL": f"http://127.0.0.1:{port}"}
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", "4"]
    process = subprocess.Popen([*words, "--log-level", "error", "plein.site.wsgi:application"], env=environment)
    town = RunningTown(f"http://127.0.0.1:{port}", data, environment)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            httpx.get(f"{town.url}/api/alive", timeout=5).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return town, process
    process.kill()
    raise TimeoutError("the town did not answer within three minutes")


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Stop a web process."""
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)
