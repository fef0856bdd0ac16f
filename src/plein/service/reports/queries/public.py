"""What everybody may see of reports: the list, the map and one report, without a word that says who anybody is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from plein.casework.cases import queries as cases
from plein.foundation import clock
from plein.foundation.errors import NotFound
from plein.foundation.geo import places
from plein.foundation.ui import maps
from plein.foundation.ui.figures import said
from plein.foundation.words import Text
from plein.service.reports.models import Report
from plein.service.reports.queries.nearby import public_photos
from plein.service.reports.rules.endings import ENDINGS
from plein.service.reports.rules.filing import rounded

PAGE = 50
ON_MAP = 2_000
KEPT_VISIBLE = timedelta(days=365)
STATES = {
    "new": (Text("Gemeld", "Reported"), "neutral"),
    "busy": (Text("Wij zijn ermee bezig", "We are working on it"), "busy"),
    "passed-on": (Text("Doorgegeven", "Passed on"), "shared"),
    "closed": (Text("Afgehandeld", "Closed"), "done"),
}
KINDS = {"open": Text("Open", "Open"), "closed": Text("Afgehandeld", "Closed")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor looks for: a group of categories, a buurt or wijk, "open", "closed" or "" for both."""

    main: str = ""
    area: str = ""
    state: str = ""
    before: str = ""


def visible(*, now: datetime) -> QuerySet[Report]:
    """Give the reports that everybody may see: of public kinds, not hidden, merged, withdrawn or long closed."""
    rows = Report.objects.filter(is_hidden=False, category__is_public=True, merged_into=None)
    rows = rows.exclude(ending="withdrawn")
    return rows.filter(Q(closed_at=None) | Q(closed_at__gt=now - KEPT_VISIBLE))


def _wanted(rows: QuerySet[Report], wanted: Wanted) -> QuerySet[Report]:
    if wanted.main:
        rows = rows.filter(category__main_slug=wanted.main)
    if wanted.area:
        rows = (
            rows.filter(wijk_code=wanted.area) if wanted.area.startswith("WK") else rows.filter(buurt_code=wanted.area)
        )
    if wanted.state in KINDS:
        rows = rows.filter(closed_at=None) if wanted.state == "open" else rows.filter(closed_at__isnull=False)
    return rows


@dataclass(frozen=True, slots=True)
class Line:
    """A report in a list, in words. where: the street or the neighbourhood."""

    report: Report
    where: str
    state: Text
    sign: str
    done: str


def page_of(wanted: Wanted, *, now: datetime) -> tuple[list[Line], str]:
    """List a page of reports, newest first, with the cursor of the next page ("" is the end); two queries."""
    rows = _wanted(visible(now=now), wanted).select_related("category", "given_to").order_by("-reported_at", "-id")
    at, number = _cursor(wanted.before)
    if at is not None:
        rows = rows.filter(Q(reported_at__lt=at) | Q(reported_at=at, id__lt=number))
    found = list(rows[: PAGE + 1])
    more = len(found) > PAGE
    shown = found[:PAGE]
    last = shown[-1] if more else None
    names = places.names(list({row.buurt_code for row in shown}))
    return [_line(row, names) for row in shown], f"{last.reported_at.isoformat()}_{last.pk}" if last else ""


def _cursor(text: str) -> tuple[datetime | None, int]:
    moment, _sep, number = text.rpartition("_")
    try:
        return datetime.fromisoformat(moment), int(number)
    except ValueError:
        return None, 0


def _line(row: Report, names: dict[str, str]) -> Line:
    state, sign = state_of(row)
    return Line(row, where_of(row, names.get(row.buurt_code, "")), state, sign, ending_sentence(row))


def state_of(row: Report) -> tuple[Text, str]:
    """Say how a report stands, with the sign that goes with it; of a closed one how it ended."""
    if row.closed_at is not None and row.ending in ENDINGS:
        return ENDINGS[row.ending].title, "done" if row.ending == "solved" else "neutral"
    return STATES[row.state]


def where_of(row: Report, area: str) -> str:
    """Say where a report is, as precisely as its kind may be shown."""
    street = row.address.partition(" (")[0].rstrip("0123456789 ").strip() if row.address else ""
    return ", ".join(filter(None, ["" if row.category.place_m else street, area]))


def ending_sentence(row: Report) -> str:
    """Say how a report ended, in the language of the page; "" while it is open."""
    rule = ENDINGS.get(row.ending)
    if rule is None:
        return ""
    day = f"{row.planned_on:%d-%m-%Y}" if row.planned_on else ""
    return said(rule.sentence).format(owner=row.given_to.name if row.given_to else _("somebody else"), day=day)


def map_of(wanted: Wanted, *, now: datetime) -> maps.Map:
    """Draw the reports on a map, each where its kind may be shown; one query."""
    rows = _wanted(visible(now=now).filter(lon__isnull=False), wanted).order_by("-reported_at", "-id")
    columns = ("public_key", "lon", "lat", "closed_at", "reported_at", "category__title_nl", "category__title_en")
    held = rows.values_list(*columns, "category__place_m")[:ON_MAP]
    return maps.points(
        [_spot(row) for row in held],
        kinds=KINDS,
        title=Text("Meldingen", "Reports"),
        unit="",
        source=Text("Meldingen van inwoners", "Reports of residents"),
        period=Text("het laatste jaar", "the last year"),
        key="reports-map",
    )


def _spot(row: Sequence[Any]) -> maps.Spot:
    key, lon, lat, closed_at, reported_at, title_nl, title_en, metres = row
    lon, lat = rounded(lon, lat, metres=metres)
    return maps.Spot(
        id=key,
        lon=lon,
        lat=lat,
        name=Text(title_nl, title_en or title_nl),
        value="open" if closed_at is None else "closed",
        label=f"{reported_at:%d-%m-%Y}",
        href=reverse("reports:report", args=[key]),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """One report as everybody may see it."""

    line: Line
    lines: Sequence[Any]
    photo: Any
    map: maps.Map | None


def report_of(key: str, *, now: datetime) -> Shown:
    """Show one report to everybody.

    Raises NotFound, also for one that exists and may not be seen.
    """
    rows = visible(now=now).select_related("category", "given_to", "zaak")
    row = rows.filter(public_key=key).first()
    if row is None:
        raise NotFound(what=_("This report"))
    names = places.names([row.buurt_code])
    photo = public_photos([row.pk]).get(row.pk)
    timeline = cases.timeline(row.zaak, audience="public")
    return Shown(_line(row, names), timeline, photo, _one_map(row))


def _one_map(row: Report) -> maps.Map | None:
    if row.lon is None or row.lat is None:
        return None
    lon, lat = rounded(row.lon, row.lat, metres=row.category.place_m)
    spot = maps.Spot(id=row.public_key, lon=lon, lat=lat, name=row.category.title)
    source = Text("Meldingen van inwoners", "Reports of residents")
    return maps.points([spot], title=row.category.title, unit="", source=source, period="")


def home_number() -> Text | None:
    """Count how many reports were solved in the last week, for the home page; None when there were none."""
    solved = Report.objects.filter(ending="solved", closed_at__gt=clock.now() - timedelta(days=7)).count()
    return Text(f"{solved} opgelost deze week", f"{solved} solved this week") if solved else None
