"""Types of cases: made from what a room writes down, or by staff as a concept that is published from a day on."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from plein.casework.cases.models import (
    Besluittype,
    Informatieobjecttype,
    Resultaattype,
    Roltype,
    Statustype,
    Zaaktype,
)
from plein.casework.cases.queries.types import STAMP
from plein.casework.cases.rules.specs import TypeSpec
from plein.foundation.clock import local_date
from plein.foundation.identity import audit, stamps
from plein.foundation.identity.actors import Actor
from plein.foundation.words import Text

LONG_AGO = date(2020, 1, 1)


@transaction.atomic
def ensure_zaaktype(spec: TypeSpec, *, by: Actor, now: datetime, since: date = LONG_AGO) -> Zaaktype:
    """Make the first version of a type of case, published, unless there is one: staff may have changed it since.

    since: from when it holds. For rooms that bring a type of their own: call it when the room is furnished, and before
    the first case is opened.
    """
    found = Zaaktype.objects.filter(identificatie=spec.key).order_by("-versie").first()
    if found is not None:
        return found
    row = Zaaktype.objects.create(
        identificatie=spec.key,
        versie=1,
        doel=spec.doel,
        aanleiding=spec.aanleiding,
        activity=spec.activity,
        vertrouwelijkheid=spec.vertrouwelijkheid,
        doorlooptijd=spec.doorlooptijd,
        servicenorm=spec.servicenorm,
        in_werkdagen=spec.in_werkdagen,
        verlengingstermijn=spec.verlengingstermijn,
        opschorting_mogelijk=spec.opschorting,
        selectielijst_procestype=spec.procestype,
        begin_geldigheid=min(since, local_date(now)),
        concept=False,
        **_named(spec.title),
    )
    _make_parts(row, spec)
    stamps.bump(STAMP)
    audit.note("cases.make-type", subject=f"zaaktype:{spec.key}", by=by, now=now, versie=1)
    return row


def _named(title: Text) -> dict[str, str]:
    return {"omschrijving": title.nl, "omschrijving_en": title.en}


def _make_parts(row: Zaaktype, spec: TypeSpec) -> None:
    last = len(spec.statuses)
    Statustype.objects.bulk_create(
        Statustype(
            zaaktype=row,
            key=one.key,
            volgnummer=place,
            statustekst=one.says.nl if one.says else "",
            statustekst_en=one.says.en if one.says else "",
            informeren=one.informeren,
            is_eindstatus=place == last,
            **_named(one.title),
        )
        for place, one in enumerate(spec.statuses, start=1)
    )
    Resultaattype.objects.bulk_create(
        Resultaattype(
            zaaktype=row,
            key=one.key,
            omschrijving_generiek=one.generiek,
            selectielijstklasse=one.klasse,
            archiefnominatie=one.nominatie,
            archiefactietermijn=one.months,
            afleidingswijze=one.afleidingswijze,
            procestermijn=one.procestermijn,
            **_named(one.title),
        )
        for one in spec.results
    )
    _make(Roltype, row, [({"omschrijving_generiek": one.generiek}, one) for one in spec.roles])
    documents = [
        ({"richting": one.richting, "vertrouwelijkheid": one.vertrouwelijkheid}, one) for one in spec.documents
    ]
    _make(Informatieobjecttype, row, documents)
    _make(Besluittype, row, [({"reactietermijn": one.reactietermijn}, one) for one in spec.decisions])


def _make(model: Any, row: Zaaktype, parts: list[tuple[dict[str, Any], Any]]) -> None:
    model.objects.bulk_create(model(zaaktype=row, key=one.key, **_named(one.title), **more) for more, one in parts)
