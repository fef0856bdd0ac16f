"""What differs between the SQL of SQLite, PostgreSQL and DuckDB, for the conditions that sql.py writes.

All take `%s` for a value and `%%` for a percent sign; `for_duckdb` turns a finished text into DuckDB's `?`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Sql = tuple[str, list[Any]]
_PARTS = {"year": "%%Y", "month": "%%m", "day": "%%d", "hour": "%%H", "minute": "%%M", "second": "%%S"}


class Dialect:
    """What SQLite says; the others say what differs."""

    name = "sqlite"

    def contains(self, text: str, part: str) -> str:
        """Give the 1-based place of a part in a text, 0 when it is not in it."""
        return f"instr({text}, {part})"

    def time_part(self, part: str, moment: str) -> str:
        """Give the year, month, day, hour, minute or second (UTC) of microseconds."""
        return f"CAST(strftime('{_PARTS[part]}', ({moment}) / 1000000, 'unixepoch') AS INTEGER)"

    def date(self, moment: str) -> str:
        """Give the day of microseconds as text, 2026-11-22."""
        return f"strftime('%%Y-%%m-%%d', ({moment}) / 1000000, 'unixepoch')"

    def clock(self, moment: str) -> str:
        """Give the time of day of microseconds as text, 10:00:00."""
        return f"strftime('%%H:%%M:%%S', ({moment}) / 1000000, 'unixepoch')"

    def json_text(self, column: str, path: Sequence[str]) -> Sql:
        """Give what stands at a path of a JSON column, as text."""
        return f"CAST(json_extract({column}, %s) AS text)", [_dollar(path)]

    def json_number(self, column: str, path: Sequence[str]) -> Sql:
        """Give the number at a path, or nothing."""
        where = _dollar(path)
        return (
            f"(CASE WHEN json_type({column}, %s) IN ('integer', 'real') THEN json_extract({column}, %s) END)",
            [where, where],
        )

    def json_truth(self, column: str, path: Sequence[str]) -> Sql:
        """Give the truth at a path, or nothing."""
        where = _dollar(path)
        return (
            f"(CASE json_type({column}, %s) WHEN 'true' THEN (1 = 1) WHEN 'false' THEN (1 = 0) END)",
            [where],
        )

    def among(self, column: str, ids: Sequence[int]) -> Sql:
        """Say that a column is one of many numbers."""
        return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(list(ids))]

    def looked_up(self, column: str, values: Mapping[int, int]) -> Sql:
        """Give the number that belongs to a key, or nothing."""
        return f"json_extract(%s, '$.\"' || {column} || '\"')", [json.dumps(values)]


class Postgres(Dialect):
    """What PostgreSQL says."""

    name = "postgresql"

    def contains(self, text: str, part: str) -> str:
        """Give the 1-based place of a part in a text, 0 when it is not in it."""
        return f"strpos({text}, {part})"

    def _at(self, moment: str) -> str:
        return f"(to_timestamp(({moment}) / 1e6) AT TIME ZONE 'UTC')"

    def time_part(self, part: str, moment: str) -> str:
        """Give the year, month, day, hour, minute or second (UTC) of microseconds."""
        return f"floor(extract({part} FROM {self._at(moment)}))"

    def date(self, moment: str) -> str:
        """Give the day of microseconds as text, 2026-11-22."""
        return f"to_char({self._at(moment)}, 'YYYY-MM-DD')"

    def clock(self, moment: str) -> str:
        """Give the time of day of microseconds as text, 10:00:00."""
        return f"to_char({self._at(moment)}, 'HH24:MI:SS')"

    def json_text(self, column: str, path: Sequence[str]) -> Sql:
        """Give what stands at a path of a JSON column, as text."""
        return f"(({column})::jsonb #>> %s::text[])", [list(path)]

    def json_number(self, column: str, path: Sequence[str]) -> Sql:
        """Give the number at a path, or nothing."""
        where = list(path)
        return (
            f"(CASE WHEN jsonb_typeof(({column})::jsonb #> %s::text[]) = 'number' "
            f"THEN (({column})::jsonb #>> %s::text[])::double precision END)",
            [where, where],
        )

    def json_truth(self, column: str, path: Sequence[str]) -> Sql:
        """Give the truth at a path, or nothing."""
        where = list(path)
        return (
            f"(CASE WHEN jsonb_typeof(({column})::jsonb #> %s::text[]) = 'boolean' "
            f"THEN (({column})::jsonb #>> %s::text[])::boolean END)",
            [where, where],
        )

    def among(self, column: str, ids: Sequence[int]) -> Sql:
        """Say that a column is one of many numbers."""
        return f"{column} = ANY(%s::bigint[])", [list(ids)]

    def looked_up(self, column: str, values: Mapping[int, int]) -> Sql:
        """Give the number that belongs to a key, or nothing."""
        return f"CAST(CAST(%s AS jsonb) ->> CAST({column} AS text) AS bigint)", [json.dumps(values)]


class Duck(Dialect):
    """What DuckDB says."""

    name = "duckdb"

    def time_part(self, part: str, moment: str) -> str:
        """Give the year, month, day, hour, minute or second (UTC) of microseconds."""
        return f"extract({part} FROM make_timestamp({moment}))"

    def date(self, moment: str) -> str:
        """Give the day of microseconds as text, 2026-11-22."""
        return f"strftime(make_timestamp({moment}), '%%Y-%%m-%%d')"

    def clock(self, moment: str) -> str:
        """Give the time of day of microseconds as text, 10:00:00."""
        return f"strftime(make_timestamp({moment}), '%%H:%%M:%%S')"

    def json_text(self, column: str, path: Sequence[str]) -> Sql:
        """Give what stands at a path of a JSON column, as text."""
        return f"json_extract_string({column}, %s)", [_dollar(path)]

    def json_number(self, column: str, path: Sequence[str]) -> Sql:
        """Give the number at a path, or nothing."""
        where = _dollar(path)
        return (
            f"(CASE WHEN json_type({column}, %s) IN ('BIGINT', 'UBIGINT', 'DOUBLE') "
            f"THEN TRY_CAST(json_extract_string({column}, %s) AS DOUBLE) END)",
            [where, where],
        )

    def json_truth(self, column: str, path: Sequence[str]) -> Sql:
        """Give the truth at a path, or nothing."""
        where = _dollar(path)
        return (
            f"(CASE WHEN json_type({column}, %s) = 'BOOLEAN' THEN json_extract_string({column}, %s) = 'true' END)",
            [where, where],
        )

    def among(self, column: str, ids: Sequence[int]) -> Sql:
        """Say that a column is one of many numbers."""
        return f"{column} IN ({','.join(str(int(pk)) for pk in ids) or 'NULL'})", []

    def looked_up(self, column: str, values: Mapping[int, int]) -> Sql:
        """Give the number that belongs to a key, or nothing."""
        return f"TRY_CAST(json_extract_string(%s, '$.\"' || {column} || '\"') AS bigint)", [json.dumps(values)]


def _dollar(path: Sequence[str]) -> str:
    """Write a JSON path; whole numbers are places in a list."""
    return "$" + "".join(f"[{name}]" if name.isdigit() else f'."{name}"' for name in path)


def dialect(vendor: str) -> Dialect:
    """Give the dialect of a database."""
    return {"postgresql": Postgres, "duckdb": Duck}.get(vendor, Dialect)()


def for_duckdb(sql: str) -> str:
    """Turn a finished text into what DuckDB reads."""
    return sql.replace("%s", "?").replace("%%", "%")
