"""The interface that explains events and gives them to those who would rather fetch than be told."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from ninja.params.functions import Query

from plein.foundation.api.errors import BadInput
from plein.foundation.api.interfaces import ninja_interface
from plein.foundation.api.paging import next_link, page
from plein.foundation.errors import NotFound
from plein.foundation.events.cloudevents import cloud_event, source
from plein.foundation.events.events import Event, schema_of
from plein.foundation.events.listening import announced
from plein.foundation.events.models import Message
from plein.foundation.words import Text

LARGEST = 2**63 - 1
OBJECT = {"content": {"application/json": {"schema": {"type": "object"}}}}
CLOUDEVENT = {"content": {"application/cloudevents+json": {"schema": {"type": "object"}}}}
TOKEN: list[dict[str, list[str]]] = [{"token": []}]

api = ninja_interface(
    "events",
    version="1.0.0",
    title=Text("Gebeurtenissen", "Events"),
    description=Text(
        "Wat er in Plein gebeurt, als CloudEvents volgens het NL GOV-profiel. Ophalen kan hier, op volgorde; wie "
        "liever bericht krijgt, neemt een abonnement (webhook).",
        "What happens in Plein, as CloudEvents in the NL GOV profile. Fetch them here, in order; or subscribe to be "
        "told (webhook).",
    ),
)


@api.get(
    "/types",
    summary="All types of events",
    operation_id="listTypes",
    openapi_extra={"responses": {"200": {"description": "The types", **OBJECT}}},
)
def list_types(request: HttpRequest) -> JsonResponse:
    """List what can happen, and what each type means."""
    found = [_about(event) for _, event in sorted(announced().items()) if event.outward]
    return JsonResponse({"source": source(), "types": found})


@api.get(
    "/types/{type}",
    summary="The schema of one type of event",
    operation_id="readType",
    openapi_extra={"responses": {"200": {"description": "JSON Schema of the data", **OBJECT}}},
)
def read_type(request: HttpRequest, type: str) -> JsonResponse:
    """Give the JSON Schema of the data of one type of event; events point here as their dataschema."""
    event = announced().get(type)
    if event is None or not event.outward:
        raise NotFound(what=type)
    return JsonResponse({"$id": request.build_absolute_uri(request.path), **schema_of(event)})


@api.get(
    "/events",
    summary="Events in the order of their number",
    operation_id="listEvents",
    openapi_extra={"security": TOKEN, "responses": {"200": {"description": "A page of CloudEvents", **OBJECT}}},
)
def list_events(
    request: HttpRequest,
    after: int = Query(0, ge=0, le=LARGEST, description="Give events with a higher sequence number than this."),
    type: str = Query("", max_length=150, description="Give events of this type only."),
    cursor: str = Query("", max_length=500, description="The place of the next page, from `next`."),
    limit: int = Query(100, ge=1, le=1000),
) -> JsonResponse:
    """Give events after a number, so that a receiver that missed some can catch up."""
    rows = Message.objects.filter(outward=True, sequence__gt=after)
    if "\x00" in type:
        raise BadInput(what="type")
    rows = rows.filter(type=type) if type else rows
    found = page(rows, by=["sequence"], cursor=cursor, limit=limit)
    return JsonResponse({"events": [cloud_event(row) for row in found.rows], "next": next_link(request, found.next)})


@api.get(
    "/events/{uuid:id}",
    summary="One event",
    operation_id="readEvent",
    openapi_extra={"security": TOKEN, "responses": {"200": {"description": "A CloudEvent", **CLOUDEVENT}}},
)
def read_event(request: HttpRequest, id: UUID) -> JsonResponse:
    """Give one event again; events point here as their dataref."""
    message = Message.objects.filter(uuid=id, outward=True, sequence__isnull=False).first()
    if message is None:
        raise NotFound(what=str(id))
    return JsonResponse(cloud_event(message), content_type="application/cloudevents+json")


def _about(event: type[Event]) -> dict[str, Any]:
    return {
        "type": event.type,
        "title": {"nl": event.title.nl, "en": event.title.en},
        "schema": schema_of(event),
        "time": "The moment that what announced the event recorded it.",
        "sequence": "Its place among all events of this source; without gaps, with zeros in front.",
    }
