"""Queue work, take it, do it, and settle how it went.

Two workers never do the same run: taking a run is one conditional update under a row lock (PostgreSQL) or the write
lock (SQLite). Who takes a run holds it for a lease, renewed while the work goes on; a run whose lease ran out was left
behind by a worker that stopped, and is taken up again.
"""

import random
import socket
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from os import getpid
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from plein.foundation import clock
from plein.foundation.errors import NotFound, Refused
from plein.foundation.jobs import registry
from plein.foundation.jobs.models import JobRun, Schedule
from plein.foundation.jobs.registry import Job
from plein.foundation.jobs.schedules import wait_after

LEASE = timedelta(seconds=60)
ERROR_LENGTH = 8000


def enqueue(
    job: Job | str, *, run_at: datetime | None = None, key: str = "", now: datetime | None = None, **arguments: Any
) -> JobRun | None:
    """Queue a run in the caller's transaction: it exists when the transaction commits, and not otherwise.

    key: with a key only one run of the job waits at a time; None when one already did (it then runs at the earlier of
    both moments). Arguments are what JSON can hold.
    """
    now = now or clock.now()
    name = job if isinstance(job, str) else job.key
    run = JobRun(job=name, key=key or "", arguments=arguments, queued_at=now, run_at=run_at or now)
    if not key:
        run.save()
        return run
    waiting = JobRun.objects.filter(job=name, key=key, outcome=JobRun.WAITING)
    if waiting.exists():
        waiting.filter(run_at__gt=run.run_at).update(run_at=run.run_at)
        return None
    with suppress(IntegrityError), transaction.atomic():
        run.save()
        return run
    return None


def run_due(now: datetime | None = None, *, most: int = 1000) -> int:
    """Do everything that is due at a moment, in this process, until nothing is left; returns how many runs.

    Raises nothing of the jobs themselves: how they went is in the history.
    """
    moment = now or clock.now()
    worker = worker_name()
    plan(moment)
    done = 0
    for _ in range(most):
        stood = [standing(moment) for standing in registry.all_standing()]
        ran = run_one(worker=worker, now=moment)
        done += ran
        if not ran and not any(stood):
            break
    return done


def plan(now: datetime) -> int:
    """Queue every scheduled job whose moment has come, once however many moments were missed; returns how many."""
    _write_schedules(now)
    planned = 0
    for schedule in Schedule.objects.filter(next_at__lte=now):
        job = registry.find(schedule.job)
        if job and job.rhythm:
            planned += _plan_one(schedule, job, now)
    return planned


def take(*, worker: str, now: datetime, lease: timedelta = LEASE) -> JobRun | None:
    """Take the run that waits longest, if any; nobody else gets it until the lease ends."""
    if not _due(now).exists():
        return None
    with suppress(IntegrityError), transaction.atomic():
        run = _locked(_due(now).order_by("run_at", "id")).first()
        if run is None:
            return None
        run.outcome, run.worker, run.started_at, run.lease_until = JobRun.RUNNING, worker, now, now + lease
        run.attempts += 1
        run.ended_at, run.progress = None, ""
        taken = JobRun.objects.filter(pk=run.pk, outcome=JobRun.WAITING).update(
            outcome=run.outcome,
            worker=worker,
            started_at=now,
            ended_at=None,
            lease_until=run.lease_until,
            attempts=run.attempts,
            progress="",
        )
        return run if taken else None
    return None


def hold(run: JobRun, *, now: datetime, lease: timedelta = LEASE) -> bool:
    """Renew the lease; False when it was lost to another worker."""
    return bool(_mine(run).update(lease_until=now + lease))


def run_one(*, worker: str, now: datetime | None = None, around: Callable[[JobRun], Any] | None = None) -> bool:
    """Take one run and do it; tells whether there was one.

    now: the moment to act at, the clock's when absent. around: called with the run, gives a context manager that is
    open while the work is done (the worker renews the lease there).
    """
    run = take(worker=worker, now=now or clock.now())
    if run is None:
        return False
    job = registry.find(run.job)
    if job is None:
        _give_up(run, JobRun.DEAD, f"No job is called {run.job}.", now or clock.now())
        return True
    if around is None:
        _do(run, job, now)
    else:
        with around(run):
            _do(run, job, now)
    return True


def release_lost(now: datetime) -> int:
    """Take back the runs whose worker stopped without a word; returns how many."""
    lost = list(JobRun.objects.filter(outcome=JobRun.RUNNING, lease_until__lt=now))
    for run in lost:
        with transaction.atomic():
            current = _locked(JobRun.objects.filter(pk=run.pk, worker=run.worker, lease_until=run.lease_until)).first()
            if current and current.outcome == JobRun.RUNNING:
                _failed(current, registry.find(run.job), f"The worker {run.worker} stopped while it did this.", now)
    return len(lost)


def retry(run_id: int, *, now: datetime) -> JobRun:
    """Have a run that ended without success done again.

    Raises NotFound.
    """
    with transaction.atomic():
        run = _locked(JobRun.objects.filter(pk=run_id, outcome__in=[JobRun.DEAD, JobRun.REFUSED])).first()
        if run is None:
            raise NotFound(what=f"job run {run_id}")
        if _another_waits(run):
            run.outcome = JobRun.REPLACED
        else:
            run.outcome, run.attempts, run.run_at = JobRun.WAITING, 0, now
        run.save()
    return run


def worker_name() -> str:
    """Name this worker: machine, process and a part that no other has."""
    return f"{socket.gethostname()[:60]}:{getpid()}:{uuid4().hex[:8]}"


def _due(now: datetime) -> QuerySet[JobRun]:
    busy = JobRun.objects.filter(job=OuterRef("job"), key=OuterRef("key"), outcome=JobRun.RUNNING)
    due = JobRun.objects.filter(outcome=JobRun.WAITING, run_at__lte=now)
    return due.filter(Q(key="") | ~Exists(busy))


def _locked(rows: QuerySet[JobRun]) -> QuerySet[JobRun]:
    """Lock rows on PostgreSQL and skip those that others hold; on SQLite the write lock is enough."""
    return rows.select_for_update(skip_locked=True) if connection.features.has_select_for_update else rows


def _mine(run: JobRun) -> QuerySet[JobRun]:
    return JobRun.objects.filter(pk=run.pk, worker=run.worker, outcome=JobRun.RUNNING, attempts=run.attempts)


def _write_schedules(now: datetime) -> None:
    known = dict(Schedule.objects.values_list("job", "rhythm"))
    for job in registry.all_jobs().values():
        if job.rhythm is None or known.get(job.key) == str(job.rhythm):
            continue
        values = {"rhythm": str(job.rhythm), "next_at": job.rhythm.first(now)}
        Schedule.objects.update_or_create(job=job.key, defaults=values)


@transaction.atomic
def _plan_one(schedule: Schedule, job: Job, now: datetime) -> int:
    assert job.rhythm
    next_at = job.rhythm.next(schedule.next_at, now)
    mine = Schedule.objects.filter(pk=schedule.pk, next_at=schedule.next_at)
    if not mine.update(next_at=next_at, last_at=now):
        return 0
    return 1 if enqueue(job, key="schedule", now=now) else 0


class _Lost(Exception):
    """The lease went to another worker, so what was done here does not count."""


def _do(run: JobRun, job: Job, now: datetime | None) -> None:
    moment = now or clock.now()
    try:
        if job.whole:
            with transaction.atomic():
                job.do(now=moment, progress=_teller(run), **run.arguments)
                _succeeded(run, now or clock.now())
        else:
            job.do(now=moment, progress=_teller(run), **run.arguments)
            _succeeded(run, now or clock.now())
    except _Lost:
        return
    except Refused as refusal:
        _give_up(run, JobRun.REFUSED, str(refusal), now or clock.now())
    except Exception:
        with transaction.atomic():
            if _locked(_mine(run)).first():
                _failed(run, job, traceback.format_exc(), now or clock.now())


def _teller(run: JobRun) -> Callable[[int, int], None]:
    """Give the function a job tells its progress with; it writes at most once a second."""
    last = [clock.now() - timedelta(seconds=2)]

    def tell(done: int, total: int = 0) -> None:
        now = clock.now()
        if now - last[0] < timedelta(seconds=1):
            return
        last[0] = now
        _mine(run).update(progress=f"{done}/{total}" if total else str(done))

    return tell


def _succeeded(run: JobRun, now: datetime) -> None:
    if not _mine(run).update(outcome=JobRun.DONE, ended_at=now, lease_until=None, error=""):
        raise _Lost


def _give_up(run: JobRun, outcome: str, error: str, now: datetime) -> None:
    _mine(run).update(outcome=outcome, ended_at=now, lease_until=None, error=error[-ERROR_LENGTH:])


def _failed(run: JobRun, job: Job | None, error: str, now: datetime) -> None:
    """Write down a failed attempt: again later, or dead when the tries are used up."""
    run.error, run.ended_at, run.lease_until = error[-ERROR_LENGTH:], now, None
    if job is None or run.attempts > job.retries:
        run.outcome = JobRun.DEAD
    elif _another_waits(run):
        run.outcome = JobRun.REPLACED
    else:
        run.outcome = JobRun.WAITING
        run.run_at = now + wait_after(run.attempts, chance=random.random())  # noqa: S311
    run.save(update_fields=["error", "ended_at", "lease_until", "outcome", "run_at"])


def _another_waits(run: JobRun) -> bool:
    return bool(run.key) and JobRun.objects.filter(job=run.job, key=run.key, outcome=JobRun.WAITING).exists()
