"""Publishing: whole or not at all, with rows and reasons."""

import csv
import datetime as dt
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import plein.foundation.lake.tables as lake
from plein.foundation.catalogue import products
from plein.foundation.catalogue.contracts import Contract, with_contracts
from plein.foundation.catalogue.errors import ContractBroken, MayNotPublish, NotPublished, UnreadableFile
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.catalogue.publishing import publish, publish_file
from plein.foundation.events.models import Message
from plein.foundation.identity.actors import SYSTEM, Actor

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def table(**columns: list[Any]) -> pa.Table:
    """Make rows of two trees, with other values where given."""
    base = {
        "tree": [1, 2],
        "species": ["oak", "elm"],
        "height_m": [9.5, 12.0],
        "health": ["good", None],
        "planted_on": [dt.date(1990, 3, 1), None],
    }
    return pa.table({**base, **columns})


def breaches(given: pa.Table, mode: str = "replace") -> set[tuple[int, str, str]]:
    with pytest.raises(ContractBroken) as refused:
        publish("green.trees", given, by=SYSTEM, now=NOW, mode=mode)
    return {(breach.row, breach.column, breach.reason) for breach in refused.value.breaches}


def test_a_sound_table_becomes_a_version_with_its_facts(trees: Contract) -> None:
    version = publish("green.trees", table(), by=SYSTEM, now=NOW, source="trees.csv")

    assert (version.number, version.rows, version.published_at) == (1, 2, NOW)
    assert version.source == "trees.csv"
    assert version.published_by == SYSTEM.uri
    assert version.columns["height_m"] == "number"
    assert version.bytes == sum(path.stat().st_size for path in lake.files("green.trees", version.lake_version))
    assert lake.read("green.trees", version=version.lake_version).to_pydict() == table().to_pydict()


def test_publishing_announces_the_new_version_in_the_same_transaction(trees: Contract) -> None:
    publish("green.trees", table(), by=SYSTEM, now=NOW)

    message = Message.objects.get(type="nl.plein.catalogue.product-published")
    assert message.data == {"product": "green.trees", "version": 1}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"tree": [1, None]}, (2, "tree", "required")),
        ({"species": ["oak", None]}, (2, "species", "required")),
        ({"species": ["oak", "ELM"]}, (2, "species", "pattern")),
        ({"species": ["oak", "e" * 21]}, (2, "species", "length")),
        ({"height_m": [-0.1, 1.0]}, (1, "height_m", "minimum")),
        ({"height_m": [1.0, 120.1]}, (2, "height_m", "maximum")),
        ({"height_m": [1.0, float("inf")]}, (2, "height_m", "infinite")),
        ({"height_m": ["high", "low"]}, (0, "height_m", "type")),
        ({"health": ["good", "bad"]}, (2, "health", "allowed")),
        ({"planted_on": [dt.date(1699, 12, 31), None]}, (1, "planted_on", "minimum")),
        ({"planted_on": ["1990-01-01", None]}, (0, "planted_on", "type")),
        ({"tree": [7, 7]}, (2, "tree", "unique")),
        ({"tree": [1.0, 1.5]}, (2, "tree", "type")),
        ({"colour": ["green", "red"]}, (0, "colour", "unknown-column")),
    ],
)
def test_each_kind_of_breach_is_found_with_its_row(
    trees: Contract, columns: dict[str, list[Any]], expected: tuple[int, str, str]
) -> None:
    assert expected in breaches(table(**columns))


def test_a_missing_column_is_one_breach(trees: Contract) -> None:
    assert breaches(table().drop_columns(["species"])) == {(0, "species", "missing-column")}


def test_limits_themselves_are_allowed_and_nan_is_no_value(trees: Contract) -> None:
    version = publish("green.trees", table(height_m=[0.0, 120.0]), by=SYSTEM, now=NOW)
    again = publish("green.trees", table(height_m=[float("nan"), 120.0]), by=SYSTEM, now=LATER)

    assert version.rows == 2
    assert lake.read("green.trees", version=again.lake_version)["height_m"].to_pylist() == [None, 120.0]


def test_a_breach_leaves_the_last_good_version_in_place(trees: Contract) -> None:
    good = publish("green.trees", table(), by=SYSTEM, now=NOW)

    breaches(table(tree=[1, None]))

    assert products.current("green.trees") == good
    assert lake.newest("green.trees") == good.lake_version
    assert Message.objects.filter(type="nl.plein.catalogue.product-published").count() == 1


def test_all_breaches_are_counted_and_listed_in_a_file(trees: Contract, data_dir: Path) -> None:
    rows = 3000
    many = pa.table(
        {
            "tree": list(range(rows)),
            "species": ["oak"] * rows,
            "height_m": [-1.0] * rows,
            "health": ["good"] * (rows - 5) + ["bad"] * 5,
            "planted_on": pa.nulls(rows, pa.date32()),
        }
    )

    with pytest.raises(ContractBroken) as refused:
        publish("green.trees", many, by=SYSTEM, now=NOW)

    assert len(refused.value.breaches) == 1000
    assert refused.value.totals == {("height_m", "minimum"): 3000, ("health", "allowed"): 5}
    assert "3005 values" in str(refused.value)
    with Path(refused.value.rejects).open() as file:
        listed = list(csv.DictReader(file))
    assert len(listed) == 3005
    assert listed[-1] == {"row": "3000", "column": "health", "reason": "allowed", "value": "bad"}


def test_personal_values_stay_out_of_the_list_of_breaches(trees: Contract) -> None:
    columns = tuple(
        replace(column, personal="personal") if column.name == "health" else column for column in trees.columns
    )
    with with_contracts(replace(trees, columns=columns)), pytest.raises(ContractBroken) as refused:
        publish("green.trees", table(health=["good", "HIV"]), by=SYSTEM, now=NOW)

    assert [breach.value for breach in refused.value.breaches] == [""]
    assert "HIV" not in Path(refused.value.rejects).read_text()


def test_the_same_content_makes_no_new_version(trees: Contract) -> None:
    first = publish("green.trees", table(), by=SYSTEM, now=NOW)

    chunked = pa.concat_tables([table().slice(0, 1), table().slice(1, 1)])
    again = publish("green.trees", chunked, by=SYSTEM, now=LATER)

    assert again == first
    assert ProductVersion.objects.count() == 1
    assert again.product.refreshed_at == LATER
    assert lake.newest("green.trees") == first.lake_version


def test_rows_can_be_added_and_their_keys_stay_unique(trees: Contract) -> None:
    publish("green.trees", table(), by=SYSTEM, now=NOW)

    version = publish("green.trees", table(tree=[3, 4]), by=SYSTEM, now=LATER, mode="append")

    assert (version.number, version.rows) == (2, 4)
    assert breaches(table(tree=[5, 4]), mode="append") == {(2, "tree", "unique")}


def test_keys_of_several_columns_are_unique_together(trees: Contract) -> None:
    both = replace(trees, key_columns=("species", "health"))
    with with_contracts(both):
        publish("green.trees", table(species=["oak", "oak"], health=["good", "poor"]), by=SYSTEM, now=NOW)
        found = breaches(table(species=["oak", "oak"], health=["good", "good"]))

    assert found == {(2, "species+health", "unique")}


@pytest.mark.parametrize(("days", "is_fresh"), [(3, True), (4, False)])
def test_a_promise_about_the_newest_row_is_held(trees: Contract, days: int, is_fresh: bool) -> None:
    promised = replace(trees, freshness_days=3, freshness_column="planted_on")
    rows = table(planted_on=[dt.date(1990, 1, 1), NOW.date() - timedelta(days=days)])

    with with_contracts(promised):
        if is_fresh:
            assert publish("green.trees", rows, by=SYSTEM, now=NOW).rows == 2
        else:
            assert breaches(rows) == {(0, "planted_on", "fresh")}


def test_a_product_is_fresh_as_long_as_its_contract_promises(trees: Contract) -> None:
    with with_contracts(replace(trees, freshness_days=1)):
        product = publish("green.trees", table(), by=SYSTEM, now=NOW).product

        assert product.is_fresh(NOW + timedelta(days=1))
        assert not product.is_fresh(NOW + timedelta(days=1, seconds=1))


def test_what_held_then_is_found(trees: Contract) -> None:
    first = publish("green.trees", table(), by=SYSTEM, now=NOW)
    second = publish("green.trees", table(tree=[3, 4]), by=SYSTEM, now=LATER)

    assert products.current("green.trees") == second
    assert products.version_at("green.trees", LATER - timedelta(seconds=1)) == first
    assert products.versions("green.trees") == [second, first]
    with pytest.raises(NotPublished):
        products.version_at("green.trees", NOW - timedelta(seconds=1))


def test_all_current_versions_are_one_query(trees: Contract, django_assert_num_queries: Any) -> None:
    publish("green.trees", table(), by=SYSTEM, now=NOW)
    second = publish("green.trees", table(tree=[3, 4]), by=SYSTEM, now=LATER)

    with django_assert_num_queries(1):
        assert products.currents() == {"green.trees": second}


def stream_of(*tables: pa.Table) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(tables[0].schema, (batch for one in tables for batch in one.to_batches()))


def test_a_stream_is_published_like_a_table(trees: Contract) -> None:
    version = publish("green.trees", stream_of(table(), table(tree=[3, 4])), by=SYSTEM, now=NOW)

    assert version.rows == 4


def test_a_breach_far_into_a_stream_leaves_the_last_version(trees: Contract) -> None:
    good = publish("green.trees", table(), by=SYSTEM, now=NOW)

    with pytest.raises(ContractBroken) as refused:
        publish("green.trees", stream_of(table(), table(tree=[3, 1])), by=SYSTEM, now=LATER)

    assert [tuple(breach)[:3] for breach in refused.value.breaches] == [(4, "tree", "unique")]
    assert lake.newest("green.trees") == good.lake_version


def test_a_version_that_a_crash_left_in_the_lake_is_never_seen(
    trees: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("green.trees", table(), by=SYSTEM, now=NOW)
    with monkeypatch.context() as crash:
        crash.setattr("plein.foundation.catalogue.publishing.announce", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish("green.trees", table(tree=[3, 4]), by=SYSTEM, now=LATER, mode="append")
    assert lake.rows("green.trees") == 4, "the crash left a version in the lake"
    assert products.current("green.trees").rows == 2

    version = publish("green.trees", table(tree=[3, 4]), by=SYSTEM, now=LATER, mode="append")

    assert version.rows == 4
    assert lake.read("green.trees", version=version.lake_version)["tree"].to_pylist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (SYSTEM, True),
        (Actor("staff", "1", roles=frozenset({"tree-keeper"})), True),
        (Actor("staff", "1", roles=frozenset({"data-steward"})), True),
        (Actor("staff", "1", roles=frozenset({"analyst"})), False),
        (Actor("staff", "1", roles=frozenset({"tree-keeper"}), scopes=frozenset({"other.read"})), False),
        (Actor("staff", "1", roles=frozenset({"tree-keeper"}), scopes=frozenset({"green.trees.publish"})), True),
        (Actor("anonymous"), False),
    ],
)
def test_only_the_owner_the_steward_and_plein_itself_publish(trees: Contract, actor: Actor, may: bool) -> None:
    if may:
        assert publish("green.trees", table(), by=actor, now=NOW).rows == 2
        return
    with pytest.raises(MayNotPublish):
        publish("green.trees", table(), by=actor, now=NOW)


CSV = "tree;species;height_m;health;planted_on\n1;oak;9.5;good;1990-03-01\n2;elm;;;\n"


def test_a_csv_file_is_published(trees: Contract, tmp_path: Path) -> None:
    path = tmp_path / "trees.csv"
    path.write_text(CSV)

    version = publish_file("green.trees", path, by=SYSTEM, now=NOW)

    assert (version.rows, version.source) == (2, "trees.csv")
    assert lake.read("green.trees")["height_m"].to_pylist() == [9.5, None]


def test_a_parquet_file_is_published(trees: Contract, tmp_path: Path) -> None:
    pq.write_table(table(), tmp_path / "trees.data")

    assert publish_file("green.trees", tmp_path / "trees.data", by=SYSTEM, now=NOW).rows == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"PAR1 but no parquet", b"tree,species\n1,oak,too,many\n", b"tree,species\n1,caf\xe9\n", b"\x00\x01\x02"],
)
def test_a_broken_file_is_refused_and_changes_nothing(trees: Contract, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trees.csv"
    path.write_bytes(content)

    with pytest.raises((UnreadableFile, ContractBroken)):
        publish_file("green.trees", path, by=SYSTEM, now=NOW)

    assert not ProductVersion.objects.exists()


def test_a_million_rows_are_published_within_seconds(trees: Contract) -> None:
    rows = 1_000_000
    chance = np.random.default_rng(2026)
    many = pa.table(
        {
            "tree": np.arange(rows),
            "species": np.array(["oak", "elm", "lime"])[chance.integers(0, 3, rows)],
            "height_m": chance.uniform(0, 30, rows),
            "health": np.array(["good", "poor"])[chance.integers(0, 2, rows)],
            "planted_on": pa.array(chance.integers(0, 15_000, rows).astype("int32")).cast(pa.date32()),
        }
    )

    started = time.perf_counter()
    version = publish("green.trees", many, by=SYSTEM, now=NOW)
    took = time.perf_counter() - started

    assert version.rows == rows
    assert took < 20, "seconds, on a machine that others use too"
