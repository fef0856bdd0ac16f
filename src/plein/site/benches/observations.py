"""Readings in over HTTP and MQTT, and readings out of a year that is sealed."""

import json
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from plein.site.benches import Figure, leave_out
from plein.site.benches.house import Web
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

PREPARE = """
import sys, django; django.setup()
from datetime import timedelta
from django.core.management import call_command
call_command("migrate", verbosity=0)
from plein.foundation.clock import now
from plein.foundation.gate import registry
from plein.foundation.identity.actions import create_staff, create_token
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.observations.models import Datastream, ObservedProperty, Sensor, Thing
registry.sync(now=now())
thing = Thing.objects.create(name="Bench")
sensor = Sensor.objects.create(name="Bench")
seen = ObservedProperty.objects.create(name="PM2.5", definition="http://example.org/pm25")
Datastream.objects.bulk_create([
    Datastream(name=f"Stream {n}", thing=thing, sensor=sensor, observed_property=seen, activity="sensing.air")
    for n in range(int(sys.argv[1]))
])
first = Datastream.objects.order_by("pk").first().pk
staff = create_staff("bench", password=None, roles=["sensor-manager"], by=SYSTEM, now=now())
end = now() + timedelta(days=1)
token = create_token(staff, name="bench", scopes=["sensing.write"], expires_at=end, by=SYSTEM, now=now())
print(first, token.secret)
"""

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


def _environment(data: Path, **more: str) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PLEIN_")}
    own = {"PLEIN_DATA": str(data), "PLEIN_LOG_LEVEL": "ERROR", "PLEIN_API_RATE": "0", "PLEIN_API_RATE_TOKEN": "0"}
    return {**inherited, "DJANGO_SETTINGS_MODULE": "plein.site.settings", **own, **more}


def _run(environment: dict[str, str], program: str, *words: str) -> str:
    """Run a program in a process of its own and give the last line it prints.

    Raises RuntimeError with what it complained of.
    """
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program, *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return done.stdout.strip().splitlines()[-1]


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
    first, token = _run(environment, PREPARE, str(STREAMS)).split()
    web = Web(environment)
    rates = []
    try:
        for run in range(RUNS + 1):
            words = (token, first, STREAMS, run * REQUESTS, REQUESTS, ROWS, SENDERS)
            since, until = Sender("http", web.port, *words).go()
            rates.append(REQUESTS * ROWS / (until - since))
    finally:
        web.stop()
    kept, sent = int(_run(environment, COUNT)), (RUNS + 1) * REQUESTS * ROWS
    if kept != sent:
        raise RuntimeError(f"{sent} readings were acknowledged and {kept} are kept")
    said = (
        f"{MACHINE}; {where}; one Granian worker, 4 threads; {SENDERS} connections of one load generator on the same "
        f"machine; {ROWS:,} readings of {STREAMS:,} datastreams a request, {REQUESTS} requests a run; "
        f"{_spread(rates)}; all counted afterwards"
    )
    name = "readings in over HTTP, " + where.partition(",")[0]
    return Figure(name, statistics.median(rates[1:]), "readings/s", "higher", said)


def broker_program() -> str | None:
    """Find Mosquitto; where it is not, say what is left out."""
    found = shutil.which("mosquitto", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
    if found is None:
        leave_out("readings in over MQTT", "Mosquitto is not installed here")
    return found


class Mosquitto:
    """A broker of the bench's own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        folder.mkdir()
        said = f"listener {self.port} 127.0.0.1\nallow_anonymous true\n"
        said += "max_inflight_messages 0\nmax_queued_messages 0\n"
        (folder / "mosquitto.conf").write_text(said)
        words = [str(broker_program()), "-c", str(folder / "mosquitto.conf")]
        self.process = subprocess.Popen(words, stderr=subprocess.DEVNULL)  # noqa: S603
        time.sleep(1)

    def stop(self) -> None:
        """End the broker."""
        self.process.terminate()
        self.process.wait(10)


def _mqtt(data: Path) -> Figure:
    """Measure readings published with QoS 1 until all are on disk, where they are acknowledged to the broker."""
    broker = Mosquitto(data / "broker")
    environment = _environment(data, PLEIN_MQTT_URL=f"mqtt://127.0.0.1:{broker.port}")
    first, _ = _run(environment, PREPARE, str(STREAMS)).split()
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
    said = json.loads(_run(_environment(data), READ, str(YEAR_STREAMS), str(YEAR_MINUTES), str(RUNS)))
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
    figures = [_http(_environment(folders[0]), f"SQLite {sqlite3.sqlite_version}, WAL, synchronous=FULL")]
    with own_postgres() as found:
        if found:
            figures.append(_http(_environment(folders[1], PLEIN_DATABASE_URL=found.address), found.said))
    if broker_program():
        figures.append(_mqtt(folders[2]))
    return [*figures, *_reading(folders[3])]
