"""The map's pages, fragments, tiles and values."""

import json
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import parse_etags, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from plein.foundation import clock
from plein.foundation.errors import NotFound
from plein.foundation.identity.access import everyone
from plein.foundation.rooms import MapLayer
from plein.foundation.ui.tables import Column, Table
from plein.insight.twin import rules
from plein.insight.twin.queries import areas, layers, plates, points
from plein.insight.twin.queries.scene import LEVELS, Scene, scene

SHORT = 12
PAGE = 50
TILE_WORD = "TEGEL"


@everyone
@require_safe
def map_page(request: HttpRequest) -> HttpResponseBase:
    """Show the map with its choices and lists; htmx gets the lists only."""
    picture = scene(request.GET.dict(), now=clock.now())
    template = "twin/_results.html" if request.headers.get("HX-Target") == "results" else "twin/map.html"
    answer = render(request, template, _map_context(picture))
    answer["Vary"] = "HX-Target"
    return answer


def _map_context(picture: Scene) -> dict[str, Any]:
    drawing = plates.outlines(picture.level)
    return {
        "picture": picture,
        "area_layers": [layer for layer in picture.offered if layer.kind == "areas"],
        "point_layers": [layer for layer in picture.offered if layer.kind == "points"],
        "levels": LEVELS,
        "years": _by_year(picture.moments),
        "days": json.dumps([day.isoformat() for day in picture.moments]),
        "step": picture.moments.index(picture.day) if picture.day else 0,
        "drawing": drawing,
        "shapes": plates.shapes(drawing, picture, linked=True),
        "dots": plates.dots(drawing, picture),
        "data": json.dumps(_map_data(picture, drawing.bounds)),
        "area_table": _area_table(picture, rows=_area_rows(picture)[:SHORT]) if picture.area_layer else None,
        "point_table": _point_table(picture, _point_order(picture)[:SHORT]),
        "area_list": _list_address(picture.area_layer, picture),
        "point_list": _list_address(picture.point_layer, picture),
        "area_count": len(picture.areas),
        "point_count": len(picture.points),
    }


def _by_year(days: list[date]) -> list[tuple[int, list[date]]]:
    """Group days by year, newest first."""
    years = sorted({day.year for day in days}, reverse=True)
    return [(year, [day for day in reversed(days) if day.year == year]) for year in years]


def _map_data(picture: Scene, bounds: Any) -> dict[str, Any]:
    """Tell the script what to draw and where it comes from."""
    told: dict[str, Any] = {
        "bounds": bounds or layers.bounds(picture.points.lon, picture.points.lat),
        "level": picture.level,
        "shapes": reverse("geo:areas", args=[picture.level]),
        "background": reverse("geo:background"),
        "area": reverse("twin:area", args=[TILE_WORD]),
        "day": picture.day.isoformat() if picture.day else "",
    }
    if picture.area_layer and picture.area_day:
        told["areas"] = {
            "values": reverse("twin:values", args=[picture.area_layer.key, picture.area_day, picture.level]),
            "limits": picture.limits,
            "ramp": picture.area_layer.scale,
            "colours": [one.colour for one in picture.area_classes],
        }
    if picture.point_layer and picture.point_day:
        tile = reverse("twin:tile", args=[picture.point_layer.key, picture.point_day, "0/0/0"])
        told["points"] = {
            "tiles": tile.removesuffix("0/0/0") + "{z}/{x}/{y}",
            "limits": picture.points.limits,
            "colours": [one.colour for one in picture.point_classes],
            "point": reverse("twin:point", args=[picture.point_layer.key]),
            "day": picture.point_day.isoformat(),
        }
    return told


def _list_address(layer: MapLayer | None, picture: Scene) -> str:
    if layer is None:
        return ""
    asked = {"niveau": picture.level, **({"dag": picture.day.isoformat()} if picture.day else {})}
    return f"{reverse('twin:list', args=[layer.key])}?{urlencode(asked)}"


def _area_rows(picture: Scene, *, by: str = "value", down: bool = True) -> list[dict[str, Any]]:
    """List the areas with their values; those without a value come last."""
    day = f"?dag={picture.area_day.isoformat()}" if picture.area_day else ""
    address = reverse("twin:area", args=[TILE_WORD]) + day
    rows = [
        {
            "name": area.name,
            "value": picture.values.get(area.code),
            "href": address.replace(TILE_WORD, area.code),
        }
        for area in picture.areas
    ]
    if by == "name":
        return sorted(rows, key=lambda row: str(row["name"]).casefold(), reverse=down)
    known = [row for row in rows if row["value"] is not None]
    known.sort(key=lambda row: row["value"], reverse=down)
    return [*known, *(row for row in rows if row["value"] is None)]


def _value_column(layer: MapLayer, sorts: dict[str, Any] | None) -> Column:
    facts = (sorts or {}).get("value", {})
    return Column(key="value", title=_("Value"), unit=layer.unit, numeric=True, decimals=layer.decimals, **facts)


def _area_table(picture: Scene, *, rows: list[dict[str, Any]], sorts: dict[str, Any] | None = None) -> Table | None:
    layer = picture.area_layer
    if layer is None:
        return None
    title = _said(layer.title)
    named = _("District") if picture.level == "wijk" else _("Neighbourhood")
    return Table(
        caption=title,
        columns=[
            Column(key="name", title=named, href="href", **(sorts or {}).get("name", {})),
            _value_column(layer, sorts),
        ],
        rows=rows,
        hide_caption=True,
        empty=_("Figures appear here as soon as they are published."),
    )


def _point_order(picture: Scene, *, by: str = "value", down: bool = True) -> Any:
    """Give the order of the points in a list; those without a value come last."""
    held = picture.points
    if by == "name":
        return held.by_name[::-1] if down else held.by_name
    return rules.by_value(held.value, down=down)


def _point_table(picture: Scene, order: Any, sorts: dict[str, Any] | None = None) -> Table | None:
    layer, held = picture.point_layer, picture.points
    if layer is None:
        return None
    rows = [
        {
            "name": held.names[at] or held.ids[at],
            "value": rules.known(held.value[at]),
            "label": held.labels[at],
            "href": held.hrefs[at] or _point_address(picture, held.ids[at]),
        }
        for at in order
    ]
    columns = [
        Column(key="name", title=_("Point"), href="href", **(sorts or {}).get("name", {})),
        _value_column(layer, sorts),
    ]
    if any(row["label"] for row in rows):
        columns.append(Column(key="label", title=_("Remark")))
    return Table(
        caption=_said(layer.title),
        columns=columns,
        rows=rows,
        hide_caption=True,
        empty=_("Points appear here as soon as they are published."),
    )


def _point_address(picture: Scene, point: str) -> str:
    assert picture.point_layer is not None
    asked = {"id": point, **({"dag": picture.point_day.isoformat()} if picture.point_day else {})}
    return f"{reverse('twin:point', args=[picture.point_layer.key])}?{urlencode(asked)}"


def _said(text: Any) -> str:
    return str(text.said(get_language() or "nl"))


@everyone
@require_safe
def layer_list(request: HttpRequest, layer: str) -> HttpResponseBase:
    """Show everything on one layer as a list that can be sorted and paged."""
    now = clock.now()
    shown = layers.layer(layer, now)
    picture = scene({**request.GET.dict(), _parameter(shown): layer, _other(shown): "geen"}, now=now)
    by, down = _order(request.GET.get("sorteer", "-waarde"))
    order: list[Any]
    if shown.kind == "areas":
        order = _area_rows(picture, by=by, down=down)
    else:
        order = _point_order(picture, by=by, down=down)
    page = Paginator(order, PAGE).get_page(request.GET.get("pagina"))
    sorts = _sorts(request, by, down)
    listed: list[Any] = list(page.object_list)
    table = _area_table(picture, rows=listed, sorts=sorts) if shown.kind == "areas" else None
    return render(
        request,
        "twin/list.html",
        {
            "layer": shown,
            "picture": picture,
            "day": picture.day,
            "years": _by_year(picture.moments),
            "levels": LEVELS if shown.kind == "areas" else (),
            "page": page,
            "table": table or _point_table(picture, listed, sorts),
            "map": f"{reverse('twin:map')}?{urlencode({_parameter(shown): layer, _other(shown): 'geen'})}",
            "product": layers.portal_page(shown),
            "order": request.GET.get("sorteer", ""),
        },
    )


def _parameter(layer: MapLayer) -> str:
    return "gebieden" if layer.kind == "areas" else "punten"


def _other(layer: MapLayer) -> str:
    return "punten" if layer.kind == "areas" else "gebieden"


def _order(text: str) -> tuple[str, bool]:
    """Read `naam`, `-naam`, `waarde` or `-waarde`; anything else is by value, highest first."""
    by = {"naam": "name", "waarde": "value"}.get(text.removeprefix("-"))
    return (by, text.startswith("-")) if by else ("value", True)


def _sorts(request: HttpRequest, by: str, down: bool) -> dict[str, dict[str, str]]:
    """Give each heading its link that sorts, and say how the list is sorted."""
    kept = {name: str(value) for name, value in request.GET.items() if name in ("dag", "niveau")}
    found = {}
    for key, word in (("name", "naam"), ("value", "waarde")):
        turned = f"-{word}" if (key == by and not down) or (key != by and key == "value") else word
        found[key] = {"sort": f"?{urlencode({**kept, 'sorteer': turned})}", "sorted": ""}
    found[by]["sorted"] = "descending" if down else "ascending"
    return found


@everyone
@require_safe
def area_page(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show what is known of one neighbourhood or district; htmx gets the part beside the map."""
    now = clock.now()
    wanted = _date(request.GET.get("dag"))
    one = areas.area(code)
    picture = scene({"niveau": one.kind, "gebieden": "geen", "punten": "geen"}, now=now)
    context = {
        "area": one,
        "path": areas.path_to(one),
        "parts": areas.parts_of(one) if one.kind == "wijk" else [],
        "cards": areas.cards_for(code, wanted or clock.local_date(now)),
        "standings": areas.standings(one, wanted=wanted, now=now),
        "day": wanted,
    }
    if request.headers.get("HX-Target") == "detail":
        answer = render(request, "twin/_area.html", {**context, "beside": True})
    else:
        drawing = plates.outlines(one.kind)
        context |= {"drawing": drawing, "shapes": plates.shapes(drawing, picture, chosen=code)}
        answer = render(request, "twin/area.html", context)
    answer["Vary"] = "HX-Target"
    return answer


@everyone
@require_safe
def point_page(request: HttpRequest, layer: str) -> HttpResponseBase:
    """Show one point of a layer, with the way to its series or to all its facts."""
    now = clock.now()
    shown = layers.layer(layer, now)
    day = rules.moment_near(layers.moments(shown, now), _date(request.GET.get("dag")))
    if shown.kind != "points" or day is None:
        raise NotFound(what=layer)
    held = points.points(shown, at=day, now=now)
    point = request.GET.get("id", "")
    at = held.place_of(point)
    context = {
        "layer": shown,
        "day": day,
        "name": held.names[at] or held.ids[at],
        "value": rules.known(held.value[at]),
        "label": held.labels[at],
        "href": held.hrefs[at],
        "facts": layers.facts(shown, point=point, at=day),
        "lon": held.lon[at],
        "lat": held.lat[at],
        "product": layers.portal_page(shown),
    }
    beside = request.headers.get("HX-Target") == "detail"
    answer = render(request, "twin/_point.html" if beside else "twin/point.html", {**context, "beside": beside})
    answer["Vary"] = "HX-Target"
    return answer


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _moment(layer: MapLayer, day: str, now: datetime) -> date:
    """Give the moment of a layer that an address names.

    Raises NotFound for a day that the layer does not stop at.
    """
    found = _date(day)
    if found is None or found not in layers.moments(layer, now):
        raise NotFound(what=day)
    return found


@everyone
@require_safe
def values_json(request: HttpRequest, layer: str, day: str, level: str) -> HttpResponseBase:
    """Give the values of a layer of areas as small JSON; the shapes have an address of their own."""
    now = clock.now()
    shown = layers.layer(layer, now)
    at = _moment(shown, day, now)
    picture = scene({"gebieden": layer, "punten": "geen", "niveau": level, "dag": at.isoformat()}, now=now)
    told = {
        "layer": layer,
        "day": at.isoformat(),
        "unit": shown.unit,
        "limits": picture.limits,
        "values": {code: value for code, value in picture.values.items() if value is not None},
    }
    return _with_etag(request, json.dumps(told, separators=(",", ":")).encode(), "application/json")


@everyone
@require_safe
def tile(request: HttpRequest, layer: str, day: str, place: str) -> HttpResponseBase:
    """Give a vector tile (MVT) of a layer of points."""
    now = clock.now()
    shown = layers.layer(layer, now)
    at = _moment(shown, day, now)
    zoom, column, row = map(int, place.split("/"))
    if shown.kind != "points" or not rules.is_tile(zoom, column, row):
        raise NotFound(what=place)
    made = points.points(shown, at=at, now=now).tile(zoom, column, row)
    if made.etag in {tag.strip('"') for tag in parse_etags(request.headers.get("If-None-Match", ""))}:
        return _kept(HttpResponseNotModified(), made.etag)
    answer = HttpResponse(made.packed, content_type="application/vnd.mapbox-vector-tile")
    answer["Content-Encoding"] = "gzip"
    return _kept(answer, made.etag)


def _with_etag(request: HttpRequest, body: bytes, kind: str) -> HttpResponse:
    import hashlib

    etag = hashlib.sha256(body).hexdigest()[:32]
    if etag in {tag.strip('"') for tag in parse_etags(request.headers.get("If-None-Match", ""))}:
        return _kept(HttpResponseNotModified(), etag)
    return _kept(HttpResponse(body, content_type=kind), etag)


def _kept(answer: HttpResponse, etag: str) -> HttpResponse:
    answer["ETag"] = f'"{etag}"'
    answer["Cache-Control"] = "public, max-age=60, must-revalidate"
    return answer
