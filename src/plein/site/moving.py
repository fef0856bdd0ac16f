"""A data directory that goes from one municipality to another: what is only of the first gives way."""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

import plein.foundation.lake.tables as lake
from plein.foundation.catalogue import products
from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.catalogue.publishing import publish
from plein.foundation.geo import places
from plein.foundation.geo.models import Area
from plein.foundation.identity.actors import Actor

COLUMN = "gemeente_code"
SETTING = "PLEIN_ORGANISATION"


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


def name_town(gemeente: str) -> str:
    """Have pages carry the name of the municipality that was loaded, unless somebody chose a name; give the new name.

    The name stands in DATA/plein.env, where every setting may stand. Returns "" when nothing changed.
    """
    area = Area.objects.filter(pk=gemeente).first()
    if area is None or SETTING in os.environ:
        return ""
    path = Path(settings.DATA) / "plein.env"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    chosen = next((line.partition("=")[2].strip() for line in lines if line.startswith(f"{SETTING}=")), "")
    ours = chosen.removeprefix("Gemeente ")
    name = f"Gemeente {area.name}"
    if chosen == name or (chosen and not Area.objects.filter(kind="gemeente", name=ours).exists()):
        return ""
    kept = [line for line in lines if not line.startswith(f"{SETTING}=")]
    part = path.with_name(".plein.env.part")
    part.touch(mode=0o600)
    part.write_text("\n".join([*kept, f"{SETTING}={name}"]) + "\n", encoding="utf-8")
    os.replace(part, path)
    return name


def _is_of(version: ProductVersion, gemeente: str) -> bool:
    """Tell whether a product holds rows of one municipality and of no other."""
    agreed = all_contracts().get(version.product.key)
    if not version.rows or agreed is None or COLUMN not in {column.name for column in agreed.columns}:
        return False
    cells = lake.read(version.product.key, version=version.lake_version, columns=[COLUMN])[COLUMN]
    return cells.unique().to_pylist() == [gemeente]
