"""The demo town's own registers: invented, seeded and plausible figures, published as real ones are.

Each buurt has a character (how many live there, how well off, how urban); all figures follow from it, so that they
agree with each other: where incomes are low, health is worse. The three other municipalities are there to compare with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from plein.foundation.geo.coordinates import to_rd, to_rd_many, to_wgs84_many
from plein.foundation.geo.places import home
from plein.foundation.geo.town import Town, TownArea
from plein.insight.monitor.sources.crime import KINDS
from plein.insight.monitor.sources.tables import ROW, Intake

if TYPE_CHECKING:
    import pyarrow as pa

YEARS = range(2016, 2026)
HEALTH_YEARS = (2016, 2020, 2022, 2024)
CRIME_YEARS = range(2019, 2026)
FINANCE_YEARS = range(2017, 2027)
LAST_ACCOUNTS = 2024
GRID_YEARS = range(2021, 2025)
ACCIDENT_YEARS = range(2021, 2026)
SUCCEEDED_IN = 2015
WASTE_FROM, WASTE_MONTHS = 2022, 48


@dataclass(frozen=True, slots=True)
class Character:
    """What a buurt is like. people: in 2025; growth: per year; wealth: -1 (poor) to 1 (rich); urban: 0 to 1."""

    people: int
    growth: float
    wealth: float
    urban: float
    crimes: float


_CHARACTERS = {
    "Oude Markt": Character(3_940, 0.004, 0.35, 1.0, 175),
    "Havenkwartier": Character(4_310, 0.042, 0.65, 0.9, 62),
    "Stationsbuurt": Character(5_180, 0.013, -0.30, 0.95, 118),
    "Nieuwe Gracht": Character(4_655, 0.002, 0.55, 0.85, 54),
    "Molenwijk": Character(7_420, -0.003, -0.70, 0.6, 71),
    "Lindehof": Character(4_875, 0.001, 0.25, 0.55, 33),
    "Vogelweide": Character(6_230, 0.006, 0.10, 0.45, 29),
    "Polderrand": Character(1_460, 0.021, 0.80, 0.1, 17),
    "Rivierenbuurt": Character(7_905, 0.000, -0.55, 0.6, 66),
    "Zuiderpark": Character(5_515, 0.003, 0.45, 0.4, 31),
    "De Weerd": Character(3_280, 0.008, -0.05, 0.35, 38),
    "Fabrieksterrein": Character(745, 0.055, 0.15, 0.5, 260),
}
# The town's neighbours, to compare with: code, name, inhabitants, wealth, spending per inhabitant against Pleinstad.
_OTHERS = (
    ("GM9901", "Dijkhuizen", 31_200, 0.30, 0.94),
    ("GM9902", "Veenrade", 88_400, -0.20, 1.06),
    ("GM9903", "Zandmeer", 54_900, 0.05, 1.00),
)
# Task field, its name, euro per inhabitant, growth per year; names and numbering as Iv3 has them.
_TASKS = (
    ("0.1", "Bestuur", 62, 0.03),
    ("0.2", "Burgerzaken", 34, 0.02),
    ("0.4", "Overhead", 355, 0.045),
    ("1.1", "Crisisbeheersing en brandweer", 72, 0.04),
    ("1.2", "Openbare orde en veiligheid", 41, 0.05),
    ("2.1", "Verkeer en vervoer", 168, 0.025),
    ("3.1", "Economische ontwikkeling", 21, 0.02),
    ("4.2", "Onderwijshuisvesting", 96, 0.02),
    ("4.3", "Onderwijsbeleid en leerlingenzaken", 78, 0.05),
    ("5.2", "Sportaccommodaties", 88, 0.02),
    ("5.6", "Media", 24, 0.015),
    ("5.7", "Openbaar groen en (openlucht) recreatie", 94, 0.035),
    ("6.1", "Samenkracht en burgerparticipatie", 132, 0.05),
    ("6.3", "Inkomensregelingen", 512, 0.02),
    ("6.71", "Maatwerkdienstverlening 18+", 248, 0.05),
    ("6.72", "Maatwerkdienstverlening 18-", 236, 0.07),
    ("7.1", "Volksgezondheid", 58, 0.06),
    ("7.2", "Riolering", 84, 0.02),
    ("7.3", "Afval", 126, 0.035),
    ("7.4", "Milieubeheer", 39, 0.05),
    ("8.1", "Ruimte en leefomgeving", 47, 0.03),
    ("8.3", "Wonen en bouwen", 66, 0.03),
)
_FRACTIONS = ("Rest", "Papier", "Glas", "GFE", "Textiel", "Plastic")
_FURNITURE = ("bank", "fietsenrek", "speelvoorziening", "afvalbak", "lichtpunt", "bolder")


def publish_town(town: Town, *, now: datetime) -> None:
    """Publish the registers of the demo town; the same again changes nothing. Not where a real town was loaded."""
    if home() != town.code:
        return
    clusters = _clusters(town)
    for product, rows in (
        ("monitor.areas", _areas(town)),
        ("monitor.health", _health(town)),
        ("monitor.crime", _crime(town)),
        ("monitor.crime_monthly", _crime_monthly(town)),
        ("monitor.finance", _finance(town)),
        ("monitor.finance_tasks", _finance_tasks(town)),
        ("monitor.waste_clusters", clusters),
        ("monitor.waste_weighings", _weighings(town)),
        ("monitor.light_poles", _light_poles(town)),
        ("monitor.street_furniture", _street_furniture(town)),
        ("monitor.population_grid", _grid(town)),
        ("monitor.waste_containers", _containers(town, clusters)),
        ("monitor.street_bins", _street_bins(town)),
        ("monitor.bus_stops", _bus_stops(town)),
        ("monitor.traffic_accidents", _accidents(town)),
        ("monitor.area_successors", _successors(town)),
    ):
        intake = Intake("pleinstad", "seeded", town.code, town.system, now)
        intake.publish(product, _table(rows))


def _table(rows: Sequence[dict[str, Any]]) -> "pa.Table":
    """Make a table of rows, numbered from 1; a cell that a later row has and an earlier one not is kept."""
    import pyarrow as pa

    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({**{name: [row.get(name) for row in rows] for name in names}, ROW: range(1, len(rows) + 1)})


def _people(area: TownArea, year: int) -> int:
    character = _CHARACTERS[area.name]
    return round(character.people / (1 + character.growth) ** (2025 - year) / 5) * 5


def _areas(town: Town) -> list[dict[str, Any]]:
    """Make the key figures per year of buurten, wijken, the town and its neighbours."""
    from plein.foundation.geo.actions import area_km2

    numbers = town.numbers("areas")
    surface = {area.code: area_km2(area.shape) * 100 for area in town.areas}
    wobble = {area.code: numbers.normal(0, 1, 12) for area in town.areas}
    rows: list[dict[str, Any]] = []
    for year in YEARS:
        buurten = [_buurt(town, area, year, surface[area.code], wobble[area.code]) for area in town.areas]
        rows += buurten
        for wijk in town.wijken:
            mine = [row for row in buurten if row["wijk_code"] == wijk.code]
            rows.append(
                {**_together(mine), "code": wijk.code, "kind": "wijk", "name": wijk.name, "wijk_code": wijk.code}
            )
        whole = {**_together(buurten), "code": town.code, "kind": "gemeente", "name": town.name, "wijk_code": None}
        rows.append({**whole, "sterfte_per_1000": round(9.4 + 0.04 * (year - 2016), 1)})
        rows += [_other(whole, code=c, name=n, people=p, wealth=w) for c, n, p, w, _ in _OTHERS]
    return rows


def _buurt(town: Town, area: TownArea, year: int, hectares: float, wobble: Any) -> dict[str, Any]:
    character, since = _CHARACTERS[area.name], year - 2016
    people, wealth = _people(area, year), character.wealth
    size = round(2.35 - 0.6 * character.urban + 0.05 * wobble[0], 1)
    homes = round(people / size / 5) * 5
    return {
        "code": area.code,
        "year": year,
        "kind": "buurt",
        "name": area.name,
        "wijk_code": area.parent_code,
        "gemeente_code": town.code,
        "gemeente_naam": town.name,
        "provincie": "Markerwaard",
        "inwoners": people,
        "inwoners65plus": round(people * (0.17 + 0.03 * wealth + 0.004 * since + 0.01 * wobble[1]) / 5) * 5,
        "inwoners0tot15": round(people * (0.16 - 0.05 * character.urban + 0.008 * wobble[2]) / 5) * 5,
        "dichtheid": round(people / hectares * 100),
        "huishoudens": homes,
        "huishoudensgrootte": size,
        "woz_waarde": round((228 + 130 * wealth + 8 * wobble[3]) * 1.062**since),
        "koopwoningen": _percent(52 + 30 * wealth + 3 * wobble[4] - 0.2 * since),
        "eengezinswoning": _percent(78 - 66 * character.urban + 2 * wobble[5]),
        "leegstand": _percent(3.2 + 3 * character.urban + 0.5 * wobble[6] - 0.15 * since),
        "inkomen_per_inwoner": round((24.5 + 9.5 * wealth + 0.6 * wobble[7]) * 1.032**since, 1),
        "lage_inkomens": _percent(8.6 - 6.2 * wealth + 0.5 * wobble[8] - 0.18 * since),
        "onder_120_sociaal_minimum": _percent(14.5 - 9 * wealth + 0.6 * wobble[8] - 0.2 * since),
        "inkomens_laagste_40": _percent(41 - 17 * wealth + wobble[7]),
        "inkomens_hoogste_20": _percent(19 + 13 * wealth + wobble[7]),
        "arbeidsdeelname": _percent(67 + 5 * wealth + 0.4 * since),
        "hoger_opgeleid": _percent(31 + 16 * wealth + 8 * character.urban + 0.6 * since),
        "stedelijkheid": min(5, max(1, round(5 - 4 * character.urban))),
        "adressendichtheid": round(300 + 2_600 * character.urban),
        "oppervlakte_land_ha": round(hectares),
        "afstand_huisarts": round(1.9 - 1.4 * character.urban + 0.1 * abs(wobble[9]), 1),
        "afstand_supermarkt": round(1.7 - 1.3 * character.urban + 0.1 * abs(wobble[10]), 1),
        "afstand_school": round(1.2 - 0.6 * character.urban + 0.1 * abs(wobble[11]), 1),
        "scholen_binnen3km": round(2.2 + 9.5 * character.urban, 1),
        "postcode": str(1981 + town.areas.index(area)),
    }


def _percent(value: float) -> float:
    return round(min(100.0, max(0.0, float(value))), 1)


_SUMS = ("inwoners", "inwoners65plus", "inwoners0tot15", "huishoudens", "oppervlakte_land_ha")


def _together(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Join buurten: counts are added, the others are means by inhabitants."""
    people = sum(row["inwoners"] for row in rows)
    joined: dict[str, Any] = dict(rows[0])
    for name, value in rows[0].items():
        if name in _SUMS:
            joined[name] = sum(row[name] for row in rows)
        elif isinstance(value, float | int) and name != "year":
            mean = sum(row[name] * row["inwoners"] for row in rows) / people
            joined[name] = round(mean) if isinstance(value, int) else round(mean, 1)
    joined["dichtheid"] = round(people / joined["oppervlakte_land_ha"] * 100)
    return {**joined, "postcode": None}


def _other(whole: dict[str, Any], *, code: str, name: str, people: int, wealth: float) -> dict[str, Any]:
    """Make a municipality to compare with, richer or poorer than ours."""
    richer = {
        "woz_waarde": 1 + 0.3 * wealth,
        "inkomen_per_inwoner": 1 + 0.2 * wealth,
        "koopwoningen": 1 + 0.3 * wealth,
        "lage_inkomens": 1 - 0.7 * wealth,
        "onder_120_sociaal_minimum": 1 - 0.6 * wealth,
    }
    other = {**whole, "code": code, "name": name, "gemeente_code": code, "gemeente_naam": name}
    for figure, factor in richer.items():
        other[figure] = round(whole[figure] * factor, 1)
    share = people / whole["inwoners"]
    other.update({figure: round(whole[figure] * share) for figure in _SUMS})
    return {**other, "sterfte_per_1000": round(9.6 - wealth, 1)}


def _base(area: TownArea, town: Town) -> dict[str, Any]:
    return {"code": area.code, "kind": area.kind, "gemeente_code": town.code}


def _health(town: Town) -> list[dict[str, Any]]:
    numbers = town.numbers("health")
    rows: list[dict[str, Any]] = []
    for year in HEALTH_YEARS:
        dip = -3.5 if year == 2022 else 0.0
        values = {
            area.code: _percent(76 + 9 * _CHARACTERS[area.name].wealth + dip + numbers.normal(0, 0.8))
            for area in town.areas
        }
        rows += [{**_base(a, town), "year": year, "gezondheid_goed_pct": values[a.code]} for a in town.areas]
        total = sum(_people(area, year) for area in town.areas)
        mean = sum(values[area.code] * _people(area, year) for area in town.areas) / total
        rows.append({**_base(town.gemeente, town), "year": year, "gezondheid_goed_pct": round(mean, 1)})
        for code, _, _, wealth, _ in _OTHERS:
            value = _percent(mean + 4 * wealth)
            rows.append(
                {"code": code, "kind": "gemeente", "gemeente_code": code, "year": year, "gezondheid_goed_pct": value}
            )
    return rows


def _crimes(town: Town) -> dict[tuple[str, int], int]:
    """Draw the crimes per buurt and year: slowly fewer, and a dip in the years people stayed at home."""
    numbers = town.numbers("crime")
    quiet = {2020: 0.82, 2021: 0.8}
    return {
        (area.code, year): int(
            numbers.poisson(
                _CHARACTERS[area.name].crimes
                * _people(area, year)
                / 1000
                * 0.975 ** (year - 2019)
                * quiet.get(year, 1.0)
            )
        )
        for year in CRIME_YEARS
        for area in town.areas
    }


def _crime(town: Town) -> list[dict[str, Any]]:
    counts = _crimes(town)
    rows = [{**_base(a, town), "year": y, "misdrijven": counts[a.code, y]} for y in CRIME_YEARS for a in town.areas]
    for year in CRIME_YEARS:
        total = sum(counts[area.code, year] for area in town.areas)
        rows.append({**_base(town.gemeente, town), "year": year, "misdrijven": total})
        people = sum(_people(area, year) for area in town.areas)
        for code, _, others, wealth, _ in _OTHERS:
            count = round(total / people * others * (1 - 0.4 * wealth))
            rows.append({"code": code, "kind": "gemeente", "gemeente_code": code, "year": year, "misdrijven": count})
    return rows


def _crime_monthly(town: Town) -> list[dict[str, Any]]:
    """Divide the crimes of a year over kinds and months; burglaries peak in winter, bicycle theft in summer."""
    import numpy as np

    numbers = town.numbers("crime-monthly")
    counts, codes = _crimes(town), list(KINDS)
    shares = np.array([0.05, 0.22, 0.01, 0.09, 0.11, 0.03, 0.14, 0.05, 0.05, 0.12, 0.125, 0.005])
    season = np.ones((len(codes), 12))
    season[codes.index(104)] = [1.5, 1.3, 1.1, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8, 1.0, 1.3, 1.5]
    season[codes.index(101)] = [0.6, 0.6, 0.8, 1.0, 1.2, 1.3, 1.2, 1.2, 1.3, 1.1, 0.9, 0.7]
    weights = (shares[:, None] * season / season.sum(axis=1, keepdims=True)).ravel()
    rows: list[dict[str, Any]] = []
    for (code, year), count in counts.items():
        drawn = numbers.multinomial(count, weights / weights.sum()).reshape(len(codes), 12)
        facts = {"code": code, "kind": "buurt", "gemeente_code": town.code, "year": year}
        rows += [
            {
                **facts,
                "month": month + 1,
                "delict_code": delict,
                "delict": KINDS[delict],
                "misdrijven": int(drawn[at, month]),
            }
            for at, delict in enumerate(codes)
            for month in range(12)
        ]
    return rows


def _reports() -> list[tuple[int, str]]:
    """List the budgets and, as far as they are there, the annual accounts: (year, kind of report)."""
    kinds = [(year, f"{year}X000") for year in FINANCE_YEARS]
    return kinds + [(year, f"{year}X005") for year in FINANCE_YEARS if year <= LAST_ACCOUNTS]


def _payers(town: Town, year: int) -> list[tuple[str, str, int, float]]:
    people = sum(_people(area, year) for area in town.areas)
    return [(town.code, town.name, people, 1.0), *((code, name, n, cost) for code, name, n, _, cost in _OTHERS)]


def _tasks(town: Town) -> dict[tuple[str, str, str], float]:
    """Draw the expenditure (1,000 euro) per municipality, report and task field; accounts differ from the budget."""
    numbers = town.numbers("finance")
    drawn: dict[tuple[str, str, str], float] = {}
    for year, report in _reports():
        for code, _, people, cost in _payers(town, year):
            for task, _, each, growth in _TASKS:
                turn = numbers.normal(1.025, 0.045) if report.endswith("5") else numbers.normal(1, 0.012)
                amount = people * each * cost * (1 + growth) ** (year - 2017) * turn / 1000
                drawn[code, report, task] = float(round(amount))
    return drawn


def _finance_tasks(town: Town) -> list[dict[str, Any]]:
    titles = {task: title for task, title, _, _ in _TASKS}
    return [
        {
            "gemeente_code": code,
            "verslagsoort": report,
            "taakveld": task,
            "jaar": int(report[:4]),
            "taakveld_titel": titles[task],
            "lasten_1000eur": amount,
        }
        for (code, report, task), amount in _tasks(town).items()
    ]


def _finance(town: Town) -> list[dict[str, Any]]:
    numbers, tasks = town.numbers("finance-summary"), _tasks(town)
    rows: list[dict[str, Any]] = []
    for year, report in _reports():
        for code, name, people, cost in _payers(town, year):
            mine = {task: tasks[code, report, task] for task, _, _, _ in _TASKS}
            facts = {"gemeente_code": code, "verslagsoort": report, "jaar": year, "gemeente_naam": name}
            rows.append(
                {
                    **facts,
                    "inwoners": people,
                    **_account(numbers, mine, year, people=people, cost=cost, accounts=report.endswith("5")),
                }
            )
    return rows


def _account(
    numbers: Any, mine: dict[str, float], year: int, *, people: int, cost: float, accounts: bool
) -> dict[str, float]:
    """Draw the outline of one budget or account (1,000 euro) around the expenditure per task field."""
    spent = sum(mine.values())
    income = spent * float(numbers.normal(1.008, 0.012))
    staff, hired = spent * 0.21, spent * (0.022 + 0.0025 * (year - 2017)) * float(numbers.normal(1, 0.06))
    balance = people * 4.6 * 1.025 ** (year - 2017) if accounts else 0.0
    own = balance * (0.31 - 0.02 * (cost - 1) * 10 - 0.003 * (year - 2017)) if accounts else 0.0
    amounts = {
        "lasten": spent,
        "baten": income,
        "reserve_lasten": spent * 0.021,
        "reserve_baten": spent * 0.024,
        "sociaal": sum(amount for task, amount in mine.items() if task.startswith("6.")),
        "salarissen": staff,
        "inhuur": hired,
        "verbonden": spent * 0.09,
        "rijk": income * 0.63,
        "spuks": income * (0.11 + 0.004 * (year - 2017)),
        "heffingen": people * 0.418 * 1.034 ** (year - 2017),
        "salarissen_overhead": staff * 0.34,
        "inhuur_overhead": hired * 0.4,
        "eigen_vermogen": own,
        "balanstotaal": balance,
    }
    return {figure: float(round(amount)) for figure, amount in amounts.items()}


def _spots(town: Town, name: str, per_1000: float) -> list[tuple[TownArea, float, float]]:
    """Scatter points over the buurten by their inhabitants: (buurt, lon, lat)."""
    return [
        (area, lon, lat)
        for area in town.areas
        for lon, lat in town.points_in(area, max(3, round(_people(area, 2025) / 1000 * per_1000)), name=name)
    ]


def _stands(town: Town, area: TownArea, lon: float, lat: float) -> dict[str, Any]:
    """Tell of a thing in public space where it stands."""
    return {"lon": lon, "lat": lat, "buurt_code": area.code, "gemeente_code": town.code}


def _cluster_id(lon: float, lat: float) -> str:
    x, y = to_rd(lon, lat)
    return f"{x:.3f}_{y:.3f}"


def _clusters(town: Town) -> list[dict[str, Any]]:
    rng = town.rng("clusters")
    rows = []
    for area, lon, lat in _spots(town, "containers", 4.0):
        kinds = ["Rest", *rng.sample(_FRACTIONS[1:], rng.choice((0, 1, 2, 3)))]
        rest = rng.choice((1, 1, 2))
        rows.append(
            {
                "cluster_id": _cluster_id(lon, lat),
                **_stands(town, area, lon, lat),
                "containers": rest + len(kinds) - 1,
                "restafval": rest,
                "fractions": ", ".join(sorted(kinds)),
                "size": rng.choice(("Normal container", "Big container")),
            }
        )
    return rows


def _containers(town: Town, clusters: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stand the containers of each place beside each other: one for each kind of waste, two where much is brought."""
    rows: list[dict[str, Any]] = []
    for cluster in clusters:
        kinds = cluster["fractions"].split(", ") + ["Rest"] * (cluster["restafval"] - 1)
        rows += [
            {
                "container_id": f"C{len(rows) + place:05d}",
                "number": f"{fraction[:3].upper()}{len(rows) + place:05d}",
                "fraction": fraction,
                "lon": round(cluster["lon"] + 0.00003 * place, 6),
                "lat": cluster["lat"],
                "buurt_code": cluster["buurt_code"],
                "gemeente_code": town.code,
            }
            for place, fraction in enumerate(kinds, start=1)
        ]
    return rows


def _street_bins(town: Town) -> list[dict[str, Any]]:
    rng = town.rng("street-bins")
    return [
        {
            "bin_id": f"PB-{number:04d}",
            "kind": rng.choice(("Afvalbak", "Afvalbak", "Afvalbak met perswerk", "Hondenpoepbak")),
            "volume_l": rng.choice((50, 70, 70, 120)),
            "street": None,
            **_stands(town, area, lon, lat),
        }
        for number, (area, lon, lat) in enumerate(_spots(town, "street-bins", 6.0), start=1)
    ]


def _bus_stops(town: Town) -> list[dict[str, Any]]:
    """Put stops in every buurt, in pairs as they are on both sides of a road; most are accessible by now."""
    rng = town.rng("bus-stops")
    rows = []
    for number, (area, lon, lat) in enumerate(_spots(town, "bus-stops", 0.8)):
        rows.append(
            {
                "stop_id": f"{99990000 + number}",
                "name": f"{town.name}, {area.name} {number // 2 + 1}",
                "status": "in gebruik",
                "accessible": rng.choice(("ja", "ja", "ja", "nee")),
                "bicycle_parking": rng.choice(("ja", "nee")),
                "shelter": rng.choice(("ja", "ja", "nee")),
                **_stands(town, area, lon, lat),
            }
        )
    return rows


def _accidents(town: Town) -> list[dict[str, Any]]:
    """Draw accidents per year at the same dangerous spots: mostly damage, one in five with people hurt."""
    rng = town.rng("accidents")
    rows = []
    for number, (area, lon, lat) in enumerate(_spots(town, "accidents", 2.0), start=1):
        for year in ACCIDENT_YEARS:
            for severity, chance in (("materieel", 0.55), ("letsel", 0.16), ("dodelijk", 0.004)):
                count = sum(rng.random() < chance for _ in range(3 if severity == "materieel" else 1))
                if not count:
                    continue
                rows.append(
                    {
                        "place_id": f"K-{number:04d}",
                        "year": year,
                        "severity": severity,
                        "accidents": count,
                        **_stands(town, area, lon, lat),
                    }
                )
    return rows


def _successors(town: Town) -> list[dict[str, Any]]:
    """Tell which code two buurten had before the town drew its districts anew in 2015."""
    return [
        {
            "old_code": f"{area.code[:-2]}9{area.code[-1]}",
            "old_year": SUCCEEDED_IN - 1,
            "new_code": area.code,
            "new_year": SUCCEEDED_IN,
            "name": area.name,
            "gemeente_code": town.code,
        }
        for area in town.areas[:2]
    ]


def _weighings(town: Town) -> list[dict[str, Any]]:
    """Draw the residual waste per place and month: a little less each year, more around the new year."""
    numbers = town.numbers("weighings")
    spots = _spots(town, "containers", 4.0)
    count = {area.code: sum(spot[0] is area for spot in spots) for area in town.areas}
    season = (1.06, 0.97, 1.0, 1.0, 1.03, 1.02, 0.94, 0.93, 1.0, 1.0, 1.0, 1.05)
    rows = []
    for area, lon, lat in spots:
        each = _people(area, 2025) / count[area.code] * (13.5 - 3 * _CHARACTERS[area.name].wealth)
        for number in range(WASTE_MONTHS):
            year, month = WASTE_FROM + number // 12, number % 12
            weight = each * season[month] * 0.965 ** (number / 12) * float(numbers.normal(1, 0.07))
            emptyings = max(2, round(weight / 420))
            odd = int(numbers.binomial(emptyings, 0.012))
            rows.append(
                {
                    "cluster_id": _cluster_id(lon, lat),
                    "month": date(year, month + 1, 1),
                    "buurt_code": area.code,
                    "gemeente_code": town.code,
                    "weighings": emptyings,
                    "emptyings": emptyings,
                    "weight_kg": round(weight, 1),
                    "normal_weight_kg": round(weight, 1),
                    "not_positive": odd,
                    "too_heavy": 0,
                }
            )
    return rows


def _light_poles(town: Town) -> list[dict[str, Any]]:
    facts = {"gemeente_code": town.code}
    return [
        {"pole": f"PL-{number:05d}", "lon": lon, "lat": lat, "buurt_code": area.code, **facts}
        for number, (area, lon, lat) in enumerate(_spots(town, "light-poles", 40.0), start=1)
    ]


def _street_furniture(town: Town) -> list[dict[str, Any]]:
    rng = town.rng("furniture")
    return [
        {
            "object_id": f"NL.IMGeo.G9999.{number:06d}",
            "kind": rng.choice(_FURNITURE),
            "status": "bestaand" if rng.random() < 0.98 else "plan",
            **_stands(town, area, lon, lat),
            "since": date(rng.randint(1995, 2024), rng.randint(1, 12), rng.randint(1, 28)),
        }
        for number, (area, lon, lat) in enumerate(_spots(town, "furniture", 12.0), start=1)
    ]


def _grid(town: Town) -> list[dict[str, Any]]:
    """Spread the inhabitants over squares of 100 metres, rounded to five as CBS does."""
    import numpy as np
    import shapely

    numbers = town.numbers("grid")
    west, south, east, north = town.gemeente.shape.bounds
    corners = np.array(to_rd_many([west, east, west, east], [south, south, north, north]))
    (x0, y0), (x1, y1) = np.floor(corners.min(axis=1) / 100), np.ceil(corners.max(axis=1) / 100)
    xs, ys = (cells.ravel() for cells in np.meshgrid(np.arange(x0, x1), np.arange(y0, y1)))
    lons, lats = to_wgs84_many(xs * 100 + 50, ys * 100 + 50)
    rows: list[dict[str, Any]] = []
    for area in town.areas:
        inside = np.flatnonzero(shapely.contains_xy(area.shape, lons, lats))
        weights = numbers.gamma(0.8, 1.0, len(inside))
        for year in GRID_YEARS:
            people = np.round(_people(area, year) * weights / weights.sum() / 5) * 5
            rows += [
                {
                    "square": f"E{int(xs[at]):04d}N{int(ys[at]):04d}",
                    "year": year,
                    "lon": round(float(lons[at]), 6),
                    "lat": round(float(lats[at]), 6),
                    "buurt_code": area.code,
                    "gemeente_code": town.code,
                    "inwoners": int(count),
                }
                for at, count in zip(inside, people, strict=True)
                if count > 0
            ]
    return rows
