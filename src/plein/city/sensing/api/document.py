"""The interface described in OpenAPI, for those who read and for the machines that try it."""

from typing import Any

from plein.city.sensing.api.entities import SETS
from plein.foundation.api.interfaces import Document, interface
from plein.foundation.words import Text

DESCRIPTION = Text(
    "Alles wat in de openbare ruimte wordt gemeten, volgens OGC SensorThings 1.1: lezen, en met een sleutel schrijven.",
    "All that is measured in public space, by OGC SensorThings 1.1: to read and, with a token, to write.",
)
TEXT: Document = {"type": "string"}
WHOLE: Document = {"type": "integer", "minimum": 0}
OPTIONS: dict[str, tuple[Document, str]] = {
    "$filter": (TEXT, "A condition, such as result gt 5."),
    "$expand": (TEXT, "Related entities to give along, with options of their own."),
    "$select": (TEXT, "Properties to give."),
    "$orderby": (TEXT, "What to sort by, each with asc or desc."),
    "$top": ({**WHOLE, "maximum": 10000}, "Entities on a page."),
    "$skip": (WHOLE, "Entities to pass over."),
    "$count": ({"type": "boolean"}, "Also count all."),
}


def _query(name: str) -> Document:
    schema, said = OPTIONS[name]
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": said}


def _json(said: str) -> Document:
    return {"description": said, "content": {"application/json": {"schema": {"type": "object"}}}}


def _body(schema: Document) -> Document:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _operation(summary: str, key: str, answers: Document, **more: Any) -> Document:
    return {"summary": summary, "operationId": key, "tags": ["SensorThings"], "responses": answers, **more}


@interface(
    "sensorthings",
    version="1.1.0",
    title=Text("Metingen (SensorThings)", "Readings (SensorThings)"),
    description=DESCRIPTION,
    open_data=True,
    follows="OGC SensorThings 1.1",
    path_version="v1.1",
)
def document() -> Document:
    """Describe the sets; what lies deeper follows the same pattern."""
    paths: Document = {}
    for name, kind in SETS.items():
        parameters = [_query(option) for option in OPTIONS]
        one = kind.name
        paths[f"/{name}"] = {
            "get": _operation(f"Give {name}", f"get{name}", {"200": _json(name)}, parameters=parameters),
            "post": _operation(
                f"Create a {one}",
                f"create{one}",
                {"201": {"description": "Where it is, in the header Location."}},
                requestBody=_body({"type": "object"}),
                security=[{"token": []}],
            ),
        }
    block = {"type": "array", "items": {"type": "object"}}
    paths["/CreateObservations"] = {
        "post": _operation(
            "Create observations from data arrays",
            "createObservations",
            {"201": {"description": "The address of each.", "content": {"application/json": {"schema": {}}}}},
            requestBody=_body(block),
            security=[{"token": []}],
        )
    }
    return {"paths": paths}
