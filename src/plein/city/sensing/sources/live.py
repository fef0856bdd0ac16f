"""The live addresses of the same sources, fetched into files that `load` reads.

A pull writes the same columns as the files do, so that there is one way in.

Luchtmeetnet: pages of a list; a station's place has an answer of its own, which is kept for a month because at most 100
questions in 5 minutes are fair. Samen Meten is a GOST server: a thing does not carry its readings within its time-out,
so each datastream is asked by itself, newest first; a question without any answer is a 504. Municipality codes came
with a decimal for a while ("363.0"). KNMI takes the parameters of its form.
"""

import csv
import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from plein.city.sensing.sources import near
from plein.city.sensing.sources.weather import DAYS, STATIONS, nearest
from plein.foundation import files
from plein.foundation.files.fetching import AddressUnreachable, Fetcher

LUCHTMEETNET = "https://api.luchtmeetnet.nl/open_api"
SAMEN_METEN = "https://api-samenmeten.rivm.nl/v1.0"
KNMI = "https://www.daggegevens.knmi.nl/klimatologie/daggegevens"
FORMULAS = {"NO2": "no2", "PM10": "pm10", "PM25": "pm25", "O3": "o3", "NO": "no", "CO": "co", "SO2": "so2",
            "FN": "fn", "C6H6": "c6h6", "C7H8": "c7h8", "H2S": "h2s"}  # fmt: skip
HEADER = ["station_number", "date", *dict.fromkeys(FORMULAS.values()), "c8h10"]


PERIOD = frozenset({"start", "end"})
PLACES_GOOD_FOR = timedelta(days=30)
CITIZENS_COLUMNS = ("pm25_kal", "pm10_kal", "pm25", "pm10", "rh", "temp")  # as they are asked
MOST_SILENT = 10
CALIBRATED = frozenset({"pm25_kal", "pm10_kal"})


def _json(
    fetcher: Fetcher, address: str, name: str, *, now: datetime, good_for: timedelta = timedelta(0), **params: str
) -> Any:
    """Fetch JSON, kept under a name of this question; another period takes the place of the one before."""
    lasting = sorted((key, value) for key, value in params.items() if key not in PERIOD)
    asked = hashlib.sha256(repr((address, lasting)).encode()).hexdigest()[:16]
    kept = f"sensing/parts/{name}-{asked}.json"
    return files.read_json(fetcher.get(address, kept, params=params or None, now=now, good_for=good_for))


def pull_stations(fetcher: Fetcher, *, gemeente: str, now: datetime) -> list[Path]:
    """Fetch the list of official stations with their places."""
    rows = []
    for station in _pages(lambda page: _json(fetcher, f"{LUCHTMEETNET}/stations", "stations", now=now, page=page)):
        address = f"{LUCHTMEETNET}/stations/{station['number']}"
        about = _json(fetcher, address, "station", now=now, good_for=PLACES_GOOD_FOR)["data"]
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
    code = gemeente[2:].lstrip("0")
    wanted = f"properties/codegemeente eq '{code}' or properties/codegemeente eq '{code}.0'"
    query = {"$filter": wanted, "$expand": "Locations,Datastreams", "$top": "200"}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    silent: list[AddressUnreachable] = []
    url: str | None = f"{SAMEN_METEN}/Things"
    while url:
        answer = _json(fetcher, url, "things", now=now, **query)
        for thing in answer["value"]:
            _note_thing(fetcher, thing, found, silent, now=now)
        url, query = answer.get("@iot.nextLink"), {}
    return [_written_kits(fetcher.folder / "sensing/samenmeten.parquet", found)] if found else []


def _written_kits(path: Path, found: dict[tuple[str, str], dict[str, Any]]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ["kit_id", "date", "lat", "lon", "pm10_kal", "pm10", "pm25_kal", "pm25", "rh", "temp"]
    kinds = [pa.string(), pa.timestamp("us"), *[pa.float64()] * 8]
    table = pa.Table.from_pylist(
        [{name: row.get(name) for name in names} for row in found.values()],
        schema=pa.schema(list(zip(names, kinds, strict=True))),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    pq.write_table(table, part)
    os.replace(part, path)
    return path


def _note_thing(
    fetcher: Fetcher,
    thing: dict[str, Any],
    found: dict[tuple[str, str], dict[str, Any]],
    silent: list[AddressUnreachable],
    *,
    now: datetime,
) -> None:
    """Put the readings of a thing in rows by hour; one whose calibrated values are old is not asked further."""
    spots = [one["location"]["coordinates"] for one in thing.get("Locations", []) if one.get("location")]
    lon, lat = spots[-1][:2] if spots else (None, None)
    streams = {str(one["name"]).rsplit("-", 1)[-1].lower(): one for one in thing.get("Datastreams", [])}
    for column in CITIZENS_COLUMNS:
        if column not in streams:
            continue
        readings = _readings(fetcher, streams[column]["@iot.id"], silent, now=now)
        for moment, value in readings:
            row = found.setdefault((thing["name"], moment.isoformat()), {})
            row.update({"kit_id": thing["name"], "date": moment, "lat": lat, "lon": lon, column: value})
        if not readings and column in CALIBRATED:
            return


def _readings(
    fetcher: Fetcher, stream: int | str, silent: list[AddressUnreachable], *, now: datetime
) -> list[tuple[datetime, float]]:
    """Ask the last day of one datastream, newest first: (hour in UTC, value).

    No answer is no readings, up to a number of times: then Samen Meten itself is out of order.
    Raises AddressUnreachable.
    """
    address = f"{SAMEN_METEN}/Datastreams({stream})/Observations"
    query = {"$orderby": "phenomenonTime desc", "$top": "24", "$select": "phenomenonTime,result"}
    try:
        answer = _json(fetcher, address, "readings", now=now, **query)
    except AddressUnreachable as refusal:
        silent.append(refusal)
        if len(silent) > MOST_SILENT:
            raise
        return []
    since = (now - timedelta(days=1)).astimezone(UTC).replace(tzinfo=None)
    hours = [(_hour(one["phenomenonTime"]), one["result"]) for one in answer["value"]]
    return [(at, float(value)) for at, value in hours if at >= since and value is not None]


def _hour(text: str) -> datetime:
    at = datetime.fromisoformat(text.split("/", 1)[0]).astimezone(UTC)
    return at.replace(minute=0, second=0, microsecond=0, tzinfo=None)


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
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    os.replace(part, path)
    return path
