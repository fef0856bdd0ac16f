"""The register for everyone, and the desk of the privacy officer."""

import csv
import io
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from plein.foundation import clock
from plein.foundation.errors import NotFound, Refused
from plein.foundation.gate import registry
from plein.foundation.gate.models import Agreement, ProcessingActivity
from plein.foundation.gate.rules import grounds
from plein.foundation.identity.access import actor_of, everyone, rights
from plein.foundation.identity.actors import can
from plein.foundation.identity.roles import all_roles
from plein.foundation.ui.refusals import parted
from plein.trust.processing import actions, queries
from plein.trust.processing.forms import (
    AgreementForm,
    ApproveForm,
    EndForm,
    NewForm,
    ProductsForm,
    ProposeForm,
)


@require_safe
@everyone
def register(request: HttpRequest) -> HttpResponse:
    """List the activities, with search."""
    wanted = request.GET.get("q", "").strip()[:200]
    rows = queries.register(wanted=wanted)
    persons = request.GET.get("persons", "")
    if persons in ("yes", "no"):
        rows = [row for row in rows if row.has_persons is (persons == "yes")]
    return render(request, "processing/register.html", {"rows": rows, "wanted": wanted, "persons": persons})


@require_safe
@everyone
def activity(request: HttpRequest, key: str) -> HttpResponse:
    """Show one activity to everyone: what, why, on what ground, whose data, how long, and how it was used."""
    may_see_all = can(actor_of(request), "gate.propose")
    states = ("proposed", "active", "ended", "rejected") if may_see_all else queries.SHOWN
    versions = queries.versions_of(key, states=states)
    if not versions:
        raise Http404
    row = _wanted_version(versions, request.GET.get("version", ""))
    known = all_roles()
    context = {
        "row": row,
        "versions": versions,
        "one": row.activity,
        "basis": grounds.said_basis(row.definition["legal_basis"]),
        "letter": grounds.letter_of(row.definition["legal_basis"]),
        "data_used": queries.data_used(row),
        "roles": [known[role].title for role in row.activity.roles if role in known],
        "agreements": queries.agreements(activity=key, since=clock.local_date(clock.now())),
        "is_past": row.ends_on is not None and row.ends_on < clock.local_date(clock.now()),
        "usage": queries.usage_by_month(activity=key)[:24],
        "may_propose": may_see_all,
        "may_approve": can(actor_of(request), "gate.approve"),
        "approve": ApproveForm(row=row),
        "end": EndForm(),
    }
    return render(request, "processing/activity.html", context)


def _wanted_version(versions: list[ProcessingActivity], number: str) -> ProcessingActivity:
    for row in versions:
        if str(row.version) == number:
            return row
    return next((row for row in versions if row.state == "active"), versions[0])


@require_safe
@everyone
def export_json(request: HttpRequest) -> HttpResponse:
    """Give the register in the shape of the Processing Activities Register API."""
    return JsonResponse(queries.exported(), json_dumps_params={"ensure_ascii": False, "indent": 1})


CSV_COLUMNS = ("key", "version", "state", "title", "purpose", "legal_basis", "law", "data", "persons", "recipients")


@require_safe
@everyone
def export_csv(request: HttpRequest) -> HttpResponse:
    """Give the register as CSV, in Dutch."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*CSV_COLUMNS, "retention", "owner", "ends_on"])
    for row in queries.register():
        known = {"key": row.key, "version": row.version, "state": row.state}
        values = [known.get(name, _flat(row.definition.get(name))) for name in (*CSV_COLUMNS, "retention", "owner")]
        writer.writerow([*values, row.ends_on or ""])
    headers = {"Content-Disposition": 'attachment; filename="verwerkingen.csv"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _flat(value: Any) -> str:
    """Write a text in Dutch, and so that a spreadsheet does not take it for a formula."""
    said = value["nl"] if isinstance(value, dict) else str(value or "")
    return f"'{said}" if said.startswith(("=", "+", "-", "@")) else said


@require_safe
@rights("gate.propose")
def desk(request: HttpRequest) -> HttpResponse:
    """Show what waits for the privacy officer, and whether the log is whole."""
    context = {
        "work": queries.work_list(now=clock.now()),
        "log": queries.log_state(),
        "may_approve": can(actor_of(request), "gate.approve"),
    }
    return render(request, "processing/desk.html", context)


def _done(request: HttpRequest, key: str, change: Any, said: str) -> HttpResponse:
    """Make a change and go back to the activity; a refusal is said there."""
    try:
        change()
    except Refused as refused:
        messages.error(request, " ".join(part for part in parted(refused) if part))
    else:
        messages.success(request, said)
    return redirect("processing:activity", key=key)


def _row(pk: int) -> ProcessingActivity:
    row = ProcessingActivity.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@require_POST
@rights("gate.approve")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a proposal, or set a new last day for what is active."""
    row, form = _row(pk), ApproveForm(request.POST)
    if not form.is_valid():
        return _unclear(request, row, form)
    decide = registry.renew if row.state == "active" else registry.approve
    ends_on = form.cleaned_data["ends_on"]
    by, now = actor_of(request), clock.now()
    return _done(request, row.key, lambda: decide(pk, ends_on=ends_on, by=by, now=now), _("It is approved."))


@require_POST
@rights("gate.approve")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End what is active, or reject a proposal."""
    row, form = _row(pk), EndForm(request.POST)
    if not form.is_valid():
        return _unclear(request, row, form)
    reason, by, now = form.cleaned_data["reason"], actor_of(request), clock.now()
    return _done(request, row.key, lambda: registry.end(pk, reason=reason, by=by, now=now), _("It is ended."))


def _unclear(request: HttpRequest, row: ProcessingActivity, form: Form) -> HttpResponse:
    return render(request, "processing/unclear.html", {"row": row, "form": form}, status=422)


@rights("gate.propose")
def propose_new(request: HttpRequest) -> HttpResponse:
    """Propose an activity that no room has on its sign: first the data products, then everything else."""
    products = ProductsForm(request.GET if "step" in request.GET else None)
    if not products.is_valid():
        return render(request, "processing/propose_products.html", {"form": products})
    form = NewForm(request.POST or None, products=products.cleaned_data["product"])
    if request.method == "POST" and form.is_valid():
        said, by, now = form.cleaned_data, actor_of(request), clock.now()
        try:
            made = actions.propose_activity(said["name"], said=said, by=by, now=now)
        except Refused as refused:
            form.add_error("name", " ".join(parted(refused)))
        else:
            messages.success(request, _("Your proposal waits for the privacy officer."))
            return redirect("processing:activity", key=made.key)
    return render(request, "processing/propose_new.html", {"form": form})


@rights("gate.propose")
def propose(request: HttpRequest, key: str) -> HttpResponse:
    """Propose a new version of an activity; `step` in the address asks which data products it uses."""
    versions = queries.versions_of(key, states=("proposed", "active", "ended", "rejected"))
    if not versions:
        raise Http404
    chosen = ProductsForm(request.GET if "step" in request.GET else None)
    used = chosen.cleaned_data["product"] if chosen.is_valid() else None
    if request.GET.get("step") == "products":
        chosen = ProductsForm(initial={"product": list(versions[0].activity.products)})
        return render(request, "processing/propose_products.html", {"form": chosen, "row": versions[0]})
    form = ProposeForm(request.POST or None, row=versions[0], products=used)
    if request.method == "POST" and form.is_valid():
        changes, by, now = form.cleaned_data, actor_of(request), clock.now()
        made = actions.propose_version(key, changes=changes, by=by, now=now)
        messages.success(request, _("Your proposal waits for the privacy officer."))
        return redirect(f"{request.path.removesuffix('/voorstel')}?version={made.version}")
    return render(request, "processing/propose.html", {"row": versions[0], "form": form})


@rights("gate.agree")
def agreements(request: HttpRequest) -> HttpResponse:
    """List the agreements and draft one."""
    form = AgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            registry.agree(facts.pop("partner"), **facts, by=actor_of(request), now=clock.now())
        except Refused as refused:
            form.add_error(None, " ".join(parted(refused)))
        else:
            messages.success(request, _("Your proposal waits for the privacy officer."))
            return redirect("processing:agreements")
    return _agreements_page(request, form)


def _agreements_page(request: HttpRequest, form: AgreementForm, status: int = 200) -> HttpResponse:
    today = clock.local_date(clock.now())
    titles = {row.key: row.activity.title for row in queries.register()}
    rows = [
        {"one": one, "product": queries.product_title(one.product), "activity": titles.get(one.activity, one.activity)}
        for one in queries.agreements()
    ]
    may_approve = can(actor_of(request), "gate.approve")
    context = {"rows": rows, "form": form, "today": today, "may_approve": may_approve, "end": EndForm()}
    return render(request, "processing/agreements.html", context, status=status)


def _agreed(request: HttpRequest, change: Any, said: str) -> HttpResponse:
    """Decide on an agreement and go back to the list; a refusal is said there."""
    try:
        change()
    except NotFound as missing:
        raise Http404 from missing
    except Refused as refused:
        messages.error(request, " ".join(part for part in parted(refused) if part))
    else:
        messages.success(request, said)
    return redirect("processing:agreements")


@require_POST
@rights("gate.approve")
def approve_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a drafted agreement."""
    by, now = actor_of(request), clock.now()
    return _agreed(request, lambda: registry.approve_agreement(pk, by=by, now=now), _("It is approved."))


@require_POST
@rights("gate.approve")
def reject_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a drafted agreement, with the reason."""
    form, by, now = EndForm(request.POST), actor_of(request), clock.now()
    if not form.is_valid():
        get_object_or_404(Agreement, pk=pk)
        messages.error(request, _("Not changed: say why. Your colleague wants to know."))
        return redirect("processing:agreements")
    reason = form.cleaned_data["reason"]
    change = lambda: registry.reject_agreement(pk, reason=reason, by=by, now=now)  # noqa: E731
    return _agreed(request, change, _("It is rejected."))


@require_POST
@rights("gate.agree")
def end_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """End an agreement today, or take a draft back."""
    by, now = actor_of(request), clock.now()
    return _agreed(request, lambda: registry.end_agreement(pk, by=by, now=now), _("The agreement is ended."))


@require_safe
@rights("gate.propose")
def usage(request: HttpRequest) -> HttpResponse:
    """Show how often each data product was used in the last year."""
    since = clock.local_date(clock.now() - timedelta(days=365))
    return render(request, "processing/usage.html", {"rows": queries.usage_by_product(since=since), "since": since})


@require_safe
@rights("gate.propose")
def refusals(request: HttpRequest) -> HttpResponse:
    """List what was refused, newest first: all of it, or only looks at single records such as cases."""
    records = request.GET.get("soort") == "dossiers"
    page = Paginator(queries.refused(records_only=records), 50).get_page(request.GET.get("page"))
    context = {"page": page, "refusals": queries.with_names(page.object_list), "records": records}
    return render(request, "processing/refusals.html", context)
