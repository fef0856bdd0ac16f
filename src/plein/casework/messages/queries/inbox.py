"""The messages of a person, and those about a case. Every look by another than the person stands in the log.

The page that shows them includes `messages/_message.html` with `message`, a Shown.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from plein.casework.cases.models import Zaak
from plein.casework.cases.queries import parts_of, zaak_for
from plein.casework.messages.models import CONTENT, Message
from plein.casework.messages.rules import saying
from plein.foundation.errors import NotFound
from plein.foundation.gate.door import note_use
from plein.foundation.gate.log import Subjects
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import Person
from plein.foundation.words import Text

ACTIVITY = "messages.send"
PAGE = 25


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as somebody may see it. blocks: as rules/content.py makes them; reference: of the case, "" is none."""

    pk: int
    uuid: UUID
    title: str
    blocks: Sequence[dict[str, Any]]
    name: str
    reference: str
    language: str
    about: Text
    created_at: datetime
    read_at: datetime | None
    zaak: UUID | None

    @property
    def is_read(self) -> bool:
        """Tell whether the person opened it."""
        return self.read_at is not None

    @property
    def greeting(self) -> str:
        """Greet the reader in the language of the message."""
        return saying.greeting({"name": self.name}, self.language)

    @property
    def do_word(self) -> str:
        """Give the heading above what the reader must do, in the language of the message."""
        return saying.word("do", self.language)


def shown(message: Message) -> Shown:
    """Open a message; the caller has the right and noted the use."""
    told = json.loads(keyring.decrypt(message.content, about=CONTENT))
    return Shown(
        pk=message.pk,
        uuid=message.uuid,
        title=told["title"],
        blocks=told["blocks"],
        name=told["name"],
        reference=told["reference"],
        language=message.language,
        about=message.template.about,
        created_at=message.created_at,
        read_at=message.read_at,
        zaak=message.zaak.uuid if message.zaak else None,
    )


def whom(message: Message) -> Subjects:
    """Name whom a message is about, for the log."""
    if message.person is not None:
        return Subjects("person", [message.person.key])
    if message.zaak_id is not None:
        return Subjects("case", [str(message.zaak_id)])
    return Subjects("message", [str(message.pk)])


def _mine(person: Person) -> QuerySet[Message]:
    rows = Message.objects.filter(person=person, in_inbox=True)
    return rows.select_related("template", "zaak", "person").only(
        *("pk", "uuid", "content", "language", "created_at", "read_at", "template__about_nl", "template__about_en"),
        *("zaak__uuid", "person__uuid"),
    )


def unread_count(person: Person) -> int:
    """Count the messages that a person has not opened; one statement."""
    return Message.objects.filter(person=person, in_inbox=True, read_at=None).count()


@transaction.atomic
def inbox(person: Person, *, by: Actor, now: datetime, before: int | None = None, size: int = PAGE) -> list[Shown]:
    """Give a page of a person's messages, newest first.

    before: `pk` of the last one on the page before. by: the person, or who acts for them; another's look is logged.
    """
    rows = _mine(person).order_by("-pk")
    found = [shown(row) for row in (rows.filter(pk__lt=before) if before else rows)[:size]]
    if found and not _is_self(person, by):
        _note([Subjects("person", [person.key])], f"inbox:{person.key}", by=by, now=now)
    return found


@transaction.atomic
def message_for(person: Person, uuid: UUID, *, by: Actor, now: datetime) -> Shown:
    """Give one message of a person.

    Raises NotFound.
    """
    row = _mine(person).filter(uuid=uuid).first()
    if row is None:
        raise NotFound(what=str(uuid))
    if not _is_self(person, by):
        _note([whom(row)], f"message:{row.pk}", by=by, now=now)
    return shown(row)


@transaction.atomic
def messages_of(zaak: Zaak, *, by: Actor, now: datetime) -> list[Shown]:
    """Give the messages about a case, newest first, to who may see the case (`cases.queries.zaak_for` decided that).

    Logged under the activity of the type of case.
    """
    rows = list(Message.objects.filter(zaak=zaak).select_related("template", "zaak", "person").order_by("-pk")[:200])
    if rows:
        about = [Subjects("case", [str(zaak.pk)])]
        people = sorted({row.person.key for row in rows if row.person})
        subjects = [*about, *([Subjects("person", people)] if people else [])]
        activity = parts_of(zaak).zaaktype.activity
        _note(subjects, f"zaak:{zaak.uuid.hex}", activity=activity, by=by, now=now)
    return [shown(row) for row in rows]


@transaction.atomic
def message_of_case(uuid: UUID, *, by: Actor, now: datetime) -> Shown:
    """Give one message about a case to who may see that case.

    Raises NotFound, NoBusiness.
    """
    row = Message.objects.filter(uuid=uuid).exclude(zaak=None).select_related("template", "zaak", "person").first()
    if row is None or row.zaak is None:
        raise NotFound(what=str(uuid))
    zaak = zaak_for(by, row.zaak.uuid, now=now)
    subjects = [Subjects("case", [str(zaak.pk)]), *([Subjects("person", [row.person.key])] if row.person else [])]
    activity = parts_of(zaak).zaaktype.activity
    _note(subjects, f"message:{row.pk}", activity=activity, by=by, now=now)
    return shown(row)


def _is_self(person: Person, by: Actor) -> bool:
    return by.kind in ("resident", "organisation") and by.key == person.key


def _note(subjects: Sequence[Subjects], about: str, *, activity: str = ACTIVITY, by: Actor, now: datetime) -> None:
    note_use(activity, subjects=subjects, fields=("name", "content"), about=about, by=by, now=now)
