"""What staff can do with a case: what the desk offers for each, and what the room of a kind of case adds.

A deed of a room with the same key takes the place of the desk's own: who closes a report chooses from honest endings.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from plein.casework.cases import actions as cases
from plein.casework.cases import queries as reading
from plein.casework.cases.errors import ChangedMeanwhile, NoSuchCase
from plein.casework.cases.models import Zaak
from plein.casework.desk import forms
from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import Staff, Team
from plein.foundation.rooms import CaseAction, offers
from plein.foundation.ui.refusals import sentence
from plein.foundation.words import Text

Data = Mapping[str, Any]


def _take(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    cases.take(zaak, staff=Staff.objects.get(pk=int(by.key)), by=by, now=now, seen=seen)


def _assign(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    team = Team.objects.get(pk=int(data["team"]))
    handler = Staff.objects.get(pk=int(data["handler"])) if data["handler"] else None
    cases.assign(zaak, team=team, handler=handler, reason=data["reason"], by=by, now=now, seen=seen)


def _status(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    cases.set_status(zaak, data["status"], toelichting=data["toelichting"], by=by, now=now, seen=seen)


def _close(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    cases.close_zaak(zaak, data["resultaat"], toelichting=data["toelichting"], by=by, now=now, seen=seen)


def _reopen(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    cases.reopen_zaak(zaak, reason=data["reason"], by=by, now=now, seen=seen)


def _note(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    cases.add_note(zaak, data["text"], audience=data["audience"], by=by, now=now)


def _contact(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    how = {"kanaal": data["kanaal"], "direction": data["direction"]}
    cases.add_contactmoment(zaak, data["text"], **how, by=by, now=now)


def _priority(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    cases.set_priority(zaak, int(data["priority"]), by=by, now=now, seen=seen)


def _planned(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    cases.set_planned(zaak, data["day"], reason=data["reason"], by=by, now=now, seen=seen)


def _suspend(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    cases.suspend(zaak, reason=data["reason"], by=by, now=now, seen=seen)


def _resume(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    cases.resume(zaak, by=by, now=now, seen=seen)


def _extend(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    cases.extend(zaak, reason=data["reason"], by=by, now=now, seen=seen)


def _relate(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    other = reading.zaak_by_reference(by, data["reference"], now=now)
    if other is None:
        raise NoSuchCase(what=data["reference"])
    if data["aard"] == "hoofdzaak":
        cases.set_hoofdzaak(zaak, other, by=by, now=now, seen=seen)
    else:
        cases.relate(zaak, other, aard=data["aard"], by=by, now=now, seen=seen)


def _correct(zaak: Zaak, *, data: Data, seen: int | None, by: Actor, now: datetime) -> None:
    cases.correct(zaak, omschrijving=data["omschrijving"], toelichting=data["toelichting"], by=by, now=now, seen=seen)


def _is_open(zaak: Zaak, *, actor: Actor) -> bool:
    return zaak.einddatum is None


def _is_closed(zaak: Zaak, *, actor: Actor) -> bool:
    return zaak.einddatum is not None


def _is_not_mine(zaak: Zaak, *, actor: Actor) -> bool:
    return zaak.einddatum is None and str(zaak.handler_id) != actor.key and actor.kind == "staff"


def _can_suspend(zaak: Zaak, *, actor: Actor) -> bool:
    return zaak.einddatum is None and zaak.zaaktype.opschorting_mogelijk and zaak.opgeschort_sinds is None


def _can_resume(zaak: Zaak, *, actor: Actor) -> bool:
    return zaak.einddatum is None and zaak.opgeschort_sinds is not None


def _can_extend(zaak: Zaak, *, actor: Actor) -> bool:
    has_term = zaak.zaaktype.verlengingstermijn and zaak.uiterlijke_einddatum_afdoening
    return zaak.einddatum is None and bool(has_term) and not zaak.verlengd_met


def _own(key: str, nl: str, en: str, **more: Any) -> CaseAction:
    return CaseAction(zaaktypen=(), key=key, title=Text(nl, en), **more)


OWN = [
    _own("take", "Zelf oppakken", "Take it", do=_take, is_open=_is_not_mine, is_main=True, order=10),
    _own(
        "status",
        "Status wijzigen",
        "Change the status",
        do=_status,
        form=forms.StatusForm,
        is_open=_is_open,
        is_main=True,
        order=20,
    ),
    _own("close", "Afronden", "Close", do=_close, form=forms.CloseForm, is_open=_is_open, is_main=True, order=30),
    _own(
        "reopen", "Heropenen", "Reopen", do=_reopen, form=forms.ReasonForm, is_open=_is_closed, is_main=True, order=30
    ),
    _own("note", "Notitie maken", "Add a note", do=_note, form=forms.NoteForm, order=40),
    _own("contact", "Contact noteren", "Write down contact", do=_contact, form=forms.ContactForm, order=50),
    _own("assign", "Overdragen", "Hand over", do=_assign, form=forms.AssignForm, is_open=_is_open, order=60),
    _own("planned", "Dag beloven", "Promise a day", do=_planned, form=forms.PlannedForm, is_open=_is_open, order=70),
    _own(
        "priority",
        "Prioriteit wijzigen",
        "Change the priority",
        do=_priority,
        form=forms.PriorityForm,
        is_open=_is_open,
        order=80,
    ),
    _own(
        "suspend",
        "Termijn stilzetten",
        "Suspend the term",
        do=_suspend,
        form=forms.ReasonForm,
        is_open=_can_suspend,
        order=90,
    ),
    _own("resume", "Termijn laten lopen", "Let the term run", do=_resume, is_open=_can_resume, order=90),
    _own(
        "extend",
        "Termijn verlengen",
        "Extend the term",
        do=_extend,
        form=forms.ReasonForm,
        is_open=_can_extend,
        order=100,
    ),
    _own("relate", "Met een zaak verbinden", "Tie to another case", do=_relate, form=forms.RelateForm, order=110),
    _own("correct", "Gegevens verbeteren", "Correct the details", do=_correct, form=forms.CorrectForm, order=120),
]


def deeds_for(zaak: Zaak, *, actor: Actor) -> list[CaseAction]:
    """List what can be done with a case now, in order."""
    added = [one for one in offers(CaseAction) if zaak.zaaktype.identificatie in one.zaaktypen]
    replaced = {one.key for one in added}
    found = [*added, *(one for one in OWN if one.key not in replaced)]
    return sorted((one for one in found if one.is_open(zaak, actor=actor)), key=lambda one: one.order)


@never_cache
@rights("cases.handle")
def deed(request: HttpRequest, uuid: UUID, key: str) -> HttpResponse:
    """Do something with a case: ask what is needed, do it, and say what went wrong without losing a word."""
    actor, now = actor_of(request), clock.now()
    zaak = reading.zaak_for(actor, uuid, may="write", now=now)
    found = next((one for one in deeds_for(zaak, actor=actor) if one.key == key), None)
    if found is None:
        messages.warning(request, _("This cannot be done with the case as it is now. See below what can."))
        return redirect("desk:case", uuid=uuid)
    is_sent = request.method == "POST"
    form = found.form(*_sent(request), zaak=zaak, actor=actor) if found.form else None
    changes: list[dict[str, Any]] = []
    problem = ""
    if is_sent and (form is None or form.is_valid()):
        try:
            data = form.cleaned_data if form else {}
            where = found.do(zaak, data=data, seen=_seen(request), by=actor, now=now)
            return _done(request, uuid, where)
        except ChangedMeanwhile as refused:
            changes, problem = list(refused.facts["changes"]), sentence(refused)
        except Refused as refused:
            problem = sentence(refused)
    fresh = reading.zaak_for(actor, uuid, now=now) if problem else zaak
    context = {"zaak": fresh, "deed": found, "form": form, "problem": problem, "changes": changes}
    template = "desk/_deed.html" if request.htmx else "desk/deed.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=409 if changes else 422 if problem else 200)


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _seen(request: HttpRequest) -> int | None:
    """Read which version of the case the form was opened at."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _done(request: HttpRequest, uuid: UUID, where: str | None) -> HttpResponse:
    """Go on: with scripts the case is drawn anew in its place, without them its page opens."""
    if where:
        return redirect(where)
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, _("Done."))
        return redirect("desk:case", uuid=uuid)
    from plein.casework.desk.views.case import context_of

    answer = render(request, "desk/_case.html", context_of(request, uuid))
    answer.headers["HX-Retarget"] = "#case"
    answer.headers["HX-Reswap"] = "outerHTML"
    return answer
