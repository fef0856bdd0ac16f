"""The council's report, and the selections a council member keeps."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from plein.foundation import clock
from plein.foundation.errors import NotFound
from plein.foundation.identity.access import actor_of, everyone, rights
from plein.foundation.identity.actors import can
from plein.foundation.ui.figures import said
from plein.insight.monitor.actions import printing, selecting
from plein.insight.monitor.forms import SelectionForm
from plein.insight.monitor.models import Selection
from plein.insight.monitor.queries import published
from plein.insight.monitor.queries import report as reporting
from plein.insight.monitor.views.drawn import drawn, remembered


def _selection(request: HttpRequest) -> Selection | None:
    """Find the selection asked for, of the reader's own.

    Raises NotFound.
    """
    asked = request.GET.get("keuze", "")
    if not asked:
        return None
    actor = actor_of(request)
    if actor.kind != "staff" or not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        raise NotFound(what=asked)
    found = Selection.objects.filter(pk=int(asked), staff_id=int(actor.key)).first()
    if found is None:
        raise NotFound(what=asked)
    return found


def _report(request: HttpRequest) -> reporting.Report:
    language, day, selection = get_language() or "nl", clock.local_date(clock.now()), _selection(request)
    chosen = (selection.pk, selection.made_at) if selection else ()
    report: reporting.Report = remembered(
        "report", day, chosen, make=lambda: reporting.report(language=language, day=day, selection=selection)
    )
    return report


@everyone
def report(request: HttpRequest) -> HttpResponse:
    """Show the council's report as a page."""
    actor = actor_of(request)
    shown = _report(request)
    context = {
        "report": shown,
        "body": drawn("monitor/_report.html", printing.fingerprint(shown), facts=lambda: {"report": shown}),
        "chosen": request.GET.get("keuze", ""),
        "may_select": can(actor, "monitor.select") and actor.kind == "staff",
    }
    return render(request, "monitor/report.html", context)


@everyone
def report_pdf(request: HttpRequest) -> HttpResponse:
    """Give the council's report as an accessible PDF (PDF/UA-1)."""
    shown = _report(request)
    tag = quote_etag(printing.fingerprint(shown))
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    answer = HttpResponse(printing.report_pdf(shown), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="monitor-{shown.day.isoformat()}-{shown.language}.pdf"'
    answer["ETag"] = tag
    return answer


@require_http_methods(["GET", "POST"])
@rights("monitor.select")
def selections(request: HttpRequest) -> HttpResponse:
    """List the selections of a council member and let them make one."""
    actor = actor_of(request)
    choices = [(key, said(version.title)) for key, version in published.versions().items()]
    form = SelectionForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        selecting.save_selection(
            form.cleaned_data["title"], indicators=form.cleaned_data["indicators"], by=actor, now=clock.now()
        )
        return redirect("monitor:selections")
    kept = Selection.objects.filter(staff_id=int(actor.key)) if actor.kind == "staff" else Selection.objects.none()
    return render(request, "monitor/selections.html", {"form": form, "kept": list(kept)})


@require_POST
@rights("monitor.select")
def drop_selection(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away a selection of one's own."""
    selecting.drop_selection(pk, by=actor_of(request), now=clock.now())
    return redirect("monitor:selections")
