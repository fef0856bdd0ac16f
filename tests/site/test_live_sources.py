"""Live sources, replayed from a server on this machine.

The answers have the shape of the official interfaces as their documentation and public clients show it; they were
written by hand, as no live address could be called from where this was made. The list of municipalities in
`areas/cbs_odata_voorbeeld_gemeenten_45042NED.json` is a real answer and has the same shape.
"""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest
import shapely
from click.testing import CliRunner

import plein.foundation.lake.tables as lake
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.files.fetching import Fetcher
from plein.foundation.geo import places
from plein.foundation.geo.coordinates import to_wgs84
from plein.foundation.geo.models import Area
from plein.insight.monitor.sources import live, sources

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
GM = "GM0106"
pytestmark = pytest.mark.django_db


def figures(path: str, query: dict[str, str]) -> dict[str, Any]:
    """Answer as CBS does: padded keys, numbered fields, a dot or null for no figure."""
    facts = {"SoortRegio_2": "Buurt     ", "Gemeentenaam_1": "Assen     "}
    rows = [
        {
            "ID": 1,
            "WijkenEnBuurten": "GM0106    ",
            **facts,
            "AantalInwoners_5": 69_605,
            "Koopwoningen_47": 61,
            "GemiddeldInkomenPerInwoner_78": 31.2,
        },
        {"ID": 2, "WijkenEnBuurten": "WK010610  ", **facts, "AantalInwoners_5": 5_120, "Koopwoningen_47": None},
        {
            "ID": 3,
            "WijkenEnBuurten": "BU01061000",
            **facts,
            "AantalInwoners_5": 245,
            "AfstandTotSchool_113": "       .",
            "MeestVoorkomendePostcode_118": "9401  ",
            "MateVanStedelijkheid_120": 2,
        },
    ]
    return {"odata.metadata": "https://opendata.cbs.nl/ODataApi/OData/85984NED/$metadata", "value": rows}


def names(path: str, query: dict[str, str]) -> dict[str, Any]:
    titles = {"GM0106    ": "Assen", "WK010610  ": "Wijk 10 Centrum", "BU01061000": "Stadscentrum"}
    return {"value": [{"Key": key, "Title": title, "Municipality": GM} for key, title in titles.items()]}


def buurten(path: str, query: dict[str, str]) -> dict[str, Any]:
    """Answer as PDOK does: RD, at most `count` features from `startIndex`."""
    found = []
    for number in range(5):
        shape = shapely.box(233_000 + 500 * number, 556_000, 233_500 + 500 * number, 556_500)
        facts = {"buurtcode": f"BU010610{number:02d}", "buurtnaam": f"Buurt {number}", "wijkcode": "WK010610"}
        more = {
            "gemeentecode": GM,
            "gemeentenaam": "Assen",
            "water": "JA" if number == 4 else "NEE",
            "aantalInwoners": -99_997,
        }
        found.append(
            {
                "type": "Feature",
                "id": f"buurten.{number}",
                "properties": {**facts, **more},
                "geometry": json.loads(shapely.to_geojson(shape)),
            }
        )
    start, count = int(query["startIndex"]), int(query["count"])
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    return {"type": "FeatureCollection", "crs": crs, "numberMatched": 5, "features": found[start : start + count]}


def tasks(path: str, query: dict[str, str]) -> dict[str, Any]:
    titles = {
        "0.1   ": "0.1 Bestuur",
        "7.3   ": "7.3 Afval",
        "0.10  ": "0.10 Mutaties reserves",
        "A111  ": "A111 Kosten",
    }
    return {"value": [{"Key": key, "Title": title} for key, title in titles.items()]}


def amounts(path: str, query: dict[str, str]) -> dict[str, Any]:
    """Answer as CBS does for Iv3: a row per category, in two pages."""
    year = {table: year for year, table in live.IV3_TABLES.items()}[path.split("/")[-2]]
    facts = {"Gemeenten": "GM0106   ", "Verslagsoort": f"{year}X005"}
    rows = [
        {
            **facts,
            "TaakveldBalanspost": "0.1   ",
            "Categorie": "L1.1  ",
            "k_1ePlaatsing_1": 900,
            "k_2ePlaatsing_2": 1_000,
        },
        {
            **facts,
            "TaakveldBalanspost": "0.1   ",
            "Categorie": "L3.8  ",
            "k_1ePlaatsing_1": 500,
            "k_2ePlaatsing_2": None,
        },
        {**facts, "TaakveldBalanspost": "A111  ", "Categorie": "L9    ", "k_1ePlaatsing_1": 7, "k_2ePlaatsing_2": 7},
        {**facts, "TaakveldBalanspost": "0.10  ", "Categorie": "L7.1  ", "k_1ePlaatsing_1": 77, "k_2ePlaatsing_2": 77},
    ]
    if "$skiptoken" in query:
        return {"value": [{**facts, "TaakveldBalanspost": "7.3   ", "Categorie": "L3.8  ", "k_1ePlaatsing_1": 4_200}]}
    link = f"{live.IV3}/{live.IV3_TABLES[year]}/TypedDataSet?$format=json&$skiptoken=4"
    return {"value": rows, "odata.nextLink": link}


ANSWERS: dict[str, Callable[[str, dict[str, str]], dict[str, Any]]] = {
    "/ODataApi/odata/85984NED/TypedDataSet": figures,
    "/ODataApi/odata/85984NED/WijkenEnBuurten": names,
    "/cbs/wijkenbuurten/2024/wfs/v1_0": buurten,
    **{f"/ODataFeed/odata/{table}/TaakveldBalanspost": tasks for table in live.IV3_TABLES.values()},
    **{f"/ODataFeed/odata/{table}/TypedDataSet": amounts for table in live.IV3_TABLES.values()},
}


class Official(ThreadingHTTPServer):
    """Plays the official places, with entity tags; `down` makes a path answer 503."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.down: set[str] = set()
        super().__init__(("127.0.0.1", 0), Player)

    @property
    def mirrors(self) -> dict[str, str]:
        here = f"http://127.0.0.1:{self.server_address[1]}"
        return dict.fromkeys(("https://opendata.cbs.nl", "https://service.pdok.nl", "https://dataderden.cbs.nl"), here)


class Player(BaseHTTPRequestHandler):
    server: Official

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append(unquote_plus(self.path))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path in self.server.down:
            return self.answer(503, b"")
        body = json.dumps(ANSWERS[parts.path](parts.path, query)).encode()
        etag = f'"{hash(body)}"'
        self.answer(304, b"", etag) if self.headers.get("If-None-Match") == etag else self.answer(200, body, etag)

    def answer(self, status: int, body: bytes, etag: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None: ...


@pytest.fixture(autouse=True)
def only_the_monitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the live sources of other rooms alone: no test asks the real places."""
    monkeypatch.setattr("plein.site.loading.all_sources", sources)


@pytest.fixture
def official() -> Iterator[Official]:
    server = Official()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def fetcher(official: Official, data_dir: Path) -> Fetcher:
    return Fetcher(data_dir / "pull", mirrors=official.mirrors, sleep=lambda seconds: None)


def load(fetcher: Fetcher, key: str) -> Any:
    from plein.foundation.identity.actors import SYSTEM

    source = next(source for source in sources() if source.key == key)
    assert source.pull is not None
    loaded = [
        source.load(path, gemeente=GM, by=SYSTEM, now=NOW)
        for path in source.pull(fetcher, gemeente=GM, now=NOW)
        if source.recognise(path, path.read_bytes()[:65_536])
    ]
    return loaded[-1]


def test_key_figures_of_cbs_come_in_by_the_name_of_the_field_whatever_its_number(
    fetcher: Fetcher, official: Official
) -> None:
    loaded = load(fetcher, "monitor.key_figures_live")

    rows = {row["code"]: row for row in lake.read("monitor.areas").to_pylist()}
    assert (loaded.read, loaded.accepted, list(loaded.rejects)) == (3, 3, [])
    assert rows[GM]["inwoners"] == 69_605
    assert rows[GM]["inkomen_per_inwoner"] == 31.2
    assert rows["WK010610"]["koopwoningen"] is None
    assert (
        rows["BU01061000"] | {"name": "Stadscentrum", "postcode": "9401", "afstand_school": None, "stedelijkheid": 2}
        == rows["BU01061000"]
    )
    assert "startswith(WijkenEnBuurten,'BU0106')" in official.asked[0]


def test_borders_of_pdok_come_in_page_by_page_from_rd_without_the_water(
    fetcher: Fetcher, official: Official, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PDOK_PAGE", 2)

    loaded = load(fetcher, "monitor.borders_live")

    assert loaded.accepted == 4
    assert [query.split("startIndex=")[1] for query in official.asked] == ["0", "2", "4"]
    assert "<fes:Literal>GM0106</fes:Literal>" in official.asked[0]
    assert places.buurt_at(*to_wgs84(233_250, 556_250)) == "BU01061000"
    assert Area.objects.get(pk="BU01061000").area_km2 == pytest.approx(0.25, rel=0.01)
    assert Area.objects.filter(kind="wijk").count() == 1
    assert Area.objects.get(pk=GM).name == "Assen"


def test_expenditure_of_iv3_is_added_up_per_task_field_without_balance_and_reserves(fetcher: Fetcher) -> None:
    load(fetcher, "monitor.finance_live")

    rows = {(row["jaar"], row["taakveld"]): row for row in lake.read("monitor.finance_tasks").to_pylist()}
    assert set(rows) == {(year, task) for year in live.IV3_TABLES for task in ("0.1", "7.3")}
    assert rows[2024, "0.1"]["lasten_1000eur"] == 1_500  # 1,000 as corrected and 500 as first published
    assert rows[2024, "0.1"]["taakveld_titel"] == "Bestuur"
    assert rows[2024, "7.3"]["lasten_1000eur"] == 4_200  # from the second page
    assert rows[2024, "7.3"]["verslagsoort"] == "2024X005"


def test_pulling_again_fetches_nothing_and_makes_no_new_version(official: Official, data_dir: Path) -> None:
    from plein.site.loading import pull

    def all_of_it() -> tuple[Fetcher, list[Any]]:
        fetcher = Fetcher(data_dir / "pull", mirrors=official.mirrors, sleep=lambda seconds: None)
        return fetcher, pull(fetcher, gemeente=GM, now=lambda: NOW)

    first, outcomes = all_of_it()
    ours = [outcome for outcome in outcomes if outcome.source.startswith("monitor.")]
    versions = list(
        ProductVersion.objects.filter(product__key__startswith="monitor.").values_list("product__key", "number")
    )
    again, _ = all_of_it()

    assert {outcome.status for outcome in ours} == {"loaded"}
    assert first.fetched >= 11
    assert (again.fetched, again.unchanged) == (0, first.fetched)
    assert (
        list(ProductVersion.objects.filter(product__key__startswith="monitor.").values_list("product__key", "number"))
        == versions
    )
    assert places.home() == GM


def test_a_place_that_is_down_is_told_and_the_others_go_on(official: Official, fetcher: Fetcher) -> None:
    from plein.site.loading import pull

    official.down.add("/cbs/wijkenbuurten/2024/wfs/v1_0")

    outcomes = {outcome.source: outcome for outcome in pull(fetcher, gemeente=GM, now=lambda: NOW)}

    assert outcomes["monitor.borders_live"].status == "refused"
    assert "does not answer: status 503" in outcomes["monitor.borders_live"].note
    assert outcomes["monitor.key_figures_live"].status == "loaded"


def test_an_answer_in_another_shape_is_refused_and_changes_nothing(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plein.site.loading import pull

    monkeypatch.setitem(ANSWERS, "/ODataApi/odata/85984NED/TypedDataSet", lambda path, query: {"error": "table moved"})

    outcomes = {outcome.source: outcome for outcome in pull(fetcher, gemeente=GM, now=lambda: NOW)}

    assert outcomes["monitor.key_figures_live"].status == "refused"
    assert not ProductVersion.objects.filter(product__key="monitor.areas").exists()


def test_the_command_names_its_addresses_and_pulls_through_a_mirror(
    official: Official, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plein.site.cli import main

    monkeypatch.setattr("plein.site.commands.pull.migrate", lambda: None)
    listed = CliRunner().invoke(main, ["pull", "--list"])
    assert live.PDOK in listed.output

    mirrors = [word for pair in official.mirrors.items() for word in ("--mirror", "=".join(pair))]
    answer = CliRunner().invoke(main, ["pull", "--gemeente", GM, "--json", *mirrors])

    loaded = {line["source"]: line["status"] for line in map(json.loads, answer.stdout.splitlines())}
    assert loaded["monitor.borders_live"] == loaded["monitor.key_figures_live"] == "loaded"


@pytest.mark.real_data
def test_a_real_answer_of_cbs_reads_as_odata(shared: Path) -> None:
    rows = live._rows(shared / "data/areas/cbs_odata_voorbeeld_gemeenten_45042NED.json")

    assert rows[0]["Key"].strip() == "GM1680"
    assert rows[0]["Title"] == "Aa en Hunze"
