"""One indicator in full: its areas for map and list, its breakdown, its history and the data behind it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q

from plein.foundation.geo import places
from plein.insight.monitor import rules
from plein.insight.monitor.models import IndicatorVersion, Run, Standing, Value
from plein.insight.monitor.queries import saying
from plein.insight.monitor.queries.published import Points, home


@dataclass(frozen=True, slots=True)
class AreaValue:
    """A value of one area in one period, with how the area stands."""

    code: str
    name: str
    value: float
    n: int | None
    status: str = ""

    @property
    def kind(self) -> str:
        """Give the kind of status, for icon and colour."""
        return saying.KINDS.get(self.status, "unknown")

    @property
    def word(self) -> str:
        """Name the status."""
        return saying.status_word(self.status or "unknown")


@dataclass(frozen=True, slots=True)
class Coverage:
    """For which kinds of areas there are values, and of which periods, newest first."""

    kinds: tuple[str, ...]
    periods: dict[str, list[str]]


def coverage(version: IndicatorVersion) -> Coverage:
    """Tell for which kinds of our areas there are values and of which periods (one query)."""
    ours = home().code[2:]
    found = (
        Value.objects.filter(version=version, grp="", replaced_at__isnull=True, kind__in=["wijk", "buurt"])
        .filter(Q(area_code__startswith=f"WK{ours}") | Q(area_code__startswith=f"BU{ours}"))
        .values_list("kind", "period")
        .annotate(count=Count("pk"))
        .order_by()
    )
    periods: dict[str, list[str]] = {}
    for kind, period, _ in found:
        periods.setdefault(kind, []).append(period)
    newest = {kind: sorted(each, key=rules.moment, reverse=True) for kind, each in periods.items()}
    return Coverage(tuple(kind for kind in ("buurt", "wijk") if kind in newest), newest)


def values_by_area(version: IndicatorVersion, *, kind: str, period: str) -> list[AreaValue]:
    """List the values of all our areas of a kind in one period, worst first (two queries and the names)."""
    ours = home().code[2:]
    prefix = {"wijk": "WK", "buurt": "BU"}[kind] + ours
    found = Value.objects.filter(version=version, kind=kind, grp="", period=period, replaced_at__isnull=True)
    rows = list(found.filter(area_code__startswith=prefix).values_list("area_code", "value", "n"))
    names = _names(kind)
    stands = dict(
        Standing.objects.filter(version=version, kind=kind, area_code__startswith=prefix).values_list(
            "area_code", "status"
        )
    )
    made = [AreaValue(code, names.get(code, code), value, n, stands.get(code, "")) for code, value, n in rows]
    return sorted(made, key=lambda row: (row.value, row.name), reverse=version.direction == "down")


_names_kept: dict[tuple[str, str, str], dict[str, str]] = {}


def _names(kind: str) -> dict[str, str]:
    """Give the names of our areas of a kind, kept until the areas change."""
    key = (places.stamp(), kind, home().code)
    if key not in _names_kept:
        _names_kept.clear()
        _names_kept[key] = {area.code: area.name for area in places.areas(kind, home().code)}
    return _names_kept[key]


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the breakdown in the newest period, and its series."""

    key: str
    name: str
    value: float
    points: Points


def breakdown(version: IndicatorVersion, *, area: str) -> list[Group]:
    """Split an indicator by its groups, largest first (one query; none when it has no groups)."""
    if not version.groups:
        return []
    from plein.foundation.ui.figures import said

    found = Value.objects.filter(version=version, area_code=area, replaced_at__isnull=True).exclude(grp="")
    series: dict[str, Points] = {}
    for grp, period, value in found.values_list("grp", "period", "value"):
        series.setdefault(grp, {})[period] = value
    if not series:
        return []
    newest = max((period for points in series.values() for period in points), key=rules.moment)
    made = [
        Group(grp, said(version.group_name(grp)), points[newest], dict(sorted(points.items())))
        for grp, points in series.items()
        if newest in points
    ]
    return sorted(made, key=lambda group: -group.value)


def known_on(version: IndicatorVersion, *, area: str, at: datetime) -> Points:
    """Give the series of an area as it was known at a moment."""
    then = Q(replaced_at__isnull=True) | Q(replaced_at__gt=at)
    found = Value.objects.filter(then, version=version, area_code=area, grp="", known_at__lte=at)
    points = dict(found.values_list("period", "value"))
    return {period: points[period] for period in sorted(points, key=rules.moment)}


@dataclass(frozen=True, slots=True)
class Past:
    """What there was: the versions of the meaning, the computations, and how long values are known."""

    versions: list[IndicatorVersion]
    runs: list[Run]
    first_known: datetime | None
    newest_products: dict[str, int]


def past(version: IndicatorVersion, *, runs: int = 10) -> Past:
    """Tell the history of an indicator (three queries)."""
    versions = list(
        IndicatorVersion.objects.filter(indicator=version.indicator_id).exclude(state="draft").order_by("-number")
    )
    last = list(Run.objects.filter(version__indicator=version.indicator_id).select_related("version")[:runs])
    first = Value.objects.filter(version=version).aggregate(first=Min("known_at"), last=Max("known_at"))["first"]
    products = next((run.products for run in last if run.version_id == version.pk and run.outcome != "failed"), {})
    return Past(versions, last, first, products)


def whole(version: IndicatorVersion) -> list[tuple[str, str, str, str, float, int | None]]:
    """Give every current value: area, kind, group, period, value, n; for the download."""
    found = Value.objects.filter(version=version, replaced_at__isnull=True).order_by("area_code", "grp", "period")
    return list(found.values_list("area_code", "kind", "grp", "period", "value", "n"))
