"""When scheduled work is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plein.foundation.clock import TOWN
from plein.foundation.jobs.schedules import LONGEST_WAIT, Rhythm, wait_after

NIGHT = Rhythm(at="02:30")


def test_a_period_keeps_its_beat_however_late_the_worker_is() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    rhythm = Rhythm(every=timedelta(minutes=10))

    assert rhythm.next(start, start + timedelta(minutes=34)) == start + timedelta(minutes=40)


def test_a_time_of_day_is_the_clock_in_town_in_winter_and_in_summer() -> None:
    winter = Rhythm(at="03:00").first(datetime(2026, 1, 10, 12, tzinfo=UTC))
    summer = Rhythm(at="03:00").first(datetime(2026, 7, 10, 12, tzinfo=UTC))

    assert winter == datetime(2026, 1, 11, 2, tzinfo=UTC)  # CET is UTC+1
    assert summer == datetime(2026, 7, 11, 1, tzinfo=UTC)  # CEST is UTC+2


def test_a_time_that_spring_skips_comes_an_hour_later() -> None:
    # On 29 March 2026 the clock goes from 02:00 to 03:00 (Directive 2000/84/EC), at 01:00 UTC.
    assert NIGHT.first(datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_time_that_autumn_shows_twice_counts_once() -> None:
    # On 25 October 2026 the clock goes from 03:00 to 02:00, at 01:00 UTC.
    first = NIGHT.first(datetime(2026, 10, 24, 12, tzinfo=UTC))

    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert NIGHT.next(first, first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_there_is_one_moment_on_every_day_in_town(after: datetime) -> None:
    first = NIGHT.first(after)
    second = NIGHT.next(first, first)

    assert first > after
    assert second.astimezone(TOWN).date() - first.astimezone(TOWN).date() == timedelta(days=1)


@given(st.integers(1, 500), st.floats(0, 1, exclude_max=True))
def test_waiting_grows_but_never_past_the_longest(attempts: int, chance: float) -> None:
    wait = wait_after(attempts, chance=chance)

    assert timedelta(seconds=5) <= wait <= LONGEST_WAIT
    assert wait <= wait_after(attempts + 1, chance=chance) or attempts > 11


@pytest.mark.parametrize(
    "wrong", [{}, {"every": timedelta(0)}, {"at": "25:00"}, {"every": timedelta(1), "at": "03:00"}]
)
def test_a_schedule_that_means_nothing_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"."):
        Rhythm(**wrong)
