"""The pages of measuring: the map, a point, alerts, norms; and for the owner: sick sensors and registering."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import floor
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from plein.city.sensing import actions, queries
from plein.city.sensing.forms import NoteForm, RegisterForm
from plein.city.sensing.models import Ailment, Alert, Station, Stream
from plein.city.sensing.rules import norms, scales
from plein.city.sensing.rules.quantities import KINDS, QUANTITIES, THEMES, Quantity
from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.geo import places
from plein.foundation.identity.access import actor_of, everyone, rights
from plein.foundation.observations.quality import words
from plein.foundation.ui import charts, maps
from plein.foundation.ui.figures import number
from plein.foundation.ui.refusals import sentence
from plein.foundation.ui.tables import Column, Table
from plein.foundation.words import Text

PERIODS = ("day", "week", "all")
DRAWN_NORMS = {"eu-2030", "who-2021", "who-2018"}


@dataclass(frozen=True)
class Choice:
    """A quantity that can be chosen."""

    key: str
    title: Any
    chosen: bool


@everyone
def overview(request: HttpRequest) -> HttpResponse:
    """Show the measuring points of one quantity on a map with their last value, and a list beside it."""
    here = queries.quantities_here()
    key = _chosen(request.GET.get("wat", ""), here)
    if not key:
        return render(request, "sensing/empty.html")
    about = QUANTITIES[key]
    seen = queries.seen(key)
    newest = queries.newest(key)
    context = {
        "quantity": about,
        "map": _map(about, seen, newest),
        "themes": _themes(here, key),
        "newest": newest,
        "count": len(seen),
        "alerts": queries.open_alerts(),
        "lost": queries.without_place(),
    }
    return render(request, "sensing/map.html", context)


def _chosen(asked: str, here: list[str]) -> str:
    if asked in here:
        return asked
    return next((key for key in scales.ORDER if key in here), here[0] if here else "")


def _themes(here: list[str], chosen: str) -> list[tuple[Any, list[Choice]]]:
    grouped = []
    for theme, title in THEMES.items():
        of_theme = [Choice(key, QUANTITIES[key].title, key == chosen) for key in here if QUANTITIES[key].theme == theme]
        if of_theme:
            grouped.append((title, of_theme))
    return grouped


def _map(about: Quantity, seen: list[queries.Seen], newest: datetime | None) -> maps.Map:
    spots = [
        maps.Spot(
            id=str(one.station),
            lon=one.lon,
            lat=one.lat,
            name=one.name,
            value=None if one.doubtful or _is_old(one, newest) else one.value,
            label=_label(about, one, newest),
            href=reverse("sensing:station", args=[one.station]) + f"?wat={about.key}",
        )
        for one in seen
    ]
    steps = scales.STEPS.get(about.key)
    more = {"breaks": list(steps)} if steps else {}
    period = f"{clock.local_date(newest):%d-%m-%Y}" if newest else ""
    return maps.points(
        spots, title=about.title, unit=about.unit, source=_("Points on this map"), period=period, decimals=1, **more
    )


def _label(about: Quantity, one: queries.Seen, newest: datetime | None) -> str:
    """Say the class, the kind, and what is wrong or old."""
    language = get_language() or "nl"
    said = [scales.words_of(about.key, one.value).said(language), KINDS[one.kind].said(language)]
    if one.doubtful:
        said[0] = _("doubtful")
    if one.at and _is_old(one, newest):
        said[0] = _("silent")
        said.append(_("last reading {day}").format(day=clock.local_date(one.at).strftime("%d-%m-%Y")))
    return ", ".join(said)


def _is_old(one: queries.Seen, newest: datetime | None) -> bool:
    """Tell whether a value is too old to stand beside the others: six hours behind the newest."""
    return bool(newest and one.at and newest - one.at > timedelta(hours=6))


@everyone
def station(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one measuring point: chart, table, norms, and why and for whom it measures."""
    found = queries.station_for(pk)
    streams = sorted(found.streams.all(), key=lambda one: list(QUANTITIES).index(one.quantity))
    stream = next((one for one in streams if one.quantity == request.GET.get("wat")), streams[0] if streams else None)
    period = request.GET.get("periode", "week")
    period = period if period in PERIODS else "week"
    context: dict[str, Any] = {
        "station": found,
        "kind": KINDS[found.kind],
        "streams": [(one, QUANTITIES[one.quantity], one == stream) for one in streams],
        "stream": stream,
        "period": period,
        "periods": [(key, _period_word(key), key == period) for key in PERIODS],
        "buurt": places.names([found.buurt_code]).get(found.buurt_code, "") if found.buurt_code else "",
    }
    if stream:
        context |= _about_stream(found, stream, period, asked=request.GET.get("jaar", ""))
    return render(request, "sensing/station.html", context)


def _about_stream(found: Station, stream: Stream, period: str, *, asked: str) -> dict[str, Any]:
    about = QUANTITIES[stream.quantity]
    registered = queries.registration_of(stream.datastream.activity)
    years, comparisons = queries.compared(stream, year=int(asked) if asked.isascii() and asked.isdigit() else None)
    return {
        "quantity": about,
        "chart": _chart(found, stream, period),
        "comparisons": [_compared(one) for one in comparisons],
        "year": comparisons[0].year if comparisons else None,
        "years": [(year, year == comparisons[0].year) for year in years],
        "registration": registered,
        "activity": registered.activity if registered else None,
        "sensor": stream.datastream.sensor,
        "flags": words(stream.last_quality),
        "is_doubtful": bool(words(stream.last_quality)),
    }


def _chart(found: Station, stream: Stream, period: str) -> charts.Chart:
    about = QUANTITIES[stream.quantity]
    points = queries.points_of(stream, period=period)
    limits = [
        charts.Limit(value=norm.limit, label=norm.source.title)
        for norm in norms.norms_for(stream.quantity)
        if norm.source.key in DRAWN_NORMS and norm.period == ("day" if period == "all" else "hour")
    ]
    return charts.line(
        points,
        title=about.title,
        unit=about.unit,
        source=found.source or found.owner,
        period=_span(points),
        x_title=_("Day") if period == "all" else _("Moment"),
        limits=limits,
        decimals=1,
        zero=about.theme != "weather",
        note=_("Doubtful readings are not in the chart; they are in the download, with the reason."),
    )


def _span(points: list[tuple[datetime | date, float | None]]) -> str:
    if not points:
        return ""
    first, last = (at if not isinstance(at, datetime) else clock.local_date(at) for at in (points[0][0], points[-1][0]))
    return f"{first:%d-%m-%Y} – {last:%d-%m-%Y}"


def _compared(one: norms.Comparison) -> dict[str, Any]:
    counted = norms.COUNTED.get(one.norm.period)
    return {
        "norm": one.norm,
        "unit": QUANTITIES[one.norm.quantity].unit,
        "period": norms.PERIODS[one.norm.period],
        "value": one.value,
        "counted": counted,
        "decimals": 1 if one.norm.years > 1 else 0,
        "status": one.verdict,
        "word": {"good": _("Within the norm"), "wrong": _("Over the norm"), "unknown": _("Too little data")}[
            one.verdict
        ],
        "share": floor(one.share * 100),
        "needed": round(one.norm.source.coverage * 100),
    }


def _period_word(period: str) -> str:
    return {"day": _("24 hours"), "week": _("a week"), "all": _("everything")}[period]


@everyone
def download(request: HttpRequest, pk: int, quantity: str) -> StreamingHttpResponse:
    """Give all readings of a point as CSV, with their flags in words."""
    found = queries.station_for(pk)
    stream = next((one for one in found.streams.all() if one.quantity == quantity), None)
    if stream is None:
        raise Http404
    answer = StreamingHttpResponse(_lines(stream), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.code}-{quantity}.csv"'.replace(":", "-")
    return answer


class _Echo:
    """Gives back each line that csv writes."""

    def write(self, line: str) -> str:
        return line


def _lines(stream: Stream) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(["time", "result", "unit", "flags"])
    unit = QUANTITIES[stream.quantity].unit
    for at, result, mask in queries.readings_of(stream):
        flags = "; ".join(text.en for text in words(mask))
        yield writer.writerow([at.isoformat().replace("+00:00", "Z"), "" if result is None else result, unit, flags])


@everyone
def alerts(request: HttpRequest) -> HttpResponse:
    """List the alerts that last and those that are over."""
    page = Paginator(queries.past_alerts(), 25).get_page(request.GET.get("page"))
    now_open = queries.open_alerts()
    shown = [*now_open, *page.object_list]
    names = places.names([one.buurt_code for one in shown if one.buurt_code])
    stations = dict(
        Station.objects.filter(pk__in={pk for one in shown for pk in one.stations}).values_list("pk", "thing__name")
    )
    context = {
        "open": [_alert(one, names, stations) for one in now_open],
        "past": [_alert(one, names, stations) for one in page.object_list],
        "page": page,
    }
    return render(request, "sensing/alerts.html", context)


def _alert(one: Alert, names: dict[str, str], stations: dict[int, str]) -> dict[str, Any]:
    return {
        "alert": one,
        "quantity": QUANTITIES[one.quantity],
        "place": names.get(one.buurt_code, ""),
        "stations": [(pk, stations.get(pk, str(pk))) for pk in one.stations],
    }


@everyone
def limits(request: HttpRequest) -> HttpResponse:
    """List the limit values with the law or advice they come from, and from when on the public is told or warned."""
    return render(request, "sensing/limits.html", {"table": _norm_table(), "thresholds": _threshold_table()})


def _norm_table() -> Table:
    rows = [
        {
            "quantity": QUANTITIES[norm.quantity].title,
            "period": norms.PERIODS[norm.period],
            "limit": f"{number(norm.limit, 1 if norm.limit % 1 else 0)} {QUANTITIES[norm.quantity].unit}",
            "allowed": _times(norm),
            "since": str(norm.since or "–"),
            "source": norm.source.title,
            "where": norm.where,
            "url": norm.source.url,
        }
        for norm in norms.NORMS
    ]
    columns = [
        Column(key="quantity", title=_("What")),
        Column(key="period", title=_("Mean over")),
        Column(key="limit", title=_("At most"), numeric=True),
        Column(key="allowed", title=_("May be more")),
        Column(key="since", title=_("Holds from")),
        Column(key="source", title=_("From"), href="url"),
        Column(key="where", title=_("Place in the text")),
    ]
    return Table(caption=_("Limit values"), rows=rows, columns=columns)


def _times(norm: norms.Norm) -> Any:
    """Say how often a year the limit may be passed, and over how many years that is averaged."""
    counted = norms.COUNTED.get(norm.period)
    if counted is None:
        return "–"
    if not norm.allowed:
        return _("never")
    mean = Text(f", gemiddeld over {norm.years} jaar", f", averaged over {norm.years} years")
    more = mean if norm.years > 1 else Text("", "")
    return Text(f"{norm.allowed} {counted.nl} per jaar{more.nl}", f"{norm.allowed} {counted.en} a year{more.en}")


def _threshold_table() -> Table:
    kinds = {"information": _("Tell everyone"), "alert": _("Warn and act")}
    rows = [
        {
            "quantity": QUANTITIES[one.quantity].title,
            "kind": kinds[one.kind],
            "period": norms.PERIODS[one.period],
            "limit": one.limit,
            "unit": QUANTITIES[one.quantity].unit,
            "where": one.where,
            "url": one.url,
        }
        for one in norms.THRESHOLDS
    ]
    columns = [
        Column(key="quantity", title=_("What")),
        Column(key="kind", title=_("What the government must do")),
        Column(key="period", title=_("Mean over")),
        Column(key="limit", title=_("From"), numeric=True, decimals=0),
        Column(key="unit", title=_("Unit")),
        Column(key="where", title=_("Place in the text"), href="url"),
    ]
    return Table(caption=_("Thresholds for smog"), rows=rows, columns=columns)


@rights("sensing.care")
def care(request: HttpRequest) -> HttpResponse:
    """List the silent and sick sensors: the work of the owner."""
    page = Paginator(queries.work_list(), 50).get_page(request.GET.get("page"))
    rows = [
        {
            "ailment": one,
            "quantity": QUANTITIES[one.stream.quantity].title,
            "word": _ailment_word(one.kind),
            "status": _ailment_status(one),
        }
        for one in page.object_list
    ]
    context = {"rows": rows, "page": page, "form": NoteForm(), "quiet": queries.quiet_sources(now=clock.now())}
    return render(request, "sensing/care.html", context)


@require_POST
@rights("sensing.care")
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was found or done about a sensor."""
    ailment = get_object_or_404(Ailment, pk=pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        actions.note_ailment(ailment, note=form.cleaned_data["note"], by=actor_of(request))
        messages.success(request, _("Your note was kept."))
    else:
        messages.error(request, _("Nothing was kept: the note was empty or too long. Write at most 500 characters."))
    return redirect("sensing:care")


@rights("sensing.register")
def register(request: HttpRequest) -> HttpResponse:
    """Register a measuring point with what it measures; without an active activity it is refused with the reason."""
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _registered(request, form.cleaned_data)
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            messages.success(request, _("{name} is registered. It may send readings now.").format(name=made.thing.name))
            return redirect("sensing:station", pk=made.pk)
    return render(request, "sensing/register.html", {"form": form}, status=422 if form.errors else 200)


def _registered(request: HttpRequest, told: dict[str, Any]) -> Station:
    about = QUANTITIES[told["quantity"]]
    spot = actions.Spot(
        code=told["code"],
        name=told["name"],
        kind=told["kind"],
        theme=about.theme,
        owner=told["owner"],
        lon=told["lon"],
        lat=told["lat"],
    )
    return actions.register(
        spot,
        quantity=about.key,
        activity=told["activity"],
        sensor=told["sensor"],
        by=actor_of(request),
        now=clock.now(),
    )


def _ailment_word(kind: str) -> str:
    known = {
        "silent": _("Silent"),
        "no-place": _("No valid place"),
        "stuck-at-zero": _("Stuck at zero"),
        "flat": _("Always the same value"),
        "range": _("Impossible values"),
        "negative": _("Negative values"),
        "spike": _("Many spikes"),
        "deviates": _("Quite different from all others around"),
    }
    return known.get(kind, _("Sick"))


def _ailment_status(one: Ailment) -> str:
    return "busy" if one.note else "attention" if one.kind != "silent" else "wrong"
