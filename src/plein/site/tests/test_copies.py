"""A backup made while Plein works is one moment of it, and comes back without a difference."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Place = Callable[[str], dict[str, str]]

# Every row of every table, and every file of the lake through its own door.
EVERYTHING = """
import django; django.setup()
import hashlib, json
from django.db import connection
from plein.foundation.lake import tables
told = {}
with connection.cursor() as cursor:
    for name in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT * FROM "{name}"')
        rows = sorted(repr(row) for row in cursor.fetchall())
        told[name] = [len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()]
told["lake"] = tables.read("copies_test").to_pydict()
print(json.dumps(told, sort_keys=True))
"""
STAFF = """
import django; django.setup()
from plein.foundation.clock import now
from plein.foundation.gate import registry
from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM
registry.sync(now=now())
create_staff("annet", password="lang genoeg woord", roles=["administrator"], by=SYSTEM, now=now())
"""
WRITE = """
import django; django.setup()
from datetime import UTC, datetime
from plein.foundation.jobs.models import JobRun
now = datetime(2026, 1, 1, tzinfo=UTC)
for number in range({count}):
    JobRun.objects.create(job="copies.test", key=str(number), arguments={{"n": number}}, queued_at=now, run_at=now)
    if number == 20: print("going", flush=True)
"""
LAKE = """
import django; django.setup()
from datetime import UTC, datetime
import pyarrow as pa
from plein.foundation.lake import tables
tables.write("copies_test", pa.table({"n": list(range(1000))}), now=datetime(2026, 1, 1, tzinfo=UTC))
"""
TELL = """
import django; django.setup()
import json
from plein.foundation.jobs.models import JobRun
from plein.foundation.lake import tables
from django.contrib.contenttypes.models import ContentType
rows = list(JobRun.objects.order_by("id").values_list("id", "job", "key", "arguments", "run_at", "outcome"))
kinds = list(ContentType.objects.order_by("id").values_list("id", "app_label", "model"))
lake = tables.read("copies_test").to_pydict()
print(json.dumps([rows, kinds, lake], default=str))
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Give environments of empty Pleins: a data directory each, and on PostgreSQL a database each."""
    server = os.environ.get("PLEIN_DATABASE_URL", "")
    made: list[str] = []

    def make(name: str) -> dict[str, str]:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "plein.site.settings",
            "PLEIN_DATA": str(tmp_path / name),
        }
        if server.startswith("postgres"):
            import psycopg

            database = f"copies_{os.getpid()}_{name}"
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{database}"')
            made.append(database)
            environment["PLEIN_DATABASE_URL"] = f"{server.rsplit('/', 1)[0]}/{database}"
        return environment

    yield make
    if made:
        import psycopg

        with psycopg.connect(server, autocommit=True) as connection:
            for database in made:
                connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


def plein(environment: dict[str, str], *words: str, fails: bool = False) -> str:
    answer = subprocess.run(
        [sys.executable, "-m", "plein", *words], env=environment, capture_output=True, text=True, check=False
    )
    assert (answer.returncode != 0) == fails, answer.stderr
    return answer.stderr if fails else answer.stdout


def python(environment: dict[str, str], program: str) -> str:
    answer = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".locks" not in path.parts
    }


@pytest.mark.slow
def test_a_backup_of_a_quiet_house_comes_back_without_a_difference(place: Place, tmp_path: Path) -> None:
    here, there = place("here"), place("there")
    plein(here, "django", "migrate", "-v", "0")
    python(here, LAKE)
    python(here, STAFF)
    python(here, WRITE.format(count=30))
    (tmp_path / "here" / "plein.env").write_text("PLEIN_ORGANISATION=Gemeente Verstoorstad\n")

    plein(here, "backup", str(tmp_path / "copy.tar"))
    plein(there, "restore", str(tmp_path / "copy.tar"))

    assert json.loads(python(there, EVERYTHING)) == json.loads(python(here, EVERYTHING))
    assert "Verstoorstad" in (tmp_path / "there" / "plein.env").read_text()
    assert tree(tmp_path / "there" / "lake") == tree(tmp_path / "here" / "lake")
    assert (tmp_path / "there" / "secret.key").read_bytes() == (tmp_path / "here" / "secret.key").read_bytes()
    python(there, WRITE.format(count=0))  # counters stand past what is there: the next row gets a number of its own


@pytest.mark.slow
def test_a_backup_made_during_writes_is_one_moment(place: Place, tmp_path: Path) -> None:
    here, there = place("here"), place("there")
    plein(here, "django", "migrate", "-v", "0")
    python(here, LAKE)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE.format(count=100_000)], env=here, stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout
        assert writer.stdout.readline() == "going\n"
        plein(here, "backup", str(tmp_path / "copy.tar"))
        time.sleep(0.2)
    finally:
        writer.kill()
        writer.wait()
    plein(there, "restore", str(tmp_path / "copy.tar"))

    copied, _, _ = json.loads(python(there, TELL))
    now, _, _ = json.loads(python(here, TELL))

    assert 20 < len(copied) < len(now)  # writing went on after the moment of the copy
    assert copied == now[: len(copied)]


def test_a_changed_backup_is_refused_and_changes_nothing(place: Place, tmp_path: Path) -> None:
    here, there = place("here"), place("there")
    plein(here, "django", "migrate", "-v", "0")
    copy = tmp_path / "copy.tar"
    plein(here, "backup", str(copy))
    with tarfile.open(copy) as tar:
        spot = next(member for member in tar if member.name == "secret.key").offset_data
    with copy.open("r+b") as file:
        file.seek(spot)
        file.write(b"X" * 8)

    told = plein(there, "restore", str(copy), fails=True)

    assert "secret.key is missing or changed" in told
    assert "Traceback" not in told
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["secret.key"]  # its own, made at its start


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE])
def test_a_backup_that_would_write_elsewhere_is_refused(place: Place, tmp_path: Path, kind: bytes) -> None:
    there, copy = place("there"), tmp_path / "copy.tar"
    with tarfile.open(copy, "w") as tar:
        member = tarfile.TarInfo("../elsewhere" if kind == tarfile.REGTYPE else "lake")
        member.type, member.linkname = kind, "/etc"
        tar.addfile(member)

    told = plein(there, "restore", str(copy), fails=True)

    assert "does not belong in a backup" in told
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("damage", ["cut short", "no copy at all", "no manifest", "a manifest of something else"])
def test_a_damaged_backup_is_refused_in_words(damage: str, place: Place, tmp_path: Path) -> None:
    here, there = place("here"), place("there")
    copy = tmp_path / "copy.tar"
    if damage == "cut short":
        plein(here, "django", "migrate", "-v", "0")
        plein(here, "backup", str(copy))
        os.truncate(copy, copy.stat().st_size // 2)
    elif damage == "no copy at all":
        copy.write_text("a shopping list")
    else:
        with tarfile.open(copy, "w") as tar:
            (tmp_path / "manifest.json").write_text("[1, 2]")
            tar.add(tmp_path / "manifest.json", arcname="manifest.json" if "else" in damage else "list.json")

    told = plein(there, "restore", str(copy), fails=True)

    assert "This backup is not whole" in told
    assert "Nothing was put back" in told
    assert "Traceback" not in told
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["secret.key"]


def test_a_backup_is_not_put_over_what_stands(place: Place, tmp_path: Path) -> None:
    here = place("here")
    plein(here, "django", "migrate", "-v", "0")
    plein(here, "backup", str(tmp_path / "copy.tar"))

    told = plein(here, "restore", str(tmp_path / "copy.tar"), fails=True)

    assert "is not empty" in told
    assert "is not empty" in plein(here, "backup", str(tmp_path / "copy.tar"), fails=True)
