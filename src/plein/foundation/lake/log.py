"""Reads a table's Delta log without `deltalake`, which takes 35 MB that a web process does not otherwise need.

Only logs as this lake writes them: plain columns, no partitions, no deletion vectors, every commit still there. Of any
other log `replay` gives None and the caller asks `deltalake`.
Source: https://github.com/delta-io/delta/blob/master/PROTOCOL.md.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

MOST_COMMITS = 200
COUNTED = 32  # columns that have statistics: the default of delta.dataSkippingNumIndexedCols
FEATURES = frozenset({"timestampNtz"})
READ: Mapping[str, Callable[[Any], Any]] = {
    "float": float,
    "double": float,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "timestamp_ntz": datetime.fromisoformat,
}
KINDS = frozenset({"string", "long", "integer", "short", "byte", "boolean", *READ})


class Unknown(Exception):
    """The log holds what this reader does not know."""


@dataclass(slots=True)
class State:
    """A version of a table. columns: name and Delta type; added: per path the action that added the file."""

    columns: dict[str, str] = field(default_factory=dict)
    added: dict[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Added:
    """An active data file, with what its statistics say per column."""

    path: str
    modified: int
    bytes: int
    rows: int
    minimum: Mapping[str, Any]
    maximum: Mapping[str, Any]


def replay(table: Path, version: int) -> tuple[list[Added], dict[str, str]] | None:
    """Give the active files of a version and its columns (name and Delta type); None when `deltalake` has to look."""
    if not 0 <= version < MOST_COMMITS:
        return None
    state = State()
    try:
        for number in range(version + 1):
            text = (table / "_delta_log" / f"{number:020}.json").read_text(encoding="utf-8")
            for line in text.splitlines():
                if line:
                    _apply(state, json.loads(line))
    except (OSError, ValueError, KeyError, Unknown):
        return None
    return (_files(state), state.columns) if state.columns else None


def _apply(state: State, action: Mapping[str, Any]) -> None:
    """Follow one action of a commit."""
    if "add" in action:
        if action["add"].get("deletionVector"):
            raise Unknown
        state.added[action["add"]["path"]] = action["add"]
    elif "remove" in action:
        state.added.pop(action["remove"]["path"], None)
    elif "metaData" in action:
        state.columns = _columns(action["metaData"])
    elif not set(action.get("protocol", {}).get("readerFeatures") or ()) <= FEATURES:
        raise Unknown


def _columns(told: Mapping[str, Any]) -> dict[str, str]:
    columns = {one["name"]: one["type"] for one in json.loads(told["schemaString"])["fields"]}
    known = all(isinstance(kind, str) and kind in KINDS for kind in columns.values())
    if told["partitionColumns"] or not known or "delta.columnMapping.mode" in (told.get("configuration") or {}):
        raise Unknown
    return columns


def _files(state: State) -> list[Added]:
    told = {path: json.loads(one.get("stats") or "{}") for path, one in state.added.items()}
    columns = dict(islice(state.columns.items(), COUNTED))
    return [
        Added(
            path=path,
            modified=one["modificationTime"],
            bytes=one["size"],
            rows=told[path].get("numRecords") or 0,
            minimum=_values(told[path].get("minValues"), columns),
            maximum=_values(told[path].get("maxValues"), columns),
        )
        for path, one in state.added.items()
    ]


def _values(stats: Mapping[str, Any] | None, columns: Mapping[str, str]) -> dict[str, Any]:
    """Read the statistics of a file as values of the columns' types; None where there are none."""
    return {} if stats is None else {name: _value(stats.get(name), kind) for name, kind in columns.items()}


def _value(stored: Any, kind: str) -> Any:
    return stored if stored is None or kind not in READ else READ[kind](stored)
