"""Reports for everybody: the list with its map, one report, and photos that may be shown."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from plein.foundation import clock
from plein.foundation.files.serving import file_response
from plein.foundation.geo import places
from plein.foundation.identity.access import everyone
from plein.service.reports.models import Photo
from plein.service.reports.queries import categories, public
from plein.service.reports.queries.public import Wanted


@everyone
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List reports with what was done, on a map too."""
    now = clock.now()
    given = {name: request.GET.get(word, "")[:80] for name, word in ASKED.items()}
    wanted = Wanted(**given)
    lines, older = public.page_of(wanted, now=now)
    query = request.GET.copy()
    query["voor"] = older
    context = {
        "lines": lines,
        "older": f"?{query.urlencode()}" if older else "",
        "map": public.map_of(wanted, now=now),
        "wanted": wanted,
        "mains": categories.mains(),
        "areas": places.areas("buurt", places.home()),
        "states": public.KINDS,
        "phone": settings.PLEIN["PHONE"],
    }
    return render(request, "reports/list.html", context)


ASKED = {"main": "soort", "area": "gebied", "state": "stand", "before": "voor"}


@everyone
@require_safe
def report(request: HttpRequest, key: str) -> HttpResponse:
    """Show one report to everybody: its public words, its place as its kind may be shown, and what was done."""
    return render(request, "reports/report.html", {"shown": public.report_of(key, now=clock.now())})


@everyone
@require_safe
def photo(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show a photo in which nobody can be recognised."""
    found = get_object_or_404(Photo, key=key, state="ready", report__is_hidden=False, report__category__is_public=True)
    digest = found.public_sha256 if "groot" in request.GET else found.public_preview_sha256 or found.public_sha256
    return file_response(digest, name="foto.jpg", media_type="image/jpeg", inline=True)
