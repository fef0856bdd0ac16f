"""The lake's door: write, read, list, sync, compact and vacuum Delta tables under DATA/lake/NAME.

`deltalake` and `pyarrow` are imported inside functions, so that a web process that reads no table does not load them.
"""

import errno
import fcntl
import json
import os
import re
import shutil
import threading
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
from plein.foundation.lake.duck import Part, ask, stream
from plein.foundation.lake.errors import NoRoom, NoTable, SchemaDiffers, VersionGone
from plein.foundation.lake.plain import rows_of

if TYPE_CHECKING:
    import pyarrow as pa

Rows: TypeAlias = Any  # pyarrow.Table or pyarrow.RecordBatchReader
Named: TypeAlias = "str | tuple[str, int | None] | Part"

NAME = re.compile(r"[a-z][a-z0-9_]*([./][a-z0-9][a-z0-9_]*)*")
ROOM_TO_LEAVE = 64 * 2**20
SLAB_ROWS = 5_000_000
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
    return _path(str(settings.DATA), name)


@lru_cache(maxsize=4096)
def _path(data: str, name: str) -> Path:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a table name")
    return Path(data) / "lake" / name


def exists(name: str) -> bool:
    """Tell whether the table has a version."""
    return _newest(table_path(name)) is not None


def _newest(path: Path) -> int | None:
    """Read the newest version number from the names in the log, which is faster than opening the table.

    Versions follow each other without gaps: while the number that was the newest is there and the next one is not, it
    still is.
    """
    log_path = f"{path}/_delta_log"
    known = _seen.get(log_path)
    if known is not None and os.path.exists(_commit(log_path, known)):
        while os.path.exists(_commit(log_path, known + 1)):
            known += 1
    else:
        known = _listed_newest(log_path)
    if known is None:
        _seen.pop(log_path, None)
    else:
        _seen[log_path] = known
    return known


_seen: dict[str, int] = {}


def _commit(log_path: str, number: int) -> str:
    return f"{log_path}/{number:020}.json"


def _listed_newest(log_path: str) -> int | None:
    try:
        names = os.listdir(log_path)
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
    climbing: Sequence[str] = (),
) -> int:
    """Write a table or a stream of record batches as one atomic version and give its number.

    overwrite replaces all rows and may change the columns; append needs the same columns. meta: JSON values kept
    with the version. partition_by counts only when the table is new. group_rows: rows per row group, small where few
    rows of many are read. climbing: columns of whole numbers that mostly climb, which are kept as their differences.
    Nothing is fsynced: see `sync`.
    Raises SchemaDiffers, NoRoom.
    """
    from deltalake import CommitProperties, DeltaTable, write_deltalake

    path = table_path(name)
    fresh = _newest(path) is None
    if mode == "append" and not fresh and (difference := _difference(name, _stored(table.schema))):
        raise SchemaDiffers(name=name, difference=difference)
    noted = {"plein": json.dumps({"at": now.astimezone(UTC).isoformat(), "meta": dict(meta or {})})}
    options: dict[str, Any] = {} if fresh else {"schema_mode": "overwrite"} if mode == "overwrite" else {}
    if fresh:
        options = {"configuration": CONFIGURATION, "partition_by": list(partition_by) or None}
    options["writer_properties"] = _written_as(group_rows, climbing)
    if hasattr(table, "combine_chunks"):
        table = table.combine_chunks()  # one batch: `deltalake` mixes several
    with _room_for(name, needed=getattr(table, "nbytes", 0) // 4):
        write_deltalake(
            str(path), table, mode=mode, commit_properties=CommitProperties(custom_metadata=noted), **options
        )
    return _own_version(DeltaTable(str(path)), noted["plein"])


def _written_as(group_rows: int | None, climbing: Sequence[str]) -> Any:
    """Say how files are written: as ever, or for reading row groups one by one."""
    if not group_rows:
        return None
    from deltalake import ColumnProperties, WriterProperties

    differences = ColumnProperties(dictionary_enabled=False, encoding="DELTA_BINARY_PACKED")
    return WriterProperties(
        max_row_group_size=group_rows,
        compression="LZ4_RAW",
        column_properties=dict.fromkeys(climbing, differences) or None,
    )


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
    return _parts(str(settings.DATA), name, number, _birth(name, number))


def _birth(name: str, version: int) -> tuple[int, int]:
    """Tell a table apart from one of the same name that was removed before."""
    log_path = f"{table_path(name)}/_delta_log"
    try:
        told = os.stat(_commit(log_path, version))
    except FileNotFoundError:
        if not os.path.exists(log_path):
            raise NoTable(name=name) from None
        return (0, 0)
    return (told.st_ino, told.st_mtime_ns)


@lru_cache(maxsize=256)
def _parts(_data: str, name: str, version: int, _birth: tuple[int, int]) -> "tuple[tuple[File, ...], pa.Schema]":
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


@contextmanager
def streamed(sql: str, tables: Mapping[str, Any], *, seconds: float = 3600) -> "Iterator[pa.RecordBatchReader]":
    """Give the answer to a SELECT of our own a batch at a time, for what does not fit in memory.

    Raises NoTable, VersionGone, BadQuery, QueryTooSlow.
    """
    described = {alias: _described(table) for alias, table in tables.items()}
    with stream(sql, described, seconds=seconds, root=root()) as reader:
        yield reader


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
    if commit["operation"] != "WRITE" or "compacted" in json.loads(commit.get("plein") or "{}").get("meta", {}):
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


def compact(name: str, *, now: datetime) -> int:
    """Join the files of a table into larger ones, as a version with the same rows in the same order; gives its number.

    Of a partitioned table the order within each partition stays.
    Raises NoTable, NoRoom.
    """
    version = newest(name)
    if len(files(name, version)) == 1:
        return version
    with streamed("SELECT * FROM t", {"t": (name, version)}) as stream:
        return rearrange(name, stream, now=now)


def rearrange(
    name: str, stream: Rows, *, now: datetime, group_rows: int | None = None, climbing: Sequence[str] = ()
) -> int:
    """Write all rows of a table anew in the order in which they are given, as a version; gives its number.

    stream: pyarrow.RecordBatchReader of the same rows, which passes through SLAB_ROWS at a time, each a file of its
    own: `deltalake` mixes the batches of a longer stream. Nothing is fsynced: see `sync`.
    Raises NoTable, NoRoom; ValueError when the rows are not as many as the table has.
    """
    from deltalake import CommitProperties

    table = _open(name)
    noted = {"plein": json.dumps({"at": now.astimezone(UTC).isoformat(), "meta": {"compacted": int(table.version())}})}
    apart = root() / ".apart" / f"{os.getpid()}-{threading.get_ident()}"
    _clear(apart, now)
    try:
        with _room_for(name):
            _write_slabs(apart, stream, table.metadata().partition_columns, _written_as(group_rows, climbing))
            added = _moved(apart, table_path(name))
            if sum(json.loads(one.stats)["numRecords"] for one in added) != rows(name, table.version()):
                raise ValueError(f"{name} has other rows than it was given")
            table.create_write_transaction(
                added,
                mode="overwrite",
                schema=table.schema(),
                partition_by=table.metadata().partition_columns or None,
                commit_properties=CommitProperties(custom_metadata=noted),
            )
    finally:
        shutil.rmtree(apart, ignore_errors=True)
    return newest(name)


def _clear(apart: Path, now: datetime) -> None:
    """Remove what stands where a table apart comes, and what killed processes left beside it."""
    apart.parent.mkdir(parents=True, exist_ok=True)
    for one in apart.parent.iterdir():
        if one == apart or _is_leftover(one, now):
            shutil.rmtree(one, ignore_errors=True)


def _write_slabs(apart: Path, stream: Rows, partition_by: Sequence[str], written_as: Any) -> None:
    """Write a stream to a table apart, a version per slab."""
    from deltalake import write_deltalake

    for slab in _slabs(stream):
        write_deltalake(
            str(apart), slab, mode="append", partition_by=list(partition_by) or None, writer_properties=written_as
        )


def _slabs(stream: Rows) -> "Iterator[pa.Table]":
    """Join batches until they are many; an empty stream is one empty slab."""
    import pyarrow as pa

    waiting: list[Any] = []
    for batch in stream:
        waiting.append(batch)
        if sum(len(one) for one in waiting) >= SLAB_ROWS:
            yield pa.Table.from_batches(waiting).combine_chunks()
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting).combine_chunks()


def _moved(apart: Path, path: Path) -> list[Any]:
    """Move the files of a table apart to another; gives the actions that add them, later ones with later times."""
    from deltalake.transaction import AddAction

    added: list[Any] = []
    for commit in sorted((apart / "_delta_log").glob("*.json")):
        said = [json.loads(line).get("add") for line in commit.read_text(encoding="utf-8").splitlines()]
        for one in sorted((add for add in said if add), key=lambda add: str(add["path"])):
            there = path / unquote(one["path"])
            there.parent.mkdir(parents=True, exist_ok=True)
            (apart / unquote(one["path"])).rename(there)
            after = added[-1].modification_time + 1 if added else 0
            at = max(one["modificationTime"], after)
            added.append(AddAction(one["path"], one["size"], one["partitionValues"], at, False, one["stats"]))
    return added


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
