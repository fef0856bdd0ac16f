"""Pages for staff about what reports teach: where the same comes back, and how it goes per area."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from plein.foundation import clock
from plein.foundation.geo import places
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.ui import maps
from plein.foundation.ui.refusals import sentence
from plein.foundation.ui.tables import Column, Table
from plein.foundation.words import Text
from plein.service.reports.actions.learning import decide_cause
from plein.service.reports.errors import NoSuchCause, SayWhy
from plein.service.reports.models import Cause
from plein.service.reports.queries import learning

PAGE = 50
STATUS = {"": "attention", "planned": "busy", "done": "good", "set-aside": "closed"}


def decision_words() -> dict[str, str]:
    """Give the words of each decision, in the language of the page."""
    return {
        "": _("Nobody looked yet"),
        "planned": _("Planned"),
        "done": _("Dealt with"),
        "set-aside": _("Set aside"),
    }


@require_GET
@rights("reports.handle")
def causes(request: HttpRequest) -> HttpResponse:
    """List where the same comes back again and again, for maintenance, with a map and the figures per area."""
    page = Paginator(learning.causes(), PAGE).get_page(request.GET.get("page"))
    rows = [_row(cause) for cause in page.object_list]
    context = {
        "rows": rows,
        "page": page,
        "map": _map([row["cause"] for row in rows]) if rows else None,
        "areas": _areas(),
        "decisions": [(key, word) for key, word in decision_words().items() if key],
    }
    return render(request, "reports/causes.html", context)


def _row(cause: Cause) -> dict[str, Any]:
    return {
        "cause": cause,
        "status": STATUS[cause.decision],
        "word": decision_words()[cause.decision],
        "done": learning.done_about(cause),
    }


def _map(found: list[Cause]) -> Any:
    spots = [
        maps.Spot(
            id=str(cause.pk),
            lon=cause.lon,
            lat=cause.lat,
            name=cause.title,
            value=cause.episodes,
            label=str(cause.asset.title.nl) if cause.asset else "",
            href=f"#cause-{cause.pk}",
        )
        for cause in found
    ]
    return maps.points(
        spots,
        title=Text("Waar hetzelfde terugkomt", "Where the same comes back"),
        unit=Text("keer", "times"),
        source=learning.SOURCE,
        period=Text("drie jaar", "three years"),
    )


def _areas() -> Table | None:
    """Give the figures of twelve months per district, the busiest first."""
    found = learning.years("WK", clock.local_date(clock.now()))
    if not found:
        return None
    names = places.names(list(found))
    rows = [
        (
            names.get(code, code),
            year.reported,
            year.in_time_share,
            year.at_once_share,
            year.reopened_share,
        )
        for code, year in sorted(found.items(), key=lambda pair: (-pair[1].reported, pair[0]))
    ]
    columns = [
        Column(key="area", title=_("District")),
        Column(key="reported", title=_("Reports"), numeric=True),
        Column(key="in_time", title=_("In time"), unit="%", numeric=True),
        Column(key="at_once", title=_("Solved at once"), unit="%", numeric=True),
        Column(key="reopened", title=_("Reopened"), unit="%", numeric=True),
    ]
    period = next(iter(found.values())).period
    return Table(
        caption=Text(f"Per wijk, {period.nl}", f"Per district, {period.en}"),
        columns=columns,
        rows=rows,
        note=_("A share of fewer than 20 reports is left empty: it would say nothing."),
    )


@require_POST
@rights("reports.handle")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what maintenance does about a cause."""
    decision, why = request.POST.get("decision", ""), request.POST.get("note", "")
    try:
        decide_cause(pk, decision, why=why, by=actor_of(request), now=clock.now())
    except (NoSuchCause, SayWhy) as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Your decision was kept."))
    return redirect("reports:causes")
