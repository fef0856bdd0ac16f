"""Questions in SQL over the lake's active files, answered by DuckDB in this process.

One in-memory database per process, locked: no network, no extensions, no files outside the lake. Each question gets a
cursor of its own with temporary views for the tables it was given. The text is parsed first: one reading SELECT, over
those views only, so that nobody reaches a file, a setting or a row that a view left out.
"""

import atexit
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from plein.foundation.lake.errors import BadQuery, QueryTooSlow, VersionGone

MEMORY = "512MB"
THREADS = 2
STREAM_ROWS = 122_880
TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
_lock = threading.Lock()
_databases: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Part:
    """A table as a question may see it. where: a condition from a contract or a sign, never from a visitor."""

    name: str
    version: int
    files: tuple[Path, ...]
    schema: Any
    partitioned: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    where: str = ""


def _database(root: Path) -> Any:
    """Open the database of this process for a lake, once."""
    key = f"{os.getpid()} {root}"
    with _lock:
        if key not in _databases:
            import duckdb

            spill = root.parent / "tmp"
            spill.mkdir(parents=True, exist_ok=True)
            database = duckdb.connect(":memory:", config={"memory_limit": MEMORY, "threads": THREADS})
            database.execute("SET temp_directory = ?", [str(spill)])
            database.execute("SET GLOBAL TimeZone = 'UTC'")
            database.execute("SET python_enable_replacements = false")
            database.execute("SET autoinstall_known_extensions = false")
            database.execute("SET autoload_known_extensions = false")
            database.execute(f"SET allowed_directories = [{_literal(f'{root}/')}]")
            database.execute("SET enable_external_access = false")
            database.execute("SET lock_configuration = true")
            _databases[key] = database
        return _databases[key].cursor()


def _reader() -> Any:
    """Give a cursor that only parses text; it sees no lake."""
    key = f"{os.getpid()}"
    with _lock:
        if key not in _databases:
            import duckdb

            _databases[key] = duckdb.connect(":memory:", config={"enable_external_access": "false", "threads": 1})
        return _databases[key].cursor()


@atexit.register
def _close() -> None:
    """Close the databases of this process before Python takes its modules apart."""
    for database in _databases.values():
        database.close()
    _databases.clear()


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _view(alias: str, part: Part) -> str:
    """Write the temporary view of a part."""
    chosen = ", ".join(_name(column) for column in part.columns or part.schema.names)
    listed = ", ".join(_literal(str(path)) for path in part.files)
    hive = ""
    if part.partitioned:
        kinds = ", ".join(
            f"{_literal(column)}: {_sql_type(part.schema.field(column).type)}" for column in part.partitioned
        )
        hive = f", hive_partitioning = true, hive_types = {{{kinds}}}"
    condition = f" WHERE {part.where}" if part.where else ""
    source = f"read_parquet([{listed}]{hive or ', hive_partitioning = false'})"
    return f"CREATE TEMP VIEW {_name(alias)} AS SELECT {chosen} FROM {source}{condition}"  # noqa: S608


def _sql_type(kind: Any) -> str:
    """Name the DuckDB type of a partition column."""
    import pyarrow as pa

    if pa.types.is_integer(kind):
        return "BIGINT"
    if pa.types.is_date(kind):
        return "DATE"
    return "BOOLEAN" if pa.types.is_boolean(kind) else "VARCHAR"


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for one in below:
        yield from _walk(one)


@lru_cache(maxsize=512)
def check_text(sql: str, aliases: frozenset[str]) -> None:
    """Refuse text that is not one reading SELECT over the given tables.

    Raises BadQuery.
    """
    answer = json.loads(_reader().execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()[0])
    if answer.get("error"):
        raise BadQuery(reason=str(answer.get("error_message", "it cannot be read")))
    if len(answer["statements"]) != 1:
        raise BadQuery(reason="it must be one statement")
    nodes = list(_walk(answer["statements"][0]))
    named = {entry["key"].lower() for node in nodes for entry in _ctes(node)}
    for node in nodes:
        _check_node(node, {alias.lower() for alias in aliases} | named)


def _ctes(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = node.get("cte_map")
    return found.get("map", []) if isinstance(found, dict) else []


def _check_node(node: dict[str, Any], known: set[str]) -> None:
    kind = node.get("type")
    if kind == "SHOW_REF":
        raise BadQuery(reason="it must be a SELECT")
    if kind == "BASE_TABLE":
        path = node.get("qualified_name", {}).get("path") or [node.get("table_name", "")]
        if len(path) != 1 or str(path[0]).strip('"').lower() not in known:
            raise BadQuery(reason=f"there is no table {'.'.join(map(str, path))} here")
    if kind == "TABLE_FUNCTION":
        function = str((node.get("function") or {}).get("function_name", "")).lower()
        if function not in TABLE_FUNCTIONS:
            raise BadQuery(reason=f"{function or 'this function'} may not be used as a table")


def ask(
    sql: str, tables: Mapping[str, Any], params: Sequence[Any], *, seconds: float, checked: bool, root: Path
) -> Any:
    """Answer one question as a pyarrow table. tables: per alias a Part or a pyarrow table.

    Raises BadQuery, QueryTooSlow, VersionGone.
    """
    if checked:
        check_text(sql, frozenset(tables))
    with _asking(tables, seconds=seconds, root=root) as cursor:
        return cursor.sql(sql, params=list(params)).to_arrow_table() if params else cursor.sql(sql).to_arrow_table()


@contextmanager
def stream(sql: str, tables: Mapping[str, Any], *, seconds: float, root: Path) -> Iterator[Any]:
    """Answer one trusted question as a pyarrow RecordBatchReader, while the block lasts.

    Raises BadQuery, QueryTooSlow, VersionGone.
    """
    with _asking(tables, seconds=seconds, root=root) as cursor:
        yield cursor.sql(sql).to_arrow_reader(STREAM_ROWS)


@contextmanager
def _asking(tables: Mapping[str, Any], *, seconds: float, root: Path) -> Iterator[Any]:
    """Give a cursor that sees the tables, interrupt it when it takes too long, and put its errors in our words."""
    import duckdb

    cursor = _database(root)
    timer = threading.Timer(seconds, cursor.interrupt)
    timer.daemon = True
    try:
        for alias, table in tables.items():
            _offer(cursor, alias, table)
        timer.start()
        yield cursor
    except duckdb.InterruptException as error:
        raise QueryTooSlow(seconds=round(seconds)) from error
    except duckdb.IOException as error:
        _refuse_gone(tables, error)
        raise
    except duckdb.Error as error:
        raise BadQuery(reason=str(error).split("\n", maxsplit=1)[0]) from error
    finally:
        timer.cancel()
        cursor.close()


def _offer(cursor: Any, alias: str, table: Any) -> None:
    """Make a table visible to a cursor under its alias."""
    if isinstance(table, Part) and table.files:
        cursor.execute(_view(alias, table))
        return
    if isinstance(table, Part):
        table = table.schema.empty_table().select(list(table.columns or table.schema.names))
    cursor.register(alias, table)


def _refuse_gone(tables: Mapping[str, Any], error: Exception) -> None:
    """Refuse when a file of a version was removed by vacuum."""
    for table in tables.values():
        if isinstance(table, Part) and not all(path.exists() for path in table.files):
            raise VersionGone(name=table.name, version=table.version) from error
