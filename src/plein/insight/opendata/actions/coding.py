"""Keep the columns of few different values as two bytes per row as well, for queries.codes."""

import math
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plein.insight.opendata.queries.codes import CODE, TIMES, words
from plein.insight.opendata.queries.plain import kept_column
from plein.insight.opendata.rules.statements import quoted

if TYPE_CHECKING:
    import pyarrow as pa

MOST_WORDS = 65_536  # what two bytes can tell apart
LONGEST_WORD = 120
PART_ROWS = 65_536


class Coder:
    """Writes the codes of one column as its batches pass; gives up once its values are too many or too long."""

    def __init__(self, base: sqlite3.Connection, name: str, kind: str) -> None:
        self.base, self.name, self.kind = base, name, kind
        self.holds = True
        self._codes: dict[Any, int] = {}
        self._waiting: list[bytes] = []
        self._rows, self._first = 0, 1

    def take(self, column: "pa.Array") -> None:
        """Write the codes of a batch."""
        if not self.holds:
            return
        import numpy as np

        found = column.dictionary_encode(null_encoding="encode")
        values = [self._plain(value) for value in kept_column(found.dictionary, self.kind)]
        codes = [self._codes.setdefault(value, len(self._codes)) for value in values]
        if len(self._codes) > MOST_WORDS or any(isinstance(one, str) and len(one) > LONGEST_WORD for one in values):
            self._give_up()
            return
        self._waiting.append(np.array(codes, np.uint16)[found.indices.to_numpy(zero_copy_only=False)].tobytes())
        self._rows += len(column)
        if self._rows >= PART_ROWS:
            self._write()

    def _plain(self, value: Any) -> Any:
        """Give what SQLite keeps of a value: what is not a number becomes nothing."""
        return None if isinstance(value, float) and math.isnan(value) else value

    def _write(self) -> None:
        part = (self.name, self._first, b"".join(self._waiting))
        self.base.execute("INSERT INTO codes VALUES (?, ?, ?)", part)
        self._first += self._rows
        self._rows, self._waiting = 0, []

    def _give_up(self) -> None:
        self.holds, self._codes, self._waiting = False, {}, []
        self.base.execute("DELETE FROM codes WHERE name = ?", (self.name,))

    def close(self, column_type: str) -> bool:
        """Write the last part and the different values with how many rows have each; tells whether it holds."""
        if not self.holds:
            return False
        if self._rows:
            self._write()
        table, column = words(self.name), quoted(self.name)
        self.base.execute(f"CREATE TABLE {table} ({CODE} INTEGER PRIMARY KEY, {TIMES} INTEGER, {column} {column_type})")
        counted = self._counted()
        rows = [(code, counted[code], value) for value, code in self._codes.items()]
        self.base.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)  # noqa: S608 - quoted
        self.base.execute(f"CREATE INDEX {quoted('word of ' + self.name)} ON {table} ({column}, {TIMES})")
        return True

    def _counted(self) -> list[int]:
        import numpy as np

        counts = np.zeros(len(self._codes), np.int64)
        for (part,) in self.base.execute("SELECT codes FROM codes WHERE name = ?", (self.name,)):
            counts += np.bincount(np.frombuffer(part, np.uint16), minlength=len(counts))
        return list(counts.tolist())


def coders(base: sqlite3.Connection, fields: Sequence[tuple[str, str]]) -> list[Coder]:
    """Start a coder for every column."""
    base.execute("CREATE TABLE codes (name TEXT, first INTEGER, codes BLOB, PRIMARY KEY (name, first))")
    return [Coder(base, name, kind) for name, kind in fields]
