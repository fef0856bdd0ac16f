"""The monitor for machines: themes, indicators with what they mean, and their values."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja.params.functions import Query

from plein.foundation.api.errors import BadInput
from plein.foundation.api.interfaces import ninja_interface
from plein.foundation.api.paging import next_link, page
from plein.foundation.errors import NotFound
from plein.foundation.words import Text
from plein.insight.monitor.models import IndicatorVersion, Standing, Value
from plein.insight.monitor.queries import published

OBJECT = {"content": {"application/json": {"schema": {"type": "object"}}}}

api = ninja_interface(
    "monitor",
    version="1.0.0",
    title=Text("Monitor", "Monitor"),
    description=Text(
        "De indicatoren van de gemeente: wat ze betekenen, hun waarden per gebied en periode, en hoe het ervoor staat.",
        "The municipality's indicators: what they mean, their values per area and period, and how things stand.",
    ),
    open_data=True,
)


def _both(text: Text) -> dict[str, str]:
    return {"nl": text.nl, "en": text.en}


def _said(description: str) -> dict[str, Any]:
    return {"responses": {"200": {"description": description, **OBJECT}}}


def _indicator(key: str, version: IndicatorVersion) -> dict[str, Any]:
    goal = version.indicator.goal
    return {
        "key": key,
        "version": version.number,
        "theme": goal.theme.key,
        "goal": _both(goal.title),
        "title": _both(version.title),
        "definition": _both(version.definition),
        "unit": _both(version.unit),
        "direction": version.direction,
        "frequency": version.frequency,
        "norms": {str(year): value for year, value in version.norm_by_year.items()},
        "normFromStart": version.norm_from_start,
        "formula": version.formula,
        "products": version.products,
        "source": _both(version.source),
        "groups": version.groups,
    }


def _standing(row: Standing) -> dict[str, Any]:
    return {
        "area": row.area_code,
        "kind": row.kind,
        "status": row.status,
        "reason": row.reason,
        "sure": row.sure,
        "period": row.latest_period,
        "value": row.latest,
        "normYear": row.norm_year,
        "norm": row.norm,
        "slopePerYear": row.slope,
        "p": row.p,
        "expected": row.expected,
    }


@api.get("/themes", summary="All themes", operation_id="listThemes", openapi_extra=_said("The themes"))
def list_themes(request: HttpRequest) -> JsonResponse:
    """List the themes with the keys of their indicators, in the order of the board."""
    found: dict[str, dict[str, Any]] = {}
    for key, version in published.versions().items():
        theme = version.indicator.goal.theme
        row = {"key": theme.key, "title": _both(theme.title), "text": _both(theme.text), "indicators": []}
        found.setdefault(theme.key, row)["indicators"].append(key)
    return JsonResponse({"themes": list(found.values())})


@api.get("/indicators", summary="All indicators", operation_id="listIndicators", openapi_extra=_said("The indicators"))
def list_indicators(
    request: HttpRequest, theme: str = Query("", max_length=50, description="Only indicators of this theme.")
) -> JsonResponse:
    """List the published indicators with what they mean and how our municipality stands."""
    standings = published.home().standings
    rows = [
        {**_indicator(key, version), "standing": _standing(standings[version.pk]) if version.pk in standings else None}
        for key, version in published.versions().items()
        if not theme or version.indicator.goal.theme.key == theme
    ]
    return JsonResponse({"indicators": rows})


@api.get(
    "/indicators/{slug:key}",
    summary="One indicator",
    operation_id="readIndicator",
    openapi_extra=_said("The indicator"),
)
def read_indicator(request: HttpRequest, key: str) -> JsonResponse:
    """Give one published indicator: definition, formula, norms, sources."""
    return JsonResponse(_indicator(key, published.version_of(key)))


@api.get(
    "/indicators/{slug:key}/values",
    summary="Values of an indicator",
    operation_id="listValues",
    openapi_extra=_said("A page of values"),
)
def list_values(
    request: HttpRequest,
    key: str,
    *,
    area: str = Query("", max_length=12, description="Only this area, by its CBS code."),
    kind: str = Query("", max_length=8, description="Only gemeente, wijk or buurt."),
    period: str = Query("", max_length=10, description="Only this period, such as 2024 or 2024-03."),
    group: str | None = Query(None, max_length=60, description="Only this group; empty is the total."),
    cursor: str = Query("", max_length=500, description="The place of the next page, from `next`."),
    limit: int = Query(500, ge=1, le=5000),
) -> JsonResponse:
    """Give the current values of an indicator, in pages."""
    version = published.version_of(key)
    wanted = {"area_code": area, "kind": kind, "period": period}
    if any("\x00" in word for word in (*wanted.values(), group or "")):
        raise BadInput(what="query")
    rows = Value.objects.filter(version=version, replaced_at__isnull=True)
    rows = rows.filter(**{name: word for name, word in wanted.items() if word})
    rows = rows if group is None else rows.filter(grp=group)
    found = page(rows, by=["id"], cursor=cursor, limit=limit)
    values = [
        {
            "area": row.area_code,
            "kind": row.kind,
            "group": row.grp,
            "period": row.period,
            "value": row.value,
            "n": row.n,
            "knownAt": row.known_at.isoformat(),
        }
        for row in found.rows
    ]
    return JsonResponse({"values": values, "next": next_link(request, found.next)})


@api.get(
    "/indicators/{slug:key}/standings",
    summary="How the areas stand",
    operation_id="listStandings",
    openapi_extra=_said("The standings"),
)
def list_standings(request: HttpRequest, key: str) -> JsonResponse:
    """Give how each of our areas stands towards the norm."""
    version = published.version_of(key)
    rows = Standing.objects.filter(version=version).order_by("area_code")
    return JsonResponse({"standings": [_standing(row) for row in rows]})


@api.get("/areas/{area}", summary="One area", operation_id="readArea", openapi_extra=_said("All indicators of an area"))
def read_area(request: HttpRequest, area: str) -> JsonResponse:
    """Give how one area stands on every indicator."""
    if "\x00" in area:
        raise BadInput(what="area")
    keys = {version.pk: key for key, version in published.versions().items()}
    rows = Standing.objects.filter(area_code=area, version_id__in=list(keys))
    found = [{"indicator": keys[row.version_id], **_standing(row)} for row in rows]
    if not found:
        raise NotFound(what=area)
    return JsonResponse({"area": area, "standings": found})
