"""A tiny product to publish."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from plein.foundation.catalogue.contracts import Contract, contract_from, with_contracts

TREES = """
apiVersion: v3.1.0
kind: DataContract
id: green.trees
version: 1.0.0
status: active
customProperties:
  - {property: titleNl, value: Bomen}
  - {property: titleEn, value: Trees}
  - {property: descriptionNl, value: Alle bomen van de gemeente.}
  - {property: descriptionEn, value: All trees of the municipality.}
  - {property: openness, value: open}
  - {property: owner, value: "role:tree-keeper"}
  - {property: licence, value: CC-BY-4.0}
  - {property: temporal, value: planted_on}
slaProperties:
  - {property: frequency, value: daily}
  - {property: retention, value: 10, unit: y}
  - {property: versions, value: 30, unit: d}
schema:
  - name: trees
    properties:
      - name: tree
        logicalType: integer
        primaryKey: true
        customProperties:
          - {property: titleNl, value: Boom}
          - {property: titleEn, value: Tree}
      - name: species
        logicalType: string
        required: true
        logicalTypeOptions: {maxLength: 20, pattern: "[a-z ]+"}
        customProperties:
          - {property: titleNl, value: Soort}
          - {property: titleEn, value: Species}
      - name: height_m
        logicalType: number
        logicalTypeOptions: {minimum: 0, maximum: 120}
        customProperties:
          - {property: titleNl, value: Hoogte}
          - {property: titleEn, value: Height}
          - {property: unit, value: m}
      - name: health
        logicalType: string
        enum: [{value: good}, {value: poor}]
        customProperties:
          - {property: titleNl, value: Conditie}
          - {property: titleEn, value: Health}
      - name: planted_on
        logicalType: date
        logicalTypeOptions: {minimum: 1700-01-01}
        customProperties:
          - {property: titleNl, value: Geplant op}
          - {property: titleEn, value: Planted on}
"""


@pytest.fixture
def trees(data_dir: Path) -> Iterator[Contract]:
    made = contract_from(TREES)
    with with_contracts(made):
        yield made
