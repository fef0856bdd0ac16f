"""The rules about readings, by example and by property."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plein.city.sensing.rules import alerts, means, quality, scales
from plein.city.sensing.rules.quantities import QUANTITIES
from plein.foundation.observations.quality import Quality

HOUR = quality.HOUR_US
NO2, TEMPERATURE, BICYCLES, NOISE = (QUANTITIES[key] for key in ("no2", "temperature", "bicycles", "noise"))
numbers = st.floats(-50, 2000, allow_nan=False)


def hourly(count: int) -> list[int]:
    return [n * HOUR for n in range(count)]


def flags(values: list[float | None], quantity: object = NO2, times: list[int] | None = None) -> list[Quality]:
    found = quality.judge(values, times or hourly(len(values)), quantity)
    return [Quality(int(flag)) for flag in found]


def plain(count: int) -> list[float]:
    """Give readings nothing is wrong with."""
    return [20 + 5 * np.sin(n / 4) + (n % 3) / 10 for n in range(count)]


def test_good_readings_have_no_flag() -> None:
    assert set(flags(plain(100))) == {Quality(0)}


def test_a_value_no_sensor_can_give_is_out_of_range() -> None:
    assert Quality.RANGE in flags([1200.0])[0]


def test_a_negative_beyond_the_noise_of_a_good_instrument_is_flagged_and_one_within_is_not() -> None:
    near, far = flags([-0.5, -6.0])  # Luchtmeetnet publishes values like -0.5 for NO: noise around zero

    assert near == Quality(0)
    assert Quality.NEGATIVE in far


def test_frost_is_no_fault() -> None:
    assert flags([-12.0], TEMPERATURE) == [Quality(0)]


def test_a_jump_and_back_is_a_spike_and_only_that_reading_is_flagged() -> None:
    values = plain(24)
    values[12] = 400.0

    found = flags(values)

    assert [at for at, flag in enumerate(found) if Quality.SPIKE in flag] == [12]


def test_a_rise_that_stays_is_no_spike() -> None:
    assert all(Quality.SPIKE not in flag for flag in flags([20.0] * 3 + plain(10) + [v + 300 for v in plain(14)]))


def test_the_same_value_for_half_a_day_is_flat() -> None:
    found = flags([*plain(6), *[31.4] * 13, *plain(6)])

    assert [Quality.FLAT in flag for flag in found] == [False] * 6 + [True] * 13 + [False] * 6


def test_nothing_for_a_day_is_stuck_at_zero_but_a_night_without_cyclists_is_not() -> None:
    assert all(Quality.STUCK_AT_ZERO in flag for flag in flags([0.0] * 25))
    assert flags([0.0] * 9, BICYCLES) == [Quality(0)] * 9


def test_the_first_reading_after_a_silence_says_so() -> None:
    times = [*hourly(10), 40 * HOUR, 41 * HOUR]

    found = flags(plain(12), times=times)

    assert [at for at, flag in enumerate(found) if Quality.SILENT in flag] == [10]


def test_no_reading_gives_no_flag() -> None:
    assert flags([None, None, 3.0]) == [Quality(0)] * 3


@given(st.lists(st.one_of(numbers, st.none()), max_size=60), st.sampled_from(sorted(QUANTITIES)))
def test_judging_gives_one_flag_per_reading_and_leaves_the_readings_alone(values: list, key: str) -> None:
    before = list(values)

    found = quality.judge(values, hourly(len(values)), QUANTITIES[key])

    assert len(found) == len(values)
    assert values == before


@given(st.lists(numbers, min_size=1, max_size=40), st.integers(0, 10**6))
def test_flags_do_not_depend_on_the_date(values: list[float], shift_h: int) -> None:
    times = np.array(hourly(len(values)))

    here, there = quality.judge(values, times, NO2), quality.judge(values, times + shift_h * HOUR, NO2)

    assert (here == there).all()


@given(st.lists(numbers, min_size=1, max_size=40))
def test_what_is_in_range_is_never_flagged_as_out_of_range(values: list[float]) -> None:
    found = quality.judge(values, hourly(len(values)), NO2)

    for value, flag in zip(values, found, strict=True):
        assert bool(flag & int(Quality.RANGE)) == (not NO2.low <= value <= NO2.high)


@pytest.mark.parametrize(
    ("lon", "lat", "good"), [(4.9, 52.4, True), (0, 0, False), (None, 52.4, False), (4.9, 95, False), (0, 51.5, True)]
)
def test_zero_zero_is_no_place(lon: float | None, lat: float, good: bool) -> None:
    assert quality.is_place(lon, lat) is good


def test_a_sensor_is_silent_after_six_times_its_interval_and_three_hours() -> None:
    assert not quality.is_silent(0, now_us=5 * HOUR, interval_us=HOUR)
    assert quality.is_silent(0, now_us=7 * HOUR, interval_us=HOUR)
    assert not quality.is_silent(0, now_us=2 * HOUR, interval_us=HOUR // 60)


def test_a_day_has_a_mean_with_18_hours_and_not_with_17() -> None:
    starts = np.datetime64("2020-02-09T23:00:00", "s") + np.arange(24) * np.timedelta64(1, "h")  # 10 February, CET
    hours = np.full(24, 30.0)
    hours[:6] = np.nan
    found = means.Day(day=date(2020, 2, 10), mean=30.0, highest_hour=30.0, hours=18)
    assert means.daily(hours, starts) == [found]

    hours[6] = np.nan
    found = means.Day(day=date(2020, 2, 10), mean=None, highest_hour=None, hours=17)
    assert means.daily(hours, starts) == [found]


def test_days_follow_the_clock_in_the_netherlands_also_when_it_changes() -> None:
    # 29 March 2020 has 23 hours: 28 March 23:00 UTC until 29 March 22:00 UTC.
    starts = np.datetime64("2020-03-28T00:00:00", "s") + np.arange(72) * np.timedelta64(1, "h")

    found = {one.day: one.hours for one in means.daily(np.ones(72), starts)}

    assert found == {date(2020, 3, 28): 23, date(2020, 3, 29): 23, date(2020, 3, 30): 24, date(2020, 3, 31): 2}


@given(st.lists(st.floats(0, 500), min_size=18, max_size=24))
def test_a_daily_mean_lies_between_the_lowest_and_highest_hour(values: list[float]) -> None:
    starts = np.datetime64("2020-02-09T23:00:00", "s") + np.arange(len(values)) * np.timedelta64(1, "h")

    (found,) = means.daily(np.array(values), starts)

    assert min(values) - 1e-9 <= found.mean <= found.highest_hour + 1e-9
    assert found.hours == len(values)


def level(hours: int = 24, limit: float = 50) -> alerts.Level:
    known = next(one for one in alerts.LEVELS if one.quantity == "pm10")
    return alerts.Level(quantity="pm10", hours=hours, limit=limit, title=known.title, source="test")


def at(station: int, mean: float, *, km: float = 0.0, coverage: float = 1.0) -> alerts.Rolling:
    return alerts.Rolling(station=station, lon=4.9, lat=52.37 + km / 111.2, mean=mean, coverage=coverage)


def test_one_sensor_alone_never_gives_an_alarm() -> None:
    assert alerts.alarms(level(), [at(1, 900.0)]) == []
    assert alerts.alarms(level(), [at(1, 900.0), at(1, 900.0)]) == []


def test_two_sensors_that_agree_give_one_alarm() -> None:
    (found,) = alerts.alarms(level(), [at(1, 60.0), at(2, 70.0, km=1)])

    assert found.stations == (1, 2)
    assert found.highest == 70.0


def test_two_sensors_far_apart_do_not_agree() -> None:
    assert alerts.alarms(level(), [at(1, 60.0), at(2, 70.0, km=10)]) == []


def test_two_bad_sensors_do_not_outvote_five_good_ones() -> None:
    good = [at(n, 12.0, km=n / 10) for n in range(3, 8)]

    assert alerts.alarms(level(), [at(1, 60.0), at(2, 70.0), *good]) == []


def test_a_broken_sensor_finds_no_support_in_one_just_over_the_limit() -> None:
    # Samen Meten, Amsterdam, 7 February 2020: one kit measured 370 µg/m³ for days, the one beside it 29.5, others 25.
    assert alerts.alarms(level(limit=25), [at(1, 370.0), at(2, 29.5)]) == []
    (found,) = alerts.alarms(level(limit=25), [at(1, 370.0), at(2, 29.5), at(3, 28.0, km=1)])
    assert (found.stations, found.highest) == ((2, 3), 29.5)
    (fire,) = alerts.alarms(level(limit=25), [at(1, 370.0), at(2, 130.0), at(3, 50.0, km=1)])
    assert fire.stations == (1, 2, 3)


def test_a_sensor_deviates_when_it_measures_quite_else_than_five_others_around() -> None:
    others = [(n, 4.9 + n / 100, 52.37, 20.0 + n) for n in range(2, 7)]

    assert quality.deviating([(1, 4.9, 52.37, 370.0), *others]) == [1]
    assert quality.deviating([(1, 4.9, 52.37, 2.0), *others]) == [1]
    assert quality.deviating([(1, 4.9, 52.37, 60.0), *others]) == []
    assert quality.deviating([(1, 4.9, 52.37, 370.0), *others[1:]]) == []
    assert quality.deviating([(1, 6.0, 52.37, 370.0), *others]) == []  # 75 km away


def test_loud_readings_weigh_heavier_in_the_mean_of_a_window() -> None:
    assert alerts.mean_of("noise", [60.0, 70.0]) == pytest.approx(67.404, abs=0.001)  # (10^6 + 10^7) / 2
    assert alerts.mean_of("pm10", [60.0, 70.0]) == 65.0


def test_a_mean_over_too_few_readings_does_not_count() -> None:
    assert alerts.alarms(level(), [at(1, 60.0), at(2, 70.0, coverage=0.7)]) == []


@given(st.lists(st.tuples(st.integers(1, 6), st.floats(0, 100), st.floats(0, 20)), max_size=12))
def test_every_alarm_has_two_sensors_over_the_limit(rows: list[tuple[int, float, float]]) -> None:
    rolling = list({station: at(station, mean, km=km) for station, mean, km in rows}.values())
    high = {one.station for one in rolling if one.mean > 50}

    for found in alerts.alarms(level(), rolling):
        assert len(found.stations) >= 2
        assert set(found.stations) <= high


@given(st.sampled_from(sorted(scales.STEPS)), numbers, numbers)
def test_a_higher_value_never_has_a_lower_class(key: str, one: float, other: float) -> None:
    low, high = sorted([one, other])

    assert scales.class_of(key, low) <= scales.class_of(key, high)


def test_every_scale_belongs_to_a_quantity_and_no_value_has_no_class() -> None:
    assert set(scales.STEPS) <= set(QUANTITIES)
    assert scales.words_of("no2", None) == scales.NO_CLASS
