"""A writer that is killed at any moment leaves a whole version."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import plein.foundation.lake.tables as lake

KILLS = 50

# Writes version after version; version n holds n + 1 rows per round that all say the same round number and count.
WRITER = """
import sys
from datetime import UTC, datetime
import django
django.setup()
import pyarrow as pa
import plein.foundation.lake.tables as lake
now = datetime(2026, 1, 6, tzinfo=UTC)
print("ready", flush=True)
round = 0
while True:
    round += 1
    rows = 20_000 + round % 7
    table = pa.table({"round": pa.array([round] * rows), "rows": pa.array([rows] * rows)})
    lake.write("town.rounds", table, now=now)
    if round % 5 == 0:
        lake.write("town.log", pa.table({"round": [round] * 100}), mode="append", now=now)
    if round % 9 == 0:
        lake.compact("town.log", now=now)
    print(lake.newest("town.rounds"), flush=True)
"""


def start(data: Path) -> subprocess.Popen[str]:
    environ = {**os.environ, "PLEIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "plein.site.settings"}
    return subprocess.Popen([sys.executable, "-c", WRITER], env=environ, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_fifty_kills_at_random_moments_leave_a_whole_version(data_dir: Path) -> None:
    chance = random.Random(2026)
    survived = -1
    for _ in range(KILLS):
        writer = start(data_dir)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(chance.uniform(0, 0.25))
        writer.send_signal(signal.SIGKILL)
        told = [int(line) for line in writer.stdout.read().split() if line.isdigit()]
        writer.wait()

        survived = max([survived, *told])
        if survived < 0 and not lake.exists("town.rounds"):
            continue
        assert lake.newest("town.rounds") >= survived, "a version that was told to be written is there"
        table = lake.read("town.rounds")
        assert set(table["rows"].to_pylist()) == {table.num_rows}, "the version is whole"
        assert len(set(table["round"].to_pylist())) == 1, "the version is one write"
        if lake.exists("town.log"):
            assert lake.read("town.log").num_rows % 100 == 0
    assert survived > KILLS // 2
