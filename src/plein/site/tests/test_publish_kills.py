"""A publication that is killed at each of its steps: the last good version stands, and the next one goes on."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plein.site.disturbance import publisher

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

# A process that stands ready and does each job in a child of its own, which may kill itself with -9.
NEST = """
import json, os, signal, sys, traceback, django; django.setup()
from importlib import import_module
from django.core.management import call_command
from plein.foundation import clock
from plein.foundation.catalogue import keeping, products
from plein.foundation.catalogue.publishing import publish
from plein.foundation.events.models import Message
from plein.foundation.gate import door, registry
from plein.foundation.identity.actors import SYSTEM
from plein.site.disturbance import publisher
from plein.site.health import examine

def prepare():
    call_command("migrate", verbosity=0)
    registry.sync(now=clock.now())

def die_at(moment, place):
    module, _, name = place.rpartition(":")
    owner = import_module(module)
    *path, name = name.split(".")
    for one in path: owner = getattr(owner, one)
    real = getattr(owner, name)
    def deadly(*args, **named):
        if moment == "before": os.kill(os.getpid(), signal.SIGKILL)
        real(*args, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(owner, name, deadly)

def publish_round(number, mode):
    if mode == "append":
        publish(publisher.ADDED, publisher.added(number), by=SYSTEM, now=clock.now(), mode="append")
    else:
        publish(publisher.REPLACED, publisher.replaced(number), by=SYSTEM, now=clock.now())

def publish_rounds(rounds, mode, moment="", place=""):
    for number in rounds:
        publish_round(number, mode)
    if place:
        die_at(moment, place)
        keeping.compact(now=clock.now())  # nothing, but with many small files
        publish_round(number + 1, mode)

def read(product, key):
    there = []
    for version in reversed(products.versions(product)):
        at = version.published_at
        table = door.read(product, activity="opendata.publish", by=SYSTEM, as_of=at, now=clock.now())
        names = table[key].to_pylist()
        there.append([version.number, sorted({int(name.split("-")[0]) for name in names}), table.num_rows])
    told = [finding for finding in examine(clock.now()) if finding.check != "disk"]
    return {
        "versions": there,
        "announced": Message.objects.filter(data__product=product).count(),
        "problems": [said for finding in told for said in finding.problems],
        "notes": [said for finding in told for said in finding.notes],
    }

def child(out, name, words):
    status = 1
    try:
        os.write(out, json.dumps(globals()[name](*words)).encode())
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)

print("ready", flush=True)
for line in sys.stdin:
    back, out = os.pipe()
    pid = os.fork()
    if not pid:
        child(out, *json.loads(line))
    os.close(out)
    with os.fdopen(back) as said:
        answer = said.read()
    print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), answer]), flush=True)
"""
CATALOGUE = "plein.foundation.catalogue.publishing"
STEPS = [
    ("before", "plein.foundation.lake.tables:write", False),
    ("after", "plein.foundation.lake.tables:write", False),  # the lake has it, unsynced
    ("after", "plein.foundation.lake.tables:sync", False),  # on disk, and no row names it
    ("after", f"{CATALOGUE}:ProductVersion.objects.create", False),  # the row is written and not committed
    ("after", f"{CATALOGUE}:announce", False),
    ("after", f"{CATALOGUE}:_record", True),  # all done, and nobody was told
]


class House:
    """A new house with a process that stands ready in it, so that each job starts without waiting."""

    def __init__(self, environment: dict[str, str]) -> None:
        words = [sys.executable, "-c", NEST]
        self._nest = subprocess.Popen(
            words, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1
        )
        assert self._line() == "ready"
        self.do("prepare")

    def _line(self) -> str:
        assert self._nest.stdout is not None
        return self._nest.stdout.readline().strip()

    def do(self, name: str, *words: object, status: int = 0) -> Any:
        """Let a child of the ready process do a job that ends with this status; gives what it answered."""
        assert self._nest.stdin is not None
        self._nest.stdin.write(json.dumps([name, words]) + "\n")
        ended, answer = json.loads(self._line())
        assert ended == status, f"{name} ended with {ended}"
        return json.loads(answer or "null")

    def stop(self) -> None:
        """Let the process end."""
        self._nest.communicate(timeout=120)


@pytest.fixture
def house(tmp_path: Path, own_database: str) -> Iterator[House]:
    """Give a new house."""
    own = {"PLEIN_DATA": str(tmp_path / "house"), "PLEIN_DATABASE_URL": own_database}
    made = House({**os.environ, "DJANGO_SETTINGS_MODULE": "plein.site.settings", **own})
    yield made
    made.stop()


@pytest.mark.parametrize("mode", ["replace", "append"])
def test_a_publication_killed_at_any_step_leaves_the_last_good_version(mode: str, house: House) -> None:
    appends = mode == "append"
    product, key = (publisher.ADDED, "cluster_id") if appends else (publisher.REPLACED, "object_id")
    held: list[list[object]] = []
    number = 1
    for moment, place, done in STEPS:
        house.do("publish_rounds", [number], mode, moment, place, status=-signal.SIGKILL)

        held += [version(held, number, appends=appends)]
        held += [version(held, number + 1, appends=appends)] * done
        told = house.do("read", product, key)
        assert (told["versions"], told["announced"]) == (held, len(held)), place
        assert told["problems"] == [], place
        cut_off = f"{product}: a publication was cut off. Version {len(held)} holds"
        left = moment == "after" and not done
        assert [note.split(",")[0] for note in told["notes"]] == [cut_off] * left, place
        number += 2


def version(before: list[list[object]], number: int, *, appends: bool) -> list[object]:
    """Say what the next version is to hold: its number, its rounds and how many rows those have."""
    if not appends:
        return [len(before) + 1, [number], publisher.rows_of(number)]
    rounds = [*(before[-1][1] if before else ()), number]  # type: ignore[misc]
    return [len(before) + 1, rounds, publisher.ADDED_ROWS * len(rounds)]


@pytest.mark.parametrize("place", ["plein.foundation.lake.tables:compact", "plein.foundation.lake.tables:sync"])
def test_joining_files_that_is_killed_changes_nothing_that_is_read(place: str, house: House) -> None:
    rounds = list(range(1, 10))  # nine small files: one more than are left alone

    house.do("publish_rounds", rounds, "append", "after", place, status=-signal.SIGKILL)

    told = house.do("read", publisher.ADDED, "cluster_id")
    assert told["versions"][-1] == [9, rounds, 9 * publisher.ADDED_ROWS]
    assert told["problems"] == []
    house.do("publish_rounds", [10], "append")
    told = house.do("read", publisher.ADDED, "cluster_id")
    assert told["versions"][-1] == [10, [*rounds, 10], 10 * publisher.ADDED_ROWS]
