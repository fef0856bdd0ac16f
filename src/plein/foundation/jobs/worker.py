"""The worker: plans, does what stands, and does jobs, until it is told to stop."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event as Signal
from threading import Thread

import structlog
from django.db import DatabaseError, close_old_connections, connection

from plein.foundation import clock
from plein.foundation.jobs import queue, registry
from plein.foundation.jobs.models import JobRun

log = structlog.get_logger(__name__)

IDLE = 1.0
PLAN_EVERY = timedelta(seconds=5)
RELEASE_EVERY = timedelta(seconds=15)


def work(stop: Signal, *, threads: int = 1, patience: float = 20.0, lease: timedelta = queue.LEASE) -> None:
    """Do all work that comes until `stop` is set; what is being done then gets some seconds to finish.

    The calling thread plans schedules and does the standing work (events), `threads` others do jobs one by one, so a
    long job never holds up an event. Cut off in the middle, a job is done again by whoever runs when its lease ends.
    """
    names = [queue.worker_name() for _ in range(threads)]
    doers = [Thread(target=_do_jobs, args=(stop, name, lease), name=f"jobs-{name}", daemon=True) for name in names]
    for doer in doers:
        doer.start()
    _keep_house(stop)
    for doer in doers:
        doer.join(patience / threads)
    connection.close()


def _do_jobs(stop: Signal, name: str, lease: timedelta) -> None:
    while not stop.is_set():
        try:
            close_old_connections()
            if not queue.run_one(worker=name, around=lambda run: _held(run, lease)):
                stop.wait(IDLE)
        except DatabaseError:
            log.exception("jobs.database")
            stop.wait(IDLE)
    connection.close()


def _keep_house(stop: Signal) -> None:
    planned = released = clock.now() - timedelta(days=1)
    while not stop.is_set():
        worked = False
        try:
            close_old_connections()
            now = clock.now()
            if now - planned >= PLAN_EVERY:
                planned = now
                queue.plan(now)
            if now - released >= RELEASE_EVERY:
                released = now
                queue.release_lost(now)
            worked = _stand(now)
        except Exception:
            log.exception("jobs.round")
        if not worked:
            stop.wait(IDLE)


def _stand(now: datetime) -> bool:
    return any([standing(now) for standing in registry.all_standing()])


@contextmanager
def _held(run: JobRun, lease: timedelta) -> Iterator[None]:
    """Renew the lease of a run from a thread of its own while the work goes on."""
    done = Signal()

    def renew() -> None:
        while not done.wait(lease.total_seconds() / 4):
            try:
                if not queue.hold(run, now=clock.now(), lease=lease):
                    break
            except DatabaseError:
                log.warning("jobs.lease-not-renewed", run=run.pk)
        connection.close()

    keeper = Thread(target=renew, name=f"lease-{run.pk}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join(5)
