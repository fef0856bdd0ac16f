"""Plain reads give what DuckDB gives, to the type; what could differ is left to DuckDB."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import plein.foundation.lake.tables as lake
from plein.foundation.lake import plain
from plein.foundation.lake.errors import VersionGone

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TREES = pa.table(
    {
        "species": ["oak", "elm", None, "Oak", "ash"],
        "number": pa.array([1, 2, 3, None, 5], pa.int64()),
        "height_m": [9.5, float("nan"), 4.0, None, 2.0],
        "protected": [True, False, None, True, False],
        "planted_on": pa.array([date(2020, 1, day) for day in (1, 2, 3, 4)] + [None], pa.date32()),
        "seen_at": pa.array([NOON, None, NOW, NOON, NOW], pa.timestamp("us", "UTC")),
    }
)


@pytest.fixture
def trees(data_dir: Path) -> str:
    lake.write("green.trees", TREES, now=NOW)
    lake.write("green.trees", TREES.slice(0, 2), now=NOW, mode="append")
    return "green.trees"


def by_duckdb(name: str, columns: list[str], where: str, params: list[Any]) -> pa.Table:
    chosen = ", ".join(lake.quoted(column) for column in columns)
    condition = f" WHERE {where}" if where else ""
    return lake.query(f"SELECT {chosen} FROM t{condition}", {"t": name}, params)


@pytest.mark.parametrize(
    ("where", "params"),
    [
        ("", []),
        ('"species" = ?', ["oak"]),
        ('"species" <> ?', ["oak"]),
        ('"species" > ?', ["elm"]),
        ('CAST("species" AS VARCHAR) = ?', ["elm"]),
        ('"number" >= ? AND "number" < ?', [2, 5]),
        ('"number" IS NULL', []),
        ('"height_m" IS NOT NULL AND "protected" = ?', [True]),
        ('"planted_on" <= ?', [date(2020, 1, 2)]),
        ('"seen_at" = ?', [NOON]),
        ('"seen_at" > ? AND "species" IS NOT NULL', [NOON]),
    ],
)
def test_arrow_and_duckdb_give_the_same_table(trees: str, where: str, params: list[Any]) -> None:
    columns = ["height_m", "species", "number", "protected", "planted_on", "seen_at"]

    found = plain.rows_of(lake.part(trees), columns=columns, where=where, params=params)

    expected = by_duckdb(trees, columns, where, params)
    assert found is not None
    assert found.schema.equals(expected.schema, check_metadata=True)
    assert repr(found.to_pylist()) == repr(expected.to_pylist())  # by their words: NaN is not NaN
    assert 0 < found.num_rows <= 7


@pytest.mark.parametrize(
    ("where", "params"),
    [
        ('"height_m" > ?', [1.0]),  # NaN is more than 1 in DuckDB, not in Arrow
        ('"number" = ?', ["2"]),
        ('"number" = ?', [2.5]),
        ('"number" = ?', [2**70]),
        ('"number" = ?', [True]),
        ('"species" = ?', [None]),
        ('"planted_on" = ?', ["2020-01-02"]),
        ('"planted_on" = ?', [datetime(2020, 1, 2, tzinfo=UTC)]),
        ('"seen_at" = ?', [datetime(2026, 1, 1, 12)]),
        ('CAST("number" AS VARCHAR) = ?', ["2"]),
        ('"nothing" IS NULL', []),
        ('"species" = ?', []),
        ('"species" = ?', ["oak", "elm"]),
        ("species = 'oak' OR number = 2", []),
    ],
)
def test_what_could_differ_is_left_to_duckdb(trees: str, where: str, params: list[Any]) -> None:
    assert plain.rows_of(lake.part(trees), columns=["species"], where=where, params=params) is None


def test_a_view_that_hides_something_is_left_to_duckdb(trees: str) -> None:
    assert plain.rows_of(lake.part(trees, where="number > 1"), columns=["species"]) is None
    assert plain.rows_of(lake.part(trees, columns=["species"]), columns=["number"]) is None


def test_a_partitioned_table_is_left_to_duckdb(data_dir: Path) -> None:
    lake.write("green.leaves", TREES, now=NOW, partition_by=["species"])

    assert plain.rows_of(lake.part("green.leaves"), columns=["number"]) is None
    assert lake.read("green.leaves", columns=["number"]).num_rows == TREES.num_rows


def test_a_table_without_rows_keeps_its_columns(data_dir: Path) -> None:
    lake.write("green.trees", TREES.schema.empty_table(), now=NOW)

    found = lake.read("green.trees", columns=["number", "species"])

    assert found.schema.names == ["number", "species"]
    assert found.num_rows == 0


def test_a_version_whose_files_are_gone_is_refused(trees: str) -> None:
    described = lake.part(trees)
    for path in described.files:
        path.unlink()

    with pytest.raises(VersionGone):
        plain.rows_of(described, columns=["species"])
