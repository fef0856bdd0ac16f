"""The register of algorithms: filled from the signs, approved by a second person, asked at every computation.

    from plein.foundation.gate.algorithms import is_running, require_algorithm

    require_algorithm("reports.suggest", now)     # refuses, in words that say what to do
    if is_running("reports.suggest", now): ...    # for a page that does without when it is off

Both cost no query: each process keeps a copy, and hears of a change within two seconds.
"""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from plein.foundation.clock import local_date
from plein.foundation.errors import NotFound
from plein.foundation.gate import rules
from plein.foundation.gate.definitions import algorithm_definition
from plein.foundation.gate.errors import (
    AlgorithmEnded,
    AlgorithmNotApproved,
    AlgorithmNotRunning,
    AlgorithmStopped,
    BadEnd,
    FourEyes,
    WrongState,
)
from plein.foundation.gate.models import RegisteredAlgorithm, TrainedVersion
from plein.foundation.gate.registry import LONGEST
from plein.foundation.identity import stamps
from plein.foundation.identity.actors import SYSTEM, Actor, can, require
from plein.foundation.identity.audit import note
from plein.foundation.rooms import Algorithm, rooms

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://plein.example/algoritmes")
STAMP = "algorithms"
HOLDING = ("active", "stopped")


class _Copy(NamedTuple):
    """holding: the version that holds, by key; newest: the state of the newest version; trained: number in use."""

    holding: dict[str, RegisteredAlgorithm]
    newest: dict[str, str]
    trained: dict[str, int]


def _load() -> _Copy:
    rows = list(RegisteredAlgorithm.objects.order_by("version"))
    used = TrainedVersion.objects.filter(in_use=True).values_list("algorithm", "number")
    holding = {row.key: row for row in rows if row.state in HOLDING}
    return _Copy(holding, {row.key: row.state for row in rows}, dict(used))


_kept = stamps.Kept(STAMP, _load)


def require_algorithm(key: str, now: datetime) -> RegisteredAlgorithm:
    """Give the registration of an algorithm that may run now.

    Raises AlgorithmNotRunning or its kinds: AlgorithmNotApproved, AlgorithmStopped, AlgorithmEnded.
    """
    holding, newest, _ = _kept.get()
    found = holding.get(key)
    if found is not None and found.state == "stopped":
        raise AlgorithmStopped(algorithm=key)
    if found is not None and found.ends_on is not None and local_date(now) <= found.ends_on:
        return found
    if found is None and newest.get(key) == "proposed":
        raise AlgorithmNotApproved(algorithm=key)
    raise (AlgorithmEnded if key in newest else AlgorithmNotRunning)(algorithm=key)


def is_running(key: str, now: datetime) -> bool:
    """Tell whether an algorithm may run now."""
    try:
        require_algorithm(key, now)
    except AlgorithmNotRunning:
        return False
    return True


def number_in_use(key: str) -> int | None:
    """Give the number of the trained version that is in use; None when nothing is."""
    return _kept.get().trained.get(key)


def changed() -> None:
    """Have every process read its copy again."""
    stamps.bump(STAMP)


def signed() -> Iterator[tuple[str, Algorithm]]:
    """Walk the algorithms on all signs, with the room's label."""
    return ((room.label, algorithm) for room in rooms() for algorithm in room.algorithms)


@transaction.atomic
def sync(*, now: datetime) -> int:
    """Bring the register in line with the signs and give the number of new versions.

    A new or changed algorithm becomes a proposed version; the one that holds goes on until the new one is approved.
    """
    rows = RegisteredAlgorithm.objects.filter(source="sign").order_by("version")
    digests = dict(rows.values_list("key", "digest"))
    made = 0
    for room, algorithm in signed():
        if digests.get(algorithm.key) != rules.digest(algorithm_definition(algorithm)):
            _propose(algorithm, room=room, source="sign", by=SYSTEM, now=now)
            made += 1
    return made


@transaction.atomic
def propose(algorithm: Algorithm, *, room: str = "", by: Actor, now: datetime) -> RegisteredAlgorithm:
    """Propose an algorithm, or a new version of one, as a member of staff; another person approves it.

    Raises NotAllowed.
    """
    require(by, "gate.propose")
    return _propose(algorithm, room=room, source="staff", by=by, now=now)


def _propose(algorithm: Algorithm, *, room: str, source: str, by: Actor, now: datetime) -> RegisteredAlgorithm:
    key, definition = algorithm.key, algorithm_definition(algorithm)
    versions = RegisteredAlgorithm.objects.select_for_update().filter(key=key).order_by("-version")
    last = versions.first()
    versions.filter(state="proposed").update(state="rejected", ended_at=now, reason="replaced by a newer proposal")
    row = RegisteredAlgorithm.objects.create(
        uid=uuid.uuid5(NAMESPACE, key),
        key=key,
        version=last.version + 1 if last else 1,
        state="proposed",
        room=room or (last.room if last else ""),
        source=source,
        definition=definition,
        digest=rules.digest(definition),
        proposed_at=now,
        proposed_by=by.uri,
    )
    _note("propose", row, by=by, now=now)
    return row


def _note(what: str, row: RegisteredAlgorithm, *, by: Actor, now: datetime, reason: str = "") -> None:
    """Write the audit line and tell every process."""
    note(f"algorithms.{what}", subject=f"algorithm:{row.key}", by=by, now=now, version=row.version, reason=reason)
    changed()


def _locked(pk: int, *states: str) -> RegisteredAlgorithm:
    """Take one version for changing.

    Raises NotFound, WrongState.
    """
    row = RegisteredAlgorithm.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound(what=f"algorithm {pk}")
    if row.state not in states:
        raise WrongState(activity=row.key, state=row.state)
    return row


def _holding(key: str, *states: str) -> RegisteredAlgorithm:
    """Take the version of a key that holds, for changing.

    Raises NotFound, WrongState.
    """
    row = RegisteredAlgorithm.objects.select_for_update().filter(key=key, state__in=HOLDING).first()
    if row is None:
        raise NotFound(what=key)
    if row.state not in states:
        raise WrongState(activity=key, state=row.state)
    return row


def review_day(row: RegisteredAlgorithm, now: datetime) -> date:
    """Give the day on which this version wants to be looked at again, counted from now."""
    return local_date(now + timedelta(days=row.algorithm.review_after_days))


def _checked_end(day: date, now: datetime) -> date:
    """Give the day back when a registration may last until then.

    Raises BadEnd.
    """
    latest = local_date(now + LONGEST)
    if not local_date(now) < day <= latest:
        raise BadEnd(latest=latest.isoformat())
    return day


@transaction.atomic
def approve(pk: int, *, ends_on: date | None = None, by: Actor, now: datetime) -> RegisteredAlgorithm:
    """Approve a proposed version; it replaces the one that holds. What is switched off stays off.

    ends_on: last day it holds; None is the review day. Raises FourEyes, WrongState, BadEnd, NotFound, NotAllowed.
    """
    require(by, "algorithms.approve")
    row = _locked(pk, "proposed")
    if row.proposed_by == by.uri:
        raise FourEyes()
    day = _checked_end(ends_on or review_day(row, now), now)
    before = RegisteredAlgorithm.objects.select_for_update().filter(key=row.key, state__in=HOLDING).first()
    if before is not None:
        row.state, row.stopped_at, row.stopped_by, row.reason = (
            before.state,
            before.stopped_at,
            before.stopped_by,
            before.reason,
        )
        before.state, before.ended_at, before.reason = "ended", now, f"followed by version {row.version}"
        before.save(update_fields=["state", "ended_at", "reason"])
    else:
        row.state = "active"
    row.ends_on, row.decided_at, row.decided_by = day, now, by.uri
    row.save()
    _note("approve", row, by=by, now=now)
    return row


@transaction.atomic
def renew(key: str, *, ends_on: date, by: Actor, now: datetime) -> RegisteredAlgorithm:
    """Set a new last day for the version that holds, after reviewing it.

    Raises NotFound, BadEnd, NotAllowed.
    """
    require(by, "algorithms.approve")
    row = _holding(key, *HOLDING)
    row.ends_on = _checked_end(ends_on, now)
    row.save(update_fields=["ends_on"])
    _note("renew", row, by=by, now=now)
    return row


@transaction.atomic
def end(pk: int, *, reason: str, by: Actor, now: datetime) -> RegisteredAlgorithm:
    """End a version that holds, or reject a proposed one.

    Raises WrongState, NotFound, NotAllowed.
    """
    require(by, "algorithms.approve")
    row = _locked(pk, "proposed", *HOLDING)
    row.state = "rejected" if row.state == "proposed" else "ended"
    row.ended_at, row.reason = now, reason
    row.save(update_fields=["state", "ended_at", "reason"])
    _note("end", row, by=by, now=now, reason=reason)
    return row


def may_stop(row: RegisteredAlgorithm, by: Actor) -> bool:
    """Tell whether somebody may switch it off: by right, or as its owner."""
    return can(by, "algorithms.stop") or row.algorithm.owner.removeprefix("role:") in by.roles


@transaction.atomic
def stop(key: str, *, reason: str, by: Actor, now: datetime) -> RegisteredAlgorithm:
    """Switch an algorithm off, in every process within two seconds; what uses it falls back.

    Raises WrongState when it is off already, NotFound, NotAllowed.
    """
    row = _holding(key, "active")
    if not may_stop(row, by):
        require(by, "algorithms.stop")
    row.state, row.stopped_at, row.stopped_by, row.reason = "stopped", now, by.uri, reason
    row.save(update_fields=["state", "stopped_at", "stopped_by", "reason"])
    _note("stop", row, by=by, now=now, reason=reason)
    return row


@transaction.atomic
def start(key: str, *, by: Actor, now: datetime) -> RegisteredAlgorithm:
    """Switch an algorithm on again.

    Raises WrongState when it is on already, NotFound, NotAllowed.
    """
    require(by, "algorithms.approve")
    row = _holding(key, "stopped")
    row.state, row.stopped_at, row.stopped_by, row.reason = "active", None, "", ""
    row.save(update_fields=["state", "stopped_at", "stopped_by", "reason"])
    _note("start", row, by=by, now=now)
    return row
