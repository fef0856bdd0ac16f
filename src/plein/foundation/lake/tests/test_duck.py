"""Questions see what they were given and nothing else."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

import plein.foundation.lake.tables as lake
from plein.foundation.lake.errors import BadQuery, QueryTooSlow

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def trees(data_dir: Path) -> str:
    table = pa.table({"species": ["oak", "elm", "oak"], "height_m": [9.5, 12.0, 4.0], "owner": ["town"] * 3})
    lake.write("green.trees", table, now=NOW)
    lake.write("green.secrets", pa.table({"owner": ["hidden"]}), now=NOW)
    return "green.trees"


def test_a_question_over_two_tables_and_a_parameter(trees: str) -> None:
    answer = lake.query(
        "SELECT t.species, count(*) AS n FROM t JOIN wanted USING (species) WHERE height_m > ? GROUP BY 1",
        {"t": trees, "wanted": pa.table({"species": ["oak"]})},
        [5],
    )

    assert answer.to_pylist() == [{"species": "oak", "n": 1}]


def test_a_parameter_is_a_value_and_never_sql(trees: str) -> None:
    answer = lake.read(trees, where="species = ?", params=["oak' OR '1'='1"])

    assert answer.num_rows == 0


def test_a_view_hides_columns_and_rows(trees: str) -> None:
    shown = lake.part(trees, columns=["species", "height_m"], where="height_m < 10")

    assert lake.query("SELECT * FROM t", {"t": shown}).to_pydict() == {
        "species": ["oak", "oak"],
        "height_m": [9.5, 4.0],
    }
    with pytest.raises(BadQuery, match="owner"):
        lake.query("SELECT owner FROM t", {"t": shown})


def test_an_alias_may_be_any_text(trees: str) -> None:
    alias = 'a"; DROP TABLE t; --'

    answer = lake.query('SELECT count(*) AS n FROM "a""; DROP TABLE t; --"', {alias: trees})

    assert answer["n"].to_pylist() == [3]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT (SELECT content FROM read_text('/etc/passwd')) FROM t",
        "SELECT * FROM t WHERE EXISTS (SELECT 1 FROM glob('/*'))",
        "SELECT sql FROM duckdb_views()",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('t')",
        "SELECT * FROM u",
        "WITH x AS (SELECT * FROM read_csv('/etc/passwd')) SELECT * FROM x",
        "SELECT 1 UNION ALL SELECT * FROM parquet_scan('x')",
        "COPY (SELECT 1) TO '/tmp/plein-must-not-exist.csv'",
        "ATTACH '/tmp/plein-must-not-exist.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "CREATE TABLE x AS SELECT 1",
        "DROP VIEW t",
        "SELECT 1; SELECT 2",
        "SHOW TABLES",
        "DESCRIBE t",
        "not sql at all",
        "",
    ],
)
def test_anything_but_one_select_over_the_given_tables_is_refused(trees: str, sql: str) -> None:
    with pytest.raises(BadQuery):
        lake.query(sql, {"t": trees})
    assert not Path("/tmp/plein-must-not-exist.csv").exists()


def test_even_unchecked_sql_reaches_no_file_outside_the_lake(
    trees: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.csv"
    outside.write_text("a\n1\n")

    with pytest.raises(BadQuery, match="disabled by configuration"):
        lake.query(f"SELECT * FROM read_csv('{outside}')", {"t": trees}, checked=False)


def test_a_question_that_takes_too_long_is_stopped(trees: str) -> None:
    with pytest.raises(QueryTooSlow):
        lake.query("SELECT sum(sin(a.range * b.range)) FROM range(1000000) a, range(100000) b", {}, seconds=0.3)


def test_threads_ask_at_once_without_seeing_each_others_tables(trees: str) -> None:
    wrong: list[object] = []

    def ask(number: int) -> None:
        for _ in range(10):
            got = lake.query("SELECT n FROM t", {"t": pa.table({"n": [number]})})["n"].to_pylist()
            if got != [number]:
                wrong.append((number, got))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
