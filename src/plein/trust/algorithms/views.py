"""The register of algorithms for everyone, and the desk with the off switch."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.gate import algorithms, trained
from plein.foundation.gate.models import RegisteredAlgorithm, TrainedVersion
from plein.foundation.identity.access import actor_of, everyone, rights, staff_only
from plein.foundation.identity.actors import Actor, can, require
from plein.foundation.ui.refusals import parted
from plein.foundation.words import Text
from plein.trust.algorithms import queries
from plein.trust.algorithms.forms import UntilForm, WhyForm


@require_safe
@everyone
def register(request: HttpRequest) -> HttpResponse:
    """List the algorithms, with search."""
    wanted = request.GET.get("q", "").strip()[:200]
    return render(request, "algorithms/register.html", {"rows": queries.register(wanted=wanted), "wanted": wanted})


@require_safe
@everyone
def export_json(request: HttpRequest) -> HttpResponse:
    """Give the register as JSON."""
    return JsonResponse({"algorithms": queries.exported()}, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
@everyone
def algorithm(request: HttpRequest, key: str) -> HttpResponse:
    """Show one algorithm: what it decides, on which data, how well it did, who decides, and how to object."""
    by = actor_of(request)
    states = ("proposed", "rejected", *queries.SHOWN) if can(by, "gate.propose") else queries.SHOWN
    versions = queries.versions_of(key, states=states)
    if not versions:
        raise Http404
    row = _wanted(versions, request.GET.get("version", ""))
    return render(request, "algorithms/algorithm.html", _about(request, row, versions=versions, by=by))


def _wanted(versions: list[RegisteredAlgorithm], number: str) -> RegisteredAlgorithm:
    for row in versions:
        if str(row.version) == number:
            return row
    return next((row for row in versions if row.state in algorithms.HOLDING), versions[0])


def _about(
    request: HttpRequest, row: RegisteredAlgorithm, *, versions: list[RegisteredAlgorithm], by: Actor
) -> dict[str, Any]:
    now = clock.now()
    learned = queries.trained_versions(row.key)
    shown = _shown_version(learned, request.GET.get("trained", ""))
    may_approve = can(by, "algorithms.approve")
    return {
        "row": row,
        "one": row.algorithm,
        "versions": versions,
        "is_past": row.ends_on is not None and row.ends_on < clock.local_date(now),
        "risk": queries.RISKS[row.algorithm.risk],
        "owner": queries.owner_of(row),
        "products": queries.products_of(row),
        "learned": learned,
        "shown": shown,
        "on": Text(**shown.quality["on"]) if shown else None,
        "learned_from": Text(**shown.learned_from) if shown else None,
        "figures": queries.figures_of(shown) if shown else [],
        "table": queries.table_of(shown) if shown else None,
        "history": queries.history(row.key),
        "may_approve": may_approve,
        "may_stop": row.state == "active" and algorithms.may_stop(row, by),
        "until": UntilForm(row=row),
        "why": WhyForm(),
        "why_stop": WhyForm(prefix="stop", auto_id="id_stop_%s"),
    }


def _shown_version(learned: list[TrainedVersion], number: str) -> TrainedVersion | None:
    for version in learned:
        if str(version.number) == number:
            return version
    return next((version for version in learned if version.in_use), learned[0] if learned else None)


@require_safe
@rights("gate.propose")
def desk(request: HttpRequest) -> HttpResponse:
    """Show what waits for the privacy officer."""
    return render(request, "algorithms/desk.html", {"work": queries.work_list(now=clock.now())})


def _done(request: HttpRequest, key: str, change: Callable[[], Any], said: str) -> HttpResponse:
    """Make a change and go back to the algorithm; a refusal is said there."""
    try:
        change()
    except Refused as refused:
        messages.error(request, " ".join(part for part in parted(refused) if part))
    else:
        messages.success(request, said)
    return redirect("algorithms:algorithm", key=key)


def _unclear(request: HttpRequest, row: RegisteredAlgorithm, form: Form) -> HttpResponse:
    return render(request, "algorithms/unclear.html", {"row": row, "form": form}, status=422)


def _row(pk: int) -> RegisteredAlgorithm:
    row = RegisteredAlgorithm.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _holding(key: str) -> RegisteredAlgorithm:
    row = RegisteredAlgorithm.objects.filter(key=key, state__in=algorithms.HOLDING).first()
    if row is None:
        raise Http404
    return row


@require_POST
@rights("algorithms.approve")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a proposal, until a day."""
    row, form = _row(pk), UntilForm(request.POST)
    if not form.is_valid():
        return _unclear(request, row, form)
    until, by, now = form.cleaned_data["ends_on"], actor_of(request), clock.now()
    return _done(request, row.key, lambda: algorithms.approve(pk, ends_on=until, by=by, now=now), _("It is approved."))


@require_POST
@rights("algorithms.approve")
def renew(request: HttpRequest, key: str) -> HttpResponse:
    """Set a new last day."""
    row, form = _holding(key), UntilForm(request.POST)
    if not form.is_valid():
        return _unclear(request, row, form)
    until, by, now = form.cleaned_data["ends_on"], actor_of(request), clock.now()
    return _done(request, key, lambda: algorithms.renew(key, ends_on=until, by=by, now=now), _("It is renewed."))


@require_POST
@rights("algorithms.approve")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End what holds, or reject a proposal."""
    row, form = _row(pk), WhyForm(request.POST)
    if not form.is_valid():
        return _unclear(request, row, form)
    reason, by, now = form.cleaned_data["reason"], actor_of(request), clock.now()
    return _done(request, row.key, lambda: algorithms.end(pk, reason=reason, by=by, now=now), _("It is ended."))


@require_POST
@staff_only
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """Switch it off; for who has the right, and for its owner."""
    row, form = _holding(key), WhyForm(request.POST, prefix="stop", auto_id="id_stop_%s")
    if not algorithms.may_stop(row, actor_of(request)):
        require(actor_of(request), "algorithms.stop")
    if not form.is_valid():
        return _unclear(request, row, form)
    reason, by, now = form.cleaned_data["reason"], actor_of(request), clock.now()
    said = _("It is switched off. What used it does without it now.")
    return _done(request, key, lambda: algorithms.stop(key, reason=reason, by=by, now=now), said)


@require_POST
@rights("algorithms.approve")
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Switch it on again."""
    _holding(key)
    by, now = actor_of(request), clock.now()
    return _done(request, key, lambda: algorithms.start(key, by=by, now=now), _("It is switched on."))


@require_POST
@rights("algorithms.approve")
def use(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Put another trained version to use."""
    _holding(key)
    by, now = actor_of(request), clock.now()
    return _done(request, key, lambda: trained.use(key, number, by=by, now=now), _("This version is used now."))
