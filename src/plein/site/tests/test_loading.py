"""Loading a folder: what is good comes in, what is broken is refused and changes nothing, and the rest goes on."""

import csv
import gzip
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from click.testing import CliRunner

import plein.foundation.lake.tables as lake
from plein.foundation.catalogue import products
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.geo import places
from plein.foundation.geo.models import Area
from plein.foundation.geo.town import Town, lay_out
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.rooms import Source
from plein.foundation.words import Text
from plein.site import loading
from plein.site.awaited import awaited
from plein.site.cli import main
from plein.site.loading import Outcome, load_folder

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
GM = "GM0106"
pytestmark = pytest.mark.django_db

FIGURES = [
    *("code", "type", "name", "wijk_code", "gm_code", "gm_name", "province", "inwoners", "inwoners65plus"),
    *("inwoners0tot15", "dichtheid", "huishoudensgrootte", "huishoudens", "woz_waarde", "koopwoningen"),
    *("eengezinswoning", "inkomen_per_inwoner", "stedelijkheid", "adressendichtheid", "oppervlakte_land_ha"),
    *("afstand_huisarts", "afstand_supermarkt", "afstand_school", "scholen_binnen3km", "postcode"),
    *("sterfte_per_1000_2024", "gezondheid_goed_pct_2022", "gezondheid_goed_pct_2024"),
    *("misdrijven_2023", "misdrijven_2024"),
]


def figures(*rows: dict[str, Any]) -> str:
    """Make a file of key figures; what a row does not give is empty."""
    out = io.StringIO()
    lines = csv.DictWriter(out, FIGURES)
    lines.writeheader()
    lines.writerows({"type": "buurt", "gm_code": GM, "gm_name": "Assen", "name": "Buurt", **row} for row in rows)
    return out.getvalue()


GOOD = figures(
    {"code": GM, "type": "gemeente", "name": "Assen", "inwoners": "69000.0", "misdrijven_2024": "2500"},
    {"code": "WK010600", "type": "wijk", "name": "Centrum", "wijk_code": "WK010600", "inwoners": "5000"},
    {
        "code": "BU01060000",
        "wijk_code": "WK010600",
        "inwoners": "300",
        "woz_waarde": "295.0",
        "gezondheid_goed_pct_2024": "80.1",
        "misdrijven_2023": "7",
    },
    {"code": "BU01060001", "wijk_code": "WK010600", "inwoners": "", "gezondheid_goed_pct_2022": "77.5"},
)


def borders(kind: str, *codes: str) -> str:
    """Make a file of borders: squares beside each other."""
    names = {"gm_code": "gm_code", "gm_name": "gm_name"} if kind == "gemeente" else {"bu_code": "bu_code"}
    features = []
    for number, code in enumerate(codes):
        properties = (
            {"gm_code": code, "gm_name": f"Gemeente {code}"}
            if "gm_name" in names
            else {"bu_code": code, "bu_name": f"Buurt {code}", "gm_code": f"GM{code[2:6]}"}
        )
        shape = shapely.box(6.5 + 0.1 * number, 53.0, 6.6 + 0.1 * number, 53.1)
        features.append(
            {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(shape))}
        )
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture
def folder(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("in")


def put(folder: Path, name: str, body: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return path


def load(folder: Path, gemeente: str = GM) -> dict[str, Outcome]:
    return {outcome.file: outcome for outcome in load_folder(folder, gemeente=gemeente, now=lambda: NOW)}


def versions() -> list[tuple[str, int, str]]:
    return sorted(ProductVersion.objects.values_list("product__key", "number", "checksum"))


def test_files_are_known_by_what_is_in_them_and_loaded_in_the_order_they_need(folder: Path) -> None:
    put(folder, "a/zzz.bin", gzip.compress(borders("buurt", "BU01060000", "BU01060001", "BU00140000").encode()))
    put(folder, "holiday.jpg", borders("gemeente", GM, "GM0014"))
    put(folder, "figures.dat", GOOD)

    outcomes = load(folder)

    assert [(o.file, o.source, o.status, o.read, o.accepted) for o in outcomes.values()] == [
        ("figures.dat", "monitor.key_figures", "loaded", 4, 4),
        ("holiday.jpg", "monitor.borders_gemeenten", "loaded", 2, 2),
        ("a/zzz.bin", "monitor.borders_buurten", "loaded", 3, 2),
    ]
    assert Area.objects.get(pk="WK010600").name == "Centrum"  # the name came with the key figures
    assert places.buurt_at(6.65, 53.05) == "BU01060001"
    assert places.home() == GM


def test_the_figures_land_in_their_products(folder: Path) -> None:
    put(folder, "x", GOOD)

    load(folder)

    areas = {row["code"]: row for row in lake.read("monitor.areas").to_pylist()}
    assert areas["BU01060000"]["woz_waarde"] == 295.0
    assert areas["BU01060001"]["inwoners"] is None
    assert areas[GM]["inwoners"] == 69_000
    assert lake.read("monitor.crime").select(["code", "year", "misdrijven"]).to_pylist() == [
        {"code": "BU01060000", "year": 2023, "misdrijven": 7},
        {"code": GM, "year": 2024, "misdrijven": 2500},
    ]
    assert lake.read("monitor.health")["gezondheid_goed_pct"].to_pylist() == [80.1, 77.5]


def test_loading_twice_is_loading_once(folder: Path) -> None:
    put(folder, "figures", GOOD)
    put(folder, "borders", borders("buurt", "BU01060000"))
    load(folder)
    before, stamp = versions(), places.stamp()

    load(folder)

    assert versions() == before
    assert places.stamp() == stamp


def test_rows_that_break_the_contract_are_kept_apart_with_the_reason_and_the_others_come_in(
    folder: Path, data_dir: Path
) -> None:
    body = figures(
        {"code": "BU01060000", "inwoners": "300"},
        {"code": "BU01060001", "inwoners": "veel"},
        {"code": "B1", "inwoners": "5"},
        {"code": "BU01060003", "koopwoningen": "140"},
        {"code": "BU01060000", "inwoners": "301"},
        {"code": "BU01060005", "type": "straat"},
    )
    put(folder, "figures", body)

    outcome = load(folder)["figures"]

    assert (outcome.read, outcome.accepted, outcome.rejects) == (6, 1, 5)
    with Path(outcome.where).open(encoding="utf-8") as kept:
        reasons = [(row["row"], row["reason"]) for row in csv.DictReader(kept)]
    assert Path(outcome.where).is_relative_to(data_dir / "rejects")
    assert ("2", "inwoners: 'veel' is not a whole number") in reasons
    assert ("3", "code has another form") in reasons
    assert ("4", "koopwoningen is over 100") in reasons
    assert ("5", "stands twice") in reasons
    assert ("6", "kind is not on the list") in reasons


def test_the_rejects_of_before_go_when_the_file_is_mended(folder: Path) -> None:
    path = put(folder, "figures", figures({"code": "BU01060001", "inwoners": "veel"}, {"code": "BU01060000"}))
    kept = Path(load(folder)["figures"].where)
    assert kept.exists()

    path.write_text(GOOD)
    load(folder)

    assert not kept.exists()


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("figures.csv", GOOD.encode() + (b"BU01069999" + b"," * 29 + b"\n") * 5_000_000)
    return out.getvalue()


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


WIDE = ",".join(f"c{number}" for number in range(1_000_000))
BROKEN: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "cut-off-gzip": (
        lambda: gzip.compress(
            (
                GOOD + figures(*({"code": f"BU0106{n:04d}", "woz_waarde": str(n * 7919 % 997)} for n in range(9000)))
            ).encode()
        )[:-3000],
        "damaged",
    ),
    "wrong-columns": (lambda: "code,type,gm_code,stedelijkheid\nBU01060000,buurt,GM0106,1\n", "lacks name"),
    "a-million-columns": (lambda: f"{WIDE}\n{WIDE}\n", "columns"),
    "wrong-encoding": (lambda: GOOD.replace("Centrum", "Café Noord").encode("cp1252"), "UTF-8"),
    "zip-bomb": (zip_bomb, "too large"),
    "gzip-bomb": (lambda: gzip.compress((GOOD + "x" * 80_000_000).encode()), "not read"),
    "endless-line": (lambda: GOOD + "BU01060009," + "9" * 3_000_000, "line of over"),
    "half-a-parquet": (lambda: parquet(pa.table({"jaar": list(range(5000))}))[:-40], "damaged"),
    "half-json": (lambda: borders("buurt", "BU01060009")[:-30], "damaged"),
    "empty-bytes": (lambda: GOOD + "\0" * 100, "is empty, which no text has"),
    "empty-bytes-far": (
        lambda: GOOD + figures(*({"code": f"BU0106{n:04d}"} for n in range(9000))) + "\0",
        "no text has",
    ),
    "same-header-twice": (
        lambda: "".join(f"{line},{'code' if not n else 'x'}\n" for n, line in enumerate(GOOD.split())),
        "the column code twice",
    ),
    "endless-cell": (lambda: GOOD.replace("Centrum", "C" * 1_000_000), "line of over"),
    "endless-quote": (lambda: GOOD.replace("Centrum", '"Centrum'), "a quote that is never closed"),
    "deep-json": (
        lambda: (
            '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"gm_code":"GM0106",'
            '"gm_name":"x"},"geometry":' + "[" * 100_000 + "]" * 100_000 + "}]}"
        ),
        "damaged",
    ),
    "parquet-that-grows": (
        lambda: parquet(
            pa.table(
                {
                    "jaar": pa.array([2024] * 200_000),
                    "verslagsoort": pa.DictionaryArray.from_arrays(pa.array([0] * 200_000, pa.int32()), ["x" * 9_000]),
                    "gm_code": pa.array([GM] * 200_000),
                    "taakveld": pa.array(["1"] * 200_000),
                    "taakveld_titel": pa.array(["1"] * 200_000),
                    "lasten_1000eur": pa.array([1.0] * 200_000),
                }
            )
        ),
        "too large",
    ),
    "locked-or-odd-zip": (lambda: b"PK\x03\x04" + b"\0" * 60, "damaged"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_the_reason_changes_nothing_and_the_others_go_on(name: str, folder: Path) -> None:
    make, word = BROKEN[name]
    put(folder, "first", GOOD)
    load(folder)
    before, areas = versions(), lake.read("monitor.areas")
    put(folder, f"broken-{name}", make())
    put(folder, "later", borders("gemeente", GM))

    outcomes = load(folder)

    assert outcomes[f"broken-{name}"].status == "refused"
    assert word in outcomes[f"broken-{name}"].note
    assert outcomes["later"].status == "loaded"
    assert versions() == before
    assert lake.read("monitor.areas").equals(areas)


def test_a_huge_file_of_nothing_costs_nothing(folder: Path) -> None:
    with (folder / "empty").open("wb") as file:
        file.truncate(5_000_000_000)
    with (folder / "figures").open("wb") as file:
        file.write(GOOD.encode())
        file.seek(200_000)
        file.truncate(5_000_000_000)
    with (folder / "json").open("wb") as file:
        file.write(borders("gemeente", GM).encode() + b" " * 100_000)
        file.truncate(5_000_000_000)

    outcomes = load(folder)

    assert outcomes["empty"].status == "not-recognised"
    assert outcomes["figures"].status == outcomes["json"].status == "refused"
    assert "over 1,000 MB" in outcomes["figures"].note
    assert "over 250 MB" in outcomes["json"].note


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "no table"),
        ("Just words about data.\n", "plain text"),
        ("lamp,age\n1,2\n", "no source reads columns lamp, age"),
        ('{"lamps": [1]}', "no source reads keys lamps"),
    ],
)
def test_what_nobody_knows_is_listed_with_what_it_looks_like(body: str | bytes, why: str, folder: Path) -> None:
    put(folder, "thing", body)

    outcome = load(folder)["thing"]

    assert outcome.status == "not-recognised"
    assert why in outcome.note


def test_an_archive_of_many_files_is_listed_and_no_fault(folder: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("stops.txt", "a")
        archive.writestr("trips.txt", "b")
    put(folder, "gtfs", out.getvalue())

    assert load(folder)["gtfs"].status == "not-recognised"


def test_a_fault_of_ours_ends_one_file_only_and_says_that_it_is_ours(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(path: Path, **more: Any) -> Any:
        raise ZeroDivisionError("oops")

    fine = loading.all_sources()
    faulty = Source(
        key="x.lamps", title=Text("x", "x"), licence="", recognise=lambda path, head: b"lamp" in head, load=fall
    )
    monkeypatch.setattr(loading, "all_sources", lambda: [faulty, *fine])
    put(folder, "a", "lamp,age\n1,2\n")
    put(folder, "b", GOOD)

    outcomes = load(folder)

    assert outcomes["a"].status == "failed"
    assert "ZeroDivisionError: oops" in outcomes["a"].note
    assert outcomes["b"].status == "loaded"


def test_links_are_named_and_not_followed_out_of_the_folder_or_round_in_it(folder: Path, tmp_path: Path) -> None:
    (folder / "link").symlink_to(put(tmp_path, "secret", GOOD))
    (folder / "deep").mkdir()
    (folder / "deep" / "round").symlink_to(folder)
    (folder / "gone").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "pipe")

    outcomes = load(folder)

    assert {name: one.status for name, one in outcomes.items()} == dict.fromkeys(
        ("link", "deep/round", "gone", "pipe"), "not-recognised"
    )
    assert "links are not followed" in outcomes["deep/round"].note


def test_what_may_not_be_read_is_refused_in_words_and_the_rest_goes_on(folder: Path) -> None:
    put(folder, "closed/figures", GOOD)
    put(folder, "secret", GOOD).chmod(0)
    (folder / "closed").chmod(0)
    put(folder, "good", borders("gemeente", GM))
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == os.geteuid() and parent.is_relative_to("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o755)
    nobody = os.geteuid() == 0
    if nobody:
        os.seteuid(65534)
    try:
        found = {name.name: trouble for name, trouble in loading.walk(folder)}
        refused = loading._sorted_out(folder, loading.in_order(loading.all_sources()))[0]
    finally:
        if nobody:
            os.seteuid(0)
        (folder / "closed").chmod(0o755)

    assert "Permission denied" in found["closed"]
    assert {one.file: one.status for one in refused} == {"closed": "refused", "secret": "refused"}


def test_a_file_that_vanishes_before_it_is_read_is_refused_in_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(folder, "figures", GOOD)
    monkeypatch.setattr(loading.ledger, "fingerprint", lambda *args, **more: path.unlink() or "x")

    outcome = load(folder)["figures"]

    assert outcome.status == "refused"
    assert "whether it is still there" in outcome.note


def test_what_was_loaded_before_and_did_not_change_is_told_and_not_read_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "figures", GOOD)
    poles = put(folder, "poles", "mastnummer,gemeente,lon,lat\nA1,Assen,6.55,53.05\n")
    put(folder, "borders", borders("gemeente", GM))
    first, before = load(folder), versions()
    done: list[str] = []
    monkeypatch.setattr(loading, "load_file", lambda source, path, **more: done.append(path.name))

    second = load(folder)

    assert done == []
    assert all(one.is_unchanged for one in second.values())
    assert [(one.file, one.read, one.accepted) for one in first.values()] == [
        (one.file, one.read, one.accepted) for one in second.values()
    ]
    assert versions() == before

    monkeypatch.undo()
    poles.write_text("mastnummer,gemeente,lon,lat\nA1,Assen,6.55,53.05\nA2,Assen,6.56,53.05\n")
    third = load(folder)
    assert [name for name, one in third.items() if not one.is_unchanged] == ["poles"]
    assert third["poles"].accepted == 2


def test_other_borders_make_what_builds_on_them_load_anew(folder: Path) -> None:
    put(folder, "poles", "mastnummer,gemeente,lon,lat\nA1,Assen,6.55,53.05\n")
    put(folder, "borders", borders("gemeente", GM))
    load(folder)

    put(folder, "borders", borders("gemeente", "GM0014", GM))  # now the pole lies in Groningen
    outcomes = load(folder)

    assert outcomes["poles"].status == "nothing-here"


def test_a_directory_that_goes_to_another_municipality_says_so_and_empties_what_is_only_of_the_first(
    folder: Path, settings: Any
) -> None:
    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": ""}
    put(folder, "borders", borders("gemeente", GM, "GM0014"))
    put(folder, "poles", "mastnummer,gemeente,lon,lat\nA1,Assen,6.55,53.05\n")
    put(folder, "figures", GOOD)
    load(folder)

    moved = load_folder(folder, gemeente="GM0014", now=lambda: NOW + timedelta(hours=1))[0]

    assert moved.status == "moved"
    assert "was for Gemeente GM0106 (GM0106) and is now for Gemeente GM0014 (GM0014)" in moved.note
    assert "monitor.light_poles" in moved.note
    rows = {version.product.key: version.rows for version in products.currents().values()}
    assert rows["monitor.light_poles"] == 0
    assert rows["monitor.areas"] == 4  # of the whole country: they stay
    assert load(folder)["poles"].accepted == 1  # and back again
    assert products.currents()["monitor.light_poles"].rows == 1


def test_a_file_of_which_no_row_fits_is_refused_and_does_not_empty_what_is_there(folder: Path) -> None:
    put(folder, "figures", GOOD)
    load(folder)
    before = versions()
    put(folder, "figures", figures({"code": "B1"}, {"code": "B2"}))

    outcome = load(folder)["figures"]

    assert outcome.status == "refused"
    assert "none of its 2 rows fits; row 1: code has another form" in outcome.note
    assert versions() == before


def test_files_for_rooms_to_come_are_named_with_their_room(folder: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("stops.txt", "trips.txt", "stop_times.txt"):
            archive.writestr(name, "a")
    put(folder, "gtfs", out.getvalue())
    put(folder, "upl", "UniformeProductnaam,URI,Gemeente\nafval,x,X\n")
    put(folder, "vrp", "NAME : x\nTYPE : VRPTW\n")

    outcomes = load(folder)

    assert {name: (one.status, one.room) for name, one in outcomes.items()} == {
        "gtfs": ("not-used-yet", "city/mobility"),
        "upl": ("not-used-yet", "service/products"),
        "vrp": ("not-used-yet", "city/waste"),
    }


def test_no_kind_of_a_room_to_come_hides_a_source(shared: Path) -> None:
    sources = loading.in_order(loading.all_sources())
    for path in sorted(shared.glob("data/*/*")):
        if path.is_file() and not path.name.endswith(".zip") and loading.recognised(path, sources):
            assert awaited(path) is None, path


def test_pages_carry_the_name_of_the_municipality_that_was_loaded_unless_somebody_chose_one(
    folder: Path, command: Callable[..., Any], data_dir: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLEIN_ORGANISATION", raising=False)
    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": ""}
    put(folder, "borders", borders("gemeente", GM, "GM0014"))
    (data_dir / "plein.env").write_text("PLEIN_OIN=1\n")

    said = command(str(folder), "--gemeente", GM).stderr

    assert "Pages are now of Gemeente Gemeente GM0106" in said
    assert (data_dir / "plein.env").read_text() == "PLEIN_OIN=1\nPLEIN_ORGANISATION=Gemeente Gemeente GM0106\n"
    command(str(folder), "--gemeente", "GM0014")
    assert "PLEIN_ORGANISATION=Gemeente Gemeente GM0014" in (data_dir / "plein.env").read_text()

    (data_dir / "plein.env").write_text("PLEIN_ORGANISATION=Hoofdstad\n")
    command(str(folder), "--gemeente", GM)
    assert (data_dir / "plein.env").read_text() == "PLEIN_ORGANISATION=Hoofdstad\n"


AMSTERDAM = (
    "year,code,name,gm_name,population_total,pop_age_0_15,pop_age_65_plus,avg_household_size,avg_property_value_1000eur,"
    "pct_unoccupied_homes,pct_owner_occupied,avg_income_per_inhabitant_1000eur,pct_low_income_households,"
    "pct_below_120pct_social_min,pct_lowest_40pct_income,pct_highest_20pct_income,urbanization_level\n"
)


def test_figures_of_before_find_the_code_that_a_neighbourhood_has_now(folder: Path) -> None:
    facts = {"buurtcode_cbs_2015": "BU03630000", "buurtcode_cbs_2022": "BU0363AE01", "buurtnaam_2022": "Kop Zeedijk"}
    feature = {"type": "Feature", "properties": facts, "geometry": None}
    put(folder, "z-codes", json.dumps({"type": "FeatureCollection", "features": [feature]}))
    rows = (
        "2020,BU03630000,Kop Zeedijk,Amsterdam,500"
        + "," * 12
        + "\n2024,BU0363AE01,Kop Zeedijk,Amsterdam,510"
        + "," * 12
    )
    put(folder, "a-figures", AMSTERDAM + rows + "\n")

    outcomes = load(folder, "GM0363")

    assert "1 figures of before" in outcomes["a-figures"].note
    kept = lake.read("monitor.areas").select(["code", "year", "inwoners"]).to_pylist()
    assert kept == [
        {"code": "BU0363AE01", "year": 2020, "inwoners": 500},
        {"code": "BU0363AE01", "year": 2024, "inwoners": 510},
    ]


def test_a_stopped_load_says_what_to_do(
    folder: Path, command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*args: Any, **more: Any) -> Any:
        raise KeyboardInterrupt

    put(folder, "figures", GOOD)
    monkeypatch.setattr(loading, "load_file", stop)

    answer = command(str(folder), "--gemeente", GM)

    assert answer.exit_code == 130
    assert "the same command again does the rest" in answer.stderr


def test_what_holds_nothing_for_this_municipality_is_said_and_nothing_is_emptied(folder: Path) -> None:
    poles = "mastnummer,gemeente,lon,lat\nA1,Groningen,6.55,53.05\n"
    put(folder, "borders", borders("gemeente", GM, "GM0014"))
    put(folder, "poles", poles)

    outcome = load(folder, "GM0014")["poles"]

    assert outcome.status == "nothing-here"
    assert "GM0014" in outcome.note
    assert load(folder, GM)["poles"].accepted == 1


def test_sources_wait_for_those_they_need_and_a_circle_is_refused() -> None:
    def source(key: str, *after: str) -> Source:
        return Source(key=key, title=Text(key, key), licence="", recognise=bool, load=bool, after=after)

    assert [s.key for s in loading.in_order([source("c", "b"), source("b", "a"), source("a", "unknown")])] == [
        "a",
        "b",
        "c",
    ]
    with pytest.raises(loading.Circle, match="a, b"):
        loading.in_order([source("a", "b"), source("b", "a")])


@pytest.mark.parametrize("code", ["0363", "GM363", "gm0363", "GM0363; DROP"])
def test_a_code_that_is_none_is_refused(code: str, folder: Path) -> None:
    with pytest.raises(loading.NotAGemeente):
        load(folder, code)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setattr("plein.site.commands.load.migrate", lambda: None)
    return lambda *words: CliRunner().invoke(main, ["load", *words])


def test_the_command_prints_a_line_for_machines_and_says_by_its_exit_code_whether_all_is_well(
    folder: Path, command: Callable[..., Any]
) -> None:
    put(folder, "good", GOOD)
    answer = command(str(folder), "--gemeente", GM, "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout.splitlines()[0])["accepted"] == 4

    put(folder, "bad", GOOD.encode("utf-16"))
    answer = command(str(folder), "--gemeente", GM, "--json")

    assert answer.exit_code == 1
    assert {json.loads(line)["status"] for line in answer.stdout.splitlines()} == {"loaded", "refused"}
    assert "1 of 2 files were refused" in answer.stderr


def test_the_command_tells_people_what_was_rejected_and_why(folder: Path, command: Callable[..., Any]) -> None:
    put(folder, "figures", GOOD + figures({"code": "B9"}).split("\n", 1)[1])

    answer = command(str(folder), "--gemeente", GM)

    assert answer.exit_code == 0
    assert "1 rows: code has another form" in answer.output
    assert "rejects" in answer.output


def test_whoever_loads_beside_the_demo_town_is_told(folder: Path, command: Callable[..., Any], settings: Any) -> None:
    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": ""}
    put(folder, "figures", GOOD)
    assert "demo town" not in command(str(folder), "--gemeente", GM).stderr
    lay_out(Town(), by=SYSTEM, now=NOW)

    assert "The demo town stands in this data directory too" in command(str(folder), "--gemeente", GM).stderr


def test_a_folder_that_is_not_there_is_refused_in_words(command: Callable[..., Any]) -> None:
    answer = command("/nowhere", "--gemeente", GM)

    assert answer.exit_code == 1
    assert "is not a folder" in answer.output


# What stands in SOURCE.md of areas, finance and waste, and what the municipalities have.
@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("gemeente", "buurten", "products"),
    [
        ("GM0363", 516, {"waste_weighings", "waste_clusters", "waste_containers", "street_bins", "area_successors"}),
        ("GM0014", 151, {"light_poles", "population_grid", "bus_stops"}),
        ("GM0106", 109, set()),
        ("GM0034", 238, {"street_furniture"}),
        ("GM0518", None, {"crime_monthly"}),
        ("GM0361", None, {"traffic_accidents"}),
    ],
)
def test_the_real_files_of_areas_finance_crime_waste_and_public_space_load(
    gemeente: str, buurten: int | None, products: set[str], folder: Path, shared: Path
) -> None:
    for topic in ("areas", "finance", "crime", "waste", "public_space"):
        shutil.copytree(shared / "data" / topic, folder / topic)
    shutil.copy(shared / "data/mobility/groningen_bushaltes_ndov_2017.csv", folder)
    shutil.copy(shared / "data/traffic/alkmaar_verkeersongevallen_2021_2024.csv.gz", folder)

    outcomes = load(folder, gemeente)

    refused = {name for name, outcome in outcomes.items() if outcome.status in ("refused", "failed")}
    assert refused == set()
    rows = {version.product.key: version.rows for version in ProductVersion.objects.select_related("product")}
    always = {"areas", "crime", "health", "finance", "finance_tasks"}
    assert {key.removeprefix("monitor.") for key in rows} == always | products
    assert rows["monitor.finance"] == 5_984
    assert rows["monitor.finance_tasks"] == 306_700
    assert Area.objects.filter(kind="gemeente").count() == 342
    if buurten:
        assert Area.objects.filter(kind="buurt").count() == buurten
    before = versions()
    load(folder, gemeente)
    assert versions() == before


@pytest.mark.real_data
@pytest.mark.slow
def test_no_weighing_is_lost_and_odd_ones_are_told_apart(folder: Path, shared: Path) -> None:
    for name in ("areas/gemeenten_2024.geojson.gz", "waste/amsterdam_wegingen_restafval_2020-01_2021-06.parquet"):
        shutil.copy(shared / "data" / name, folder)
    table = pq.read_table(shared / "data/waste/amsterdam_wegingen_restafval_2020-01_2021-06.parquet")
    weights = table["weight_kg"].to_numpy()

    outcomes = load(folder, "GM0363")

    outcome = next(o for o in outcomes.values() if o.source == "monitor.waste_weighings")
    totals = lake.query(
        "SELECT sum(weighings) n, sum(not_positive) light, sum(too_heavy) heavy, sum(emptyings) e,"
        " count(DISTINCT month) m FROM w",
        {"w": "monitor.waste_weighings"},
    ).to_pylist()[0]
    assert totals["n"] + outcome.rejects == len(weights) == 491_686
    assert totals["heavy"] == int((weights > 1500).sum()) == 17_044  # as SOURCE.md says
    assert int((weights <= 0).sum()) - outcome.rejects <= totals["light"] <= 6_605
    assert 0 < totals["e"] < totals["n"]
    assert totals["m"] == 18
