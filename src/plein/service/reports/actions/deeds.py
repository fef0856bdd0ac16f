"""What staff do with a report from the page of its case at the desk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plein.casework.cases.models import Zaak
from plein.foundation.errors import NotFound
from plein.foundation.identity.actors import Actor, require
from plein.foundation.jobs import enqueue
from plein.service.reports.actions import handling, merging, routing, wording
from plein.service.reports.models import Report
from plein.service.reports.queries.staff import report_for

RIGHT = "reports.handle"


def _report(zaak: Zaak, by: Actor) -> Report:
    require(by, RIGHT)
    report = report_for(zaak)
    if report is None:
        raise NotFound(what=zaak.identificatie)
    return report


def start(zaak: Zaak, *, data: Mapping[str, Any], seen: int | None, by: Actor, now: datetime) -> None:
    """Say that somebody works on it."""
    handling.start(_report(zaak, by), by=by, now=now, seen=seen)


def close(zaak: Zaak, *, data: Mapping[str, Any], seen: int | None, by: Actor, now: datetime) -> None:
    """End it honestly."""
    handling.close(
        _report(zaak, by),
        data["ending"],
        reason=data["reason"],
        planned_on=data["planned_on"],
        owner=data["owner"],
        by=by,
        now=now,
        seen=seen,
    )


def reopen(zaak: Zaak, *, data: Mapping[str, Any], seen: int | None, by: Actor, now: datetime) -> None:
    """Go on with it after all."""
    handling.reopen(_report(zaak, by), reason=data["reason"], by=by, now=now, seen=seen)


def change_kind(zaak: Zaak, *, data: Mapping[str, Any], seen: int | None, by: Actor, now: datetime) -> None:
    """Give it another kind, and the team of that kind."""
    handling.recategorise(_report(zaak, by), data["category"], reason=data["reason"], by=by, now=now, seen=seen)


def pass_on(zaak: Zaak, *, data: Mapping[str, Any], seen: int | None, by: Actor, now: datetime) -> None:
    """Pass it on to its owner outside."""
    report = _report(zaak, by)
    made = routing.pass_on(report, data["owner"], reason=data["reason"], by=by, now=now, seen=seen)
    enqueue("reports.bring", key=f"reports.bring/{made.pk}", transfer=made.pk)


def merge(zaak: Zaak, *, data: Mapping[str, Any], seen: int | None, by: Actor, now: datetime) -> None:
    """Let it go on in another report."""
    merging.merge(_report(zaak, by), into=data["into"], by=by, now=now, seen=seen)


def split(zaak: Zaak, *, data: Mapping[str, Any], seen: int | None, by: Actor, now: datetime) -> None:
    """Make a part of it a report of its own."""
    merging.split(_report(zaak, by), category=data["category"], text=data["text"], by=by, now=now)


def change_words(zaak: Zaak, *, data: Mapping[str, Any], seen: int | None, by: Actor, now: datetime) -> None:
    """Change what others may read, or keep it off the public pages."""
    report = _report(zaak, by)
    wording.change_public(report, data["public_text"], is_hidden=data["is_hidden"], by=by, now=now)
