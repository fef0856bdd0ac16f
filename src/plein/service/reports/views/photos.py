"""A photo as staff look at it: made unreadable where needed, then shown to others or kept inside."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from plein.casework.cases.queries import zaak_for
from plein.foundation import clock
from plein.foundation.files.serving import file_response
from plein.foundation.identity.access import actor_of, rights
from plein.service.reports.actions import photos
from plein.service.reports.models import Photo
from plein.service.reports.views.notices import tell

ACROSS, DOWN = 12, 9


def _photo(request: HttpRequest, key: str, may: str) -> Photo:
    """Find a photo of a case that the actor has a task in.

    Raises NoBusiness, NoSuchCase.
    """
    found = get_object_or_404(Photo.objects.select_related("report__zaak"), key=key)
    found.report.zaak = zaak_for(actor_of(request), found.report.zaak.uuid, may=may, now=clock.now())
    return found


@never_cache
@rights("reports.handle")
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: HttpRequest, key: str) -> HttpResponse:
    """Tick the parts that nobody may recognise, and show the photo or keep it inside."""
    found = _photo(request, key, "write" if request.method == "POST" else "read")
    if request.method == "POST":
        wide, high = 1 / ACROSS, 1 / DOWN
        cells = [one.split("-") for one in request.POST.getlist("part") if one.count("-") == 1]
        numbers = [
            (int(x), int(y)) for x, y in cells if x.isdigit() and y.isdigit() and int(x) < ACROSS and int(y) < DOWN
        ]
        blurs = [[x * wide, y * high, wide, high] for x, y in sorted(set(numbers))]
        show = request.POST.get("show") == "yes"
        photos.publish(found, blurs=blurs, show=show, by=actor_of(request), now=clock.now())
        tell(request, _("The photo is being drawn, and shown in a moment.") if show else _("The photo stays inside."))
        return redirect("desk:case", found.report.zaak.uuid)
    ticked = {(round(part[0] * ACROSS), round(part[1] * DOWN)) for part in found.blurs}
    grid = [[(x, y, (x, y) in ticked) for x in range(ACROSS)] for y in range(DOWN)]
    return render(request, "reports/desk/photo.html", {"photo": found, "grid": grid, "zaak": found.report.zaak})


@never_cache
@rights("reports.handle")
@require_safe
def file(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show the photo as it came in, to staff with a task in its case."""
    found = _photo(request, key, "read")
    digest = found.sha256 if "groot" in request.GET else found.preview_sha256 or found.sha256
    return file_response(digest, name="foto.jpg", media_type="image/jpeg", inline=True)
