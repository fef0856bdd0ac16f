"""A town of two neighbourhoods with a few published figures, computed through the real gate and lake."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely

from plein.foundation.gate import registry
from plein.foundation.geo.actions import Border, settle, store_areas
from plein.foundation.identity.actors import SYSTEM, Actor

NOW = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
HOME, OTHER = "GM0106", "GM0014"
NORTH, SOUTH = "BU01060001", "BU01060002"
ANALYST = Actor("staff", "1", roles=frozenset({"analyst"}))
COUNCIL = Actor("staff", "1", roles=frozenset({"council-member"}))


def publish(key: str, rows: list[dict[str, Any]], *, now: datetime = NOW) -> None:
    """Publish rows as a product; columns of the contract that a row lacks are empty."""
    import pyarrow as pa

    from plein.foundation.catalogue.checking import arrow_schema
    from plein.foundation.catalogue.contracts import contract
    from plein.foundation.catalogue.publishing import publish as really_publish

    schema = arrow_schema(contract(key))
    filled = [{name: row.get(name) for name in schema.names} for row in rows]
    really_publish(key, pa.Table.from_pylist(filled, schema=schema), by=SYSTEM, now=now, source="test")


def _square(code: str, kind: str, name: str, west: float, parent: str = "") -> Border:
    shape = shapely.box(west, 52.99, west + 0.01, 53.0)
    return Border(
        code=code,
        kind=kind,
        name=name,
        gemeente_code=code.replace("BU", "GM")[:6],
        year=2024,
        geometry=shape,
        parent_code=parent,
    )


@pytest.fixture
def town(db: None, data_dir: Path) -> Callable[..., None]:
    """Lay out Assen with two neighbourhoods, Groningen beside it, and the health of five years; give `publish`."""
    registry.sync(now=NOW)
    gemeenten = [_square(HOME, "gemeente", "Assen", 6.5), _square(OTHER, "gemeente", "Groningen", 6.6)]
    store_areas(gemeenten, kind="gemeente", by=SYSTEM, now=NOW)
    buurten = [_square(NORTH, "buurt", "Noord", 6.5, HOME), _square(SOUTH, "buurt", "Zuid", 6.51, HOME)]
    store_areas(buurten, kind="buurt", gemeente=HOME, by=SYSTEM, now=NOW)
    settle(HOME, by=SYSTEM, now=NOW)
    publish("monitor.health", health())
    return publish


def health(*, assen: tuple[float, ...] = (76.6, 76.2, 78.0, 69.3, 72.4)) -> list[dict[str, Any]]:
    """Give the health of Assen (CBS 50150NED, GM0106), Groningen, and two neighbourhoods of Assen."""
    years = (2012, 2016, 2020, 2022, 2024)
    series = {
        (HOME, "gemeente", HOME): assen,
        (OTHER, "gemeente", OTHER): (78.9, 78.5, 79.9, 70.0, 74.7),
        (NORTH, "buurt", HOME): (80.0, 80.5, 81.0, 81.5, 82.0),
        (SOUTH, "buurt", HOME): (70.0, 69.0, 68.0, 67.0, 66.0),
        ("BU00140000", "buurt", OTHER): (60.0, 60.0, 60.0, 60.0, 60.0),
    }
    return [
        {"code": code, "kind": kind, "gemeente_code": gemeente, "year": year, "gezondheid_goed_pct": value}
        for (code, kind, gemeente), values in series.items()
        for year, value in zip(years, values, strict=True)
    ]
