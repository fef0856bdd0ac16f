"""The page with all interfaces, and the document of each."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language

from plein.foundation.api.interfaces import Interface, all_interfaces
from plein.foundation.api.openapi import METHODS, document_of
from plein.foundation.identity.access import everyone


@everyone
def openapi(request: HttpRequest, name: str, major: str) -> HttpResponse:
    """Give the OpenAPI document of an interface."""
    return JsonResponse(document_of(_found(name, major), language=get_language() or "nl"))


@everyone
def interfaces(request: HttpRequest) -> HttpResponse:
    """List all interfaces."""
    return render(request, "api/interfaces.html", {"interfaces": all_interfaces()})


@everyone
def one_interface(request: HttpRequest, name: str, major: str) -> HttpResponse:
    """Show what one interface can do, for people."""
    found = _found(name, major)
    document = document_of(found, language=get_language() or "nl")
    operations = [
        _operation(path, method, said, document)
        for path, item in document["paths"].items()
        for method, said in item.items()
        if method in METHODS
    ]
    return render(request, "api/interface.html", {"interface": found, "document": document, "operations": operations})


def _found(name: str, major: str) -> Interface:
    for one in all_interfaces():
        if (one.name, one.major) == (name, major):
            return one
    raise Http404


def _operation(path: str, method: str, said: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    item = document["paths"][path]
    return {
        "id": said["operationId"],
        "method": method.upper(),
        "path": document["servers"][0]["url"] + path,
        "summary": said.get("summary", ""),
        "description": said.get("description", ""),
        "parameters": [_parameter(one) for one in [*item.get("parameters", []), *said.get("parameters", [])]],
        "answers": [(status, answer.get("description", "")) for status, answer in said["responses"].items()],
    }


def _parameter(said: dict[str, Any]) -> dict[str, str]:
    meaning = said.get("description") or said.get("schema", {}).get("description") or ""
    return {"name": said.get("name", ""), "in": said.get("in", ""), "meaning": meaning}
