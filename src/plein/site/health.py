"""Is the house sound as it runs? Each examination returns problems as sentences; `plein check` prints them."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

LEAST_FREE_BYTES = 1 << 30
PATIENCE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one examination found; no problems means well."""

    check: str
    problems: list[str]


def _settings(_now: datetime) -> list[str]:
    open_to_all = settings.DEBUG and not set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}
    problems = ["PLEIN_DEBUG is on while others can reach Plein. Switch it off."] if open_to_all else []
    if settings.PLEIN["BASE_URL"].startswith("https") and not settings.PLEIN["HTTPS"]:
        problems.append("PLEIN_BASE_URL says https, but PLEIN_HTTPS is off: cookies travel unprotected. Switch it on.")
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
    """Look whether the newest version of every product is whole on disk."""
    from plein.foundation.catalogue.models import ProductVersion
    from plein.foundation.lake import tables

    newest: dict[str, ProductVersion] = {}
    for version in ProductVersion.objects.select_related("product").order_by("published_at"):
        newest[version.product.key] = version
    problems = []
    for key, version in newest.items():
        gone = [path for path in tables.files(key, version.lake_version) if not path.is_file()]
        if gone:
            problems.append(f"{key}: {len(gone)} files of version {version.number} are gone. Restore a backup.")
    return problems


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
    "database": _database,
    "contracts": _contracts,
    "lake": _lake,
    "processing log": _log,
    "events": _events,
    "jobs": _jobs,
    "disk": _disk,
}


def examine(now: datetime) -> list[Finding]:
    """Do every examination. One that crashes is itself a problem, and the others go on."""
    findings = []
    for name, look in EXAMINATIONS.items():
        try:
            problems = look(now)
        except Exception as error:
            problems = [f"This could not be examined: {type(error).__name__}: {error}"]
        findings.append(Finding(name, problems))
    return findings
