"""OGC API Features, part 1: Core, GeoJSON and OAS30 for every open product with a place in its rows.

Source: OGC 17-069r4, https://docs.ogc.org/is/17-069r4/17-069r4.html
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from plein.foundation import clock
from plein.foundation.api.etags import etag_of, not_modified
from plein.foundation.errors import NotFound
from plein.foundation.gate import door as gate
from plein.foundation.identity.access import actor_of, everyone
from plein.foundation.words import Text
from plein.insight.opendata.api import answers
from plein.insight.opendata.errors import BadValue
from plein.insight.opendata.queries import areas, formats, products, reading
from plein.insight.opendata.rules import places
from plein.insight.opendata.rules.asking import Condition, Question, read_question

ROOT = "/api/features/v1"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEOJSON = "application/geo+json"
CONFORMANCE = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "oas30", "geojson")
]
OWN_WORDS = frozenset({"limit", "cursor", "bbox", "datetime", "f"})
ANSWERS = ("", "json", "geojson", "application/geo+json", "application/json")


def _link(path: str, rel: str, media: str = "application/json", title: str = "") -> dict[str, str]:
    href = path if path.startswith("http") else f"{answers.base()}{path}"
    return {"href": href, "rel": rel, "type": media, **({"title": title} if title else {})}


def _known(request: HttpRequest, *names: str) -> list[tuple[str, str]]:
    """Read the parameters of an address that knows only a few.

    Raises BadValue for others, as the standard asks.
    """
    given = answers.parameters(request)
    for name, _ in given:
        if name not in (*names, "f"):
            raise BadValue(value=name[:100], column="query", needed=_only(*names, "f"))
    _check_form(given)
    return given


def _only(*words: str) -> Text:
    listed = ", ".join(words)
    return Text(f"alleen {listed}", f"only {listed}")


def _check_form(given: Sequence[tuple[str, str]]) -> None:
    wanted = answers.one_of(given, "f")
    if wanted not in ANSWERS:
        raise BadValue(value=wanted[:100], column="f", needed=_only("json"))


@everyone
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Welcome: where the rest is."""
    _known(request)
    openapi = "application/vnd.oai.openapi+json;version=3.0"
    return answers.quick_json(
        {
            "title": "Open data: features",
            "description": "Every open data product with a place in its rows, as OGC API Features.",
            "links": [
                _link(ROOT, "self", title="This document"),
                _link(f"{ROOT}/openapi.json", "service-desc", openapi, "The interface in OpenAPI"),
                _link("/api/features/v1/", "service-doc", "text/html", "The interface for people"),
                _link(f"{ROOT}/conformance", "conformance", title="What it conforms to"),
                _link(f"{ROOT}/collections", "data", title="The collections"),
                _link("/data/", "alternate", "text/html", "The portal"),
            ],
        }
    )


@everyone
@require_safe
def conformance(request: HttpRequest) -> HttpResponse:
    """List what this interface conforms to."""
    _known(request)
    return answers.quick_json({"conformsTo": CONFORMANCE})


@everyone
@require_safe
def collections(request: HttpRequest) -> HttpResponse:
    """List the products with a place in their rows."""
    _known(request)
    found = [one for one in products.listed(clock.now()) if "geojson" in one.formats]
    return answers.quick_json(
        {
            "links": [
                _link(f"{ROOT}/collections", "self"),
                _link("/data/?format=geojson", "alternate", "text/html"),
            ],
            "collections": [_collection(request, one) for one in found],
        }
    )


@everyone
@require_safe
def collection(request: HttpRequest, key: str) -> HttpResponse:
    """Describe one collection."""
    _known(request)
    return answers.quick_json(_collection(request, _product(key)))


def _product(key: str) -> products.Listed:
    """Give a product that is a collection.

    Raises NotFound.
    """
    product = products.one(key, clock.now())
    if "geojson" not in product.formats:
        raise NotFound(what=key)
    return product


def _collection(request: HttpRequest, product: products.Listed) -> dict[str, Any]:
    agreed, language = product.contract, get_language() or "nl"
    here = f"{ROOT}/collections/{product.key}"
    opened = reading.open_product(product.key, by=actor_of(request), now=clock.now())
    return {
        "id": product.key,
        "title": agreed.title.said(language),
        "description": agreed.description.said(language),
        "itemType": "feature",
        "crs": [CRS84],
        "extent": _extent(opened),
        "links": [
            _link(here, "self"),
            _link(f"{here}/items", "items", GEOJSON, agreed.title.said(language)),
            _link(f"/data/{product.key}/", "alternate", "text/html"),
            _link(f"/api/data/v1/products/{product.key}/download/geojson", "enclosure", GEOJSON),
        ],
    }


def _extent(opened: reading.Opened) -> dict[str, Any]:
    """Say where and when the rows are."""
    extent: dict[str, Any] = {"spatial": {"bbox": [list(areas.box_of(opened))], "crs": CRS84}}
    temporal = opened.contract.temporal
    if temporal and opened.fields[temporal].kind in ("date", "time"):
        ends = [_as_moment(end) for end in opened.store.bounds(temporal)]
        extent["temporal"] = {"interval": [ends], "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}
    return extent


def _as_moment(end: str | None) -> str | None:
    return f"{end}T00:00:00Z" if end and len(end) == 10 else end


@everyone
@require_safe
def items(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give a page of features within a box, a time and filters on properties."""
    given = answers.parameters(request)
    _check_form(given)
    opened = _opened(request, key)
    etag = etag_of("items", key, opened.version.number, request.META.get("QUERY_STRING"))
    if same := not_modified(request, etag):
        return same
    asked = read_question(_sensible_limit(given), opened.fields, limit=10, most=10_000, own_words=OWN_WORDS)
    more = _where_and_when(given, opened)
    question = Question(conditions=(*asked.conditions, *more), limit=asked.limit, after=asked.after)
    page = opened.page(question)
    gate.count_use(key, activity=reading.ACTIVITY, by=actor_of(request), rows=len(page.rows))
    here = f"{ROOT}/collections/{key}/items"
    query = answers.with_changes(given)
    links = [
        _link(f"{here}?{query}" if query else here, "self", GEOJSON),
        _link(f"/data/{key}/rijen/", "alternate", "text/html"),
        _link(f"{ROOT}/collections/{key}", "collection"),
    ]
    if page.following:
        links.append(_link(f"{here}?{answers.with_changes(given, cursor=page.following)}", "next", GEOJSON))
    body = {
        "type": "FeatureCollection",
        "timeStamp": _stamp(clock.now()),
        "numberMatched": page.count,
        "numberReturned": len(page.rows),
        "features": _features(page, opened),
        "links": links,
    }
    return answers.quick_json(body, etag=etag, media=GEOJSON)


def _sensible_limit(given: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Bring a limit that is higher than ours down to ours, as the standard allows."""
    return [
        (
            name,
            "10000" if name == "limit" and value.isdecimal() and value.isascii() and int(value[:9]) > 10_000 else value,
        )
        for name, value in given
    ]


def _opened(request: HttpRequest, key: str) -> reading.Opened:
    _product(key)
    return reading.open_product(key, by=actor_of(request), now=clock.now())


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _where_and_when(given: Sequence[tuple[str, str]], opened: reading.Opened) -> tuple[Condition, ...]:
    box = places.read_box(answers.one_of(given, "bbox"))
    found = areas.within(opened, box) if box else ()
    temporal = opened.contract.temporal
    if temporal and opened.fields[temporal].kind in ("date", "time"):
        found += places.read_period(answers.one_of(given, "datetime"), opened.fields[temporal])
    return found


def _features(page: Any, opened: reading.Opened) -> list[dict[str, Any]]:
    """Give rows as features that keep their name as long as their key stays the same."""
    names = [field.name for field in page.fields]
    rows = [dict(zip(names, row, strict=True)) for row in page.rows]
    keys = opened.contract.key_columns
    made = formats.features(rows, opened.needed_place())
    for feature, row, number in zip(made, rows, page.numbers, strict=True):
        feature["id"] = places.feature_id([row[key] for key in keys]) if keys else str(number)
    return made


@everyone
@require_safe
def item(request: HttpRequest, key: str, feature: str) -> HttpResponse:
    """Give one feature."""
    _known(request)
    opened = _opened(request, key)
    page = opened.page(_question_for(feature, opened))
    if not page.rows:
        raise NotFound(what=feature[:100])
    found = _features(page, opened)[0]
    here = f"{ROOT}/collections/{key}"
    links: Sequence[Mapping[str, str]] = [
        _link(f"{here}/items/{found['id']}", "self", GEOJSON),
        _link(here, "collection"),
        _link(f"/data/{key}/", "alternate", "text/html"),
    ]
    return answers.quick_json({**found, "links": links}, media=GEOJSON)


def _question_for(feature: str, opened: reading.Opened) -> Question:
    """Ask for one feature by its name.

    Raises NotFound.
    """
    keys = [opened.fields[name] for name in opened.contract.key_columns]
    if not keys and feature.isascii() and feature.isdigit() and int(feature[:18]) > 0:
        return Question(limit=1, after=(None, int(feature[:18]) - 1))
    conditions = places.read_feature_id(feature, keys) if keys else None
    if conditions is None:
        raise NotFound(what=feature[:100])
    return Question(conditions=conditions, limit=1)
