"""Signalen v1 for machines: file a report, add a photo, ask how it stands, and read categories, areas and the map.

Addresses and names are those of Signalen, so that its own front end and the apps of others work here unchanged. A
report is found by its uuid only, which nobody can guess; numbers open nothing.
"""

from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from plein.casework.forms.actions.uploads import take
from plein.foundation import clock
from plein.foundation.api.limits import address_of
from plein.foundation.errors import NotFound
from plein.foundation.gate import door as gate
from plein.foundation.gate.log import Subjects
from plein.foundation.geo import places
from plein.foundation.geo.models import Area
from plein.foundation.identity.access import actor_of, everyone
from plein.service.reports.actions import photos
from plein.service.reports.actions.filing import file_report
from plein.service.reports.api import shapes
from plein.service.reports.errors import AlreadyClosed, TextTooLong
from plein.service.reports.models import Report
from plein.service.reports.queries import categories, geography
from plein.service.reports.queries.suggesting import suggest
from plein.service.reports.rules.filing import Said
from plein.service.reports.rules.spam import MOST_SIGNS

MOST_BYTES = 1_000_000
GEOJSON = "application/geo+json"


def _json(body: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), content_type="application/json", status=status)


def _body(request: HttpRequest) -> bytes:
    """Read the body, within what a report may weigh.

    Raises TextTooLong.
    """
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise TextTooLong(length=request.headers.get("Content-Length", "?"), most=MOST_SIGNS) from error
    if len(body) > MOST_BYTES:
        raise TextTooLong(length=len(body), most=MOST_SIGNS)
    return body


@require_POST
@everyone
def file(request: HttpRequest) -> HttpResponse:
    """File a report."""
    signal, now = shapes.signal_of(_body(request)), clock.now()
    contact = {"email": signal.reporter.email or "", "phone": signal.reporter.phone or ""}
    lon, lat = signal.location.geometrie.coordinates
    said = Said(
        text=signal.text,
        category=signal.category.slug,
        lon=lon,
        lat=lat,
        address=signal.location.address.line if signal.location.address else "",
        place_found="api",
        answers=shapes.answers_of(signal),
        contact={name: value for name, value in contact.items() if value},
        source="signalen",
        danger_seen=True,  # a machine cannot call; a dangerous kind is urgent by itself
        chosen_by="machine",
        origin=address_of(request),
    )
    filed = file_report(said, by=actor_of(request), now=now)
    return _json(shapes.filed_signal(filed.report, signal), status=201)


def _report(uuid: UUID) -> Report:
    """Find a report by its uuid; one query.

    Raises NotFound.
    """
    found = Report.objects.select_related("zaak", "category").filter(zaak__uuid=uuid).first()
    if found is None:
        raise NotFound(what=f"signal {uuid}")
    return found


@require_GET
@everyone
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say how a report stands."""
    return _json(shapes.public_signal(_report(uuid)))


@require_POST
@everyone
def attach(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Add a photo to an open report."""
    report, now, by = _report(uuid), clock.now(), actor_of(request)
    if report.closed_at is not None:
        raise AlreadyClosed()
    file = request.FILES.get("file")
    if file is None:
        raise shapes.BadSignal(field="file", problem="is missing", errors=[])
    owner = f"signal:{uuid}"
    with transaction.atomic():
        upload = take(file, name=file.name or "", owner=owner, now=now)
        made = photos.add(report, [upload.token], owner=owner, by=by, now=now)
        subject = Subjects("case", [uuid.hex])
        gate.note_use("reports.handle", subjects=subject, fields=("foto",), about=f"zaak:{uuid.hex}", by=by, now=now)
    return _json(shapes.attachment(made[0], uuid), status=201)


@require_GET
@everyone
def mains(request: HttpRequest) -> HttpResponse:
    """List the categories by group."""
    return _json(shapes.listed([shapes.main_category(main) for main in categories.mains()], "/terms/categories/"))


def _main(slug: str) -> categories.Main:
    found = next((main for main in categories.mains() if main.slug == slug), None)
    if found is None:
        raise NotFound(what=f"category {slug}")
    return found


@require_GET
@everyone
def main(request: HttpRequest, slug: str) -> HttpResponse:
    """Describe a group of categories."""
    return _json(shapes.main_category(_main(slug)))


@require_GET
@everyone
def sub(request: HttpRequest, slug: str, sub_slug: str) -> HttpResponse:
    """Describe a category."""
    return _json(shapes.sub_category(_sub(slug, sub_slug)))


def _sub(slug: str, sub_slug: str) -> Any:
    found = next((one for one in _main(slug).categories if one.slug == sub_slug), None)
    if found is None:
        raise NotFound(what=f"category {sub_slug}")
    return found


@require_GET
@everyone
def questions(request: HttpRequest, slug: str, sub_slug: str) -> HttpResponse:
    """List what is asked besides, of a category."""
    rows = [shapes.question(one) for one in _sub(slug, sub_slug).questions]
    where = f"/questions/categories/{slug}/sub_categories/{sub_slug}"
    curies = {"curies": {"name": "sia", "href": f"{settings.PLEIN['BASE_URL']}{shapes.ROOT}/relations"}}
    told = shapes.listed(rows, where)
    return _json({**told, "_links": {**told["_links"], **curies}})


@require_GET
@everyone
def areas(request: HttpRequest) -> HttpResponse:
    """List the neighbourhoods: wijken, or buurten with ?type_code=buurt."""
    import shapely

    kind = request.GET.get("type_code", "wijk")
    rows = Area.objects.filter(kind=kind, gemeente_code=places.home()).order_by("code")
    found = [
        {
            "name": row.name,
            "code": row.code,
            "type": {"name": row.kind.capitalize(), "code": row.kind},
            "bbox": list(shapely.from_geojson(row.geometry).bounds),
        }
        for row in rows
    ]
    return _json(shapes.listed(found, "/areas/"))


@require_POST
@everyone
def prediction(request: HttpRequest) -> HttpResponse:
    """Suggest categories for a text, the likeliest first, with how certain that is."""
    try:
        text = str(msgspec.json.decode(_body(request), type=dict[str, Any]).get("text", ""))
    except msgspec.DecodeError as error:
        raise shapes.BadSignal(field="body", problem=str(error), errors=[]) from error
    found = suggest(text[:MOST_SIGNS], language="nl", now=clock.now())
    known = {one.slug: one for one in categories.categories()}
    subs = [(known[one.category], one.certainty) for one in found if one.category in known]
    by_main: dict[str, float] = {}
    for category, certainty in subs:
        by_main[category.main_slug] = by_main.get(category.main_slug, 0.0) + certainty
    groups = sorted(by_main.items(), key=lambda pair: -pair[1])
    base = f"{settings.PLEIN['BASE_URL']}{shapes.ROOT}/terms/categories"
    return _json(
        {
            "hoofdrubriek": [[f"{base}/{slug}" for slug, _ in groups], [certainty for _, certainty in groups]],
            "subrubriek": [
                [f"{base}/{one.main_slug}/sub_categories/{one.slug}" for one, _ in subs],
                [certainty for _, certainty in subs],
            ],
        }
    )


@require_http_methods(["GET", "HEAD"])
@everyone
def on_map(request: HttpRequest) -> HttpResponse:
    """Give the open reports as GeoJSON: all, or a page of those of some kinds in a box."""
    asked = request.GET
    if not asked:
        return _whole(request)
    page = _page(asked.get("page", ""))
    body, has_more = geography.part(
        mains=asked.getlist("maincategory_slug"),
        subs=asked.getlist("category_slug"),
        bbox=_bbox(asked.get("bbox", "")),
        page=page,
    )
    answer = HttpResponse(body, content_type=GEOJSON)
    if has_more:
        following = asked.copy()
        following["page"] = str(page + 1)
        answer.headers["Link"] = f'<{settings.PLEIN["BASE_URL"]}{request.path}?{following.urlencode()}>; rel="next"'
    return answer


def _page(text: str) -> int:
    """Read which page is asked for; nonsense is the first."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _whole(request: HttpRequest) -> HttpResponse:
    town = geography.whole()
    if request.headers.get("If-None-Match") == town.etag:
        return HttpResponseNotModified()
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(town.packed if is_packed else town.plain, content_type=GEOJSON)
    if is_packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["ETag"] = town.etag
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


def _bbox(text: str) -> geography.Bbox | None:
    """Read min_lon,min_lat,max_lon,max_lat.

    Raises BadSignal.
    """
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise shapes.BadSignal(field="bbox", problem="is not min_lon,min_lat,max_lon,max_lat", errors=[]) from error
    return west, south, east, north


_BASE = "signals/v1/public"
_TERMS = f"{_BASE}/terms/categories"
addresses = [
    path(f"{_BASE}/signals/", file, name="signalen-file"),
    path(f"{_BASE}/signals/geography/", on_map, name="signalen-geography"),
    path(f"{_BASE}/signals/<uuid:uuid>", one, name="signalen-one"),
    path(f"{_BASE}/signals/<uuid:uuid>/attachments/", attach, name="signalen-attach"),
    path(f"{_TERMS}/", mains, name="signalen-mains"),
    path(f"{_TERMS}/<slug:slug>", main, name="signalen-main"),
    path(f"{_TERMS}/<slug:slug>/sub_categories/<slug:sub_slug>", sub, name="signalen-sub"),
    path(
        f"{_BASE}/questions/categories/<slug:slug>/sub_categories/<slug:sub_slug>", questions, name="signalen-questions"
    ),
    path(f"{_BASE}/areas/", areas, name="signalen-areas"),
    path("signals/category/prediction", prediction, name="signalen-prediction"),
]
