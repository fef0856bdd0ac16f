"""Working on a report: starting, an honest end, opening it again, another kind, and what the reporter thinks of it."""

from datetime import date, datetime

from django.db import transaction

from plein.casework.cases import actions as cases
from plein.foundation.clock import local_date
from plein.foundation.events import announce
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import Team
from plein.foundation.words import Text
from plein.service.reports.actions.filing import about, route_of
from plein.service.reports.actions.telling import BY_ENDING, tell
from plein.service.reports.errors import AlreadyClosed, DayNeeded, NotClosed, OwnerNeeded, ReasonNeeded
from plein.service.reports.events import ReportClosed, ReportJudged, ReportReopened, ReportRouted
from plein.service.reports.models import Category, Owner, Report
from plein.service.reports.queries import categories
from plein.service.reports.queries.promises import promised
from plein.service.reports.rules.endings import ENDINGS, missing
from plein.service.reports.rules.filing import tidy
from plein.service.reports.rules.zaaktype import BUSY, CLOSED, NEW

MISSING = {"reason": ReasonNeeded, "day": DayNeeded, "owner": OwnerNeeded}
DAY = 86_400


def facts_of(report: Report) -> dict[str, str]:
    """Give what every event of a report says."""
    return {
        "report": report.public_key,
        "reference": report.zaak.identificatie,
        "category": report.category.slug,
        "buurt_code": report.buurt_code,
    }


def _team(report: Report) -> str:
    team = categories.team(report.zaak.team_id)
    return team.key if team else ""


@transaction.atomic
def start(report: Report, *, by: Actor, now: datetime, seen: int | None = None) -> Report:
    """Say that somebody works on it; whoever follows hears it, once."""
    if report.state == BUSY:
        return report
    cases.set_status(report.zaak, BUSY, by=by, now=now, seen=seen)
    _save(report, now=now, state=BUSY)
    tell(report, "report-in-progress", by=by, now=now)
    return report


@transaction.atomic
def close(
    report: Report,
    ending: str,
    *,
    reason: str = "",
    planned_on: date | None = None,
    owner: Owner | None = None,
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> Report:
    """End a report honestly, and tell whoever follows.

    reason: in words that the reporter understands. Closing again in the same way does nothing.
    Raises ReasonNeeded, DayNeeded, OwnerNeeded, AlreadyClosed, and what closing a case raises.
    """
    if report.closed_at is not None:
        if report.ending == ending:
            return report
        raise AlreadyClosed()
    ahead = planned_on is not None and planned_on >= local_date(now)
    if wrong := missing(ending, reason=reason, has_day_ahead=ahead, has_owner=owner is not None):
        raise MISSING[wrong]()
    rule, told = ENDINGS[ending], tidy(reason)
    facts = {"owner": owner.name if owner else "", "day": f"{planned_on:%d-%m-%Y}" if planned_on else ""}
    said = " ".join(filter(None, [rule.sentence.nl.format(**facts), told]))
    cases.close_zaak(report.zaak, ending, toelichting=said, by=by, now=now, seen=seen)
    _save(
        report,
        now=now,
        state=CLOSED,
        closed_at=now,
        ending=ending,
        ending_reason=told,
        planned_on=planned_on if rule.needs_day else None,
        given_to=owner if rule.needs_owner else report.given_to,
        satisfied=None,
        satisfied_at=None,
    )
    _announce_closed(report, by=by, now=now)
    if template := BY_ENDING.get(ending):
        more = {"done": told, "reason": told, "day": planned_on, **_owner_facts(owner)}
        tell(report, template, by=by, now=now, **more)
    return report


def _owner_facts(owner: Owner | None) -> dict[str, str]:
    if owner is None:
        return {}
    how = " · ".join(filter(None, [owner.phone, owner.website]))
    return {"owner": owner.name, "owner_contact": how}


def _announce_closed(report: Report, *, by: Actor, now: datetime) -> None:
    days = round((now - report.reported_at).total_seconds() / DAY, 2)
    in_time = report.promise_on is None or local_date(now) <= report.promise_on
    told = ReportClosed(
        **facts_of(report), ending=report.ending, team=_team(report), days=days, in_time=in_time, at=now
    )
    announce(told, by=by)


@transaction.atomic
def reopen(
    report: Report, *, reason: str = "", by_reporter: bool = False, by: Actor, now: datetime, seen: int | None = None
) -> Report:
    """Go on with a report that was closed: with its team, and a new promise.

    Raises NotClosed, and what opening a case again raises.
    """
    if report.closed_at is None:
        raise NotClosed()
    route = route_of(report.category, report.buurt_code, asset=report.asset, now=now)
    promise = promised(report.category, route, now=now)
    told = tidy(reason) or ("Het is nog niet opgelost." if by_reporter else "")
    cases.reopen_zaak(report.zaak, reason=told, status_key=NEW, einddatum_gepland=promise.on, by=by, now=now, seen=seen)
    _save(
        report,
        now=now,
        state=NEW,
        closed_at=None,
        ending="",
        ending_reason="",
        planned_on=None,
        merged_into=None,
        reopened=report.reopened + 1,
        promise_on=promise.on,
        promise_by=promise.by,
    )
    announce(ReportReopened(**facts_of(report), team=_team(report), by_reporter=by_reporter, at=now), by=by)
    tell(report, "report-reopened", by=by, now=now, promised_on=promise.on)
    return report


@transaction.atomic
def judge(report: Report, satisfied: bool, *, reason: str = "", by: Actor, now: datetime) -> Report:
    """Write down whether the reporter finds it solved; no opens it again.

    Raises NotClosed.
    """
    if report.closed_at is None:
        raise NotClosed()
    _save(report, now=now, satisfied=satisfied, satisfied_at=now)
    announce(ReportJudged(**facts_of(report), satisfied=satisfied, at=now), by=by)
    if satisfied:
        text = Text("De melder zegt dat het is opgelost.", "The reporter says that it is solved.")
        cases.tell(report.zaak, "judged", text.nl, text.en, audience="person", by=by, now=now)
        return report
    return reopen(report, reason=reason, by_reporter=True, by=by, now=now)


@transaction.atomic
def recategorise(
    report: Report, category: Category, *, reason: str = "", by: Actor, now: datetime, seen: int | None = None
) -> Report:
    """Give a report another kind, and with it the team that does that kind.

    Raises AlreadyClosed, and what assigning a case raises.
    """
    if report.closed_at is not None:
        raise AlreadyClosed()
    if category.pk == report.category_id:
        return report
    route = route_of(category, report.buurt_code, asset=report.asset, now=now)
    cases.correct(report.zaak, omschrijving=about(category, report.address), by=by, now=now, seen=seen)
    _save(report, now=now, category=category, chosen_by="staff")
    if route.priority != report.zaak.priority:
        cases.set_priority(report.zaak, route.priority, by=by, now=now)
    return give_to(report, categories.team(route.team), reason=tidy(reason), by=by, now=now)


@transaction.atomic
def give_to(
    report: Report, team: Team | None, *, reason: str = "", by: Actor, now: datetime, seen: int | None = None
) -> Report:
    """Give a report to a team."""
    cases.assign(report.zaak, team=team, reason=reason, by=by, now=now, seen=seen)
    said = ReportRouted(**facts_of(report), team=team.key if team else "", owner="", at=now)
    announce(said, by=by)
    return report


def _save(report: Report, *, now: datetime, **values: object) -> None:
    for name, value in {**values, "changed_at": now}.items():
        setattr(report, name, value)
    report.save(update_fields=[*values, "changed_at"])
