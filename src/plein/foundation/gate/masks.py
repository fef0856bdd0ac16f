"""Hides small numbers in a product, the same for everybody who reads that version, for good.

What is hidden is decided once per version, on the whole table, and kept: every filter, purpose, format and facet works
on the rows after that. A later version is decided knowing what the versions before it showed (see rules.small).
"""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from plein.foundation.catalogue import products as published
from plein.foundation.catalogue.contracts import Contract
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.gate import log, rules
from plein.foundation.gate.models import SmallNumbers
from plein.foundation.lake import tables as lake

if TYPE_CHECKING:
    import pyarrow as pa

BYTES = 8


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a contract says about small numbers; its digest tells decisions under another rule apart."""

    counts: tuple[str, ...]
    dimensions: tuple[str, ...]
    threshold: float
    keep_zero: bool

    @property
    def digest(self) -> str:
        return rules.digest({"counts": self.counts, "dimensions": self.dimensions, "more": str(self)})


def rule_digest(contract: Contract) -> str:
    """Tell what a contract says about small numbers apart from what another says; "" when it says nothing."""
    return _rule(contract).digest if contract.suppress else ""


def masked(contract: Contract, version: ProductVersion) -> "pa.Table":
    """Read a whole version with its small numbers hidden: those counts and all other amounts in their row are null.

    Rows come in the order of their dimensions: the order in which they were published could tell which are small.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    table, rule = lake.read(contract.key, version=version.lake_version), _rule(contract)
    gone = _hidden(str(settings.DATA), contract.key, version.number, rule)
    hidden = pa.array([_code(label) in gone for label in _labels(table, rule)], pa.bool_())
    for place, field in enumerate(table.schema):
        if field.name in _amounts(contract):
            nothing = pa.scalar(None, type=field.type)
            column = pc.if_else(hidden, nothing, table.column(place))
            table = table.set_column(place, field.with_nullable(True), column)
    order = [(name, "ascending") for name in dict.fromkeys([*rule.dimensions, *contract.key_columns])]
    return table.sort_by(order) if order else table


def _amounts(contract: Contract) -> set[str]:
    """Name the columns that could give a hidden count away: the counts, and every number that is not a dimension."""
    rule = contract.suppress or {}
    numbers = {column.name for column in contract.columns if column.type in ("integer", "number")}
    return set(rule["count"]) | (numbers - set(rule["dimensions"]) - set(rule.get("keep", ())))


def _rule(contract: Contract) -> _Rule:
    said = contract.suppress or {}
    kept = bool(said.get("keepZero", said.get("keep_zero", False)))
    return _Rule(tuple(said["count"]), tuple(said["dimensions"]), said.get("threshold", 5), kept)


def _labels(table: "pa.Table", rule: _Rule) -> Iterator[rules.Label]:
    columns = [table.column(name).to_pylist() for name in rule.dimensions]
    keys = zip(*columns, strict=True) if columns else ((),) * table.num_rows
    return (rules.label_of(key) for key in keys)


def _code(label: rules.Label, value: Any = None) -> bytes:
    """Name a cell, or a cell with its value, by a keyed hash: what is kept gives nothing away."""
    return bytes.fromhex(log.pseudonym("small-numbers", json.dumps([*label, str(value)]))[: BYTES * 2])


@lru_cache(maxsize=32)
def _hidden(_data: str, key: str, number: int, rule: _Rule) -> frozenset[bytes]:
    """Give the codes of the hidden rows of a version, deciding it and those before it where need be."""
    kept = SmallNumbers.objects.filter(product=key, rule=rule.digest)
    found = kept.filter(number=number).first()
    if found is not None:
        return frozenset(_cut(_state(found)["hidden"]))
    last = kept.filter(number__lt=number).order_by("-number").first()
    since = last.number if last else 0
    state = _state(last) if last else {}
    for version in sorted(published.versions(key), key=lambda one: one.number):
        if since < version.number <= number:
            state = _decided(key, version, rule, state)
            SmallNumbers.objects.get_or_create(
                product=key,
                number=version.number,
                rule=rule.digest,
                defaults={"state": zlib.compress(json.dumps(state).encode())},
            )
    return frozenset(_cut(state["hidden"]))


def _state(row: SmallNumbers) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(zlib.decompress(bytes(row.state)))
    return state


def _decided(key: str, version: ProductVersion, rule: _Rule, before: Mapping[str, Any]) -> dict[str, Any]:
    """Decide a version, going on from what is kept of the one before."""
    names = list(dict.fromkeys([*rule.dimensions, *rule.counts]))
    table = lake.read(key, version=version.lake_version, columns=names)
    labels = list(_labels(table, rule))
    hidden: set[bytes] = set()
    counts = {}
    for name in rule.counts:
        values = table.column(name).to_pylist()
        decision = _decide(labels, values, rule, before.get("counts", {}).get(name, {}))
        hidden |= {_code(label) for label, gone in zip(labels, decision.hidden, strict=True) if gone}
        told = (_code(one, value) for one, value in zip(labels, values, strict=True) if one in decision.told)
        counts[name] = {"told": _joined(told), "blocks": [_written(block) for block in decision.blocks]}
    return {"hidden": _joined(hidden), "counts": counts}


def _decide(
    labels: list[rules.Label], values: list[float | None], rule: _Rule, before: Mapping[str, Any]
) -> rules.Decision:
    told = set(_cut(before.get("told", "")))
    pairs = zip(labels, values, strict=True) if told else ()
    return rules.decide(
        labels,
        values,
        threshold=rule.threshold,
        keep_zero=rule.keep_zero,
        tied=frozenset(label for label, value in pairs if _code(label, value) in told),
        blocks=[_read(block) for block in before.get("blocks", ())],
    )


def _joined(codes: Iterable[bytes]) -> str:
    return base64.b64encode(b"".join(sorted(codes))).decode()


def _cut(text: str) -> Iterator[bytes]:
    whole = base64.b64decode(text)
    return (whole[at : at + BYTES] for at in range(0, len(whole), BYTES))


def _written(block: rules.Block) -> dict[str, Any]:
    cells = [[list(label), way, label in block.moved] for label, way in block.cells]
    return {"origin": list(block.origin), "cells": cells, "room": block.room}


def _read(written: Mapping[str, Any]) -> rules.Block:
    cells = [(tuple(label), way) for label, way, _ in written["cells"]]
    moved = frozenset(tuple(label) for label, _, moves in written["cells"] if moves)
    return rules.Block(tuple(written["origin"]), tuple(cells), moved, written["room"])
