"""Pages and files of the frame itself."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from plein.foundation.identity.access import everyone
from plein.foundation.ui.appearance import CHOICES, COOKIE

YEAR_S = 365 * 24 * 3600


@csrf_exempt  # It only changes how the page looks, and a token would make every page differ per visitor.
@everyone
@require_POST
def choose_appearance(request: HttpRequest) -> HttpResponse:
    """Keep the visitor's choice of light or dark and go back to the page."""
    back = request.POST.get("back", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    response = HttpResponseRedirect(back if safe else "/")
    chosen = request.POST.get("appearance", "auto")
    if chosen in CHOICES:
        response.set_cookie(COOKIE, chosen, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure())
    return response


@everyone
@require_GET
def theme(request: HttpRequest) -> HttpResponseBase:
    """Give the municipality's own tokens (setting PLEIN_THEME)."""
    path = Path(settings.PLEIN["THEME"] or "")
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), content_type="text/css; charset=utf-8")
