"""Stores the sets of categories of other towns that `plein load` finds; a municipality chooses one of them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from plein.foundation.files import Loaded
from plein.foundation.identity.actors import Actor
from plein.foundation.rooms import Source
from plein.foundation.words import Text
from plein.service.reports.actions.categories import load_set
from plein.service.reports.sources import MAP, sets


def _loader(read: Callable[[Path], sets.CategorySet]) -> Callable[..., Loaded]:
    """Give what `plein load` calls: the set is read whole, then stored whole."""

    def load(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
        found = read(path)
        load_set(found.told, by=by, now=now)
        return found.loaded

    return load


def sources() -> list[Source]:
    """List the sets that can be loaded, for the sign. They are for every municipality."""
    return [
        Source(
            key="reports.set_assen",
            title=Text("Categorieën van Assen", "Categories of Assen"),
            licence=MAP,
            recognise=sets.is_assen,
            load=_loader(sets.read_assen),
        ),
        Source(
            key="reports.set_amsterdam",
            title=Text("Categorieën en afdelingen van Amsterdam", "Categories and departments of Amsterdam"),
            licence="MPL-2.0",
            recognise=sets.is_amsterdam,
            load=_loader(sets.read_amsterdam),
        ),
        Source(
            key="reports.set_instructions",
            title=Text("Categorieën met uitleg van Amsterdam", "Categories with explanation of Amsterdam"),
            licence="EUPL-1.2",
            recognise=sets.is_instructions,
            load=_loader(sets.read_instructions),
        ),
        Source(
            key="reports.set_rotterdam",
            title=Text("Onderwerpen van Rotterdam", "Subjects of Rotterdam"),
            licence="EUPL-1.2",
            recognise=sets.is_rotterdam,
            load=_loader(sets.read_rotterdam),
        ),
    ]
