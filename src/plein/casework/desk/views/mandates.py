"""Who acts for whom, recorded at the counter: by number, never in an address, and noted in the processing log."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from plein.casework.desk.forms import FindForm, MandateForm
from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.gate.log import Subjects
from plein.foundation.gate.records import note_use
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.mandates import end_mandate, mandates_given_by, mandates_of, record_mandate
from plein.foundation.identity.models import Mandate, Person
from plein.foundation.identity.residents import organisation_by_kvk, person_by_bsn
from plein.foundation.ui.refusals import sentence

ACTIVITY = "desk.mandates"


def _person(number: str, *, create: bool, by: Actor, now: datetime) -> Person | None:
    """Find, or make, whom a BSN or KVK number belongs to."""
    if len(number) == 8:
        return organisation_by_kvk(number, create=create, by=by, now=now)
    return person_by_bsn(number, create=create, by=by, now=now)


def _seen(first: Person, *others: Person, by: Actor, now: datetime) -> None:
    """Note that staff saw for whom somebody acts, or who acts for them."""
    keys = sorted({first.key, *(person.key for person in others)})
    about = f"person:{first.key}"
    note_use(ACTIVITY, subjects=Subjects("person", keys), fields=("name", "mandates"), about=about, by=by, now=now)


def _shown(person: Person, *, by: Actor, now: datetime) -> dict[str, Any]:
    """Read the mandates of one person, noted in the log."""
    has, gave = mandates_of(person, now=now), mandates_given_by(person, now=now)
    _seen(person, *(one.principal for one in has), *(one.agent for one in gave), by=by, now=now)
    return {"person": person, "has": has, "gave": gave}


@never_cache
@rights("identity.mandates")
def mandates(request: HttpRequest) -> HttpResponse:
    """Find somebody's mandates by number, or record one."""
    actor, now = actor_of(request), clock.now()
    wanted = request.POST.get("do", "") if request.method == "POST" else ""
    find = FindForm(request.POST if wanted == "find" else None)
    form = MandateForm(request.POST if wanted == "record" else None)
    context: dict[str, Any] = {"find": find, "form": form}
    if wanted == "find" and find.is_valid():
        context |= _found(find, by=actor, now=now)
    if wanted == "record" and form.is_valid():
        try:
            context |= _recorded(form, by=actor, now=now)
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            messages.success(request, _("The mandate is recorded."))
            context["form"] = MandateForm()
    return render(request, "desk/mandates.html", context, status=422 if find.errors or form.errors else 200)


@transaction.atomic
def _found(find: FindForm, *, by: Actor, now: datetime) -> dict[str, Any]:
    person = _person(find.cleaned_data["number"], create=False, by=by, now=now)
    return {"is_unknown": True} if person is None else _shown(person, by=by, now=now)


@transaction.atomic
def _recorded(form: MandateForm, *, by: Actor, now: datetime) -> dict[str, Any]:
    told = form.cleaned_data
    agent, principal = (_person(told[name], create=True, by=by, now=now) for name in ("agent", "principal"))
    assert agent is not None
    assert principal is not None
    until = datetime.combine(told["last_day"] + timedelta(days=1), time(), tzinfo=clock.TOWN)
    record_mandate(agent, principal=principal, kind=told["kind"], until=until, by=by, now=now)
    return _shown(agent, by=by, now=now)


@require_POST
@rights("identity.mandates")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a mandate before its date."""
    actor, now = actor_of(request), clock.now()
    mandate = get_object_or_404(Mandate.objects.select_related("agent", "principal"), pk=pk)
    with transaction.atomic():
        _seen(mandate.agent, mandate.principal, by=actor, now=now)
        end_mandate(mandate, by=actor, now=now)
    messages.success(request, _("The mandate has ended."))
    return redirect("desk:mandates")
