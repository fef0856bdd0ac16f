"""Opening a case, with as few statements as it takes."""

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from plein.casework.cases.actions.changing import cleaned
from plein.casework.cases.events import ZaakOpened
from plein.casework.cases.models import NO_DAY, Rol, Zaak
from plein.casework.cases.models.cases import ABOUT_CONTACT
from plein.casework.cases.queries import subject_of
from plein.casework.cases.queries.types import Parts, catalogus
from plein.casework.cases.rules import references
from plein.casework.cases.rules.terms import DAYS, WORKING_DAYS, Term, end_of
from plein.casework.cases.rules.zgw import streefdag, wijk_of
from plein.foundation.clock import local_date
from plein.foundation.events import announce
from plein.foundation.identity import audit, keyring
from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.models import Person, Team

OPEN = "cases.open"
BETROKKENE = {"resident": "natuurlijk_persoon", "organisation": "niet_natuurlijk_persoon"}


def open_zaak(
    zaaktype_key: str,
    *,
    omschrijving: str,
    toelichting: str = "",
    kanaal: str,
    lon: float | None = None,
    lat: float | None = None,
    buurt_code: str = "",
    team: Team | None = None,
    priority: int = 2,
    einddatum_gepland: date | None = None,
    uiterlijke_einddatum: date | None = None,
    hoofdzaak: Zaak | None = None,
    person: Person | None = None,
    contact: Mapping[str, str] | None = None,
    vertrouwelijkheid: int | None = None,
    identificatie: str | None = None,
    by: Actor,
    now: datetime,
) -> Zaak:
    """Open a case of the version of its type that holds today, in its first status.

    contact: name, email, phone and address of who asked, kept sealed in the role of initiator; person: who was logged
    in. Statements: the case and its event; the role when there is somebody; an audit line when staff opened it. What
    the public opens needs none: the row itself says who, when and how, and that never changes. The first status and the
    first line of the timeline follow from the row. Everybody may open a case; staff need the right "cases.open".
    Raises UnknownZaaktype, NotAllowed.
    """
    if by.kind == "staff":
        require(by, OPEN)
    parts = catalogus().on(zaaktype_key, local_date(now))
    zaak = _row(parts, einddatum_gepland=einddatum_gepland, latest=uiterlijke_einddatum, by=by, now=now)
    zaak.identificatie = identificatie or references.new_reference(secrets.randbelow)
    zaak.omschrijving, zaak.toelichting = cleaned(omschrijving)[:80], cleaned(toelichting)
    zaak.kanaal, zaak.priority, zaak.team, zaak.hoofdzaak = kanaal, priority, team, hoofdzaak
    zaak.lon, zaak.lat, zaak.buurt_code, zaak.wijk_code = lon, lat, buurt_code, wijk_of(buurt_code)
    zaak.vertrouwelijkheid = vertrouwelijkheid or parts.zaaktype.vertrouwelijkheid
    with transaction.atomic(savepoint=False):
        zaak.save(force_insert=True)
        if person is not None or contact:
            initiator(zaak, parts, person=person, contact=contact, now=now).save(force_insert=True)
        if by.kind == "staff":
            audit.note("cases.open", subject=subject_of(zaak), by=by, now=now, zaaktype=zaaktype_key)
        announce(ZaakOpened(zaak.uuid.hex, zaaktype_key, kanaal, buurt_code, at=now), by=by)
    return zaak


def _row(parts: Parts, *, einddatum_gepland: date | None, latest: date | None, by: Actor, now: datetime) -> Zaak:
    today, zaaktype = local_date(now), parts.zaaktype
    unit = WORKING_DAYS if zaaktype.in_werkdagen else DAYS
    if latest is None and zaaktype.doorlooptijd:
        latest = end_of(today, Term(zaaktype.doorlooptijd, unit))
    planned = einddatum_gepland
    if planned is None and zaaktype.servicenorm:
        planned = end_of(today, Term(zaaktype.servicenorm, unit))
    return Zaak(
        zaaktype=zaaktype,
        status=parts.first_status,
        opened_by=by.uri,
        registered_at=now,
        changed_at=now,
        registratiedatum=today,
        startdatum=today,
        einddatum_gepland=planned,
        uiterlijke_einddatum_afdoening=latest,
        streefdag=streefdag(planned, latest) or NO_DAY,
    )


def initiator(
    zaak: Zaak, parts: Parts, *, person: Person | None, contact: Mapping[str, str] | None, now: datetime
) -> Rol:
    """Make the role of who asked for a case; not saved yet."""
    return Rol(
        zaak=zaak,
        roltype=parts.rol("initiator"),
        betrokkene_type=BETROKKENE[person.kind] if person else "natuurlijk_persoon",
        person=person,
        contact=sealed_contact(contact),
        since=now,
    )


def sealed_contact(contact: Mapping[str, str] | None) -> bytes | None:
    """Seal contact details; None when there are none."""
    told = {name: cleaned(str(text)) for name, text in (contact or {}).items() if text}
    return keyring.encrypt(json.dumps(told, ensure_ascii=False), about=ABOUT_CONTACT) if told else None


def opened_contact(rol: Rol) -> dict[str, Any]:
    """Open the contact details of a role; {} when there are none. Log the use at the gate, where you call this."""
    if rol.contact is None:
        return {}
    found: dict[str, Any] = json.loads(keyring.decrypt(rol.contact, about=ABOUT_CONTACT))
    return found
