"""Weather: stations of KNMI, by hour and by day."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plein.city.sensing.models import Station
from plein.city.sensing.sources import near, registering
from plein.city.sensing.sources.air import moments_of, numbers_of
from plein.foundation import files
from plein.foundation.files import Loaded, Reject
from plein.foundation.geo.models import Area
from plein.foundation.identity.actors import Actor

if TYPE_CHECKING:
    import pyarrow as pa

KNMI = "https://www.knmi.nl"
NEAR_KM = 30.0
# Number, name, longitude, latitude. Source: KNMI, list of automatic weather stations.
STATIONS: dict[str, tuple[str, float, float]] = {
    "209": ("IJmond", 4.518, 52.465), "210": ("Valkenburg", 4.430, 52.171), "215": ("Voorschoten", 4.437, 52.141),
    "225": ("IJmuiden", 4.555, 52.463), "235": ("De Kooy", 4.781, 52.928), "240": ("Schiphol", 4.790, 52.318),
    "242": ("Vlieland", 4.921, 53.241), "249": ("Berkhout", 4.979, 52.644),
    "251": ("Hoorn Terschelling", 5.346, 53.392),
    "257": ("Wijk aan Zee", 4.603, 52.506), "260": ("De Bilt", 5.180, 52.100), "267": ("Stavoren", 5.384, 52.898),
    "269": ("Lelystad", 5.520, 52.458), "270": ("Leeuwarden", 5.752, 53.224), "273": ("Marknesse", 5.888, 52.703),
    "275": ("Deelen", 5.873, 52.056), "277": ("Lauwersoog", 6.200, 53.413), "278": ("Heino", 6.259, 52.435),
    "279": ("Hoogeveen", 6.574, 52.750), "280": ("Eelde", 6.585, 53.125), "283": ("Hupsel", 6.657, 52.069),
    "286": ("Nieuw Beerta", 7.150, 53.196), "290": ("Twenthe", 6.891, 52.274), "310": ("Vlissingen", 3.596, 51.442),
    "319": ("Westdorpe", 3.861, 51.226), "323": ("Wilhelminadorp", 3.884, 51.527),
    "330": ("Hoek van Holland", 4.122, 51.992),
    "344": ("Rotterdam", 4.447, 51.962), "348": ("Cabauw", 4.926, 51.970), "350": ("Gilze-Rijen", 4.936, 51.566),
    "356": ("Herwijnen", 5.146, 51.859), "370": ("Eindhoven", 5.377, 51.451), "375": ("Volkel", 5.707, 51.659),
    "377": ("Ell", 5.763, 51.198), "380": ("Maastricht", 5.762, 50.906), "391": ("Arcen", 6.197, 51.498),
}  # fmt: skip
HOURS = {"ws": "wind_speed", "wd": "wind_direction", "temp": "temperature", "rh": "humidity"}
# Column at KNMI -> (column of the product, what one unit at KNMI is in ours).
DAYS = {
    "TG": ("temperature_mean_c", 0.1), "TN": ("temperature_min_c", 0.1), "TX": ("temperature_max_c", 0.1),
    "RH": ("rain_mm", 0.1), "DR": ("rain_h", 0.1), "SQ": ("sunshine_h", 0.1), "FG": ("wind_mean_ms", 0.1),
    "FXX": ("gust_ms", 0.1), "DDVEC": ("wind_direction_deg", 1.0), "UG": ("humidity_pct", 1.0),
    "PG": ("pressure_hpa", 0.1),
}  # fmt: skip


def is_hours(path: Path, head: bytes) -> bool:
    """Recognise hourly values of KNMI."""
    return files.has_columns(path, "station_number", "wd", "ws", "date", "station_code")


def load_hours(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the hourly values of the weather stations within 30 km, or else of the nearest one."""
    sheet = files.read_csv(path, {"station_number": "text!", "date": "text!", **dict.fromkeys(HOURS, "number")})
    area = near.border(gemeente)
    loaded = Loaded("sensing.knmi_hours", path.name, read=sheet.rows, rejects=list(sheet.rejects))
    times, good = moments_of(sheet.table["date"])
    names = np.array(sheet.table["station_number"].to_pylist(), dtype=object)
    columns = {quantity: numbers_of(sheet.table, name) for name, quantity in HOURS.items()}
    columns["wind_direction"] = np.where(columns["wind_direction"] > 360, np.nan, columns["wind_direction"])
    series = {}
    for number in nearest(area, set(names)):
        station = _register(number, area, by=by, now=now)
        rows = np.flatnonzero((names == number) & good)
        rows = rows[np.argsort(times[rows], kind="stable")]
        loaded.accepted += len(rows)
        for quantity, values in columns.items():
            if np.isfinite(values[rows]).any():
                stream = registering.register_stream(station, quantity=quantity, by=by, now=now)
                series[stream] = (times[rows], values[rows])
    unknown = Counter(str(name) for name in names if str(name) not in STATIONS)
    reason = "a station whose place is not known"
    strangers = (
        Reject(int(np.argmax(names == name)) + 1, reason, name, rows=unknown[name]) for name in sorted(unknown)
    )
    loaded.rejects = [*loaded.rejects, *strangers]
    registering.keep(series, by=by, now=now)
    registering.remember_last([stream.pk for stream in series])
    loaded.note = f"{loaded.accepted} hours of the stations near {area.name}"
    return loaded


def nearest(area: Area, numbers: set[str]) -> list[str]:
    """Choose the stations within 30 km of the middle, or else the nearest one."""
    known = sorted((near.to_middle_km(area, *STATIONS[number][1:]), number) for number in numbers if number in STATIONS)
    close = [number for away, number in known if away <= NEAR_KM]
    return close or [number for _, number in known[:1]]


def _register(number: str, area: Area, *, by: Actor, now: datetime) -> Station:
    name, lon, lat = STATIONS[number]
    spot = registering.Spot(
        code=f"knmi:{number}",
        name=f"KNMI {name}",
        kind="weather",
        theme="weather",
        owner="KNMI",
        lon=lon,
        lat=lat,
        description="Weerstation van het KNMI",
        source="KNMI",
        source_url=KNMI,
        licence="CC-BY-4.0",
        distance_km=near.distance_km(area, lon, lat) or 0.0,
    )
    return registering.register_station(spot, by=by, now=now)


def is_days(path: Path, head: bytes) -> bool:
    """Recognise daily values of KNMI."""
    return files.has_columns(path, "STN", "YYYYMMDD", "TG", "RH", "FG")


def load_days(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Publish the weather by day; every station helps, because the nearest one may not measure everything."""
    sheet = files.read_csv(path, {"STN": "whole!", "YYYYMMDD": "whole!", **dict.fromkeys(DAYS, "number")})
    area = near.border(gemeente)
    rejects = list(sheet.rejects)
    table, bad = _days(sheet, area)
    rejects += bad
    registering.publish_weather(table, by=by, now=now, source="KNMI")
    away = table["distance_km"][0].as_py() if table.num_rows else 0.0
    note = f"{table.num_rows} days; the station lies {away:.0f} km from the middle of {area.name}"
    return Loaded("sensing.knmi_days", path.name, read=sheet.rows, accepted=table.num_rows, rejects=rejects, note=note)


def _days(sheet: files.Sheet, area: Area) -> tuple["pa.Table", list[Reject]]:
    """Turn the units of KNMI into ours; -1 for rain and its duration means "less than half a unit" and becomes 0."""
    import pyarrow as pa

    stations = [str(number) for number in sheet.table["STN"].to_pylist()]
    days = [_day(number) for number in sheet.table["YYYYMMDD"].to_pylist()]
    known = [at for at in range(len(days)) if days[at] and stations[at] in STATIONS]
    bad = [
        Reject(int(sheet.numbers[at]), "the station or the day is not known", f"{stations[at]},{days[at]}")
        for at in range(len(days))
        if not (days[at] and stations[at] in STATIONS)
    ]
    columns: dict[str, Any] = {
        "station": pa.array([stations[at] for at in known], pa.string()),
        "name": pa.array([STATIONS[stations[at]][0] for at in known], pa.string()),
        "day": pa.array([days[at] for at in known], pa.date32()),
    }
    for source, (name, factor) in DAYS.items():
        values = numbers_of(sheet.table, source)[known]
        if source in ("RH", "DR"):
            values = np.where(values < 0, 0, values)
        if source == "DDVEC":
            values = np.where((values <= 0) | (values > 360), np.nan, values)
        kind = pa.int64() if source == "DDVEC" else pa.float64()
        columns[name] = pa.array([None if np.isnan(v) else round(float(v) * factor, 1) for v in values], pa.float64())
        columns[name] = columns[name].cast(kind)
    away = {number: near.to_middle_km(area, lon, lat) for number, (_, lon, lat) in STATIONS.items()}
    columns["distance_km"] = pa.array([round(away[stations[at]], 1) for at in known], pa.float64())
    columns["lon"] = pa.array([STATIONS[stations[at]][1] for at in known], pa.float64())
    columns["lat"] = pa.array([STATIONS[stations[at]][2] for at in known], pa.float64())
    return pa.table(columns), bad


def _day(number: int | None) -> date | None:
    try:
        return datetime.strptime(str(number), "%Y%m%d").date() if number else None
    except ValueError:
        return None
