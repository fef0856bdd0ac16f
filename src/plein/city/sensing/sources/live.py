"""The live addresses of the same sources, fetched into files that `load` reads.

A pull writes the same columns as the files do, so that there is one way in.
"""

import csv
import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from plein.city.sensing.sources import near
from plein.city.sensing.sources.weather import DAYS, STATIONS, nearest
from plein.foundation import files
from plein.foundation.files.fetching import Fetcher

LUCHTMEETNET = "https://api.luchtmeetnet.nl/open_api"
SAMEN_METEN = "https://api-samenmeten.rivm.nl/v1.0"
KNMI = "https://www.daggegevens.knmi.nl/klimatologie/daggegevens"
FORMULAS = {"NO2": "no2", "PM10": "pm10", "PM25": "pm25", "O3": "o3", "NO": "no", "CO": "co", "SO2": "so2",
            "FN": "fn", "C6H6": "c6h6", "C7H8": "c7h8", "H2S": "h2s"}  # fmt: skip
HEADER = ["station_number", "date", *dict.fromkeys(FORMULAS.values()), "c8h10"]


def _json(fetcher: Fetcher, address: str, name: str, *, now: datetime, **params: str) -> Any:
    """Fetch JSON, kept under a name that belongs to this very question."""
    asked = hashlib.sha256(repr((address, sorted(params.items()))).encode()).hexdigest()[:16]
    path = fetcher.get(address, f"sensing/parts/{name}-{asked}.json", params=params or None, now=now)
    return files.read_json(path)


def pull_stations(fetcher: Fetcher, *, gemeente: str, now: datetime) -> list[Path]:
    """Fetch the list of official stations with their places."""
    rows = []
    for station in _pages(lambda page: _json(fetcher, f"{LUCHTMEETNET}/stations", "stations", now=now, page=page)):
        about = _json(fetcher, f"{LUCHTMEETNET}/stations/{station['number']}", "station", now=now)["data"]
        lon, lat = (about.get("geometry") or {}).get("coordinates") or (None, None)
        rows.append([station["number"], station["location"], lon, lat, "|".join(about.get("components") or [])])
    return [
        _written(
            fetcher.folder / "sensing/luchtmeetnet_stations.csv",
            ["number", "location", "lon", "lat", "components"],
            rows,
        )
    ]


def pull_hours(fetcher: Fetcher, *, gemeente: str, now: datetime) -> list[Path]:
    """Fetch the last day of measurements of the official stations near the municipality."""
    from plein.city.sensing.models import Station

    near.border(gemeente)
    hours: dict[tuple[str, str], dict[str, float]] = {}
    for code in Station.objects.filter(kind="reference", theme="air").values_list("code", flat=True):
        start, end = (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:00:00Z"), now.strftime("%Y-%m-%dT%H:00:00Z")
        query = {"start": start, "end": end, "station_number": code}
        for one in _measured(fetcher, query, now=now):
            if one["formula"] in FORMULAS:
                at = datetime.fromisoformat(one["timestamp_measured"]).strftime("%Y-%m-%d %H:%M:%S")
                hours.setdefault((code, at), {})[FORMULAS[one["formula"]]] = one["value"]
    rows = [[code, at, *(values.get(name) for name in HEADER[2:])] for (code, at), values in sorted(hours.items())]
    return [_written(fetcher.folder / "sensing/luchtmeetnet_uur.csv", HEADER, rows)] if rows else []


def pull_citizens(fetcher: Fetcher, *, gemeente: str, now: datetime) -> list[Path]:
    """Fetch the last day of residents' sensors in the municipality, by the SensorThings interface of RIVM."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    query = {
        "$filter": f"properties/codegemeente eq '{gemeente[2:].lstrip('0')}'",
        "$expand": "Locations,Datastreams($expand=Observations($top=24;$orderby=phenomenonTime desc))",
    }
    found: dict[tuple[str, str], dict[str, Any]] = {}
    url: str | None = f"{SAMEN_METEN}/Things"
    while url:
        answer = _json(fetcher, url, "things", now=now, **query)
        for thing in answer["value"]:
            _note_thing(thing, found)
        url, query = answer.get("@iot.nextLink"), {}
    if not found:
        return []
    names = ["kit_id", "date", "lat", "lon", "pm10_kal", "pm10", "pm25_kal", "pm25", "rh", "temp"]
    kinds = [pa.string(), pa.timestamp("us"), *[pa.float64()] * 8]
    table = pa.Table.from_pylist(
        [{name: row.get(name) for name in names} for row in found.values()],
        schema=pa.schema(list(zip(names, kinds, strict=True))),
    )
    path = fetcher.folder / "sensing/samenmeten.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return [path]


def _note_thing(thing: dict[str, Any], found: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Put the readings of a thing in rows by hour."""
    spots = [one["location"]["coordinates"] for one in thing.get("Locations", []) if one.get("location")]
    lon, lat = spots[-1][:2] if spots else (None, None)
    for stream in thing.get("Datastreams", []):
        column = str(stream["name"]).rsplit("-", 1)[-1].lower()
        if column not in {"pm10_kal", "pm10", "pm25_kal", "pm25", "rh", "temp"}:
            continue
        for reading in stream.get("Observations", []):
            at = str(reading["phenomenonTime"]).split("/", 1)[0]
            moment = datetime.fromisoformat(at).replace(minute=0, second=0, microsecond=0, tzinfo=None)
            row = found.setdefault((thing["name"], moment.isoformat()), {})
            row.update({"kit_id": thing["name"], "date": moment, "lat": lat, "lon": lon, column: reading["result"]})


def pull_weather(fetcher: Fetcher, *, gemeente: str, now: datetime) -> list[Path]:
    """Fetch the last year of the nearest weather station."""
    area = near.border(gemeente)
    number = min(STATIONS, key=lambda one: near.to_middle_km(area, *STATIONS[one][1:]))
    number = (nearest(area, set(STATIONS)) or [number])[0]
    since = (now - timedelta(days=365)).strftime("%Y%m%d")
    until = now.strftime("%Y%m%d")
    answer = _json(fetcher, KNMI, "days", now=now, stns=number, start=since, end=until, vars="ALL", fmt="json")
    header = ["STN", "YYYYMMDD", *DAYS]
    rows = [
        [one["station_code"], one["date"][:10].replace("-", ""), *(one.get(name) for name in DAYS)] for one in answer
    ]
    return [_written(fetcher.folder / "sensing/knmi_dag.csv", header, rows)] if rows else []


def _measured(fetcher: Fetcher, query: dict[str, str], *, now: datetime) -> Iterator[Any]:
    """Walk the measurements of one station."""
    address = f"{LUCHTMEETNET}/measurements"
    yield from _pages(lambda page: _json(fetcher, address, "measurements", now=now, page=page, **query))


def _pages(fetch: Callable[[str], Any]) -> Iterator[Any]:
    """Walk the pages of Luchtmeetnet."""
    page = last = 1
    while page <= last:
        answer = fetch(str(page))
        last = int(answer["pagination"]["last_page"])
        yield from answer["data"]
        page += 1


def _written(path: Path, header: list[str], rows: list[list[Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return path
