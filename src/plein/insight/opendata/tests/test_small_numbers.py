"""Every way the portal gives small counts hides the same cells: rows, filters, facets, files, versions."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client

from plein.foundation import clock
from plein.foundation.catalogue.contracts import Contract, with_contracts
from plein.foundation.catalogue.publishing import publish
from plein.foundation.gate import registry
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.words import Text
from plein.insight.opendata import jobs
from plein.insight.opendata.queries import copies
from plein.insight.opendata.tests.conftest import column

API = "/api/data/v1/products/help.counts"
HELP = Contract(
    key="help.counts",
    title=Text("Hulp per buurt", "Help per neighbourhood"),
    description=Text("Hoeveel mensen hulp krijgen.", "How many people get help."),
    openness="open",
    owner="role:data-steward",
    licence="CC0-1.0",
    theme="SOCI",
    suppress={"count": ["people"], "dimensions": ["buurt", "kind"], "threshold": 5},
    columns=(column("buurt"), column("kind"), column("people", "integer")),
    key_columns=("buurt", "kind"),
)
FIRST = [3, 20, 30, 40, 50, 60, 70, 80, 90]
SECOND = [3, 20, 30, 400, 50, 60, 70, 80, 6]
Cells = dict[tuple[str, str], int | None]


def counts(people: list[int]) -> pa.Table:
    return pa.table(
        {
            "buurt": [buurt for buurt in ("B1", "B2", "B3") for _ in range(3)],
            "kind": ["x", "y", "z"] * 3,
            "people": pa.array(people, pa.int64()),
        }
    )


@pytest.fixture(params=["copy", "lake"])
def town(data_dir: Path, db: None, request: pytest.FixtureRequest) -> Iterator[None]:
    """Give two versions, served from copies or straight from the lake."""
    now = clock.now()
    registry.sync(now=now)
    with with_contracts(HELP):
        for hours, people in ((2, FIRST), (1, SECOND)):
            publish(HELP.key, counts(people), by=SYSTEM, now=now - timedelta(hours=hours))
            if request.param == "copy":
                jobs.make_copy(product=HELP.key, now=now)
        yield


def items(client: Client, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"{API}/rows", asked)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def cells(rows: list[dict[str, Any]]) -> Cells:
    return {(row["buurt"], row["kind"]): int(row["people"]) if row["people"] else None for row in rows}


@pytest.mark.usefixtures("town")
def test_rows_filters_facets_and_files_hide_the_same_cells_in_every_version(client: Client) -> None:
    now, before = cells(items(client)), cells(items(client, version=1))
    shown = {people for people in now.values() if people is not None}

    file = b"".join(client.get(f"{API}/download/csv")).decode("utf-8-sig")  # type: ignore[arg-type]
    facets = client.get(f"{API}/facets", {"facets": "people"}).json()
    small = client.get(f"{API}/rows", {"people__lt": "5"}).json()
    versions = client.get(f"{API}/versions").json()["items"]

    assert [key for key, people in now.items() if people is None] == [
        key for key, people in before.items() if people is None
    ]
    assert now["B1", "x"] is None
    assert cells(list(csv.DictReader(io.StringIO(file), delimiter="," if "," in file.split("\n")[0] else ";"))) == now
    assert cells(items(client, buurt="B1")) == {key: people for key, people in now.items() if key[0] == "B1"}
    assert {one["value"] for one in facets["facets"][0]["values"]} == shown | {None}
    assert (small["count"], small["items"]) == (0, [])
    assert [sorted(one) for one in versions] == [["number", "publishedAt", "rows"]] * 2


@pytest.mark.usefixtures("data_dir", "db")
def test_a_copy_made_under_a_weaker_rule_is_never_read_again(client: Client) -> None:
    now = clock.now()
    registry.sync(now=now)
    with with_contracts(replace(HELP, suppress=None)):
        publish(HELP.key, counts(FIRST), by=SYSTEM, now=now - timedelta(hours=1))
        jobs.make_copy(product=HELP.key, now=now)
        assert cells(items(client))["B1", "x"] == 3
    with with_contracts(HELP):
        assert copies.copy_of(HELP.key, 1) is None
        assert cells(items(client))["B1", "x"] is None
        jobs.make_copy(product=HELP.key, now=now)
        assert copies.copy_of(HELP.key, 1) is not None
        assert cells(items(client))["B1", "x"] is None
    assert len(list(copies.folder(HELP.key).glob("*.sqlite3"))) == 1
