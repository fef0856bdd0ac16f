"""What an inspector does on a round: each thing once, however often the phone sends it."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from plein.casework.cases import actions as cases
from plein.casework.cases.errors import AlreadyClosed, ChangedMeanwhile
from plein.foundation.clock import local_date
from plein.foundation.identity.actors import Actor, require
from plein.service.reports.actions.handling import close, start
from plein.service.reports.models import Report, Round, Visit
from plein.service.reports.rules.filing import tidy

OUTCOMES = ("solved", "no-fault", "busy", "note")


def round_of(staff_id: int, *, now: datetime) -> Round:
    """Give the round that somebody walks today, begun when there is none yet."""
    last = Round.objects.filter(staff_id=staff_id, ended_at=None).first()
    if last is not None and local_date(last.started_at) == local_date(now):
        return last
    return Round.objects.create(staff_id=staff_id, started_at=now)


def record(
    report: Report,
    outcome: str,
    *,
    key: str,
    note: str = "",
    seen: int,
    staff_id: int,
    done_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> Visit:
    """Write down what an inspector found, and do what goes with it; the same key again does nothing.

    done_at: when the inspector did it, when a phone without a connection sends it later; None is now.

    When somebody changed the case since the inspector looked, nothing is decided: what was found stands in the
    timeline, and a person decides.
    Raises NotAllowed, and what changing a case raises.
    """
    require(by, "reports.inspect")
    if outcome not in OUTCOMES:
        raise ValueError(f"{outcome} is no outcome of a visit")
    known = Visit.objects.filter(key=key).first()
    if known is not None:
        return known
    told = tidy(note)[:1000]
    kept: dict[str, Any] = {"key": key, "note": told, "seen": seen, "staff_id": staff_id}
    kept |= {"done_at": done_at or now, "now": now}
    try:
        with transaction.atomic():
            visit = _visit(report, outcome, **kept)
            _do(report, outcome, told, seen=seen, by=by, now=now)
    except (ChangedMeanwhile, AlreadyClosed):
        with transaction.atomic():
            visit = _visit(report, outcome, **kept)
            visit.is_conflict = True
            visit.save(update_fields=["is_conflict"])
            text = f"Opzichter ter plekke: {outcome}. {told}".strip()
            cases.add_note(report.zaak, f"{text} De zaak was intussen gewijzigd.", by=by, now=now)
    except IntegrityError:
        return Visit.objects.get(key=key)
    return visit


def _visit(
    report: Report,
    outcome: str,
    *,
    key: str,
    note: str,
    seen: int,
    staff_id: int,
    done_at: datetime,
    now: datetime,
) -> Visit:
    walked = round_of(staff_id, now=now)
    place = walked.visits.count() + 1
    values = {"key": key, "outcome": outcome, "note": note, "seen_version": seen, "done_at": done_at, "synced_at": now}
    visit, _ = Visit.objects.update_or_create(round=walked, report=report, defaults={**values, "place": place})
    return visit


def _do(report: Report, outcome: str, note: str, *, seen: int, by: Actor, now: datetime) -> None:
    if outcome == "busy":
        start(report, by=by, now=now, seen=seen)
    elif outcome == "note":
        cases.add_note(report.zaak, note or "Gezien door een opzichter.", by=by, now=now, seen=seen)
    else:
        close(report, outcome, reason=note, by=by, now=now, seen=seen)
