"""The published indicators and how our municipality stands: kept per process, new after every change."""

from collections import defaultdict
from dataclasses import dataclass, field

from plein.foundation.errors import NotFound
from plein.foundation.geo import places
from plein.foundation.identity.stamps import Kept
from plein.insight.monitor import rules
from plein.insight.monitor.models import IndicatorVersion, Standing, Value

STAMP = "monitor"
Points = dict[str, float]


@dataclass(frozen=True, slots=True)
class Home:
    """Our municipality: per version its standing and its series in order of time."""

    code: str
    name: str
    standings: dict[int, Standing] = field(default_factory=dict)
    points: dict[int, Points] = field(default_factory=dict)


def _load_versions() -> dict[str, IndicatorVersion]:
    found = IndicatorVersion.objects.filter(state="published", indicator__retired_at__isnull=True)
    rows = found.select_related("indicator__goal__theme").order_by(
        "indicator__goal__theme__order", "indicator__goal__order", "indicator__order", "indicator__key"
    )
    return {row.indicator.key: row for row in rows}


def series_of(area: str, versions: list[int]) -> dict[int, Points]:
    """Give the current series of an area per version, in order of time, in one query."""
    found = Value.objects.filter(area_code=area, version_id__in=versions, grp="", replaced_at__isnull=True)
    rows: dict[int, Points] = defaultdict(dict)
    for version, period, value in found.values_list("version_id", "period", "value"):
        rows[version][period] = value
    return {version: in_order(points) for version, points in rows.items()}


def in_order(points: Points) -> Points:
    """Put a series in order of time."""
    return {period: points[period] for period in sorted(points, key=rules.moment)}


def standings_of(area: str, versions: list[int]) -> dict[int, Standing]:
    """Give how an area stands per version, in one query."""
    return {row.version_id: row for row in Standing.objects.filter(area_code=area, version_id__in=versions)}


def _load_home() -> Home:
    code = places.home()
    versions = [version.pk for version in _load_versions().values()]
    name = places.names([code]).get(code, code)
    return Home(code, name, standings_of(code, versions), series_of(code, versions))


_kept_versions = Kept(STAMP, _load_versions)
_kept_home = Kept(STAMP, _load_home)


def area_named(code: str) -> str:
    """Give the name of an area.

    Raises NotFound.
    """
    kept = home()
    found = kept.name if code == kept.code else places.names([code]).get(code)
    if found is None:
        raise NotFound(what=code)
    return found


def versions() -> dict[str, IndicatorVersion]:
    """Give every published version by the key of its indicator, in the order of the board."""
    return _kept_versions.get()


def home() -> Home:
    """Give our municipality with its standings and series."""
    return _kept_home.get()


def version_of(key: str) -> IndicatorVersion:
    """Give the published version of one indicator, retired ones too.

    Raises NotFound.
    """
    kept = versions().get(key)
    if kept is not None:
        return kept
    found = IndicatorVersion.objects.filter(indicator__key=key, state="published")
    version = found.select_related("indicator__goal__theme").first()
    if version is None:
        raise NotFound(what=key)
    return version
