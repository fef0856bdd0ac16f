"""Who is in a case, and what was decided in it."""

from collections.abc import Mapping
from datetime import date, datetime

from plein.casework.cases.actions.changing import PERSON, changing, cleaned
from plein.casework.cases.actions.opening import BETROKKENE, sealed_contact
from plein.casework.cases.models import Besluit, Rol, Zaak
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import Person, Staff, Team


def add_rol(
    zaak: Zaak,
    roltype_key: str,
    *,
    person: Person | None = None,
    staff: Staff | None = None,
    team: Team | None = None,
    contact: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> Rol:
    """Give somebody a part in a case; roltype_key: a key of its type, or a generic name such as "belanghebbende".

    Somebody who has that part already keeps it. Raises UnknownPart, and what `changing` raises.
    """
    with changing(zaak, "add-rol", by=by, now=now, seen=seen, is_open=None, persons=True) as change:
        roltype = change.parts.rol(roltype_key)
        who = {"person": person, "staff": staff, "team": team}
        found = Rol.objects.filter(zaak=change.zaak, roltype=roltype, **who).first() if any(who.values()) else None
        if found is not None:
            return found
        made = Rol.objects.create(
            zaak=change.zaak,
            roltype=roltype,
            betrokkene_type=_betrokkene(person, staff, team),
            contact=sealed_contact(contact),
            since=now,
            **who,
        )
        change.facts.update(rol=made.pk, roltype=roltype.key)
        nl, en = f"Toegevoegd als {roltype.omschrijving}.", f"Added as {roltype.omschrijving_en}."
        change.tell("role", nl, en, rol=made.pk, roltype=roltype.key)
    return made


def _betrokkene(person: Person | None, staff: Staff | None, team: Team | None) -> str:
    if staff:
        return "medewerker"
    if team:
        return "organisatorische_eenheid"
    return BETROKKENE[person.kind] if person else "natuurlijk_persoon"


def remove_rol(rol: Rol, *, by: Actor, now: datetime, seen: int | None = None) -> None:
    """End somebody's part in a case; what they left as contact goes with it."""
    with changing(rol.zaak, "remove-rol", by=by, now=now, seen=seen, is_open=None, persons=True) as change:
        row = Rol.objects.filter(pk=rol.pk).select_related("roltype").first()
        if row is None:
            return
        row.delete()
        change.facts.update(rol=rol.pk, roltype=row.roltype.key)
        nl, en = f"Niet meer {row.roltype.omschrijving}.", f"Not {row.roltype.omschrijving_en} any more."
        change.tell("role", nl, en, rol=rol.pk, roltype=row.roltype.key)


def change_contact(
    rol: Rol, contact: Mapping[str, str] | None, *, by: Actor, now: datetime, seen: int | None = None
) -> Rol:
    """Correct the contact details of somebody in a case, or withdraw them (None); the timeline tells that, not what."""
    with changing(rol.zaak, "change-contact", by=by, now=now, seen=seen, is_open=None, persons=True) as change:
        rol.contact = sealed_contact(contact)
        rol.save(update_fields=["contact"])
        change.facts.update(rol=rol.pk, withdrawn=rol.contact is None)
        if rol.contact is None:
            change.tell("role", "De contactgegevens zijn ingetrokken.", "The contact details were withdrawn.")
        else:
            change.tell("role", "De contactgegevens zijn gewijzigd.", "The contact details were changed.")
    return rol


def take_besluit(
    zaak: Zaak,
    besluittype_key: str,
    *,
    datum: date,
    ingangsdatum: date,
    vervaldatum: date | None = None,
    toelichting: str = "",
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> Besluit:
    """Take a decision in a case, that the persons in it read.

    Raises UnknownPart, and what `changing` raises.
    """
    with changing(zaak, "take-besluit", by=by, now=now, seen=seen) as change:
        kind = change.parts.besluit(besluittype_key)
        number = Besluit.objects.filter(zaak=change.zaak).count() + 1
        made = Besluit.objects.create(
            identificatie=f"{change.zaak.identificatie}/{number}",
            zaak=change.zaak,
            besluittype=kind,
            datum=datum,
            ingangsdatum=ingangsdatum,
            vervaldatum=vervaldatum,
            toelichting=cleaned(toelichting),
        )
        change.facts.update(besluit=made.identificatie, besluittype=kind.key)
        more = f" {toelichting}" if toelichting else ""
        nl, en = f"Besluit: {kind.omschrijving}.{more}", f"Decision: {kind.omschrijving_en}.{more}"
        change.tell("decision", nl, en, audience=PERSON, besluit=made.uuid.hex)
    return made
