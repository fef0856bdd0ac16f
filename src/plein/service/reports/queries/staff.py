"""What staff see of a report on the page of its case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from plein.casework.cases.models import Zaak
from plein.foundation.gate.door import Subjects, note_use
from plein.foundation.identity.actors import Actor, can
from plein.foundation.words import Text
from plein.service.reports.models import Photo, Report, StandardText, Transfer
from plein.service.reports.queries.following import opened_text
from plein.service.reports.queries.nearby import Near, similar_near
from plein.service.reports.queries.promises import sentence
from plein.service.reports.queries.public import state_of

HANDLE = "reports.handle"


def report_for(zaak: Zaak) -> Report | None:
    """Give the report of a case, with its category, thing and owner; one query."""
    rows = Report.objects.select_related("category", "category__owner", "asset", "given_to", "merged_into__zaak")
    report = rows.filter(zaak_id=zaak.pk).first()
    if report is not None:
        report.zaak = zaak
    return report


@dataclass(frozen=True, slots=True)
class Panel:
    """A report on the page of its case. near: other open ones that could be the same."""

    report: Report
    text: str
    state: Text
    promise: Text | None
    additions: Sequence[tuple[Any, str]]
    photos: Sequence[Photo]
    transfers: Sequence[Transfer]
    near: Sequence[Near]
    parts: Sequence[Report]
    percent: int | None
    is_redacted: bool


def panel(zaak: Zaak, *, actor: Actor, now: datetime) -> dict[str, Any] | None:
    """Show a report to staff with a task in it, and note that in the log; None for who has no right to it."""
    report = report_for(zaak)
    if report is None or not can(actor, HANDLE):
        return None
    whose = Subjects("case", [zaak.uuid.hex])
    note_use(HANDLE, subjects=whose, fields=["text", "photos"], about=f"report:{report.pk}", by=actor, now=now)
    text = opened_text(report.text)
    shown = Panel(
        report=report,
        text=text,
        state=state_of(report)[0],
        promise=sentence(report),
        additions=[(row, opened_text(row.text)) for row in report.additions.all()],
        photos=list(report.photos.all()),
        transfers=list(report.transfers.select_related("owner")),
        near=_near(report),
        parts=list(Report.objects.select_related("zaak", "category").filter(zaak__hoofdzaak=zaak)),
        percent=None if report.certainty is None else round(report.certainty * 100),
        is_redacted=text != report.public_text,
    )
    return {"shown": shown}


def _near(report: Report) -> list[Near]:
    if report.lon is None or report.lat is None or report.closed_at is not None:
        return []
    found = similar_near(lon=report.lon, lat=report.lat, main_slug=report.category.main_slug)
    return [one for one in found if one.report.pk != report.pk]


def texts_for(report: Report) -> list[StandardText]:
    """List the standard texts that fit a report."""
    main = report.category.main_slug
    return list(StandardText.objects.filter(Q(main_slug="") | Q(main_slug=main), is_active=True))


def is_open(zaak: Zaak, *, actor: Actor) -> bool:
    """Tell whether a report can still be worked on by this actor."""
    return zaak.einddatum is None and can(actor, HANDLE)


def is_new(zaak: Zaak, *, actor: Actor) -> bool:
    """Tell whether nobody said yet that they work on it."""
    return is_open(zaak, actor=actor) and zaak.status.key != "busy"


def is_closed(zaak: Zaak, *, actor: Actor) -> bool:
    """Tell whether a report can be opened again by this actor."""
    return zaak.einddatum is not None and can(actor, HANDLE)


def may_handle(zaak: Zaak, *, actor: Actor) -> bool:
    """Tell whether this actor handles reports."""
    return can(actor, HANDLE)
