"""A person's own cases."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from plein.casework.cases.actions import read_document
from plein.casework.mine import actions
from plein.casework.mine.forms import QuestionForm
from plein.casework.mine.queries import cases
from plein.casework.mine.queries.standing import standing_of
from plein.foundation import clock
from plein.foundation.identity.access import actor_of, resident_only

CLOSED = "afgerond"


@never_cache
@require_safe
@resident_only
def listed(request: HttpRequest) -> HttpResponse:
    """List the open or the closed cases."""
    now = clock.now()
    standing = standing_of(actor_of(request), now=now)
    is_open = request.GET.get("staat") != CLOSED
    actions.note_look(standing, ["cases", "status"], now=now)
    found, after = cases.my_cases(standing, is_open=is_open, cursor=request.GET.get("na", ""), now=now)
    context = {"standing": standing, "cases": found, "after": after, "is_open": is_open, "tab": "cases"}
    return render(request, "mine/cases.html", context)


@never_cache
@require_safe
@resident_only
def case(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one case: how it stands, what comes next, what happened, its documents."""
    now = clock.now()
    standing = standing_of(actor_of(request), now=now)
    found = cases.my_case(standing, uuid, now=now)
    actions.note_look(standing, ["zaak", "timeline", "documents", "messages"], now=now)
    context = {
        "standing": standing,
        "case": found,
        "lines": cases.lines_of(found),
        "documents": cases.documents_of(found),
        "messages_about": cases.messages_of(standing, found),
        "parts": cases.parts(standing, found, now=now),
        "tab": "cases",
    }
    return render(request, "mine/case.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@resident_only
def ask(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask a question in a case."""
    now, actor = clock.now(), actor_of(request)
    standing = standing_of(actor, now=now)
    found = cases.my_case(standing, uuid, now=now)
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.ask_about_case(found.zaak, form.cleaned_data["text"], by=actor, now=now)
        messages.success(request, _("Your question is with the people who handle your case. You see the answer here."))
        return redirect("mine:case", uuid=uuid)
    context = {"standing": standing, "case": found, "form": form, "tab": "cases"}
    return render(request, "mine/ask.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
@resident_only
def document(request: HttpRequest, uuid: UUID, document: UUID) -> HttpResponse:
    """Give a document to download."""
    now = clock.now()
    standing = standing_of(actor_of(request), now=now)
    found = cases.document_of(cases.my_case(standing, uuid, now=now), document)
    actions.note_look(standing, ["documents"], now=now)
    answer = HttpResponse(read_document(found), content_type=found.formaat)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.bestandsnaam)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
