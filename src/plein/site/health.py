"""Is the house sound as it runs? Each examination returns problems as sentences; `plein check` prints them."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

if TYPE_CHECKING:
    from plein.foundation.lake.tables import File

LEAST_FREE_BYTES = 1 << 30
PATIENCE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one examination found; no problems means well. notes: what is good to know and needs nothing."""

    check: str
    problems: list[str]
    notes: list[str] = field(default_factory=list)


def _settings(_now: datetime) -> list[str]:
    open_to_all = settings.DEBUG and not set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}
    problems = ["PLEIN_DEBUG is on while others can reach Plein. Switch it off."] if open_to_all else []
    if settings.PLEIN["BASE_URL"].startswith("https") and not settings.PLEIN["HTTPS"]:
        problems.append("PLEIN_BASE_URL says https, but PLEIN_HTTPS is off: cookies travel unprotected. Switch it on.")
    return problems


def _keys(_now: datetime) -> list[str]:
    """Look whether everything that is sealed can be opened, and whether only its owner can read the keys."""
    from plein.foundation.identity import keyring, sealed
    from plein.foundation.identity.models import Person

    path, found = keyring.path_of_keys(), keyring.ring()
    problems = [f"Others can read {path.name}. Run: chmod 600 {path}"] if path.stat().st_mode & 0o077 else []
    gone = {key: count for key, count in sealed.count_by_key().items() if found.by_id(key) is None}
    lost = [
        f"{count} texts need the key {key}, which {path.name} lacks. Put the right file back."
        for key, count in gone.items()
    ]
    if gone:
        return problems + lost
    person = Person.objects.exclude(bsn=None).order_by("-pk").first()
    if person is not None and person.bsn is not None:
        bsn = keyring.decrypt(person.bsn, about="identity.bsn")
        if keyring.keyed_hash("bsn", bsn) != person.bsn_hash:
            problems.append(f"{path.name} has another hash key: nobody is found again. Put the right file back.")
    return problems


def _database(_now: datetime) -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    problems = [f"{len(plan)} migrations wait. Run: plein django migrate"] if plan else []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check")
            (told,) = cursor.fetchone()
        if told != "ok":
            problems.append(f"The database file is damaged: {told}. Restore a backup.")
    return problems


def _contracts(_now: datetime) -> list[str]:
    from plein.foundation.catalogue.contracts import contract_problems

    return list(contract_problems())


def _lake(_now: datetime) -> list[str]:
    """Look whether the version that holds of every product, and every month of readings, is whole on disk."""
    from plein.foundation.catalogue.products import currents
    from plein.foundation.lake import tables
    from plein.foundation.observations import sealed

    problems = []
    for key, version in currents().items():
        problems += _not_whole(f"version {version.number} of {key}", tables.parts(key, version.lake_version))
        if (rows := tables.rows(key, version.lake_version)) != version.rows:
            problems.append(f"{key}: version {version.number} has {rows} rows, not {version.rows}. Restore a backup.")
    for name in sealed.months():
        problems += _not_whole(f"the readings of {name}", tables.parts(name))
    return problems


def _not_whole(what: str, parts: "Sequence[File]") -> list[str]:
    """Say how many files are gone or have another size than the lake's log says."""
    gone = sum(not part.path.is_file() for part in parts)
    cut = sum(part.path.is_file() and part.path.stat().st_size != part.bytes for part in parts)
    said = [f"{gone} files are gone"] * (gone > 0) + [f"{cut} files are damaged"] * (cut > 0)
    return [f"{what}: {' and '.join(said)}. Restore a backup."] if said else []


def _left_in_lake(_now: datetime) -> list[str]:
    """Tell of publications that were cut off after the lake had them: nobody reads those."""
    from plein.foundation.catalogue.contracts import all_contracts
    from plein.foundation.catalogue.products import currents
    from plein.foundation.lake import tables

    held = currents()
    notes = []
    for key in sorted(key for key in all_contracts() if tables.exists(key)):
        version = held.get(key)
        if version is None or tables.newest(key) > version.lake_version:
            stands = f"Version {version.number} holds" if version else "No version holds"
            notes.append(f"{key}: a publication was cut off. {stands}, nobody sees the rest, the next one goes on.")
    return notes


def _cases(_now: datetime) -> list[str]:
    from plein.casework.cases.actions.checking import problems

    return problems()


def _log(_now: datetime) -> list[str]:
    from plein.foundation.gate import chain

    return [str(breach) for breach in chain.verify()]


def _events(now: datetime) -> list[str]:
    from plein.foundation.events.models import Delivery

    dead = Delivery.objects.filter(state=Delivery.DEAD).count()
    late = Delivery.objects.filter(state=Delivery.WAITING, next_at__lt=now - PATIENCE).count()
    problems = [f"{dead} deliveries have died. Look at /werk/berichten and replay or drop them."] if dead else []
    return problems + ([f"{late} deliveries wait too long. Does the worker run?"] if late else [])


def _jobs(now: datetime) -> list[str]:
    from plein.foundation.jobs.models import JobRun

    since = now - timedelta(days=1)
    dead = JobRun.objects.filter(outcome=JobRun.DEAD, ended_at__gte=since)
    late = JobRun.objects.filter(outcome=JobRun.WAITING, run_at__lt=now - PATIENCE).count()
    names = sorted(dead.values_list("job", flat=True).distinct())
    problems = [f"{name} failed in the last day. Look at /werk/taken." for name in names]
    return problems + ([f"{late} jobs wait too long. Does the worker run?"] if late else [])


def _disk(_now: datetime) -> list[str]:
    free = shutil.disk_usage(settings.DATA).free
    return [f"Only {free / 1e9:.1f} GB is free in {settings.DATA}. Make room."] if free < LEAST_FREE_BYTES else []


EXAMINATIONS: dict[str, Callable[[datetime], list[str]]] = {
    "settings": _settings,
    "keys": _keys,
    "database": _database,
    "contracts": _contracts,
    "lake": _lake,
    "cases": _cases,
    "processing log": _log,
    "events": _events,
    "jobs": _jobs,
    "disk": _disk,
}


NOTES: dict[str, Callable[[datetime], list[str]]] = {"lake": _left_in_lake}


def examine(now: datetime) -> list[Finding]:
    """Do every examination. One that crashes is itself a problem, and the others go on."""
    findings = []
    for name, look in EXAMINATIONS.items():
        notes: list[str] = []
        try:
            problems = look(now)
            notes = NOTES[name](now) if name in NOTES else []
        except Exception as error:
            problems = [f"This could not be examined: {type(error).__name__}: {error}"]
        findings.append(Finding(name, problems, notes))
    return findings
