"""The archive: what is due, lists that two people decide on, the register, and a case for the archive."""

from uuid import UUID

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plein.casework.cases import forms, queries
from plein.casework.cases.actions import archiving, exporting
from plein.casework.cases.models import Vernietigingslijst, Vernietigingsregel
from plein.casework.cases.queries import archive
from plein.casework.cases.views.doing import done
from plein.foundation import clock
from plein.foundation.gate import door as gate
from plein.foundation.gate.log import Subjects
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.identity.actors import can
from plein.foundation.words import Text

STATES = {
    "draft": ("attention", Text("Wordt bekeken", "Being looked through")),
    "proposed": ("attention", Text("Wacht op een tweede persoon", "Waits for a second person")),
    "approved": ("neutral", Text("Wordt vernietigd", "Being destroyed")),
    "done": ("closed", Text("Vernietigd", "Destroyed")),
    "refused": ("wrong", Text("Afgewezen", "Refused")),
}
ACTIVITY = "cases.archive"
FIELDS = ("omschrijving", "toelichting", "tijdlijn", "documenten", "betrokkenen", "naam", "e-mail", "telefoon", "adres")


@require_safe
@rights("cases.propose-destruction")
def index(request: HttpRequest) -> HttpResponse:
    """List the lists of destruction, and how much is due."""
    today = clock.local_date(clock.now())
    rows = [(row, *STATES[row.state]) for row in archive.lists()]
    return render(request, "cases/archive.html", {"rows": rows, "due": archive.proposable(today).count()})


@require_POST
@rights("cases.propose-destruction")
def draft(request: HttpRequest) -> HttpResponse:
    """Put what is due on a list."""
    by = actor_of(request)
    return done(
        request,
        lambda: archiving.draft_list(by=by, now=clock.now()),
        _("The list is made. Look through it, then propose it."),
        "cases:archive",
    )


def _list(uuid: UUID) -> Vernietigingslijst:
    row = Vernietigingslijst.objects.select_related("proposed_by", "decided_by").filter(uuid=uuid).first()
    if row is None:
        raise Http404
    return row


@require_safe
@rights("cases.propose-destruction")
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a list with its cases: numbers and types, no names."""
    row, by = _list(uuid), actor_of(request)
    kind, title = STATES[row.state]
    is_first = by.key == str(row.proposed_by_id) or archive.touched_by(by, row)
    about = {
        "row": row,
        "kind": kind,
        "title": title,
        "lines": archive.lines(row),
        "gone": row.vernietigd.order_by("id")[:1_000],
        "may_keep": row.state in ("draft", "proposed"),
        "may_decide": row.state == "proposed" and can(by, archiving.APPROVE) and not is_first,
        "is_first": row.state == "proposed" and is_first,
        "why": forms.DecideForm(),
    }
    return render(request, "cases/destruction.html", about)


@require_http_methods(["GET", "HEAD", "POST"])
@rights("cases.propose-destruction")
def keep(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Leave a case out, for now, with the reason."""
    regel = Vernietigingsregel.objects.select_related("lijst", "zaak").filter(pk=pk, lijst__uuid=uuid).first()
    if regel is None:
        raise Http404
    form, by = forms.KeepForm(request.POST or None), actor_of(request)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        return done(
            request,
            lambda: archiving.keep_from_destruction(
                regel, reason=told["reason"], until=told["until"], by=by, now=clock.now()
            ),
            _("The case stays for now."),
            "cases:destruction",
            uuid,
        )
    about = {"regel": regel, "form": form}
    return render(request, "cases/keep.html", about, status=422 if form.errors else 200)


@require_POST
@rights("cases.propose-destruction")
def propose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Propose a list."""
    row, by = _list(uuid), actor_of(request)
    said = _("It is proposed. Somebody else decides now.")
    return done(request, lambda: archiving.propose_list(row, by=by, now=clock.now()), said, "cases:destruction", uuid)


@require_POST
@rights("cases.archive")
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Approve a list: the worker destroys what is on it."""
    row, by = _list(uuid), actor_of(request)
    said = _("It is approved. What is on it is being destroyed; the register will say so.")
    return done(
        request,
        lambda: archiving.decide_list(row, approved=True, by=by, now=clock.now()),
        said,
        "cases:destruction",
        uuid,
    )


@require_POST
@rights("cases.archive")
def refuse(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Refuse a list, with the reason."""
    row, by, form = _list(uuid), actor_of(request), forms.DecideForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    return done(
        request,
        lambda: archiving.decide_list(row, approved=False, note=note, by=by, now=clock.now()),
        _("It is refused. Its cases can be proposed again."),
        "cases:destruction",
        uuid,
    )


@require_safe
@rights("cases.propose-destruction")
def register(request: HttpRequest) -> HttpResponse:
    """List what was destroyed."""
    before = request.GET.get("voor", "")
    rows = archive.register(before=int(before) if before.isdecimal() and len(before) < 12 else None)
    following = rows[-1].pk if len(rows) == 100 else None
    return render(request, "cases/register.html", {"rows": rows, "following": following})


@require_safe
@rights("cases.propose-destruction")
def export(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Give a closed case as an archive takes it over."""
    by, now = actor_of(request), clock.now()
    with transaction.atomic():
        zaak = queries.zaak_for(by, uuid, activity=ACTIVITY, now=now)
        persons = sorted({rol.person.uuid.hex for rol in queries.rollen(zaak) if rol.person})
        subjects = Subjects("person", persons) if persons else Subjects("case", [zaak.uuid.hex])
        gate.note_use(ACTIVITY, subjects=subjects, fields=FIELDS, about=queries.subject_of(zaak), by=by, now=now)
        pack = exporting.export_zaak(zaak, by=by, now=now)
    return FileResponse(pack, as_attachment=True, filename=f"{zaak.identificatie}-mdto.zip")


@require_http_methods(["GET", "HEAD", "POST"])
@rights("cases.propose-destruction")
def find(request: HttpRequest) -> HttpResponse:
    """Find a closed case by its number, to export it."""
    if request.method == "POST":
        zaak = queries.zaak_by_reference(actor_of(request), request.POST.get("nummer", "")[:60], now=clock.now())
        if zaak is not None and zaak.einddatum is not None:
            return redirect("cases:export", zaak.uuid)
        return render(
            request, "cases/find.html", {"lacking": True, "typed": request.POST.get("nummer", "")}, status=422
        )
    return render(request, "cases/find.html", {"lacking": False, "typed": ""})
