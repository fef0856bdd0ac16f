"""GeoReport v2 described in OpenAPI, for those who read and for the machines that try it."""

from typing import Any

from plein.foundation.api.interfaces import Document, interface
from plein.foundation.words import Text

TEXT: Document = {"type": "string"}
FORM = {"name": "form", "in": "path", "required": True, "schema": {"type": "string", "enum": ["json", "xml"]}}
KINDS = {"application/json": {"schema": {}}, "text/xml": {"schema": TEXT}}


def _in_path(name: str, said: str) -> Document:
    slug = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
    return {"name": name, "in": "path", "required": True, "schema": slug, "description": said}


def _in_query(name: str, said: str) -> Document:
    return {"name": name, "in": "query", "required": False, "schema": TEXT, "description": said}


def _told(key: str, summary: str, *parameters: Document, status: str = "200", **more: Any) -> Document:
    errors = {code: {"description": said} for code, said in _ERRORS.items()}  # in the form of the standard itself
    found = {"description": summary, "content": KINDS}
    return {
        "summary": summary,
        "operationId": key,
        "tags": ["Open311"],
        "parameters": [FORM, *parameters, _JURISDICTION],
        "responses": {status: found, **errors},
        **more,
    }


_ERRORS = {
    "400": "Something is missing or wrong",
    "403": "The API key is missing or may not do this",
    "404": "It is not there",
}
_JURISDICTION = _in_query("jurisdiction_id", "May be left out: there is one jurisdiction.")
_FIELDS = (
    "api_key",
    "service_code",
    "lat",
    "long",
    "address_string",
    "email",
    "first_name",
    "last_name",
    "phone",
    "description",
)
_BODY: Document = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {"type": "object", "properties": dict.fromkeys(_FIELDS, TEXT), "required": ["service_code"]}
        }
    },
}


@interface(
    "open311",
    version="2.0.0",
    title=Text("Meldingen (Open311)", "Reports (Open311)"),
    description=Text(
        "Meldingen openbare ruimte insturen en lezen volgens Open311 GeoReport v2, in XML en JSON.",
        "File and read reports of public space by Open311 GeoReport v2, in XML and JSON.",
    ),
    open_data=True,
    follows="Open311 GeoReport v2",
)
def document() -> Document:
    """Describe GeoReport v2."""
    listed = _told(
        "listRequests",
        "Reports of the last 90 days, or those that are asked for",
        _in_query("service_request_id", "These numbers, split by commas; overrides all else."),
        _in_query("service_code", "Of these kinds, split by commas."),
        _in_query("status", "open, closed, or both split by a comma."),
        _in_query("start_date", "Reported from this moment on; at most 90 days."),
        _in_query("end_date", "Reported until this moment."),
        _in_query("page", "Which page."),
        _in_query("page_size", "How many on a page, at most 1,000."),
    )
    filed = _told("fileRequest", "File a report", status="201", requestBody=_BODY)
    number = _in_path("key", "The service_request_id.")
    code = _in_path("code", "The service_code.")
    return {
        "paths": {
            "/discovery.{form}": {"get": _told("discover", "Versions and formats")},
            "/services.{form}": {"get": _told("listServices", "What can be reported")},
            "/services/{code}.{form}": {"get": _told("getService", "What is asked of a kind", code)},
            "/requests.{form}": {"get": listed, "post": filed},
            "/requests/{key}.{form}": {"get": _told("getRequest", "How a report stands", number)},
            "/tokens/{key}.{form}": {"get": _told("getToken", "The number of a report by its token", number)},
        }
    }
