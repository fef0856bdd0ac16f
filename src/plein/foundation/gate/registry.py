"""The register of processing activities: filled from the signs, decided on by the privacy officer, asked all day."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from plein.foundation.clock import local_date
from plein.foundation.errors import NotFound
from plein.foundation.gate import rules
from plein.foundation.gate.definitions import definition_of
from plein.foundation.gate.errors import (
    BadEnd,
    FourEyes,
    KeyTaken,
    NotApproved,
    NotRegistered,
    RegistrationEnded,
    WrongState,
)
from plein.foundation.gate.models import Agreement, ProcessingActivity
from plein.foundation.identity import stamps
from plein.foundation.identity.actors import SYSTEM, Actor, require
from plein.foundation.identity.audit import note
from plein.foundation.identity.models import Partner
from plein.foundation.rooms import Activity, rooms

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://plein.example/verwerkingen")
LONGEST = timedelta(days=5 * 366)
STAMP = "register"


@dataclass(frozen=True, slots=True)
class _Register:
    """By key: the active versions, the state of the newest one, and the last one that was ever in force.

    secret: keys of which a version that was in force is kept from the persons it is about.
    """

    active: dict[str, ProcessingActivity]
    states: dict[str, str]
    in_force: dict[str, ProcessingActivity]
    secret: frozenset[str]


def _load() -> _Register:
    rows = list(ProcessingActivity.objects.order_by("version"))
    in_force = [row for row in rows if row.state in ("active", "ended")]
    return _Register(
        active={row.key: row for row in rows if row.state == "active"},
        states={row.key: row.state for row in rows},
        in_force={row.key: row for row in in_force},
        secret=frozenset(row.key for row in in_force if row.activity.secret is not None),
    )


_kept = stamps.Kept(STAMP, _load)
_kept_agreements = stamps.Kept(
    "agreements", lambda: list(Agreement.objects.filter(state="active").select_related("partner"))
)


def require_activity(key: str, now: datetime) -> ProcessingActivity:
    """Give the active registration of an activity; without one nothing runs.

    Raises NotRegistered (or its kinds NotApproved, RegistrationEnded), in words that say where to register.
    """
    register = _kept.get()
    states, found = register.states, register.active.get(key)
    if found is not None and found.ends_on is not None and local_date(now) <= found.ends_on:
        return found
    if found is None and states.get(key) == "proposed":
        raise NotApproved(activity=key)
    raise (RegistrationEnded if key in states else NotRegistered)(activity=key)


def in_force(key: str) -> ProcessingActivity | None:
    """Give the version of an activity that holds now, or held last; None when none ever did."""
    return _kept.get().in_force.get(key)


def secret_keys() -> frozenset[str]:
    """List the activities that are left out of the account that persons get: secret in any version ever in force."""
    return _kept.get().secret


def agreement_for(product: str, *, activity: str, by: Actor, now: datetime) -> Agreement | None:
    """Find an agreement that holds today: a partner's own, or any for the municipality itself."""
    today = local_date(now)
    for agreement in _kept_agreements.get():
        if (agreement.product, agreement.activity) != (product, activity):
            continue
        ours = by.kind in ("staff", "system") or (by.kind == "partner" and by.key == agreement.partner.key)
        if ours and rules.agreement_holds(agreement.starts_on, agreement.ends_on, today):
            return agreement
    return None


def uses_of(product: str, *, now: datetime) -> list[tuple[ProcessingActivity, list[str]]]:
    """List the activities that run today and name a product, each with the partners that an agreement lets in."""
    today = local_date(now)
    active = _kept.get().active
    holding = [one for one in _kept_agreements.get() if one.product == product]
    partners = [
        (one.activity, one.partner.name) for one in holding if rules.agreement_holds(one.starts_on, one.ends_on, today)
    ]
    rows = [row for row in active.values() if row.ends_on and today <= row.ends_on and product in row.activity.products]
    return [
        (row, sorted({name for activity, name in partners if activity == row.key}))
        for row in sorted(rows, key=lambda row: row.key)
    ]


def signed() -> Iterable[tuple[str, Activity]]:
    """Walk the activities on all signs, with the room's label."""
    return ((room.label, activity) for room in rooms() for activity in room.activities)


@transaction.atomic
def sync(*, now: datetime) -> int:
    """Bring the register in line with the signs and give the number of new versions.

    A new or changed activity becomes a proposed version; the active one goes on until the new one is approved. What
    concerns no persons becomes active at once, with a review date.
    """
    newest: dict[str, ProcessingActivity] = {}
    for row in ProcessingActivity.objects.filter(source="sign").order_by("version"):
        newest[row.key] = row
    made = 0
    for room, activity in signed():
        definition = definition_of(activity)
        known = newest.get(activity.key)
        if known is None or known.digest != rules.digest(definition):
            _propose(definition, room=room, source="sign", by=SYSTEM, now=now)
            made += 1
    return made


@transaction.atomic
def propose(definition: Mapping[str, Any], *, is_new: bool = False, by: Actor, now: datetime) -> ProcessingActivity:
    """Propose a new activity, or a new version of one, as a member of staff.

    definition: as `definition_of` writes it. It waits for another person's approval, persons or not.
    is_new: its key must be new. Raises KeyTaken, NotAllowed.
    """
    require(by, "gate.propose")
    if is_new and ProcessingActivity.objects.filter(key=definition["key"]).exists():
        raise KeyTaken(key=definition["key"])
    return _propose(dict(definition), room="", source="staff", by=by, now=now)


def _propose(definition: dict[str, Any], *, room: str, source: str, by: Actor, now: datetime) -> ProcessingActivity:
    key = str(definition["key"])
    versions = ProcessingActivity.objects.select_for_update().filter(key=key).order_by("-version")
    last = versions.first()
    versions.filter(state="proposed").update(state="rejected", ended_at=now, reason="replaced by a newer proposal")
    row = ProcessingActivity.objects.create(
        uid=uuid.uuid5(NAMESPACE, key),
        key=key,
        version=last.version + 1 if last else 1,
        state="proposed",
        room=room or (last.room if last else ""),
        source=source,
        definition=definition,
        digest=rules.digest(definition),
        has_persons=definition["persons"] is not None,
        proposed_at=now,
        proposed_by=by.uri,
    )
    note("gate.propose", subject=f"activity:{key}", by=by, now=now, version=row.version)
    if not row.has_persons and source == "sign":
        _activate(row, ends_on=_review_day(row, now), by=by, now=now)
    stamps.bump(STAMP)
    return row


def _review_day(row: ProcessingActivity, now: datetime) -> date:
    return local_date(now + timedelta(days=row.activity.review_after_days))


def _activate(row: ProcessingActivity, *, ends_on: date, by: Actor, now: datetime) -> None:
    ProcessingActivity.objects.filter(key=row.key, state="active").update(
        state="ended", ended_at=now, reason=f"followed by version {row.version}"
    )
    row.state, row.ends_on, row.decided_at, row.decided_by = "active", ends_on, now, by.uri
    row.save(update_fields=["state", "ends_on", "decided_at", "decided_by"])
    note("gate.approve", subject=f"activity:{row.key}", by=by, now=now, version=row.version, ends_on=str(ends_on))


def _locked(pk: int, *states: str) -> ProcessingActivity:
    """Take one version for changing.

    Raises NotFound, WrongState.
    """
    row = ProcessingActivity.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound(what=f"activity {pk}")
    if row.state not in states:
        raise WrongState(activity=row.key, state=row.state)
    return row


@transaction.atomic
def approve(pk: int, *, ends_on: date | None = None, by: Actor, now: datetime) -> ProcessingActivity:
    """Approve a proposed version; it replaces the active one. The privacy officer does this, never for an own proposal.

    ends_on: last day it holds; None is the review date of the activity.
    Raises FourEyes, WrongState, BadEnd, NotAllowed.
    """
    require(by, "gate.approve")
    row = _locked(pk, "proposed")
    if row.proposed_by == by.uri:
        raise FourEyes()
    day = ends_on or _review_day(row, now)
    _check_end(day, now)
    _activate(row, ends_on=day, by=by, now=now)
    stamps.bump(STAMP)
    return row


def _check_end(day: date, now: datetime) -> None:
    latest = local_date(now + LONGEST)
    if not local_date(now) < day <= latest:
        raise BadEnd(latest=latest.isoformat())


@transaction.atomic
def renew(pk: int, *, ends_on: date, by: Actor, now: datetime) -> ProcessingActivity:
    """Set a new last day for the active version, after reviewing it.

    Raises WrongState, BadEnd, NotAllowed.
    """
    require(by, "gate.approve")
    row = _locked(pk, "active")
    _check_end(ends_on, now)
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    note("gate.renew", subject=f"activity:{row.key}", by=by, now=now, version=row.version, ends_on=str(ends_on))
    stamps.bump(STAMP)
    return row


@transaction.atomic
def end(pk: int, *, reason: str, by: Actor, now: datetime) -> ProcessingActivity:
    """End an active version, or reject a proposed one: from now on nothing runs under it.

    Raises WrongState, NotAllowed.
    """
    require(by, "gate.approve")
    row = _locked(pk, "active", "proposed")
    row.state = "ended" if row.state == "active" else "rejected"
    row.ended_at, row.reason = now, reason
    row.save(update_fields=["state", "ended_at", "reason"])
    note("gate.end", subject=f"activity:{row.key}", by=by, now=now, version=row.version, state=row.state)
    stamps.bump(STAMP)
    return row


@transaction.atomic
def agree(
    partner: Partner,
    *,
    product: str,
    activity: str,
    starts_on: date,
    ends_on: date,
    document: str = "",
    by: Actor,
    now: datetime,
) -> Agreement:
    """Draft an agreement with a partner about a shared product; it counts once the privacy officer approves it.

    Raises NotRegistered when the activity is not active, BadEnd, NotAllowed.
    """
    require(by, "gate.agree")
    require_activity(activity, now)
    if ends_on < starts_on or ends_on <= local_date(now):
        raise BadEnd(latest=local_date(now + LONGEST).isoformat())
    made = Agreement.objects.create(
        partner=partner,
        product=product,
        activity=activity,
        starts_on=starts_on,
        ends_on=ends_on,
        document=document,
        made_by=by.uri,
        made_at=now,
    )
    note("gate.agree", subject=f"product:{product}", by=by, now=now, partner=partner.key, activity=activity)
    return made


def _locked_agreement(pk: int, *states: str) -> Agreement:
    """Take one agreement for changing.

    Raises NotFound, WrongState.
    """
    found = Agreement.objects.select_for_update(of=("self",)).select_related("partner").filter(pk=pk).first()
    if found is None:
        raise NotFound(what=f"agreement {pk}")
    if found.state not in states:
        raise WrongState(activity=found.activity, state=found.state)
    return found


def _decide(found: Agreement, *, state: str, reason: str, by: Actor, now: datetime) -> None:
    found.state, found.reason, found.decided_by, found.decided_at = state, reason, by.uri, now
    found.save(update_fields=["state", "reason", "decided_by", "decided_at", "ends_on"])
    stamps.bump("agreements")


@transaction.atomic
def approve_agreement(pk: int, *, by: Actor, now: datetime) -> Agreement:
    """Approve a drafted agreement, never one's own draft; from its first day on it counts.

    Raises FourEyes, WrongState, BadEnd when its last day has passed, NotRegistered, NotFound, NotAllowed.
    """
    require(by, "gate.approve")
    found = _locked_agreement(pk, "proposed")
    if found.made_by == by.uri:
        raise FourEyes()
    require_activity(found.activity, now)
    if found.ends_on < local_date(now):
        raise BadEnd(latest=local_date(now + LONGEST).isoformat())
    _decide(found, state="active", reason="", by=by, now=now)
    partner = found.partner.key
    note("gate.approve-agreement", subject=f"product:{found.product}", by=by, now=now, partner=partner, pk=pk)
    return found


@transaction.atomic
def reject_agreement(pk: int, *, reason: str, by: Actor, now: datetime) -> Agreement:
    """Refuse a drafted agreement, with the reason.

    Raises WrongState, NotFound, NotAllowed.
    """
    require(by, "gate.approve")
    found = _locked_agreement(pk, "proposed")
    _decide(found, state="rejected", reason=reason, by=by, now=now)
    partner = found.partner.key
    note("gate.reject-agreement", subject=f"product:{found.product}", by=by, now=now, partner=partner, pk=pk)
    return found


@transaction.atomic
def end_agreement(pk: int, *, reason: str = "", by: Actor, now: datetime) -> None:
    """End an agreement at once, or take a draft back. What was agreed stays to be seen.

    Raises WrongState, NotFound, NotAllowed.
    """
    require(by, "gate.agree")
    found = _locked_agreement(pk, "proposed", "active")
    found.ends_on = max(found.starts_on, min(found.ends_on, local_date(now)))
    _decide(found, state="ended", reason=reason, by=by, now=now)
    note("gate.end-agreement", subject=f"product:{found.product}", by=by, now=now, partner=found.partner.key)
