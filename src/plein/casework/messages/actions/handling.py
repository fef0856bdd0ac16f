"""What staff do with what does not go by itself: send again, another way, stop, print and post letters, and call."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from plein.casework.cases.actions import tell
from plein.casework.cases.models import Audience
from plein.casework.messages.actions.writing import TEXT_OF_CHANNEL, make_dispatch
from plein.casework.messages.errors import ChangedMeanwhile, NoAddress
from plein.casework.messages.models import Dispatch, LetterBatch
from plein.casework.messages.rules import addresses
from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.audit import note

RIGHT = "messages.dispatch"
STUCK = (Dispatch.GIVEN_UP, Dispatch.PERHAPS, Dispatch.WAITING)
MOST_LETTERS = 200


def _change(dispatch: Dispatch, states: tuple[str, ...], *, seen: int | None = None, **values: Any) -> None:
    """Change a dispatch that is still as it was seen.

    seen: how many attempts the page showed. Raises ChangedMeanwhile.
    """
    rows = Dispatch.objects.filter(pk=dispatch.pk, state__in=states)
    if not (rows if seen is None else rows.filter(attempts=seen)).update(**values):
        raise ChangedMeanwhile()


def _note(action: str, dispatch: Dispatch, *, by: Actor, now: datetime, **facts: Any) -> None:
    subject = f"message:{dispatch.message_id}"
    note(f"messages.{action}", subject=subject, by=by, now=now, channel=dispatch.channel, **facts)


@transaction.atomic
def retry(dispatch: Dispatch, *, seen: int, by: Actor, now: datetime) -> None:
    """Send an e-mail or SMS again, to the same address and with the same reference.

    Raises NotAllowed, ChangedMeanwhile.
    """
    require(by, RIGHT)
    values = {"state": Dispatch.WAITING, "phase": "", "next_at": now, "since": now, "base": dispatch.attempts}
    _change(dispatch, STUCK, seen=seen, **values, settled_at=None, failure="", answer="")
    _note("retry", dispatch, by=by, now=now)


@transaction.atomic
def stop(dispatch: Dispatch, *, reason: str, seen: int, by: Actor, now: datetime) -> None:
    """Send no more of what waits or failed.

    Raises NotAllowed, ChangedMeanwhile.
    """
    require(by, RIGHT)
    values = {"state": Dispatch.GIVEN_UP, "failure": "by-hand", "next_at": None, "settled_at": now, "note": reason}
    _change(dispatch, STUCK, seen=seen, **values)
    _note("stop", dispatch, by=by, now=now)


@transaction.atomic
def arrived(dispatch: Dispatch, *, reason: str, seen: int, by: Actor, now: datetime) -> None:
    """Write down that what was perhaps sent did arrive.

    Raises NotAllowed, ChangedMeanwhile.
    """
    require(by, RIGHT)
    values = {"state": Dispatch.SENT, "settled_at": now, "phase": "", "note": reason}
    _change(dispatch, (Dispatch.PERHAPS,), seen=seen, **values)
    _note("arrived", dispatch, by=by, now=now)


@transaction.atomic
def other_way(
    dispatch: Dispatch, channel: str, *, to: Mapping[str, str], in_pictures: bool, seen: int, by: Actor, now: datetime
) -> Dispatch:
    """Send the same message another way.

    to: "email", "phone", or "name", "street", "postcode" and "place". Raises NotAllowed, NoAddress, ChangedMeanwhile.
    """
    require(by, RIGHT)
    address = _address(channel, to)
    if not address:
        raise NoAddress(channel=channel)
    _change(dispatch, STUCK, seen=seen, state=Dispatch.REPLACED, next_at=None, settled_at=now)
    made = make_dispatch(dispatch.message, channel, to=address, in_pictures=in_pictures, now=now)
    _note("other-way", dispatch, by=by, now=now, other=channel)
    _tell(
        dispatch,
        *(f"Bericht opnieuw {TEXT_OF_CHANNEL[channel][0]}", f"Message {TEXT_OF_CHANNEL[channel][1]} again"),
        by=by,
        now=now,
    )
    return made


def _address(channel: str, to: Mapping[str, str]) -> str:
    if channel == "email":
        return addresses.email(to.get("email", ""))
    if channel == "letter":
        street = tuple(to.get("street", "").splitlines())
        return "\n".join(addresses.postal(to.get("name", ""), street, to.get("postcode", ""), to.get("place", "")))
    number = addresses.phone(to.get("phone", ""))
    return number if channel == "phone" or addresses.is_mobile(number) else ""


def _tell(dispatch: Dispatch, nl: str, en: str, *, by: Actor, now: datetime) -> None:
    """Write a line in the timeline of the case, when there is one."""
    message = dispatch.message
    if message.zaak is None:
        return
    about = message.template.about
    data = {"message": str(message.uuid), "channel": dispatch.channel}
    tell(
        message.zaak,
        "message",
        f"{nl}: {about.nl}",
        f"{en}: {about.en}",
        audience=Audience.PERSON,
        data=data,
        by=by,
        now=now,
    )


# -- calling ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def called(dispatch: Dispatch, *, spoken: bool, words: str, seen: int, by: Actor, now: datetime) -> None:
    """Write down a call: somebody was told, or nobody answered and we call again.

    words: what was said, for the contact note. Raises NotAllowed, ChangedMeanwhile.
    """
    require(by, RIGHT)
    line = f"{dispatch.note}\n{words}".strip()
    values = {"note": line, "attempts": dispatch.attempts + 1}
    done = {"state": Dispatch.SENT, "settled_at": now} if spoken else {}
    _change(dispatch, (Dispatch.WAITING,), seen=seen, **values, **done)
    _note("call", dispatch, by=by, now=now, spoken=spoken)
    if spoken:
        _tell(dispatch, "Gebeld", "Called", by=by, now=now)


# -- letters ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_batch(*, by: Actor, now: datetime) -> LetterBatch | None:
    """Take the letters that wait, the oldest first and at most 200, to be printed together; None when there are none.

    Raises NotAllowed.
    """
    require(by, RIGHT)
    waiting = Dispatch.objects.filter(channel="letter", state=Dispatch.WAITING).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True)[:MOST_LETTERS])
    if not keys:
        return None
    batch = LetterBatch.objects.create(made_at=now, made_by=by.uri)
    taken = Dispatch.objects.filter(pk__in=keys, state=Dispatch.WAITING).update(state=Dispatch.PRINTING, batch=batch)
    note("messages.print", subject=f"batch:{batch.pk}", by=by, now=now, letters=taken)
    return batch


@transaction.atomic
def post_batch(batch: LetterBatch, *, by: Actor, now: datetime) -> int:
    """Write down that the letters of a batch were posted; returns how many.

    Raises NotAllowed, ChangedMeanwhile.
    """
    require(by, RIGHT)
    if not LetterBatch.objects.filter(pk=batch.pk, posted_at=None).update(posted_at=now):
        raise ChangedMeanwhile()
    rows = Dispatch.objects.filter(batch=batch, state=Dispatch.PRINTING)
    posted = rows.update(state=Dispatch.SENT, settled_at=now)
    note("messages.post", subject=f"batch:{batch.pk}", by=by, now=now, letters=posted)
    return posted


@transaction.atomic
def put_back(batch: LetterBatch, *, by: Actor, now: datetime) -> int:
    """Have the letters of a batch that failed in the printer wait again; returns how many.

    Raises NotAllowed, ChangedMeanwhile.
    """
    require(by, RIGHT)
    if batch.posted_at is not None:
        raise ChangedMeanwhile()
    rows = Dispatch.objects.filter(batch=batch, state=Dispatch.PRINTING)
    back = rows.update(state=Dispatch.WAITING, batch=None)
    note("messages.put-back", subject=f"batch:{batch.pk}", by=by, now=now, letters=back)
    batch.delete()
    return back
