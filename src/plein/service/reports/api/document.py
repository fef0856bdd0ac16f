"""The interface described in OpenAPI, for those who read and for the machines that try it."""

from typing import Any

from plein.foundation.api.interfaces import Document, interface
from plein.foundation.words import Text

TEXT: Document = {"type": "string"}
UUID: Document = {"type": "string", "format": "uuid"}
SIGNAL: Document = {
    "type": "object",
    "required": ["text", "category", "location"],
    "properties": {
        "text": {"type": "string", "minLength": 1},
        "category": {"type": "object", "properties": {"sub_category": TEXT, "category_url": TEXT}},
        "location": {
            "type": "object",
            "required": ["geometrie"],
            "properties": {
                "geometrie": {
                    "type": "object",
                    "required": ["coordinates"],
                    "properties": {
                        "type": TEXT,
                        "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                    },
                },
                "address": {"type": "object", "nullable": True},
            },
        },
        "reporter": {"type": "object", "properties": {"email": TEXT, "phone": TEXT}},
    },
}


def _json(said: str, kind: str = "application/json") -> Document:
    return {"description": said, "content": {kind: {"schema": {"type": "object"}}}}


def _get(key: str, summary: str, *parameters: Document, kind: str = "application/json") -> Document:
    told = {"summary": summary, "operationId": key, "tags": ["Signalen"], "responses": {"200": _json(summary, kind)}}
    return {"get": {**told, "parameters": list(parameters)} if parameters else told}


def _post(key: str, summary: str, body: Document, *parameters: Document) -> Document:
    told: dict[str, Any] = {"summary": summary, "operationId": key, "tags": ["Signalen"]}
    told |= {"requestBody": {"required": True, "content": body}, "responses": {"201": _json(summary)}}
    return {"post": {**told, "parameters": list(parameters)} if parameters else told}


def _in_path(name: str, schema: Document = TEXT) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(name: str, said: str) -> Document:
    return {"name": name, "in": "query", "required": False, "schema": TEXT, "description": said}


@interface(
    "signals",
    version="1.0.0",
    title=Text("Meldingen (Signalen)", "Reports (Signalen)"),
    description=Text(
        "Meldingen openbare ruimte insturen en volgen, in de vorm van Signalen v1: clients van Signalen werken hier.",
        "File and follow reports of public space, in the shape of Signalen v1: clients of Signalen work here.",
    ),
    open_data=True,
    follows="Signalen v1",
)
def document() -> Document:
    """Describe the public part of Signalen v1."""
    uuid, slug, sub = _in_path("uuid", UUID), _in_path("slug"), _in_path("sub_slug")
    file = {"multipart/form-data": {"schema": {"type": "object", "properties": {"file": {**TEXT, "format": "binary"}}}}}
    return {
        "paths": {
            "/public/signals/": _post("fileSignal", "File a report", {"application/json": {"schema": SIGNAL}}),
            "/public/signals/{uuid}": _get("getSignal", "How a report stands", uuid),
            "/public/signals/{uuid}/attachments/": _post("attachToSignal", "Add a photo", file, uuid),
            "/public/signals/geography/": _get(
                "getSignalsGeography",
                "Open reports on the map",
                _in_query("maincategory_slug", "Of this group only; may be repeated."),
                _in_query("category_slug", "Of this kind only; may be repeated."),
                _in_query("bbox", "Within west,south,east,north."),
                _in_query("page", "Which page of 4,000; without any parameter all come at once."),
                kind="application/geo+json",
            ),
            "/public/terms/categories/": _get("getCategories", "The categories by group"),
            "/public/terms/categories/{slug}": _get("getCategory", "A group of categories", slug),
            "/public/terms/categories/{slug}/sub_categories/{sub_slug}": _get(
                "getSubCategory", "A category", slug, sub
            ),
            "/public/questions/categories/{slug}/sub_categories/{sub_slug}": _get(
                "getQuestions", "What is asked besides", slug, sub
            ),
            "/public/areas/": _get("getAreas", "Neighbourhoods", _in_query("type_code", "wijk or buurt.")),
        }
    }
