"""What is allowed and what is healthy: limits with the law or advice they come from, and whether a year keeps them.

Every value was held against a text of its source; docs/understand/norms.md says which, and what was not found.
"""

from calendar import isleap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from plein.city.sensing.rules.means import Day, energetic, level_den
from plein.foundation.words import Text

_2008 = "https://eur-lex.europa.eu/eli/dir/2008/50/oj"
_2024 = "https://eur-lex.europa.eu/eli/dir/2024/2881/oj"
_WHO = "https://www.who.int/publications/i/item/9789240034228"
_WHO_NOISE = "https://www.who.int/europe/publications/i/item/9789289053563"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A law or an advice. coverage: the share of a year that must have data before the year can be called good."""

    key: str
    title: Text
    url: str
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """A limit on the mean over a period (see PERIODS), which may be passed so often a year.

    since: the first year that it holds, None for advice. years: over how many years the times are averaged.
    where: its place in the text of the source.
    """

    quantity: str
    period: str
    limit: float
    allowed: int
    source: Source
    since: int | None
    where: str
    years: int = 1


EU_2008 = Source(
    key="eu-2008",
    title=Text("Europese grenswaarde tot 2030", "European limit value until 2030"),
    url=_2008,
    coverage=0.9,
)
EU_2008_TARGET = Source(
    key="eu-2008-target",
    title=Text("Europese streefwaarde tot 2030", "European target value until 2030"),
    url=_2008,
    coverage=0.9,
)
EU_2030 = Source(
    key="eu-2030",
    title=Text("Europese grenswaarde vanaf 2030", "European limit value from 2030"),
    url=_2024,
    coverage=0.85,
)
EU_2030_TARGET = Source(
    key="eu-2030-target",
    title=Text("Europese streefwaarde vanaf 2030", "European target value from 2030"),
    url=_2024,
    coverage=0.85,
)
WHO_2021 = Source(
    key="who-2021", title=Text("Advies van de WHO (2021)", "WHO guideline (2021)"), url=_WHO, coverage=0.75
)
WHO_2018 = Source(
    key="who-2018",
    title=Text("Advies van de WHO voor wegverkeer (2018)", "WHO guideline for road traffic (2018)"),
    url=_WHO_NOISE,
    coverage=0.75,
)
_XI = "2008/50/EC, annex XI.B; 2024/2881, annex I, section 1, table 2"
_XIV = "2008/50/EC, annex XIV.D; 2024/2881, annex I, section 1, table 2"
_TABLE_1 = "2024/2881, annex I, section 1, table 1"
_TABLE_01 = "WHO global air quality guidelines 2021, table 0.1"
_ROAD = "WHO environmental noise guidelines for the European Region 2018, section 3.1"


def _norms(source: Source, where: str, *rows: tuple[str, str, float, int, int | None]) -> list[Norm]:
    return [
        Norm(quantity=quantity, period=period, limit=limit, allowed=allowed, source=source, since=since, where=where)
        for quantity, period, limit, allowed, since in rows
    ]


NORMS: list[Norm] = [
    *_norms(
        EU_2008,
        _XI,
        ("no2", "hour", 200, 18, 2010),
        ("no2", "year", 40, 0, 2010),
        ("pm10", "day", 50, 35, 2005),
        ("pm10", "year", 40, 0, 2005),
        ("so2", "hour", 350, 24, 2005),
        ("so2", "day", 125, 3, 2005),
        ("benzene", "year", 5, 0, 2010),
        ("co", "8 hours", 10_000, 0, 2005),
    ),
    *_norms(EU_2008, _XIV, ("pm25", "year", 25, 0, 2015)),
    Norm(
        quantity="o3",
        period="8 hours",
        limit=120,
        allowed=25,
        source=EU_2008_TARGET,
        since=2010,
        where="2008/50/EC, annex VII.B",
        years=3,
    ),
    *_norms(
        EU_2030,
        _TABLE_1,
        ("no2", "hour", 200, 3, 2030),
        ("no2", "day", 50, 18, 2030),
        ("no2", "year", 20, 0, 2030),
        ("pm10", "day", 45, 18, 2030),
        ("pm10", "year", 20, 0, 2030),
        ("pm25", "day", 25, 18, 2030),
        ("pm25", "year", 10, 0, 2030),
        ("so2", "hour", 350, 3, 2030),
        ("so2", "day", 50, 18, 2030),
        ("so2", "year", 20, 0, 2030),
        ("benzene", "year", 3.4, 0, 2030),
        ("co", "8 hours", 10_000, 0, 2030),
        ("co", "day", 4000, 18, 2030),
    ),
    Norm(
        quantity="o3",
        period="8 hours",
        limit=120,
        allowed=18,
        source=EU_2030_TARGET,
        since=2030,
        where="2024/2881, annex I, section 2, point B",
        years=3,
    ),
    *_norms(
        WHO_2021,
        _TABLE_01,
        ("no2", "day", 25, 3, None),
        ("no2", "year", 10, 0, None),
        ("pm10", "day", 45, 3, None),
        ("pm10", "year", 15, 0, None),
        ("pm25", "day", 15, 3, None),
        ("pm25", "year", 5, 0, None),
        ("so2", "day", 40, 3, None),
        ("co", "day", 4000, 3, None),
        ("o3", "8 hours", 100, 3, None),
        ("o3", "peak season", 60, 0, None),
    ),
    *_norms(WHO_2018, _ROAD, ("noise", "night", 45, 0, None), ("noise", "day-evening-night", 53, 0, None)),
]
PERIODS: dict[str, Text] = {
    "hour": Text("uurgemiddelde", "hourly mean"),
    "8 hours": Text("hoogste 8-uurgemiddelde van een dag", "highest 8-hour mean of a day"),
    "day": Text("daggemiddelde", "daily mean"),
    "year": Text("jaargemiddelde", "yearly mean"),
    "peak season": Text(
        "hoogste 8-uurgemiddelde, gemiddeld over de zes hoogste maanden op rij",
        "highest 8-hour mean, averaged over the six highest months in a row",
    ),
    "night": Text("Lnight: nachten van een jaar (23-7 uur)", "Lnight: nights of a year (23-7 h)"),
    "day-evening-night": Text(
        "Lden: dag, avond (+5 dB) en nacht (+10 dB) van een jaar",
        "Lden: day, evening (+5 dB), night (+10 dB) of a year",
    ),
}
COUNTED = {"hour": Text("uren", "hours"), "day": Text("dagen", "days"), "8 hours": Text("dagen", "days")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A level at which the public must be told ("information") or warned ("alert"): hourly or daily means."""

    quantity: str
    kind: str
    period: str
    limit: float
    where: str = "2024/2881, annex I, section 4"
    url: str = _2024


# Annex I, section 4: alert thresholds of point A, information thresholds of point B. An alert asks for three hours in a
# row (SO2, NO2, ozone) or up to three days in a row (particles), over 100 km² or a whole zone.
THRESHOLDS = [
    Threshold(quantity=quantity, kind=kind, period=period, limit=limit)
    for quantity, period, information, alert in (
        ("so2", "hour", 275, 350),
        ("no2", "hour", 150, 200),
        ("pm25", "day", 50, 50),
        ("pm10", "day", 90, 90),
        ("o3", "hour", 180, 240),
    )
    for kind, limit in (("information", information), ("alert", alert))
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a year measured against a norm.

    value: the mean, or how often the limit was passed (see COUNTED); None without data. verdict: "good", "wrong" or
    "unknown". share: part of the year that has data.
    """

    norm: Norm
    year: int
    value: float | None
    verdict: str
    share: float

    @property
    def is_count(self) -> bool:
        """Tell whether the value says how often the limit was passed."""
        return self.norm.period in COUNTED


def norms_for(quantity: str) -> list[Norm]:
    """List the norms of a quantity."""
    return [norm for norm in NORMS if norm.quantity == quantity]


def hourly_limit(quantity: str) -> float | None:
    """Give the limit for an hour, the same in every source; None where there is none."""
    return next((norm.limit for norm in norms_for(quantity) if norm.period == "hour"), None)


def compare(norm: Norm, days: Sequence[Day], *, year: int) -> Comparison:
    """Hold the days of a calendar year (and of those before it that the norm averages over) against a norm.

    A year with too little data is not judged; a limit that was passed too often stays passed whatever is missing.
    Source: 2008/50/EC, annexes I, VII and XI (90%); 2024/2881, annex V, points B and D (85%).
    """
    by_year = {one: [day for day in days if day.day.year == one] for one in range(year - norm.years + 1, year + 1)}
    share = _share(norm, by_year[year], year)
    if norm.period in COUNTED:
        return _counted(norm, by_year, year=year, share=share)
    value = _MEANS[norm.period](by_year[year])
    judged = share >= norm.source.coverage and value is not None
    verdict = "unknown" if not judged or value is None else ("wrong" if value > norm.limit else "good")
    return Comparison(norm=norm, year=year, value=value, verdict=verdict, share=share)


def _counted(norm: Norm, by_year: dict[int, list[Day]], *, year: int, share: float) -> Comparison:
    """Count how often the limit was passed: in the year, or as mean over the years that have enough data."""
    counts = {one: _passed(norm, days) for one, days in by_year.items()}
    full = [one for one, days in by_year.items() if _has_enough(norm, days, one)]
    if norm.years > 1 and full:
        value: float | None = sum(counts[one] for one in full) / len(full)
    else:
        value = float(counts[year]) if by_year[year] else None
    known = year in full
    if value is not None and value > norm.allowed and (known or norm.years == 1):
        verdict = "wrong"
    else:
        verdict = "good" if known else "unknown"
    return Comparison(norm=norm, year=year, value=value, verdict=verdict, share=share)


def _passed(norm: Norm, days: Sequence[Day]) -> int:
    if norm.period == "hour":
        return sum(day.hours_over for day in days)
    values = [day.mean if norm.period == "day" else day.highest_8h for day in days]
    return sum(value is not None and value > norm.limit for value in values)


def _has_enough(norm: Norm, days: Sequence[Day], year: int) -> bool:
    """Tell whether a year has enough data. Ozone, 2008/50/EC, annex VII.A.2: 27 days in five of six summer months."""
    if norm.source is not EU_2008_TARGET:
        return _share(norm, days, year) >= norm.source.coverage
    months = [day.day.month for day in days if day.highest_8h is not None]
    return sum(months.count(month) >= 27 for month in range(4, 10)) >= 5


def _share(norm: Norm, days: Sequence[Day], year: int) -> float:
    """Tell which part of a year has the data that a norm asks for."""
    length = 366 if isleap(year) else 365
    if norm.period == "hour":
        return min(1.0, sum(day.hours for day in days) / (24 * length))
    if norm.period == "year":
        return min(1.0, sum(day.hours for day in days if day.mean is not None) / (24 * length))
    if norm.period == "day-evening-night":
        parts = [sum(getattr(day, f"level_{part}") is not None for day in days) for part in ("day", "evening", "night")]
        return min(parts) / length
    name = {"day": "mean", "8 hours": "highest_8h", "peak season": "highest_8h", "night": "level_night"}[norm.period]
    return sum(getattr(day, name) is not None for day in days) / length


def _yearly(days: Sequence[Day]) -> float | None:
    """Average the hours of the days that have enough of them."""
    whole = [(day.mean, day.hours) for day in days if day.mean is not None]
    hours = sum(count for _, count in whole)
    return sum(mean * count for mean, count in whole) / hours if hours else None


def _peak_season(days: Sequence[Day]) -> float | None:
    """Average the highest eight-hour means over the six months in a row of a year that give most."""
    months = {month: [d.highest_8h for d in days if d.day.month == month and d.highest_8h is not None]
              for month in range(1, 13)}  # fmt: skip
    means = [sum(values) / len(values) if len(values) >= 21 else None for values in months.values()]
    windows = [means[first : first + 6] for first in range(7)]
    whole = [[one for one in window if one is not None] for window in windows]
    return max((sum(window) / 6 for window in whole if len(window) == 6), default=None)


def night_level(days: Sequence[Day]) -> float | None:
    """Average the nights of a period by their energy: Lnight."""
    return energetic([day.level_night for day in days if day.level_night is not None])


def den_level(days: Sequence[Day]) -> float | None:
    """Average days, evenings and nights of a period by their energy, then join them: Lden.

    Source: Directive 2002/49/EC, annex I: each part is averaged over all of its kind in a year.
    """
    parts = (
        energetic([value for value in (getattr(day, f"level_{part}") for day in days) if value is not None])
        for part in ("day", "evening", "night")
    )
    return level_den(*parts)


_MEANS = {"year": _yearly, "peak season": _peak_season, "night": night_level, "day-evening-night": den_level}


def years_with(days: Sequence[date]) -> list[int]:
    """List the calendar years of days, the newest first."""
    return sorted({day.year for day in days}, reverse=True)
