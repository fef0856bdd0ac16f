"""Kill processes that write and seal, many times, and count what is left. Run by test_kills and by the bench.

    python kills.py KILLS        (with PLEIN_DATA of its own)

A process with Django loaded forks a writer and a sealer, kills both with -9 after a random moment, and starts again.
The writer notes what was acknowledged. Prints kills, acknowledged readings, lost ones and doubles.
"""

import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

BATCH = 200


def prepare() -> int:
    """Make a database with one registered datastream and give its key."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from plein.foundation import clock, lake
    from plein.foundation.gate import registry
    from plein.foundation.observations import reading, sealing, writing
    from plein.foundation.observations.models import Datastream, ObservedProperty, Sensor, Thing

    _ = lake, reading, sealing, writing  # loaded once here, not in each process that has half a second to live
    registry.sync(now=clock.now())
    made: Datastream = Datastream.objects.create(
        name="Killed",
        activity="sensing.air",
        thing=Thing.objects.create(name="Killed"),
        sensor=Sensor.objects.create(name="Killed"),
        observed_property=ObservedProperty.objects.create(name="x", definition="http://example.org/x"),
    )
    return int(made.pk)


def write(stream: int, noted: Path, first: int) -> None:
    """Write batch after batch and note each that was acknowledged; times jump about, so that many are late."""
    from plein.foundation import clock
    from plein.foundation.identity.actors import SYSTEM
    from plein.foundation.observations import writing
    from plein.foundation.observations.times import to_us

    start = to_us(clock.now() - timedelta(days=200))
    note = os.open(noted, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    batch = first
    while True:
        at = batch * 7_919 % 100_000 * 150_000_000
        rows = [(stream, start + at + n * 1_000 - start % 1_000, float(n)) for n in range(BATCH)]
        writing.write_rows(rows, by=SYSTEM, now=clock.now())
        os.write(note, b"".join(b"%d\n" % row[1] for row in rows))
        batch += 1


def seal() -> None:
    """Seal all the time."""
    from plein.foundation import clock
    from plein.foundation.observations import sealing

    while True:
        sealing.seal(now=clock.now(), after_days=0)


def child(work: object, *words: object) -> int:
    """Fork a process that does some work until it is killed."""
    pid = os.fork()
    if pid == 0:
        try:
            work(*words)  # type: ignore[operator]
        except BaseException as error:
            print(type(error).__name__, error, file=sys.stderr)  # noqa: T201
        os._exit(1)
    return pid


def count(stream: int, noted: Path) -> tuple[int, int, int]:
    """Give acknowledged readings, lost ones, and doubles of any reading."""
    from plein.foundation import clock
    from plein.foundation.lake import tables as lake
    from plein.foundation.observations import reading, sealed, sealing

    said = [int(line) for line in noted.read_text().splitlines() if line]
    far = clock.now()
    for _ in range(2):
        kept = (
            reading.series(stream, far - timedelta(days=400), far + timedelta(days=400))["time"]
            .cast("int64")
            .to_pylist()
        )
        doubles = len(kept) - len(set(kept))
        sealing.seal(now=far, after_days=0)
    doubles += sum(lake.rows(name) for name in sealed.months()) - len(set(kept))
    return len(set(said)), len(set(said) - set(kept)), doubles


def main(kills: int) -> None:
    """Kill that often and print what came of it."""
    from django.conf import settings
    from django.db import connection

    stream = prepare()
    noted = Path(settings.DATA) / "acknowledged"
    noted.touch()
    for number in range(0, kills, 2):
        connection.close()
        children = [child(write, stream, noted, number * 10_000), child(seal)]
        patience = time.monotonic() + (0 if number else 60)  # the first time, however busy the machine is
        while not noted.stat().st_size and time.monotonic() < patience:
            time.sleep(0.05)
        time.sleep(random.uniform(0.05, 0.6))
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    print(kills, *count(stream, noted))  # noqa: T201


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plein.site.settings")
    main(int(sys.argv[1]))
