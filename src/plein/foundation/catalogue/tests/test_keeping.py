"""What the contracts say must end, ends; nothing else does."""

import datetime as dt
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

import plein.foundation.lake.tables as lake
from plein.foundation.catalogue import keeping, products
from plein.foundation.catalogue.contracts import Contract, with_contracts
from plein.foundation.catalogue.publishing import publish
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.lake.errors import VersionGone

pytestmark = pytest.mark.django_db

# Files are as old as the machine's clock says, so nights lie far enough ahead of it.
NOW = datetime.now(UTC).replace(microsecond=0)
NIGHT = NOW + timedelta(days=40)


def rows(*years: int, first: int = 1) -> pa.Table:
    """Make one tree per year of planting."""
    return pa.table(
        {
            "tree": list(range(first, first + len(years))),
            "species": ["oak"] * len(years),
            "height_m": [5.0] * len(years),
            "health": ["good"] * len(years),
            "planted_on": [dt.date(year, 1, 1) for year in years],
        }
    )


def test_rows_past_their_retention_leave_every_version(trees: Contract) -> None:
    old, recent = NIGHT.year - 12, NIGHT.year - 2
    publish("green.trees", rows(old), by=SYSTEM, now=NOW)
    first = publish("green.trees", rows(old, recent), by=SYSTEM, now=NOW + timedelta(hours=1))

    gone = keeping.end_retention(now=NIGHT)

    assert gone == {"green.trees": 1}
    assert [version.rows for version in products.versions("green.trees")] == [1]
    assert lake.read("green.trees")["planted_on"].to_pylist() == [dt.date(recent, 1, 1)]
    with pytest.raises(VersionGone):
        lake.read("green.trees", version=first.lake_version)


def test_a_replaced_version_stays_as_long_as_the_contract_says(trees: Contract) -> None:
    year = NIGHT.year - 1
    publish("green.trees", rows(year), by=SYSTEM, now=NOW)
    publish("green.trees", rows(year, year), by=SYSTEM, now=NOW + timedelta(days=5))
    held = publish("green.trees", rows(year, year, year), by=SYSTEM, now=NOW + timedelta(days=20))

    # versions: 30 days; the first was replaced 35 days before that night, the second 20 days before.
    keeping.end_retention(now=NIGHT)

    assert [version.rows for version in products.versions("green.trees")] == [3, 2]
    assert all(
        lake.read("green.trees", version=version.lake_version).num_rows == version.rows
        for version in products.versions("green.trees")
    )
    assert products.current("green.trees") == held


def test_the_version_that_holds_never_ends_by_age(trees: Contract) -> None:
    with with_contracts(replace(trees, retention_days=None)):
        publish("green.trees", rows(1990), by=SYSTEM, now=NOW)

        keeping.end_retention(now=NOW + timedelta(days=9999))

        assert products.current("green.trees").rows == 1
        assert lake.read("green.trees").num_rows == 1


def test_small_files_are_joined_and_the_version_that_holds_names_them(trees: Contract) -> None:
    for number in range(9):
        publish("green.trees", rows(2020, first=number + 1), by=SYSTEM, now=NOW, mode="append")
    before = products.current("green.trees")

    assert keeping.compact(now=NIGHT) == ["green.trees"]

    after = products.current("green.trees")
    assert (after.number, after.rows) == (before.number, 9)
    assert len(lake.files("green.trees", after.lake_version)) == 1
    assert sorted(lake.read("green.trees", version=after.lake_version)["tree"].to_pylist()) == list(range(1, 10))
    added = publish("green.trees", rows(2021, first=10), by=SYSTEM, now=NIGHT, mode="append")
    assert lake.read("green.trees", version=added.lake_version).num_rows == 10
    assert keeping.compact(now=NIGHT) == [], "few files are left alone"


def test_the_nightly_work_is_on_the_list_of_jobs() -> None:
    from plein.foundation.jobs.registry import all_jobs

    assert {"catalogue.retention", "catalogue.compact"} <= set(all_jobs())


def test_finding_what_to_keep_is_few_queries(trees: Contract, django_assert_max_num_queries: Any) -> None:
    publish("green.trees", rows(2020), by=SYSTEM, now=NOW)

    with django_assert_max_num_queries(6):
        keeping.end_retention(now=NIGHT)
