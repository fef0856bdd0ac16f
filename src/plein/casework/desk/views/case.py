"""The page of a case, and its documents."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from plein.casework.cases import queries as cases
from plein.casework.cases.actions import read_document
from plein.casework.desk import queries
from plein.casework.desk.views.deeds import deeds_for
from plein.foundation import clock
from plein.foundation.errors import NotFound
from plein.foundation.identity.access import actor_of, rights

SHOWN_INSIDE = {"image/jpeg", "image/png", "image/webp"}


@never_cache
@require_safe
@rights("cases.read")
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a case: what to do next, what happened, who is in it, and what lies near."""
    return render(request, "desk/case.html", context_of(request, uuid))


def context_of(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """Read what the page of a case shows, for the whole page and for its fragment."""
    actor, now = actor_of(request), clock.now()
    context = queries.case_page(actor, uuid, with_contact=request.GET.get("contact") == "yes", now=now)
    found = deeds_for(context["zaak"], actor=actor) if context["may_write"] else []
    return {**context, "main_deeds": [one for one in found if one.is_main], "deeds": found}


@never_cache
@require_safe
@rights("cases.read")
def document(request: HttpRequest, uuid: UUID, document: UUID) -> HttpResponse:
    """Give a document of a case to download; pictures may be shown in the page."""
    actor, now = actor_of(request), clock.now()
    zaak = cases.zaak_for(actor, uuid, now=now)
    found = next((one for one in cases.documenten(zaak) if one.uuid == document), None)
    if found is None:
        raise NotFound(what=f"document {document}")
    queries.note_look(zaak, cases.rollen(zaak), fields=("documenten",), by=actor, now=now)
    answer = HttpResponse(read_document(found), content_type=found.formaat)
    inside = found.formaat in SHOWN_INSIDE
    stem, _, ending = found.bestandsnaam.rpartition(".")
    name = f"{slugify(stem) or 'document'}.{slugify(ending) or 'bin'}"
    answer.headers["Content-Disposition"] = f'{"inline" if inside else "attachment"}; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
