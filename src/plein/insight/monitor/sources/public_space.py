"""Objects in public space that are published as points: light poles, street furniture."""

from datetime import datetime
from pathlib import Path
from typing import Any

from plein.foundation import files
from plein.foundation.files import Loaded
from plein.foundation.identity.actors import Actor
from plein.insight.monitor.sources.areas import in_gemeente
from plein.insight.monitor.sources.tables import Intake, renamed


def is_light_poles(path: Path, head: bytes) -> bool:
    """Recognise light poles."""
    return files.has_columns(path, "mastnummer", "lon", "lat")


def load_light_poles(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the light poles in our municipality."""
    return _points(
        path,
        "monitor.light_poles",
        {"mastnummer": ("text!", "pole"), "lon": ("number!", "lon"), "lat": ("number!", "lat")},
        gemeente=gemeente,
        by=by,
        now=now,
    )


def is_street_furniture(path: Path, head: bytes) -> bool:
    """Recognise street furniture of the BGT."""
    return files.has_columns(path, "identificatie", "bronhouder", "type", "lon", "lat")


def load_street_furniture(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the street furniture in our municipality."""
    return _points(
        path,
        "monitor.street_furniture",
        {
            "identificatie": ("text!", "object_id"),
            "type": ("text!", "kind"),
            "status": ("text!", "status"),
            "objectbegintijd": ("day", "since"),
            "lon": ("number!", "lon"),
            "lat": ("number!", "lat"),
        },
        gemeente=gemeente,
        by=by,
        now=now,
    )


def _points(
    path: Path, product: str, columns: dict[str, tuple[str, str]], *, gemeente: str, by: Actor, now: datetime
) -> Loaded:
    """Load a table of points as a product; points of other municipalities are left out and counted in the note."""
    sheet = files.read_csv(path, {name: kind for name, (kind, _) in columns.items()})
    intake = Intake(product, path.name, gemeente, by, now, sheet.rows, sheet.rejects)
    table = renamed(sheet.table, {old: new for old, (_, new) in columns.items()}, sheet.numbers)
    mine = in_gemeente(table, intake)
    if mine is None:
        return intake.nothing()
    intake.publish(product, mine)
    return intake.loaded()
