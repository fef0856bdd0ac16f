"""Readings in over HTTP and MQTT, and readings out of a year that is sealed."""

import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from plein.site.benches import Figure, leave_out
from plein.site.benches.house import Web
from plein.site.benches.houses import Broker, environment_of, mosquitto, python, register_device
from plein.site.benches.servers import free_port, own_postgres

RUNS = 5
STREAMS = 1_000
ROWS = 10_000
REQUESTS = 120
SENDERS = 4
MESSAGES = 60_000
YEAR_STREAMS = 100
YEAR_MINUTES = 527_040
MACHINE = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"

COUNT = """
import django; django.setup()
from plein.foundation.observations.models import Observation
print(Observation.objects.count())
"""

INTAKE = """
import signal, threading, django; django.setup()
from plein.city.sensing.api.mqtt import run
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
thread = threading.Thread(target=run, args=(stop,)); thread.start()
while thread.is_alive(): thread.join(0.2)
"""

READ = """
import json, random, statistics, sys, time, django; django.setup()
from datetime import datetime, timedelta, UTC
import duckdb, numpy as np, pyarrow as pa
from django.core.management import call_command
from plein.foundation.clock import now
from plein.foundation.observations import reading, sealed
from plein.foundation.observations.times import from_us, to_us
call_command("migrate", verbosity=0)
streams, minutes, runs = map(int, sys.argv[1:])
start = datetime(2024, 1, 1, tzinfo=UTC)
first = at = to_us(start)
end = first + minutes * 60_000_000
draw = np.random.default_rng(1)
while at < end:
    stop = min(sealed.month_ends(at), end)
    times = np.arange(at, stop, 60_000_000)
    n = len(times) * streams
    nothing = [pa.nulls(n, pa.int64()), pa.nulls(n, pa.int64()), pa.nulls(n, pa.string())]
    table = pa.table([np.repeat(np.arange(1, streams + 1), len(times)), np.tile(times, streams),
        draw.normal(20, 5, n), np.zeros(n, np.int32), *nothing], schema=sealed.schema())
    sealed.write(sealed.month_of(at), table, mode="append", now=now())
    at = stop
pick, took = random.Random(1), []
for _ in range(220):
    day = start + timedelta(days=pick.randrange(minutes // 1440 - 1))
    since = time.perf_counter()
    table = reading.series(pick.randint(1, streams), day, day + timedelta(days=1))
    took.append((time.perf_counter() - since) * 1000)
    assert len(table) == 1440
ids = list(range(1, streams + 1))
listed = [str(path) for path in sealed.files(first, end)]
plain = f"SELECT datastream, time // 3600000000 AS hour, avg(result) FROM read_parquet({listed})"
plain += " GROUP BY 1, 2 ORDER BY 1, 2"
duck = duckdb.connect()
ours, theirs = [], []
for _ in range(runs + 1):
    since = time.perf_counter()
    mine = reading.means(ids, start, from_us(end))
    ours.append(time.perf_counter() - since)
    since = time.perf_counter()
    alone = duck.sql(plain).to_arrow_table()
    theirs.append(time.perf_counter() - since)
assert len(mine) == len(alone) == streams * minutes // 60
took = sorted(took[20:])
print(json.dumps({"rows": streams * minutes, "files": len(sealed.files(first, end)), "p50": statistics.median(took),
    "p95": took[int(len(took) * 0.95)], "means": statistics.median(ours[1:]), "duckdb": statistics.median(theirs[1:])}))
"""


class Sender:
    """A load generator, ready to go."""

    def __init__(self, *words: object) -> None:
        said = [sys.executable, "-m", "plein.site.benches.senders", *map(str, words)]
        self.process = subprocess.Popen(said, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        if self.process.stdout is None or self.process.stdout.readline() != "ready\n":
            raise RuntimeError("the load generator did not start")

    def go(self) -> tuple[float, float]:
        """Send all; gives the first and the last moment."""
        said, _ = self.process.communicate("go\n")
        since, until = said.split()
        return float(since), float(until)


def _spread(rates: list[float]) -> str:
    return f"median of {RUNS} after a first, lowest {min(rates[1:]):,.0f}, highest {max(rates[1:]):,.0f}"


def _http(environment: dict[str, str], where: str) -> Figure:
    """Measure readings that are acknowledged over HTTP, with the load generator on the same machine.

    Raises RuntimeError when what was acknowledged is not what is kept.
    """
    os.sync()  # what was measured before still waits to be written
    first, token = register_device(environment, STREAMS)
    web = Web(environment)
    rates = []
    try:
        for run in range(RUNS + 1):
            words = (token, first, STREAMS, run * REQUESTS, REQUESTS, ROWS, SENDERS)
            since, until = Sender("http", web.port, *words).go()
            rates.append(REQUESTS * ROWS / (until - since))
    finally:
        web.stop()
    kept, sent = int(python(environment, "-c", COUNT)), (RUNS + 1) * REQUESTS * ROWS
    if kept != sent:
        raise RuntimeError(f"{sent} readings were acknowledged and {kept} are kept")
    said = (
        f"{MACHINE}; {where}; one Granian worker, 4 threads; {SENDERS} connections of one load generator on the same "
        f"machine; {ROWS:,} readings of {STREAMS:,} datastreams a request, {REQUESTS} requests a run; "
        f"{_spread(rates)}; all counted afterwards"
    )
    name = "readings in over HTTP, " + where.partition(",")[0]
    return Figure(name, statistics.median(rates[1:]), "readings/s", "higher", said)


def _mqtt(data: Path) -> Figure:
    """Measure readings published with QoS 1 until all are on disk, where they are acknowledged to the broker."""
    broker = Broker(data / "broker", free_port())
    time.sleep(1)
    environment = environment_of(data, PLEIN_MQTT_URL=f"mqtt://127.0.0.1:{broker.port}")
    first, _ = register_device(environment, STREAMS)
    intake = subprocess.Popen([sys.executable, "-c", INTAKE], env=environment)  # noqa: S603
    rates = []
    try:
        time.sleep(6)
        for run in range(RUNS + 1):
            since, _ = Sender("mqtt", broker.port, first, STREAMS, run * MESSAGES, MESSAGES).go()
            _until_kept(data / "plein.sqlite3", (run + 1) * MESSAGES)
            rates.append(MESSAGES / (time.time() - since))
    finally:
        intake.terminate()
        intake.wait(20)
        broker.stop()
    said = (
        f"{MACHINE}; SQLite {sqlite3.sqlite_version}, WAL, synchronous=FULL; Mosquitto with max_inflight_messages 0; "
        f"one publisher on the same machine, {MESSAGES:,} messages of one reading over {STREAMS:,} datastreams a run, "
        f"from the first publish until the last is on disk; {_spread(rates)}"
    )
    return Figure("readings in over MQTT QoS 1", statistics.median(rates[1:]), "readings/s", "higher", said)


def _until_kept(database: Path, count: int) -> None:
    """Wait until the window holds so many readings.

    Raises RuntimeError when that takes more than five minutes.
    """
    until = time.monotonic() + 300
    while time.monotonic() < until:
        with closing(sqlite3.connect(database)) as own:
            if own.execute("SELECT COUNT(*) FROM observations_observation").fetchone()[0] >= count:
                return
        time.sleep(0.1)
    raise RuntimeError(f"not all of {count} readings arrived")


def _reading(data: Path) -> list[Figure]:
    """Measure reading from a year of readings that is sealed."""
    said = json.loads(python(environment_of(data), "-c", READ, str(YEAR_STREAMS), str(YEAR_MINUTES), str(RUNS)))
    rows = f"{MACHINE}; {said['rows']:,} readings, {YEAR_STREAMS} datastreams, one a minute, in {said['files']} files"
    day = f"{rows}; in process; 200 days of datastreams drawn at random after 20 others; p95 {said['p95']:.1f} ms"
    hours = (
        f"{rows}; all means with their coverage in {said['means']:.2f} s, a plain AVG per hour by DuckDB with its "
        f"own defaults over the same files in {said['duckdb']:.2f} s; by turns, warm, medians of {RUNS} after a first"
    )
    return [
        Figure("one datastream's day, p50", said["p50"], "ms", "lower", day),
        Figure("hourly means, times DuckDB alone", said["means"] / said["duckdb"], "times", "lower", hours),
    ]


def run(tmp: Path) -> list[Figure]:
    """Measure readings in and readings out, with the servers that are installed here."""
    folders = [tmp / name for name in ("http", "postgres", "mqtt", "read")]
    for folder in folders:
        folder.mkdir(parents=True)
    figures = [_http(environment_of(folders[0]), f"SQLite {sqlite3.sqlite_version}, WAL, synchronous=FULL")]
    with own_postgres() as found:
        if found:
            figures.append(_http(environment_of(folders[1], PLEIN_DATABASE_URL=found.address), found.said))
    if mosquitto():
        figures.append(_mqtt(folders[2]))
    else:
        leave_out("readings in over MQTT", "Mosquitto is not installed here")
    return [*figures, *_reading(folders[3])]
