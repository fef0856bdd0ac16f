"""The live addresses of the same sources: fetched with time-outs, retries and a cache, into files that `load` reads.

A pull writes the same columns as the files do, so that there is one way in.
"""

import csv
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from plein.city.sensing.errors import Unreachable
from plein.city.sensing.sources import near
from plein.city.sensing.sources.weather import DAYS, STATIONS, nearest

LUCHTMEETNET = "https://api.luchtmeetnet.nl/open_api"
SAMEN_METEN = "https://api-samenmeten.rivm.nl/v1.0"
KNMI = "https://www.daggegevens.knmi.nl/klimatologie/daggegevens"
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
TRIES = 3
FRESH = timedelta(minutes=30)
FORMULAS = {"NO2": "no2", "PM10": "pm10", "PM25": "pm25", "O3": "o3", "NO": "no", "CO": "co", "SO2": "so2",
            "FN": "fn", "C6H6": "c6h6", "C7H8": "c7h8", "H2S": "h2s"}  # fmt: skip
HEADER = ["station_number", "date", *dict.fromkeys(FORMULAS.values()), "c8h10"]


class Fetcher:
    """Fetches addresses once per half hour, tries again after a fault, and says clearly what it could not get."""

    def __init__(self, cache: Path, *, now: datetime, pause_s: float = 1.0) -> None:
        self._cache = cache
        self._now = now
        self._pause_s = pause_s
        self._client = httpx.Client(timeout=TIMEOUT, follow_redirects=True, headers={"User-Agent": "Plein/0.1"})

    def json(self, url: str, **query: Any) -> Any:
        """Fetch JSON.

        Raises Unreachable.
        """
        return json.loads(self.text(url, **query))

    def text(self, url: str, **query: Any) -> str:
        """Fetch text, from the cache when it is fresh.

        Raises Unreachable.
        """
        address = str(httpx.URL(url, params=query)) if query else url
        kept = self._cache / hashlib.sha256(address.encode()).hexdigest()
        if kept.exists() and self._now.timestamp() - kept.stat().st_mtime < FRESH.total_seconds():
            return kept.read_text(encoding="utf-8")
        body = self._tried(address)
        self._cache.mkdir(parents=True, exist_ok=True)
        kept.write_text(body, encoding="utf-8")
        return body

    def _tried(self, address: str) -> str:
        reason = ""
        for attempt in range(TRIES):
            try:
                answer = self._client.get(address)
                if answer.is_success:
                    return answer.text
                reason = f"HTTP {answer.status_code}"
                if answer.status_code < 500 and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                    break
            except httpx.HTTPError as error:
                reason = type(error).__name__
            if attempt + 1 < TRIES:
                time.sleep(self._pause_s * 2**attempt)
        raise Unreachable(source=httpx.URL(address).host, reason=reason)


def pull_stations(into: Path, *, gemeente: str, now: datetime, base: str = LUCHTMEETNET) -> list[Path]:
    """Fetch the list of official stations with their places."""
    fetch = Fetcher(into / "cache", now=now)
    rows = []
    for station in _pages(lambda page: fetch.json(f"{base}/stations", page=page)):
        about = fetch.json(f"{base}/stations/{station['number']}")["data"]
        lon, lat = (about.get("geometry") or {}).get("coordinates") or (None, None)
        rows.append([station["number"], station["location"], lon, lat, "|".join(about.get("components") or [])])
    return [_written(into / "luchtmeetnet_stations.csv", ["number", "location", "lon", "lat", "components"], rows)]


def pull_hours(into: Path, *, gemeente: str, now: datetime, base: str = LUCHTMEETNET) -> list[Path]:
    """Fetch the last day of measurements of the official stations near the municipality."""
    from plein.city.sensing.models import Station

    fetch = Fetcher(into / "cache", now=now)
    near.border(gemeente)
    hours: dict[tuple[str, str], dict[str, float]] = {}
    for code in Station.objects.filter(kind="reference", theme="air").values_list("code", flat=True):
        start, end = (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:00:00Z"), now.strftime("%Y-%m-%dT%H:00:00Z")
        query = {"start": start, "end": end, "station_number": code}
        for one in _pages(lambda page, query=query: fetch.json(f"{base}/measurements", page=page, **query)):
            if one["formula"] in FORMULAS:
                at = datetime.fromisoformat(one["timestamp_measured"]).strftime("%Y-%m-%d %H:%M:%S")
                hours.setdefault((code, at), {})[FORMULAS[one["formula"]]] = one["value"]
    rows = [[code, at, *(values.get(name) for name in HEADER[2:])] for (code, at), values in sorted(hours.items())]
    return [_written(into / "luchtmeetnet_uur.csv", HEADER, rows)] if rows else []


def pull_citizens(into: Path, *, gemeente: str, now: datetime, base: str = SAMEN_METEN) -> list[Path]:
    """Fetch the last day of residents' sensors in the municipality, by the SensorThings interface of RIVM."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fetch = Fetcher(into / "cache", now=now)
    query = {
        "$filter": f"properties/codegemeente eq '{gemeente[2:].lstrip('0')}'",
        "$expand": "Locations,Datastreams($expand=Observations($top=24;$orderby=phenomenonTime desc))",
    }
    found: dict[tuple[str, str], dict[str, Any]] = {}
    url: str | None = f"{base}/Things"
    while url:
        answer = fetch.json(url, **query) if query else fetch.json(url)
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
    path = into / "samenmeten.parquet"
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


def pull_weather(into: Path, *, gemeente: str, now: datetime, base: str = KNMI) -> list[Path]:
    """Fetch the last year of the nearest weather station."""
    area = near.border(gemeente)
    number = min(STATIONS, key=lambda one: near.to_middle_km(area, *STATIONS[one][1:]))
    number = (nearest(area, set(STATIONS)) or [number])[0]
    fetch = Fetcher(into / "cache", now=now)
    since = (now - timedelta(days=365)).strftime("%Y%m%d")
    answer = fetch.json(base, stns=number, start=since, end=now.strftime("%Y%m%d"), vars="ALL", fmt="json")
    header = ["STN", "YYYYMMDD", *DAYS]
    rows = [
        [one["station_code"], one["date"][:10].replace("-", ""), *(one.get(name) for name in DAYS)] for one in answer
    ]
    return [_written(into / "knmi_dag.csv", header, rows)] if rows else []


def _pages(fetch: Callable[[int], Any]) -> Iterator[Any]:
    """Walk the pages of Luchtmeetnet."""
    page = last = 1
    while page <= last:
        answer = fetch(page)
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
