"""The day by which a report will be done, as the reporter is told."""

from dataclasses import dataclass
from datetime import date, datetime

from plein.casework.cases.rules.terms import DAYS, WORKING_DAYS, Term, end_of
from plein.foundation import clock
from plein.service.reports.models import Category
from plein.service.reports.rules.routing import Route


@dataclass(frozen=True, slots=True)
class Promised:
    """A promised day; p50, p80: days in which half and four in five are done, None when only the term is known."""

    on: date
    by: str = "term"
    p50: float | None = None
    p80: float | None = None


def promised(category: Category, route: Route, *, now: datetime) -> Promised:
    """Promise a day by the term of the route."""
    unit = WORKING_DAYS if route.in_working_days else DAYS
    return Promised(on=end_of(clock.local_date(now), Term(route.term_days, unit)))
