"""Two reports about one thing become one, one about two things becomes two, and nobody loses their updates."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from plein.casework.cases import actions as cases
from plein.casework.cases.actions import open_zaak
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import Actor
from plein.service.reports.actions.filing import TEXT, about, route_of
from plein.service.reports.actions.telling import tell
from plein.service.reports.errors import CannotMerge, NothingSaid
from plein.service.reports.models import Category, Report
from plein.service.reports.queries import categories
from plein.service.reports.queries.links import secret_for
from plein.service.reports.queries.promises import promised
from plein.service.reports.queries.wording import public_words
from plein.service.reports.rules.filing import tidy
from plein.service.reports.rules.secrets import digest_of, new_key
from plein.service.reports.rules.zaaktype import CLOSED, KEY


@transaction.atomic
def merge(report: Report, *, into: Report, by: Actor, now: datetime, seen: int | None = None) -> Report:
    """Let a report go on in another one about the same.

    Its reporter and followers keep their own link and their contact details stay where they are; from now on they hear
    what happens to the other report.
    Raises CannotMerge, and what closing a case raises.
    """
    if report.pk == into.pk or report.merged_into_id or into.merged_into_id or into.closed_at is not None:
        raise CannotMerge()
    cases.merge_duplicate(report.zaak, into=into.zaak, resultaattype_key="merged", by=by, now=now, seen=seen)
    report.state, report.closed_at, report.ending, report.merged_into = CLOSED, now, "merged", into
    report.changed_at = now
    report.save(update_fields=["state", "closed_at", "ending", "merged_into", "changed_at"])
    report.refresh_from_db(fields=["followers_count"])
    more = 1 + report.followers_count
    Report.objects.filter(pk=into.pk).update(followers_count=F("followers_count") + more, changed_at=now)
    into.followers_count += more
    _tell_of_merge(report, by=by, now=now)
    return report


def _tell_of_merge(report: Report, *, by: Actor, now: datetime) -> None:
    tell(report, "report-merged", by=by, now=now)


@transaction.atomic
def split(report: Report, *, category: Category, text: str, by: Actor, now: datetime) -> Report:
    """Make a part of a report a report of its own, for another team; its reporter hears of both through one link.

    text: what the part is about, in words of staff.
    Raises NothingSaid, and what opening a case raises.
    """
    told = tidy(text)
    if not told:
        raise NothingSaid()
    route = route_of(category, report.buurt_code, asset=report.asset, now=now)
    promise = promised(category, route, now=now)
    zaak = open_zaak(
        KEY,
        omschrijving=about(category, report.address),
        kanaal=report.source,
        lon=report.lon,
        lat=report.lat,
        buurt_code=report.buurt_code,
        team=categories.team(route.team),
        priority=route.priority,
        einddatum_gepland=promise.on,
        hoofdzaak=report.zaak,
        by=by,
        now=now,
    )
    key = new_key()
    part = Report.objects.create(
        zaak=zaak,
        public_key=key,
        secret_digest=digest_of(secret_for(key)),
        category=category,
        text=keyring.encrypt(told, about=TEXT),
        public_text=public_words(told),
        language=report.language,
        lon=report.lon,
        lat=report.lat,
        address=report.address,
        buurt_code=report.buurt_code,
        wijk_code=report.wijk_code,
        cell=report.cell,
        place_found=report.place_found,
        asset=report.asset,
        source=report.source,
        reported_at=now,
        changed_at=now,
        promise_on=promise.on,
        promise_by=promise.by,
        chosen_by="staff",
    )
    cases.tell(
        report.zaak,
        "split",
        f"Een deel gaat verder als {zaak.identificatie}: {category.title_nl}.",
        f"A part goes on as {zaak.identificatie}: {category.title.en}.",
        audience="person",
        by=by,
        now=now,
    )
    return part
