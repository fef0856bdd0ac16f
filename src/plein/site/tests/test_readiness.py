"""Whether a database is up to date is told by the very migrations that Django knows."""

import sqlite3
from pathlib import Path

import pytest
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from plein.site import readiness


def test_the_migrations_on_disk_are_those_that_django_finds() -> None:
    found = readiness.migrations_on_disk(settings.INSTALLED_APPS)

    assert found == set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def database(path: Path, applied: set[tuple[str, str]]) -> str:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE django_migrations (app TEXT, name TEXT)")
        connection.executemany("INSERT INTO django_migrations VALUES (?, ?)", applied)
    connection.close()
    return str(path)


def test_a_database_that_had_every_migration_is_up_to_date(tmp_path: Path) -> None:
    applied = {*readiness.migrations_on_disk(settings.INSTALLED_APPS), ("gone", "0001_initial")}

    assert readiness.is_up_to_date(database(tmp_path / "a.sqlite3", applied), settings.INSTALLED_APPS)


def test_one_migration_short_is_not_up_to_date(tmp_path: Path) -> None:
    applied = readiness.migrations_on_disk(settings.INSTALLED_APPS)
    applied.pop()

    assert not readiness.is_up_to_date(database(tmp_path / "a.sqlite3", applied), settings.INSTALLED_APPS)


@pytest.mark.parametrize("content", [None, b"", b"no database at all" * 100])
def test_what_is_no_database_is_not_up_to_date(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.sqlite3").write_bytes(content)

    assert not readiness.is_up_to_date(str(tmp_path / "a.sqlite3"), settings.INSTALLED_APPS)
