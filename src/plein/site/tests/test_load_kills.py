"""A load that is killed at any moment leaves every product whole, and the next load ends where one load would have."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLS = 5
FILES = (
    "areas/kerncijfers_wijken_buurten_2024.csv.gz",
    "areas/gemeenten_2024.geojson.gz",
    "areas/buurten_2024_vereenvoudigd.geojson.gz",
)
FILES += ("finance/iv3_samenvatting_2017_2026.csv.gz", "finance/iv3_lasten_per_taakveld_2017_2026.parquet")
LOAD = """
import sys
from pathlib import Path
import django; django.setup()
from plein.foundation import clock
from plein.site.loading import load_folder
outcomes = load_folder(Path(sys.argv[1]), gemeente="GM0106", now=clock.now)
sys.exit(any(outcome.status != "loaded" for outcome in outcomes))
"""
STATE = """
import django; django.setup()
from plein.foundation.catalogue.models import ProductVersion
import plein.foundation.lake.tables as lake
from plein.foundation.geo.models import Area
last = {}
for version in ProductVersion.objects.select_related("product").order_by("number"):
    last[version.product.key] = version
for key, version in sorted(last.items()):
    if key.startswith("monitor.") and key != "monitor.indicator_values":
        print(key, lake.read(key, version=version.lake_version).num_rows == version.rows, version.checksum)
print("areas", *(Area.objects.filter(kind=kind).count() for kind in ("gemeente", "wijk", "buurt")))
"""


def environment(data: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if name != "PLEIN_GEMEENTE"}
    return {**clean, "PLEIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "plein.site.settings", "PLEIN_DATABASE_URL": ""}


def load(folder: Path, data: Path) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-c", LOAD, str(folder)]
    return subprocess.Popen(words, env=environment(data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def state(data: Path) -> str:
    words = [sys.executable, "-c", STATE]
    return subprocess.run(words, env=environment(data), capture_output=True, text=True, check=True).stdout


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_load_killed_at_random_moments_ends_like_one_that_was_not(shared: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in FILES:
        shutil.copy(shared / "data" / name, folder)
    for data in (tmp_path / "clean", tmp_path / "killed"):
        subprocess.run([sys.executable, "-m", "plein", "django", "migrate", "-v0"], env=environment(data), check=True)
    start = time.monotonic()
    assert load(folder, tmp_path / "clean").wait() == 0
    usual = time.monotonic() - start
    rng = random.Random(5)

    for _ in range(KILLS):
        running = load(folder, tmp_path / "killed")
        time.sleep(rng.uniform(0.2, 0.95) * usual)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert "False" not in state(tmp_path / "killed")
    assert load(folder, tmp_path / "killed").wait() == 0

    assert state(tmp_path / "killed") == state(tmp_path / "clean")
