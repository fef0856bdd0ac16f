"""Open311 GeoReport v2 for machines: what can be reported, file a report, and read how reports stand; XML and JSON.

Addresses, names and errors are those of the frozen v2 text. A report is known by its public key, which nobody can
guess; texts are the public ones, places those that everyone may see. Filing needs an API key: a token of staff or of
a partner that may file reports.
"""

import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any
from xml.etree import ElementTree

import msgspec
from django.conf import settings
from django.db.models import Count, Max, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from plein.foundation import clock
from plein.foundation.api.limits import address_of
from plein.foundation.errors import NotFound, Refused
from plein.foundation.geo import addresses as registry
from plein.foundation.geo import places
from plein.foundation.identity.access import actor_of, everyone
from plein.foundation.identity.actors import Actor, can
from plein.foundation.identity.queries import token_actor, token_for
from plein.foundation.ui.refusals import sentence as words_of
from plein.foundation.words import Text
from plein.service.reports.actions.filing import file_report
from plein.service.reports.errors import BadRequest311, KeyRefused, UnknownCategory
from plein.service.reports.models import Category, Photo, Report
from plein.service.reports.queries import categories, promises, public
from plein.service.reports.rules.filing import Said, rounded

RIGHT = "reports.file"
FORMS = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
ITEMS = {"services": "service", "service_requests": "request", "attributes": "attribute", "values": "value",
         "errors": "error", "formats": "format", "endpoints": "endpoint"}  # fmt: skip
RANGE = timedelta(days=90)
MOST = 1_000
KEEP_S = 5.0
DATATYPES = {
    "choose_one": "singlevaluelist",
    "choose_several": "multivaluelist",
    "number": "number",
    "date": "datetime",
    "long_text": "text",
}
View = Callable[..., HttpResponse]


def _answer(form: str, root: str, told: Any, *, status: int = 200) -> HttpResponse:
    """Write an answer in the form that was asked for: JSON is the XML without its root (the Spark convention)."""
    body = _xml(root, told) if form == "xml" else msgspec.json.encode(told)
    answer = HttpResponse(body, content_type=FORMS[form], status=status)
    answer.says_errors_itself = True  # type: ignore[attr-defined]
    return answer


def _xml(root: str, told: Any) -> bytes:
    element = ElementTree.Element(root)
    _fill(element, told)
    written: bytes = ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)
    return written


def _fill(element: ElementTree.Element, told: Any) -> None:
    if isinstance(told, Mapping):
        for name, value in told.items():
            _fill(ElementTree.SubElement(element, name), value)
    elif isinstance(told, list):
        for one in told:
            _fill(ElementTree.SubElement(element, ITEMS[element.tag]), one)
    elif told is not None:
        text = str(told).lower() if isinstance(told, bool) else str(told)
        element.text = "".join(sign for sign in text if sign in "\t\n" or sign >= " ")


def _spoken(view: View) -> View:
    """Check the form and the jurisdiction, and say what is refused as GeoReport does."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, form: str, **more: Any) -> HttpResponse:
        if form not in FORMS:
            return _refused("xml", BadRequest311(what=f"{form} is no format"), HTTPStatus.NOT_FOUND)
        try:
            _check_jurisdiction(request)
            return view(request, *args, form=form, **more)
        except (NotFound, UnknownCategory) as refused:
            return _refused(form, refused, HTTPStatus.NOT_FOUND)
        except KeyRefused as refused:
            return _refused(form, refused, HTTPStatus.FORBIDDEN)
        except Refused as refused:
            return _refused(form, refused, HTTPStatus.BAD_REQUEST)

    return guarded


def _refused(form: str, refused: Refused, status: HTTPStatus) -> HttpResponse:
    return _answer(form, "errors", [{"code": int(status), "description": words_of(refused)}], status=status)


def _check_jurisdiction(request: HttpRequest) -> None:
    """Refuse a jurisdiction that is not ours; without one it is us.

    Raises NotFound.
    """
    asked = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id") or ""
    if asked and asked.lower() not in (jurisdiction().lower(), places.home().lower()):
        raise NotFound(what=f"jurisdiction {asked[:60]}")


def jurisdiction() -> str:
    """Name our jurisdiction: our address on the web."""
    host = str(settings.PLEIN["BASE_URL"]).partition("://")[2].partition("/")[0]
    return host.removeprefix("www.") or places.home()


def _said(text: Text) -> str:
    return text.said(get_language() or "nl")


def _service(category: Category) -> dict[str, Any]:
    return {
        "service_code": category.slug,
        "service_name": _said(category.title),
        "description": _said(category.description),
        "metadata": bool(category.questions),
        "type": "realtime",
        "keywords": "",
        "group": _said(category.main_title),
    }


@require_GET
@everyone
@_spoken
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    """List what can be reported; no query."""
    return _answer(form, "services", [_service(category) for category in categories.categories()])


@require_GET
@everyone
@_spoken
def definition(request: HttpRequest, code: str, *, form: str) -> HttpResponse:
    """Describe what is asked besides, of a kind of report; no query."""
    category = categories.category(code)
    asked = [_attribute(one, order) for order, one in enumerate(category.questions, start=1)]
    return _answer(form, "service_definition", {"service_code": category.slug, "attributes": asked})


def _attribute(question: Mapping[str, Any], order: int) -> dict[str, Any]:
    told = {
        "variable": True,
        "code": question["key"],
        "datatype": DATATYPES.get(question.get("kind", ""), "string"),
        "required": question.get("required") is True,  # an app that cannot ask must still be able to report
        "datatype_description": None,
        "order": order,
        "description": _in_words(question.get("label", {})),
    }
    choices = question.get("choices", ())
    if choices:
        told["values"] = [{"key": one["key"], "name": _in_words(one.get("label", {}))} for one in choices]
    return told


def _in_words(label: Mapping[str, str]) -> str:
    language = (get_language() or "nl")[:2]
    return label.get(language) or label.get("nl") or ""


@require_http_methods(["GET", "POST"])
@everyone
@_spoken
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    """File a report, or list reports."""
    return _file(request, form) if request.method == "POST" else _listed(request, form)


def _caller(request: HttpRequest) -> Actor:
    """Give who files, by the api_key of the standard or by a token in the header.

    Raises KeyRefused.
    """
    secret, now = request.POST.get("api_key", ""), clock.now()
    token = token_for(secret, now=now) if secret else None
    by = token_actor(token, now=now) if token else actor_of(request)
    is_by_key = bool(token) or by.scopes is not None
    may = can(by, RIGHT) or (by.kind == "partner" and RIGHT in (by.scopes or ()))
    if not is_by_key or not may:
        raise KeyRefused()
    return replace(
        by, scopes=(by.scopes or frozenset()) | {"cases.open"}
    )  # a report is a case: the right to file opens it


def _file(request: HttpRequest, form: str) -> HttpResponse:
    by, given = _caller(request), request.POST
    code = given.get("service_code", "")
    if not code:
        raise BadRequest311(what="service_code")
    category = categories.category(code)
    lon, lat, where = _place(given)
    name = f"{given.get('first_name', '')} {given.get('last_name', '')}".strip()
    contact = {"name": name, "email": given.get("email", ""), "phone": given.get("phone", "")}
    said = Said(
        text=given.get("description", "") or _said(category.title),
        category=category.slug,
        lon=lon,
        lat=lat,
        address=where,
        place_found="api",
        answers=_answers(request, category),
        contact={key: value for key, value in contact.items() if value},
        language=(get_language() or "nl")[:2],
        source="open311",
        danger_seen=True,  # a machine cannot call; a dangerous kind is urgent by itself
        chosen_by="machine",
        origin=address_of(request),
    )
    report = file_report(said, by=by, now=clock.now()).report
    told = promises.sentence(report)
    row = {"service_request_id": report.public_key, "service_notice": _said(told) if told else "", "account_id": None}
    return _answer(form, "service_requests", [row], status=HTTPStatus.CREATED)


def _place(given: Mapping[str, str]) -> tuple[float, float, str]:
    """Read the place: a point, or an address that we know.

    Raises BadRequest311.
    """
    address = given.get("address_string", "").strip()[:200]
    if given.get("lat") and given.get("long"):
        try:
            return float(given["long"]), float(given["lat"]), address
        except ValueError:
            raise BadRequest311(what="lat, long") from None
    found = list(registry.search(address, gemeente=places.home(), limit=1)) if address else []
    if not found:
        raise BadRequest311(what="lat, long, address_string")
    return found[0].lon, found[0].lat, address


def _answers(request: HttpRequest, category: Category) -> dict[str, Any]:
    """Read attribute[code]=value, also several of one code; those that the kind does not ask for are left out.

    Raises BadRequest311 for a needed one that is missing, and for a choice that is none.
    """
    found: dict[str, Any] = {}
    for question in category.questions:
        key = question["key"]
        values = request.POST.getlist(f"attribute[{key}]") + request.POST.getlist(f"attribute[{key}][]")
        values = [value[:1000] for value in values if value]
        known = {one["key"] for one in question.get("choices", ())}
        if (question.get("required") is True and not values) or (known and not set(values) <= known):
            raise BadRequest311(what=f"attribute[{key}]")
        if values:
            found[key] = values if len(values) > 1 else values[0]
    return found


def _rows(now: datetime) -> Any:
    photo = Photo.objects.filter(report=OuterRef("pk"), state="ready").order_by("-id").values("key")[:1]
    rows = public.visible(now=now).select_related("category", "given_to").annotate(photo_key=Subquery(photo))
    return rows.order_by("-reported_at", "-id")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a list is asked for."""

    codes: Sequence[str]
    states: frozenset[str]
    since: datetime
    until: datetime
    page: int
    size: int


def _asked(request: HttpRequest, now: datetime) -> _Asked:
    """Read what is asked; the last 90 days when nothing is.

    Raises BadRequest311.
    """
    asked = request.GET
    since, until = _moment(asked.get("start_date"), "start_date"), _moment(asked.get("end_date"), "end_date")
    if until is None:
        until = since + RANGE if since else now
    since = since or until - RANGE
    if until < since or until - since > RANGE + timedelta(days=1):
        raise BadRequest311(what="start_date, end_date: 90")
    states = frozenset(_split(asked.get("status"))) or frozenset({"open", "closed"})
    if not states <= {"open", "closed"}:
        raise BadRequest311(what="status")
    page, size = _whole(asked.get("page"), 1, "page"), _whole(asked.get("page_size"), MOST, "page_size")
    return _Asked(_split(asked.get("service_code")), states, since, until, page, min(size, MOST))


def _whole(text: str | None, otherwise: int, name: str) -> int:
    if not text:
        return otherwise
    if not text.isdecimal() or not 0 < int(text[:7]) < 1_000_000:
        raise BadRequest311(what=name)
    return int(text)


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()][:MOST]


def _moment(text: str | None, name: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest311(what=name) from None
    if at.tzinfo is None:
        raise BadRequest311(what=name)
    return at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The newest reports as bytes, ready for whoever asks without conditions."""

    body: bytes
    mark: tuple[Any, ...]
    checked: float


_kept: dict[tuple[str, str], _Kept] = {}


def forget() -> None:
    """Throw the bytes away."""
    _kept.clear()


def _listed(request: HttpRequest, form: str) -> HttpResponse:
    """List reports: those of some numbers, or by kind, state and time; two queries."""
    now = clock.now()
    numbers = _split(request.GET.get("service_request_id"))
    if numbers:
        return _answer(form, "service_requests", _told(list(_rows(now).filter(public_key__in=numbers))))
    if not set(request.GET) - {"jurisdiction_id"}:
        return _newest(request, form, now)
    asked = _asked(request, now)
    rows = _rows(now).filter(reported_at__gte=asked.since, reported_at__lte=asked.until)
    if asked.codes:
        rows = rows.filter(category__slug__in=asked.codes)
    if len(asked.states) == 1:
        rows = rows.filter(closed_at__isnull="open" in asked.states)
    start = (asked.page - 1) * asked.size
    return _answer(form, "service_requests", _told(list(rows[start : start + asked.size])))


def _newest(request: HttpRequest, form: str, now: datetime) -> HttpResponse:
    """Give the newest thousand of 90 days from memory; made again only when a report changed."""
    ticks, key = clock.ticks(), (form, get_language() or "nl")
    kept = _kept.get(key)
    if kept is None or not 0 <= ticks - kept.checked < KEEP_S:
        mark = tuple(public.visible(now=now).aggregate(Max("changed_at"), Count("pk")).values())
        if kept is None or kept.mark != mark:
            told = _told(list(_rows(now).filter(reported_at__gte=now - RANGE)[:MOST]))
            kept = _Kept(_answer(form, "service_requests", told).content, mark, ticks)
        else:
            kept = _Kept(kept.body, kept.mark, ticks)
        _kept[key] = kept
    answer = HttpResponse(kept.body, content_type=FORMS[form])
    if "gzip" in request.headers.get("Accept-Encoding", "") and len(kept.body) > 10_000:
        answer.content = gzip.compress(kept.body, 1)
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _told(rows: Sequence[Any]) -> list[dict[str, Any]]:
    names = places.names(list({row.buurt_code for row in rows if row.buurt_code})) if rows else {}
    return [_request(row, names.get(row.buurt_code, "")) for row in rows]


def _request(row: Any, area: str) -> dict[str, Any]:
    """Describe a report as everyone may see it."""
    lon, lat = (None, None) if row.lon is None else rounded(row.lon, row.lat, metres=row.category.place_m)
    base, told = settings.PLEIN["BASE_URL"], promises.sentence(row)
    return {
        "service_request_id": row.public_key,
        "status": "closed" if row.closed_at else "open",
        "status_notes": public.ending_sentence(row) or None,
        "service_name": _said(row.category.title),
        "service_code": row.category.slug,
        "description": row.public_text,
        "agency_responsible": row.given_to.name if row.given_to else settings.PLEIN["ORGANISATION"],
        "service_notice": _said(told) if told and not row.closed_at else None,
        "requested_datetime": _written(row.reported_at),
        "updated_datetime": _written(row.closed_at or row.changed_at),
        "expected_datetime": _written(_end_of(row.promise_on)) if row.promise_on else None,
        "address": public.where_of(row, area),
        "address_id": None,
        "zipcode": None,
        "lat": lat,
        "long": lon,
        "media_url": f"{base}{reverse('reports:photo', args=[row.photo_key])}" if row.photo_key else None,
    }


def _written(at: datetime) -> str:
    return at.astimezone(clock.TOWN).isoformat(timespec="seconds")


def _end_of(day: Any) -> datetime:
    return datetime.combine(day, time(17, 0), tzinfo=clock.TOWN)


@require_GET
@everyone
@_spoken
def one(request: HttpRequest, key: str, *, form: str) -> HttpResponse:
    """Describe one report; two queries."""
    rows = list(_rows(clock.now()).filter(public_key=key))
    if not rows:
        raise NotFound(what=f"service request {key[:40]}")
    return _answer(form, "service_requests", _told(rows))


@require_GET
@everyone
@_spoken
def token(request: HttpRequest, key: str, *, form: str) -> HttpResponse:
    """Give the number of a report by its token: here a report has its number at once, and that is its token too."""
    if not Report.objects.filter(public_key=key, is_hidden=False).exists():
        raise NotFound(what=f"token {key[:40]}")
    return _answer(form, "service_requests", [{"service_request_id": key, "token": key}])


@require_GET
@everyone
@_spoken
def discovery(request: HttpRequest, *, form: str) -> HttpResponse:
    """Tell which versions and formats there are, as Service Discovery asks."""
    base = settings.PLEIN["BASE_URL"]
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": f"{base}/api/open311/v2",
        "changeset": "2011-04-05T00:00:00Z",
        "type": "production",
        "formats": [FORMS[name].partition(";")[0] for name in FORMS],
    }
    told = {
        "changeset": "2026-11-22T00:00:00Z",
        "contact": f"{settings.PLEIN['ORGANISATION']}, {base}",
        "key_service": f"{base}/account",
        "endpoints": [endpoint],
    }
    return _answer(form, "discovery", told)


_BASE = "open311/v2"
addresses = [
    path(f"{_BASE}/discovery.<slug:form>", discovery, name="open311-discovery"),
    path(f"{_BASE}/services.<slug:form>", services, name="open311-services"),
    path(f"{_BASE}/services/<slug:code>.<slug:form>", definition, name="open311-definition"),
    path(f"{_BASE}/requests.<slug:form>", requests, name="open311-requests"),
    path(f"{_BASE}/requests/<slug:key>.<slug:form>", one, name="open311-one"),
    path(f"{_BASE}/tokens/<slug:key>.<slug:form>", token, name="open311-token"),
]
