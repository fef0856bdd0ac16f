"""The catalogue for other catalogues, in DCAT-AP-NL."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from plein.foundation import clock
from plein.foundation.api.etags import etag_of, not_modified
from plein.foundation.identity.access import everyone
from plein.insight.opendata.queries import dcat, products

BY_MEDIA = {
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/json": "jsonld",
    "application/rdf+xml": "rdf",
    "application/xml": "rdf",
}


def publisher() -> dcat.Publisher:
    """Say who publishes."""
    mine = settings.PLEIN
    return dcat.Publisher(mine["BASE_URL"], mine["ORGANISATION"], mine["GEMEENTE"], mine["CONTACT_EMAIL"])


@everyone
@require_safe
def catalogue(request: HttpRequest, notation: str) -> HttpResponseBase:
    """Give the catalogue in a notation; `?hvd` gives only the high-value datasets."""
    found = products.listed(clock.now())
    if "hvd" in request.GET:
        found = [one for one in found if one.contract.hvd]
    etag = etag_of(notation, publisher(), [dcat.stamp(one) for one in found])
    if same := not_modified(request, etag):
        return same
    answer = HttpResponse(
        dcat.write(found, publisher(), notation), content_type=f"{dcat.NOTATIONS[notation][1]}; charset=utf-8"
    )
    answer.headers["ETag"] = etag
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@everyone
@require_safe
def negotiated(request: HttpRequest) -> HttpResponse:
    """Send a reader to the notation it prefers, and people to the portal."""
    wanted = request.get_preferred_type(["text/html", *BY_MEDIA])
    if wanted == "text/html":
        address = reverse("opendata:portal")
    else:
        address = reverse("opendata:catalogue", args=[BY_MEDIA.get(wanted or "", "ttl")])
    query = request.META.get("QUERY_STRING", "")
    answer = HttpResponseRedirect(f"{address}?{query}" if query else address)
    answer.status_code = 303
    answer.headers["Vary"] = "Accept"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
