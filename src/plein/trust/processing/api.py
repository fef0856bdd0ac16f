"""The log's read API (Logboek Dataverwerkingen, extensie Lezen 1.1) and the public register as an interface.

Source: ../shared/standards/logboek-dataverwerkingen/ldv-lezen-openapi.local.json and rvva-openapi.json.
"""

import json
import re
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from plein.foundation import clock
from plein.foundation.api.interfaces import interface
from plein.foundation.gate.errors import LogNotProtected
from plein.foundation.identity.access import actor_of, everyone, rights
from plein.foundation.words import Text
from plein.trust.processing import actions, queries
from plein.trust.processing.errors import AskWhat

ACTIVITY, PROCESSOR = queries.ACTIVITY, queries.PROCESSOR
SUBJECT, KIND = "dpl.core.data_subject_id", "dpl.core.data_subject_id_type"
TRACE = re.compile(r"^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$", re.IGNORECASE)
LARGEST = 2**63 - 1
HERE = {"127.0.0.1", "::1"}


@require_POST
@rights("gate.read-log")
def processing_activities(request: HttpRequest) -> HttpResponse:
    """Give the log lines of a trace, an activity or a data subject, newest first, at most a thousand."""
    if not request.is_secure() and request.META.get("REMOTE_ADDR") not in HERE:
        raise LogNotProtected()
    found = actions.read_log(_search(request.body), by=actor_of(request), now=clock.now())
    return JsonResponse({"processingActivities": queries.in_shape(found)})


def _search(body: bytes) -> queries.Search:
    """Read what is asked for.

    Raises AskWhat.
    """
    try:
        said = json.loads(body)
    except ValueError as error:
        raise AskWhat(reason="The body is not JSON.") from error
    if not isinstance(said, dict):
        raise AskWhat(reason="The body is not an object.")
    words = {name: _word(said, name) for name in ("traceId", ACTIVITY, SUBJECT, KIND, PROCESSOR)}
    if not (words["traceId"] or words[ACTIVITY] or words[SUBJECT]):
        raise AskWhat(reason="None of them is there.")
    if words["traceId"] and not TRACE.fullmatch(words["traceId"]):
        raise AskWhat(reason="traceId is not a UUID.")
    return queries.Search(
        trace_id=words["traceId"].replace("-", "").lower(),
        activity_uri=words[ACTIVITY],
        subject=words[SUBJECT],
        subject_kind=words[KIND],
        processor=words[PROCESSOR],
        start_ms=_moment(said, "startTime"),
        end_ms=_moment(said, "endTime"),
    )


def _word(said: dict[str, Any], name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or "\0" in value:
        raise AskWhat(reason=f"{name} is not text.")
    return value


def _moment(said: dict[str, Any], name: str) -> int | None:
    if name not in said:
        return None
    value = said[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise AskWhat(reason=f"{name} is not a whole number.")
    if not -LARGEST <= value <= LARGEST:
        raise AskWhat(reason=f"{name} is too large.")
    return int(value)


@require_safe
@everyone
def activity(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Tell whether an activity is active and which version is the latest."""
    found = _found(uid)
    return JsonResponse({name: found[name] for name in ("active", "latestVersion", "id")})


@require_safe
@everyone
def version(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """Give one version of an activity."""
    for one in _found(uid)["versions"]:
        if one["version"] == number:
            return JsonResponse(one)
    raise Http404


@require_safe
@everyone
def entity(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give the organisation that is responsible."""
    if str(uid) != queries.controller()["id"]:
        raise Http404
    return JsonResponse(queries.controller())


@require_safe
@everyone
def activities(request: HttpRequest) -> HttpResponse:
    """List the activities."""
    rows = queries.exported()["processingActivities"]
    return JsonResponse({"processingActivities": [{k: v for k, v in row.items() if k != "versions"} for row in rows]})


def _found(uid: UUID) -> dict[str, Any]:
    for one in queries.exported()["processingActivities"]:
        if one["id"] == str(uid):
            return dict(one)
    raise Http404


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


def _text(pattern: str = "", form: str = "") -> dict[str, Any]:
    return {"type": "string", **({"pattern": pattern} if pattern else {}), **({"format": form} if form else {})}


ATTRIBUTES = {ACTIVITY: _text(form="uri"), SUBJECT: _text(), KIND: _text(), PROCESSOR: _text(form="uri")}
WHOLE = {"type": "integer", "format": "int64", "minimum": 0, "maximum": LARGEST}


@interface(
    "logboek",
    version="1.1.0",
    title=Text("Logboek dataverwerkingen", "Processing log"),
    description=Text(
        "Wie voor welke verwerking gegevens over wie heeft gebruikt. Alleen voor wie daartoe bevoegd is.",
        "Who used data about whom, for which activity. For those entitled only.",
    ),
    follows="Logboek Dataverwerkingen, extensie Lezen 1.1",
)
def log_document() -> dict[str, Any]:
    """Describe the read API."""
    asked = {
        "type": "object",
        "properties": {**ATTRIBUTES, "traceId": _text(form="uuid"), "startTime": WHOLE, "endTime": WHOLE},
        "anyOf": [{"required": [name]} for name in ("traceId", ACTIVITY, SUBJECT)],
    }
    line = {
        "type": "object",
        "required": ["traceId", "spanId", "status", "name", "startTime", "endTime"],
        "properties": {
            "traceId": _text(form="uuid"),
            "spanId": _text("^[0-9a-f]{16}$"),
            "parentSpanId": _text("^[0-9a-f]{16}$"),
            "status": {"type": "string", "enum": ["Unset", "Ok", "Error"]},
            "name": _text(),
            "startTime": WHOLE,
            "endTime": WHOLE,
            "resource": {"type": "object", "properties": {"attributes": {"type": "object"}}},
            "attributes": {"type": "object", "properties": ATTRIBUTES},
        },
    }
    found = {
        "type": "object",
        "required": ["processingActivities"],
        "properties": {"processingActivities": {"type": "array", "items": line}},
    }
    operation = {
        "operationId": "listProcessingActivitiesPost",
        "summary": "Find log lines",
        "description": "Finds lines by trace, activity or data subject: newest first, at most a thousand.",
        "tags": ["ProcessingActivities"],
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked}}},
        "responses": {
            "200": {"description": "The lines", "content": {"application/json": {"schema": found}}},
            "400": _problem("No trace, activity or data subject is named, or in a wrong form"),
            "401": _problem("No valid token"),
            "403": _problem("Not entitled, or nothing is registered for reading the log"),
        },
        "security": [{"token": []}],
    }
    return {"paths": {"/processing-activities": {"post": operation}}}


def _given(description: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {"200": {"description": description, "content": content}, "404": _problem("There is none")}


def _get(name: str, description: str, *parameters: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    found = [{"name": n, "in": "path", "required": True, "schema": schema} for n, schema in parameters]
    responses = _given(description)
    if not parameters:
        responses.pop("404")
    said = {"operationId": name, "summary": description, "description": f"{description}, from the public register."}
    return {"get": {**said, "tags": ["Register"], "parameters": found, "responses": responses}}


@interface(
    "verwerkingen",
    version="0.1.0",
    path_version="v0",
    title=Text("Register van verwerkingen", "Register of processing activities"),
    description=Text("Het openbare register, voor programma's.", "The public register, for programs."),
    open_data=True,
    follows="Processing Activities Register API 0.1 (Logius)",
)
def register_document() -> dict[str, Any]:
    """Describe the register as an interface."""
    uid = _text(form="uuid")
    number = {"type": "integer", "minimum": 1, "maximum": 100_000}
    one = "/processing_activities/{processingActivityId}"
    return {
        "paths": {
            "/processing_activities": _get("listActivities", "The activities"),
            one: _get("getActivity", "An activity", ("processingActivityId", uid)),
            one + "/versions/{processingActivityVersionNumber}": _get(
                "getActivityVersion",
                "A version of an activity",
                ("processingActivityId", uid),
                ("processingActivityVersionNumber", number),
            ),
            "/entities/{entityId}": _get("getEntity", "The organisation that is responsible", ("entityId", uid)),
        }
    }
