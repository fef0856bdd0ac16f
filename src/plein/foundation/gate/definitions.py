"""How an activity of a sign is kept in the register: as plain JSON values."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from plein.foundation.rooms import Activity
from plein.foundation.words import Text

TEXTS = ("title", "purpose", "data", "retention")
MAYBE_TEXTS = ("persons", "recipients", "security")
LISTS = ("products", "roles")


def definition_of(activity: Activity) -> dict[str, Any]:
    """Write an activity as plain JSON values."""
    found = asdict(activity)
    found["products"], found["roles"] = sorted(activity.products), sorted(activity.roles)
    found["columns"] = {product: sorted(columns) for product, columns in sorted(activity.columns.items())}
    found["rows"] = dict(sorted(activity.rows.items()))
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
