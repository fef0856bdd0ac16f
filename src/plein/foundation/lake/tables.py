"""The lake's door: write, read, list, sync, compact and vacuum Delta tables under DATA/lake/NAME.

`deltalake` and `pyarrow` are imported inside functions, so that a web process that reads no table does not load them.
"""

import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import unquote

from django.conf import settings

from plein.foundation.lake import log
from plein.foundation.lake.duck import Part, ask
from plein.foundation.lake.errors import NoRoom, NoTable, SchemaDiffers, VersionGone
from plein.foundation.lake.plain import rows_of

if TYPE_CHECKING:
    import pyarrow as pa

Rows: TypeAlias = Any  # pyarrow.Table or pyarrow.RecordBatchReader
Named: TypeAlias = "str | tuple[str, int | None] | Part"

NAME = re.compile(r"[a-z][a-z0-9_]*([./][a-z0-9][a-z0-9_]*)*")
ROOM_TO_LEAVE = 64 * 2**20
LEFTOVER = timedelta(hours=1)
CONFIGURATION = {
    "delta.checkpointInterval": "20",
    "delta.enableExpiredLogCleanup": "false",
}


@dataclass(frozen=True, slots=True)
class Version:
    """One atomic version of a table. rows: rows in the whole table at that version; meta: what the writer noted."""

    number: int
    at: datetime
    rows: int
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """One active data file. minimum, maximum: per column what its statistics say, for skipping files unread."""

    path: Path
    rows: int
    bytes: int
    partition: Mapping[str, Any]
    minimum: Mapping[str, Any]
    maximum: Mapping[str, Any]


def root() -> Path:
    """Give the directory that holds all tables."""
    return Path(settings.DATA) / "lake"


def table_path(name: str) -> Path:
    """Give the directory of a table.

    Raises ValueError for a name that is not lower-case words joined by dots or slashes.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a table name")
    return root() / name


def exists(name: str) -> bool:
    """Tell whether the table has a version."""
    return _newest(table_path(name)) is not None


def _newest(path: Path) -> int | None:
    """Read the newest version number from the names in the log, which is faster than opening the table."""
    try:
        names = os.listdir(path / "_delta_log")
    except FileNotFoundError:
        return None
    numbers = [int(name[:20]) for name in names if name.endswith(".json") and name[:20].isdigit()]
    return max(numbers, default=None)


def newest(name: str) -> int:
    """Give the number of the newest version.

    Raises NoTable.
    """
    number = _newest(table_path(name))
    if number is None:
        raise NoTable(name=name)
    return number


def _open(name: str, version: int | None = None) -> Any:
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError, TableNotFoundError

    last = newest(name)
    if version is not None and not 0 <= version <= last:
        raise VersionGone(name=name, version=version)
    try:
        return DeltaTable(str(table_path(name)), version=last if version is None else version)
    except TableNotFoundError as error:
        raise NoTable(name=name) from error
    except DeltaError as error:
        if version is None:
            raise
        raise VersionGone(name=name, version=version) from error


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Let one process at a time write a table; the others wait. The lock ends with the process, however it ends."""
    path = root() / ".locks" / name.replace("/", "__")
    path.parent.mkdir(parents=True, exist_ok=True)
    with _still().open("w") as all_tables, path.open("w") as lock:
        fcntl.flock(all_tables, fcntl.LOCK_SH)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _still() -> Path:
    """Give the lock that every writer shares and a copier has to itself."""
    path = root() / ".locks" / "all"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def hold_still() -> Iterator[None]:
    """Keep all writers of the lake waiting, so that its files can be copied as they are; readers go on."""
    with _still().open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _room_for(name: str, needed: int = 0) -> Iterator[None]:
    """Turn a full disk into a refusal, before anything is written or when it fills up half-way."""
    root().mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(root()).free < ROOM_TO_LEAVE + needed:
        raise NoRoom(name=name)
    try:
        yield
    except Exception as error:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        words = ("no space left", "quota exceeded", "file too large", "os error 28", "os error 27")
        if full or any(word in str(error).lower() for word in words):
            raise NoRoom(name=name) from error
        raise


def _difference(name: str, columns: "pa.Schema") -> str:
    """Say how columns to append differ from the table's, by name and type; "" when they fit."""
    have = {one.name: one.type for one in schema(name)}
    new = {one.name: one.type for one in columns}
    missing = [f"- {column}" for column in have if column not in new]
    extra = [f"+ {column}" for column in new if column not in have]
    other = [
        f"{column}: {new[column]}, not {have[column]}" for column in new if have.get(column, new[column]) != new[column]
    ]
    return ", ".join([*missing, *extra, *other])


def write(
    name: str,
    table: Rows,
    *,
    mode: Literal["overwrite", "append"] = "overwrite",
    now: datetime,
    meta: Mapping[str, Any] | None = None,
    partition_by: Sequence[str] = (),
    group_rows: int | None = None,
) -> int:
    """Write a table or a stream of record batches as one atomic version and give its number.

    overwrite replaces all rows and may change the columns; append needs the same columns. meta: JSON values kept
    with the version. partition_by counts only when the table is new. group_rows: rows per row group, small where few
    rows of many are read. Nothing is fsynced: see `sync`.
    Raises SchemaDiffers, NoRoom.
    """
    from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake

    path = table_path(name)
    fresh = _newest(path) is None
    if mode == "append" and not fresh and (difference := _difference(name, _stored(table.schema))):
        raise SchemaDiffers(name=name, difference=difference)
    noted = {"plein": json.dumps({"at": now.astimezone(UTC).isoformat(), "meta": dict(meta or {})})}
    options: dict[str, Any] = {} if fresh else {"schema_mode": "overwrite"} if mode == "overwrite" else {}
    if fresh:
        options = {"configuration": CONFIGURATION, "partition_by": list(partition_by) or None}
    if group_rows:
        options["writer_properties"] = WriterProperties(max_row_group_size=group_rows, compression="LZ4_RAW")
    with _room_for(name, needed=getattr(table, "nbytes", 0) // 4):
        write_deltalake(
            str(path), table, mode=mode, commit_properties=CommitProperties(custom_metadata=noted), **options
        )
    return _own_version(DeltaTable(str(path)), noted["plein"])


def _own_version(table: Any, noted: str) -> int:
    """Find the version of a commit by what it noted: somebody else may have committed right after it."""
    for commit in table.history(8):
        if commit.get("plein") == noted:
            return int(commit["version"])
    return int(table.version())


def _stored(columns: "pa.Schema") -> "pa.Schema":
    """Give columns as Delta keeps them: times in microseconds, large strings as strings."""
    import pyarrow as pa

    def kept(kind: Any) -> Any:
        if pa.types.is_timestamp(kind):
            return pa.timestamp("us", "UTC" if kind.tz else None)
        if pa.types.is_dictionary(kind):
            return kept(kind.value_type)
        if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            return pa.string()
        return kind

    return pa.schema([pa.field(one.name, kept(one.type)) for one in columns])


def schema(name: str, version: int | None = None) -> "pa.Schema":
    """Give the columns of a table as a pyarrow schema.

    Raises NoTable, VersionGone.
    """
    return _listed(name, version)[1]


def files(name: str, version: int | None = None) -> list[Path]:
    """List the active data files of a version (the newest unless given).

    Raises NoTable, VersionGone.
    """
    return [file.path for file in parts(name, version)]


def parts(name: str, version: int | None = None) -> tuple[File, ...]:
    """List the active data files with their row counts and statistics, remembered per version.

    Raises NoTable, VersionGone.
    """
    return _listed(name, version)[0]


def _listed(name: str, version: int | None) -> "tuple[tuple[File, ...], pa.Schema]":
    number = newest(name) if version is None else version
    return _parts(str(root()), name, number, _birth(name))


def _birth(name: str) -> float:
    """Tell a table apart from one of the same name that was removed before."""
    try:
        return (table_path(name) / "_delta_log").stat().st_ino
    except FileNotFoundError as error:
        raise NoTable(name=name) from error


@lru_cache(maxsize=256)
def _parts(_root: str, name: str, version: int, _birth: float) -> "tuple[tuple[File, ...], pa.Schema]":
    base = table_path(name)
    if (replayed := log.replay(base, version)) is not None:
        added, columns = replayed
        kept = [
            File(base / unquote(one.path), one.rows, one.bytes, {}, one.minimum, one.maximum)
            for one in sorted(added, key=lambda one: (one.modified, one.path))
        ]
        return tuple(kept), _arrow(columns)
    return _parts_of(base, _open(name, version))


def _arrow(columns: Mapping[str, str]) -> "pa.Schema":
    """Give columns of Delta types as Arrow has them."""
    import pyarrow as pa

    kinds = {
        "string": pa.string(),
        "long": pa.int64(),
        "integer": pa.int32(),
        "short": pa.int16(),
        "byte": pa.int8(),
        "float": pa.float32(),
        "double": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us", "UTC"),
        "timestamp_ntz": pa.timestamp("us"),
    }
    return pa.schema([pa.field(name, kinds[kind]) for name, kind in columns.items()])


def _parts_of(base: Path, table: Any) -> "tuple[tuple[File, ...], pa.Schema]":
    import pyarrow as pa

    found = []
    added = pa.table(table.get_add_actions(flatten=False)).to_pylist()
    for row in sorted(added, key=lambda row: (row["modification_time"], row["path"])):
        found.append(
            File(
                path=base / unquote(row["path"]),
                rows=row.get("num_records") or 0,
                bytes=row["size_bytes"],
                partition=row.get("partition") or row.get("partition_values") or {},
                minimum=row.get("min") or {},
                maximum=row.get("max") or {},
            )
        )
    return tuple(found), _stored(pa.schema(table.schema().to_arrow()))


def rows(name: str, version: int | None = None) -> int:
    """Count the rows of a version from the log, without opening data.

    Raises NoTable, VersionGone.
    """
    return sum(file.rows for file in parts(name, version))


def read(
    name: str,
    *,
    version: int | None = None,
    columns: Sequence[str] | None = None,
    where: str | None = None,
    params: Sequence[Any] = (),
) -> "pa.Table":
    """Read a version (the newest unless given): all columns or some, all rows or those that meet an SQL condition.

    where: a condition in DuckDB's SQL with `?` for each of params.
    Raises NoTable, VersionGone, BadQuery.
    """
    source = part(name, version)
    found = rows_of(
        source, columns=source.schema.names if columns is None else columns, where=where or "", params=params
    )
    if found is not None:
        return found
    chosen = ", ".join(quoted(column) for column in columns) if columns is not None else "*"
    condition = f" WHERE {where}" if where else ""
    return query(f"SELECT {chosen} FROM t{condition}", {"t": source}, params)  # noqa: S608


def quoted(column: str) -> str:
    """Quote a name for SQL."""
    return '"' + column.replace('"', '""') + '"'


def part(name: str, version: int | None = None, *, columns: Sequence[str] | None = None, where: str = "") -> Part:
    """Describe a table as a query may see it: a version, some columns, the rows that meet a trusted condition.

    Raises NoTable, VersionGone.
    """
    number = newest(name) if version is None else version
    active, kinds = _listed(name, number)
    return Part(
        name=name,
        version=number,
        files=tuple(file.path for file in active),
        schema=kinds,
        partitioned=tuple(active[0].partition) if active else (),
        columns=None if columns is None else tuple(columns),
        where=where,
    )


def query(
    sql: str, tables: Mapping[str, Any], params: Sequence[Any] = (), *, seconds: float = 60, checked: bool = True
) -> "pa.Table":
    """Ask one SELECT over tables of the lake and give the answer as a pyarrow table.

    tables: per alias a name, (name, version), `part(...)` or a pyarrow table. Only those can be read: no files,
    settings or other tables, whatever the text says. checked=False skips reading the text, for SQL of our own.
    Raises NoTable, VersionGone, BadQuery, QueryTooSlow.
    """
    return ask(
        sql,
        {alias: _described(table) for alias, table in tables.items()},
        params,
        seconds=seconds,
        checked=checked,
        root=root(),
    )


def _described(table: Any) -> Any:
    if isinstance(table, str):
        return part(table)
    return part(*table) if isinstance(table, tuple) else table


def versions(name: str) -> list[Version]:
    """List the versions, oldest first. Versions whose retention ended are listed too, until their log is gone.

    Raises NoTable.
    """
    found: list[Version] = []
    count = 0
    for commit in sorted(_open(name).history(), key=lambda commit: commit["version"]):
        noted = json.loads(commit.get("plein") or "{}")
        count = _rows_after(commit, count)
        at = noted.get("at")
        moment = datetime.fromisoformat(at) if at else datetime.fromtimestamp(commit["timestamp"] / 1000, UTC)
        found.append(Version(int(commit["version"]), moment, count, noted.get("meta", {})))
    return found


def _rows_after(commit: Mapping[str, Any], before: int) -> int:
    """Count the rows after a commit: kept with restores and compactions, counted by the writer otherwise."""
    if commit["operation"] == "RESTORE":
        noted = json.loads(commit.get("plein") or "{}")
        return int(noted.get("meta", {}).get("rows", before))
    if commit["operation"] != "WRITE":
        return before
    added = int(commit.get("operationMetrics", {}).get("num_added_rows", 0))
    return before + added if commit["operationParameters"].get("mode") == "Append" else added


def version_at(name: str, at: datetime) -> int | None:
    """Give the version that was the newest at a moment; None when the table did not exist yet.

    Raises NoTable.
    """
    earlier = [version.number for version in versions(name) if version.at <= at]
    return max(earlier, default=None)


def restore(name: str, version: int, *, now: datetime) -> int:
    """Make the content of an earlier version the newest again, as a version of its own.

    Raises NoTable, VersionGone.
    """
    from deltalake import CommitProperties

    table = _open(name)
    noted = {"at": now.astimezone(UTC).isoformat(), "meta": {"restores": version, "rows": rows(name, version)}}
    table.restore(version, commit_properties=CommitProperties(custom_metadata={"plein": json.dumps(noted)}))
    return newest(name)


def sync(name: str, version: int | None = None) -> None:
    """Force a version to disk: its data files, the log and every directory above them. `deltalake` never does.

    Raises NoTable, VersionGone.
    """
    path = table_path(name)
    commits = path / "_delta_log"
    listed = [*files(name, version), *(one for one in commits.iterdir() if one.is_file())]
    folders = {folder for file in listed for folder in file.parents if folder.is_relative_to(root())}
    for one in [*listed, *sorted(folders, key=lambda folder: -len(folder.parts)), root().parent]:
        _fsync(one)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def compact(name: str, *, now: datetime, target_bytes: int = 128 * 2**20) -> int:
    """Join small files into larger ones, as a version with the same rows; gives the newest version number.

    The order of rows may change.
    Raises NoTable, NoRoom.
    """
    from deltalake import CommitProperties

    noted = {"plein": json.dumps({"at": now.astimezone(UTC).isoformat(), "meta": {"compacted": newest(name)}})}
    with _room_for(name):
        _open(name).optimize.compact(
            target_size=target_bytes, commit_properties=CommitProperties(custom_metadata=noted)
        )
    return newest(name)


def vacuum(name: str, older_than: timedelta, *, now: datetime, keep: Iterable[int] = ()) -> list[Path]:
    """Remove data files that no kept version names, and give their paths.

    Kept are the newest version, those superseded less than `older_than` ago, and those in `keep`. What a killed writer
    left behind goes too, once it is an hour old.
    Raises NoTable.
    """
    listed = versions(name)
    superseded = {one.number: later.at for one, later in pairwise(listed)}
    recent = {number for number, at in superseded.items() if at > now - older_than}
    kept = {newest(name), *recent, *keep}
    wanted = {file.path for number in kept for file in _still_listed(name, number)}
    removed = [path for path in _data_files(table_path(name)) if path not in wanted and _is_leftover(path, now)]
    for path in removed:
        path.unlink(missing_ok=True)
    _parts.cache_clear()
    return removed


def _still_listed(name: str, version: int) -> tuple[File, ...]:
    try:
        return parts(name, version)
    except VersionGone:
        return ()


def _data_files(path: Path) -> list[Path]:
    """List all files of a table except its log; half-written commits are among them."""
    found = (one for one in path.rglob("*") if one.is_file())
    return [one for one in found if "_delta_log" not in one.parts or not _is_log(one)]


def _is_log(path: Path) -> bool:
    return path.suffix in (".json", ".parquet", ".crc") or path.name == "_last_checkpoint"


def _is_leftover(path: Path, now: datetime) -> bool:
    """Tell whether nobody can still be writing this file."""
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return abs(now - written) > LEFTOVER


def remove(name: str) -> None:
    """Remove a table with all its versions."""
    shutil.rmtree(table_path(name), ignore_errors=True)
    _parts.cache_clear()
