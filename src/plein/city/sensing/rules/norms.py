"""What is allowed and what is healthy: limit values with the law or advice they come from."""

from dataclasses import dataclass

from plein.foundation.words import Text

_2008 = "https://eur-lex.europa.eu/eli/dir/2008/50/oj"
_2024 = "https://eur-lex.europa.eu/eli/dir/2024/2881/oj"
_WHO = "https://www.who.int/publications/i/item/9789240034228"
_WHO_NOISE = "https://www.who.int/europe/publications/i/item/9789289053563"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A law or an advice. since: the first year that it holds; None for advice."""

    key: str
    title: Text
    where: str
    url: str
    since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """A limit on the mean over a period ("hour", "8 hours", "day", "year"), which may be passed so often a year."""

    quantity: str
    period: str
    limit: float
    allowed: int
    source: Source


EU_2008 = Source(
    key="eu-2008",
    title=Text("Europese grenswaarde tot 2030", "European limit value until 2030"),
    where="2008/50/EC, annex XI; 2024/2881, annex I, section 1, table 2",
    url=_2008,
    since=2010,
)
EU_2030 = Source(
    key="eu-2030",
    title=Text("Europese grenswaarde vanaf 2030", "European limit value from 2030"),
    where="2024/2881, annex I, section 1, table 1",
    url=_2024,
    since=2030,
)
WHO_2021 = Source(
    key="who-2021",
    title=Text("Advies van de WHO (2021)", "WHO guideline (2021)"),
    where="WHO global air quality guidelines 2021, table 0.1",
    url=_WHO,
)
WHO_2018 = Source(
    key="who-2018",
    title=Text("Advies van de WHO voor wegverkeer (2018)", "WHO guideline for road traffic (2018)"),
    where="WHO environmental noise guidelines for the European Region 2018, section 3.1",
    url=_WHO_NOISE,
)


def _norms(source: Source, *rows: tuple[str, str, float, int]) -> list[Norm]:
    return [Norm(quantity=q, period=p, limit=limit, allowed=n, source=source) for q, p, limit, n in rows]


NORMS: list[Norm] = [
    *_norms(
        EU_2008,
        ("no2", "hour", 200, 18),
        ("no2", "year", 40, 0),
        ("pm10", "day", 50, 35),
        ("pm10", "year", 40, 0),
        ("pm25", "year", 25, 0),
        ("so2", "hour", 350, 24),
        ("so2", "day", 125, 3),
        ("benzene", "year", 5, 0),
        ("co", "8 hours", 10_000, 0),
    ),
    *_norms(
        EU_2030,
        ("no2", "hour", 200, 3),
        ("no2", "day", 50, 18),
        ("no2", "year", 20, 0),
        ("pm10", "day", 45, 18),
        ("pm10", "year", 20, 0),
        ("pm25", "day", 25, 18),
        ("pm25", "year", 10, 0),
        ("so2", "hour", 350, 3),
        ("so2", "day", 50, 18),
        ("so2", "year", 20, 0),
        ("benzene", "year", 3.4, 0),
        ("co", "8 hours", 10_000, 0),
        ("co", "day", 4000, 18),
        ("o3", "8 hours", 120, 18),
    ),
    *_norms(
        WHO_2021,
        ("no2", "day", 25, 3),
        ("no2", "year", 10, 0),
        ("pm10", "day", 45, 3),
        ("pm10", "year", 15, 0),
        ("pm25", "day", 15, 3),
        ("pm25", "year", 5, 0),
        ("so2", "day", 40, 3),
        ("co", "day", 4000, 3),
        ("o3", "8 hours", 100, 3),
    ),
    *_norms(WHO_2018, ("noise", "night", 45, 0), ("noise", "day-evening-night", 53, 0)),
]
PERIODS: dict[str, Text] = {
    "hour": Text("uurgemiddelde", "hourly mean"),
    "8 hours": Text("hoogste 8-uurgemiddelde van een dag", "highest 8-hour mean of a day"),
    "day": Text("daggemiddelde", "daily mean"),
    "year": Text("jaargemiddelde", "yearly mean"),
    "night": Text("gemiddelde van de nacht (23-7 uur)", "mean of the night (23-7 h)"),
    "day-evening-night": Text("gemiddelde met straf voor avond en nacht", "mean with penalty for evening and night"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was measured against a norm.

    value: the mean for a yearly norm, else how often the limit was passed; verdict: "good", "wrong" or "unknown".
    share: part of the period that has data.
    """

    norm: Norm
    value: float | None
    verdict: str
    share: float


def norms_for(quantity: str) -> list[Norm]:
    """List the norms of a quantity."""
    return [norm for norm in NORMS if norm.quantity == quantity]


def compare_days(norm: Norm, means: list[float | None], *, days: int) -> Comparison:
    """Hold daily means against a norm for a day or a year.

    means: one per day that has data, None where there is too little; days: how many days the period has.
    A yearly norm is only judged when 75% of the days have a mean; a passed daily norm stays passed whatever is missing.
    """
    good = [mean for mean in means if mean is not None]
    share = len(good) / days if days else 0.0
    if norm.period == "year":
        enough = share >= 0.75
        value = sum(good) / len(good) if good else None
        verdict = "unknown" if not enough or value is None else ("wrong" if value > norm.limit else "good")
        return Comparison(norm=norm, value=value, verdict=verdict, share=share)
    passed = sum(mean > norm.limit for mean in good)
    verdict = "wrong" if passed > norm.allowed else ("good" if share >= 0.75 else "unknown")
    return Comparison(norm=norm, value=float(passed), verdict=verdict, share=share)
