"""Send what waits: once in effect, also when the worker is killed between any two steps.

    waiting --claim--> sending/opening --mark--> sending/handed --settle--> sent | waiting (later) | perhaps | given-up

Each arrow is written and committed before what follows it is done. A dispatch found in "sending" after its lease was
cut off: in "opening" nothing can have been sent, so it waits again; in "handed" an SMS is looked up at the provider by
our reference, and an e-mail becomes "perhaps sent", which only a person sends again. See docs/understand/messages.md.
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from plein.casework.messages.actions import mailing, texting
from plein.casework.messages.actions.writing import opened
from plein.casework.messages.models import TO, Dispatch
from plein.casework.messages.rules import saying, sending
from plein.casework.messages.rules.sending import Outcome
from plein.foundation.errors import Refused
from plein.foundation.gate.door import note_use
from plein.foundation.gate.log import Subjects
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import SYSTEM

log = structlog.get_logger(__name__)

ACTIVITY = "messages.send"
BY_MACHINE = ("email", "sms")
NOT_YET = timedelta(minutes=15)
"""How long we wait before we look again whether something that stops us is solved (no server, no registration)."""
ASK_FOR = timedelta(hours=24)
"""How long we keep asking a provider about one message before a person has to."""


def is_set(channel: str) -> bool:
    """Tell whether a channel can send at all."""
    return {"email": mailing.is_set, "sms": texting.is_set}[channel]()


def has_due(now: datetime) -> bool:
    """Tell whether anything is to be sent or settled; one small look at two indexes."""
    return _due(now).exists() or _lost(now).exists()


def deliver_next(now: datetime) -> bool:
    """Settle what was cut off, and make one attempt at the dispatch that waits longest; tells whether there was one."""
    for lost in _lost(now)[:50]:
        settle_lost(lost, now=now)
    dispatch = claim(now)
    if dispatch is None:
        return False
    try:
        outcome = _attempt(dispatch, now=now)
    except Exception:
        log.exception("messages.broken", dispatch=dispatch.pk)
        dispatch.refresh_from_db()
        outcome = Outcome("perhaps" if dispatch.phase == Dispatch.HANDED else "ours", "broken")
    _settle(dispatch, outcome, now=now)
    return True


def claim(now: datetime) -> Dispatch | None:
    """Take the dispatch that waits longest for an attempt, and write that before anything else is done.

    What cannot be tried now (no server, no active registration) is put off, with the reason.
    """
    while True:
        with transaction.atomic():
            dispatch = _locked(_due(now).order_by("next_at", "id")).select_related("message__person").first()
            if dispatch is None:
                return None
            if _may_go(dispatch, now):
                _start(dispatch, now)
                return dispatch


def _due(now: datetime) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(state=Dispatch.WAITING, channel__in=BY_MACHINE, next_at__lte=now)


def _lost(now: datetime) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(state=Dispatch.SENDING, lease_until__lte=now)


def _locked(rows: QuerySet[Dispatch]) -> QuerySet[Dispatch]:
    """Lock rows on PostgreSQL and skip those that others hold; on SQLite the write lock is enough."""
    if not connection.features.has_select_for_update:
        return rows
    return rows.select_for_update(skip_locked=True, of=("self",))


def _may_go(dispatch: Dispatch, now: datetime) -> bool:
    """Look whether a first attempt makes sense now; else write down why not, and when we look again."""
    failure = ""
    if dispatch.attempts == dispatch.base and sending.is_too_old(dispatch.since, now):
        failure = "too-old"
    elif not is_set(dispatch.channel):
        failure = "no-server"
    elif not _noted(dispatch, now):
        failure = "not-registered"
    if not failure:
        return True
    dispatch.failure = failure
    if failure == "too-old":
        dispatch.state, dispatch.next_at, dispatch.settled_at = Dispatch.GIVEN_UP, None, now
    else:
        dispatch.next_at = now + NOT_YET
    dispatch.save(update_fields=["failure", "state", "next_at", "settled_at"])
    return False


def _noted(dispatch: Dispatch, now: datetime) -> bool:
    """Write in the processing log that an address is used to tell somebody something; False without registration."""
    message = dispatch.message
    if message.person is not None:
        whom = Subjects("person", [message.person.key])
    elif message.zaak_id is not None:
        whom = Subjects("case", [str(message.zaak_id)])
    else:
        whom = Subjects("message", [str(message.pk)])
    try:
        with transaction.atomic():
            note_use(
                ACTIVITY,
                subjects=whom,
                fields=("name", dispatch.channel, "content"),
                about=f"message:{message.pk}",
                by=SYSTEM,
                now=now,
            )
    except Refused:
        return False
    return True


def _start(dispatch: Dispatch, now: datetime) -> None:
    dispatch.state, dispatch.phase = Dispatch.SENDING, Dispatch.OPENING
    dispatch.attempts += 1
    dispatch.lease_until = now + sending.LEASE
    dispatch.save(update_fields=["state", "phase", "attempts", "lease_until"])


def _mine(dispatch: Dispatch) -> QuerySet[Dispatch]:
    """Give the dispatch as long as this attempt is the one that counts."""
    states = (Dispatch.SENDING, Dispatch.PERHAPS)
    return Dispatch.objects.filter(pk=dispatch.pk, attempts=dispatch.attempts, state__in=states)


def _attempt(dispatch: Dispatch, *, now: datetime) -> Outcome:
    """Make one attempt; `handing` is written and committed before the content can have been taken."""
    message = dispatch.message
    told = opened(message)
    if dispatch.is_notice:
        told = saying.notice(
            str(settings.PLEIN["ORGANISATION"]), f"{settings.PLEIN['BASE_URL']}/mijn/", message.language
        )
    to = keyring.decrypt(dispatch.to, about=TO)

    def handing() -> None:
        _mine(dispatch).update(phase=Dispatch.HANDED, lease_until=now + sending.LEASE)

    if dispatch.channel == "sms":
        return texting.provider().hand_over(saying.sms_text(told), to=to, reference=dispatch.uuid, handing=handing)
    mail = mailing.compose(told, to=to, reference=dispatch.uuid, language=message.language, now=now)
    return mailing.deliver(mail, handing=handing)


def _settle(dispatch: Dispatch, outcome: Outcome, *, now: datetime) -> None:
    """Write how an attempt went, unless the dispatch went another way meanwhile."""
    values: dict[str, object] = {
        "failure": outcome.failure,
        "answer": outcome.answer,
        "provider_reference": outcome.reference,
    }
    again = sending.next_attempt(outcome.kind, attempts=dispatch.attempts - dispatch.base, now=now)
    if outcome.kind == "sent":
        values |= {"state": Dispatch.SENT, "phase": "", "lease_until": None, "next_at": None, "settled_at": now}
    elif outcome.kind == "perhaps" and dispatch.channel == "sms":
        values |= {"lease_until": now + sending.LEASE}
    elif outcome.kind == "perhaps":
        values |= {"state": Dispatch.PERHAPS, "lease_until": None, "next_at": None, "settled_at": now}
    elif again is not None:
        values |= {"state": Dispatch.WAITING, "phase": "", "lease_until": None, "next_at": again}
    else:
        values |= {"state": Dispatch.GIVEN_UP, "phase": "", "lease_until": None, "next_at": None, "settled_at": now}
    _mine(dispatch).update(**values)


def settle_lost(dispatch: Dispatch, *, now: datetime) -> None:
    """Settle an attempt that was cut off, by what it had written down."""
    if dispatch.phase != Dispatch.HANDED:
        _settle(dispatch, Outcome("unreachable", "unreachable"), now=now)
    elif dispatch.channel == "email":
        _settle(dispatch, Outcome("perhaps", "cut-off"), now=now)
    else:
        _ask(dispatch, now=now)


def _ask(dispatch: Dispatch, *, now: datetime) -> None:
    """Ask the provider whether it has the message; not known there means not sent, so it may go again."""
    found = texting.provider().look_up(dispatch.uuid) if texting.is_set() else Outcome("unreachable", "no-server")
    if found is None:
        _settle(dispatch, Outcome("busy", "unreachable"), now=now)
    elif found.kind == "sent":
        _settle(dispatch, found, now=now)
    elif dispatch.lease_until and now - dispatch.since > ASK_FOR:
        _mine(dispatch).update(
            state=Dispatch.PERHAPS, failure="no-answer", answer=found.answer, lease_until=None, settled_at=now
        )
    else:
        _mine(dispatch).update(lease_until=now + NOT_YET, failure="no-answer", answer=found.answer)
