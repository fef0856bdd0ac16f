"""A town with layers to show: two of areas, a few measuring points, and a hundred thousand places of a data product."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from plein.foundation.catalogue.contracts import Contract, contract_from, with_contracts
from plein.foundation.catalogue.publishing import publish
from plein.foundation.geo.town import Town, lay_out
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.rooms import AreaCard, MapLayer
from plein.foundation.words import Text
from plein.insight.twin.queries import layers

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
YEARS = [date(2023, 1, 1), date(2024, 1, 1), date(2025, 1, 1)]

LAMPS = """
apiVersion: v3.1.0
kind: DataContract
id: light.lamps
version: 1.0.0
status: active
customProperties:
  - {property: titleNl, value: Lantaarns}
  - {property: titleEn, value: Lamps}
  - {property: descriptionNl, value: Alle lantaarns.}
  - {property: descriptionEn, value: All lamps.}
  - {property: openness, value: OPENNESS}
  - {property: owner, value: "role:lamp-keeper"}
  - {property: licence, value: CC0-1.0}
  - {property: geometry, value: {kind: point, lon: lon, lat: lat}}
schema:
  - name: lamps
    properties:
      - name: lamp
        logicalType: string
        primaryKey: true
        customProperties:
          - {property: titleNl, value: Lantaarn}
          - {property: titleEn, value: Lamp}
      - name: street
        logicalType: string
        customProperties:
          - {property: titleNl, value: Straat}
          - {property: titleEn, value: Street}
      - name: lon
        logicalType: number
        customProperties:
          - {property: titleNl, value: Lengte}
          - {property: titleEn, value: Longitude}
      - name: lat
        logicalType: number
        customProperties:
          - {property: titleNl, value: Breedte}
          - {property: titleEn, value: Latitude}
      - name: power_w
        logicalType: number
        customProperties:
          - {property: titleNl, value: Vermogen}
          - {property: titleEn, value: Power}
          - {property: unit, value: W}
"""


def lamps(openness: str = "open") -> Contract:
    return contract_from(LAMPS.replace("OPENNESS", openness))


def lamp_table(count: int, seed: int = 1) -> pa.Table:
    chance = np.random.default_rng(seed)
    return pa.table(
        {
            "lamp": [f"L{number}" for number in range(count)],
            "street": [f"Straat {number % 700}" for number in range(count)],
            "lon": chance.uniform(5.21, 5.33, count),
            "lat": chance.uniform(52.52, 52.60, count),
            "power_w": chance.choice([20.0, 40.0, 60.0, 100.0], count),
        }
    )


@pytest.fixture
def town(db: None, data_dir: Path) -> Iterator[Town]:
    made = Town()
    lay_out(made, by=SYSTEM, now=NOW)
    layers.forget()
    yield made
    layers.forget()


@pytest.fixture
def offered(town: Town, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Have rooms offer a layer of areas, a layer of measuring points and a card."""

    def shares(level: str, at: date) -> dict[str, float | None]:
        areas = town.areas if level == "buurt" else town.wijken
        return {area.code: None if number == 0 else number + at.year - 2020 for number, area in enumerate(areas)}

    def stations(at: date) -> pa.Table:
        return pa.table(
            {
                "id": ["s1", "s2", "s3"],
                "lon": [5.26, 5.27, 5.28],
                "lat": [52.55, 52.56, 52.57],
                "name": ["Oude Markt", "Haven <b>", None],
                "value": [12.5, None, 31.0],
                "label": ["", "silent", ""],
                "href": ["/meten/s1/", "/meten/s2/", "/meten/s3/"],
            }
        )

    def card(code: str, at: date) -> list[dict[str, Any]]:
        line = {"title": Text("Inwoners", "Residents"), "value": 12400, "unit": "", "period": str(at.year)}
        return [{**line, "source": "CBS", "href": "/monitor/inwoners"}]

    kinds = {
        MapLayer: [
            MapLayer(
                key="town.green",
                title=Text("Groen", "Green"),
                kind="areas",
                unit="%",
                source=Text("Gemeente", "Municipality"),
                values=shares,
                moments=lambda: YEARS,
            ),
            MapLayer(
                key="town.air",
                title=Text("Lucht", "Air"),
                kind="points",
                unit="µg/m³",
                source=Text("Meetnet", "Network"),
                points=stations,
                moments=lambda: YEARS[1:],
            ),
        ],
        AreaCard: [AreaCard(title=Text("Wie er wonen", "Who live here"), read=card)],
    }
    monkeypatch.setattr(layers, "offers", lambda kind: list(kinds.get(kind, [])))
    return kinds[MapLayer]


@pytest.fixture
def lamp_layer(town: Town) -> Iterator[str]:
    """Publish a hundred thousand lamps and give the key of their layer."""
    from plein.foundation.gate.registry import sync

    made = lamps()
    with with_contracts(made):
        publish(made.key, lamp_table(100_000), by=SYSTEM, now=NOW)
        sync(now=NOW)
        yield "bron.light.lamps"
