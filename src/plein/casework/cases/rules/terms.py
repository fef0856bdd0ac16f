"""Terms of law: Dutch public holidays, working days, and when a term that ends on one of them ends.

Source: Algemene termijnenwet (BWBR0002448). Art. 1: a term that ends on a Saturday, Sunday or public holiday goes on
until the next other day. Art. 2: a term of at least three days holds at least two such other days. Art. 3: the public
holidays; Good Friday counts as one, and days equated by royal decree. Art. 4: none of this for terms in hours, of more
than 90 days, twelve weeks or three months, or in years.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

DAY = timedelta(days=1)
HOURS, DAYS, WORKING_DAYS, WEEKS, MONTHS, YEARS = "hours", "days", "working days", "weeks", "months", "years"
UNITS = (HOURS, DAYS, WORKING_DAYS, WEEKS, MONTHS, YEARS)
LONGEST = {DAYS: 90, WEEKS: 12, MONTHS: 3}

# Days equated with public holidays by royal decree, art. 3(3): the decrees for 2023-2025 and for 2026-2028.
EQUATED = frozenset(
    {
        date(2023, 4, 28),
        date(2023, 5, 19),
        date(2024, 5, 10),
        date(2024, 12, 27),
        date(2025, 5, 30),
        date(2026, 1, 2),
        date(2026, 5, 15),
        date(2027, 5, 7),
        date(2028, 4, 28),
        date(2028, 5, 26),
    }
)


def easter(year: int) -> date:
    """Find Easter Sunday of the Gregorian calendar.

    Source: Anonymous Gregorian computus (J. Meeus, Astronomical Algorithms, chapter 8).
    """
    golden, century, rest = year % 19, year // 100, year % 100
    leaps, shift = century // 4, (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - shift + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def kings_day(year: int) -> date:
    """Give the day on which the King's birthday is kept: 27 April, or the day before when that is a Sunday.

    Until 2013 it was Queen's Day on 30 April, with the same rule.
    """
    day = date(year, 4, 27) if year >= 2014 else date(year, 4, 30)
    return day - DAY if day.weekday() == 6 else day


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """List the public holidays of a year and the days that count as such (art. 3).

    5 May is in the law without exception: it counts each year, also when shops and offices are open.
    """
    sunday = easter(year)
    movable = {sunday + timedelta(days=days) for days in (-2, 1, 39, 50)}  # Good Friday, Easter, Ascension, Whit Monday
    fixed = {date(year, 1, 1), kings_day(year), date(year, 5, 5), date(year, 12, 25), date(year, 12, 26)}
    return frozenset(movable | fixed | {day for day in EQUATED if day.year == year})


def is_working_day(day: date) -> bool:
    """Tell whether a day is no Saturday, Sunday or public holiday."""
    return day.weekday() < 5 and day not in holidays(day.year)


def next_working_day(day: date) -> date:
    """Give the day itself, or the first working day after it."""
    while not is_working_day(day):
        day += DAY
    return day


def after_working_days(start: date, count: int) -> date:
    """Give the day that is so many working days after the start; the start itself does not count."""
    day = start
    for _ in range(count):
        day = next_working_day(day + DAY)
    return day


def working_days_between(start: date, end: date) -> int:
    """Count the working days after the start, up to and including the end; negative when the end comes first."""
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + timedelta(days=days)) for days in range(1, (end - start).days + 1))


def after_months(start: date, count: int) -> date:
    """Give the same day so many months later, or the last day of that month when it is too short."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Term:
    """So many of a unit; unit: one of UNITS.

    Raises ValueError for another unit, or an amount below zero.
    """

    amount: int
    unit: str = DAYS

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.amount < 0:
            raise ValueError(f"{self.amount} {self.unit} is no term")


def _moves(term: Term) -> bool:
    """Tell whether the law moves the end of such a term (art. 4a)."""
    return term.amount <= LONGEST.get(term.unit, -1)


def _plain_end(start: date, term: Term) -> date:
    if term.unit == MONTHS:
        return after_months(start, term.amount)
    if term.unit == YEARS:
        return after_months(start, 12 * term.amount)
    if term.unit == HOURS:
        return start + timedelta(days=-(-term.amount // 24))
    return start + timedelta(days=term.amount * (7 if term.unit == WEEKS else 1))


def end_of(start: date, term: Term) -> date:
    """Give the last day of a term that starts to run on the day after `start`.

    Terms in working days end on one by themselves; terms in hours and long ones are not moved (art. 4a).
    """
    if term.unit == WORKING_DAYS:
        return after_working_days(start, term.amount)
    end = _plain_end(start, term)
    if not _moves(term):
        return end
    end = next_working_day(end)
    is_short = term.unit == DAYS and term.amount < 3
    while not is_short and working_days_between(start, end) < 2:
        end = next_working_day(end + DAY)
    return end
