"""What numbers say about a goal: periods, trend, status. And what a formula may be. Pure: values in, values out.

The method (the page /monitor/methode says the same in plain words; docs/understand/on-track.md gives the reasons):

1. A norm that is already in force is compared with the newest value: reached or missed.
2. A norm in the future is compared with where the trend leads: Theil-Sen's slope, tested by Mann-Kendall.
3. Without a clear trend the level of the last three values is expected to stay.
4. With under four measurements, under three years between first and last, or a newest value that is over five years
   old, the status is unknown: that is an answer, not an error.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, median
from typing import Literal

import numpy as np

from plein.insight.monitor.errors import (
    ColumnMissing,
    ColumnUnknown,
    NotAnArea,
    NotANumber,
    NotAPeriod,
    NotAProduct,
    NotOneSelect,
    NotSql,
    ReadsNothing,
    TwoValues,
)

Direction = Literal["up", "down"]
Status = Literal["on_track", "behind", "unknown"]

MEASUREMENTS_NEEDED = 4
YEARS_NEEDED = 3.0
OLDEST_YEARS = 5.0
SIGNIFICANCE = 0.10
LEVEL_OF_LAST = 3

PERIOD = re.compile(r"^(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?$")
PRODUCT_VIEW = re.compile(r"^[a-z][a-z0-9]*__[a-z][a-z0-9_]*$")
AREA = re.compile(r"^(GM\d{4}|WK\w{6}|BU\w{8})$")
COLUMNS = ("area", "period", "grp", "value", "n")


@dataclass(frozen=True, slots=True)
class Norm:
    """What is wanted: at the end of `year` the value is at least (up) or at most (down) `value`."""

    year: int
    value: float


@dataclass(frozen=True, slots=True)
class Trend:
    """A slope per year with its 90% interval, and the two-sided chance to see so much order by luck alone."""

    slope: float
    low: float
    high: float
    p: float

    @property
    def clear(self) -> bool:
        """Tell whether the order of the values is hard to explain by luck."""
        return self.p < SIGNIFICANCE


@dataclass(frozen=True, slots=True)
class Standing:
    """How an indicator stands towards its norm, with everything that led to it."""

    status: Status
    reason: str
    sure: bool | None = None
    norm: Norm | None = None
    latest_period: str = ""
    latest: float | None = None
    measurements: int = 0
    trend: Trend | None = None
    expected: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None


def moment(period: str) -> float:
    """Place a period on the line of years: the middle of "2024", "2024-Q3", "2024-03" or "2024-03-15".

    Raises ValueError for anything else.
    """
    match = PERIOD.match(period)
    if not match:
        raise ValueError(f"{period!r} is not a year, quarter, month or day")
    year, quarter, month, day = (int(part) if part else 0 for part in match.groups())
    if month > 12 or (match.group(3) and month < 1) or day > 31:
        raise ValueError(f"{period!r} is not a month or day of the calendar")
    if quarter:
        return year + (quarter - 0.5) / 4
    if day:
        return year + (month - 1) / 12 + (day - 0.5) / 372
    return year + (month - 0.5) / 12 if month else year + 0.5


def year_of(period: str) -> int:
    """Give the calendar year of a period."""
    return int(period[:4])


def meets(value: float, norm: float, direction: Direction) -> bool:
    """Tell whether a value is as good as the norm; equal is good enough."""
    return value >= norm if direction == "up" else value <= norm


def norm_towards(norms: Mapping[int, float], *, latest_year: int) -> Norm | None:
    """Choose the norm that counts now: the first not before the newest value, else the last one, still in force."""
    if not norms:
        return None
    ahead = [year for year in norms if year >= latest_year]
    year = min(ahead) if ahead else max(norms)
    return Norm(year, norms[year])


def mann_kendall(values: Sequence[float]) -> tuple[int, float, float]:
    """Test a series for order in time: S, its variance with ties, and the two-sided p with continuity correction.

    Source: Gilbert (1987), Statistical Methods for Environmental Pollution Monitoring, 16.4.1-16.4.2.
    """
    series = np.asarray(values, dtype=float)
    n = len(series)
    s = int(np.sign(series[None, :] - series[:, None])[np.triu_indices(n, 1)].sum())
    _, ties = np.unique(series, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    if variance == 0 or s == 0:
        return s, variance, 1.0
    z = (abs(s) - 1) / math.sqrt(variance)
    return s, variance, 2 * (1 - NormalDist().cdf(z))


def theil_sen(times: Sequence[float], values: Sequence[float], *, variance: float) -> tuple[float, float, float]:
    """Give the median of all slopes between two measurements, with its 90% interval.

    times: years, ascending, need not be evenly spaced; variance: of Mann-Kendall's S.
    Source: Sen (1968); the interval by ranks as in Gilbert (1987), 16.5.
    """
    when, series = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    first, second = np.triu_indices(len(series), 1)
    slopes = np.sort((series[second] - series[first]) / (when[second] - when[first]))
    reach = NormalDist().inv_cdf(1 - SIGNIFICANCE / 2) * math.sqrt(variance)
    low = max(round((len(slopes) - reach) / 2) - 1, 0)
    high = min(round((len(slopes) + reach) / 2), len(slopes) - 1)
    return float(np.median(slopes)), float(slopes[low]), float(slopes[high])


def trend_of(times: Sequence[float], values: Sequence[float]) -> Trend:
    """Give the trend of at least two measurements."""
    _, variance, p = mann_kendall(values)
    slope, low, high = theil_sen(times, values, variance=variance)
    return Trend(slope=slope, low=low, high=high, p=p)


def _too_little(times: Sequence[float], *, today: float) -> str:
    """Say why a series is no ground for a trend, or ""."""
    if today - times[-1] > OLDEST_YEARS:
        return "old"
    if len(times) < MEASUREMENTS_NEEDED:
        return "few"
    return "short" if times[-1] - times[0] < YEARS_NEEDED else ""


def judge(points: Mapping[str, float], *, norms: Mapping[int, float], direction: Direction, today: float) -> Standing:
    """Judge a series against its norms.

    points: value per period; norms: wanted value per year; today: on the line of years, as `moment` gives.
    """
    if not points:
        return Standing("unknown", "no_values")
    periods = sorted(points, key=moment)
    times, values = [moment(period) for period in periods], [points[period] for period in periods]
    norm = norm_towards(norms, latest_year=year_of(periods[-1]))
    trend = trend_of(times, values) if len(set(times)) == len(times) and len(times) >= 2 else None
    facts = {"latest_period": periods[-1], "latest": values[-1], "measurements": len(values), "norm": norm}
    little = _too_little(times, today=today)
    if norm is None or little == "old":
        return Standing("unknown", "no_norm" if norm is None else "old", trend=trend, **facts)  # type: ignore[arg-type]
    if norm.year <= year_of(periods[-1]):
        reached = meets(values[-1], norm.value, direction)
        status: Status = "on_track" if reached else "behind"
        return Standing(status, "reached" if reached else "missed", sure=True, trend=trend, **facts)  # type: ignore[arg-type]
    if little or trend is None:
        return Standing("unknown", little or "few", trend=trend, **facts)  # type: ignore[arg-type]
    return _by_trend(times, values, norm=norm, direction=direction, trend=trend, latest_period=periods[-1])


def _by_trend(
    times: Sequence[float],
    values: Sequence[float],
    *,
    norm: Norm,
    direction: Direction,
    trend: Trend,
    latest_period: str,
) -> Standing:
    """Follow the trend to the norm year and compare there."""
    ahead = norm.year + 0.5 - times[-1]
    line = median(value - trend.slope * time for time, value in zip(times, values, strict=True))
    level = line + trend.slope * times[-1] if trend.clear else median(values[-LEVEL_OF_LAST:])
    slope = trend.slope if trend.clear else 0.0
    expected, low, high = (level + change * ahead for change in (slope, trend.low, trend.high))
    good = meets(expected, norm.value, direction)
    sure = all(meets(end, norm.value, direction) == good for end in (low, high))
    words = {(True, True): "heading_there", (True, False): "steady_good", (False, True): "too_slow"}
    return Standing(
        "on_track" if good else "behind",
        words.get((good, trend.clear), "steady_short"),
        sure=sure,
        norm=norm,
        latest_period=latest_period,
        latest=values[-1],
        measurements=len(values),
        trend=trend,
        expected=expected,
        expected_low=min(low, high),
        expected_high=max(low, high),
    )


def norms_from_start(points: Mapping[str, float], *, years: Sequence[int]) -> dict[int, float]:
    """Make the norm "no worse than at the start": the first value, wanted in each of the years."""
    if not points:
        return {}
    first = min(points, key=moment)
    return {year: points[first] for year in years if year > year_of(first)}


def products_of(formula: str) -> list[str]:
    """List the data products a formula reads, as keys such as "monitor.areas".

    Raises FormulaRefused unless the formula is one SELECT over data products.
    """
    import sqlglot
    from sqlglot import exp

    try:
        statements = [part for part in sqlglot.parse(formula, read="duckdb") if part is not None]
    except sqlglot.errors.SqlglotError as error:
        raise NotSql(detail=str(error).splitlines()[0][:160].rstrip(".")) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise NotOneSelect()
    query = statements[0]
    within = {part.alias_or_name for part in query.find_all(exp.CTE)}
    tables = list(query.find_all(exp.Table))
    for table in tables:
        if not isinstance(table.this, exp.Identifier) or table.args.get("db"):
            raise NotAProduct(name=table.sql()[:80])
    names = sorted({table.name for table in tables} - within)
    for name in names:
        if not PRODUCT_VIEW.match(name):
            raise NotAProduct(name=name)
    if not names:
        raise ReadsNothing()
    return [name.replace("__", ".", 1) for name in names]


@dataclass(frozen=True, slots=True)
class Row:
    """One value that a formula gave."""

    area: str
    period: str
    grp: str
    value: float
    n: int | None


def check_columns(columns: Sequence[str]) -> None:
    """Refuse an outcome that lacks area, period or value, or has a column nobody knows.

    Raises FormulaRefused.
    """
    missing = [name for name in ("area", "period", "value") if name not in columns]
    strange = [name for name in columns if name not in COLUMNS]
    if missing:
        raise ColumnMissing(columns=", ".join(missing))
    if strange:
        raise ColumnUnknown(columns=", ".join(strange))


def read_rows(columns: Mapping[str, Sequence[object]]) -> list[Row]:
    """Turn the outcome of a formula into values; rows without a value are left out.

    Raises FormulaRefused for a wrong area or period, a value that is no number, and for two values of the same thing.
    """
    check_columns(list(columns))
    size = len(columns["area"])
    groups = columns.get("grp") or [""] * size
    counts = columns.get("n") or [None] * size
    rows: list[Row] = []
    seen: set[tuple[str, str, str]] = set()
    for area, period, grp, value, n in zip(
        columns["area"], columns["period"], groups, columns["value"], counts, strict=True
    ):
        if value is None or area is None or period is None:
            continue
        row = _read_row(str(area), str(period), "" if grp is None else str(grp), value, n)
        if (row.area, row.period, row.grp) in seen:
            raise TwoValues(area=row.area, period=row.period)
        seen.add((row.area, row.period, row.grp))
        rows.append(row)
    return rows


def _read_row(area: str, period: str, grp: str, value: object, n: object) -> Row:
    """Check one row of an outcome."""
    if not AREA.match(area):
        raise NotAnArea(area=area)
    try:
        moment(period)
    except ValueError as error:
        raise NotAPeriod(period=period) from error
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise NotANumber(area=area, period=period) from error
    if not math.isfinite(number):
        raise NotANumber(area=area, period=period)
    return Row(area, period, grp, number, None if n is None else int(n))  # type: ignore[call-overload]


def kind_of(area: str) -> str:
    """Give the kind of area a code stands for."""
    return {"GM": "gemeente", "WK": "wijk", "BU": "buurt"}[area[:2]]


def stones(statuses: Sequence[str]) -> tuple[int, int]:
    """Count the stones of progress: how many indicators are on track, of how many with a known status."""
    known = [status for status in statuses if status != "unknown"]
    return sum(status == "on_track" for status in known), len(known)


def class_borders(values: Sequence[float], *, classes: int = 5) -> list[float]:
    """Choose borders of about equally full classes for a map, in two digits that a reader can remember.

    One extreme area does not move them, because they follow the order of the values and not their size.
    """
    ordered = sorted(values)
    if len(ordered) < classes:
        return []
    cuts = (ordered[len(ordered) * step // classes] for step in range(1, classes))
    return sorted({cut for cut in map(_two_digits, cuts) if ordered[0] < cut <= ordered[-1]})


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}") if abs(value) < 100 else float(round(value, 1 - math.floor(math.log10(abs(value)))))


def better(new: float, old: float, *, direction: Direction) -> bool | None:
    """Tell whether a value became better; None when it is the same."""
    if new == old:
        return None
    return (new > old) == (direction == "up")


def change_checksum(rows: Sequence[Row]) -> str:
    """Give a fingerprint of an outcome: equal outcomes have equal ones, whatever the order."""
    from hashlib import sha256

    lines = sorted(f"{row.area}|{row.period}|{row.grp}|{row.value!r}|{row.n}" for row in rows)
    return sha256("\n".join(lines).encode()).hexdigest()
