"""An inspector's round on a phone: what is near, and what was found there."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from plein.casework.cases.queries import visible_to, zaak_for
from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.geo import places
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.ui.refusals import sentence
from plein.service.reports.actions import rounds
from plein.service.reports.models import Report
from plein.service.reports.views.notices import tell

MOST = 25
LONGEST_AWAY = timedelta(days=7)


@never_cache
@rights("reports.inspect")
@require_http_methods(["GET", "HEAD", "POST"])
def walk(request: HttpRequest) -> HttpResponse:
    """List the open reports of one's teams, in one neighbourhood or everywhere, and take what was found."""
    problem, said = _take(request) if request.method == "POST" else ("", "")
    if request.method == "POST" and "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"said": problem or said}, status=422 if problem else 200)
    if said:
        tell(request, said)
        return redirect(request.get_full_path())
    area = request.GET.get("gebied", "")[:10]
    context = {
        "rows": _rows(request, area),
        "areas": places.areas("buurt", places.home()),
        "area": area,
        "problem": problem,
    }
    return render(request, "reports/desk/round.html", context, status=422 if problem else 200)


def _rows(request: HttpRequest, area: str) -> list[tuple[Report, str]]:
    mine = visible_to(actor_of(request), may="write", now=clock.now()).values("pk")
    rows = Report.objects.filter(zaak__in=mine, closed_at=None).select_related("zaak", "category", "asset")
    rows = rows.filter(buurt_code=area) if area else rows
    ordered = rows.order_by("zaak__priority", "buurt_code", "address", "id")[:MOST]
    return [(row, secrets.token_hex(16)) for row in ordered]


@never_cache
@rights("reports.inspect")
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Give the script that keeps the page of the round on the phone; it may do so for that page only."""
    found = finders.find("reports/round-worker.js")
    place = Path(found) if isinstance(found, str) else settings.STATIC_ROOT / "reports/round-worker.js"
    answer = HttpResponse(place.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer.headers["Service-Worker-Allowed"] = reverse("reports:round")
    return answer


def _done_at(text: str, now: datetime) -> datetime:
    """Read when the phone says that it was done: in the last week, and never in the future."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return now
    return at if at.tzinfo is not None and now - LONGEST_AWAY <= at <= now else now


def _take(request: HttpRequest) -> tuple[str, str]:
    """Record one visit; gives what is wrong in words, or what was done."""
    data: Any = request.POST
    outcome, key, seen = data.get("outcome", ""), data.get("key", ""), data.get("seen", "")
    if outcome not in rounds.OUTCOMES or not 16 <= len(key) <= 64 or not seen.isdigit():
        return _("First choose what you found."), ""
    actor, now = actor_of(request), clock.now()
    rows = Report.objects.select_related("zaak", "category", "asset")
    report = get_object_or_404(rows, public_key=data.get("report", ""))
    report.zaak = zaak_for(actor, report.zaak.uuid, may="write", now=now)
    try:
        visit = rounds.record(
            report,
            outcome,
            key=key,
            note=data.get("note", ""),
            seen=int(seen),
            staff_id=int(actor.key),
            done_at=_done_at(data.get("done_at", ""), now),
            by=actor,
            now=now,
        )
    except Refused as refused:
        return sentence(refused), ""
    changed = _("A colleague changed this meanwhile. What you found stands in the timeline; look who decides.")
    return "", changed if visit.is_conflict else _("Written down.")
