"""Pages that everyone may read."""

from datetime import datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from plein.foundation.errors import NotFound
from plein.foundation.identity.access import actor_of, everyone
from plein.foundation.identity.actors import can
from plein.foundation.ui import charts, maps
from plein.foundation.ui.figures import number, said
from plein.foundation.ui.tables import Column, Table
from plein.insight.monitor import rules
from plein.insight.monitor.models import IndicatorVersion
from plein.insight.monitor.queries import comparing, detail, published, saying
from plein.insight.monitor.queries import report as reporting
from plein.insight.monitor.queries.board import Card, cards, counts, figure_of, indicator_href
from plein.insight.monitor.queries.board import board as lay_out
from plein.insight.monitor.views.drawn import drawn, remembered

STATUSES = ("on_track", "behind", "unknown")


@everyone
def board(request: HttpRequest) -> HttpResponse:
    """Show all themes, each with its one key figure and its stones of progress."""
    status = request.GET.get("status", "")
    status = status if status in STATUSES else ""
    found = remembered("counts", make=lambda: counts(lay_out()))
    filters = [
        {"href": f"?status={key}", "word": saying.status_word(key), "count": found[key], "current": key == status}
        for key in STATUSES
    ]
    return render(
        request,
        "monitor/board.html",
        {
            "home": published.home(),
            "themes_html": drawn("monitor/_themes.html", status, facts=lambda: {"themes": lay_out(status=status)}),
            "total": sum(found.values()),
            "filters": filters,
            "status": status,
            "summary": reporting.summary_sentence(found),
            "may_edit": can(actor_of(request), "monitor.edit"),
        },
    )


@everyone
def theme(request: HttpRequest, key: str) -> HttpResponse:
    """Show one theme with its goals and indicators."""
    themes = remembered("themes", make=lambda: {one.theme.key: one for one in lay_out()})
    if key not in themes:
        raise NotFound(what=key)
    goals = drawn("monitor/_goals.html", key, facts=lambda: {"shown": themes[key]})
    return render(request, "monitor/theme.html", {"shown": themes[key], "goals_html": goals})


@everyone
def area(request: HttpRequest, code: str) -> HttpResponse:
    """Show all indicators of one neighbourhood, district or municipality beside those of our municipality."""
    name = published.area_named(code)
    ours = {card.version.pk: card for card in published_cards()}
    rows = [_area_row(card, ours[card.version.pk]) for card in cards(area=code) if card.points]
    whole = published.home().name
    table = Table(
        caption=_("Key figures of %(name)s") % {"name": name},
        columns=[
            Column(key="title", title=_("Indicator"), href="href"),
            Column(key="value", title=name, numeric=True),
            Column(key="home", title=whole, numeric=True),
            Column(key="unit", title=_("Unit")),
            Column(key="period", title=_("Period")),
            Column(key="word", title=_("Status"), status="kind"),
        ],
        rows=rows,
        empty=_("There are no figures of this area yet."),
    )
    return render(request, "monitor/area.html", {"name": name, "table": table, "home": published.home()})


def published_cards() -> list[Card]:
    """Give the cards of our municipality."""
    return cards()


def _area_row(card: Card, ours: Card) -> dict[str, Any]:
    decimals = card.version.decimals
    newest = next(reversed(card.points))
    return {
        "title": card.version.title,
        "href": card.href,
        "value": number(card.points[newest], decimals),
        "home": number(ours.points.get(newest), decimals),
        "unit": card.version.unit,
        "period": saying.period_word(newest),
        "word": card.word if card.standing else "",
        "kind": card.kind if card.standing else "",
    }


def _known_moment(request: HttpRequest) -> datetime | None:
    """Read the day on which the reader wants to know what was known; None is today."""
    day = parse_date(request.GET.get("op", "") or "") if len(request.GET.get("op", "")) == 10 else None
    return datetime.combine(day, time.max, tzinfo=timezone.get_current_timezone()) if day else None


@everyone
def indicator(request: HttpRequest, key: str) -> HttpResponse:
    """Show one indicator in full: figure, chart, map with list, breakdown, query, sources, method, history."""
    version = published.version_of(key)
    home = published.home()
    code = request.GET.get("gebied") or home.code
    card = _card(version, code)
    then = _known_moment(request)
    points = detail.known_on(version, area=code, at=then) if then else card.points
    context = {
        "version": version,
        "theme": version.indicator.goal.theme,
        "home": home,
        "code": code,
        "area_name": published.area_named(code),
        "elsewhere": code != home.code,
        "card": card,
        "figure": figure_of(version, card.standing),
        "then": then,
        "drawing": reporting.drawing_of(Card(version, card.standing, points, card.href)),
        "series": _series_table(version, card, points),
        "sure": saying.sure_sentence(card.standing) if card.standing else "",
        "direction": saying.direction_word(version.direction),
        "past": remembered("past", version.pk, make=lambda: detail.past(version)),
        "groups": _group_table(version, detail.breakdown(version, area=code)),
        "may_edit": can(actor_of(request), "monitor.edit"),
        **_areas(request, version),
        **_peers(version, card),
    }
    return render(request, "monitor/indicator.html", context)


def _card(version: IndicatorVersion, code: str) -> Card:
    home = published.home()
    key = version.indicator.key
    if code == home.code and version.pk in home.points:
        return Card(
            version, home.standings.get(version.pk), home.points[version.pk], reverse("monitor:indicator", args=[key])
        )
    standing = published.standings_of(code, [version.pk]).get(version.pk)
    points = published.series_of(code, [version.pk]).get(version.pk, {})
    return Card(version, standing, points, indicator_href(key, code))


def _series_table(version: IndicatorVersion, card: Card, points: dict[str, float]) -> Table:
    return Table(
        caption=_("%(title)s over time") % {"title": said(version.title)},
        columns=[
            Column(key="period", title=_("Period")),
            Column(key="value", title=_("Value"), unit=version.unit, numeric=True, decimals=version.decimals),
        ],
        rows=[{"period": saying.period_word(period), "value": points[period]} for period in reversed(points)],
        empty=_("There are no values yet. They appear as soon as the data behind this indicator is there."),
    )


def _group_table(version: IndicatorVersion, groups: list[detail.Group]) -> Table | None:
    if not groups:
        return None
    period = list(groups[0].points)[-1]
    return Table(
        caption=_("By %(what)s, %(period)s")
        % {"what": said(version.group_title).lower(), "period": saying.period_word(period)},
        columns=[
            Column(key="name", title=version.group_title),
            Column(key="value", title=_("Value"), unit=version.unit, numeric=True, decimals=version.decimals),
            Column(key="before", title=_("First value"), numeric=True, decimals=version.decimals),
            Column(key="since", title=_("Since")),
        ],
        rows=[
            {
                "name": group.name,
                "value": group.value,
                "before": next(iter(group.points.values())),
                "since": saying.period_word(next(iter(group.points))),
            }
            for group in groups
        ],
    )


def _areas(request: HttpRequest, version: IndicatorVersion) -> dict[str, Any]:
    """Give map and list of the areas, of the kind and period asked for."""
    covered = remembered("coverage", version.pk, make=lambda: detail.coverage(version))
    if not covered.kinds:
        return {"kinds": []}
    kind = request.GET.get("soort", "")
    kind = kind if kind in covered.kinds else covered.kinds[0]
    period = request.GET.get("periode", "")
    period = period if period in covered.periods[kind] else covered.periods[kind][0]
    return {
        "kinds": [(each, saying.kind_word(each), each == kind) for each in covered.kinds],
        "periods": [(each, saying.period_word(each), each == period) for each in covered.periods[kind]],
        "areas_html": drawn(
            "monitor/_areas.html",
            version.pk,
            kind,
            period,
            facts=lambda: _area_facts(version, kind=kind, period=period),
        ),
    }


def _area_facts(version: IndicatorVersion, *, kind: str, period: str) -> dict[str, Any]:
    """Give the map and the table of all our areas of a kind in one period."""
    rows = detail.values_by_area(version, kind=kind, period=period)
    base = reverse("monitor:indicator", args=[version.indicator.key])
    table = Table(
        caption=_("Per %(kind)s, %(period)s")
        % {"kind": saying.kind_word(kind, many=False), "period": saying.period_word(period)},
        columns=[
            Column(key="name", title=saying.kind_word(kind, many=False).capitalize(), href="href"),
            Column(key="value", title=_("Value"), unit=version.unit, numeric=True, decimals=version.decimals),
            Column(key="word", title=_("Status"), status="kind"),
        ],
        rows=[
            {
                "name": row.name,
                "href": f"{base}?gebied={row.code}",
                "value": row.value,
                "word": row.word,
                "kind": row.kind,
            }
            for row in rows
        ],
    )
    return {"areas": table, "seen": _map(version, kind=kind, period=period, rows=rows)}


def _map(version: IndicatorVersion, *, kind: str, period: str, rows: list[detail.AreaValue]) -> Any:
    """Map the values of our areas; the table beside it is its list."""
    base = reverse("monitor:indicator", args=[version.indicator.key])
    return maps.areas(
        {row.code: row.value for row in rows},
        title=version.title,
        unit=version.unit,
        source=version.source,
        period=saying.period_word(period),
        level=kind,
        gemeente=published.home().code,
        scale="amount",
        breaks=rules.class_borders([row.value for row in rows]),
        decimals=version.decimals,
        href=lambda code: f"{base}?gebied={code}",
    )


def _peers(version: IndicatorVersion, card: Card) -> dict[str, Any]:
    if not card.points:
        return {"peers": None}
    period = next(reversed(card.points))
    return {"peers": remembered("peers", version.pk, period, make=lambda: comparing.peers(version, period=period))}


@everyone
def indicator_csv(request: HttpRequest, key: str) -> HttpResponse:
    """Give every value of an indicator as CSV (RFC 4180, UTF-8)."""
    import csv

    version = published.version_of(key)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{key}-v{version.number}.csv"'
    writer = csv.writer(answer)
    writer.writerow(["area", "kind", "grp", "period", "value", "n", "unit"])
    unit = said(version.unit)
    writer.writerows([*row, unit] for row in detail.whole(version))
    return answer


@everyone
def compare(request: HttpRequest) -> HttpResponse:
    """Put areas beside each other; the address holds the whole choice."""
    versions = published.versions()
    if not versions:
        return render(request, "monitor/compare.html", {"versions": []})
    key = request.GET.get("indicator", "")
    version = versions.get(key) or next(iter(versions.values()))
    codes = [code for listed in request.GET.getlist("gebied") for code in listed.split(",") if code]
    codes = codes or comparing.first_choice(version)
    asked = request.GET.get("erbij", "")
    extra = comparing.find_area(asked)
    if extra is not None:
        codes = [*codes, extra.code]
    sides = comparing.sides(version, codes)
    context = {
        "version": version,
        "versions": [(each.indicator.key, each.title, each.pk == version.pk) for each in versions.values()],
        "sides": sides,
        "full": len(sides) >= comparing.MOST,
        "not_found": asked if asked and extra is None else "",
        "choices_html": drawn("monitor/_choices.html", facts=lambda: {"choices": comparing.choices()}),
        "table_html": drawn(
            "monitor/_sides.html",
            version.pk,
            *(side.code for side in sides),
            facts=lambda: {"chart": _sides_chart(version, sides), "table": _sides_table(version, sides)},
        ),
        "leave_out": [(side, _without(version, sides, side.code)) for side in sides],
    }
    return render(request, "monitor/compare.html", context)


def _sides_chart(version: IndicatorVersion, sides: list[comparing.Side]) -> Any:
    """Draw the series of the areas in one chart; None when none has more than one value."""
    lines = [side for side in sides if len(side.points) > 1]
    if not lines:
        return None
    points = [(saying.first_day(period), value, side.name) for side in lines for period, value in side.points.items()]
    periods = sorted({period for side in lines for period in side.points}, key=rules.moment)
    return charts.line(
        points,
        title=version.title,
        unit=version.unit,
        source=version.source,
        period=f"{saying.period_word(periods[0])} - {saying.period_word(periods[-1])}",
        x_title=_("Period"),
        decimals=version.decimals,
    )


def _without(version: IndicatorVersion, sides: list[comparing.Side], code: str) -> str:
    kept = "".join(f"&gebied={side.code}" for side in sides if side.code != code)
    return f"{reverse('monitor:compare')}?indicator={version.indicator.key}{kept}"


def _sides_table(version: IndicatorVersion, sides: list[comparing.Side]) -> Table:
    periods = sorted({period for side in sides for period in side.points}, key=rules.moment, reverse=True)
    columns = [Column(key=side.code, title=side.name, numeric=True, decimals=version.decimals) for side in sides]
    return Table(
        caption=_("%(title)s, in %(unit)s") % {"title": said(version.title), "unit": said(version.unit)},
        columns=[Column(key="period", title=_("Period")), *columns],
        rows=[
            {"period": saying.period_word(period), **{side.code: side.points.get(period) for side in sides}}
            for period in periods
        ],
        empty=_("There are no values to compare yet."),
    )


@everyone
def method(request: HttpRequest) -> HttpResponse:
    """Explain how a status comes about."""
    return render(request, "monitor/method.html", {"sentences": reporting.method_sentences()})
