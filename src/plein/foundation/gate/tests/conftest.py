"""A small town hall: four products, who may read them for what, and who they are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from plein.foundation.catalogue.contracts import Column, Contract, with_contracts
from plein.foundation.catalogue.publishing import publish
from plein.foundation.gate import registry
from plein.foundation.gate.definitions import definition_of
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.rooms import Activity
from plein.foundation.words import Text

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORD = Text("woord", "word")

STEWARD = Actor("staff", "1", roles=frozenset({"data-steward"}))
OFFICER = Actor("staff", "2", roles=frozenset({"privacy-officer"}))
HELPER = Actor("staff", "3", roles=frozenset({"helper"}))
ANALYST = Actor("staff", "4", roles=frozenset({"analyst"}))


def column(name: str, kind: str = "string", personal: str = "none") -> Column:
    return Column(name=name, type=kind, title=WORD, personal=personal)


TREES = Contract(
    key="green.trees",
    title=WORD,
    description=WORD,
    openness="open",
    licence="CC-BY-4.0",
    owner="role:tree-keeper",
    columns=(column("tree", "integer"), column("kind")),
)
VISITS = Contract(
    key="help.visits",
    title=WORD,
    description=WORD,
    openness="closed",
    personal="personal",
    legal_basis="6.1.e",
    owner="role:helper",
    retention_days=365,
    columns=(
        column("person", personal="pseudonymous"),
        column("name", personal="personal"),
        column("buurt"),
        column("debts", "integer"),
    ),
)
DEALS = Contract(
    key="police.deals",
    title=WORD,
    description=WORD,
    openness="shared",
    owner="role:data-steward",
    columns=(column("buurt"), column("deals", "integer")),
)
COUNTS = Contract(
    key="help.counts",
    title=WORD,
    description=WORD,
    openness="open",
    licence="CC0",
    owner="role:helper",
    suppress={"count": ["people"], "dimensions": ["buurt", "kind"], "threshold": 5},
    columns=(column("buurt"), column("kind"), column("people", "integer"), column("share", "number")),
)

REPORTING = Activity(
    key="town.reporting",
    title=WORD,
    purpose=WORD,
    legal_basis="6.1.e",
    data=WORD,
    owner="role:analyst",
    retention=WORD,
)
HELPING = Activity(
    key="help.visiting",
    title=WORD,
    purpose=WORD,
    legal_basis="6.1.e",
    data=WORD,
    persons=WORD,
    products=["help.visits"],
    columns={"help.visits": ["person", "buurt", "debts"]},
    rows={"help.visits": "debts > 0"},
    roles=["helper"],
    owner="role:helper",
    retention=WORD,
)
SHARING = replace(REPORTING, key="police.sharing", products=["police.deals"], roles=["analyst"])


def register(activity: Activity, *, approved: bool = True) -> ProcessingActivity:
    row = registry.propose(definition_of(activity), by=STEWARD, now=NOW)
    return registry.approve(row.pk, by=OFFICER, now=NOW) if approved else row


def visits() -> pa.Table:
    return pa.table(
        {
            "person": ["p1", "p2", "p3", "p1"],
            "name": ["Ada", "Bo", "Cy", "Ada"],
            "buurt": ["B1", "B1", "B2", "B2"],
            "debts": pa.array([100, 50, 0, 7], pa.int64()),
        }
    )


@pytest.fixture
def town(data_dir: Path, db: None) -> Iterator[None]:
    with with_contracts(TREES, VISITS, DEALS, COUNTS):
        trees = pa.table({"tree": pa.array(range(3), pa.int64()), "kind": ["oak", "ash", "elm"]})
        deals = pa.table({"buurt": ["B1", "B2"], "deals": pa.array([40, 60], pa.int64())})
        people = pa.array([3, 20, 30, 40, 50, 60, 70, 80, 90], pa.int64())
        counts = pa.table(
            {
                "buurt": [b for b in ("B1", "B2", "B3") for _ in range(3)],
                "kind": ["x", "y", "z"] * 3,
                "people": people,
                "share": people.cast(pa.float64()),
            }
        )
        for key, table in (
            ("green.trees", trees),
            ("help.visits", visits()),
            ("police.deals", deals),
            ("help.counts", counts),
        ):
            publish(key, table, by=SYSTEM, now=NOW)
        yield
