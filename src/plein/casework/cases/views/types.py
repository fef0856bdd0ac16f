"""Types of cases: what there is, a new version as a concept, its parts, and from which day it holds."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plein.casework.cases import forms
from plein.casework.cases.actions import types as actions
from plein.casework.cases.errors import PartTaken, TypeExists
from plein.casework.cases.models import Zaaktype
from plein.casework.cases.queries import catalogus
from plein.casework.cases.queries.types import holds_on
from plein.casework.cases.views.doing import done
from plein.foundation import clock
from plein.foundation.clock import local_date
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.words import Text

FAULTS = {
    "one-end-status": gettext_noop("Exactly one status must be the last one."),
    "end-status-last": gettext_noop("The last status must have the highest place in the order."),
    "two-statuses": gettext_noop("At least two statuses are needed."),
    "a-result": gettext_noop("At least one result is needed."),
    "archive-term": gettext_noop("Each result whose file is destroyed needs a number of months."),
    "an-initiator": gettext_noop("One role must be who asked (initiator)."),
}
PART_TITLES = {
    "statussen": (Text("Statussen", "Statuses"), Text("Status toevoegen", "Add a status")),
    "resultaten": (Text("Resultaten", "Results"), Text("Resultaat toevoegen", "Add a result")),
    "rollen": (Text("Rollen", "Roles"), Text("Rol toevoegen", "Add a role")),
    "documenten": (Text("Documenten", "Documents"), Text("Soort document toevoegen", "Add a kind of document")),
    "besluiten": (Text("Besluiten", "Decisions"), Text("Soort besluit toevoegen", "Add a kind of decision")),
}


@require_safe
@rights("cases.manage")
def index(request: HttpRequest) -> HttpResponse:
    """List the types of cases with the version that holds, and concepts."""
    today = local_date(clock.now())
    newest: dict[str, Zaaktype] = {}
    for parts in catalogus().by_id.values():
        row = parts.zaaktype
        current = newest.get(row.identificatie)
        if current is None or holds_on(row, today) or current.concept:
            newest[row.identificatie] = row
    concepts = {parts.zaaktype.identificatie for parts in catalogus().by_id.values() if parts.zaaktype.concept}
    rows = sorted(newest.values(), key=lambda row: row.omschrijving.casefold())
    return render(request, "cases/types.html", {"rows": rows, "concepts": concepts, "today": today})


@require_http_methods(["GET", "HEAD", "POST"])
@rights("cases.manage")
def new(request: HttpRequest) -> HttpResponse:
    """Start a type of case."""
    form = forms.NewTypeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        title = Text(told["title_nl"], told["title_en"])
        try:
            actions.new_type(told["key"], title=title, activity=told["activity"], by=actor_of(request), now=clock.now())
        except TypeExists as refused:
            form.add_error("key", _(refused.message).format(**refused.facts))
        else:
            return redirect("cases:type", told["key"])
    return render(request, "cases/new_type.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@rights("cases.manage")
def one(request: HttpRequest, key: str) -> HttpResponse:
    """Show a version of a type with its parts; a concept can be changed here."""
    versions = list(Zaaktype.objects.filter(identificatie=key).order_by("-versie"))
    if not versions:
        raise Http404
    wanted = request.GET.get("versie", "")
    row = next((one for one in versions if str(one.versie) == wanted), versions[0])
    return render(request, "cases/type.html", _about(row, versions))


def _about(row: Zaaktype, versions: list[Zaaktype]) -> dict[str, Any]:
    parts = [(kind, *PART_TITLES[kind], list(getattr(row, name).all())) for kind, name in actions.PARTS.items()]
    return {
        "row": row,
        "versions": versions,
        "parts": parts,
        "confidential": forms.CONFIDENTIALITY[row.vertrouwelijkheid],
        "faults": [_(FAULTS[fault]) for fault in actions.faults_of(row)] if row.concept else [],
        "day": forms.DayForm(),
        "holds": holds_on(row, local_date(clock.now())),
        "archive": forms.ARCHIVE,
    }


def _row(key: str, versie: int) -> Zaaktype:
    row = Zaaktype.objects.filter(identificatie=key, versie=versie).first()
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@rights("cases.manage")
def edit(request: HttpRequest, key: str, versie: int) -> HttpResponse:
    """Change what a concept says of itself."""
    row = _row(key, versie)
    form = forms.TypeForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        values, by = forms.values_of(form), actor_of(request)
        return done(
            request,
            lambda: actions.change_type(row, values=values, by=by, now=clock.now()),
            _("It is saved."),
            "cases:type",
            key,
        )
    about = {"row": row, "form": form, "title": Text("Zaaktype wijzigen", "Change the type of case")}
    return render(request, "cases/part.html", about, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@rights("cases.manage")
def part(request: HttpRequest, key: str, versie: int, kind: str, pk: int = 0) -> HttpResponse:
    """Add a part to a concept, or change one."""
    row = _row(key, versie)
    if kind not in actions.PARTS:
        raise Http404
    held = getattr(row, actions.PARTS[kind]).filter(pk=pk).first()
    if pk and held is None:
        raise Http404
    form = forms.PART_FORMS[kind](request.POST or None, instance=held)
    if request.method == "POST" and form.is_valid():
        values, by, now = forms.values_of(form), actor_of(request), clock.now()
        try:
            actions.put_part(row, kind, pk=pk or None, values=values, by=by, now=now)
        except PartTaken as refused:
            form.add_error("key", _(refused.message).format(**refused.facts))
        else:
            return redirect("cases:type", key)
    title = held.title if held else PART_TITLES[kind][1]
    about = {"row": row, "form": form, "kind": kind, "held": held, "title": title}
    return render(request, "cases/part.html", about, status=422 if form.errors else 200)


@require_POST
@rights("cases.manage")
def drop_part(request: HttpRequest, key: str, versie: int, kind: str, pk: int) -> HttpResponse:
    """Take a part out of a concept."""
    row, by = _row(key, versie), actor_of(request)
    if kind not in actions.PARTS:
        raise Http404
    return done(
        request,
        lambda: actions.drop_part(row, kind, pk=pk, by=by, now=clock.now()),
        _("It is taken out."),
        "cases:type",
        key,
    )


@require_POST
@rights("cases.manage")
def version(request: HttpRequest, key: str) -> HttpResponse:
    """Start a new version as a concept."""
    by = actor_of(request)
    said = _("There is a concept now. Cases keep following the version that holds until you publish it.")
    return done(request, lambda: actions.new_version(key, by=by, now=clock.now()), said, "cases:type", key)


@require_POST
@rights("cases.manage")
def publish(request: HttpRequest, key: str, versie: int) -> HttpResponse:
    """Have a concept hold from a day on."""
    row, form, by = _row(key, versie), forms.DayForm(request.POST), actor_of(request)
    if not form.is_valid():
        versions = list(Zaaktype.objects.filter(identificatie=key).order_by("-versie"))
        return render(request, "cases/type.html", {**_about(row, versions), "day": form}, status=422)
    since = form.cleaned_data["since"]
    said = _("It is published. New cases follow it from that day; older ones keep their version.")
    return done(
        request, lambda: actions.publish_version(row, since=since, by=by, now=clock.now()), said, "cases:type", key
    )


@require_POST
@rights("cases.manage")
def drop(request: HttpRequest, key: str, versie: int) -> HttpResponse:
    """Throw a concept away."""
    row, by = _row(key, versie), actor_of(request)
    return done(
        request, lambda: actions.drop_concept(row, by=by, now=clock.now()), _("The concept is gone."), "cases:types"
    )
