"""Ask for data, answer it, tell what was made, decide whether to show it. No name or address is asked or kept."""

import secrets
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction

from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.audit import note
from plein.insight.opendata.errors import AlreadyAnswered, TooManyRequests
from plein.insight.opendata.models import DataRequest, Reuse

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
MOST_A_DAY = 10
DAY_SECONDS = 86_400
KEPT_AFTER = timedelta(days=731)


def new_reference() -> str:
    """Make a reference number: easy to read aloud, hard to guess, without letters that look like digits."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def check_visitor(visitor: str) -> None:
    """Refuse a visitor that sent too many forms today. The count lives in memory only and is gone after a day.

    visitor: a keyed hash that changes every day, see views.forms.
    Raises TooManyRequests.
    """
    key = f"opendata-forms-{visitor}"
    cache.add(key, 0, DAY_SECONDS)
    if cache.incr(key) > MOST_A_DAY:
        raise TooManyRequests(most=MOST_A_DAY)


@transaction.atomic
def ask_for_data(wanted: str, *, purpose: str = "", product: str = "", by: Actor, now: datetime) -> DataRequest:
    """Put a request for data on the work list of the data steward."""
    request = DataRequest.objects.create(
        reference=new_reference(), wanted=wanted, purpose=purpose, product=product, asked_at=now
    )
    note("opendata.ask", subject=f"request:{request.reference}", by=by, now=now, product=product)
    return request


@transaction.atomic
def answer_request(reference: str, *, state: str, answer: str, by: Actor, now: datetime) -> DataRequest:
    """Answer a request, decline it with a reason, or say that somebody is looking into it.

    Raises NotAllowed, AlreadyAnswered, DataRequest.DoesNotExist.
    """
    require(by, "opendata.answer")
    request = DataRequest.objects.select_for_update().get(reference=reference)
    if request.state in ("answered", "declined"):
        raise AlreadyAnswered(reference=reference)
    request.state, request.answer = state, answer
    request.answered_at, request.answered_by = now, by.uri
    request.save()
    note("opendata.answer", subject=f"request:{reference}", by=by, now=now, state=state)
    return request


@transaction.atomic
def tell_reuse(title: str, *, link: str, text: str, maker: str = "", product: str, by: Actor, now: datetime) -> Reuse:
    """Tell what was made with a product; the data steward decides whether it is shown."""
    reuse = Reuse.objects.create(
        reference=new_reference(), title=title, link=link, text=text, maker=maker, product=product, sent_at=now
    )
    note("opendata.tell-reuse", subject=f"reuse:{reuse.reference}", by=by, now=now, product=product)
    return reuse


@transaction.atomic
def decide_reuse(reference: str, *, show: bool, by: Actor, now: datetime) -> Reuse:
    """Show what somebody made, or decline it; a decision can be changed later.

    Raises NotAllowed, Reuse.DoesNotExist.
    """
    require(by, "opendata.answer")
    reuse = Reuse.objects.select_for_update().get(reference=reference)
    reuse.state = "shown" if show else "declined"
    reuse.decided_at, reuse.decided_by = now, by.uri
    reuse.save()
    note("opendata.decide-reuse", subject=f"reuse:{reference}", by=by, now=now, state=reuse.state)
    return reuse


def forget_old(*, now: datetime) -> int:
    """Erase requests, and reuse that was declined, two years after they were decided; returns how many went."""
    before = now - KEPT_AFTER
    requests = DataRequest.objects.filter(state__in=["answered", "declined"], answered_at__lt=before)
    declined = Reuse.objects.filter(state="declined", decided_at__lt=before)
    return sum(found.delete()[0] for found in (requests, declined))
