"""The OpenAPI document of an interface: its own paths, completed with what all interfaces share.

Source: NL API Design Rules, https://logius-standaarden.github.io/API-Design-Rules/
"""

from copy import deepcopy
from typing import Any

from django.conf import settings

from plein.foundation.api.interfaces import Document, Interface

METHODS = ("get", "put", "post", "delete", "patch")
PROBLEM = {
    "type": "object",
    "description": "What went wrong, why, and what to do now (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "code": {"type": "string", "description": "A word that stays the same for this kind of problem."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "in": {"type": "string"},
                    "location": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
ERRORS = {
    "400": "A parameter or the content cannot be used.",
    "401": "A token is needed, or the token does not work.",
    "403": "This token or role may not do this.",
    "404": "There is nothing at this address.",
    "429": "Too many requests.",
}
OWN_PATH = {
    "get": {
        "summary": "This document",
        "operationId": "openapi",
        "responses": {
            "200": {"description": "OpenAPI", "content": {"application/json": {"schema": {"type": "object"}}}}
        },
    }
}


def document_of(interface: Interface, *, language: str) -> Document:
    """Give the whole document of an interface."""
    fragment = deepcopy(interface.fragment())
    paths = {**fragment.get("paths", {}), "/openapi.json": deepcopy(OWN_PATH)}
    return {
        "openapi": fragment.get("openapi", "3.1.0"),
        "info": _info(interface, language),
        "servers": [{"url": settings.PLEIN["BASE_URL"] + interface.root}],
        "tags": [{"name": interface.name}],
        "paths": {path: _path(interface, path, item) for path, item in paths.items()},
        "components": _components(fragment.get("components", {})),
        "security": [{}, {"token": []}],
    }


def _info(interface: Interface, language: str) -> Document:
    mine = settings.PLEIN
    return {
        "title": interface.title.said(language),
        "description": interface.description.said(language),
        "version": interface.version,
        "contact": {"name": mine["ORGANISATION"], "url": mine["BASE_URL"], "email": mine["CONTACT_EMAIL"]},
        "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/nl/"},
    }


def _components(own: Document) -> Document:
    return {
        **own,
        "schemas": {**own.get("schemas", {}), "Problem": PROBLEM},
        "headers": {
            **own.get("headers", {}),
            "API-Version": {"description": "The full version of this interface.", "schema": {"type": "string"}},
        },
        "responses": {
            **own.get("responses", {}),
            **{f"Problem{status}": _problem_response(said) for status, said in ERRORS.items()},
        },
        "securitySchemes": {**own.get("securitySchemes", {}), "token": {"type": "http", "scheme": "bearer"}},
    }


def _problem_response(said: str) -> Document:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": said, "content": content}


def _path(interface: Interface, path: str, item: Document) -> Document:
    shared: list[Any] = item.get("parameters", [])
    return {
        method: _operation(interface, path, method, said, bool(shared)) if method in METHODS else said
        for method, said in item.items()
    }


def _operation(interface: Interface, path: str, method: str, said: Document, shared: bool) -> Document:
    has_input = shared or bool(said.get("parameters")) or method in ("put", "post", "patch")
    expected = ["429"] + ["400"] * has_input + ["404"] * ("{" in path)
    expected += ["401", "403"] if said.get("security") or method not in ("get",) else []
    problems = {status: {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(expected)}
    own = {str(status): _response(str(status), answer) for status, answer in said["responses"].items()}
    return {
        "operationId": f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '') or 'root'}",
        "tags": [interface.name],
        **{name: value for name, value in said.items() if name != "tags"},
        "responses": {**problems, **own},
    }


def _response(status: str, answer: Document) -> Document:
    if status[0] not in "23" or "$ref" in answer:
        return answer
    version = {"$ref": "#/components/headers/API-Version"}
    return {**answer, "headers": {**answer.get("headers", {}), "API-Version": version}}
