"""Several real workers share the work; one is killed in the middle of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from plein.foundation.jobs import enqueue
from plein.foundation.jobs.models import JobRun

RUNS = 200
TRIAL = Path(__file__).with_name("trial_worker.py")


@pytest.fixture
def workers(transactional_db: None) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start three workers on the test's database."""
    settings = connection.settings_dict
    url = f"sqlite:///{settings['NAME']}"
    if connection.vendor == "postgresql":
        place = f"{settings['HOST'] or ''}{':' + str(settings['PORT']) if settings['PORT'] else ''}"
        url = f"postgres://{settings['USER']}:{settings['PASSWORD']}@{place}/{settings['NAME']}"
    environ = {**os.environ, "PLEIN_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "plein.site.settings"}
    started = [subprocess.Popen([sys.executable, TRIAL], env=environ) for _ in range(3)]
    yield started
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_every_run_is_done_once_though_a_worker_is_killed_while_it_works(
    workers: list[subprocess.Popen[bytes]],
) -> None:
    for number in range(RUNS):
        enqueue("trial.trace", number=number)
    traces = JobRun.objects.filter(job="trial.left")
    killed = False

    give_up_at = time.monotonic() + 120
    while time.monotonic() < give_up_at:
        busy = JobRun.objects.filter(job="trial.trace", outcome="running").values_list("worker", flat=True)
        if not killed and traces.count() > 20 and any(f":{workers[0].pid}:" in name for name in busy):
            workers[0].send_signal(signal.SIGKILL)
            killed = True
        if JobRun.objects.filter(job="trial.trace", outcome="done").count() == RUNS:
            break
        time.sleep(0.02)

    names = {name.split(":")[1] for name in JobRun.objects.filter(job="trial.trace").values_list("worker", flat=True)}
    assert killed
    assert sorted(int(key) for key in traces.values_list("key", flat=True)) == list(range(RUNS))
    assert not JobRun.objects.filter(job="trial.trace").exclude(outcome="done").exists()
    assert len(names) >= 2
