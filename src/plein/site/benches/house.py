"""Pages, memory and start of the whole house, with a real municipality when its data are at hand.

The data are those of `plein load` for PLEIN_BENCH_GEMEENTE (GM0363) from the folder PLEIN_BENCH_DATA, else from
`../shared/data`; without such a folder the demo town stands in, and the conditions say so. The web process is started
as `plein up` starts it. Every page that links lead to is asked for, logged out and by a member of staff of each role;
the time is the server's own, from the header Server-Timing.
"""

import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from plein.site.benches import Figure
from plein.site.benches.servers import free_port
from plein.site.commands.up import parts

RUNS = 5
DOWNLOADS = 20
MOST_PAGES = 300
PER_SHAPE = 4
PATIENCE_S = 180.0
LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)', re.IGNORECASE)

SETTLE = """
import django; django.setup()
from plein.foundation.clock import now
from plein.foundation.events import deliver_due
from plein.foundation.jobs import run_due
for _ in range(20):
    deliver_due(now()); run_due(now())
"""

STAFF = """
import json, secrets, sys
import django; django.setup()
from allauth.mfa.models import Authenticator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from plein.foundation import clock
from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.roles import all_roles
cookies = {}
for role in all_roles():
    staff = create_staff(f"bench-{role}", password=secrets.token_urlsafe(), roles=[role], by=SYSTEM, now=clock.now())
    Authenticator.objects.create(user=staff, type="totp", data={})
    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "mfa", "at": clock.now().timestamp()}]
    session.create()
    cookies[role] = session.session_key
sys.stdout.write(json.dumps(cookies))
"""


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


@contextmanager
def started(words: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a process, and stop it at the end."""
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def first_page_s(base: str) -> float:
    """Wait until the first page is there; gives how long that took, in seconds.

    Raises TimeoutError.
    """
    began = time.perf_counter()
    while time.perf_counter() < began + PATIENCE_S:
        try:
            httpx.get(base + "/", timeout=PATIENCE_S).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return time.perf_counter() - began
    raise TimeoutError("the web process did not answer within three minutes")


class Web:
    """A web process of its own, on a free port, as `plein up` starts it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(parts("127.0.0.1", self.port, 1)[0].words, env=environment)  # noqa: S603
        self.start_s = first_page_s(self.base)

    def memory_mb(self) -> tuple[float, float]:
        """Give the memory (RSS) of what answers requests, and of its supervisor, in MB."""
        whole, own = _rss_mb(self.process.pid), _own_rss_mb(self.process.pid)
        return whole - own, own

    def stop(self) -> None:
        """Stop it and wait."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


def _own_rss_mb(pid: int) -> float:
    listed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)  # noqa: S603, S607
    return int(listed.stdout) / 1024


def _shape(path: str) -> str:
    """Name the kind of page behind a path, so that no kind crowds out the others."""
    query = (
        "?" + "&".join(sorted(part.split("=")[0] for part in urlsplit(path).query.split("&"))) if "?" in path else ""
    )
    kept = [part if part.isalpha() else "*" for part in urlsplit(path).path.split("/")]
    return "/".join(kept) + query


@dataclass
class Walk:
    """What links lead to: pages, and whole downloads as CSV."""

    pages: list[str] = field(default_factory=list)
    downloads: set[str] = field(default_factory=set)


def walked(client: httpx.Client) -> Walk:
    """Walk the links from home: at most a few pages of each shape."""
    seen, shapes, todo, found = {"/"}, {"/": 1}, deque(["/"]), Walk()
    while todo and len(found.pages) < MOST_PAGES:
        path = todo.popleft()
        answer = client.get(path)
        if "text/html" not in answer.headers.get("content-type", "") or answer.status_code != httpx.codes.OK:
            continue
        found.pages.append(path)
        for there in _links(answer):
            if there.endswith("/download/csv"):
                found.downloads.add(there)
            shape = _shape(there)
            if there not in seen and shapes.get(shape, 0) < PER_SHAPE and not there.startswith("/api/"):
                seen.add(there)
                shapes[shape] = shapes.get(shape, 0) + 1
                todo.append(there)
    return found


def _links(answer: httpx.Response) -> Iterator[str]:
    for link in LINK.findall(answer.text):
        target = urlsplit(urljoin(str(answer.url), link.replace("&amp;", "&")))
        if target.netloc in ("", answer.url.netloc.decode()):
            yield target.path + (f"?{target.query}" if target.query else "")


def _took_ms(answer: httpx.Response) -> float:
    return float(answer.headers["server-timing"].split("dur=")[1])


def _rounds(client: httpx.Client, paths: list[str], who: str) -> list[tuple[float, str]]:
    """Ask for all pages RUNS times, one round after another; gives (milliseconds, page)."""
    return [(_took_ms(client.get(path)), f"{path} ({who})") for _ in range(RUNS) for path in paths]


def _furnish(tmp: Path) -> tuple[dict[str, str], str]:
    """Make the data: a real municipality when its folder is there, else the demo town."""
    environment = {
        **os.environ,
        "PLEIN_DATA": str(tmp),
        "PLEIN_LOG_LEVEL": "WARNING",
        "PLEIN_API_RATE": "0",
        "DJANGO_SETTINGS_MODULE": "plein.site.settings",
    }
    source = Path(os.environ.get("PLEIN_BENCH_DATA") or "../shared/data")
    gemeente = os.environ.get("PLEIN_BENCH_GEMEENTE", "GM0363") if source.is_dir() else ""
    plein = [sys.executable, "-m", "plein"]
    if gemeente:
        environment["PLEIN_GEMEENTE"] = gemeente
        _quietly([*plein, "django", "migrate", "-v", "0"], environment)
        _quietly([*plein, "load", str(source), "--gemeente", gemeente, "--json"], environment, check=False)
    else:
        _quietly([*plein, "furnish"], environment)
    _quietly([sys.executable, "-c", SETTLE], environment)
    return environment, f"data of {gemeente}" if gemeente else "demo town"


def _quietly(words: list[str], environment: dict[str, str], *, check: bool = True) -> str:
    """Run a command; what it says on its way is not for here. Some files of a folder may be refused: check=False."""
    done = subprocess.run(words, env=environment, check=check, capture_output=True, text=True)  # noqa: S603
    return done.stdout


def _later_run_s(environment: dict[str, str]) -> float:
    """Time `plein up` in a house that stands, to its first page."""
    port = free_port()
    with started([sys.executable, "-m", "plein", "up", "--port", str(port)], environment):
        return first_page_s(f"http://127.0.0.1:{port}")


def _cold_start_s(environment: dict[str, str]) -> float:
    web = Web(environment)
    web.stop()
    return web.start_s


def _median(what: Callable[[dict[str, str]], float], environment: dict[str, str]) -> float:
    return statistics.median(what(environment) for _ in range(RUNS))


def _visit(base: str, cookies: dict[str, str]) -> tuple[list[tuple[float, str]], int, set[str]]:
    """Ask for every page, as the public and as each role; gives the times, how many pages, and the downloads seen."""
    times: list[tuple[float, str]] = []
    known: set[str] = set()
    downloads: set[str] = set()
    for who, session in {"public": "", **cookies}.items():
        jar = {"sessionid": session} if session else {}
        with httpx.Client(base_url=base, timeout=PATIENCE_S, cookies=jar) as client:
            found = walked(client)
            fresh = [path for path in found.pages if path not in known]
            times += _rounds(client, fresh, who)
        known.update(fresh)
        downloads |= found.downloads
    return times, len(known), downloads


def _download(client: httpx.Client, path: str) -> int:
    with client.stream("GET", path) as answer:
        answer.raise_for_status()
        return sum(len(chunk) for chunk in answer.iter_raw())


def _growth_mb(web: Web, downloads: set[str]) -> tuple[float, str]:
    """Fetch each whole CSV once and the largest DOWNLOADS times; gives by how much the web process grew, and which."""
    with httpx.Client(base_url=web.base, timeout=PATIENCE_S) as client:
        largest = max(sorted(downloads), key=lambda path: _download(client, path))
        before = web.memory_mb()[0]
        for _ in range(DOWNLOADS):
            _download(client, largest)
    return web.memory_mb()[0] - before, largest


def run(tmp: Path) -> list[Figure]:
    """Measure the start five times, then every page five times, then the memory."""
    environment, data = _furnish(tmp)
    cookies = json.loads(_quietly([sys.executable, "-c", STAFF], environment))
    database = "PostgreSQL" if environment.get("PLEIN_DATABASE_URL") else "SQLite"
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {database}, {data}"
    cold, later = _median(_cold_start_s, environment), _median(_later_run_s, environment)
    web = Web(environment)
    try:
        times, count, downloads = _visit(web.base, cookies)
        memory, supervisor = web.memory_mb()
        growth, largest = _growth_mb(web, downloads)
        after = web.memory_mb()[0]
    finally:
        web.stop()
    visited = (
        f"{machine}, one web process, {count} pages x {RUNS} after a first, logged out and by {len(cookies)} roles"
    )
    fetched = f"{visited}; then {len(downloads)} whole CSV files, and {largest} {DOWNLOADS} times"
    return [
        Figure("cold start to first page", round(cold, 2), "s", "lower", f"{machine}, median of {RUNS}"),
        Figure("plein up to first page, later run", round(later, 2), "s", "lower", f"{machine}, median of {RUNS}"),
        *_page_figures(times, visited),
        Figure("web process memory after all pages", round(memory), "MB", "lower", f"{visited}; RSS, supervisor apart"),
        Figure("supervisor memory", round(supervisor), "MB", "lower", f"{visited}; RSS"),
        Figure("web process memory after all CSV", round(after), "MB", "lower", f"{fetched}; RSS"),
        Figure(f"growth over {DOWNLOADS} whole CSV", round(growth, 1), "MB", "lower", fetched),
    ]


def _page_figures(times: list[tuple[float, str]], told: str) -> list[Figure]:
    times = sorted(times)
    per_page: dict[str, list[float]] = {}
    for took, page in times:
        per_page.setdefault(page, []).append(took)
    slow, where = max((statistics.median(each), page) for page, each in per_page.items())
    worst, worst_page = times[-1]
    return [
        Figure("page p50, server time", round(times[len(times) // 2][0], 1), "ms", "lower", told),
        Figure("page p95, server time", round(times[int(len(times) * 0.95)][0], 1), "ms", "lower", told),
        Figure("slowest page, median", round(slow, 1), "ms", "lower", f"{told}; {where}"),
        Figure("slowest answer", round(worst, 1), "ms", "lower", f"{told}; {worst_page}"),
    ]
