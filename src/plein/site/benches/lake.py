"""Publishing, reading as of a day and asking questions of a product of a million rows.

A process of its own does the work in a directory of its own, with SQLite; what is published is synced to disk.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from plein.site.benches import Figure

ROWS = 1_000_000
RUNS = 5
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
CHILD = "import django; django.setup(); from plein.site.benches.lake import measured; measured()"

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: bench.readings
version: 1.0.0
status: active
customProperties:
  - {property: titleNl, value: Metingen}
  - {property: titleEn, value: Readings}
  - {property: descriptionNl, value: Voor het meten van snelheid.}
  - {property: descriptionEn, value: For measuring speed.}
  - {property: openness, value: open}
  - {property: owner, value: "role:data-steward"}
  - {property: licence, value: CC0-1.0}
schema:
  - name: readings
    properties:
"""
COLUMNS = [
    "      - {name: station, logicalType: integer, primaryKey: true, primaryKeyPosition: 1",
    "      - {name: start, logicalType: timestamp, primaryKey: true, primaryKeyPosition: 2",
    "      - {name: kind, logicalType: string, required: true, enum: [{value: no2}, {value: pm10}, {value: pm25}]",
    "      - {name: mean, logicalType: number, logicalTypeOptions: {minimum: 0, maximum: 2000}",
    "      - {name: readings, logicalType: integer, logicalTypeOptions: {minimum: 1, maximum: 60}",
    "      - {name: place, logicalType: string, logicalTypeOptions: {pattern: '[A-Z][a-z]+ [0-9]+'}",
]
TITLES = ", customProperties: [{property: titleNl, value: Kolom}, {property: titleEn, value: Column}]}\n"


def run(tmp: Path) -> list[Figure]:
    """Measure in a process of its own and give the figures."""
    return run_apart(tmp, CHILD)


def run_apart(tmp: Path, child: str) -> list[Figure]:
    """Migrate an empty directory, run a child in it that prints figures as JSON lines, and read them."""
    environ = {
        **os.environ,
        "PLEIN_DATA": str(tmp),
        "PLEIN_DATABASE_URL": "",
        "PLEIN_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "plein.site.settings",
    }
    words = [sys.executable, "-m", "plein", "django", "migrate", "-v", "0"]
    subprocess.run(words, env=environ, check=True)  # noqa: S603
    answer = subprocess.run(  # noqa: S603
        [sys.executable, "-c", child], env=environ, check=True, stdout=subprocess.PIPE, text=True
    )
    return [Figure(**json.loads(line)) for line in answer.stdout.splitlines() if line.startswith("{")]


def median_s(work: Callable[[], Any], runs: int = RUNS) -> float:
    """Give the median time of some runs, in seconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def conditions(extra: str) -> str:
    """Say on what was measured."""
    from importlib.metadata import version

    parts = [f"{name} {version(name)}" for name in ("deltalake", "duckdb", "pyarrow")]
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {', '.join(parts)}, {extra}"


def table(rows: int, seed: int) -> Any:
    """Make readings of a thousand stations."""
    import numpy as np
    import pyarrow as pa

    chance = np.random.default_rng(seed)
    number = np.arange(rows)
    hours = (number // 1000).astype("timedelta64[h]")
    return pa.table(
        {
            "station": number % 1000,
            "start": pa.array(np.datetime64("2020-01-01T00:00:00", "us") + hours).cast(pa.timestamp("us", "UTC")),
            "kind": np.array(["no2", "pm10", "pm25"])[number % 3],
            "mean": chance.gamma(3, 8, rows),
            "readings": chance.integers(45, 61, rows),
            "place": np.char.add("Straat ", (number % 1000).astype(str)),
        }
    )


def measured() -> None:
    """Measure here and print the figures."""
    import plein.foundation.lake.tables as lake
    from plein.foundation.catalogue.contracts import contract_from, with_contracts
    from plein.foundation.catalogue.publishing import publish
    from plein.foundation.identity.actors import SYSTEM

    made = contract_from(CONTRACT + "".join(column + TITLES for column in COLUMNS))
    tables = [table(ROWS, seed) for seed in range(RUNS + 1)]
    told = conditions(f"{ROWS:,} rows of 6 columns, key of 2, median of {RUNS}")
    figures = []
    with with_contracts(made):
        at = iter(range(100))
        publish(made.key, tables.pop(), by=SYSTEM, now=NOW)
        took = median_s(lambda: publish(made.key, tables.pop(), by=SYSTEM, now=NOW + timedelta(days=next(at))))
        figures.append(Figure("lake.publish", ROWS / took, "rows/s", "higher", f"{told}, checked, written and synced"))
        small = [table(1000, seed) for seed in range(RUNS)]
        took = median_s(lambda: lake.sync("bench.log", lake.write("bench.log", small.pop(), mode="append", now=NOW)))
        figures.append(Figure("lake.append", took * 1000, "ms", "lower", f"{told}; 1,000 rows appended and synced"))
        took = median_s(lambda: lake.read(made.key, version=lake.version_at(made.key, NOW + timedelta(days=1))))
        figures.append(Figure("lake.read_as_of", ROWS / took, "rows/s", "higher", f"{told}, whole version by date"))
        took = median_s(lambda: lake.read(made.key, where="station = ? AND start >= ?", params=[7, NOW.replace(2020)]))
        figures.append(Figure("lake.one_station", took * 1000, "ms", "lower", told))
        sql = "SELECT station, date_trunc('day', start) AS day, avg(mean) AS mean FROM t GROUP BY ALL"
        took = median_s(lambda: lake.query(sql, {"t": made.key}))
        figures.append(Figure("lake.daily_means", took * 1000, "ms", "lower", told))
    for figure in figures:
        sys.stdout.write(json.dumps(asdict(figure)) + "\n")
