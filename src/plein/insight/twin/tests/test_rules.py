"""How the map counts."""

from datetime import date

import h3
import numpy as np
import pytest

from plein.insight.twin import rules


def test_places_fall_on_the_tile_that_the_standard_gives() -> None:
    # Dam square, Amsterdam, on tile 14/8414/5384: worked out with the formula of the OpenStreetMap wiki.
    assert rules.tile_of(4.8926, 52.3731, 14) == (8414, 5384)
    assert rules.tile_of(0, 0, 1) == (1, 1)


def test_points_stand_where_they_are_on_their_tile_and_nowhere_else() -> None:
    lon, lat = np.array([4.8926, 4.8926, 5.5]), np.array([52.3731, 52.3735, 52.0])
    x, y = rules.mercator(lon, lat)
    column, row = rules.tile_of(4.8926, 52.3731, 16)

    found, across, down = rules.on_tile(x, y, zoom=16, column=column, row=row)

    assert found.tolist() == [0, 1]
    assert down[1] < down[0], "north is up"
    assert across[0] == across[1]
    assert ((across >= 0) & (across < rules.EXTENT)).all()


@pytest.mark.parametrize(
    ("place", "is_one"),
    [((0, 0, 0), True), ((0, 1, 0), False), ((18, 2**18 - 1, 0), True), ((19, 0, 0), False), ((-1, 0, 0), False)],
)
def test_only_tiles_that_exist_are_given(place: tuple[int, int, int], is_one: bool) -> None:
    assert rules.is_tile(*place) is is_one


@pytest.mark.parametrize("zoom", range(8, 14))
def test_cells_are_large_enough_to_see_and_small_enough_to_tell_apart(zoom: int) -> None:
    resolution = rules.cell_resolution(zoom, 100_000)
    assert resolution is not None
    across_m = 2 * h3.average_hexagon_edge_length(resolution, unit="m")
    # A pixel at the equator at zoom 0 on tiles of 512 is 78,272 m; we are at 52.3 degrees north.
    pixel_m = 156_543.03 / 2 ** (zoom + 1) * np.cos(np.radians(52.3))

    assert 20 <= across_m / pixel_m <= 57


def test_few_points_are_never_joined_and_near_by_none_are() -> None:
    assert rules.cell_resolution(5, 1_500) is None
    assert rules.cell_resolution(14, 1_000_000) is None


def test_classes_hold_about_as_many_each_at_readable_limits() -> None:
    limits = rules.breaks([float(number) for number in range(101)])

    assert limits == [20, 40, 60, 80]


@pytest.mark.parametrize("values", [[], [None, float("nan")], [3.0, 3.0, 3.0], [1.0]])
def test_values_that_do_not_differ_have_no_limits(values: list[float | None]) -> None:
    assert rules.breaks(values) == []


def test_a_value_on_a_limit_falls_in_the_next_class_and_no_value_in_none() -> None:
    assert [rules.class_of(value, [20, 40, 60, 80]) for value in (19.9, 20, 100, None, float("nan"))] == [1, 2, 5, 0, 0]


def test_few_classes_use_the_whole_ramp() -> None:
    assert [rules.class_of(value, [10]) for value in (1, 99)] == [1, 5]
    assert rules.class_of(7, []) == 3


def test_classes_are_listed_from_the_lowest_to_the_highest_value() -> None:
    assert rules.ranges([10, 20], 3, 40) == [(3, 10, 1), (10, 20, 3), (20, 40, 5)]


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (None, date(2025, 1, 1)),
        (date(2024, 6, 1), date(2024, 1, 1)),
        (date(2020, 1, 1), date(2023, 1, 1)),
        (date(2030, 1, 1), date(2025, 1, 1)),
    ],
)
def test_the_map_stops_at_the_last_moment_up_to_the_wanted_day(wanted: date | None, shown: date) -> None:
    days = [date(2023, 1, 1), date(2024, 1, 1), date(2025, 1, 1)]

    assert rules.moment_near(days, wanted) == shown
    assert rules.moment_near([], wanted) is None


def test_a_ring_is_written_clockwise_whichever_way_it_came() -> None:
    square = [[0, 0], [10, 0], [10, 10], [0, 10]]

    # Section 4.3.5.3 of the vector tile specification 2.1 gives the steps: move to, line to three more, close.
    expected = [9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15]
    assert rules.ring_steps(square) == expected
    assert rules.ring_steps(square[::-1])[0] == 9
    assert sorted(rules.ring_steps(square[::-1])[4:-1]) != [], "turned round"
    assert _area(rules.ring_steps(square[::-1])) == _area(expected) == 100


def _area(steps: list[int]) -> float:
    """Read drawing steps back and give the area, positive for clockwise as seen."""
    unwound = [(step >> 1) ^ -(step & 1) for step in steps]
    spots = [(unwound[1], unwound[2])]
    for at in range(4, len(steps) - 1, 2):
        spots.append((spots[-1][0] + unwound[at], spots[-1][1] + unwound[at + 1]))
    return sum(one[0] * two[1] - two[0] * one[1] for one, two in zip(spots, [*spots[1:], spots[0]], strict=True)) / 2


def test_the_legend_writes_all_limits_with_as_many_decimals() -> None:
    from plein.foundation.rooms import MapLayer
    from plein.foundation.words import Text
    from plein.insight.twin.queries.scene import legend_decimals

    whole = MapLayer(key="x", title=Text("x", "x"), kind="areas", unit="", source=Text("x", "x"), decimals=0)

    assert legend_decimals(None, [4.2, 5.8, 8.0]) == 1
    assert legend_decimals(None, [20.0, 40.0]) == 0
    assert legend_decimals(whole, [1.5, 2.0]) == 1  # with none, two classes would both begin at 2
    assert legend_decimals(whole, []) is None
