"""A data directory that goes from one municipality to another: what is only of the first gives way."""

from datetime import datetime

import plein.foundation.lake.tables as lake
from plein.foundation.catalogue import products
from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.catalogue.publishing import publish
from plein.foundation.geo import places
from plein.foundation.identity.actors import Actor

COLUMN = "gemeente_code"


def moved_from(gemeente: str, *, since: datetime, by: Actor, now: datetime) -> str:
    """Empty the products that hold rows of the municipality of before only, and tell what was done.

    since: what was published or confirmed from this moment on is of this load, and stays. Returns "" when this Plein
    was for no other municipality. Versions of before stay readable by date; borders and measuring points stay.
    """
    before = places.home()
    if before in (gemeente, places.DEMO_TOWN):
        return ""
    old_ones = [one for one in products.currents().values() if (one.product.refreshed_at or since) < since]
    emptied = [version.product.key for version in old_ones if _is_of(version, before)]
    for key in emptied:
        table = lake.read(key, version=products.current(key).lake_version).slice(0, 0)
        publish(key, table, by=by, now=now, source=f"moved to {gemeente}")
    names = places.names([before, gemeente])
    old, new = names.get(before, before), names.get(gemeente, gemeente)
    gone = f" Emptied, with their older versions kept: {', '.join(emptied)}." if emptied else ""
    return (
        f"this Plein was for {old} ({before}) and is now for {new} ({gemeente}).{gone} Borders and measuring points of"
        f" {old} stay at their places. For a Plein of {new} alone, load into an empty directory."
    )


def _is_of(version: ProductVersion, gemeente: str) -> bool:
    """Tell whether a product holds rows of one municipality and of no other."""
    agreed = all_contracts().get(version.product.key)
    if not version.rows or agreed is None or COLUMN not in {column.name for column in agreed.columns}:
        return False
    cells = lake.read(version.product.key, version=version.lake_version, columns=[COLUMN])[COLUMN]
    return cells.unique().to_pylist() == [gemeente]
