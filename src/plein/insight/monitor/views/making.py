"""Where the analyst makes and changes indicators: always with a look at the outcome before anything counts."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from plein.foundation import clock
from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.errors import NotFound, Refused
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.jobs import enqueue
from plein.foundation.ui.refusals import sentence
from plein.foundation.ui.tables import Column, Table
from plein.insight.monitor.actions import editing
from plein.insight.monitor.forms import IndicatorForm, NewIndicatorForm
from plein.insight.monitor.models import Indicator, IndicatorVersion
from plein.insight.monitor.queries import saying
from plein.insight.monitor.queries.desk import desk_rows
from plein.insight.monitor.queries.drawing import line_drawing


@rights("monitor.edit")
def desk(request: HttpRequest) -> HttpResponse:
    """List all indicators with their version, last computation and draft."""
    table = Table(
        caption=_("All indicators"),
        columns=[
            Column(key="title", title=_("Indicator"), href="href"),
            Column(key="theme", title=_("Theme")),
            Column(key="version", title=_("Version"), numeric=True, decimals=0),
            Column(key="draft", title=_("Draft")),
            Column(key="outcome", title=_("Last computation"), status="kind"),
            Column(key="rows", title=_("Values"), numeric=True, decimals=0),
        ],
        rows=desk_rows(),
        empty=_("There are no indicators yet. Load data, or make the first one."),
    )
    failed = [row for row in table.rows if row["error"]]
    return render(request, "monitor/desk.html", {"table": table, "failed": failed})


def _products() -> list[dict[str, Any]]:
    """List what a formula can read: open data products with their columns."""
    return [
        {"name": key.replace(".", "__", 1), "title": contract.title, "columns": ", ".join(contract.names)}
        for key, contract in all_contracts().items()
        if contract.openness == "open" and contract.personal == "none"
    ]


def _previewed(form: IndicatorForm, request: HttpRequest) -> dict[str, Any]:
    """Compute what the form would give, or say in words why it cannot."""
    try:
        seen = editing.preview(form.version(), by=actor_of(request), now=clock.now())
    except Refused as refusal:
        return {"problem": sentence(refusal)}
    version = form.version()
    sample = Table(
        caption=_("The newest outcomes"),
        columns=[
            Column(key="area", title=_("Area")),
            Column(key="period", title=_("Period")),
            Column(key="grp", title=_("Group")),
            Column(key="value", title=_("Value"), numeric=True, decimals=version.decimals),
            Column(key="n", title=_("Number behind it"), numeric=True, decimals=0),
        ],
        rows=[
            {"area": row.area, "period": saying.period_word(row.period), "grp": row.grp, "value": row.value, "n": row.n}
            for row in seen.sample
        ],
        empty=_("The formula works, but gives no values."),
    )
    norm = (seen.standing.norm.year, seen.standing.norm.value) if seen.standing.norm else None
    drawing = line_drawing(seen.points, norm=norm, expected=seen.standing.expected) if len(seen.points) > 1 else ""
    return {
        "preview": seen,
        "preview_sample": sample,
        "preview_kind": saying.KINDS[seen.standing.status],
        "preview_word": saying.status_word(seen.standing.status),
        "drawing": drawing,
    }


@require_http_methods(["GET", "POST"])
@rights("monitor.edit")
def edit_indicator(request: HttpRequest, key: str) -> HttpResponse:
    """Change an indicator: look at the outcome, keep a draft."""
    indicator = Indicator.objects.filter(key=key).first()
    if indicator is None:
        raise NotFound(what=key)
    found = {row.state: row for row in indicator.versions.filter(state__in=["draft", "published"])}
    start = found.get("draft") or found.get("published") or IndicatorVersion()
    if request.method == "GET" and "draft" not in found:
        start.change_nl = start.change_en = ""
    form = IndicatorForm(request.POST or None, instance=start)
    context: dict[str, Any] = {
        "form": form,
        "indicator": indicator,
        "draft": found.get("draft"),
        "current": found.get("published"),
        "products": _products(),
    }
    if request.method == "POST" and form.is_valid():
        if "save" in request.POST:
            editing.save_draft(form.facts, indicator=indicator, by=actor_of(request), now=clock.now())
            messages.success(request, _("The draft is kept. Nobody else sees it until you publish it."))
            return redirect("monitor:edit", key=key)
        context.update(_previewed(form, request))
    return render(request, "monitor/edit.html", context)


@require_http_methods(["GET", "POST"])
@rights("monitor.edit")
def new_indicator(request: HttpRequest) -> HttpResponse:
    """Make a new indicator: look at the outcome, keep the first draft."""
    form = NewIndicatorForm(request.POST or None, instance=IndicatorVersion(decimals=1, direction="up"))
    context: dict[str, Any] = {"form": form, "products": _products()}
    if request.method == "POST" and form.is_valid():
        if "save" in request.POST:
            key, goal = form.cleaned_data["key"], form.cleaned_data["goal"]
            try:
                editing.start_indicator(key, goal=goal, facts=form.facts, by=actor_of(request), now=clock.now())
            except Refused as refusal:
                form.add_error("key", sentence(refusal))
                return render(request, "monitor/edit.html", context)
            return redirect("monitor:edit", key=key)
        context.update(_previewed(form, request))
    return render(request, "monitor/edit.html", context)


@require_POST
@rights("monitor.edit")
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Make the draft count and have it computed."""
    editing.publish_indicator(key, by=actor_of(request), now=clock.now())
    enqueue("monitor.refresh", key="refresh")
    messages.success(request, _("Published. The values are being computed now."))
    return redirect("monitor:edit", key=key)


@require_POST
@rights("monitor.edit")
def drop(request: HttpRequest, key: str) -> HttpResponse:
    """Throw the draft away."""
    editing.drop_draft(key, by=actor_of(request), now=clock.now())
    return redirect("monitor:desk")


@require_POST
@rights("monitor.edit")
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """Take an indicator off the board."""
    editing.retire(key, by=actor_of(request), now=clock.now())
    return redirect("monitor:desk")
