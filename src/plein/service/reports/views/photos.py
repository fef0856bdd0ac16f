"""Staff look at photos before others see them, and make places unreadable by hand; works without JavaScript."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.files.serving import file_response
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.ui.refusals import parted
from plein.service.reports.actions import blurring
from plein.service.reports.models import Photo
from plein.service.reports.queries import photos
from plein.service.reports.rules.boxes import MOST, box_of, is_box

WIDTH = 720  # of the picture on the page, which a click is measured in


@require_safe
@rights("reports.handle")
def waiting(request: HttpRequest) -> HttpResponse:
    """List the photos that nobody looked at yet."""
    return render(request, "reports/photos.html", {"waiting": photos.waiting(actor_of(request), now=clock.now())})


@require_safe
@rights("reports.handle")
def photo(request: HttpRequest, key: str) -> HttpResponse:
    """Show one photo as others would see it, with what is unreadable, and a way to mark more."""
    found = photos.photo_for(actor_of(request), key, now=clock.now())
    return _page(request, found, [list(box) for box in found.blurs])


@require_safe
@rights("reports.handle")
def original(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give the photo as it came in, for staff; who looks is noted."""
    found = photos.photo_for(actor_of(request), key, may="read", now=clock.now())
    digest = found.sha256 if "groot" in request.GET or not found.preview_sha256 else found.preview_sha256
    return file_response(digest, name="foto.jpg", media_type="image/jpeg", inline=True)


@require_safe
@rights("reports.handle")
def public(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give the photo as others would see it."""
    found = photos.photo_for(actor_of(request), key, now=clock.now())
    return file_response(found.public_sha256, name="foto.jpg", media_type="image/jpeg", inline=True)


@require_POST
@rights("reports.handle")
def mark(request: HttpRequest, key: str) -> HttpResponse:
    """Take a click on the photo or numbers; the second corner makes a box. Nothing is kept until it is saved."""
    found = photos.photo_for(actor_of(request), key, now=clock.now())
    boxes, problem = _boxes(request), ""
    if "remove" in request.POST:
        boxes = [box for place, box in enumerate(boxes) if str(place) != request.POST["remove"]]
        return _page(request, found, boxes)
    spot, start = _spot(request, found), _start(request)
    if spot is None:
        made, problem = _numbers(request), _("Fill in four numbers between 0 and 100, with the second corner further.")
    elif start is None:
        return _page(request, found, boxes, start=spot)
    else:
        made, problem = box_of(start, spot), _("That is too small. Click two corners further apart.")
    if made is None or len(boxes) >= MOST:
        return _page(request, found, boxes, problem=problem, status=422)
    return _page(request, found, [*boxes, made])


@require_POST
@rights("reports.handle")
def save(request: HttpRequest, key: str) -> HttpResponse:
    """Make the marked places unreadable."""
    boxes, seen, by = _boxes(request), request.POST.get("seen", ""), actor_of(request)
    now = clock.now()
    return _done(
        request,
        key,
        lambda: blurring.set_boxes(key, boxes, seen=seen, by=by, now=now),
        _("These places cannot be read any more. Look once more, then show the photo."),
    )


@require_POST
@rights("reports.handle")
def show(request: HttpRequest, key: str) -> HttpResponse:
    """Let everybody see the photo."""
    seen, by, now = request.POST.get("seen", ""), actor_of(request), clock.now()
    return _done(
        request, key, lambda: blurring.show(key, seen=seen, by=by, now=now), _("Everybody can see this photo now.")
    )


@require_POST
@rights("reports.handle")
def hide(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the photo inside."""
    seen, by, now = request.POST.get("seen", ""), actor_of(request), clock.now()
    return _done(request, key, lambda: blurring.hide(key, seen=seen, by=by, now=now), _("This photo stays inside."))


def _done(request: HttpRequest, key: str, change: Callable[[], Any], said: str) -> HttpResponse:
    """Make a change and go back to the photo; a refusal is said there."""
    try:
        change()
    except Refused as refused:
        messages.error(request, " ".join(part for part in parted(refused) if part))
    else:
        messages.success(request, said)
    return redirect("reports:work-photo", key=key)


def _page(
    request: HttpRequest,
    found: Photo,
    boxes: list[list[float]],
    *,
    start: tuple[float, float] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "photo": found,
        "boxes": [[round(part * 100) for part in box] for box in boxes],
        "boxes_json": json.dumps(boxes),
        "start": start,
        "start_json": json.dumps(start) if start else "",
        "start_percent": [round(part * 100) for part in start] if start else None,
        "is_changed": boxes != [list(box) for box in found.blurs],
        "problem": problem,
        "seen": blurring.marks(found),
        "width": min(WIDTH, found.width),
        "height": round(found.height * min(WIDTH, found.width) / max(found.width, 1)),
    }
    return render(request, "reports/photo.html", context, status=status)


def _read(text: str) -> Any:
    try:
        return json.loads(text or "null")
    except ValueError:
        return None


def _boxes(request: HttpRequest) -> list[list[float]]:
    """Read the boxes that the page sent along; what is no box is left out."""
    told = _read(request.POST.get("boxes", ""))
    rows = told if isinstance(told, list) else []
    whole = [row for row in rows if isinstance(row, list) and all(isinstance(part, int | float) for part in row)]
    return [[float(part) for part in row] for row in whole if is_box(row)][:MOST]


def _start(request: HttpRequest) -> tuple[float, float] | None:
    told = _read(request.POST.get("start", ""))
    if isinstance(told, list) and len(told) == 2 and all(isinstance(part, int | float) for part in told):
        return float(told[0]), float(told[1])
    return None


def _spot(request: HttpRequest, found: Photo) -> tuple[float, float] | None:
    """Read where on the picture was clicked: a browser sends spot.x and spot.y, in pixels of the picture."""
    x, y = request.POST.get("spot.x", ""), request.POST.get("spot.y", "")
    if not (x.isdigit() and y.isdigit()):
        return None
    width = min(WIDTH, found.width)
    return int(x) / max(width, 1), int(y) / max(round(found.height * width / max(found.width, 1)), 1)


def _numbers(request: HttpRequest) -> list[float] | None:
    """Read two corners given as numbers, in hundredths of the width and height."""
    told = [request.POST.get(name, "").replace(",", ".") for name in ("left", "top", "right", "bottom")]
    try:
        left, top, right, bottom = (float(part) / 100 for part in told)
    except ValueError:
        return None
    return box_of((left, top), (right, bottom)) if right > left and bottom > top else None
