"""What goes out, for the mail room: what needs somebody, what waits, letters to print and people to call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from plein.casework.messages.models import TO, Dispatch, LetterBatch
from plein.casework.messages.queries.inbox import ACTIVITY, Shown, shown, whom
from plein.casework.messages.rules.sending import FAILURES
from plein.foundation.errors import NotFound
from plein.foundation.gate.door import note_use
from plein.foundation.gate.log import Subjects
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import Actor
from plein.foundation.words import Text

MARKS = {
    Dispatch.WAITING: "neutral",
    Dispatch.SENDING: "busy",
    Dispatch.PRINTING: "busy",
    Dispatch.SENT: "good",
    Dispatch.PERHAPS: "attention",
    Dispatch.GIVEN_UP: "wrong",
    Dispatch.REPLACED: "neutral",
}
NEEDS_SOMEBODY = Q(state__in=(Dispatch.GIVEN_UP, Dispatch.PERHAPS)) & ~Q(failure="by-hand")
SHOW = {
    "somebody": NEEDS_SOMEBODY,
    "waiting": Q(state__in=(Dispatch.WAITING, Dispatch.SENDING, Dispatch.PRINTING)),
    "sent": Q(state=Dispatch.SENT),
    "all": Q(),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A dispatch as a list shows it: without what it says and to whom."""

    dispatch: Dispatch
    about: Text
    reference: str
    mark: str
    word: str
    reason: Text | None


def outgoing(show: str, channel: str = "") -> QuerySet[Dispatch]:
    """Select dispatches for a list, the newest first. show: a key of SHOW."""
    rows = Dispatch.objects.filter(SHOW.get(show, NEEDS_SOMEBODY)).order_by("-pk")
    rows = rows.filter(channel=channel) if channel in dict(Dispatch.CHANNELS) else rows
    return rows.select_related("message__template", "message__zaak").defer("to", "message__content")


def row_of(dispatch: Dispatch) -> Row:
    """Give a dispatch as a list shows it."""
    zaak = dispatch.message.zaak
    return Row(
        dispatch,
        dispatch.message.template.about,
        zaak.identificatie if zaak else "",
        MARKS[dispatch.state],
        str(dict(Dispatch.STATES)[dispatch.state]),
        FAILURES.get(dispatch.failure),
    )


def counts() -> dict[str, int]:
    """Count what needs somebody, what waits, the letters to print and the people to call; one statement."""
    waiting = Q(state=Dispatch.WAITING)
    open_rows = Dispatch.objects.filter(state__in=(Dispatch.GIVEN_UP, Dispatch.PERHAPS, Dispatch.WAITING))
    return open_rows.aggregate(
        somebody=Count("pk", filter=NEEDS_SOMEBODY),
        waiting=Count("pk", filter=waiting & Q(channel__in=("email", "sms"))),
        letters=Count("pk", filter=waiting & Q(channel="letter")),
        calls=Count("pk", filter=waiting & Q(channel="phone")),
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """A dispatch with what it says and to whom, for who handles it."""

    row: Row
    message: Shown
    to: tuple[str, ...]

    @property
    def dispatch(self) -> Dispatch:
        """Give the dispatch itself."""
        return self.row.dispatch


@transaction.atomic
def dispatch_for(uuid: UUID, *, by: Actor, now: datetime) -> Opened:
    """Open one dispatch for staff of the mail room; the look is logged.

    Raises NotFound, RoleMissing.
    """
    rows = Dispatch.objects.select_related("message__template", "message__zaak", "message__person")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotFound(what=str(uuid))
    _note([whom(found.message)], f"message:{found.message_id}", by=by, now=now)
    return _opened(found)


def _opened(dispatch: Dispatch) -> Opened:
    to = tuple(keyring.decrypt(dispatch.to, about=TO).splitlines())
    return Opened(row_of(dispatch), shown(dispatch.message), to)


def _note(subjects: Sequence[Subjects], about: str, *, by: Actor, now: datetime) -> None:
    note_use(ACTIVITY, subjects=subjects, fields=("name", "address", "content"), about=about, by=by, now=now)


@transaction.atomic
def letters_of(batch: LetterBatch, *, by: Actor, now: datetime) -> list[Opened]:
    """Open the letters of a batch, to print them; the look is logged.

    Raises RoleMissing.
    """
    rows = Dispatch.objects.filter(batch=batch).select_related("message__template", "message__zaak", "message__person")
    found = list(rows.order_by("pk"))
    people = [one.message.person.key for one in found if one.message.person]
    others = [str(one.message_id) for one in found if not one.message.person]
    subjects = [Subjects("person", sorted(set(people)))] * bool(people) + [Subjects("message", others)] * bool(others)
    if subjects:
        _note(subjects, f"batch:{batch.pk}", by=by, now=now)
    return [_opened(one) for one in found]


def batches(*, now: datetime) -> list[tuple[LetterBatch, int]]:
    """List what was printed in the last month, newest first, with how many letters each has."""
    rows = LetterBatch.objects.filter(Q(posted_at=None) | Q(made_at__gt=now - timedelta(days=31)))
    return [(row, row.count) for row in rows.annotate(count=Count("dispatches")).order_by("-pk")[:100]]


def calls() -> list[Row]:
    """List who is to be called, the longest waiting first."""
    rows = Dispatch.objects.filter(channel="phone", state=Dispatch.WAITING).order_by("pk")
    rows = rows.select_related("message__template", "message__zaak").defer("to", "message__content")
    return [row_of(one) for one in rows[:200]]
