"""The day by which a report will be done, as the reporter is told."""

from dataclasses import dataclass
from datetime import date, datetime

from plein.casework.cases.rules.terms import DAYS, WORKING_DAYS, Term, end_of
from plein.foundation import clock
from plein.foundation.words import Text
from plein.service.reports.models import Category, Report
from plein.service.reports.queries import categories
from plein.service.reports.queries.promising import promise_for, said
from plein.service.reports.rules.routing import Route

URGENT = 1


@dataclass(frozen=True, slots=True)
class Promised:
    """A promised day; p50, p80: days in which half and four in five are done, None when only the term is known."""

    on: date
    by: str = "term"
    p50: float | None = None
    p80: float | None = None


def promised(category: Category, route: Route, *, now: datetime) -> Promised:
    """Promise a day by what happened to earlier reports, else by the term of the route; no statement.

    What is urgent is never promised later than its term.
    """
    unit = WORKING_DAYS if route.in_working_days else DAYS
    by_term = Promised(on=end_of(clock.local_date(now), Term(route.term_days, unit)))
    team = categories.team(route.team)
    found = promise_for(main=category.main_slug, category=category.slug, team=team.key if team else "", at=now, now=now)
    if found is None or (route.priority == URGENT and by_term.on < found.on):
        return by_term
    return Promised(on=found.on, by=found.by, p50=found.p50, p80=found.p80)


def sentence(report: Report) -> Text | None:
    """Say what was promised for a report in plain words; None when nothing was."""
    if report.promise_on is None:
        return None
    return said(None if report.promise_p50 is None else round(report.promise_p50), report.promise_on)
