"""Processes that write and seal are killed with -9 at random moments; the bench kills a hundred (see kills.py)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = int(os.environ.get("PLEIN_KILLS", "20"))


@pytest.mark.slow
def test_no_acknowledged_reading_is_lost_or_doubled_when_processes_are_killed(tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PLEIN_")}
    environment = {**inherited, "PLEIN_DATA": str(tmp_path), "PLEIN_LOG_LEVEL": "ERROR"}
    program = Path(__file__).with_name("kills.py")

    done = subprocess.run(
        [sys.executable, str(program), str(KILLS)], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr[-3000:]
    kills, acknowledged, lost, doubles = map(int, done.stdout.split())
    assert kills == KILLS
    assert acknowledged > 0
    assert (lost, doubles) == (0, 0), done.stderr[-3000:]
