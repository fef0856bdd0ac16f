"""Pages, memory and start of the whole house, with a real municipality when its data are at hand.

The data are those of `plein load` in the folder PLEIN_BENCH_DATA for PLEIN_BENCH_GEMEENTE (GM0363); without that folder
the demo town stands in, and the conditions say so. Every page that links lead to is fetched; the time is the server's
own, from the header Server-Timing.
"""

import os
import platform
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from plein.site.benches import Figure

RUNS = 5
MOST_PAGES = 300
PER_SHAPE = 4
PATIENCE_S = 60.0
LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)', re.IGNORECASE)

SETTLE = """
import django; django.setup()
from plein.foundation.clock import now
from plein.foundation.events import deliver_due
from plein.foundation.jobs import run_due
for _ in range(20):
    deliver_due(now()); run_due(now())
"""


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        number: int = trial.getsockname()[1]
    return number


def _rss_mb(root: int) -> float:
    """Give the memory of a process and its children together, in MB."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)  # noqa: S607
    rows = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    family, grown = {root}, True
    while grown:
        more = {pid for pid, parent, _rss in rows if parent in family} - family
        family |= more
        grown = bool(more)
    return sum(rss for pid, _parent, rss in rows if pid in family) / 1024


class Web:
    """A web process of its own, on a free port."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port = free_port()
        words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(self.port), "--workers", "1"]
        tuned = ["--blocking-threads", "4", "--log-level", "error", "plein.site.wsgi:application"]
        started = time.perf_counter()
        self.process = subprocess.Popen([*words, *tuned], env=environment)  # noqa: S603
        self.base = f"http://127.0.0.1:{self.port}"
        self._wait()
        self.start_s = time.perf_counter() - started

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                httpx.get(self.base + "/", timeout=10).raise_for_status()
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return
        raise TimeoutError("the web process did not answer within a minute")

    def stop(self) -> None:
        """Stop it and wait."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


def _shape(path: str) -> str:
    """Name the kind of page behind a path, so that no kind crowds out the others."""
    query = (
        "?" + "&".join(sorted(part.split("=")[0] for part in urlsplit(path).query.split("&"))) if "?" in path else ""
    )
    kept = [part if part.isalpha() else "*" for part in urlsplit(path).path.split("/")]
    return "/".join(kept) + query


def pages(client: httpx.Client) -> list[str]:
    """Walk the links from home: at most a few pages of each shape."""
    seen, shapes, todo = {"/"}, {"/": 1}, deque(["/"])
    found: list[str] = []
    while todo and len(found) < MOST_PAGES:
        path = todo.popleft()
        answer = client.get(path)
        if "text/html" not in answer.headers.get("content-type", "") or answer.status_code != httpx.codes.OK:
            continue
        found.append(path)
        for link in LINK.findall(answer.text):
            target = urlsplit(urljoin(str(answer.url), link.replace("&amp;", "&")))
            there = target.path + (f"?{target.query}" if target.query else "")
            shape = _shape(there)
            own = target.netloc in ("", answer.url.netloc.decode())
            if own and there not in seen and shapes.get(shape, 0) < PER_SHAPE and not there.startswith("/api/"):
                seen.add(there)
                shapes[shape] = shapes.get(shape, 0) + 1
                todo.append(there)
    return found


def _took_ms(answer: httpx.Response) -> float:
    return float(answer.headers["server-timing"].split("dur=")[1])


def _timed(client: httpx.Client, path: str) -> list[tuple[float, str]]:
    """Ask a page once to warm it up, then RUNS times for its figures."""
    client.get(path)
    return [(_took_ms(client.get(path)), path) for _ in range(RUNS)]


def _furnish(tmp: Path) -> tuple[dict[str, str], str]:
    """Make the data: a real municipality when the folder is given, else the demo town."""
    environment = {**os.environ, "PLEIN_DATA": str(tmp), "PLEIN_LOG_LEVEL": "WARNING"}
    source, gemeente = os.environ.get("PLEIN_BENCH_DATA"), os.environ.get("PLEIN_BENCH_GEMEENTE", "GM0363")
    plein = [sys.executable, "-m", "plein"]
    if source:
        environment["PLEIN_GEMEENTE"] = gemeente
        subprocess.run([*plein, "django", "migrate", "-v", "0"], env=environment, check=True)  # noqa: S603
        subprocess.run(  # noqa: S603
            [*plein, "load", source, "--gemeente", gemeente], env=environment, check=False, stdout=subprocess.DEVNULL
        )
    environment["DJANGO_SETTINGS_MODULE"] = "plein.site.settings"
    if not source:
        subprocess.run([*plein, "furnish"], env=environment, check=True)  # noqa: S603
    subprocess.run([sys.executable, "-c", SETTLE], env=environment, check=True)  # noqa: S603
    return environment, f"data of {gemeente}" if source else "demo town"


def run(tmp: Path) -> list[Figure]:
    """Measure the start five times, then every page five times, then the memory."""
    environment, data = _furnish(tmp)
    database = "PostgreSQL" if environment.get("PLEIN_DATABASE_URL") else "SQLite"
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {database}"
    starts = []
    for _ in range(RUNS):
        web = Web(environment)
        starts.append(web.start_s)
        web.stop()
    web = Web(environment)
    try:
        with httpx.Client(base_url=web.base, timeout=30) as client:
            walked = pages(client)
            fresh = [timed for path in walked for timed in _timed(client, path)]
        memory = _rss_mb(web.process.pid)
    finally:
        web.stop()
    fresh.sort()
    slowest, where = fresh[-1]
    p95 = fresh[int(len(fresh) * 0.95)][0]
    told = f"{machine}, {data}, {len(walked)} pages x {RUNS}, logged out, one web process"
    return [
        Figure(
            "cold start to first page",
            round(statistics.median(starts), 2),
            "s",
            "lower",
            f"{machine}, {data}, median of 5",
        ),
        Figure("page p95, server time", round(p95, 1), "ms", "lower", told),
        Figure("slowest page, server time", round(slowest, 1), "ms", "lower", f"{told}; {where}"),
        Figure("web process memory after all pages", round(memory, 0), "MB", "lower", told),
    ]
