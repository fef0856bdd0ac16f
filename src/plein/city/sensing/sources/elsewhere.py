"""Readings of towns elsewhere, to try things out with. They are loaded only when the setting ELSEWHERE asks for it,
as points of those towns at their own places, and never as readings of the municipality itself.
"""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from plein.city.sensing.sources import registering
from plein.city.sensing.sources.air import numbers_of
from plein.foundation import files
from plein.foundation.files import Loaded
from plein.foundation.identity.actors import Actor

NOT_HERE = "readings of {place}, not of a Dutch municipality; the setting PLEIN_ELSEWHERE=yes loads them as such"
# Levels that are passed for 50, 5 and 95% of the hour; the equivalent level, which Lden asks for, is not in the file.
LEUVEN = {"laf50": "noise_median", "laf05": "noise_peak", "laf95": "noise_background"}
BERLIN = {
    "bike_total": "bicycles",
    "car_total": "cars",
    "heavy_total": "heavy",
    "ped_total": "pedestrians",
    "v85": "speed_v85",
}


def is_leuven(path: Path, head: bytes) -> bool:
    """Recognise noise by percentile per hour."""
    return files.has_columns(path, "object_id", "timestamp", "laf05", "laf50", "laf95")


def is_muenster(path: Path, head: bytes) -> bool:
    """Recognise bicycles per quarter of an hour."""
    return files.has_columns(path, "station_id", "datetime", "count", "status", "station_name")


def is_berlin(path: Path, head: bytes) -> bool:
    """Recognise traffic per street and hour."""
    return files.has_columns(path, "segment_id", "date_local", "uptime", "bike_total", "v85")


def load_leuven(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the noise of a street in Leuven, when asked for."""
    place = ("Leuven", "noise", "KU Leuven", 4.7006, 50.8765, "Europe/Brussels")
    return _load(
        path, "sensing.leuven_noise", place=place, key="object_id", moment="timestamp", columns=LEUVEN, by=by, now=now
    )


def load_muenster(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the bicycles of Münster, when asked for: quarters of an hour added up to hours by whoever asks for means."""
    place = ("Münster", "traffic", "Stadt Münster", 7.6261, 51.9607, "Europe/Berlin")
    columns = {"count": "bicycles"}
    return _load(
        path,
        "sensing.muenster_bicycles",
        place=place,
        key="station_id",
        moment="datetime",
        columns=columns,
        by=by,
        now=now,
    )


def load_berlin(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the traffic of streets in Berlin, when asked for."""
    place = ("Berlijn", "traffic", "Telraam", 13.4050, 52.5200, "Europe/Berlin")
    return _load(
        path,
        "sensing.berlin_traffic",
        place=place,
        key="segment_id",
        moment="date_local",
        columns=BERLIN,
        by=by,
        now=now,
    )


def _load(
    path: Path,
    source: str,
    *,
    place: tuple[str, str, str, float, float, str],
    key: str,
    moment: str,
    columns: dict[str, str],
    by: Actor,
    now: datetime,
) -> Loaded:
    """Load a file with a column that names the point, one with local time, and one per quantity."""
    town, theme, owner, lon, lat, zone = place
    if not settings.PLEIN["ELSEWHERE"]:
        return Loaded(
            source, path.name, read=files.read_parquet(path, [key]).num_rows, note=NOT_HERE.format(place=town)
        )
    table = files.read_parquet(path, [key, moment, *columns])
    times = _utc_us(table[moment], zone)
    points = np.array([str(value) for value in table[key].to_pylist()], dtype=object)
    series = {}
    for number, point in enumerate(sorted(set(points))):
        rows = np.flatnonzero((points == point) & (times > 0))
        rows = rows[np.argsort(times[rows], kind="stable")]
        spot = registering.Spot(
            code=f"{source}:{point}",
            name=f"{town}, {point}",
            kind="own",
            theme=theme,
            owner=owner,
            lon=lon + number / 2000,
            lat=lat,
            source=owner,
            description=f"Voorbeeld uit {town}; de plek is bij benadering",
        )
        station = registering.register_station(spot, by=by, now=now)
        for name, quantity in columns.items():
            values = numbers_of(table, name)[rows]
            if np.isfinite(values).any():
                series[registering.register_stream(station, quantity=quantity, by=by, now=now)] = (times[rows], values)
    registering.keep(series, by=by, now=now)
    registering.remember_last([stream.pk for stream in series])
    return Loaded(source, path.name, read=table.num_rows, accepted=table.num_rows, note=f"loaded as points of {town}")


def _utc_us(column: Any, zone: str) -> Any:
    """Turn local time without a zone into microseconds in UTC; 0 for moments that the clock never showed."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ZoneInfo(zone)
    local = column.cast(pa.timestamp("us"))
    moved = pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="latest")
    return moved.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
