"""Points that find their buurt, maps of areas, and the loading of a whole folder of real data."""

import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from plein.site.benches import Figure

RUNS = 5
POINTS = 200_000
SQUARES = 118  # times itself: 13,924 areas, about as many as the country has buurten

# Runs in a process and a data directory of its own; prints one number per line.
POINT_IN_BUURT = """
import sys, time
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
import numpy as np, shapely
from plein.foundation import clock
from plein.foundation.geo import layers, places
from plein.foundation.geo.actions import Border, store_areas
from plein.foundation.identity.actors import SYSTEM
side, points, runs = map(int, sys.argv[1:])
step, borders = 2.0 / side, []
generator = np.random.default_rng(1)
wobble = generator.uniform(-0.3, 0.3, (side + 1, side + 1, 2)) * step
def corner(x, y):
    return 4.5 + x * step + wobble[x, y, 0], 51.5 + y * step + wobble[x, y, 1]
def edge(a, b):
    (x0, y0), (x1, y1) = corner(*a), corner(*b)
    return [(x0 + (x1 - x0) * part / 8, y0 + (y1 - y0) * part / 8) for part in range(8)]
for x in range(side):
    for y in range(side):
        ring = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]
        shape = shapely.Polygon([p for a, b in zip(ring, ring[1:]) for p in edge(a, b)])
        borders.append(Border(f"BU{x:04d}{y:04d}", "buurt", "Buurt", f"GM{x:04d}", 2024, shape))
store_areas(borders, kind="buurt", by=SYSTEM, now=clock.now())
lons, lats = generator.uniform(4.6, 6.4, points), generator.uniform(51.6, 53.4, points)
places.buurt_at(5.0, 52.0)
for _ in range(runs):
    start = time.perf_counter(); found = places.buurten_at(lons, lats); print("many", time.perf_counter() - start)
assert sum(code is not None for code in found) == points
for _ in range(runs):
    start = time.perf_counter()
    for lon, lat in zip(lons[:500], lats[:500]): places.buurt_at(lon, lat)
    print("one", (time.perf_counter() - start) / 500)
for number in range(runs):
    layers._layers.clear()
    start = time.perf_counter(); layers.areas_layer("buurt", gemeente=f"GM{number:04d}", zoom=10)
    print("layer", time.perf_counter() - start)
"""


def _run(words: list[str], data: Path) -> str:
    environ = {**os.environ, "PLEIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "plein.site.settings"}
    environ.pop("PLEIN_GEMEENTE", None)
    done = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def _points(tmp: Path) -> list[Figure]:
    words = [sys.executable, "-c", POINT_IN_BUURT, str(SQUARES), str(POINTS), str(RUNS)]
    seconds: dict[str, list[float]] = {}
    for line in _run(words, tmp / "points").splitlines():
        name, value = line.split()
        seconds.setdefault(name, []).append(float(value))
    middle = {name: statistics.median(values) for name, values in seconds.items()}
    about = f"{SQUARES**2:,} areas of 32 corners, SQLite, median of {RUNS}, {_machine()}"
    return [
        Figure("geo.points-in-buurt", POINTS / middle["many"], "points/s", "higher", f"{POINTS:,} at once, {about}"),
        Figure("geo.point-in-buurt", middle["one"] * 1000, "ms", "lower", f"one by one, with its query, {about}"),
        Figure("geo.areas-layer", middle["layer"] * 1000, "ms", "lower", f"{SQUARES} areas, first time, {about}"),
    ]


def _shared() -> Path:
    beside = Path(__file__).resolve().parents[5] / "shared" / "data"
    return Path(os.environ.get("PLEIN_BENCH_DATA") or beside)


def _loads(tmp: Path) -> list[Figure]:
    """Measure the loading of the folder with real data, the first time and again; nothing without that folder."""
    folder, gemeente = _shared(), os.environ.get("PLEIN_BENCH_GEMEENTE", "GM0363")
    if not folder.is_dir():
        return []
    words = [sys.executable, "-m", "plein", "load", str(folder), "--gemeente", gemeente, "--json"]
    taken: list[float] = []
    files: Any = 0
    for _ in range(2):
        start = time.perf_counter()
        files = len(_run(words, tmp / "load").splitlines())
        taken.append(time.perf_counter() - start)
    about = (
        f"{files} files for {gemeente}, with migrations and what follows from the data, one run, SQLite, {_machine()}"
    )
    return [
        Figure("geo.load", taken[0], "s", "lower", f"into an empty house, {about}"),
        Figure("geo.load-again", taken[1], "s", "lower", f"the same again, {about}"),
    ]


def run(tmp: Path) -> list[Figure]:
    """Measure in directories under tmp."""
    return [*_points(tmp), *_loads(tmp)]
