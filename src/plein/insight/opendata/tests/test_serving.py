"""A serving copy answers as the table itself would, and every format holds every row."""

import csv
import io
import json
import random
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plein.insight.opendata.actions import coding, serving
from plein.insight.opendata.queries import codes, copies, formats
from plein.insight.opendata.queries.plain import plain_batch
from plein.insight.opendata.rules import statements, workbook
from plein.insight.opendata.rules.asking import Condition, read_question

START = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = 500


def made_rows() -> list[dict[str, Any]]:
    """Make rows with every kind of value, empty ones and awkward texts."""
    awkward = ['"quoted", and comma', "line\nbreak", "<b>&amp;</b>", "ünïcode ☂", "", None, "=1+1", "bell\x07"]
    return [
        {
            "id": number,
            "buurt": f"BU{number % 7}",
            "word": awkward[number % len(awkward)],
            "weight_kg": None if number % 11 == 0 else (number * 37 % 101) / 4,
            "full": None if number % 13 == 0 else number % 3 == 0,
            "day": date(2026, 1, 1) + timedelta(days=number % 30),
            "at": START + timedelta(minutes=number, microseconds=500_000 * (number % 2)),
            "lon": None if number % 50 == 0 else 4.7 + number / 10_000,
            "lat": None if number % 50 == 0 else 52.3 + number / 10_000,
        }
        for number in range(ROWS)
    ]


@pytest.fixture
def copy(data_dir: Path) -> Iterator[copies.Copy]:
    table = pa.Table.from_pylist(made_rows())
    serving.build_copy("test.rows", 1, iter(table.to_batches(max_chunksize=64)), keys=["id", "buurt"])
    found = copies.copy_of("test.rows", 1)
    assert found is not None
    yield found
    copies.forget(copies.copy_path("test.rows", 1))


def asked(copy: copies.Copy, *parameters: tuple[str, str], most: int = 1000) -> list[tuple[Any, ...]]:
    """Walk all pages of a question."""
    rows: list[tuple[Any, ...]] = []
    cursor = ""
    while True:
        question = read_question([*parameters, ("cursor", cursor)], copy.fields)
        page = copy.page(question)
        rows += page.rows
        cursor = page.following
        assert len(page.rows) <= question.limit
        if not cursor:
            assert page.count == len(rows)
            return rows


PREDICATES = {
    (("buurt", "BU3"),): lambda row: row["buurt"] == "BU3",
    (("weight_kg__gte", "10"),): lambda row: row["weight_kg"] is not None and row["weight_kg"] >= 10,
    (("weight_kg__isnull", "true"),): lambda row: row["weight_kg"] is None,
    (("full", "true"), ("buurt__in", "BU1,BU2")): lambda row: row["full"] is True and row["buurt"] in ("BU1", "BU2"),
    (("word__contains", "QUOTED"),): lambda row: "quoted" in (row["word"] or ""),
    (("word__startswith", "ünï"),): lambda row: (row["word"] or "").startswith("ünï"),
    (("day__lt", "2026-01-05"),): lambda row: row["day"] < date(2026, 1, 5),
    (("at__gt", "2026-01-01T01:00:00.500000Z"),): lambda row: row["at"] > START + timedelta(hours=1, seconds=0.5),
    (("id__ne", "5"), ("full__isnull", "false")): lambda row: row["id"] != 5 and row["full"] is not None,
}


@pytest.mark.parametrize("parameters", PREDICATES)
@pytest.mark.parametrize("sort", ["", "weight_kg", "-weight_kg", "at", "-word", "full"])
def test_pages_hold_exactly_the_rows_that_match_in_order(
    copy: copies.Copy, parameters: tuple[tuple[str, str], ...], sort: str
) -> None:
    expected = [row["id"] for row in made_rows() if PREDICATES[parameters](row)]

    rows = asked(copy, *parameters, ("sort", sort), ("limit", "17"))

    assert sorted(row[0] for row in rows) == expected
    if sort:
        place = list(copy.fields).index(sort.removeprefix("-"))
        values = [row[place] for row in rows if row[place] is not None]
        assert values == sorted(values, reverse=sort.startswith("-"))


def test_values_come_back_as_they_were_published(copy: copies.Copy) -> None:
    row = asked(copy, ("id", "3"))[0]

    assert row == (3, "BU3", "ünïcode ☂", 2.5, True, "2026-01-04", "2026-01-01T00:03:00.500000Z", 4.7003, 52.3003)


def test_a_facet_counts_every_row_once(copy: copies.Copy) -> None:
    facet = copy.facet("buurt", ())

    assert sum(n for _, n in facet.values) == ROWS
    assert facet.values[0] == ("BU0", 72)  # 500 rows over 7 codes: three codes have 72


def test_a_facet_within_a_filter_counts_what_matches(copy: copies.Copy) -> None:
    conditions = read_question([("buurt", "BU0")], copy.fields).conditions

    facet = copy.facet("full", conditions)

    assert sum(n for _, n in facet.values) == copy.count(conditions)
    assert {value for value, _ in facet.values} == {True, False, None}


@pytest.mark.parametrize("parameters", PREDICATES)
@pytest.mark.parametrize("column", ["buurt", "full", "word", "id"])
def test_many_rows_are_counted_by_a_walk_as_few_are_by_index(
    copy: copies.Copy, parameters: tuple[tuple[str, str], ...], column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    conditions = read_question(parameters, copy.fields).conditions
    few = copy.facet(column, conditions, size=1000)
    copies._facet.cache_clear()
    monkeypatch.setattr(copies, "MANY", 0)

    many = copy.facet(column, conditions, size=1000)

    assert dict(many.values) == dict(few.values)
    assert [n for _, n in many.values] == [n for _, n in few.values]


def chance_conditions(chance: random.Random) -> list[tuple[str, str]]:
    """Make one to three filters on columns with and without codes."""
    ways = [
        lambda: ("buurt", f"BU{chance.randrange(9)}"),
        lambda: ("buurt__ne", f"BU{chance.randrange(9)}"),
        lambda: ("buurt__in", f"BU{chance.randrange(9)},BU{chance.randrange(9)}"),
        lambda: (f"weight_kg__{chance.choice(['lt', 'lte', 'gt', 'gte', 'eq'])}", str(chance.randrange(102) / 4)),
        lambda: ("weight_kg__isnull", chance.choice(["true", "false"])),
        lambda: ("full", chance.choice(["true", "false"])),
        lambda: ("word__contains", chance.choice(["E", "bell", "☂", "nowhere"])),
        lambda: ("word__startswith", chance.choice(["", "ü", "li"])),
        lambda: ("day__gte", f"2026-01-{chance.randrange(1, 31):02d}"),
        lambda: ("at__lt", f"2026-01-01T0{chance.randrange(9)}:00:00Z"),
        lambda: ("id__gt", str(chance.randrange(ROWS))),
    ]
    return [chance.choice(ways)() for _ in range(chance.randrange(1, 4))]


def scanned(copy: copies.Copy, conditions: tuple[Condition, ...]) -> list[int]:
    """Give the numbers of the rows that match by a plain walk along the table, without index or codes."""
    made = statements.where(conditions, plain=True)
    sql = f'SELECT "row" FROM rows NOT INDEXED{made.sql} ORDER BY "row"'
    with sqlite3.connect(copy.path) as base:
        return [row[0] for row in base.execute(sql, made.parameters)]


@pytest.mark.parametrize("few", [-1, 100, codes.FEW])
@pytest.mark.parametrize("seed", range(40))
def test_counts_and_pages_are_those_of_a_plain_walk(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, seed: int, few: int
) -> None:
    monkeypatch.setattr(codes, "FEW", few)
    monkeypatch.setattr(coding, "PART_ROWS", 100)
    monkeypatch.setattr(coding, "MOST_WORDS", 400)  # so that `id` and `at` have no codes
    batches = pa.Table.from_pylist(made_rows()).to_batches(max_chunksize=64)
    copy = copies.Copy(serving.build_copy("test.rows", seed + 1, iter(batches), keys=["id", "buurt"]))
    chance = random.Random(seed)
    copies._count.cache_clear()
    copies._facet.cache_clear()

    assert copy.coded == {"buurt", "word", "weight_kg", "full", "day"}
    for _ in range(10):
        given = chance_conditions(chance)
        question = read_question([*given, ("limit", "7")], copy.fields)
        expected = scanned(copy, question.conditions)
        numbers, cursor = [], ""
        while True:
            page = copy.page(read_question([*given, ("limit", "7"), ("cursor", cursor)], copy.fields))
            numbers += page.numbers
            assert page.count == len(expected), given
            cursor = page.following
            if not cursor:
                break
        assert numbers == expected, given
        assert copy.count(question.conditions) == len(expected)
        assert sum(n for _, n in copy.facet("buurt", question.conditions).values) == len(expected)


def test_a_column_of_too_many_or_too_long_values_has_no_codes_and_answers_alike(data_dir: Path) -> None:
    table = pa.table({"number": pa.array(range(70_000)), "long": ["x" * 121] * 70_000, "nan": [float("nan")] * 70_000})

    copy = copies.Copy(serving.build_copy("test.wide", 1, iter(table.to_batches(max_chunksize=30_000))))

    assert copy.coded == {"nan"}
    for parameters in ([("number__gte", "69990")], [("nan__isnull", "true"), ("number__lt", "10")]):
        assert copy.page(read_question(parameters, copy.fields)).count == 10


def test_columns_may_be_called_as_the_codes_are_kept(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "FEW", -1)
    table = pa.table({"code": ["a", "b", "b"], "n": [1, 1, 2], "first": [1, 2, 2], "name": ["x", "y", "y"]})
    copy = copies.Copy(serving.build_copy("test.names", 1, iter(table.to_batches())))
    conditions = read_question([("code", "b"), ("n", "1"), ("first", "2"), ("name", "y")], copy.fields).conditions

    assert copy.count(conditions) == 1
    assert copy.facet("code", conditions).values == (("b", 1),)


def test_the_gates_condition_narrows_everything(copy: copies.Copy) -> None:
    question = read_question([], copy.fields)

    page = copy.page(question, rows_sql="buurt <> 'BU0'")

    assert page.count == ROWS - 72
    assert all(row[1] != "BU0" for row in page.rows)


def test_a_copy_cannot_be_written(copy: copies.Copy) -> None:
    with pytest.raises(sqlite3.OperationalError):
        copies._connection(copy.path).execute("DELETE FROM rows")


def test_an_interrupted_build_leaves_no_copy(data_dir: Path) -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_pydict({"a": [1]})
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serving.build_copy("test.broken", 1, broken())

    assert copies.copy_of("test.broken", 1) is None


def test_only_the_newest_copies_are_kept(data_dir: Path) -> None:
    for version in (1, 2, 10):
        serving.build_copy("test.many", version, iter([pa.RecordBatch.from_pydict({"a": [version]})]))

    assert serving.drop_older("test.many", keep=2) == 1
    assert [copies.has_copy("test.many", version) for version in (1, 2, 10)] == [False, True, True]


def whole(copy: copies.Copy, key: str) -> bytes:
    batches = formats.parquet_batches(str(copies.parquet_path("test.rows", 1)))
    place = formats.Place(lon="lon", lat="lat")
    return b"".join(formats.chunks(key, batches, place=place, about=formats.About([("Licence", "CC0 & more")])))


def test_csv_holds_every_row(copy: copies.Copy) -> None:
    rows = list(csv.DictReader(io.StringIO(whole(copy, "csv").decode(), newline="")))

    assert len(rows) == ROWS
    assert rows[0]["word"] == '"quoted", and comma'
    assert rows[1]["at"] == "2026-01-01T00:01:00.500000Z"


def test_json_holds_every_row(copy: copies.Copy) -> None:
    rows = json.loads(whole(copy, "json"))

    assert [row["id"] for row in rows] == list(range(ROWS))
    assert rows[3] | {"lon": 0, "lat": 0} == {
        "id": 3, "buurt": "BU3", "word": "ünïcode ☂", "weight_kg": 2.5, "full": True, "day": "2026-01-04",
        "at": "2026-01-01T00:03:00.500000Z", "lon": 0, "lat": 0,
    }  # fmt: skip


def test_geojson_holds_every_row_and_rows_without_place_have_no_geometry(copy: copies.Copy) -> None:
    found = json.loads(whole(copy, "geojson"))

    assert len(found["features"]) == ROWS
    assert found["features"][0]["geometry"] is None
    assert found["features"][1]["geometry"] == {"type": "Point", "coordinates": [4.7001, 52.3001]}
    assert "lon" not in found["features"][1]["properties"]


def test_parquet_holds_every_row(copy: copies.Copy) -> None:
    table = pq.read_table(io.BytesIO(whole(copy, "parquet")))

    assert table.num_rows == ROWS
    assert str(table.schema.field("at").type) == "timestamp[us, tz=UTC]"


def sheet(book: bytes, number: int) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        tree = ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml"))
    names = {"m": workbook.MAIN}
    return [
        ["".join(cell.itertext()) for cell in row.findall("m:c", names)] for row in tree.iterfind(".//m:row", names)
    ]


def test_a_workbook_holds_every_row_and_tells_what_they_are(copy: copies.Copy) -> None:
    book = whole(copy, "xlsx")

    assert zipfile.ZipFile(io.BytesIO(book)).testzip() is None
    rows = sheet(book, 1)
    assert len(rows) == ROWS + 1
    assert rows[1][2] == '"quoted", and comma'
    assert rows[8][2] == "bell"  # XML cannot hold the bell itself
    assert rows[1][5] == "46023"  # 1 January 2026 in Excel's days
    assert sheet(book, 2)[-1] == ["Licence", "CC0 & more"]


def test_a_workbook_starts_a_new_sheet_at_the_line_limit(copy: copies.Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_LINES", 201)
    monkeypatch.setattr(formats, "BATCH_ROWS", 50)

    book = whole(copy, "xlsx")

    assert [len(sheet(book, number)) for number in (1, 2, 3)] == [201, 201, 101]


@pytest.mark.parametrize("key", ["csv", "json", "geojson", "xlsx", "parquet"])
def test_a_filtered_download_holds_what_matches(copy: copies.Copy, key: str) -> None:
    question = read_question([("buurt", "BU3")], copy.fields)
    batches = formats.batches_from_rows(copy.batches(question, size=10), copy.chosen(()))
    place = formats.Place(lon="lon", lat="lat")

    made = b"".join(formats.chunks(key, batches, place=place, about=formats.About()))

    counts = {
        "csv": lambda: len(list(csv.DictReader(io.StringIO(made.decode(), newline="")))),
        "json": lambda: len(json.loads(made)),
        "geojson": lambda: len(json.loads(made)["features"]),
        "xlsx": lambda: len(sheet(made, 1)) - 1,
        "parquet": lambda: pq.read_table(io.BytesIO(made)).num_rows,
    }
    assert counts[key]() == copy.count(question.conditions) == 71


@pytest.mark.parametrize("key", ["csv", "json", "geojson", "xlsx", "parquet"])
def test_a_download_in_which_nothing_matches_is_whole_and_empty(copy: copies.Copy, key: str) -> None:
    question = read_question([("buurt", "nowhere")], copy.fields)
    batches = formats.batches_from_rows(copy.batches(question), copy.chosen(()))

    made = b"".join(formats.chunks(key, batches, place=formats.Place("lon", "lat"), about=formats.About()))

    assert made
    if key == "csv":
        assert made.decode().startswith('"id","buurt"')


def test_types_that_copies_do_not_know_become_plain() -> None:
    batch = pa.RecordBatch.from_pydict(
        {
            "small": pa.array([1], pa.int8()),
            "coded": pa.array(["a"]).dictionary_encode(),
            "list": pa.array([[1, 2]]),
            "naive": pa.array([datetime(2026, 1, 1, 12)]),
        }
    )

    plain = plain_batch(batch)

    assert [str(kind) for kind in plain.schema.types] == ["int64", "string", "string", "timestamp[us, tz=UTC]"]
    assert plain.to_pylist() == [
        {"small": 1, "coded": "a", "list": "[1, 2]", "naive": datetime(2026, 1, 1, 12, tzinfo=UTC)}
    ]
