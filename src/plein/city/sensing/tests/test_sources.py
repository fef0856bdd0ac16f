"""Real files come in, and the live addresses, replayed from a server on this machine."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings

from plein.city.sensing.errors import NoBorders
from plein.city.sensing.models import Station, Stream
from plein.city.sensing.sources import air, elsewhere, live, sources, weather
from plein.city.sensing.tests.ground import NOW
from plein.foundation.files.fetching import AddressUnreachable, Fetcher
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.lake import tables as lake
from plein.foundation.observations import reading
from plein.foundation.observations.quality import Quality

AMSTERDAM = {"gemeente": "GM0363", "by": SYSTEM, "now": NOW}


@pytest.mark.real_data
def test_official_stations_in_and_near_amsterdam_are_registered_and_those_without_a_place_listed(
    ground: None, shared: Path
) -> None:
    path = shared / "data/air_quality/luchtmeetnet_stations.csv.gz"

    loaded = air.load_stations(path, **AMSTERDAM)

    assert loaded.read == 99  # SOURCE.md: 99 stations, 54 with coordinates
    assert len([one for one in loaded.rejects if "has no place" in one.reason]) == 45
    assert Station.objects.get(code="NL49014").thing.name == "Amsterdam-Vondelpark"
    assert not Station.objects.filter(code="NL01485").exists()  # Rotterdam


@pytest.mark.real_data
def test_hours_of_known_stations_are_kept_once_and_strangers_listed(ground: None, shared: Path) -> None:
    air.load_stations(shared / "data/air_quality/luchtmeetnet_stations.csv.gz", **AMSTERDAM)
    path = shared / "data/air_quality/luchtmeetnet_uur_2020-02.csv.gz"

    first = air.load_hours(path, **AMSTERDAM)
    stream = Stream.objects.get(station__code="NL49007", quantity="no2")
    rows = reading.series(stream.datastream_id, datetime(2020, 2, 3, tzinfo=UTC), datetime(2020, 2, 25, tzinfo=UTC))
    again = air.load_hours(path, **AMSTERDAM)
    same = reading.series(stream.datastream_id, datetime(2020, 2, 3, tzinfo=UTC), datetime(2020, 2, 25, tzinfo=UTC))

    assert first.read == 6075  # SOURCE.md
    assert again.accepted == first.accepted
    assert same.num_rows == rows.num_rows > 400
    assert rows["result"][0].as_py() == 9.1  # the first line of the file


@pytest.mark.real_data
def test_residents_sensors_keep_rows_at_zero_zero_with_a_flag_and_those_without_any_place_are_listed(
    ground: None, shared: Path
) -> None:
    loaded = air.load_citizens(shared / "data/air_quality/samenmeten_sensoren_uur_2020-02.parquet", **AMSTERDAM)

    assert loaded.read == 27_965  # SOURCE.md
    assert 0 < loaded.accepted < loaded.read
    assert any("without a place" in one.reason for one in loaded.rejects)
    assert all(4.6 < one.lon < 5.2 and 52.2 < one.lat < 52.5 for one in Station.objects.all())


def test_rows_at_zero_zero_are_kept_and_flagged(ground: None, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    count = 12
    table = pa.table(
        {
            "kit_id": ["kit"] * count,
            "date": pa.array([datetime(2020, 2, 7, hour) for hour in range(count)], pa.timestamp("us")),
            "lat": [52.37] * 10 + [0.0] * 2,
            "lon": [4.9] * 10 + [0.0] * 2,
            **{name: [10.0 + n / 7 for n in range(count)] for name in ("pm10_kal", "pm25_kal", "rh", "temp")},
        }
    )
    pq.write_table(table, tmp_path / "kits.parquet")

    air.load_citizens(tmp_path / "kits.parquet", **AMSTERDAM)

    stream = Stream.objects.get(quantity="pm10")
    rows = reading.series(stream.datastream_id, datetime(2020, 2, 7, tzinfo=UTC), datetime(2020, 2, 8, tzinfo=UTC))
    flagged = [bool(mask & int(Quality.NO_PLACE)) for mask in rows["quality"].to_pylist()]
    assert flagged == [False] * 10 + [True] * 2


@pytest.mark.real_data
def test_the_weather_of_both_stations_is_published_and_a_second_load_changes_nothing(
    ground: None, shared: Path
) -> None:
    folder = shared / "data/weather"
    for path in sorted(folder.glob("*.csv.gz")):
        weather.load_days(path, **AMSTERDAM)
    version = lake.versions("sensing.weather_days")[-1].number

    weather.load_days(folder / "knmi_dag_260_de_bilt_2000_2020.csv.gz", **AMSTERDAM)

    table = lake.read("sensing.weather_days")
    first = table.slice(0, 1).to_pylist()[0]
    assert table.num_rows == 7671 + 9132  # SOURCE.md
    assert lake.versions("sensing.weather_days")[-1].number == version
    assert (first["station"], first["temperature_mean_c"], first["rain_mm"]) == ("260", 6.1, 1.0)  # TG 61, RH 10
    assert all(rain >= 0 for rain in table["rain_mm"].to_pylist() if rain is not None)  # -1 is "under 0.05 mm"


@pytest.mark.real_data
def test_hours_of_the_weather_come_from_stations_near_by(ground: None, shared: Path) -> None:
    loaded = weather.load_hours(shared / "data/air_quality/knmi_uur_wind_2020-02.csv.gz", **AMSTERDAM)

    assert loaded.read == 2160  # SOURCE.md: 6 stations
    assert Station.objects.filter(code="knmi:240").exists()  # Schiphol, 12 km away


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "load"),
    [
        ("noise/leuven_geluid_percentielen_uur_2022-03_2022-09.parquet", elsewhere.load_leuven),
        ("traffic/telraam_berlijn_uur_2024-10_2024-11.parquet", elsewhere.load_berlin),
    ],
)
def test_towns_elsewhere_are_never_ours(ground: None, shared: Path, file: str, load: object) -> None:
    loaded = load(shared / "data" / file, **AMSTERDAM)

    assert loaded.accepted == 0
    assert "not of a Dutch municipality" in loaded.note
    assert not Station.objects.exists()


@pytest.mark.real_data
def test_asked_for_they_come_as_points_of_their_own_town(
    ground: None, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.PLEIN, "ELSEWHERE", True)

    elsewhere.load_leuven(shared / "data/noise/leuven_geluid_percentielen_uur_2022-03_2022-09.parquet", **AMSTERDAM)

    assert {one.thing.name.split(",")[0] for one in Station.objects.all()} == {"Leuven"}
    assert not Station.objects.exclude(buurt_code="").exists()


def test_without_borders_nothing_is_loaded(transactional_db: None, data_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    path.write_text("number,location,lon,lat,components\nNL1,Here,4.9,52.37,NO2\n")

    with pytest.raises(NoBorders):
        air.load_stations(path, **AMSTERDAM)

    assert not Station.objects.exists()


@pytest.mark.real_data
def test_every_file_is_recognised_by_one_source_at_most(shared: Path) -> None:
    from plein.foundation import files

    for folder in ("air_quality", "noise", "traffic", "weather"):
        for path in sorted((shared / "data" / folder).iterdir()):
            known = [one.key for one in sources() if one.recognise(path, files.head_of(path))]
            assert len(known) <= 1, (path, known)


# -- live -------------------------------------------------------------------------------------------------------------

ANSWERS = {
    "/stations": {"pagination": {"last_page": 1}, "data": [{"number": "NL49014", "location": "Amsterdam-Vondelpark"}]},
    "/stations/NL49014": {
        "data": {"geometry": {"type": "point", "coordinates": [4.866208, 52.359714]}, "components": ["NO2"]}
    },
    "/measurements": {
        "pagination": {"last_page": 1},
        "data": [
            {"value": 21.5, "timestamp_measured": "2026-11-02T08:00:00+00:00", "formula": "NO2"},
            {"value": 1.0, "timestamp_measured": "2026-11-02T08:00:00+00:00", "formula": "XX"},
        ],
    },
    "/daggegevens": [
        {"station_code": 240, "date": "2026-11-01T00:00:00.000Z", "TG": 91, "TN": 50, "TX": 120, "RH": -1, "DR": 0,
         "SQ": 12, "FG": 40, "FXX": 110, "DDVEC": 220, "UG": 88, "PG": 10132}
    ],
    "/Things": {
        "value": [
            {
                "name": "KIT_1",
                "properties": {"codegemeente": "363", "project": "Luchtclub"},
                "Locations": [{"location": {"type": "Point", "coordinates": [4.9, 52.37]}}],
                "Datastreams": [{"@iot.id": 7, "name": "KIT_1-1-pm25_kal"}, {"@iot.id": 8, "name": "KIT_1-2-temp"},
                                {"@iot.id": 9, "name": "KIT_1-3-rh"}],
            },
            {
                "name": "KIT_2",
                "Locations": [{"location": {"type": "Point", "coordinates": [4.91, 52.37]}}],
                "Datastreams": [{"@iot.id": 17, "name": "KIT_2-1-pm25_kal"}, {"@iot.id": 18, "name": "KIT_2-2-temp"}],
            },
        ]
    },
    "/Datastreams(7)/Observations": {
        "value": [{"phenomenonTime": "2026-11-02T08:00:00.000Z", "result": 7.5},
                  {"phenomenonTime": "2026-11-02T07:00:00.000Z", "result": None},
                  {"phenomenonTime": "2026-09-01T07:00:00.000Z", "result": 99}]
    },
    "/Datastreams(8)/Observations": {"value": [{"phenomenonTime": "2026-11-02T08:00:00.000Z", "result": 11.0}]},
    "/Datastreams(17)/Observations": {"value": [{"phenomenonTime": "2024-01-01T08:00:00.000Z", "result": 1.0}]},
}  # fmt: skip


class Replay:
    """A web server that answers as the sources did, and breaks when it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.faults = 0
        replay = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                replay.asked.append(self.path)
                broken = replay.faults > 0
                replay.faults -= 1
                known = ANSWERS.get(urlsplit(self.path).path)
                body = json.dumps(known).encode()
                empty = 504 if "Datastreams(" in self.path else 404  # what GOST answers when there is nothing
                self.send_response(503 if broken else 200 if known is not None else empty)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def replay() -> Iterator[Replay]:
    """Give the server."""
    made = Replay()
    yield made
    made.server.shutdown()
    made.server.server_close()


def fetcher(replay: Replay, tmp_path: Path) -> Fetcher:
    mirrors = {live.LUCHTMEETNET: replay.url, live.SAMEN_METEN: replay.url, live.KNMI: f"{replay.url}/daggegevens"}
    return Fetcher(tmp_path, mirrors=mirrors, sleep=lambda seconds: None)


def test_what_is_pulled_is_loaded_like_a_file(ground: None, replay: Replay, tmp_path: Path) -> None:
    live_now = fetcher(replay, tmp_path)

    (stations,) = live.pull_stations(live_now, gemeente="GM0363", now=NOW)
    assert air.is_stations(stations, b"")
    air.load_stations(stations, **AMSTERDAM)
    (hours,) = live.pull_hours(live_now, gemeente="GM0363", now=NOW)
    assert air.is_hours(hours, b"")
    air.load_hours(hours, **AMSTERDAM)

    assert Stream.objects.get(station__code="NL49014").last_value == 21.5
    asked = parse_qs(urlsplit(next(one for one in replay.asked if "measurements" in one)).query)
    assert asked["station_number"] == ["NL49014"]


def test_residents_sensors_and_weather_are_pulled_too(ground: None, replay: Replay, tmp_path: Path) -> None:
    live_now = fetcher(replay, tmp_path)

    (kits,) = live.pull_citizens(live_now, gemeente="GM0363", now=NOW)
    air.load_citizens(kits, **AMSTERDAM)
    (days,) = live.pull_weather(live_now, gemeente="GM0363", now=NOW)
    weather.load_days(days, **AMSTERDAM)

    assert Stream.objects.get(quantity="pm25").last_value == 7.5
    assert Stream.objects.get(quantity="temperature").last_value == 11.0
    asked = [urlsplit(one).path for one in replay.asked]
    assert "/Datastreams(9)/Observations" in asked  # a 504 there is no readings, and no reason to stop
    assert "/Datastreams(18)/Observations" not in asked  # KIT_2 was last heard in 2024
    assert list(tmp_path.rglob("*.part")) == []
    row = lake.read("sensing.weather_days").to_pylist()[0]
    assert (row["name"], row["temperature_mean_c"], row["rain_mm"]) == ("Schiphol", 9.1, 0.0)


def test_luchtmeetnet_is_asked_no_more_than_is_fair_and_places_are_kept(
    ground: None, replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [{"number": f"NL{number:05d}", "location": f"Place {number}"} for number in range(120)]
    monkeypatch.setitem(ANSWERS, "/stations", {"pagination": {"last_page": 1}, "data": many})
    for one in many:
        monkeypatch.setitem(ANSWERS, f"/stations/{one['number']}", ANSWERS["/stations/NL49014"])
    pauses: list[float] = []
    live_now = fetcher(replay, tmp_path)
    live_now.sleep = pauses.append

    (first,) = live.pull_stations(live_now, gemeente="GM0363", now=NOW)
    body = first.read_bytes()
    (second,) = live.pull_stations(live_now, gemeente="GM0363", now=NOW + timedelta(days=2))

    assert pauses == [300.0]  # 121 questions; at most 100 in 5 minutes are fair
    assert len(replay.asked) == 122  # the second time only the list: what it says of places is kept for a month
    assert second.read_bytes() == body


def test_when_no_sensor_answers_samen_meten_is_out_of_order(
    ground: None, replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kits = [{"name": f"K{n}", "Datastreams": [{"@iot.id": 100 + n, "name": f"K{n}-1-pm25_kal"}]} for n in range(30)]
    monkeypatch.setitem(ANSWERS, "/Things", {"value": kits})

    with pytest.raises(AddressUnreachable, match="504"):
        live.pull_citizens(fetcher(replay, tmp_path), gemeente="GM0363", now=NOW)

    assert len({urlsplit(one).path for one in replay.asked}) == 12  # the list and 11 sensors, not all 30


def test_a_source_that_fails_is_asked_again(ground: None, replay: Replay, tmp_path: Path) -> None:
    replay.faults = 2

    assert live.pull_stations(fetcher(replay, tmp_path), gemeente="GM0363", now=NOW)


def test_a_source_that_stays_away_is_named(ground: None, replay: Replay, tmp_path: Path) -> None:
    replay.faults = 99

    with pytest.raises(AddressUnreachable, match="503"):
        live.pull_stations(fetcher(replay, tmp_path), gemeente="GM0363", now=NOW)
