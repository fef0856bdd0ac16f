# ruff: noqa: E501 - lines of markup
"""A page that holds every component in every state, so that the browser tests can judge each of them."""

from datetime import datetime, timedelta

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from plein.foundation.clock import TOWN
from plein.foundation.geo import places
from plein.foundation.identity.access import everyone
from plein.foundation.ui import charts, maps
from plein.foundation.ui.figures import Figure
from plein.foundation.ui.tables import Column, Table
from plein.site.urls import handler400, handler403, handler404, handler500  # noqa: F401
from plein.site.urls import urlpatterns as site_urls

START = datetime(2026, 1, 5, tzinfo=TOWN)


class Question(forms.Form):
    name = forms.CharField(label="Naam", help_text="Zoals op de brief")
    mail = forms.EmailField(label="E-mail", required=False)
    day = forms.DateField(label="Dag", widget=forms.DateInput(attrs={"type": "date"}))
    theme = forms.ChoiceField(label="Onderwerp", choices=[("a", "Lucht"), ("b", "Geluid")])
    how = forms.ChoiceField(label="Hoe", choices=[("mail", "Per mail"), ("post", "Per post")], widget=forms.RadioSelect)
    what = forms.MultipleChoiceField(
        label="Wat", choices=[("1", "Cijfers"), ("2", "Kaart")], widget=forms.CheckboxSelectMultiple, required=False
    )
    text = forms.CharField(label="Toelichting", widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label="Ik ga akkoord")


def _hours() -> list[tuple[datetime, float | None, str]]:
    points = []
    for hour in range(96):
        at = START + timedelta(hours=hour)
        points.append((at, None if 30 < hour < 36 else 18 + (hour % 24 - 9) ** 2 / 14, "Stadhouderskade"))
        points.append((at, 11 + (hour % 24 - 14) ** 2 / 30, "Vondelpark"))
    return points


def _charts() -> list[charts.Chart]:
    common = {"source": "Luchtmeetnet", "period": "5 tot en met 8 januari 2026"}
    single = [(at, value) for at, value, name in _hours() if name == "Vondelpark"]
    limit = charts.Limit(value=20, label="Grenswaarde 2030")
    return [
        charts.line(_hours(), title="Stikstofdioxide", unit="µg/m³", x_title="Uur", limits=[limit], **common),
        charts.line(single, title="Eén punt", unit="µg/m³", x_title="Uur", zero=True, **common),
        charts.columns([(str(y), 40 - y % 10) for y in range(2018, 2026)], title="Per jaar", unit="meldingen", x_title="Jaar", **common),
        charts.columns([(str(y), y % 7 + n, s) for y in range(2020, 2025) for n, s in enumerate(["Auto", "Fiets"])], title="Twee soorten", unit="%", x_title="Jaar", **common),
        charts.bars([(n, v) for n, v in [("Centrum", 84), ("Oude Haven en omgeving", 61), ("Westerkwartier", 40), ("Bloemenbuurt", 22)]], title="Per buurt", unit="kg per inwoner", x_title="Buurt", limits=[charts.Limit(value=50, label="Doel")], **common),
        charts.bars([("Noord", 3, "2024"), ("Noord", 4, "2025"), ("Zuid", 6, "2024"), ("Zuid", 2, "2025")], title="Twee jaren", unit="per 1.000", x_title="Buurt", **common),
    ]  # fmt: skip


BOARD = """{% extends "ui/frames/board.html" %}{% load i18n plein %}
{% block crumbs %}{% crumbs "Start" "/" "Alle onderdelen" %}{% endblock %}
{% block title %}Alle onderdelen{% endblock %}
{% block lead %}<p>Elk onderdeel in elke staat.</p>{% endblock %}
{% block aside %}<form class="filters" method="get" data-at-once><label for="p">Periode</label><select id="p" name="p" class="utrecht-select"><option>Dag</option></select><button class="nl-button nl-button--secondary">Toon</button></form>
<div class="filters"><h2 class="filters__title">Thema</h2><ul><li><a href="?a" aria-current="true">Lucht <span>12</span></a></li><li><a href="?b">Geluid <span>3</span></a></li></ul></div>{% endblock %}
{% block main %}
<ul class="figures">{% for one in figures %}<li>{% figure one %}</li>{% endfor %}</ul>
<p>{% status "good" %} {% status "attention" %} {% status "wrong" %} {% status "unknown" %} {% status "busy" %} {% status "closed" %} {% status "open" %} {% status "shared" %}</p>
{% stones 3 5 "Stappen" %}
<p class="notice notice--success">Gelukt.</p><p class="notice notice--warning">Let op.</p><p class="notice notice--error">Mis.</p>
<p class="segments"><a href="?d" aria-current="true">24 uur</a><a href="?w">Week</a><a href="?all">Alles</a></p>
<h2>Tabel</h2>{% table points %}{% pages page %}
<h2>Leeg</h2>{% nothing "Nog geen meldingen" "Zodra iemand iets meldt, staat het hier." "/" "Meld iets" %}
<ul class="rows"><li><h3 class="rows__title"><a href="/over">Stikstofdioxide per uur</a></h3><p>Wat hier staat.</p><p class="rows__facts"><span>Lucht</span><span class="badge">CSV</span></p></li></ul>
<dl class="facts"><dt>Eigenaar</dt><dd>Team Lucht</dd><dt>Bewaard</dt><dd>5 jaar</dd></dl>
<ul><li>Een</li><li>Twee</li></ul>
<h2>Grafieken</h2>{% for one in charts %}{% chart one %}{% endfor %}
{% endblock %}
{% block scripts %}{% chart_scripts %}{% endblock %}"""

SHEET = """{% extends "ui/frames/sheet.html" %}{% load i18n plein %}
{% block title %}Een vraag{% endblock %}{% block lead %}<p>Vul in wat u wilt weten.</p>{% endblock %}
{% block main %}<form method="post" novalidate>{% csrf_token %}{{ form }}<p class="actions"><button class="nl-button nl-button--primary">Verstuur de vraag</button> <a class="nl-button nl-button--secondary" href="/">Terug</a> <button class="nl-button nl-button--subtle">{% icon "save" %}Bewaar</button></p></form>{% endblock %}"""

POCKET = """{% extends "ui/frames/pocket.html" %}{% block title %}Route 3{% endblock %}{% block lead %}<p>Nog 12 bakken.</p>{% endblock %}
{% block main %}<p><button class="nl-button nl-button--primary" type="button">Geleegd</button></p>{% endblock %}"""

MAP = """{% extends "ui/frames/map.html" %}{% load i18n plein %}{% block title %}Kaart{% endblock %}{% block lead %}<p>Wat hier ligt.</p>{% endblock %}
{% block list %}{% map_list seen %}{% endblock %}{% block map %}{% map seen with_list=False %}{% endblock %}"""

MAPS = """{% extends "ui/frames/board.html" %}{% load i18n plein %}{% block title %}Kaarten{% endblock %}
{% block styles %}{% map_styles %}{% endblock %}{% block scripts %}{% map_scripts %}{% endblock %}
{% block main %}{% for one in maps %}{% map one %}{% endfor %}{% endblock %}"""


def _drawn(text: str, request: HttpRequest, **context: object) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(text).render(context, request))


@everyone
def board(request: HttpRequest) -> HttpResponse:
    """Show figures, statuses, tables, lists and charts."""
    figures = [
        Figure(title="Fijnstof", value=12.4, unit="µg/m³", period="2025", source="Luchtmeetnet", trend="down",
               trend_text="3 minder dan in 2024", good=True, against="Norm: 10 in 2030", href="/over", status="attention",
               status_text="Boven de norm"),
        Figure(title="Inwoners", value=931_298, period="1 januari 2026", source="CBS", trend="up"),
        Figure(title="Restafval", value=None, unit="kg per inwoner", period="2025", source="CBS"),
    ]  # fmt: skip
    columns = [
        Column(key="name", title="Punt", href="url"),
        Column(key="mean", title="Gemiddeld", unit="µg/m³", numeric=True, decimals=1, sort="?sort=mean", sorted="ascending"),
        Column(key="word", title="Staat", status="state"),
        Column(key="place", title="Waar hij staat en wie hem beheert"),
    ]  # fmt: skip
    rows = [
        {"name": "Brug", "url": "/over", "mean": 12.34, "word": "Meet", "state": "good", "place": "Bij de brug, team Lucht"},
        {"name": "Markt", "url": "/over", "mean": None, "word": "Zwijgt", "state": "wrong", "place": "Op de markt, team Lucht"},
    ]  # fmt: skip
    table = Table(caption="Meetpunten", columns=columns, rows=rows, note="Uurgemiddelden.")
    page = Paginator(range(300), 10).get_page(request.GET.get("page", 5))
    return _drawn(BOARD, request, figures=figures, points=table, page=page, charts=_charts())


@everyone
def sheet(request: HttpRequest) -> HttpResponse:
    """Show a form: empty at first, refused when posted empty."""
    return _drawn(SHEET, request, form=Question(request.POST) if request.method == "POST" else Question())


@everyone
def pocket(request: HttpRequest) -> HttpResponse:
    """Show the frame for outside."""
    return _drawn(POCKET, request)


def _areas() -> maps.Map:
    codes = [area.code for area in places.areas("buurt", places.home())]
    values = {code: None if at == 3 else 10.0 + at * 7 % 31 for at, code in enumerate(codes)}
    return maps.areas(
        values, title="Fijnstof", unit="µg/m³", source="Luchtmeetnet", period="2025", href=lambda code: f"/over?{code}"
    )


def _points(many: int) -> maps.Map:
    found = places.areas("buurt", places.home())
    spots = [
        maps.Spot(
            id=str(n),
            lon=area.lon + n % 17 / 4000,
            lat=area.lat + n % 13 / 5000,
            name=f"Punt {n}",
            value=None if n % 11 == 0 else n % 29 * 1.5,
            href="/over",
        )
        for n in range(many)
        for area in [found[n % len(found)]]
    ]
    return maps.points(spots, title="Meetpunten", unit="dB", source="Sensoren", period="nu", decimals=0)


@everyone
def map_frame(request: HttpRequest) -> HttpResponse:
    """Show points in the frame of maps."""
    return _drawn(MAP, request, seen=_points(60))


@everyone
def map_board(request: HttpRequest) -> HttpResponse:
    """Show areas, and so many points that they are gathered."""
    return _drawn(MAPS, request, maps=[_areas(), _points(900)])


urlpatterns = [
    path("specimen/map", map_frame),
    path("specimen/maps", map_board),
    path("specimen/board", board),
    path("specimen/sheet", sheet),
    path("specimen/pocket", pocket),
    *site_urls,
]
