"""Air: official stations and residents' sensors."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plein.city.sensing.models import Station, Stream
from plein.city.sensing.rules.quality import is_place
from plein.city.sensing.sources import near, registering
from plein.foundation import files
from plein.foundation.files import Loaded, Reject
from plein.foundation.identity.actors import Actor

if TYPE_CHECKING:
    import pyarrow as pa

# Column at the source -> quantity. Hydrocarbons that no norm asks for (c8h10: xylenes) are left out.
COMPONENTS = {
    "no2": "no2", "pm10": "pm10", "pm25": "pm25", "o3": "o3", "no": "no", "co": "co", "so2": "so2", "fn": "soot",
    "c6h6": "benzene", "c7h8": "toluene", "h2s": "h2s",
}  # fmt: skip
CITIZENS = {"pm10_kal": "pm10", "pm25_kal": "pm25", "rh": "humidity", "temp": "temperature"}
LUCHTMEETNET = "https://www.luchtmeetnet.nl"
SAMEN_METEN = "https://samenmeten.rivm.nl"


def is_stations(path: Path, head: bytes) -> bool:
    """Recognise the list of stations."""
    return files.has_columns(path, "number", "location", "lon", "lat", "components")


def load_stations(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Register the official stations in or near the municipality; those without a place are listed."""
    sheet = files.read_csv(path, {"number": "text!", "location": "text!", "lon": "number", "lat": "number"})
    area = near.border(gemeente)
    loaded = Loaded("sensing.luchtmeetnet_stations", path.name, read=sheet.rows, rejects=list(sheet.rejects))
    for number, row in zip(sheet.numbers, sheet.table.to_pylist(), strict=True):
        away = near.distance_km(area, row["lon"], row["lat"])
        if away is None:
            reason = "the station has no place, so nobody knows whether it is near"
            loaded.rejects = [*loaded.rejects, Reject(int(number), reason, f"{row['number']},{row['location']}")]
        elif away <= near.NEAR_KM:
            registering.register_station(_official(row, away), by=by, now=now)
            loaded.accepted += 1
    loaded.note = f"{loaded.accepted} stations lie in {area.name} or within {near.NEAR_KM:g} km of it"
    return loaded


def _official(row: Mapping[str, Any], away: float) -> registering.Spot:
    return registering.Spot(
        code=row["number"],
        name=row["location"].replace(" -", "-"),
        kind="reference",
        theme="air",
        owner="Luchtmeetnet (RIVM, GGD, provincies)",
        lon=row["lon"],
        lat=row["lat"],
        description="Officieel meetstation van Luchtmeetnet",
        source="Luchtmeetnet",
        source_url=LUCHTMEETNET,
        licence="CC-BY-ND-4.0",
        distance_km=away,
    )


def is_hours(path: Path, head: bytes) -> bool:
    """Recognise hourly values of official stations."""
    return files.has_columns(path, "station_number", "date", "no2", "pm25", "c6h6")


def load_hours(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load hourly values of the registered stations; values of unknown stations are listed."""
    types = {"station_number": "text!", "date": "text!", **dict.fromkeys(COMPONENTS, "number")}
    sheet = files.read_csv(path, types)
    loaded = Loaded("sensing.luchtmeetnet_hours", path.name, read=sheet.rows, rejects=list(sheet.rejects))
    times, good = moments_of(sheet.table["date"])
    names = np.array(sheet.table["station_number"].to_pylist(), dtype=object)
    known = {one.code: one for one in Station.objects.select_related("thing").filter(code__in=set(names))}
    loaded.rejects = [*loaded.rejects, *_bad_times(sheet, good), *_strangers(names, known)]
    chosen = good & np.isin(names, list(known))
    columns = {quantity: numbers_of(sheet.table, name) for name, quantity in COMPONENTS.items()}
    _keep(known, names, times, chosen, columns, by=by, now=now)
    loaded.accepted = int(chosen.sum())
    loaded.note = f"{loaded.accepted} hours of {len(known)} stations in or near the municipality"
    return loaded


def _bad_times(sheet: files.Sheet, good: Any) -> list[Reject]:
    texts = sheet.table["date"].to_pylist()
    return [Reject(int(sheet.numbers[at]), "date is not a moment", str(texts[at])) for at in np.flatnonzero(~good)]


def _strangers(names: Any, known: Mapping[str, Station]) -> list[Reject]:
    """List the stations whose place is not known or not near, once each."""
    rows = Counter(str(name) for name in names if name not in known)
    reason = "a station that is not in or near here"
    return [
        Reject(int(np.argmax(names == name)) + 1, reason, name, rows=count, is_elsewhere=True)
        for name, count in sorted(rows.items())
    ]


def _keep(
    known: Mapping[str, Station],
    names: Any,
    times: Any,
    chosen: Any,
    columns: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Register and keep what each station measures."""
    series: dict[Stream, tuple[Any, Any]] = {}
    for code, station in known.items():
        rows = np.flatnonzero(chosen & (names == code))
        rows = rows[np.argsort(times[rows], kind="stable")]
        for quantity, values in columns.items():
            if np.isfinite(values[rows]).any():
                stream = registering.register_stream(station, quantity=quantity, by=by, now=now)
                series[stream] = (times[rows], values[rows])
    registering.keep(series, by=by, now=now)
    registering.remember_last([stream.pk for stream in series])


def is_citizens(path: Path, head: bytes) -> bool:
    """Recognise hourly values of residents' sensors."""
    return files.has_columns(path, "kit_id", "date", "lat", "lon", "pm10_kal", "pm25_kal")


def load_citizens(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the sensors of residents in or near the municipality, with the values that RIVM calibrated.

    Where a sensor stands is where most of its rows say; rows at 0,0 are kept and flagged; a sensor that never says
    where it stands is listed.
    """
    table = files.read_parquet(path, ["kit_id", "date", "lat", "lon", *CITIZENS])
    area = near.border(gemeente)
    loaded = Loaded("sensing.samen_meten", path.name, read=table.num_rows)
    kits = np.array(table["kit_id"].to_pylist(), dtype=object)
    lons, lats = numbers_of(table, "lon"), numbers_of(table, "lat")
    times = table["date"].cast("timestamp[us]").to_numpy(zero_copy_only=False).astype("datetime64[us]").astype(np.int64)
    columns = {quantity: numbers_of(table, name) for name, quantity in CITIZENS.items()}
    rejects, series, masks = [], {}, {}
    for kit in sorted(set(kits)):
        rows = np.flatnonzero(kits == kit)
        rows = rows[np.argsort(times[rows], kind="stable")]
        spot = _usual_place(lons[rows], lats[rows])
        if spot is None:
            rejects.append(Reject(int(rows[0]) + 1, "a sensor without a place", str(kit), rows=len(rows)))
        elif (away := near.distance_km(area, *spot)) is not None and away <= near.NEAR_KM:
            station = registering.register_station(_citizen(str(kit), spot, away), by=by, now=now)
            nowhere = np.array([not is_place(lon, lat) for lon, lat in zip(lons[rows], lats[rows], strict=True)])
            for quantity, values in columns.items():
                if np.isfinite(values[rows]).any():
                    stream = registering.register_stream(
                        station, quantity=quantity, activity="sensing.air", by=by, now=now
                    )
                    series[stream], masks[stream.pk] = (times[rows], values[rows]), nowhere
            loaded.accepted += len(rows)
    registering.keep(series, without_place=masks, by=by, now=now)
    registering.remember_last([stream.pk for stream in series])
    loaded.rejects = rejects
    loaded.note = f"{loaded.accepted} hours of {len({stream.station_id for stream in series})} sensors in or near here"
    return loaded


def _usual_place(lons: Any, lats: Any) -> tuple[float, float] | None:
    spots = Counter(
        (float(lon), float(lat)) for lon, lat in zip(lons, lats, strict=True) if is_place(float(lon), float(lat))
    )
    return spots.most_common(1)[0][0] if spots else None


def _citizen(kit: str, spot: tuple[float, float], away: float) -> registering.Spot:
    return registering.Spot(
        code=f"samenmeten:{kit}",
        name=kit,
        kind="citizen",
        theme="air",
        owner="Inwoner, via Samen Meten (RIVM)",
        lon=spot[0],
        lat=spot[1],
        description="Sensor van een inwoner; waarden gekalibreerd door het RIVM",
        source="Samen Meten (RIVM)",
        source_url=SAMEN_METEN,
        licence="CC0-1.0",
        distance_km=away,
    )


def moments_of(texts: Any) -> tuple[Any, Any]:
    """Read moments such as 2020-02-03 01:00:00, taken as UTC: microseconds, and which of them are good."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parsed = pc.strptime(texts, format="%Y-%m-%d %H:%M:%S", unit="us", error_is_null=True)
    good = parsed.is_valid().to_numpy(zero_copy_only=False)
    return parsed.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False), good


def numbers_of(table: "pa.Table", name: str) -> Any:
    """Give a column as numbers, NaN where empty."""
    return table[name].cast("float64").to_numpy(zero_copy_only=False).astype(np.float64)
