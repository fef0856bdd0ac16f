"""Vector tiles of a hundred thousand points: how long each takes and how large it is.

Tiles that a visitor can meet over the town from zoom 8 to 16 are made once each (at most 60 per zoom).
"""

import json
import statistics
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from plein.site.benches import Figure
from plein.site.benches.lake import conditions, run_apart

POINTS = 100_000
ZOOMS = range(8, 17)
MOST_TILES = 60
CHILD = "import django; django.setup(); from plein.site.benches.twin import measured; measured()"


def run(tmp: Path) -> list[Figure]:
    """Measure in a process of its own and give the figures."""
    return run_apart(tmp, CHILD)


def measured() -> None:
    """Measure here and print the figures."""
    import pyarrow as pa

    from plein.insight.twin import rules
    from plein.insight.twin.queries.points import from_table

    chance = np.random.default_rng(2026)
    table = pa.table(
        {
            "id": [f"tree-{number}" for number in range(POINTS)],
            "name": [f"Straat {number % 3000}" for number in range(POINTS)],
            "lon": chance.normal(4.9, 0.05, POINTS),
            "lat": chance.normal(52.36, 0.025, POINTS),
            "value": chance.gamma(3, 4, POINTS),
        }
    )
    started = time.perf_counter()
    held = from_table(table)
    arrays_ms = (time.perf_counter() - started) * 1000
    times, sizes = [], []
    for zoom in ZOOMS:
        tiles = sorted(
            set(zip(*(np.floor(axis * 2**zoom).astype(int).tolist() for axis in (held.x, held.y)), strict=True))
        )
        picked = chance.permutation(len(tiles))[:MOST_TILES]
        if (resolution := rules.cell_resolution(zoom, POINTS)) is not None:
            held.joined(resolution)
        for at in picked.tolist():
            started = time.perf_counter()
            made = held.tile(zoom, *tiles[at])
            times.append((time.perf_counter() - started) * 1000)
            sizes.append(len(made.packed) / 1024)
    started = time.perf_counter()
    from_table(table).joined(9)
    joined_ms = (time.perf_counter() - started) * 1000
    told = conditions(f"{POINTS:,} points, {len(times)} tiles of zoom {ZOOMS[0]} to {ZOOMS[-1]}, none from memory")
    figures = [
        Figure("twin.tile_p50", statistics.median(times), "ms", "lower", told),
        Figure("twin.tile_p95", float(np.percentile(times, 95)), "ms", "lower", told),
        Figure("twin.tile_size_p95", float(np.percentile(sizes, 95)), "KiB", "lower", f"{told}, packed"),
        Figure("twin.tile_size_max", max(sizes), "KiB", "lower", f"{told}, packed"),
        Figure("twin.first_points", arrays_ms, "ms", "lower", f"{told}; from a table to places on the map"),
        Figure("twin.first_cells", joined_ms, "ms", "lower", f"{told}; points to H3 cells of one resolution"),
    ]
    for figure in figures:
        sys.stdout.write(json.dumps(asdict(figure)) + "\n")
