"""What an activity may see."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from plein.foundation.gate.rules.chain import canonical


def digest(definition: Mapping[str, Any]) -> str:
    """Give the fingerprint of a definition, to see that a sign has changed."""
    return hashlib.sha256(canonical(definition)).hexdigest()


class Purpose(Protocol):
    """What the rules need to know of an activity (see foundation.rooms.Activity)."""

    @property
    def key(self) -> str: ...
    @property
    def dpv(self) -> str: ...
    @property
    def products(self) -> Sequence[str]: ...
    @property
    def columns(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def rows(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class View:
    """What a purpose may see of a product: these columns, and the rows that meet the condition ("" is all)."""

    columns: tuple[str, ...]
    rows: str


def view_of(activity: Purpose, product: str, columns: Sequence[tuple[str, bool]]) -> View:
    """Decide what an activity sees of a product.

    columns: all of the product, as (name, is personal). Columns that the activity names are given; when it names none,
    all that hold no personal data.
    """
    named = activity.columns.get(product)
    if named is None:
        given = tuple(name for name, personal in columns if not personal)
    else:
        given = tuple(name for name, _ in columns if name in named)
    return View(given, activity.rows.get(product, ""))


def is_for(activity: Purpose, product: str, *, open_to_all: bool, purposes: Iterable[str]) -> bool:
    """Tell whether an activity may use a product at all.

    Open products without personal data are for any registered activity. Others have to be named by the activity, and
    the activity (by key or DPV purpose) by the contract, where the contract names purposes.
    """
    if open_to_all:
        return True
    allowed = set(purposes)
    return product in activity.products and (not allowed or bool({activity.key, activity.dpv} & allowed))


def agreement_holds(starts_on: date, ends_on: date, today: date) -> bool:
    """Tell whether an agreement holds today; its last day counts."""
    return starts_on <= today <= ends_on
