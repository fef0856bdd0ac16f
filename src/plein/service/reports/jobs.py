"""What reports do by themselves: announce and confirm what came in, pass on, remove in time, and learn."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from plein.casework.cases.events import ZaakOpened
from plein.foundation.events import announce
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.jobs import enqueue, job
from plein.foundation.words import Text
from plein.service.reports.actions import blurring, keeping, learning, routing
from plein.service.reports.actions.filing import route_of
from plein.service.reports.actions.handling import facts_of
from plein.service.reports.actions.telling import tell
from plein.service.reports.events import ReportFiled
from plein.service.reports.models import Owner, Report, Transfer
from plein.service.reports.rules.zaaktype import KEY
from plein.service.reports.sources.history import PRODUCT


def note_opened(event: ZaakOpened, *, now: datetime) -> None:
    """Announce a report that came in, confirm it to its reporter, and pass it on when it is not ours."""
    if event.zaaktype != KEY:
        return
    with transaction.atomic():
        rows = Report.objects.select_related("zaak", "category", "asset")
        report = rows.select_for_update(of=("self",)).filter(zaak__uuid=event.zaak).first()
        if report is None or report.announced_at is not None:
            return
        Report.objects.filter(pk=report.pk).update(announced_at=now)
        told = ReportFiled(
            **facts_of(report), source=report.source, priority=report.zaak.priority, at=report.reported_at
        )
        announce(told, by=SYSTEM)
        if report.zaak.hoofdzaak_id is None:
            tell(report, "report-received", by=SYSTEM, now=now, promised_on=report.promise_on)
        route = route_of(report.category, report.buurt_code, asset=report.asset, now=report.reported_at)
        owner = Owner.objects.filter(pk=route.owner, is_active=True).first() if route.owner else None
        if owner is not None and report.closed_at is None:
            made = routing.pass_on(report, owner, by=SYSTEM, now=now)
            enqueue(bring, key=f"reports.bring/{made.pk}", transfer=made.pk)


@job(
    "reports.bring",
    title=Text("Een melding naar de eigenaar brengen", "Bring a report to its owner"),
    retries=routing.TRIES - 1,
)
def bring(*, transfer: int, now: datetime) -> None:
    """Bring one report to its owner outside."""
    rows = Transfer.objects.select_related("owner", "report", "report__zaak", "report__category", "report__asset")
    found = rows.filter(pk=transfer).first()
    if found is not None:
        routing.bring(found, now=now)


@job(
    "reports.keep",
    title=Text("Gegevens van oude meldingen verwijderen", "Remove details of old reports"),
    at="03:50",
)
def keep(*, now: datetime, progress: Any = None) -> int:
    """Remove what was kept long enough, and write down that it was."""
    return keeping.remove_old(now=now)


@job(
    "reports.forget-traces",
    title=Text("Sporen tegen spam wissen", "Erase traces against spam"),
    every=timedelta(hours=6),
)
def forget_traces(*, now: datetime) -> int:
    """Erase from where reports came and how alike they were, after some days."""
    return keeping.forget_traces(now=now)


@job(blurring.JOB, title=Text("Een foto onherkenbaar maken", "Make a photo unrecognisable"))
def blur_photo(*, photo: int, now: datetime) -> str:
    """Make faces and plates in a photo unreadable."""
    return blurring.blur_new(photo, by=SYSTEM, now=now)


@job("reports.learn", at="03:20", title=Text("Leren van meldingen", "Learn from reports"))
def learn(*, now: datetime) -> None:
    """Publish open data and figures about reports, and look where the same comes back."""
    learning.learn(by=SYSTEM, now=now)


def note_publication(event: Mapping[str, Any], *, now: datetime) -> None:
    """Hear that a product was published; when it is the history, learn from it."""
    if event["product"] == PRODUCT:
        enqueue(learn, key="learn", now=now)
