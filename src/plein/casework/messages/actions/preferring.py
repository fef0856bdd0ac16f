"""Keep how a person wants to be reached. An e-mail address counts once its owner typed the code."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from plein.casework.messages.actions.writing import Recipient, send
from plein.casework.messages.errors import AddressUnsound, CodeGone, TooManyCodes, WrongCode
from plein.casework.messages.models import EMAIL, PHONE, POSTAL, EmailCheck, Message, Preference
from plein.casework.messages.rules import addresses, checks
from plein.casework.messages.rules.channels import CHANNELS
from plein.casework.messages.rules.content import LANGUAGES
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.audit import note
from plein.foundation.identity.models import Person


@transaction.atomic
def set_preferences(
    person: Person,
    *,
    language: str,
    channels: Sequence[str],
    in_pictures: bool = False,
    phone: str = "",
    street: Sequence[str] = (),
    postcode: str = "",
    place: str = "",
    by: Actor,
    now: datetime,
) -> Preference:
    """Keep a person's choice: language, channels in order ("inbox" among them ends the list), letters in pictures.

    phone, street, postcode and place: "" takes them away. Raises AddressUnsound.
    """
    number = addresses.phone(phone)
    if phone.strip() and not number:
        raise AddressUnsound(address=phone.strip())
    lines = addresses.postal(person.name or "Aan de bewoner", tuple(street), postcode, place)
    if any(part.strip() for part in (*street, postcode, place)) and not lines:
        raise AddressUnsound(address=" ".join([*street, postcode, place]).strip())
    wanted = [one for one in dict.fromkeys(channels) if one in (*CHANNELS, "inbox")]
    row, _made = Preference.objects.get_or_create(person=person, defaults={"changed_at": now})
    row.language = language if language in LANGUAGES else "nl"
    row.channels, row.in_pictures, row.changed_at = wanted, in_pictures, now
    row.phone = keyring.encrypt(number, about=PHONE) if number else None
    row.postal = keyring.encrypt("\n".join(lines), about=POSTAL) if lines else None
    row.save()
    note("messages.set-preferences", subject=f"person:{person.key}", by=by, now=now, channels=wanted)
    return row


@transaction.atomic
def change_email(person: Person, address: str, *, language: str = "nl", by: Actor, now: datetime) -> EmailCheck:
    """Send a code to an address that a person says is theirs; until they type it, the old address counts.

    Raises AddressUnsound, TooManyCodes.
    """
    written = addresses.email(address)
    if not written:
        raise AddressUnsound(address=address.strip()[:100])
    mine = EmailCheck.objects.filter(person=person)
    if mine.filter(sent_at__gt=now - timedelta(hours=1)).count() >= checks.PER_HOUR:
        raise TooManyCodes()
    mine.filter(ended_at=None).update(ended_at=now)
    code = f"{secrets.randbelow(10**checks.DIGITS):0{checks.DIGITS}d}"
    made = EmailCheck.objects.create(
        person=person, email=keyring.encrypt(written, about=EMAIL), code_hash=_hash(person, code), sent_at=now
    )
    to = Recipient(name=person.name, email=written, language=language, channels=("email",))
    send("email-check", to=to, facts={"code": checks.spaced(code)}, by=by, now=now)
    note("messages.change-email", subject=f"person:{person.key}", by=by, now=now)
    return made


def confirm_email(person: Person, code: str, *, by: Actor, now: datetime) -> None:
    """Take an address into use when the code is right.

    Call it outside a transaction, so that a wrong code counts. Raises WrongCode, CodeGone.
    """
    check = EmailCheck.objects.filter(person=person, ended_at=None, sent_at__gt=now - checks.LIFE).last()
    if check is None or check.tries >= checks.TRIES:
        raise CodeGone()
    if not secrets.compare_digest(check.code_hash, _hash(person, checks.tidied(code))):
        EmailCheck.objects.filter(pk=check.pk).update(tries=F("tries") + 1)
        left = checks.TRIES - check.tries - 1
        raise WrongCode(left=left) if left else CodeGone()
    with transaction.atomic():
        EmailCheck.objects.filter(pk=check.pk).update(ended_at=now)
        values = {"email": check.email, "changed_at": now}
        Preference.objects.update_or_create(person=person, defaults=values)
        note("messages.confirm-email", subject=f"person:{person.key}", by=by, now=now)


@transaction.atomic
def remove_email(person: Person, *, by: Actor, now: datetime) -> None:
    """Take a person's e-mail address away."""
    Preference.objects.filter(person=person).update(email=None, changed_at=now)
    EmailCheck.objects.filter(person=person, ended_at=None).update(ended_at=now)
    note("messages.remove-email", subject=f"person:{person.key}", by=by, now=now)


def mark_read(message_pk: int, *, person: Person, now: datetime) -> None:
    """Write down that a person opened a message of theirs, the first time."""
    Message.objects.filter(pk=message_pk, person=person, in_inbox=True, read_at=None).update(read_at=now)


def _hash(person: Person, code: str) -> str:
    return keyring.keyed_hash("messages.email-code", f"{person.key}:{code}")
