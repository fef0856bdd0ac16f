"""Cases for machines of staff and partners: a page of those they may see, and one of them; each look is logged."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from plein.casework.cases import queries as cases
from plein.casework.cases.models import Rol, Zaak
from plein.casework.cases.models.types import Vertrouwelijkheid
from plein.casework.desk.queries import choice_of
from plein.foundation import clock
from plein.foundation.api.errors import BadInput
from plein.foundation.api.interfaces import Document, interface
from plein.foundation.errors import NotFound
from plein.foundation.gate import door as gate
from plein.foundation.gate.log import Subjects
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.identity.actors import Actor
from plein.foundation.words import Text

MOST = 100
FIELDS = ("omschrijving", "toelichting", "plaats", "status")
LISTED = ("omschrijving", "plaats", "status")
_WORDS = {value: name.lower() for name, value in Vertrouwelijkheid.__members__.items()}


def _with_person(rows: Any) -> Any:
    """Have the database say along who asked, so that the log knows whom a case is about."""
    first = Rol.objects.filter(zaak=OuterRef("pk"), person__isnull=False).order_by("pk")
    return rows.annotate(asked_by=Subquery(first.values("person__uuid")[:1]))


_LISTED = (
    "identificatie", "omschrijving", "startdatum", "einddatum", "einddatum_gepland", "uiterlijke_einddatum_afdoening",
    "uuid", "zaaktype_id", "status_id", "vertrouwelijkheid", "lon", "lat", "buurt_code", "handler_id", "priority",
    "version", "kanaal", "registratiedatum",
)  # fmt: skip


def _case(row: Zaak) -> dict[str, Any]:
    """Say of a case in a list what its facts are; all but its text."""
    facts = {name: getattr(row, name) for name in _LISTED}
    team = row.team.key if row.team else None
    told = _told({**facts, "team__key": team, "toelichting": None}, cases.catalogus().by_id[row.zaaktype_id])
    del told["toelichting"]
    return told


@require_GET
@rights("cases.read")
@transaction.atomic
def listed(request: HttpRequest) -> HttpResponse:
    """List a page of the cases that may be seen: two queries, one for whom they are about, and one line in the log."""
    actor, now = actor_of(request), clock.now()
    told = request.GET.dict()
    wanted = {"view": told.get("view") or "all", **{_SHORT.get(name, name): value for name, value in told.items()}}
    if wanted["view"] not in ("all", "mine", "team", "free"):
        raise BadInput(what="view is all, mine, team or free")
    filters = choice_of(wanted, actor=actor, now=now).filters
    page = cases.worklist(actor, filters, after=told.get("after", ""), now=now, size=_size(told.get("limit", "")))
    _note(page.rows, by=actor, now=now)
    following = f"{request.path}?{_following(request, page.next)}" if page.next else None
    links = {"self": {"href": request.get_full_path()}, "next": {"href": following}}
    return _json({"results": [_case(row) for row in page.rows], "_links": links})


_SHORT = {"zaaktype": "type", "buurt": "area", "wijk": "area"}


def _following(request: HttpRequest, after: str) -> str:
    asked = request.GET.copy()
    asked["after"] = after
    return asked.urlencode()


def _size(text: str) -> int:
    return min(int(text), MOST) if text.isascii() and text.isdigit() and 0 < len(text) < 5 and int(text) else MOST


def _note(rows: list[Zaak], *, by: Actor, now: Any) -> None:
    """Write one line in the log for each kind of case in a page, about the persons in them, else about the cases."""
    if not rows:
        return
    known = dict(_with_person(Zaak.objects.filter(pk__in=[row.pk for row in rows])).values_list("pk", "asked_by"))
    activities: dict[str, list[Zaak]] = {}
    for row in rows:
        activities.setdefault(row.zaaktype.activity, []).append(row)
    for activity, held in activities.items():
        persons = sorted({known[row.pk].hex for row in held if known.get(row.pk)})
        others = [row.uuid.hex for row in held if not known.get(row.pk)]
        subjects = [Subjects("person", persons)] * bool(persons) + [Subjects("case", others)] * bool(others)
        gate.note_use(activity, subjects=subjects, fields=LISTED, about="zaken", by=by, now=now)


@require_GET
@rights("cases.read")
@transaction.atomic
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give one case: one query, and one line in the log."""
    actor, now = actor_of(request), clock.now()
    row = cases.facts_of(actor, uuid, now=now)
    if row is None:
        cases.zaak_for(actor, uuid, now=now)  # refuses, and keeps that
        raise NotFound(what=f"case {uuid}")
    parts = cases.catalogus().by_id[row["zaaktype_id"]]
    person = row["asked_by"]
    subjects = Subjects("person", [person.hex]) if person else Subjects("case", [uuid.hex])
    about = f"zaak:{uuid.hex}"
    gate.note_use(parts.zaaktype.activity, subjects=subjects, fields=FIELDS, about=about, by=actor, now=now)
    answer = _json(_told(row, parts))
    answer.headers["ETag"] = f'"{row["version"]}"'
    return answer


def _told(row: dict[str, Any], parts: cases.Parts) -> dict[str, Any]:
    """Say of a case what its facts are, by the names of the ZGW standard."""
    has_place = row["lon"] is not None
    return {
        "uuid": str(row["uuid"]),
        "identificatie": row["identificatie"],
        "zaaktype": parts.zaaktype.identificatie,
        "omschrijving": row["omschrijving"],
        "toelichting": row["toelichting"],
        "kanaal": row["kanaal"],
        "status": cases.catalogus().statuses[row["status_id"]].key,
        "registratiedatum": row["registratiedatum"],
        "startdatum": row["startdatum"],
        "einddatum": row["einddatum"],
        "einddatumGepland": row["einddatum_gepland"],
        "uiterlijkeEinddatumAfdoening": row["uiterlijke_einddatum_afdoening"],
        "vertrouwelijkheidaanduiding": _WORDS[row["vertrouwelijkheid"]],
        "team": row["team__key"],
        "handler": row["handler_id"],
        "priority": row["priority"],
        "zaakgeometrie": {"type": "Point", "coordinates": [row["lon"], row["lat"]]} if has_place else None,
        "buurt": row["buurt_code"] or None,
        "version": row["version"],
    }


def _json(body: Any) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body, enc_hook=_said), content_type="application/json")


def _said(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _query(name: str, said: str) -> Document:
    return {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": said}


def _answer(said: str) -> Document:
    return {"200": {"description": said, "content": {"application/json": {"schema": {"type": "object"}}}}}


@interface(
    "cases",
    version="1.0.0",
    title=Text("Zaken", "Cases"),
    description=Text(
        "De zaken die u mag zien, met de namen van de ZGW-standaard. Elke inzage staat in het logboek.",
        "The cases that you may see, with the names of the ZGW standard. Each look stands in the log.",
    ),
)
def document() -> Document:
    """Describe the list and one case."""
    security = [{"token": []}]
    parameters = [
        _query("view", "all, mine, team or free (nobody's yet)."),
        _query("state", "open, closed or all."),
        _query("zaaktype", "Of this type."),
        _query("status", "With this status."),
        _query("buurt", "In this buurt or wijk."),
        _query("priority", "1, 2 or 3."),
        _query("overdue", "yes: only past their day."),
        _query("q", "A reference number, or words of the title."),
        _query("limit", "At most this many, up to 100."),
        _query("after", "Where the page starts, as the link to it says."),
    ]
    key = {"name": "uuid", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    said: dict[str, Any] = {"tags": ["Cases"], "security": security}
    return {
        "paths": {
            "/cases": {
                "get": {
                    "summary": "Cases that you may see",
                    "operationId": "listCases",
                    "parameters": parameters,
                    "responses": _answer("A page of cases"),
                    **said,
                }
            },
            "/cases/{uuid}": {
                "get": {
                    "summary": "One case",
                    "operationId": "readCase",
                    "parameters": [key],
                    "responses": _answer("The case"),
                    **said,
                }
            },
        }
    }


addresses = [
    path("cases/v1/cases", listed, name="cases"),
    path("cases/v1/cases/<uuid:uuid>", one, name="case"),
]
