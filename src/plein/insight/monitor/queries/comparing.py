"""Areas beside each other, our own and other municipalities."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

from django.db.models import Q

from plein.foundation.geo.models import Area
from plein.insight.monitor import rules
from plein.insight.monitor.models import IndicatorVersion, Value
from plein.insight.monitor.queries.published import Points, home

MOST = 6
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Side:
    """One of the areas that are compared."""

    code: str
    name: str
    kind: str
    points: Points

    @property
    def newest(self) -> float | None:
        """Give the newest value."""
        return list(self.points.values())[-1] if self.points else None


def find_area(words: str) -> Area | None:
    """Find an area by its code, its name, or the start of its name: municipalities first, then our own areas."""
    words = words.strip()
    if not words:
        return None
    ours = Q(kind="gemeente") | Q(gemeente_code=home().code)
    found = Area.objects.filter(ours).defer("geometry")
    for condition in (Q(code__iexact=words), Q(name__iexact=words), Q(name__istartswith=words)):
        area = found.filter(condition).order_by("kind", "name").first()
        if area is not None:
            return area
    return None


def choices() -> list[tuple[str, str]]:
    """List what can be compared, as (name, code): municipalities and our own districts and neighbourhoods."""
    ours = Q(kind="gemeente") | Q(gemeente_code=home().code)
    return list(Area.objects.filter(ours).order_by("kind", "name").values_list("name", "code"))


def first_choice(version: IndicatorVersion) -> list[str]:
    """Choose what a first visit compares: our municipality and the three nearest that have a value (two queries)."""
    ours = home().code
    known = Value.objects.filter(version=version, kind="gemeente", grp="", replaced_at__isnull=True)
    spots = Area.objects.filter(kind="gemeente", code__in=known.values("area_code")).values_list("code", "lon", "lat")
    found = {code: (lon, lat) for code, lon, lat in spots}
    if ours not in found:
        return [ours]
    lon, lat = found.pop(ours)
    shrink = cos(radians(lat))
    nearest = sorted(found, key=lambda code: hypot((found[code][0] - lon) * shrink, found[code][1] - lat))
    return [ours, *nearest[:NEAREST]]


def sides(version: IndicatorVersion, codes: Sequence[str]) -> list[Side]:
    """Put areas beside each other, in the order asked, at most six (two queries)."""
    wanted = list(dict.fromkeys(codes))[:MOST]
    known = {area.code: area for area in Area.objects.filter(code__in=wanted).defer("geometry")}
    series: dict[str, Points] = {code: {} for code in wanted}
    found = Value.objects.filter(version=version, area_code__in=wanted, grp="", replaced_at__isnull=True)
    for code, period, value in found.values_list("area_code", "period", "value"):
        series[code][period] = value
    return [
        Side(
            code,
            known[code].name,
            known[code].kind,
            {period: series[code][period] for period in sorted(series[code], key=rules.moment)},
        )
        for code in wanted
        if code in known
    ]


@dataclass(frozen=True, slots=True)
class Peers:
    """Where our municipality stands among all: place from the best, and the middle one."""

    place: int
    count: int
    median: float


def peers(version: IndicatorVersion, *, period: str) -> Peers | None:
    """Rank our municipality among all municipalities in one period; None when it has no value or no peers."""
    from statistics import median

    found = Value.objects.filter(version=version, kind="gemeente", grp="", period=period, replaced_at__isnull=True)
    values = dict(found.values_list("area_code", "value"))
    own = values.get(home().code)
    if own is None or len(values) < 2:
        return None
    ahead = sum(bool(rules.better(value, own, direction=version.direction)) for value in values.values())  # type: ignore[arg-type]
    return Peers(ahead + 1, len(values), median(values.values()))
