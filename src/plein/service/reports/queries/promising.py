"""The promised day of a report: a forecast from what happened to earlier ones, read from memory.

    promise = promise_for(main="afval", category="grofvuil", team="reiniging", at=now, now=now)

None means that history says too little, or that the algorithm is off: then the term of the category counts.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import override

from plein.casework.cases.rules.terms import is_working_day
from plein.foundation.clock import local_date
from plein.foundation.gate.algorithms import number_in_use
from plein.foundation.gate.trained import InUse
from plein.foundation.words import Text
from plein.service.reports.rules.promise import Expected, Fit, WorkingDays, fit_from, path_of, working_days

ALGORITHM = "reports.promise"
FIRST_YEAR = 2015
_in_use: InUse[Fit] = InUse(ALGORITHM, fit_from)


@dataclass(frozen=True, slots=True)
class Promise:
    """A promised day. p50, p80: working days within which half and four in five are done, from the day it was made.

    n: earlier reports that it stands on. by: the algorithm with the number of the version.
    """

    p50: int
    p80: int
    on: date
    n: int
    by: str
    sentence: Text


@lru_cache(maxsize=2)
def _calendar(last_year: int) -> WorkingDays:
    return working_days(is_working_day, first=date(FIRST_YEAR, 1, 1), last=date(last_year, 12, 31))


def calendar(now: datetime) -> WorkingDays:
    """Give the working days from 2015 until two years ahead."""
    return _calendar(now.year + 2)


def promise_for(*, main: str, category: str, team: str = "", at: datetime, now: datetime) -> Promise | None:
    """Promise a day for a report of a kind, made at a moment; costs no query.

    main, category: slugs; team: its key, "" is unknown. None: off, not trained, or too little is known of this kind.
    """
    fit = _in_use.get(now)
    if fit is None:
        return None
    day = local_date(at)
    expected = fit.expect(path_of(main, category, team, day))
    if not expected.path or expected.p50 is None or expected.p80 is None:
        return None
    on = calendar(now).after(day, expected.p80)
    return Promise(expected.p50, expected.p80, on, expected.n, _by(), said(expected.p50, on))


def promise_again(*, main: str, category: str, team: str = "", at: datetime, now: datetime) -> date | None:
    """Say by which day a report that is still open will be done, knowing how long it has been open; costs no query."""
    fit = _in_use.get(now)
    if fit is None:
        return None
    day, days = local_date(at), calendar(now)
    since = days.between(day, local_date(now - timedelta(days=1))) if local_date(now) > day else -1
    expected: Expected = fit.expect(path_of(main, category, team, day), since=since)
    return days.after(day, expected.p80) if expected.path and expected.p80 is not None else None


def _by() -> str:
    return f"{ALGORITHM}:{number_in_use(ALGORITHM) or 0}"


def said(p50: int | None, on: date) -> Text:
    """Write a promise as plain sentences; p50: working days, None when only the day is known."""
    if p50 is None:
        return _by_day(on)
    if p50 == 0:
        mostly = Text("Meestal lossen we dit nog dezelfde dag op.", "We usually solve this the same day.")
    elif p50 == 1:
        mostly = Text("Meestal lossen we dit binnen 1 werkdag op.", "We usually solve this within 1 working day.")
    else:
        mostly = Text(
            f"Meestal lossen we dit binnen {p50} werkdagen op.", f"We usually solve this within {p50} working days."
        )
    last = _by_day(on)
    return Text(f"{mostly.nl} {last.nl}", f"{mostly.en} {last.en}")


def _by_day(on: date) -> Text:
    return Text(
        f"Uiterlijk {_day(on, 'nl')} hoort u van ons.", f"You will hear from us by {_day(on, 'en')} at the latest."
    )


def _day(on: date, language: str) -> str:
    with override(language):
        return date_format(on, "l j F")
