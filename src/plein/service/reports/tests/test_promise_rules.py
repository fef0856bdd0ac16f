"""The promised day: learned from what was solved and what is still open, and kept four times out of five."""

from datetime import date, timedelta

import numpy as np
import pytest

from plein.service.reports.rules import promise
from plein.service.reports.rules.promise import HORIZON, Past, Told, WorkingDays, kept_share, path_of

START = date(2026, 1, 5)  # a Monday
FREE = {date(2026, 4, 3), date(2026, 4, 6)}


@pytest.fixture(scope="module")
def calendar() -> WorkingDays:
    days = promise.working_days(
        lambda day: day.weekday() < 5 and day not in FREE, first=date(2025, 1, 1), last=date(2027, 12, 31)
    )
    return days


def test_working_days_are_counted_without_weekends_and_holidays(calendar: WorkingDays) -> None:
    assert calendar.between(date(2026, 4, 2), date(2026, 4, 7)) == 1  # Thursday to Tuesday, Good Friday and Easter
    assert calendar.between(date(2026, 4, 4), date(2026, 4, 5)) == 0
    assert calendar.after(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert calendar.after(date(2026, 4, 4), 0) == date(2026, 4, 7)  # nothing is promised for a Saturday
    assert calendar.after(date(2026, 4, 7), 0) == date(2026, 4, 7)


def test_every_day_after_some_working_days_is_that_many_further(calendar: WorkingDays) -> None:
    for start in (START + timedelta(days=number) for number in range(200)):
        for days in (1, 4, 20):
            assert calendar.between(start, calendar.after(start, days)) == days


def test_kept_is_counted_as_kaplan_and_meier_do() -> None:
    # Four promises of 4 days made at once: solved on day 2, still open on day 3 when last seen, solved on 4, on 9.
    # One of four goes at 2/4: 3/4 left. One of the two that are left goes at 4/4: 3/8 left, so 5/8 is kept.
    since, promised = np.full(4, 0), np.full(4, 4)
    lasted, solved = np.array([2, 3, 4, 9]), np.array([True, False, True, True])

    assert kept_share(since, lasted, solved, promised) == pytest.approx(5 / 8)
    assert np.isnan(kept_share(since[:0], lasted[:0], solved[:0], promised[:0]))


def invented(count: int, *, seed: int, weeks: int = 40, seen_late: bool = False) -> list[Told]:
    """Reports of two kinds: waste is solved with chance 1/2 a working day, roads with 1/10."""
    rng = np.random.default_rng(seed)
    told = []
    for number in range(count):
        main, chance = (("waste", 0.5), ("roads", 0.1))[number % 2]
        day = START + timedelta(days=int(rng.integers(0, weeks * 7)))
        lasted = int(rng.geometric(chance))
        calendar = promise.working_days(lambda one: one.weekday() < 5, first=date(2025, 1, 1), last=date(2028, 12, 31))
        closed = calendar.after(day, lasted)
        path = path_of(main, f"{main}-{number % 4 // 2}", "", day)
        told.append(Told(path, day, day if seen_late else None, closed, closed))
    return told


@pytest.fixture(scope="module")
def weekdays() -> WorkingDays:
    return promise.working_days(lambda day: day.weekday() < 5, first=date(2025, 1, 1), last=date(2028, 12, 31))


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return invented(1600, seed=7)


def test_a_kind_is_foretold_by_its_own_course(told: list[Told], weekdays: WorkingDays) -> None:
    today = START + timedelta(weeks=30)
    fit = promise.learn([past for one in told if (past := one.as_known(today, weekdays))], today=today)

    assert fit is not None
    waste, roads = (fit.expect(path_of(main, f"{main}-0", "", START)) for main in ("waste", "roads"))
    assert waste.p50 in (1, 2)  # 1 - 0.5 = 50%: half is solved on the first working day
    assert waste.p80 in (2, 3)  # 1 - 0.5^2 = 75%, 1 - 0.5^3 = 88%
    assert roads.p50 in (6, 7, 8)  # 1 - 0.9^7 = 52%
    assert roads.p80 in range(13, 20)  # 1 - 0.9^16 = 81%


def test_promises_on_later_reports_are_kept_four_times_out_of_five(told: list[Told], weekdays: WorkingDays) -> None:
    starts = [START + timedelta(weeks=week) for week in (12, 20, 28)]

    rounds = promise.look_back(told, starts=starts, until=START + timedelta(weeks=38), calendar=weekdays)
    score = promise.together([one.score for one in rounds])

    assert [one.on for one in rounds] == starts
    assert score.made > 600
    assert 0.75 <= score.share <= 0.87  # 80%; a day of waste is 12% of it at once
    assert 0.75 <= score.of("roads").share <= 0.85
    assert score.unknown > 0  # what is open before its day is no promise kept or broken


def test_reports_that_are_still_open_are_not_left_out(weekdays: WorkingDays) -> None:
    """Roads take 10 days at the mean. Five weeks after the start, what is solved were the fast ones."""
    told = invented(2000, seed=3, weeks=5)
    today = START + timedelta(weeks=5)
    known = [past for one in told if (past := one.as_known(today, weekdays))]

    fit = promise.learn(known, today=today)
    careless = promise.learn([past for past in known if past.solved], today=today)

    assert fit is not None
    assert careless is not None
    right, wrong = (one.expect(path_of("roads", "roads-0", "", START)).p80 for one in (fit, careless))
    assert right in range(12, 21)  # 16, as it was invented
    assert (wrong or 0) < (right or 0)


def test_what_came_into_sight_late_counts_from_then_on(weekdays: WorkingDays) -> None:
    """Each report is seen at the end of its first day: what was solved on that day was never seen."""
    told = [one for one in invented(2000, seed=5, seen_late=True)]
    today = START + timedelta(weeks=39)

    fit = promise.learn([past for one in told if (past := one.as_known(today, weekdays))], today=today)

    assert fit is not None
    assert fit.kinds["roads",].course[0] < 0.03  # nobody was in sight on the first day
    course = np.array(fit.kinds["roads",].course)
    hazards = np.diff(course) / (1 - course[:-1])
    assert np.allclose(hazards[1:15].mean(), 0.1, atol=0.02)


def test_the_longer_it_takes_the_later_it_is_expected(told: list[Told], weekdays: WorkingDays) -> None:
    today = START + timedelta(weeks=39)
    fit = promise.learn([past for one in told if (past := one.as_known(today, weekdays))], today=today)
    assert fit is not None
    path = path_of("roads", "roads-1", "", START)

    days = [fit.expect(path, since=since).p80 for since in range(-1, 20)]

    known = [day for day in days if day is not None]
    assert known == sorted(known)
    assert all(day > since for since, day in zip(range(-1, 20), known, strict=False))


def test_a_kind_that_is_not_known_is_foretold_by_the_one_above_it(told: list[Told], weekdays: WorkingDays) -> None:
    today = START + timedelta(weeks=39)
    fit = promise.learn([past for one in told if (past := one.as_known(today, weekdays))], today=today)
    assert fit is not None

    assert fit.expect(("waste", "never-seen", "team", "spring")).path == ("waste",)
    assert fit.expect(("other", "never-seen", "", "spring")).path == ()


def test_what_was_learned_is_kept_small_and_comes_back_the_same(told: list[Told], weekdays: WorkingDays) -> None:
    today = START + timedelta(weeks=39)
    fit = promise.learn([past for one in told if (past := one.as_known(today, weekdays))], today=today)
    assert fit is not None

    content = fit.to_json()

    assert promise.fit_from(content) == fit
    assert len(content) < 10_000
    assert all(
        list(kind.course) == sorted(kind.course) and len(kind.course) == HORIZON + 1 for kind in fit.kinds.values()
    )


def test_little_is_not_learned_from() -> None:
    assert promise.learn([Past(("a", "b", "", "spring"), START, -1, 3, True)] * 59, today=START) is None


def test_a_report_that_came_back_has_no_end(weekdays: WorkingDays) -> None:
    told = Told(("a",), START, START, START + timedelta(days=2), START + timedelta(days=8))

    assert told.as_known(START + timedelta(days=30), weekdays) == Past(("a",), START, 0, 6, False)
    assert told.as_known(START - timedelta(days=1), weekdays) is None
