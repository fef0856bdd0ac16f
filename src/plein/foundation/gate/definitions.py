"""How an activity or algorithm of a sign is kept in the register: as plain JSON values."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from plein.foundation.rooms import Activity, Algorithm
from plein.foundation.words import Text

TEXTS = ("title", "purpose", "data", "retention")
MAYBE_TEXTS = ("persons", "recipients", "security", "secret")
LISTS = ("products", "roles")
ALGORITHM_TEXTS = (
    "title",
    "purpose",
    "decides",
    "method",
    "data",
    "human",
    "risk_reason",
    "objection",
    "fallback",
)


def definition_of(activity: Activity) -> dict[str, Any]:
    """Write an activity as plain JSON values."""
    found = asdict(activity)
    found["products"], found["roles"] = sorted(activity.products), sorted(activity.roles)
    found["columns"] = {product: sorted(columns) for product, columns in sorted(activity.columns.items())}
    found["rows"] = dict(sorted(activity.rows.items()))
    if activity.secret is None:
        del found["secret"]  # so that a register from before this word is the same
    return found


def activity_from(definition: Mapping[str, Any]) -> Activity:
    """Read an activity back from its JSON values."""
    values = dict(definition)
    for name in (*TEXTS, *MAYBE_TEXTS):
        if values.get(name) is not None:
            values[name] = Text(**values[name])
    for name in LISTS:
        values[name] = tuple(values.get(name, ()))
    values["columns"] = {product: tuple(columns) for product, columns in values.get("columns", {}).items()}
    return Activity(**values)


def algorithm_definition(algorithm: Algorithm) -> dict[str, Any]:
    """Write an algorithm as plain JSON values."""
    return {**asdict(algorithm), "products": sorted(algorithm.products)}


def algorithm_from(definition: Mapping[str, Any]) -> Algorithm:
    """Read an algorithm back from its JSON values."""
    texts = {name: Text(**definition[name]) for name in ALGORITHM_TEXTS}
    return Algorithm(**{**definition, **texts, "products": tuple(definition.get("products", ()))})
