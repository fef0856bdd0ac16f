"""What an exception means to whoever asked."""

import errno
import sqlite3
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError

from plein.foundation.errors import DiskFull, NotFound, meant
from plein.foundation.jobs.models import JobRun

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_refusal_means_itself() -> None:
    refused = NotFound(what="The bench")

    assert meant(refused) is refused


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OperationalError("database or disk is full"),
        OperationalError('could not extend file "base/5/1": No space left on device'),
    ],
)
def test_a_full_disk_is_a_refusal(error: Exception) -> None:
    assert isinstance(meant(error), DiskFull)


def test_sqlite_that_is_opened_on_a_full_disk_is_a_full_disk() -> None:
    cause = sqlite3.OperationalError("disk I/O error")
    cause.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"  # as seen on a disk without a free byte
    error = OperationalError("disk I/O error")
    error.__cause__ = cause

    assert isinstance(meant(error), DiskFull)
    cause.sqlite_errorname = "SQLITE_IOERR_READ"
    assert meant(error) is None


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "gone"), OperationalError("no such table"), KeyError("disk")])
def test_the_unexpected_stays_unexpected(error: Exception) -> None:
    assert meant(error) is None


@transaction.atomic
def fill() -> None:
    for number in range(100):
        JobRun.objects.create(job="full", arguments={"much": "x" * 4000, "n": number}, queued_at=NOW, run_at=NOW)


@pytest.mark.django_db
def test_a_database_that_may_not_grow_is_a_full_disk_and_keeps_what_it_had() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite can be told how large its file may grow")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages + 2}")
    before = JobRun.objects.count()
    try:
        with pytest.raises(OperationalError) as refused:
            fill()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")

    assert isinstance(meant(refused.value), DiskFull)
    assert JobRun.objects.count() == before
