"""A disk that is full, a real one: readings, publishing, loading, sealing and copying say so, break nothing, go on."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from plein.site.benches.house import Web
from plein.site.benches.houses import environment_of, python, register_device
from plein.site.disturbance import files, kills, publisher

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
SIZE_MB = 220
START = datetime(2026, 6, 1, tzinfo=UTC)
SEAL = """
import sys, django; django.setup()
from plein.foundation import clock
from plein.foundation.errors import meant
from plein.foundation.observations import sealing
try:
    sealing.seal(now=clock.now(), after_days=0)
except Exception as error:
    refused = meant(error)
    if refused is None:
        raise
    print(refused, file=sys.stderr)
    sys.exit(1)
"""
MAKE = """
import sys, django; django.setup()
import pyarrow.parquet as pq
from plein.site.disturbance import publisher
for path, number in zip(sys.argv[1::2], sys.argv[2::2]):
    pq.write_table(publisher.replaced(int(number)), path)
"""
KEEP = """
import sys, json, django; django.setup()
from plein.foundation import clock
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.observations import writing
times = [1_780_000_000_000_000 + n * 1_000_000 for n in range(20_000)]
writing.write_rows([(int(sys.argv[1]), at, 1.5) for at in times], by=SYSTEM, now=clock.now())
print(json.dumps(times))
"""
READINGS = """
import sys, json, django; django.setup()
from datetime import timedelta
from plein.foundation import clock
from plein.foundation.observations import reading
now = clock.now()
table = reading.series(int(sys.argv[1]), now - timedelta(days=900), now)
print(json.dumps(table["time"].cast("int64").to_pylist()))
"""
HELD = """
import sys, json, django; django.setup()
from datetime import timedelta
from plein.foundation import clock
from plein.foundation.catalogue import products
from plein.foundation.lake import tables
from plein.foundation.observations import reading
now = clock.now()
times = reading.series(int(sys.argv[1]), now - timedelta(days=900), now)["time"].cast("int64").to_pylist()
version = products.current(sys.argv[2])
names = tables.read(sys.argv[2], version=version.lake_version, columns=["object_id"])["object_id"].to_pylist()
print(json.dumps([times, version.number, sorted({name.split("-")[0] for name in names})]))
"""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a small disk of this test's own."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(words, check=False).returncode:
        pytest.skip("making a small disk needs root on Linux")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Take all room that is left on a disk, with a file that can go again."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return ballast


def run(environment: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, check=False, timeout=200
    )


def plein(environment: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    return run(environment, "-m", "plein", *words)


def post(client: httpx.Client, stream: int, number: int) -> tuple[httpx.Response, list[int]]:
    """Send a thousand readings that nobody sent before."""
    times = [START + timedelta(seconds=number * 1000 + n) for n in range(1000)]
    rows = [[at.isoformat(), 1.5] for at in times]
    block = {"Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"], "dataArray": rows}
    answer = client.post("/api/sensorthings/v1.1/CreateObservations", json=[block])
    return answer, [int(at.timestamp()) * 1_000_000 for at in times]


def refused_in_words(done: "subprocess.CompletedProcess[str]") -> None:
    told = done.stdout + done.stderr
    assert done.returncode == 1, told
    assert "disk" in told
    assert "full" in told
    assert "Traceback" not in told


def test_readings_pages_publishing_and_loading_on_a_full_disk(disk: Path, tmp_path: Path) -> None:
    environment = environment_of(disk / "house", PLEIN_LOG_LEVEL="WARNING")
    stream, token = register_device(environment, 1)
    first, second = tmp_path / "1.parquet", tmp_path / "2.parquet"
    python(environment, "-c", MAKE, str(first), "1", str(second), "2")
    files.make(tmp_path / "in")
    load = ("load", str(tmp_path / "in"), "--gemeente", files.GEMEENTE)
    assert plein(environment, "publish", publisher.REPLACED, str(first)).returncode == 0
    web = Web(environment)
    client = httpx.Client(base_url=web.base, headers={"Authorization": f"Bearer {token}"}, timeout=60)
    try:
        answer, kept = post(client, stream, 0)
        assert answer.status_code == 201
        assert client.get("/data/").status_code == 200
        ballast = fill(disk)

        kept += until_refused(client, stream)
        for page in ("/", "/data/", f"/data/{publisher.REPLACED}/", f"/api/data/v1/products/{publisher.REPLACED}/rows"):
            assert client.get(page).status_code == 200, page
        refused_in_words(plein(environment, "publish", publisher.REPLACED, str(second)))
        refused_in_words(plein(environment, *load))

        ballast.unlink()
        answer, times = post(client, stream, 1000)
        assert answer.status_code == 201, answer.text
        kept += times
        held = json.loads(python(environment, "-c", HELD, str(stream), publisher.REPLACED))
        assert held == [sorted(kept), 1, ["1"]]
        assert plein(environment, "publish", publisher.REPLACED, str(second)).returncode == 0
        assert plein(environment, *load).returncode == 0
        held = json.loads(python(environment, "-c", HELD, str(stream), publisher.REPLACED))
        assert held == [sorted(kept), 2, ["2"]]
    finally:
        client.close()
        web.stop()
    assert [one for one in kills._check(environment) if "GB is free" not in one] == []


def until_refused(client: httpx.Client, stream: int) -> list[int]:
    """Send readings until the full disk is told in words; gives those that the database had set room aside for."""
    kept: list[int] = []
    for number in range(1, 400):
        answer, times = post(client, stream, number)
        if answer.status_code != 201:
            break
        kept += times
    assert answer.status_code == 507, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "schijf is vol" in answer.json()["detail"]
    return kept


def test_sealing_and_copying_on_a_full_disk(disk: Path, tmp_path: Path) -> None:
    environment = environment_of(disk / "house", PLEIN_LOG_LEVEL="WARNING")
    stream = str(register_device(environment, 1)[0])
    kept = json.loads(python(environment, "-c", KEEP, stream))
    ballast = fill(disk)

    refused_in_words(run(environment, "-c", SEAL))
    before = sorted(disk.iterdir())
    refused_in_words(plein(environment, "backup", str(disk / "copy.tar")))
    assert sorted(disk.iterdir()) == before  # no half copy is left behind

    ballast.unlink()
    assert json.loads(python(environment, "-c", READINGS, stream)) == kept
    assert run(environment, "-c", SEAL).returncode == 0
    assert json.loads(python(environment, "-c", READINGS, stream)) == kept
    assert plein(environment, "backup", str(disk / "copy.tar")).returncode == 0
    assert [one for one in kills._check(environment) if "GB is free" not in one] == []
