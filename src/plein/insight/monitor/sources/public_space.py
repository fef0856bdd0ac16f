"""What stands or happened in public space and is published as points: from light poles to traffic accidents."""

from datetime import datetime
from pathlib import Path
from typing import Any

from plein.foundation import files
from plein.foundation.files import Loaded
from plein.foundation.identity.actors import Actor
from plein.insight.monitor.sources.areas import in_gemeente
from plein.insight.monitor.sources.tables import Intake, renamed

_PLACE = {"lon": ("number!", "lon"), "lat": ("number!", "lat")}


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


def is_waste_containers(path: Path, head: bytes) -> bool:
    """Recognise waste containers."""
    return files.has_columns(path, "id_number", "waste_name", "container_type_id")


def load_waste_containers(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the waste containers in our municipality."""
    return _points(
        path,
        "monitor.waste_containers",
        {
            "id": ("text!", "container_id"),
            "id_number": ("text", "number"),
            "waste_name": ("text!", "fraction"),
            **_PLACE,
        },
        gemeente=gemeente,
        by=by,
        now=now,
    )


def is_street_bins(path: Path, head: bytes) -> bool:
    """Recognise street bins."""
    return files.has_columns(path, "bin_id", "bin_type", "volume_l")


def load_street_bins(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the street bins in our municipality."""
    return _points(
        path,
        "monitor.street_bins",
        {
            "bin_id": ("text!", "bin_id"),
            "bin_type": ("text!", "kind"),
            "volume_l": ("whole", "volume_l"),
            "street": ("text", "street"),
            **_PLACE,
        },
        gemeente=gemeente,
        by=by,
        now=now,
    )


def is_bus_stops(path: Path, head: bytes) -> bool:
    """Recognise bus stops."""
    return files.has_columns(path, "quaycode", "quayname", "quaystatus", "accessible")


def load_bus_stops(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the bus stops in our municipality."""
    return _points(
        path,
        "monitor.bus_stops",
        {
            "quaycode": ("text!", "stop_id"),
            "quayname": ("text!", "name"),
            "quaystatus": ("text", "status"),
            "accessible": ("text", "accessible"),
            "bicyclepar": ("text", "bicycle_parking"),
            "shelter": ("text", "shelter"),
            **_PLACE,
        },
        gemeente=gemeente,
        by=by,
        now=now,
    )


def is_traffic_accidents(path: Path, head: bytes) -> bool:
    """Recognise traffic accidents."""
    return files.has_columns(path, "star_id", "year", "severity")


def load_traffic_accidents(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the traffic accidents in our municipality."""
    return _points(
        path,
        "monitor.traffic_accidents",
        {
            "star_id": ("text!", "place_id"),
            "year": ("whole!", "year"),
            "severity": ("text!", "severity"),
            "count": ("whole", "accidents"),
            **_PLACE,
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
