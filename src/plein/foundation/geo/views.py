"""Areas and background for maps, as GeoJSON with an entity tag."""

import re

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from plein.foundation.errors import NotFound
from plein.foundation.geo.layers import Layer, areas_layer, background_layer
from plein.foundation.geo.places import home
from plein.foundation.identity.access import everyone

_GEMEENTE = re.compile(r"GM\d{4}")


def _gemeente(request: HttpRequest) -> str:
    code = request.GET.get("gemeente") or home()
    if not _GEMEENTE.fullmatch(code):
        raise NotFound(what=f"gemeente {code[:20]}")
    return code


def _zoom(request: HttpRequest) -> float:
    try:
        return min(24.0, max(0.0, float(request.GET.get("zoom", "24"))))
    except ValueError:
        return 24.0


def _answer(request: HttpRequest, layer: Layer) -> HttpResponse:
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    etag = f'"{layer.etag}{"-gzip" if packed else ""}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response: HttpResponse
    if etag in known or "*" in known:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(layer.packed if packed else layer.plain, content_type="application/geo+json")
        if packed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = "public, max-age=60, must-revalidate"
    return response


@everyone
@require_safe
def areas(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the gemeenten of the country, or the wijken or buurten of one gemeente (`?gemeente=`, default ours)."""
    gemeente = None if kind == "gemeente" and "gemeente" not in request.GET else _gemeente(request)
    return _answer(request, areas_layer(kind, gemeente=gemeente, zoom=_zoom(request)))


@everyone
@require_safe
def background(request: HttpRequest) -> HttpResponse:
    """Give the water, roads and parks of one gemeente (`?gemeente=`, default ours)."""
    return _answer(request, background_layer(gemeente=_gemeente(request)))
