"""Residents and organisations: finding them, and naming them for one purpose only."""

from datetime import datetime

from django.db import transaction

from plein.foundation.identity import keyring
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.audit import note
from plein.foundation.identity.bsn import is_bsn, tidied
from plein.foundation.identity.errors import NobodyKnown, NoBsn
from plein.foundation.identity.models import Person
from plein.foundation.identity.models.residents import ABOUT_BSN

OUTSIDE = ("resident", "organisation")


@transaction.atomic
def person_by_bsn(bsn: str, *, create: bool = False, by: Actor, now: datetime, name: str = "") -> Person | None:
    """Find the resident with a citizen service number; None when there is none and none is to be made.

    name: for who is made now. Raises NoBsn.
    """
    digits = tidied(bsn)
    if not is_bsn(digits):
        raise NoBsn()
    hashed = keyring.keyed_hash("bsn", digits)
    found = Person.objects.filter(bsn_hash=hashed).first()
    if found is not None or not create:
        return found
    sealed = keyring.encrypt(digits, about=ABOUT_BSN)
    person, is_new = Person.objects.get_or_create(
        bsn_hash=hashed, defaults={"kind": "resident", "bsn": sealed, "name": name[:200], "created_at": now}
    )
    if is_new:
        note("identity.create-person", subject=f"person:{person.key}", by=by, now=now)
    return person


@transaction.atomic
def organisation_by_kvk(
    kvk: str, vestiging: str = "", *, create: bool = False, by: Actor, now: datetime, name: str = ""
) -> Person | None:
    """Find the organisation with a KVK number, or its branch; None when there is none and none is to be made."""
    known = {"kind": "organisation", "kvk": kvk, "vestiging": vestiging}
    found = Person.objects.filter(**known).first()
    if found is not None or not create:
        return found
    person, is_new = Person.objects.get_or_create(**known, defaults={"name": name[:200], "created_at": now})
    if is_new:
        note("identity.create-person", subject=f"person:{person.key}", by=by, now=now)
    return person


@transaction.atomic
def person_by_subject(issuer: str, subject: str, *, kind: str, by: Actor, now: datetime, name: str = "") -> Person:
    """Find, or make, who has no BSN or KVK number by the number that the login provider gives."""
    hashed = keyring.keyed_hash("subject", f"{issuer}\0{subject}")
    defaults = {"kind": kind, "name": name[:200], "created_at": now}
    person, is_new = Person.objects.get_or_create(subject_hash=hashed, defaults=defaults)
    if is_new:
        note("identity.create-person", subject=f"person:{person.key}", by=by, now=now)
    return person


def person_for(actor: Actor) -> Person:
    """Give the person behind an actor that is logged in as a resident or organisation.

    Raises NobodyKnown.
    """
    person = Person.objects.filter(uuid=actor.key).first() if actor.kind in OUTSIDE else None
    if person is None:
        raise NobodyKnown()
    return person


def principal_for(actor: Actor) -> Person:
    """Give the person that the actor acts for: another by mandate, else itself.

    Raises NobodyKnown.
    """
    key = actor.facts.get("acting_for") if actor.kind in OUTSIDE else None
    if not key:
        return person_for(actor)
    person = Person.objects.filter(uuid=key).first()
    if person is None:
        raise NobodyKnown()
    return person


def pseudonym(person: Person, activity_key: str) -> str:
    """Name a person for one processing activity: stable, and another one for every other activity."""
    return keyring.pseudonym_of(person.key, purpose=activity_key)
