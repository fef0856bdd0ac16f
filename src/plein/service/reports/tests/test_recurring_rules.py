"""Recurring causes: what comes back more often than the kind, the area and the busyness of a place explain."""

from datetime import date, timedelta

import numpy as np
import pytest

from plein.service.reports.rules.recurring import Event, causes, chance_of, episodes

START = date(2025, 1, 1)
LON, LAT = 5.27, 52.56
METRE = 1 / 111_195


def event(number: int, *, kind: str = "lamp", thing: str = "", x: float = 0, y: float = 0, day: int = 0) -> Event:
    """Report something x and y metres from a corner, so many days after the start; solved after three days."""
    made = START + timedelta(days=day)
    lon, lat = LON + x * METRE / np.cos(np.radians(LAT)), LAT + y * METRE
    return Event(f"r{number}", kind, thing, float(lon), float(lat), "WK1", made, made + timedelta(days=3), "solved")


def town(count: int = 600, *, seed: int = 1) -> list[Event]:
    """Make reports of four kinds spread over 2 by 2 km and two years, nothing the matter anywhere."""
    rng = np.random.default_rng(seed)
    return [
        event(
            number,
            kind=("lamp", "waste", "tree", "road")[number % 4],
            x=float(rng.uniform(0, 2000)),
            y=float(rng.uniform(0, 2000)),
            day=int(rng.integers(0, 730)),
        )
        for number in range(count)
    ]


def test_reports_soon_after_each_other_or_while_one_is_open_are_one_episode() -> None:
    same = [event(1), event(2, day=1), event(3, day=12)]
    later = event(4, day=60)
    long_open = Event("r5", "lamp", "", LON, LAT, "WK1", START, START + timedelta(days=100), "solved")

    assert episodes(same) == 1
    assert episodes([*same, later]) == 2
    assert episodes([long_open, later]) == 1
    assert episodes([Event("r6", "lamp", "", LON, LAT, "WK1", START), later]) == 1  # still open


def test_the_chance_is_that_of_poisson() -> None:
    # P(X >= 3) at 1: 1 - (1 + 1 + 1/2) / e = 0.0803; far in the tail the first term counts: 1e-3^5 / 5!
    assert chance_of(3, 1.0) == pytest.approx(0.0803, abs=1e-4)
    assert chance_of(0, 2.0) == 1.0
    assert chance_of(5, 1e-3) == pytest.approx(8.33e-18, rel=0.01)


def test_in_a_town_where_nothing_is_the_matter_next_to_nothing_is_found() -> None:
    assert sum(len(causes(town(seed=seed))) for seed in range(10)) <= 2


def test_a_lamp_that_goes_out_every_two_months_is_found_with_what_was_done() -> None:
    lamp = [event(1000 + number, thing="LM-7", x=500, y=500, day=60 * number) for number in range(6)]

    found = causes([*town(), *lamp])

    assert [(cause.kind, cause.spot, cause.episodes) for cause in found] == [("lamp", "LM-7", 6)]
    assert (found[0].first, found[0].last) == (START, START + timedelta(days=300))
    assert found[0].endings == {"solved": 6}
    assert found[0].open == 0
    assert found[0].times > 10


def test_a_spot_without_a_thing_is_a_circle_of_25_metres() -> None:
    dump = [event(1000 + n, kind="waste", x=700 + 8 * (n % 3), y=900, day=50 * n) for n in range(7)]
    beside = event(2000, kind="waste", x=760, y=900, day=10)

    found = causes([*town(), *dump, beside])

    assert [cause.spot for cause in found] == [""]
    assert {one.key for one in dump} <= set(found[0].keys)
    assert "r2000" not in found[0].keys


def test_ten_people_who_see_the_same_are_no_cause() -> None:
    seen = [event(1000 + number, thing="LM-7", x=500, y=500, day=100 + number % 3) for number in range(10)]

    assert causes([*town(), *seen]) == []


def test_a_busy_square_with_everything_is_no_cause_of_each_kind() -> None:
    """In front of the station all four kinds come often: that is no lamp that keeps breaking."""
    kinds = ("lamp", "waste", "tree", "road")
    station = [event(1000 + n, kind=kinds[n % 4], x=505, y=505, day=20 * n) for n in range(20)]

    found = {cause.kind: cause for cause in causes([*town(), *station])}
    alone = {cause.kind: cause for cause in causes([*town(), *(one for one in station if one.kind == "lamp")])}

    assert alone["lamp"].times > 3 * max((cause.times for cause in found.values()), default=0)
