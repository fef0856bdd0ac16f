"""A hundred times kill -9 of web, worker, publish and load under load: what is lost, doubled or broken."""

import os
import platform
from pathlib import Path

from plein.site.benches import Figure
from plein.site.benches.servers import own_postgres
from plein.site.disturbance import kills

KILLS = 100


def _figures(folder: Path, database: str, where: str) -> list[Figure]:
    number = int(os.environ.get("PLEIN_BENCH_KILLS") or KILLS)
    came = kills.disturb(folder, kills=number, database=database, seed=2026)
    many = ", ".join(f"{count} of {name}" for name, count in came.kills.items())
    sent = ", ".join(f"{count:,} acknowledged to the {name}" for name, count in came.acknowledged.items())
    said = (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; {where}; kill -9: {many}; "
        f"readings: {sent}; {came.versions:,} versions of two products read back; {came.pages:,} pages read meanwhile; "
        "sealing, joining of files and retention went on; compared over SensorThings and in process, before and after "
        "sealing the rest; load compared with an undisturbed one; plein check"
    )
    wrong = f"{said}. {' | '.join(came.problems)}" if came.problems else said
    changed = came.doubled + came.strange
    return [
        Figure(f"readings lost by kill -9, {where}", came.lost, "readings", "lower", said),
        Figure(f"readings doubled or changed by kill -9, {where}", changed, "readings", "lower", said),
        Figure(f"other faults after kill -9, {where}", len(came.problems), "faults", "lower", wrong),
    ]


def run(tmp: Path) -> list[Figure]:
    """Disturb a house on SQLite, and one on PostgreSQL where that is installed."""
    figures = _figures(tmp / "sqlite", "", "SQLite")
    with own_postgres() as found:
        if found:
            figures += _figures(tmp / "postgres", found.address, "PostgreSQL")
    return figures
