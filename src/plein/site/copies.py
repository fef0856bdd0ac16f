"""Copies of everything Plein keeps: one tar file with a manifest, made while Plein runs, put back into an empty place.

What is in it: the database as of one moment, the lake, the files, and the keys that open what is encrypted.
What is not: whatever can be made again from those (serving copies, search index, caches).
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from plein import __version__
from plein.foundation.errors import Refused, meant
from plein.foundation.words import gettext_noop

KEPT = ("lake", "files", "rejects")
KEYS = ("secret.key", "keys.json", "plein.env", "demo.furnished")
MANIFEST = "manifest.json"
Progress = Callable[[str], None]


class CopyBroken(Refused):
    """The backup is not whole."""

    message = gettext_noop("This backup is not whole: {what}. Nothing was put back. Use another copy.")
    code = "copy-broken"


class PlaceTaken(Refused):
    """Something stands where the backup would go."""

    message = gettext_noop("{place} is not empty. Nothing was changed. Choose an empty place, so that nothing is lost.")
    status = HTTPStatus.CONFLICT
    code = "place-taken"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _snapshot_sqlite(target: Path) -> None:
    """Copy the SQLite database as of one moment, while others write."""
    source = sqlite3.connect(f"file:{settings.DATABASES['default']['NAME']}?mode=ro", uri=True)
    copy = sqlite3.connect(target)
    with source, copy:
        source.backup(copy)
    source.close()
    copy.execute("PRAGMA journal_mode=DELETE")
    copy.close()


def _tables() -> list[str]:
    """List all tables of the database, those that are pointed to first (tables form no circle)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.relname, parent.relname FROM pg_constraint c "
            "JOIN pg_class child ON child.oid = c.conrelid JOIN pg_class parent ON parent.oid = c.confrelid "
            "WHERE c.contype = 'f' AND child.relname <> parent.relname"
        )
        links: dict[str, set[str]] = {}
        for child, parent in cursor.fetchall():
            links.setdefault(child, set()).add(parent)
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"
        )
        names = [row[0] for row in cursor.fetchall()]
    ordered: list[str] = []
    while len(ordered) < len(names):
        ordered += [name for name in names if name not in ordered and links.get(name, set()) <= set(ordered)]
    return ordered


def _columns(table: str) -> list[str]:
    """List the columns of a table that hold data of their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
            "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]


def _copied(table: str, columns: Sequence[str]) -> sql.Composed:
    """Name a table with its columns, quoted."""
    return sql.SQL("{} ({})").format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))


def _snapshot_postgres(folder: Path) -> None:
    """Copy every table of PostgreSQL as of one moment, in the order in which they can be put back."""
    folder.mkdir()
    tables = {name: _columns(name) for name in _tables()}
    (folder / "order.json").write_text(json.dumps(tables), encoding="utf-8")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for name, columns in tables.items():
            listed = sql.SQL(", ").join(map(sql.Identifier, columns))
            query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT BINARY)").format(listed, sql.Identifier(name))
            with (folder / f"{name}.copy").open("wb") as file, cursor.copy(query) as rows:
                for block in rows:
                    file.write(block)


def _parts(data: Path, snapshot: Path) -> Iterator[tuple[Path, str]]:
    """Walk what goes into a backup: the file, and its name in the copy."""
    for path in sorted(snapshot.rglob("*")):
        if path.is_file():
            yield path, f"database/{path.relative_to(snapshot)}"
    for folder in KEPT:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file():
                yield path, str(path.relative_to(data))
    for name in KEYS:
        if (data / name).is_file():
            yield data / name, name


def _pack(target: Path, parts: Iterable[tuple[Path, str]], *, made_at: datetime, progress: Progress) -> dict[str, Any]:
    """Write the tar file under another name first, so that a broken backup never looks like a whole one."""
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        with unfinished.open("wb") as file:
            unfinished.chmod(0o600)
            manifest = _write_tar(file, parts, made_at=made_at, progress=progress)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def _write_tar(
    file: IO[bytes], parts: Iterable[tuple[Path, str]], *, made_at: datetime, progress: Progress
) -> dict[str, Any]:
    """Write the parts one by one, and the manifest last."""
    files: dict[str, str] = {}
    manifest = {"plein": __version__, "made_at": made_at.isoformat(), "database": connection.vendor, "files": files}
    with tarfile.open(fileobj=file, mode="w") as tar:
        for path, name in parts:
            progress(name)
            files[name] = _digest(path)
            tar.add(path, arcname=name, recursive=False)
        told = json.dumps(manifest, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(told), 0o600
        tar.addfile(entry, io.BytesIO(told))
    return manifest


def back_up(target: Path, *, now: datetime, progress: Progress = lambda name: None) -> dict[str, Any]:
    """Copy everything to one file, while Plein runs.

    The lake stands still meanwhile (publishing and sealing wait); visitors and sensors do not notice.
    Returns the manifest: version, moment, kind of database, SHA-256 per file. Raises PlaceTaken.
    """
    from plein.foundation.lake.tables import hold_still

    if target.exists():
        raise PlaceTaken(place=target)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, hold_still():
        snapshot = Path(folder) / "database"
        if connection.vendor == "sqlite":
            snapshot.mkdir()
            _snapshot_sqlite(snapshot / "plein.sqlite3")
        else:
            _snapshot_postgres(snapshot)
        return _pack(target, _parts(settings.DATA, snapshot), made_at=now, progress=progress)


def _lay_out(tar: tarfile.TarFile, folder: Path) -> None:
    """Write the files of a backup into a folder, and nothing outside it.

    Written by hand because `extractall(filter="data")` is not in every Python 3.11 (Debian 12 has 3.11.2).
    """
    for member in tar:
        place = (folder / member.name).resolve()
        if not place.is_relative_to(folder.resolve()) or not (member.isfile() or member.isdir()):
            raise CopyBroken(what=f"{member.name} does not belong in a backup")
        content = tar.extractfile(member)
        if content is None:
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            shutil.copyfileobj(content, file, 1 << 20)
        place.chmod(member.mode & 0o755)


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup and hold every file against the manifest."""
    try:
        with tarfile.open(source) as tar:
            _lay_out(tar, folder)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        listed = dict(manifest["files"])
    except (tarfile.TarError, OSError, ValueError, TypeError, KeyError) as error:
        if (full := meant(error)) is not None:
            raise full from error
        raise CopyBroken(what=str(error)) from error
    for name, digest in listed.items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            raise CopyBroken(what=f"{name} is missing or changed")
    return manifest


def _fill(cursor: Any, table: str, columns: Sequence[str], source: Path) -> None:
    """Fill one empty table from its copy, and set its counters past what is in it."""
    query = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(_copied(table, columns))
    with source.open("rb") as file, cursor.copy(query) as rows:
        while block := file.read(1 << 20):
            rows.write(block)
    for column in columns:
        cursor.execute("SELECT pg_get_serial_sequence(quote_ident(%s), %s)", [table, column])
        (sequence,) = cursor.fetchone()
        if sequence:
            highest = sql.SQL("SELECT setval({}, COALESCE((SELECT MAX({}) FROM {}), 0) + 1, false)")
            cursor.execute(highest.format(sql.Literal(sequence), sql.Identifier(column), sql.Identifier(table)))


def _put_back_postgres(folder: Path) -> None:
    """Fill the tables of a migrated PostgreSQL database in which nothing has happened yet."""
    tables: dict[str, list[str]] = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    with transaction.atomic(), connection.cursor() as cursor:
        for name in reversed(tables):
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        for name, columns in tables.items():
            _fill(cursor, name, columns, folder / f"{name}.copy")


def _is_empty_database() -> bool:
    """Tell whether the PostgreSQL database holds no table yet."""
    return not connection.introspection.table_names()


def restore(source: Path, *, progress: Progress = lambda name: None) -> dict[str, Any]:
    """Put a backup back into an empty data directory (and an empty PostgreSQL database, when that is used).

    Everything is checked before the first file is put in its place. Returns the manifest.
    Raises CopyBroken, PlaceTaken.
    """
    from django.core.management import call_command

    data = Path(settings.DATA)
    strangers = [path.name for path in data.iterdir() if path.name not in (*KEYS, "plein.sqlite3")]
    if (
        strangers
        or (data / "plein.sqlite3").exists()
        or (connection.vendor == "postgresql" and not _is_empty_database())
    ):
        raise PlaceTaken(place=data)
    with tempfile.TemporaryDirectory(dir=data.parent) as folder:
        manifest = _unpack(source, Path(folder))
        if manifest["database"] != connection.vendor:
            raise CopyBroken(what=f"it was made on {manifest['database']} and this Plein uses {connection.vendor}")
        if connection.vendor == "postgresql":
            call_command("migrate", verbosity=0, interactive=False)
            _put_back_postgres(Path(folder) / "database")
            shutil.rmtree(Path(folder) / "database")
        else:
            shutil.move(Path(folder) / "database" / "plein.sqlite3", data / "plein.sqlite3")
            shutil.rmtree(Path(folder) / "database")
        for path in sorted(Path(folder).iterdir()):
            if path.name != MANIFEST:
                progress(path.name)
                shutil.move(path, data / path.name)
    return manifest
