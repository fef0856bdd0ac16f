"""What was learned from reports, for pages that are not about one report."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse

import plein.foundation.gate.door as gate
from plein.foundation import clock
from plein.foundation.catalogue.errors import NotPublished
from plein.foundation.geo import places
from plein.foundation.identity.actors import ANONYMOUS
from plein.foundation.identity.stamps import Kept
from plein.foundation.words import Text
from plein.service.reports.models import Cause
from plein.service.reports.rules.endings import ENDINGS

if TYPE_CHECKING:
    import pyarrow as pa

ACTIVITY, PUBLIC, FIGURES = "reports.learn", "reports.public", "reports.figures"
STAMP = "reports.learned"
FEW = 20  # under which a share says nothing
HEAT_DAYS = 91
MOST_MOMENTS = 36
SOURCE = Text("Meldingen openbare ruimte", "Reports of public space")


@dataclass(frozen=True, slots=True)
class Year:
    """What happened in an area in the twelve months before a month."""

    reported: int
    closed: int
    promised: int
    in_time: int
    solved: int
    at_once: int
    reopened: int
    from_month: date
    until: date

    @property
    def in_time_share(self) -> float | None:
        """Give the share that was closed in time, as a percentage; None for too few."""
        return _share(self.in_time, self.promised)

    @property
    def at_once_share(self) -> float | None:
        """Give the share that was solved at once, as a percentage; None for too few."""
        return _share(self.at_once, self.solved)

    @property
    def reopened_share(self) -> float | None:
        """Give the share that had been reopened, as a percentage; None for too few."""
        return _share(self.reopened, self.closed)

    @property
    def period(self) -> Text:
        """Say which months these are."""
        last = self.until - timedelta(days=1)
        words = f"{self.from_month:%m-%Y} t/m {last:%m-%Y}"
        return Text(words, words.replace("t/m", "to"))


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole >= FEW else None


_COUNTS = ("reported", "closed", "promised", "in_time", "solved", "at_once", "reopened")


def _load() -> dict[str, dict[date, tuple[int, ...]]]:
    """Read the figures per area and month."""
    try:
        columns = ["code", "month", *_COUNTS]
        table = gate.read(FIGURES, activity=ACTIVITY, columns=columns, by=ANONYMOUS, now=clock.now())
    except NotPublished:
        return {}
    found: dict[str, dict[date, tuple[int, ...]]] = {}
    for code, month, *counts in zip(*(table[name].to_pylist() for name in columns), strict=True):
        found.setdefault(code, {})[month] = tuple(counts)
    return found


_kept = Kept(STAMP, _load)


def year_of(code: str, at: date) -> Year | None:
    """Give what happened in an area in the twelve whole months before a day; None when nothing did."""
    until = at.replace(day=1)
    since = until.replace(year=until.year - 1)
    months = [counts for month, counts in _kept.get().get(code, {}).items() if since <= month < until]
    if not months:
        return None
    totals = {name: sum(counts) for name, counts in zip(_COUNTS, zip(*months, strict=True), strict=True)}
    return Year(**totals, from_month=since, until=until)


def years(kind: str, at: date) -> dict[str, Year]:
    """Give what happened in the twelve months before a day, of all our areas of a kind: "WK" or "BU"."""
    codes = [code for code in _kept.get() if code.startswith(kind)]
    return {code: found for code in codes if (found := year_of(code, at)) is not None}


def area_card(code: str, at: date | None = None) -> list[dict[str, Any]] | None:
    """Give how many reports an area had in a year, and how many were closed in time and solved at once."""
    found = year_of(code, at or clock.local_date(clock.now()))
    if found is None:
        return None
    lines: list[tuple[Text, float | None, Text | str]] = [
        (Text("Meldingen in een jaar", "Reports in a year"), found.reported, ""),
        (Text("Meldingen op tijd afgehandeld", "Reports closed in time"), found.in_time_share, "%"),
        (Text("Meldingen in een keer opgelost", "Reports solved at once"), found.at_once_share, "%"),
    ]
    href = reverse("reports:list")
    return [
        {"title": title, "value": value, "unit": unit, "period": found.period, "source": SOURCE, "href": href}
        for title, value, unit in lines
        if value is not None
    ]


def heat_moments() -> list[date]:
    """List the days the heat map can stop at: the last of each month with reports."""
    months = sorted(month for month, counts in _kept.get().get(places.home(), {}).items() if counts[0])
    return [month.replace(day=monthrange(month.year, month.month)[1]) for month in months[-MOST_MOMENTS:]]


def heat_points(at: date) -> "pa.Table":
    """Give the squares of 50 metres with how many reports each had in the three months until a day."""
    import pyarrow as pa
    import pyarrow.compute as pc

    since = at - timedelta(days=HEAT_DAYS)
    table = gate.read(
        PUBLIC,
        activity=ACTIVITY,
        columns=["lon", "lat", "title"],
        where="lon IS NOT NULL AND reported_on > ? AND reported_on <= ?",
        params=[since, at],
        by=ANONYMOUS,
        now=clock.now(),
    )
    asked = [("title", "count"), ("title", "min"), ("title", "max")]
    groups = table.group_by(["lon", "lat"]).aggregate(asked).sort_by([("lat", "ascending"), ("lon", "ascending")])
    is_one_kind = pc.equal(groups["title_min"], groups["title_max"])
    place = [pc.cast(groups[name], pa.string()) for name in ("lon", "lat")]
    return pa.table(
        {
            "id": pc.binary_join_element_wise(*place, "~"),
            "lon": groups["lon"],
            "lat": groups["lat"],
            "name": pc.if_else(is_one_kind, groups["title_min"], "Verschillende onderwerpen"),
            "value": pc.cast(groups["title_count"], pa.float64()),
        }
    )


def causes() -> QuerySet[Cause]:
    """List where the same comes back: what nobody looked at first, then by how unlikely it is."""
    return Cause.objects.select_related("asset").order_by("decision", "chance", "key")


def done_about(cause: Cause) -> list[tuple[Text, int]]:
    """Give what was done about a cause, by how often, the most frequent first."""
    ranked = sorted(cause.endings.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(_ending(ending), count) for ending, count in ranked]


def _ending(key: str) -> Text:
    return ENDINGS[key].title if key in ENDINGS else Text("Van de lijst", "Off the list")
