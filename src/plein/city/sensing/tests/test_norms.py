"""Eight-hour means, Lden and Lnight, and whether a year keeps the norms: by hand, and against plain loops."""

from datetime import UTC, date, datetime, timedelta
from math import inf, isnan, log10, nan
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plein.city.sensing.rules import means, norms
from plein.city.sensing.rules.quantities import QUANTITIES

TOWN = ZoneInfo("Europe/Amsterdam")
MIDNIGHT = np.datetime64("2020-02-09T23:00:00", "s")  # 10 February in the Netherlands
HOUR = np.timedelta64(1, "h")


def starts(count: int, first: np.datetime64 = MIDNIGHT) -> np.ndarray:
    return first + np.arange(count) * HOUR


def norm(source: norms.Source, quantity: str, period: str) -> norms.Norm:
    return next(one for one in norms.norms_for(quantity) if one.source is source and one.period == period)


def year_of(year: int = 2021, *, count: int = 365, **facts: object) -> list[means.Day]:
    """Give days from 1 January on, with 24 hours, all alike."""
    first = date(year, 1, 1)
    told = {"mean": None, "highest_hour": None, "hours": 24, **facts}
    return [means.Day(day=first + timedelta(days=n), **told) for n in range(count)]  # type: ignore[arg-type]


# -- eight hours ------------------------------------------------------------------------------------------------------


def test_an_eight_hour_mean_belongs_to_the_day_on_which_it_ends() -> None:
    # Four hours of 160 before midnight and four after, else 0. The window that ends at 4 o'clock (20-4) holds all
    # eight: mean 160, on the second day. The first day's best ends at midnight and holds four: 4 x 160 / 8 = 80.
    hours = np.zeros(48)
    hours[20:28] = 160.0

    first, second = means.daily(hours, starts(48), running=True)

    assert first.highest_8h == 80.0
    assert second.highest_8h == 160.0


def test_an_eight_hour_mean_needs_six_hours_and_a_day_eighteen_means() -> None:
    # 400 at 0 and 1 o'clock, then three hours missing. The window over 19-3 has seven hours, (5 x 50 + 2 x 400) / 7 =
    # 150; over 20-4 six, (4 x 50 + 2 x 400) / 6 = 166.7; over 21-5 five, so none; from 5 o'clock on nothing is higher.
    hours = np.full(48, 50.0)
    hours[24:29] = [400.0, 400.0, nan, nan, nan]
    _, second = means.daily(hours, starts(48), running=True)
    assert second.highest_8h == pytest.approx(1000 / 6)

    short = np.full(24, 50.0)
    short[: 24 - 19] = nan  # 19 hours: the first mean of six hours ends at the sixth, so 14 means
    (day,) = means.daily(short, starts(24), running=True)
    assert day.mean == 50.0
    assert day.highest_8h is None

    whole = np.full(24, 50.0)
    whole[:1] = nan  # 23 hours without a day before: means of six hours from the seventh on, 18 in all
    (day,) = means.daily(whole, starts(24), running=True)
    assert day.highest_8h == 50.0


def by_loops(hours: np.ndarray, at: np.ndarray) -> dict[date, float]:
    """Work out the highest eight-hour mean of each day without arrays, hour by hour with the clock of zoneinfo."""
    known = {
        datetime.fromtimestamp(int(moment.astype("datetime64[s]").astype(int)), UTC): float(value)
        for moment, value in zip(at, hours, strict=True)
    }
    found: dict[date, list[float]] = {}
    moment, last = min(known), max(known)
    while moment <= last:
        window = [known.get(moment - timedelta(hours=back), nan) for back in range(8)]
        good = [value for value in window if not isnan(value)]
        if len(good) >= 6:
            found.setdefault(moment.astimezone(TOWN).date(), []).append(sum(good) / len(good))
        moment += timedelta(hours=1)
    return {day: max(values) for day, values in found.items() if len(values) >= 18}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.floats(0, 300), st.just(nan)), min_size=1, max_size=120),
    st.sampled_from(["2020-02-09T23:00:00", "2020-03-28T05:00:00", "2020-10-24T12:00:00"]),
)
def test_eight_hour_means_are_those_of_plain_loops_also_when_the_clock_changes(values: list[float], first: str) -> None:
    at = starts(len(values), np.datetime64(first, "s"))

    found = means.daily(np.array(values), at, running=True)

    expected = by_loops(np.array(values), at)
    assert {one.day: pytest.approx(one.highest_8h) for one in found if one.highest_8h is not None} == expected


def test_hours_that_nobody_sent_are_holes_and_not_neighbours() -> None:
    at = np.concatenate([starts(6), starts(6, MIDNIGHT + 60 * HOUR)])

    found = means.daily(np.full(12, 10.0), at, running=True)

    assert [(str(one.day), one.hours, one.highest_8h) for one in found] == [
        ("2020-02-10", 6, None),
        ("2020-02-12", 6, None),
    ]


# -- sound ------------------------------------------------------------------------------------------------------------


def test_sound_is_averaged_by_its_energy() -> None:
    # 60 and 70 dB: energies 10^6 and 10^7, mean 5.5 x 10^6, so 67.4 dB and not 65.
    assert means.energetic([60.0, 70.0]) == pytest.approx(67.404, abs=0.001)
    assert means.energetic([]) is None
    (day,) = means.daily(np.tile([60.0, 70.0], 12), starts(24), averaged="energetic")
    assert day.mean == pytest.approx(67.404, abs=0.001)


def test_lden_weighs_evening_and_night_heavier() -> None:
    # The formula of 2002/49/EC: the same level all day gives 6.4 dB more; (12 + 4 x 10^0.5 + 8 x 10) / 24 = 4.3605.
    assert means.level_den(50, 50, 50) == pytest.approx(50 + 10 * log10((12 + 4 * 10**0.5 + 80) / 24))
    assert means.level_den(50, 50, 50) == pytest.approx(56.395, abs=0.001)
    # By hand: 65, 60 and 55 dB: (12 x 10^6.5 + 4 x 10^6.5 + 8 x 10^6.5) / 24 = 10^6.5.
    assert means.level_den(65, 60, 55) == pytest.approx(65)
    assert means.level_den(65, None, 55) is None


def test_the_night_belongs_to_the_day_on_which_it_ends() -> None:
    hours = np.full(48, 40.0)
    hours[23:31] = 50.0  # 23 o'clock until 7 the next day
    hours[31 + 12 : 31 + 16] = 60.0  # the evening of the second day

    first, second = means.daily(hours, starts(48), averaged="energetic", levels=True)

    assert first.level_night == pytest.approx(40.0)  # 0-7 o'clock: seven of eight hours
    assert second.level_night == pytest.approx(50.0)
    assert (second.level_day, second.level_evening) == (pytest.approx(40.0), pytest.approx(60.0))
    assert second.level_den == pytest.approx(means.level_den(40.0, 60.0, 50.0))


@pytest.mark.parametrize(("missing", "is_there"), [(2, True), (3, False)])
def test_a_night_needs_six_of_eight_hours(missing: int, is_there: bool) -> None:
    hours = np.full(48, 40.0)
    hours[24 : 24 + missing] = nan

    _, second = means.daily(hours, starts(48), averaged="energetic", levels=True)

    assert (second.level_night is not None) is is_there


def test_directions_are_averaged_as_arrows() -> None:
    # 350 and 10 degrees lie around north: the mean is 0, not 180.
    (day,) = means.daily(np.tile([350.0, 10.0], 12), starts(24), averaged="circular")

    assert min(day.mean, 360 - day.mean) == pytest.approx(0, abs=1e-6)


def test_a_year_of_sound_is_averaged_by_part_of_the_day() -> None:
    days = [
        *year_of(2021, count=180, level_day=60.0, level_evening=55.0, level_night=50.0),
        *year_of(2021, count=365, level_day=70.0, level_evening=65.0, level_night=40.0)[180:],
    ]

    night = norms.compare(norm(norms.WHO_2018, "noise", "night"), days, year=2021)
    whole = norms.compare(norm(norms.WHO_2018, "noise", "day-evening-night"), days, year=2021)

    energy = (180 * 10**5 + 185 * 10**4) / 365
    assert night.value == pytest.approx(10 * log10(energy))
    parts = [10 * log10((180 * 10 ** (a / 10) + 185 * 10 ** (b / 10)) / 365) for a, b in ((60, 70), (55, 65), (50, 40))]
    assert whole.value == pytest.approx(means.level_den(*parts))
    assert (night.verdict, whole.verdict) == ("wrong", "wrong")
    assert night.share == 1.0


# -- years ------------------------------------------------------------------------------------------------------------

# (quantity, period, limit, times allowed), as they stand in the tables named; see docs/understand/norms.md.
TABLE_2 = {
    ("pm25", "year", 25, 0), ("pm10", "day", 50, 35), ("pm10", "year", 40, 0), ("no2", "hour", 200, 18),
    ("no2", "year", 40, 0), ("so2", "hour", 350, 24), ("so2", "day", 125, 3), ("benzene", "year", 5, 0),
    ("co", "8 hours", 10_000, 0),
}  # fmt: skip
TABLE_1 = {
    ("pm25", "day", 25, 18), ("pm25", "year", 10, 0), ("pm10", "day", 45, 18), ("pm10", "year", 20, 0),
    ("no2", "hour", 200, 3), ("no2", "day", 50, 18), ("no2", "year", 20, 0), ("so2", "hour", 350, 3),
    ("so2", "day", 50, 18), ("so2", "year", 20, 0), ("benzene", "year", 3.4, 0), ("co", "8 hours", 10_000, 0),
    ("co", "day", 4000, 18),
}  # fmt: skip
WHO = {
    ("pm25", "year", 5, 0), ("pm25", "day", 15, 3), ("pm10", "year", 15, 0), ("pm10", "day", 45, 3),
    ("o3", "peak season", 60, 0), ("o3", "8 hours", 100, 3), ("no2", "year", 10, 0), ("no2", "day", 25, 3),
    ("so2", "day", 40, 3), ("co", "day", 4000, 3),
}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "table"),
    [
        (norms.EU_2008, TABLE_2),
        (norms.EU_2030, TABLE_1),
        (norms.WHO_2021, WHO),
        (norms.EU_2008_TARGET, {("o3", "8 hours", 120, 25)}),
        (norms.EU_2030_TARGET, {("o3", "8 hours", 120, 18)}),
        (norms.WHO_2018, {("noise", "night", 45, 0), ("noise", "day-evening-night", 53, 0)}),
    ],
)
def test_the_limits_are_those_of_the_law(source: norms.Source, table: set[tuple[str, str, float, int]]) -> None:
    assert {(n.quantity, n.period, n.limit, n.allowed) for n in norms.NORMS if n.source is source} == table


def test_every_norm_is_of_a_known_quantity_and_the_limit_for_an_hour_is_one() -> None:
    assert {one.quantity for one in norms.NORMS} <= set(QUANTITIES)
    assert {one.period for one in norms.NORMS} <= set(norms.PERIODS)
    for quantity in QUANTITIES:
        assert len({one.limit for one in norms.norms_for(quantity) if one.period == "hour"}) <= 1


def test_a_year_with_too_few_hours_is_not_judged() -> None:
    yearly = norm(norms.EU_2030, "no2", "year")  # 85% of 365 days is 310.25

    assert norms.compare(yearly, year_of(mean=30.0, count=310), year=2021).verdict == "unknown"
    assert norms.compare(yearly, year_of(mean=30.0, count=311), year=2021).verdict == "wrong"
    assert norms.compare(yearly, year_of(mean=20.0, count=311), year=2021).verdict == "good"
    assert norms.compare(norm(norms.EU_2008, "no2", "year"), year_of(mean=30.0, count=311), year=2021).verdict == (
        "unknown"  # 90%
    )


def test_the_mean_of_a_year_is_over_hours() -> None:
    days = [*year_of(mean=10.0, hours=24, count=1), *year_of(mean=40.0, hours=18, count=2)[1:]]

    found = norms.compare(norm(norms.WHO_2021, "no2", "year"), days, year=2021)

    assert found.value == pytest.approx((24 * 10 + 18 * 40) / 42)
    assert found.share == pytest.approx(42 / 8760)


def test_a_daily_norm_passed_too_often_is_wrong_whatever_is_missing() -> None:
    daily = norm(norms.WHO_2021, "pm25", "day")  # 3 are allowed

    assert norms.compare(daily, year_of(mean=16.0, count=4), year=2021).verdict == "wrong"
    assert norms.compare(daily, year_of(mean=16.0, count=3), year=2021).verdict == "unknown"
    assert norms.compare(daily, [], year=2021).value is None


def test_hours_over_the_limit_are_counted_also_on_days_without_a_mean() -> None:
    hourly = norm(norms.EU_2030, "no2", "hour")  # 3 are allowed
    days = year_of(hours=6, hours_over=2, count=2)

    found = norms.compare(hourly, days, year=2021)

    assert (found.value, found.verdict) == (4.0, "wrong")
    (day,) = means.daily(np.array([200.0, 201.0, 250.0]), starts(3), limit=200)
    assert day.hours_over == 2


def test_ozone_days_are_averaged_over_the_years_that_have_enough_data() -> None:
    target = norm(norms.EU_2030_TARGET, "o3", "8 hours")  # 18 a year over three years
    over, under = {"highest_8h": 121.0}, {"highest_8h": 60.0}
    bad = [*year_of(2020, count=366, **under)[30:], *year_of(2020, count=30, **over)]
    fine = [*year_of(2021, **under)[12:], *year_of(2021, count=12, **over)]
    short = year_of(2019, count=50, **over)

    alone = norms.compare(target, bad, year=2020)
    both = norms.compare(target, [*short, *bad, *fine], year=2021)

    assert (alone.value, alone.verdict) == (30.0, "wrong")
    assert (both.value, both.verdict) == (21.0, "wrong")  # (30 + 12) / 2; 2019 has too little data
    assert norms.compare(target, fine, year=2021).verdict == "good"
    assert norms.compare(target, short, year=2019).verdict == "unknown"


def test_ozone_until_2030_asks_for_five_full_summer_months() -> None:
    target = norm(norms.EU_2008_TARGET, "o3", "8 hours")
    summer = [day for day in year_of(highest_8h=80.0) if 4 <= day.day.month <= 9]

    assert norms.compare(target, summer, year=2021).verdict == "good"
    assert norms.compare(target, [d for d in summer if d.day.month != 6], year=2021).verdict == "good"
    assert norms.compare(target, [d for d in summer if d.day.month not in (6, 7)], year=2021).verdict == "unknown"


def test_the_peak_season_is_the_six_highest_months_in_a_row() -> None:
    peak = norm(norms.WHO_2021, "o3", "peak season")
    levels = [30, 40, 50, 70, 80, 90, 90, 80, 70, 50, 40, 30]
    days = [
        means.Day(day=day.day, mean=None, highest_hour=None, hours=24, highest_8h=float(levels[day.day.month - 1]))
        for day in year_of()
    ]

    found = norms.compare(peak, days, year=2021)

    assert found.value == pytest.approx(80.0)  # April to September
    assert found.verdict == "wrong"


@given(st.lists(st.floats(20, 100), min_size=1, max_size=24))
def test_the_energetic_mean_lies_between_the_plain_mean_and_the_highest(levels: list[float]) -> None:
    found = means.energetic(levels)

    assert sum(levels) / len(levels) - 1e-6 <= found <= max(levels) + 1e-6 < inf
