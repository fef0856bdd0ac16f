"""Write a message in the transaction of what it tells about; the worker sends it after the commit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from plein.casework.cases.actions import tell
from plein.casework.cases.models import Audience, Zaak
from plein.casework.messages.actions.shipping import bring_texts
from plein.casework.messages.errors import TemplateMissing
from plein.casework.messages.models import (
    CONTENT,
    EMAIL,
    PHONE,
    POSTAL,
    TO,
    Dispatch,
    Message,
    MessageTemplate,
    Preference,
)
from plein.casework.messages.rules import addresses, content
from plein.casework.messages.rules.channels import choose
from plein.foundation.clock import local_date
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.audit import note
from plein.foundation.identity.models import Person

TEXT_OF_CHANNEL = {
    "email": ("per e-mail", "by e-mail"),
    "sms": ("per sms", "by SMS"),
    "letter": ("per brief", "by letter"),
    "phone": ("per telefoon", "by phone"),
}


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who is told: a person that logged in, contact details that somebody left, or both.

    What a person chose in Mijn Plein goes before what is given here. channels: wanted ones in order ("email", "sms",
    "letter", "phone", "inbox"), () lets us choose. address: street lines, without name, postcode and place.
    """

    person: Person | None = None
    name: str = ""
    email: str = ""
    phone: str = ""
    address: tuple[str, ...] = ()
    postcode: str = ""
    place: str = ""
    language: str = "nl"
    channels: tuple[str, ...] = ()
    in_pictures: bool = False


@dataclass(frozen=True, slots=True)
class _Reach:
    """How somebody is reached: language, wish, and an address per channel ("" is none)."""

    language: str
    channels: tuple[str, ...]
    in_pictures: bool
    to: dict[str, str] = field(default_factory=dict)


def published(key: str, *, now: datetime) -> MessageTemplate:
    """Give the published version of a text; the first time ever the texts that Plein ships come in.

    Raises TemplateMissing.
    """
    rows = MessageTemplate.objects.filter(key=key, state=MessageTemplate.PUBLISHED)
    found = rows.first()
    if found is None and not MessageTemplate.objects.exists():
        bring_texts(by=SYSTEM, now=now)
        found = rows.first()
    if found is None:
        raise TemplateMissing(key=key)
    return found


@transaction.atomic
def send(
    template_key: str,
    *,
    to: Recipient,
    facts: Mapping[str, content.Value],
    zaak: Zaak | None = None,
    by: Actor,
    now: datetime,
) -> Message:
    """Write a message for somebody, with the one way it goes out; the worker sends it when the transaction commits.

    facts: what the text needs (see docs/look-up/messages.md); dates as a date or ISO text, amounts with a point, words
    that differ per language as Text. Without any address the message is kept, stands in the inbox and on the case, and
    has no dispatch. Raises TemplateMissing, FactMissing, FactUnsound.
    """
    template = published(template_key, now=now)
    reach = _reach(to)
    known = content.said_facts(
        template.facts, {**_standard(to, zaak, now), **facts}, key=template_key, language=reach.language
    )
    said = content.fill(template.content, known, language=reach.language)
    kept = {
        "title": said.title,
        "short": said.short,
        "blocks": list(said.blocks),
        "name": to.name or (to.person.name if to.person else ""),
        "reference": zaak.identificatie if zaak else "",
    }
    message = Message.objects.create(
        template=template,
        person=to.person,
        zaak=zaak,
        language=reach.language,
        content=keyring.encrypt(json.dumps(kept, ensure_ascii=False), about=CONTENT),
        is_private=template.is_private,
        in_inbox=to.person is not None,
        created_at=now,
        by=by.uri,
    )
    channel = _dispatch(message, reach, now=now)
    note("messages.send", subject=f"message:{message.pk}", by=by, now=now, text=template_key, channel=channel)
    if zaak is not None:
        _tell_case(zaak, message, template, channel=channel, by=by, now=now)
    return message


def _standard(to: Recipient, zaak: Zaak | None, now: datetime) -> dict[str, content.Value]:
    return {
        "organisation": str(settings.PLEIN["ORGANISATION"]),
        "today": local_date(now),
        "reference": zaak.identificatie if zaak else "",
        "name": to.name or (to.person.name if to.person else ""),
    }


def _reach(to: Recipient) -> _Reach:
    """Put together how somebody is reached: the person's own choice first, then what was given."""
    name = to.name or (to.person.name if to.person else "")
    number = addresses.phone(to.phone)
    given = {
        "email": addresses.email(to.email),
        "sms": number if addresses.is_mobile(number) else "",
        "phone": number,
        "letter": "\n".join(addresses.postal(name, to.address, to.postcode, to.place)),
    }
    own = Preference.objects.filter(person=to.person).first() if to.person else None
    language = to.language if to.language in content.LANGUAGES else "nl"
    if own is None:
        return _Reach(language, to.channels, to.in_pictures, given)
    return _Reach(own.language, tuple(own.channels) or to.channels, own.in_pictures, given | _own(own))


def _own(own: Preference) -> dict[str, str]:
    """Give the addresses that a person filled in."""
    number = keyring.decrypt(own.phone, about=PHONE) if own.phone else ""
    found = {
        "email": keyring.decrypt(own.email, about=EMAIL) if own.email else "",
        "phone": number,
        "sms": number if addresses.is_mobile(number) else "",
        "letter": keyring.decrypt(own.postal, about=POSTAL) if own.postal else "",
    }
    return {channel: to for channel, to in found.items() if to}


def _dispatch(message: Message, reach: _Reach, *, now: datetime) -> str:
    """Write the one way a message goes out, if any; returns the channel."""
    channel = choose(
        wanted=reach.channels,
        reachable={name: bool(to) for name, to in reach.to.items()},
        is_private=message.is_private,
        has_inbox=message.in_inbox,
    )
    if channel:
        make_dispatch(message, channel, to=reach.to[channel], in_pictures=reach.in_pictures, now=now)
    return channel


def make_dispatch(message: Message, channel: str, *, to: str, in_pictures: bool = False, now: datetime) -> Dispatch:
    """Write that a message goes out this way, to this address."""
    return Dispatch.objects.create(
        message=message,
        channel=channel,
        in_pictures=in_pictures and channel == "letter",
        is_notice=message.is_private and message.in_inbox and channel in ("email", "sms"),
        to=keyring.encrypt(to, about=TO),
        since=now,
        next_at=now if channel in ("email", "sms") else None,
        created_at=now,
    )


def _tell_case(
    zaak: Zaak, message: Message, template: MessageTemplate, *, channel: str, by: Actor, now: datetime
) -> None:
    """Write the message in the timeline of its case; the person sees it, and what it says only behind it."""
    nl, en = TEXT_OF_CHANNEL.get(channel, ("", ""))
    how_nl, how_en = (f" ({nl})", f" ({en})") if channel else ("", "")
    tell(
        zaak,
        "message",
        f"Bericht: {template.about_nl}{how_nl}",
        f"Message: {template.about_en}{how_en}",
        audience=Audience.PERSON,
        data={"message": str(message.uuid), "channel": channel},
        by=by,
        now=now,
    )


def opened(message: Message) -> dict[str, Any]:
    """Open what a message says. Who shows it to somebody notes that with the gate first (see queries)."""
    found: dict[str, Any] = json.loads(keyring.decrypt(message.content, about=CONTENT))
    return found
