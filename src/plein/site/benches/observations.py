"""Readings in over HTTP and MQTT, and out of the hot window and the lake."""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from plein.site.benches import Figure

RUNS = 5
STREAMS = 1_000
ROWS = 10_000
REQUESTS = 60
SENDERS = 4
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
made = Datastream.objects.bulk_create([
    Datastream(name=f"Stream {n}", thing=thing, sensor=sensor, observed_property=seen, activity="sensing.air")
    for n in range(int(sys.argv[1]))
])
first = Datastream.objects.order_by("pk").first().pk
staff = create_staff("bench", password=None, roles=["sensor-manager"], by=SYSTEM, now=now())
token = create_token(staff, name="bench", scopes=["sensing.write"], expires_at=now() + timedelta(days=1), by=SYSTEM, now=now())
print(first, token.secret)
"""

COUNT = """
import django; django.setup()
from plein.foundation.observations.models import Observation
print(Observation.objects.count())
"""


def _environment(data: Path, **more: str) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PLEIN_")}
    own = {"PLEIN_DATA": str(data), "PLEIN_LOG_LEVEL": "ERROR", "PLEIN_API_RATE": "0", "PLEIN_API_RATE_TOKEN": "0"}
    return {**inherited, "DJANGO_SETTINGS_MODULE": "plein.site.settings", **own, **more}


def _run(environment: dict[str, str], program: str, *words: str) -> str:
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


def _http(environment: dict[str, str], where: str) -> Figure:
    """Measure readings that are acknowledged over HTTP, with the load generator on the same machine."""
    from plein.site.benches.house import Web

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
    kept = int(_run(environment, COUNT))
    sent = (RUNS + 1) * REQUESTS * ROWS
    if kept != sent:
        raise RuntimeError(f"{sent} readings were acknowledged and {kept} are kept")
    said = (
        f"{MACHINE}; {where}; one Granian worker, 4 threads; {SENDERS} connections of one load generator on the same "
        f"machine; {ROWS:,} readings of {STREAMS:,} datastreams a request, {REQUESTS} requests a run; median of {RUNS} "
        f"after a first, lowest {min(rates[1:]):,.0f}, highest {max(rates[1:]):,.0f}; all counted afterwards"
    )
    return Figure(f"readings in over HTTP, {where.split(',')[0]}", statistics.median(rates[1:]), "readings/s", "higher", said)
