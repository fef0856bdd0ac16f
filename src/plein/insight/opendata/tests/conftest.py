"""Three products of a small town: open with a place and a time, open per neighbourhood, and closed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from plein.foundation import clock
from plein.foundation.catalogue.contracts import Column, Contract, with_contracts
from plein.foundation.catalogue.publishing import publish
from plein.foundation.gate import registry
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.words import Text
from plein.insight.opendata import jobs

ROWS = 120
START = datetime(2026, 1, 1, tzinfo=UTC)


def column(name: str, kind: str = "string", **more: Any) -> Column:
    return Column(name=name, type=kind, title=Text(f"{name} nl", f"{name} en"), **more)


FILLS = Contract(
    key="waste.fills",
    title=Text("Vulling van containers", "Fill of containers"),
    description=Text("Hoe vol containers zijn.", "How full containers are."),
    openness="open",
    owner="role:data-steward",
    licence="CC0-1.0",
    theme="ENVI",
    hvd="http://data.europa.eu/bna/c_dd313021",
    keywords=("afval", "containers"),
    frequency="daily",
    freshness_days=2,
    temporal="at",
    geometry={"kind": "point", "lon": "lon", "lat": "lat"},
    columns=(
        column("container"),
        column("kind"),
        column("at", "timestamp"),
        column("fill", "number", unit="%"),
        column("full", "boolean"),
        column("lon", "number"),
        column("lat", "number"),
    ),
    key_columns=("container", "at"),
)
COUNTS = Contract(
    key="town.counts",
    title=Text("Inwoners per buurt", "Residents per neighbourhood"),
    description=Text("Hoeveel mensen er wonen.", "How many people live there."),
    openness="open",
    owner="role:data-steward",
    licence="CC-BY-4.0",
    theme="SOCI",
    geometry={"kind": "area", "code": "buurt"},
    columns=(column("buurt"), column("people", "integer")),
    key_columns=("buurt",),
)
DEBTS = Contract(
    key="help.debts",
    title=Text("Schulden", "Debts"),
    description=Text("Wie schulden heeft.", "Who has debts."),
    openness="closed",
    personal="personal",
    legal_basis="6.1.e",
    owner="role:data-steward",
    retention_days=365,
    theme="SOCI",
    columns=(column("person", personal="pseudonymous"), column("euro", "number")),
)


def fills(number: int = ROWS) -> pa.Table:
    """Make readings of four containers, one an hour."""
    return pa.table(
        {
            "container": [f"C/{row % 4}~{row % 2}" for row in range(number)],
            "kind": ["glass" if row % 3 == 0 else "paper" for row in range(number)],
            "at": pa.array([START + timedelta(hours=row) for row in range(number)], pa.timestamp("us", "UTC")),
            "fill": [float(row % 101) for row in range(number)],
            "full": [row % 10 == 0 for row in range(number)],
            "lon": [4.7 + (row % 4) / 100 for row in range(number)],
            "lat": [52.3 + (row % 4) / 100 for row in range(number)],
        }
    )


@pytest.fixture
def town(data_dir: Path, db: None) -> Iterator[Path]:
    """Give a town with its activities registered, its products published and their copies made."""
    now = clock.now()
    registry.sync(now=now)
    with with_contracts(FILLS, COUNTS, DEBTS):
        publish(FILLS.key, fills(), by=SYSTEM, now=now - timedelta(minutes=5))
        publish(COUNTS.key, pa.table({"buurt": ["BU99990101", "BU99990102"], "people": [10, 20]}), by=SYSTEM, now=now)
        for key in (FILLS.key, COUNTS.key):
            jobs.make_copy(product=key, now=now)
        yield data_dir
