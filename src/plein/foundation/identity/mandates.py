"""Acting for another: who may, from when until when, and who wrote it down."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from plein.foundation.errors import NotAllowed
from plein.foundation.identity.actors import Actor, can
from plein.foundation.identity.audit import note
from plein.foundation.identity.errors import MandateForSelf, MandateOver, NotYourMandate
from plein.foundation.identity.models import Mandate, Person

KEPT_AFTER = timedelta(days=365)


def mandates_of(person: Person, *, now: datetime) -> list[Mandate]:
    """List the mandates with which a person may act for others at a moment, the principals with them."""
    live = Mandate.objects.filter(agent=person, since__lte=now, until__gt=now, ended_at=None)
    return list(live.select_related("principal").order_by("principal__name", "pk"))


def mandates_given_by(person: Person, *, now: datetime) -> list[Mandate]:
    """List the mandates with which others may act for a person at a moment, the agents with them."""
    live = Mandate.objects.filter(principal=person, since__lte=now, until__gt=now, ended_at=None)
    return list(live.select_related("agent").order_by("agent__name", "pk"))


def covers(mandate: Mandate, product: str) -> bool:
    """Tell whether a mandate counts for a product; without a list it counts for all."""
    return not mandate.scope or product in mandate.scope


@transaction.atomic
def record_mandate(
    agent: Person,
    *,
    principal: Person,
    kind: str,
    until: datetime,
    scope: Sequence[str] = (),
    source: str = "counter",
    by: Actor,
    now: datetime,
) -> Mandate:
    """Write down that a person may act for another, from now until a moment.

    source: "counter" needs the right identity.mandates; "broker" is for the login itself.
    Raises MandateForSelf, MandateOver, NotAllowed.
    """
    if source == "counter" and not can(by, "identity.mandates"):
        raise NotAllowed(right="identity.mandates")
    if agent.pk == principal.pk:
        raise MandateForSelf()
    if until <= now:
        raise MandateOver()
    mandate = Mandate.objects.create(
        agent=agent, principal=principal, kind=kind, scope=sorted(set(scope)), since=now, until=until, source=source
    )
    facts = {"agent": agent.key, "kind": kind, "scope": mandate.scope, "until": until.isoformat(), "source": source}
    note("identity.record-mandate", subject=f"person:{principal.key}", by=by, now=now, **facts)
    return mandate


@transaction.atomic
def end_mandate(mandate: Mandate, *, by: Actor, now: datetime) -> None:
    """End a mandate before its date: staff with the right, or one of the two persons it is about.

    Raises NotYourMandate.
    """
    own = by.kind in ("resident", "organisation") and by.key in (mandate.agent.key, mandate.principal.key)
    if not own and not can(by, "identity.mandates"):
        raise NotYourMandate()
    if Mandate.objects.filter(pk=mandate.pk, ended_at=None).update(ended_at=now):
        note("identity.end-mandate", subject=f"person:{mandate.principal.key}", by=by, now=now, agent=mandate.agent.key)


def forget_old(*, now: datetime) -> int:
    """Delete the mandates that ended over a year ago, by date or before it; gives how many."""
    before = now - KEPT_AFTER
    return Mandate.objects.filter(Q(until__lt=before) | Q(ended_at__lt=before)).delete()[0]
