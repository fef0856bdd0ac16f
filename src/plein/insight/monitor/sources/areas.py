"""Borders and key figures of gemeenten, wijken and buurten (CBS, Kadaster)."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import plein.foundation.lake.tables as lake
from plein.foundation import files
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.files import Loaded
from plein.foundation.geo import places
from plein.foundation.geo.actions import Border, sound, store_areas
from plein.foundation.geo.errors import BadGeometry
from plein.foundation.identity.actors import Actor
from plein.insight.monitor.sources.successors import with_codes_of_now
from plein.insight.monitor.sources.tables import ROW, Intake, renamed

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = {"GM": "gemeente", "WK": "wijk", "BU": "buurt"}
BORDERS_YEAR = 2024
AREA_PARTS = ("cbs_live", "cbs_2024", "amsterdam", "wijken_2022")

# Column in "Kerncijfers wijken en buurten 2024" as published: how to read it, and its name in monitor.areas.
_KEY_FIGURES = {
    "code": ("text!", "code"),
    "type": ("text!", "kind"),
    "name": ("text!", "name"),
    "wijk_code": ("text", "wijk_code"),
    "gm_code": ("text!", "gemeente_code"),
    "gm_name": ("text!", "gemeente_naam"),
    "province": ("text", "provincie"),
    "inwoners": ("whole", "inwoners"),
    "inwoners65plus": ("whole", "inwoners65plus"),
    "inwoners0tot15": ("whole", "inwoners0tot15"),
    "dichtheid": ("number", "dichtheid"),
    "huishoudensgrootte": ("number", "huishoudensgrootte"),
    "huishoudens": ("whole", "huishoudens"),
    "woz_waarde": ("number", "woz_waarde"),
    "koopwoningen": ("number", "koopwoningen"),
    "eengezinswoning": ("number", "eengezinswoning"),
    "inkomen_per_inwoner": ("number", "inkomen_per_inwoner"),
    "stedelijkheid": ("whole", "stedelijkheid"),
    "adressendichtheid": ("number", "adressendichtheid"),
    "oppervlakte_land_ha": ("number", "oppervlakte_land_ha"),
    "afstand_huisarts": ("number", "afstand_huisarts"),
    "afstand_supermarkt": ("number", "afstand_supermarkt"),
    "afstand_school": ("number", "afstand_school"),
    "scholen_binnen3km": ("number", "scholen_binnen3km"),
    "postcode": ("text", "postcode"),
    "sterfte_per_1000_2024": ("number", "sterfte_per_1000"),
}
_HEALTH = "gezondheid_goed_pct_"
_CRIME = "misdrijven_2"

_AMSTERDAM = {
    "year": ("whole!", "year"),
    "code": ("text!", "code"),
    "name": ("text!", "name"),
    "gm_name": ("text!", "gemeente_naam"),
    "population_total": ("whole", "inwoners"),
    "pop_age_0_15": ("whole", "inwoners0tot15"),
    "pop_age_65_plus": ("whole", "inwoners65plus"),
    "avg_household_size": ("number", "huishoudensgrootte"),
    "avg_property_value_1000eur": ("number", "woz_waarde"),
    "pct_unoccupied_homes": ("number", "leegstand"),
    "pct_owner_occupied": ("number", "koopwoningen"),
    "avg_income_per_inhabitant_1000eur": ("number", "inkomen_per_inwoner"),
    "pct_low_income_households": ("number", "lage_inkomens"),
    "pct_below_120pct_social_min": ("number", "onder_120_sociaal_minimum"),
    "pct_lowest_40pct_income": ("number", "inkomens_laagste_40"),
    "pct_highest_20pct_income": ("number", "inkomens_hoogste_20"),
    "urbanization_level": ("whole", "stedelijkheid"),
}

_WIJKEN_2022 = {
    "code": "code",
    "name": "name",
    "province": "provincie",
    "gm_code": "gemeente_code",
    "population": "inwoners",
    "dwelling_value": "woz_waarde",
    "dwelling_ownership": "koopwoningen",
    "employment_rate": "arbeidsdeelname",
    "income_low": "inkomens_laagste_40",
    "income_high": "inkomens_hoogste_20",
    "edu_appl_sci": "hoger_opgeleid",
}


def is_key_figures(path: Path, head: bytes) -> bool:
    """Recognise the key figures of CBS per gemeente, wijk and buurt."""
    return files.has_columns(path, "code", "type", "gm_code", "stedelijkheid")


def load_key_figures(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the key figures, the health and the crime of all areas in the country, for comparison."""
    columns = files.columns_of(path)
    health = {name: "number" for name in columns if name.startswith(_HEALTH)}
    crime = {name: "whole" for name in columns if name.startswith(_CRIME)}
    types = {name: kind for name, (kind, _) in _KEY_FIGURES.items()}
    sheet = files.read_csv(path, {**types, **health, **crime})
    intake = Intake("monitor.key_figures", path.name, gemeente, by, now, sheet.rows, sheet.rejects)
    table = renamed(sheet.table, {old: new for old, (_, new) in _KEY_FIGURES.items()}, sheet.numbers)
    publish_areas("cbs_2024", intake, with_year(table, BORDERS_YEAR))
    base = renamed(sheet.table, {"code": "code", "type": "kind", "gm_code": "gemeente_code"}, sheet.numbers)
    for product, prefix, value in (("health", _HEALTH, "gezondheid_goed_pct"), ("crime", "misdrijven_", "misdrijven")):
        series = {
            int(name.removeprefix(prefix)): sheet.table[name] for name in (health if prefix == _HEALTH else crime)
        }
        intake.publish(f"monitor.{product}", _long(base, series, value))
    return intake.loaded()


def with_year(table: "pa.Table", year: int) -> "pa.Table":
    """Add the year to every row."""
    import pyarrow as pa

    return table.append_column("year", pa.repeat(pa.scalar(year, pa.int64()), table.num_rows))


def _long(base: "pa.Table", series: Mapping[int, Any], value: str) -> "pa.Table":
    """Put the columns of several years under each other, without the empty cells."""
    import pyarrow as pa
    import pyarrow.compute as pc

    tables = [with_year(base, year).append_column(value, cells) for year, cells in series.items()]
    whole = pa.concat_tables(tables)
    return whole.filter(pc.is_valid(whole[value]))


def publish_areas(part: str, intake: Intake, table: "pa.Table", *, gemeente: str = "") -> None:
    """Publish what one source brings to monitor.areas together with what the others brought."""
    intake.publish_part("monitor.areas", table, part=part, order=AREA_PARTS, gemeente=gemeente)


def is_amsterdam(path: Path, head: bytes) -> bool:
    """Recognise the key figures of Amsterdam for several years."""
    return files.has_columns(path, "year", "code", "population_total", "pct_low_income_households")


def load_amsterdam(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the income and vacancy of Amsterdam's areas in 2020 and 2024; other municipalities are not in it."""
    import pyarrow as pa

    sheet = files.read_csv(path, {name: kind for name, (kind, _) in _AMSTERDAM.items()})
    intake = Intake("monitor.key_figures_amsterdam", path.name, gemeente, by, now, sheet.rows, sheet.rejects)
    table = renamed(sheet.table, {old: new for old, (_, new) in _AMSTERDAM.items()}, sheet.numbers)
    table, renewed = with_codes_of_now(table, gemeente)
    codes = table["code"].to_pylist()
    owners = [f"GM{code[2:6]}" for code in codes]
    if gemeente not in owners:
        return intake.nothing()
    intake.note = f"{renewed} figures of before stand under the code that the neighbourhood has now"
    table = table.append_column("kind", pa.array([KINDS.get(code[:2]) for code in codes], pa.string()))
    table = table.append_column("gemeente_code", pa.array(owners))
    wijken = [f"WK{code[2:8]}" if code.startswith(("WK", "BU")) else None for code in codes]
    publish_areas(
        "amsterdam", intake, table.append_column("wijk_code", pa.array(wijken, pa.string())), gemeente=gemeente
    )
    return intake.loaded()


def is_wijken_2022(path: Path, head: bytes) -> bool:
    """Recognise the wijken of 2022 with key figures."""
    return files.has_columns(path, "code", "gm_code", "urbanity", "employment_rate")


def load_wijken_2022(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the key figures of the wijken in 2022; their borders are not used, as those of 2024 are there."""
    import pyarrow as pa

    features = files.read_features(path, list(_WIJKEN_2022))
    intake = Intake("monitor.wijken_2022", path.name, gemeente, by, now, len(features))
    rows = [{new: feature["properties"].get(old) for old, new in _WIJKEN_2022.items()} for feature in features]
    for number, row in enumerate(rows, start=1):
        row.update({ROW: number, "kind": "wijk", "year": 2022, "wijk_code": row["code"]})
    publish_areas("wijken_2022", intake, pa.Table.from_pylist(rows))
    return intake.loaded()


def is_gemeenten(path: Path, head: bytes) -> bool:
    """Recognise the borders of all gemeenten."""
    return files.form_of(head) == "json" and set(files.columns_of(path)) == {"gm_code", "gm_name"}


def load_gemeenten(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the borders of all gemeenten of the country."""
    features = files.read_features(path, ["gm_code", "gm_name"])
    intake = Intake("monitor.borders_gemeenten", path.name, gemeente, by, now, len(features))
    borders = _borders(intake, features, kind="gemeente", code="gm_code", name="gm_name")
    store_areas(borders, kind="gemeente", by=by, now=now)
    return intake.loaded()


def is_buurten(path: Path, head: bytes) -> bool:
    """Recognise the borders of buurten."""
    return files.form_of(head) == "json" and files.has_columns(path, "bu_code", "bu_name", "gm_code")


def load_buurten(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the borders of the buurten of one gemeente, and of its wijken as their sum."""
    features = files.read_features(path, ["bu_code", "bu_name", "gm_code"])
    intake = Intake("monitor.borders_buurten", path.name, gemeente, by, now, len(features))
    ours = [feature for feature in features if feature["properties"]["gm_code"] == gemeente]
    if not ours:
        return intake.nothing()
    buurten = _borders(intake, ours, kind="buurt", code="bu_code", name="bu_name")
    store_areas(buurten, kind="buurt", gemeente=gemeente, by=by, now=now)
    store_areas(wijken_of(buurten, gemeente), kind="wijk", gemeente=gemeente, by=by, now=now)
    loaded = intake.loaded()
    loaded.accepted -= len(features) - len(ours)
    loaded.note = f"the {len(ours)} buurten of {gemeente}; the others are of other municipalities"
    return loaded


def _borders(intake: Intake, features: list[dict[str, Any]], *, kind: str, code: str, name: str) -> list[Border]:
    """Turn features into borders; a border that cannot be used is a reject."""
    from shapely.geometry import shape

    made: list[Border] = []
    for number, feature in enumerate(features, start=1):
        facts = feature["properties"]
        try:
            geometry = sound(shape(feature["geometry"]), code=facts[code])
        except (BadGeometry, ValueError, TypeError, KeyError, AttributeError) as error:
            intake.rejects.append(files.Reject(number, f"its border cannot be used: {error}", str(facts)[:300]))
            continue
        owner = facts[code] if kind == "gemeente" else facts["gm_code"]
        parent = f"WK{facts[code][2:8]}" if kind == "buurt" else ""
        made.append(Border(facts[code], kind, facts[name][:100], owner, BORDERS_YEAR, geometry, parent))
    return made


def wijken_of(buurten: list[Border], gemeente: str) -> list[Border]:
    """Join buurten into wijken; their names come from the key figures, when those are loaded."""
    import shapely

    names = _wijk_names(gemeente)
    shapes: dict[str, list[Any]] = {}
    for buurt in buurten:
        shapes.setdefault(buurt.parent_code, []).append(buurt.geometry)
    return [
        Border(code, "wijk", names.get(code, code), gemeente, BORDERS_YEAR, shapely.union_all(some), gemeente)
        for code, some in shapes.items()
    ]


def _wijk_names(gemeente: str) -> dict[str, str]:
    version = ProductVersion.objects.filter(product__key="monitor.areas").first()
    if version is None:
        return {}
    table = lake.read(
        "monitor.areas", version=version.lake_version, columns=["code", "name", "kind", "gemeente_code", "year"]
    )
    rows = [row for row in table.to_pylist() if row["kind"] == "wijk" and row["gemeente_code"] == gemeente]
    return {row["code"]: row["name"] for row in sorted(rows, key=lambda row: row["year"])}


def is_grid(path: Path, head: bytes) -> bool:
    """Recognise the inhabitants per square of 100 metres."""
    return files.has_columns(path, "vierkant", "lon", "lat") and any(map(_is_grid_year, files.columns_of(path)))


def _is_grid_year(name: str) -> bool:
    return name.startswith("inwoners_") and name[9:].isdigit()


def load_grid(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the inhabitants per square and year, of the squares that lie in our municipality."""
    years = [name for name in files.columns_of(path) if _is_grid_year(name)]
    types = {"vierkant": "text!", "lon": "number!", "lat": "number!", **dict.fromkeys(years, "whole")}
    sheet = files.read_csv(path, types)
    intake = Intake("monitor.population_grid", path.name, gemeente, by, now, sheet.rows, sheet.rejects)
    names = {"vierkant": "square", "lon": "lon", "lat": "lat"}
    base = in_gemeente(renamed(sheet.table, names, sheet.numbers), intake)
    if base is None:
        return intake.nothing()
    kept = sheet.table.take(_positions(base, sheet.numbers))
    intake.publish("monitor.population_grid", _long(base, {int(y[9:]): kept[y] for y in years}, "inwoners"))
    return intake.loaded()


def _positions(base: "pa.Table", numbers: Any) -> Any:
    import numpy as np
    import pyarrow as pa

    return pa.array(np.searchsorted(numbers, base[ROW].to_numpy()))


def in_gemeente(table: "pa.Table", intake: Intake) -> "pa.Table | None":
    """Keep the points in our municipality, with their buurt; those elsewhere are rejects. None when there is none."""
    import numpy as np
    import pyarrow as pa

    lons, lats = table["lon"].to_numpy(), table["lat"].to_numpy()
    ours = np.array([code == intake.gemeente for code in places.areas_at(lons, lats, "gemeente")], dtype=bool)
    if not ours.any():
        return None
    table = intake.refuse(table, ~ours, f"does not lie in {intake.gemeente}")
    buurten = places.buurten_at(table["lon"].to_numpy(), table["lat"].to_numpy())
    mine = [code if code and code[2:6] == intake.gemeente[2:] else None for code in buurten]
    table = table.append_column("buurt_code", pa.array(mine, pa.string()))
    return table.append_column("gemeente_code", pa.repeat(intake.gemeente, table.num_rows))
