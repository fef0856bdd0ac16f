"""Judges what a disturbed house kept: readings against acknowledgements, versions against what was published.

    python -m plein.site.disturbance.judge TOLD NOTES      (with PLEIN_DATA of the house)

TOLD: a JSON file with, per datastream, the moments that were sent and those that were acknowledged. NOTES: what the
publisher wrote down. Prints one JSON object; every list in it names what is wrong, and is empty when all is well.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from plein.site.disturbance import publisher
from plein.site.disturbance.senders import value_of

PAGE = 1_000
MOST_PAGED = 40  # versions that are read over HTTP, spread over all

Kept = Mapping[int, Mapping[int, float]]


def compare(found: Kept, doubles: int, told: Mapping[str, Mapping[str, Sequence[int]]]) -> dict[str, Any]:
    """Hold readings that can be read against those that were sent and acknowledged."""
    lost, strange, acknowledged = 0, 0, 0
    for key, moments in told["kept"].items():
        stream = int(key)
        acknowledged += len(moments)
        held = found.get(stream, {})
        lost += sum(at not in held for at in moments)
        sent = set(told["sent"][key])
        strange += sum(at not in sent or value != value_of(stream, at) for at, value in held.items())
    return {"acknowledged": acknowledged, "lost": lost, "doubled": doubles, "strange": strange}


def over_http(url: str, streams: Sequence[int]) -> tuple[dict[int, dict[int, float]], int]:
    """Read all readings of datastreams through the SensorThings interface; gives them and the number of doubles."""
    from datetime import datetime

    found: dict[int, dict[int, float]] = {}
    doubles = 0
    with httpx.Client(timeout=120) as client:
        for stream in streams:
            held = found.setdefault(stream, {})
            root = f"{url}/api/sensorthings/v1.1/Datastreams({stream})/Observations"
            address: str | None = f"{root}?$select=phenomenonTime,result&$orderby=phenomenonTime&$top={PAGE}"
            while address:
                page = client.get(address).raise_for_status().json()
                for one in page["value"]:
                    at = int(datetime.fromisoformat(one["phenomenonTime"]).timestamp())
                    doubles += at in held
                    held[at] = one["result"]
                address = page.get("@iot.nextLink")
    return found, doubles


def versions_over_http(url: str, versions: Sequence[tuple[str, int, int]]) -> list[str]:
    """Read versions (product, number, rows) through the portal's interface and say which are not what they were."""
    wrong = []
    with httpx.Client(timeout=120) as client:
        for product in (publisher.REPLACED, publisher.ADDED):
            ours = [one for one in versions if one[0] == product]
            for _, number, rows in ours[:: max(1, len(ours) // MOST_PAGED)] + ours[-1:]:
                answer = client.get(f"{url}/api/data/v1/products/{product}/rows?version={number}&limit=10")
                said = answer.json() if answer.is_success else {}
                if said.get("count") != rows or said.get("version") != number:
                    wrong.append(f"{product} version {number} over HTTP: {answer.status_code} {said.get('count')} rows")
    return wrong


def _readings(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Compare as it stands, and once more after everything is sealed."""
    from plein.foundation import clock
    from plein.foundation.lake import tables as lake
    from plein.foundation.observations import reading, sealed, sealing

    now = clock.now()
    for _ in range(2):
        found: dict[int, dict[int, float]] = {}
        doubles = 0
        for stream in map(int, told["sent"]):
            table = reading.series(stream, now - timedelta(days=400), now + timedelta(days=1))
            seconds = [at // 1_000_000 for at in table["time"].cast("int64").to_pylist()]
            found[stream] = dict(zip(seconds, table["result"].to_pylist(), strict=True))
            doubles += len(seconds) - len(found[stream])
        yield compare(found, doubles, told)
        sealing.seal(now=now, after_days=0)
    keys = "SELECT count(*) AS n, count(DISTINCT (datastream, time)) AS keys FROM t"
    twice = 0
    for name in sealed.months():
        (row,) = lake.query(keys, {"t": name}, checked=False).to_pylist()
        twice += row["n"] - row["keys"]
    yield {"acknowledged": 0, "lost": 0, "doubled": twice, "strange": 0}


def _versions(notes: Path) -> tuple[list[str], list[tuple[str, int, int]]]:
    """Read every version through the gate; gives what is wrong, and the versions with their rows."""
    from plein.foundation import clock
    from plein.foundation.catalogue import products
    from plein.foundation.gate import door
    from plein.foundation.identity.actors import SYSTEM

    noted: dict[tuple[str, int], int] = {}
    for line in notes.read_text(encoding="utf-8").splitlines() if notes.exists() else ():
        product, number, round_number = line.split()
        noted[product, int(number)] = int(round_number)
    wrong, listed = [], []
    for product, key, check in (
        (publisher.REPLACED, "object_id", _wrong_replaced),
        (publisher.ADDED, "cluster_id", _wrong_added),
    ):
        there = {version.number: version for version in products.versions(product)}
        wrong += [f"{product} version {n} is gone" for name, n in noted if name == product and n not in there]
        earlier = {n: {r for (p, v), r in noted.items() if p == product and v <= n} for n in there}
        for number, version in sorted(there.items()):
            table = door.read(
                product, activity="opendata.publish", by=SYSTEM, as_of=version.published_at, now=clock.now()
            )
            rounds = Counter(int(name.split("-")[0]) for name in table[key].to_pylist())
            listed.append((product, number, table.num_rows))
            said = check(rounds, noted.get((product, number)), earlier[number])
            if said or table.num_rows != version.rows:
                wrong.append(f"{product} version {number}: {said or 'another number of rows than it says'}")
    return wrong, listed


def _wrong_replaced(rounds: Mapping[int, int], noted: int | None, _earlier: set[int]) -> str:
    """Say what is wrong with a version that one round replaced whole; "" when nothing is."""
    if len(rounds) != 1:
        return f"rows of {len(rounds)} rounds"
    ((number, rows),) = rounds.items()
    if rows != publisher.rows_of(number):
        return f"{rows} rows of {publisher.rows_of(number)}"
    return "" if noted in (None, number) else f"round {number}, and {noted} was published"


def _wrong_added(rounds: Mapping[int, int], _noted: int | None, earlier: set[int]) -> str:
    """Say what is wrong with a version to which rounds were added; "" when nothing is."""
    broken = [number for number, rows in rounds.items() if rows != publisher.ADDED_ROWS]
    missing = earlier - set(rounds)
    return f"{len(broken)} rounds in part, {len(missing)} missing" if broken or missing else ""


def _loaded() -> dict[str, Any]:
    """Tell what loading left: the weather's version, its readings, points and areas, for comparing with another."""
    from plein.city.sensing.models import Station, Stream
    from plein.foundation.catalogue import products
    from plein.foundation.clock import now
    from plein.foundation.geo.models import Area
    from plein.foundation.observations import reading
    from plein.foundation.observations.models import Datastream, Thing

    found = {version.product.key: version for version in products.versions("sensing.weather_days")[:1]}
    until = now()
    series = {
        stream.quantity: reading.series(stream.datastream_id, until - timedelta(days=9000), until)
        for stream in Stream.objects.filter(station__code__startswith="knmi:")
    }
    return {
        "days": [(version.checksum, version.rows) for version in found.values()],
        "readings": {name: [len(table), sum(table["result"].to_pylist())] for name, table in sorted(series.items())},
        "things": Thing.objects.filter(name__startswith="KNMI").count(),
        "streams": Datastream.objects.filter(thing__name__startswith="KNMI").count(),
        "stations": Station.objects.filter(code__startswith="knmi:").count(),
        "areas": sorted(Area.objects.values_list("code", flat=True)),
    }


def main(told_path: str, notes: str) -> None:
    """Judge and print."""
    import django

    django.setup()
    told = json.loads(Path(told_path).read_text(encoding="utf-8"))
    readings = list(_readings(told))
    wrong, listed = _versions(Path(notes))
    print(json.dumps({"readings": readings, "wrong": wrong, "versions": listed, "loaded": _loaded()}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
