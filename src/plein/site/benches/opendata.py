"""The portal with a product of a million rows: pages with filters and exact counts, facets, whole downloads.

A real web process serves it; the load comes from a process of its own on the same machine. `application` is the usual
application that also knows the contract of the bench's product.
"""

import json
import os
import platform
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from plein.site.benches import Figure
from plein.site.benches.house import PATIENCE_S, _rss_mb
from plein.site.benches.servers import free_port

ROWS = 1_000_000
RUNS = 5
DOWNLOADS, WARM_UP = 20, 6
ASKED = 200
LOAD_S = 5.0
CONNECTIONS = 8
WORKERS = 2
KEY = "bench.readings"
ROOT = f"/api/data/v1/products/{KEY}"
BUURTEN, KINDS = 500, ("rest", "glass", "paper", "textile", "plastic", "organic")

LOAD = """
import asyncio, json, sys, time
host, port, seconds, connections = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
paths = json.load(sys.stdin)
async def walk(start, until, took):
    reader, writer = await asyncio.open_connection(host, port)
    at = start
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(f"GET {paths[at % len(paths)]} HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n".encode())
        head = await reader.readuntil(b"\\r\\n\\r\\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        size = int(head.lower().split(b"content-length: ")[1].split(b"\\r\\n")[0])
        await reader.readexactly(size)
        took.append(time.perf_counter() - began)
        at += connections
    writer.close()
async def main():
    took = []
    began = time.perf_counter()
    await asyncio.gather(*(walk(start, began + seconds, took) for start in range(connections)))
    took.sort()
    print(json.dumps({"rate": len(took) / (time.perf_counter() - began), "p50_ms": took[len(took) // 2] * 1000}))
asyncio.run(main())
"""


def bench_contract() -> Any:
    """Make the contract of the bench's product: readings of containers with a place and a time."""
    from plein.foundation.catalogue.contracts import Column, Contract
    from plein.foundation.words import Text

    kinds = {
        "id": "integer",
        "buurt": "string",
        "kind": "string",
        "at": "timestamp",
        "weight_kg": "number",
        "fill": "integer",
        "full": "boolean",
        "lon": "number",
        "lat": "number",
    }
    return Contract(
        key=KEY,
        title=Text("Metingen", "Readings"),
        description=Text("Metingen van de bench.", "Readings of the bench."),
        openness="open",
        licence="CC0-1.0",
        owner="role:data-steward",
        temporal="at",
        geometry={"kind": "point", "lon": "lon", "lat": "lat"},
        columns=tuple(Column(name=name, type=kind, title=Text(name, name)) for name, kind in kinds.items()),
        key_columns=("id",),
    )


def application(environ: Any, start_response: Any) -> Any:
    """Answer as Plein does, with the bench's product known."""
    return _application()(environ, start_response)


_made: list[Callable[..., Any]] = []
_held: list[Any] = []  # what must live as long as this process


def _application() -> Callable[..., Any]:
    if not _made:
        from plein.site.wsgi import application as usual

        _know_contract()
        _made.append(usual)
    return _made[0]


def _know_contract() -> None:
    from plein.foundation.catalogue import contracts

    known = contracts.with_contracts(bench_contract())
    known.__enter__()
    _held.append(known)


def prepare() -> None:
    """Publish the product and make its serving copy; runs in a process with the bench's own data directory."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    _know_contract()
    from plein.foundation import clock
    from plein.foundation.catalogue.publishing import publish
    from plein.foundation.identity.actors import SYSTEM
    from plein.insight.opendata.jobs import make_copy

    now = clock.now()
    publish(KEY, _rows(), by=SYSTEM, now=now)
    began = time.perf_counter()
    make_copy(product=KEY, now=now)
    sys.stdout.write(json.dumps({"copy_s": time.perf_counter() - began}))


def _rows() -> Any:
    import numpy as np
    import pyarrow as pa

    chance = np.random.default_rng(1)
    codes = pa.array([f"BU{number:08d}" for number in range(BUURTEN)])
    seconds = chance.integers(0, 365 * 86_400, ROWS) * 1_000_000 + 1_577_836_800_000_000  # in 2020
    return pa.table(
        {
            "id": np.arange(ROWS),
            "buurt": codes.take(pa.array(chance.integers(0, BUURTEN, ROWS))),
            "kind": pa.array(KINDS).take(pa.array(chance.integers(0, len(KINDS), ROWS))),
            "at": pa.array(seconds, pa.timestamp("us", "UTC")),
            "weight_kg": chance.gamma(2, 20, ROWS).round(1),
            "fill": chance.integers(0, 101, ROWS),
            "full": chance.random(ROWS) > 0.9,
            "lon": 4.7 + chance.random(ROWS) * 0.3,
            "lat": 52.3 + chance.random(ROWS) * 0.1,
        }
    )


def filters(number: int, *, seed: int) -> list[str]:
    """Make addresses of pages with one or two filters, of kinds that visitors use."""
    chance = random.Random(seed)  # noqa: S311 - for a bench
    found = []
    for _ in range(number):
        buurt, kind = f"BU{chance.randrange(BUURTEN):08d}", chance.choice(KINDS)
        low = chance.randrange(100)
        day = f"2020-{chance.randrange(1, 13):02d}-{chance.randrange(1, 28):02d}"
        ways: list[dict[str, Any]] = [
            {"buurt": buurt},
            {"buurt": buurt, "kind": kind},
            {"buurt": buurt, "fill__gte": low},
            {"fill": low, "kind": kind},
            {"buurt": buurt, "at__gte": day},
        ]
        found.append(f"{ROOT}/rows?{urlencode({**chance.choice(ways), 'limit': 100})}")
    return found


def _timed(client: httpx.Client, paths: list[str]) -> float:
    """Ask for pages one after another; gives the median in milliseconds as the caller waits."""
    took = []
    for path in paths:
        began = time.perf_counter()
        client.get(path).raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def _load(port: int, paths: list[str]) -> dict[str, float]:
    words = [sys.executable, "-c", LOAD, "127.0.0.1", str(port), str(LOAD_S), str(CONNECTIONS)]
    answer = subprocess.run(words, input=json.dumps(paths), capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, float] = json.loads(answer.stdout)
    return found


class _Memory:
    """Watches how much memory a process takes while something happens."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peak, self._on = pid, 0.0, True
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while self._on:
            self.peak = max(self.peak, _rss_mb(self.pid))
            time.sleep(0.05)

    def __enter__(self) -> "_Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._on = False
        self._thread.join()


def _download(client: httpx.Client, form: str) -> tuple[float, float]:
    """Fetch a whole download; gives milliseconds to the first byte and seconds to the last."""
    began = time.perf_counter()
    first = 0.0
    with client.stream("GET", f"{ROOT}/download/{form}") as answer:
        answer.raise_for_status()
        for chunk in answer.iter_raw():
            if chunk and not first:
                first = (time.perf_counter() - began) * 1000
    return first, time.perf_counter() - began


class _Served:
    """The web process of the bench."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port = free_port()
        words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(self.port)]
        words += ["--workers", str(WORKERS), "--blocking-threads", "2", "--log-level", "error"]
        self.process = subprocess.Popen([*words, "plein.site.benches.opendata:application"], env=environment)  # noqa: S603
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60)

    def wait(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                self.client.get(f"{ROOT}/rows").raise_for_status()
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("the web process did not answer within a minute")

    def stop(self) -> None:
        """Stop it and wait."""
        self.client.close()
        self.process.terminate()
        self.process.wait(timeout=20)


def run(tmp: Path) -> list[Figure]:
    """Publish a million rows, serve them, and measure pages, load, facets and downloads five times each."""
    environment = {
        **os.environ,
        "PLEIN_DATA": str(tmp),
        "PLEIN_LOG_LEVEL": "WARNING",
        "PLEIN_API_RATE": "0",
        "DJANGO_SETTINGS_MODULE": "plein.site.settings",
    }
    words = [sys.executable, "-c", "from plein.site.benches.opendata import prepare; prepare()"]
    made = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    served = _Served(environment)
    try:
        served.wait()
        return [_copy_figure(made.stdout), *_pages(served), *_facets(served), *_downloads(served)]
    finally:
        served.stop()


def _said(what: str) -> str:
    import sqlite3

    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return (
        f"{what}; {ROWS:,} rows of 9 columns, {WORKERS} Granian workers, load on the same machine, no rate limit, "
        f"median of {RUNS} runs; {machine}"
    )


def _copy_figure(told: str) -> Figure:
    seconds = json.loads(told.strip().splitlines()[-1])["copy_s"]
    return Figure("portal_copy_s", round(seconds, 1), "s", "lower", _said("time to make the serving copy (one run)"))


def _pages(served: _Served) -> list[Figure]:
    fresh = [_timed(served.client, filters(ASKED, seed=100 + run_)) for run_ in range(RUNS)]
    known = filters(ASKED, seed=7)
    _timed(served.client, known)
    _timed(served.client, known)
    again = [_timed(served.client, known) for _ in range(RUNS)]
    loads = [_load(served.port, known) for _ in range(RUNS)]
    rate = statistics.median(load["rate"] for load in loads)
    waited = statistics.median(load["p50_ms"] for load in loads)
    page = "page of 100 filtered rows with exact count"
    kinds = f"{ASKED} different questions with one or two filters"
    return [
        Figure("portal_page_p50_ms", round(statistics.median(again), 2), "ms", "lower", _said(f"{page}, {kinds}")),
        Figure(
            "portal_page_first_p50_ms",
            round(statistics.median(fresh), 2),
            "ms",
            "lower",
            _said(f"{page}, questions that were mostly never asked before"),
        ),
        Figure(
            "portal_pages_per_s", round(rate), "1/s", "higher", _said(f"{page}, {CONNECTIONS} connections, {kinds}")
        ),
        Figure("portal_page_load_p50_ms", round(waited, 2), "ms", "lower", _said(f"{page}, under that load")),
    ]


def _facets(served: _Served) -> list[Figure]:
    whole = [
        f"{ROOT}/facets?facets={column}&size={size}" for column in ("buurt", "kind", "full") for size in (10, 20, 50)
    ]
    within = [f"{ROOT}/facets?facets=kind&fill__gte={low}&size=20" for low in range(0, 90, 9)]
    _timed(served.client, whole)
    all_rows = statistics.median(_timed(served.client, whole) for _ in range(RUNS))
    filtered = _timed(served.client, within)
    return [
        Figure("portal_facet_p50_ms", round(all_rows, 2), "ms", "lower", _said("facet on all rows")),
        Figure(
            "portal_facet_filtered_first_p50_ms",
            round(filtered, 1),
            "ms",
            "lower",
            _said("facet within a filter on 10 to 100% of the rows, asked for the first time (one run)"),
        ),
    ]


def _peak_mb(served: _Served, times: int) -> tuple[float, list[tuple[float, float]]]:
    """Download the whole CSV so many times; gives the highest memory meanwhile and how long each took."""
    with _Memory(served.process.pid) as memory:
        runs = [_download(served.client, "csv") for _ in range(times)]
    return memory.peak, runs


def _downloads(served: _Served) -> list[Figure]:
    idle = _rss_mb(served.process.pid)
    early, _ = _peak_mb(served, WARM_UP)
    late, runs = _peak_mb(served, DOWNLOADS - WARM_UP)
    seconds = statistics.median(took for _first, took in runs)
    first = statistics.median(first for first, _took in runs)
    others = [_other(served, form) for form in ("json", "geojson", "xlsx")]
    flat = f"highest memory of the web processes during downloads {WARM_UP + 1} to {DOWNLOADS} of the whole CSV, "
    flat += f"above that during the first {WARM_UP} ({early - idle:.0f} MB above idle)"
    return [
        Figure("portal_csv_rows_per_s", round(ROWS / seconds), "rows/s", "higher", _said("whole CSV")),
        Figure("portal_csv_first_byte_ms", round(first, 1), "ms", "lower", _said("first byte of the whole CSV")),
        Figure("portal_csv_memory_mb", round(max(late - early, 0), 1), "MB", "lower", _said(flat)),
        *others,
    ]


def _other(served: _Served, form: str) -> Figure:
    _first, seconds = _download(served.client, form)
    return Figure(
        f"portal_{form}_rows_per_s", round(ROWS / seconds), "rows/s", "higher", _said(f"whole {form} (one run)")
    )
