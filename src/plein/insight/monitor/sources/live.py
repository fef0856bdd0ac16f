"""The live addresses of CBS and PDOK, and how their answers are read.

CBS Open Data speaks OData 3. A table has its own number per year; its fields end in a number that differs between years
(`AantalInwoners_5`), so they are found by what stands before it. Keys are padded with spaces. PDOK's WFS gives at most
1,000 features at a time, knows the OGC filter and no other, and writes "no figure" as -99997.
"""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from plein.foundation import files
from plein.foundation.files import Loaded
from plein.foundation.files.fetching import Fetcher
from plein.foundation.geo.actions import Border, sound, store_areas
from plein.foundation.geo.coordinates import to_wgs84_many
from plein.foundation.geo.errors import BadGeometry
from plein.foundation.geo.models import Area
from plein.foundation.identity.actors import Actor
from plein.insight.monitor.sources.areas import KINDS, publish_areas, wijken_of
from plein.insight.monitor.sources.finance import TASK_PARTS
from plein.insight.monitor.sources.tables import ROW, Intake

CBS_AREAS = "https://opendata.cbs.nl/ODataApi/odata/85984NED"
CBS_AREAS_YEAR = 2024
PDOK = "https://service.pdok.nl/cbs/wijkenbuurten/2024/wfs/v1_0"
PDOK_YEAR = 2024
PDOK_PAGE = 1_000
IV3 = "https://dataderden.cbs.nl/ODataFeed/odata"
IV3_TABLES = {2023: "45063NED", 2024: "45067NED", 2025: "45071NED", 2026: "45078NED"}
_MOST_PAGES = 200

# What stands before the number in a field of "Kerncijfers wijken en buurten", and its name in monitor.areas.
FIELDS = {
    "Gemeentenaam": "gemeente_naam",
    "AantalInwoners": "inwoners",
    "k_0Tot15Jaar": "inwoners0tot15",
    "k_65JaarOfOuder": "inwoners65plus",
    "HuishoudensTotaal": "huishoudens",
    "GemiddeldeHuishoudensgrootte": "huishoudensgrootte",
    "Bevolkingsdichtheid": "dichtheid",
    "GemiddeldeWOZWaardeVanWoningen": "woz_waarde",
    "PercentageEengezinswoning": "eengezinswoning",
    "Koopwoningen": "koopwoningen",
    "PercentageOnbewoond": "leegstand",
    "Nettoarbeidsparticipatie": "arbeidsdeelname",
    "GemiddeldInkomenPerInwoner": "inkomen_per_inwoner",
    "k_40PersonenMetLaagsteInkomen": "inkomens_laagste_40",
    "k_20PersonenMetHoogsteInkomen": "inkomens_hoogste_20",
    "HuishoudensMetEenLaagInkomen": "lage_inkomens",
    "AfstandTotHuisartsenpraktijk": "afstand_huisarts",
    "AfstandTotGroteSupermarkt": "afstand_supermarkt",
    "AfstandTotSchool": "afstand_school",
    "ScholenBinnen3Km": "scholen_binnen3km",
    "OppervlakteLand": "oppervlakte_land_ha",
    "MeestVoorkomendePostcode": "postcode",
    "MateVanStedelijkheid": "stedelijkheid",
    "Omgevingsadressendichtheid": "adressendichtheid",
}
_WHOLE = {"inwoners", "inwoners0tot15", "inwoners65plus", "huishoudens", "stedelijkheid"}


def pull_areas(fetcher: Fetcher, *, gemeente: str, now: datetime) -> list[Path]:
    """Fetch the key figures and the names of a municipality, its wijken and buurten; one file."""
    starts = [f"{kind}{gemeente[2:]}" for kind in KINDS]
    figures, keys = _odata("WijkenEnBuurten", starts), _odata("Key", starts)
    rows = _all_rows(fetcher, f"{CBS_AREAS}/TypedDataSet", "cbs/parts/figures", params=figures, now=now)
    names = _all_rows(fetcher, f"{CBS_AREAS}/WijkenEnBuurten", "cbs/parts/names", params=keys, now=now)
    titles = {row["Key"].strip(): row["Title"].strip() for row in names}
    return [_written(fetcher, "cbs/key_figures.json", {"table": CBS_AREAS, "areaNames": titles, "value": rows})]


def _odata(field: str, starts: list[str]) -> dict[str, str]:
    return {"$filter": " or ".join(f"startswith({field},'{start}')" for start in starts), "$format": "json"}


def _all_rows(
    fetcher: Fetcher, address: str, name: str, *, params: dict[str, str], now: datetime
) -> list[dict[str, Any]]:
    """Walk the pages of an OData answer and give all rows."""
    rows: list[dict[str, Any]] = []
    for page in range(_MOST_PAGES):
        path = fetcher.get(address, f"{name}-{page}.json", params=params or None, now=now)
        rows += _rows(path)
        address, params = files.read_json(path).get("odata.nextLink", ""), {}
        if not address:
            break
    return rows


def _rows(path: Path) -> list[dict[str, Any]]:
    """Read the rows of an OData answer.

    Raises BrokenFile for anything else.
    """
    answer = files.read_json(path)
    rows = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise files.BrokenFile(file=path.name, reason="it is no OData answer with a list of values")
    return rows


def _written(fetcher: Fetcher, name: str, document: Any) -> Path:
    path = fetcher.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    os.replace(part, path)
    return path


def is_areas(path: Path, head: bytes) -> bool:
    """Recognise the fetched key figures."""
    return files.form_of(head) == "json" and files.has_columns(path, "table", "areaNames")


def load_areas(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the fetched key figures; where a file has other figures for the same area and year, these hold."""
    import pyarrow as pa

    document = files.read_json(path)
    intake = Intake("monitor.key_figures_live", path.name, gemeente, by, now, len(document["value"]))
    rows = [
        {**row, ROW: number}
        for number, row in enumerate(_areas(document, gemeente), start=1)
        if row["gemeente_code"] == gemeente
    ]
    if not rows:
        return intake.nothing()
    publish_areas("cbs_live", intake, pa.Table.from_pylist(rows), gemeente=gemeente)
    return intake.loaded()


def _areas(document: Mapping[str, Any], gemeente: str) -> Iterator[dict[str, Any]]:
    """Turn OData rows into rows of monitor.areas."""
    for found in document["value"]:
        code = str(found["WijkenEnBuurten"]).strip()
        stems = {field.rpartition("_")[0]: value for field, value in found.items()}
        row: dict[str, Any] = {ours: _figure(stems.get(stem), ours) for stem, ours in FIELDS.items()}
        kind = KINDS.get(code[:2], "")
        yield {
            **row,
            "code": code,
            "year": CBS_AREAS_YEAR,
            "kind": kind,
            "name": document["areaNames"].get(code, code),
            "wijk_code": f"WK{code[2:8]}" if kind in ("wijk", "buurt") else None,
            "gemeente_code": f"GM{code[2:6]}",
        }


def _figure(value: Any, column: str) -> Any:
    """Read a figure as its column wants it; a dot or nothing is no figure."""
    text = str(value if value is not None else "").strip()
    if text in ("", ".") or text.startswith("-9999"):
        return None
    if column in ("gemeente_naam", "postcode"):
        return text
    return int(float(text)) if column in _WHOLE else float(text)


def pull_buurten(fetcher: Fetcher, *, gemeente: str, now: datetime) -> list[Path]:
    """Fetch the borders of the buurten of a municipality, page by page; one file."""
    wanted = (
        '<fes:Filter xmlns:fes="http://www.opengis.net/fes/2.0"><fes:PropertyIsEqualTo>'
        f"<fes:ValueReference>gemeentecode</fes:ValueReference><fes:Literal>{gemeente}</fes:Literal>"
        "</fes:PropertyIsEqualTo></fes:Filter>"
    )
    features: list[Any] = []
    for page in range(_MOST_PAGES):
        params = {
            "service": "WFS",
            "version": "2.0.0",
            "request": "GetFeature",
            "typeNames": "wijkenbuurten:buurten",
            "outputFormat": "application/json",
            "srsName": "EPSG:28992",
            "filter": wanted,
            "count": str(PDOK_PAGE),
            "startIndex": str(page * PDOK_PAGE),
        }
        found = files.read_features(fetcher.get(PDOK, f"pdok/parts/buurten-{page}.json", params=params, now=now))
        features += found
        if len(found) < PDOK_PAGE:
            break
    return [_written(fetcher, "pdok/buurten.geojson", {"type": "FeatureCollection", "features": features})]


def is_buurten(path: Path, head: bytes) -> bool:
    """Recognise buurten as PDOK gives them."""
    return files.form_of(head) == "json" and files.has_columns(path, "buurtcode", "buurtnaam", "gemeentecode")


def load_buurten(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the borders of the buurten of our municipality, and of its wijken as their sums; its own when it has none.

    Buurten that are only water are left out, as CBS does in its figures.
    """
    import shapely

    features = files.read_features(path, ["buurtcode", "buurtnaam", "gemeentecode"])
    intake = Intake("monitor.borders_live", path.name, gemeente, by, now, len(features))
    ours = [
        (number, feature)
        for number, feature in enumerate(features, start=1)
        if feature["properties"]["gemeentecode"] == gemeente and feature["properties"].get("water") != "JA"
    ]
    buurten = [border for number, feature in ours if (border := _border(intake, number, feature)) is not None]
    if not buurten:
        return intake.nothing()
    store_areas(buurten, kind="buurt", gemeente=gemeente, by=by, now=now)
    store_areas(wijken_of(buurten, gemeente), kind="wijk", gemeente=gemeente, by=by, now=now)
    if not Area.objects.filter(pk=gemeente).exists():
        whole = shapely.union_all([buurt.geometry for buurt in buurten])
        name = ours[0][1]["properties"].get("gemeentenaam") or gemeente
        border = Border(gemeente, "gemeente", name, gemeente, PDOK_YEAR, whole)
        store_areas([border], kind="gemeente", gemeente=gemeente, by=by, now=now)
    loaded = intake.loaded()
    loaded.accepted = len(buurten)
    return loaded


def _border(intake: Intake, number: int, feature: dict[str, Any]) -> Border | None:
    """Turn a feature into a border, in WGS84 whichever of the two it is in; a bad one is a reject."""
    import shapely
    from shapely.geometry import shape

    facts = feature["properties"]
    try:
        geometry = shape(feature["geometry"])
        if geometry.bounds[2] > 180:
            geometry = shapely.transform(geometry, _from_rd)
        geometry = sound(geometry, code=facts["buurtcode"])
    except (BadGeometry, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        intake.rejects.append(files.Reject(number, f"its border cannot be used: {error}", str(facts)[:300]))
        return None
    code = facts["buurtcode"]
    return Border(code, "buurt", facts["buurtnaam"], facts["gemeentecode"], PDOK_YEAR, geometry, f"WK{code[2:8]}")


def _from_rd(points: Any) -> Any:
    import numpy as np

    return np.column_stack(to_wgs84_many(points[:, 0], points[:, 1]))


def pull_finance(fetcher: Fetcher, *, gemeente: str, now: datetime) -> list[Path]:
    """Fetch the expenditure per task field of a municipality, one file for every year that has a live table."""
    return [_pull_year(fetcher, year, table, gemeente=gemeente, now=now) for year, table in IV3_TABLES.items()]


def _pull_year(fetcher: Fetcher, year: int, table: str, *, gemeente: str, now: datetime) -> Path:
    address, json_only = f"{IV3}/{table}", {"$format": "json"}
    titles = _all_rows(fetcher, f"{address}/TaakveldBalanspost", f"iv3/parts/{year}-tasks", params=json_only, now=now)
    wanted = {"$filter": f"startswith(Gemeenten,'{gemeente}') and startswith(Categorie,'L')", **json_only}
    rows = _all_rows(fetcher, f"{address}/TypedDataSet", f"iv3/parts/{year}", params=wanted, now=now)
    names = {row["Key"].strip(): row["Title"].strip() for row in titles}
    return _written(fetcher, f"iv3/{year}.json", {"table": table, "iv3Year": year, "taskNames": names, "value": rows})


def is_finance(path: Path, head: bytes) -> bool:
    """Recognise fetched expenditure per task field."""
    return files.form_of(head) == "json" and files.has_columns(path, "table", "iv3Year", "taskNames")


def load_finance(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load fetched expenditure: the categories of costs are added up per task field, the balance sheet is left out."""
    import pyarrow as pa

    document = files.read_json(path)
    intake = Intake("monitor.finance_live", path.name, gemeente, by, now, len(document["value"]))
    sums: dict[tuple[str, str], float] = {}
    for row in document["value"]:
        task, report = str(row["TaakveldBalanspost"]).strip(), str(row["Verslagsoort"]).strip()
        amount = _amount(row)
        if str(row["Gemeenten"]).strip() == gemeente and task[:1].isdigit() and amount is not None:
            sums[report, task] = sums.get((report, task), 0.0) + amount
    rows = [
        {
            "gemeente_code": gemeente,
            "verslagsoort": report,
            "taakveld": task,
            "jaar": int(document["iv3Year"]),
            "taakveld_titel": document["taskNames"].get(task, task).removeprefix(task).strip() or task,
            "lasten_1000eur": round(amount, 1),
            ROW: number,
        }
        for number, ((report, task), amount) in enumerate(sorted(sums.items()), start=1)
        if report.endswith(("X000", "X005")) and task not in ("0.10", "0.11")
    ]
    if not rows:
        return intake.nothing()
    intake.publish_part(
        "monitor.finance_tasks",
        pa.Table.from_pylist(rows),
        part=f"iv3_live_{document['iv3Year']}",
        order=TASK_PARTS,
        gemeente=gemeente,
    )
    return intake.loaded()


def _amount(row: Mapping[str, Any]) -> float | None:
    """Give the amount (1,000 euro) as corrected in the second publication, else as in the first; None without any."""
    for field in ("k_2ePlaatsing_2", "k_1ePlaatsing_1"):
        if row.get(field) is not None:
            return float(row[field])
    return None
