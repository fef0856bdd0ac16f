"""Nobody can work out a hidden count, whatever totals are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from plein.foundation.gate.rules import hidden_cells

TOTAL = "total"
Key = tuple[object, ...]


def with_totals(grid: np.ndarray) -> tuple[list[Key], list[float]]:
    """Write a grid and all its totals as rows."""
    for dim in range(grid.ndim):
        grid = np.concatenate([grid, grid.sum(axis=dim, keepdims=True)], axis=dim)
    places = list(np.ndindex(grid.shape))
    keys = [tuple(TOTAL if at == n - 1 else at for at, n in zip(place, grid.shape, strict=True)) for place in places]
    return keys, [float(value) for value in grid.ravel()]


def covers(total: Key, cell: Key) -> bool:
    return all(at in (TOTAL, own) for at, own in zip(total, cell, strict=True))


def attack(keys: list[Key], shown: list[float | None]) -> dict[Key, tuple[float, float]]:
    """Find for each hidden cell and total its lowest and highest value in any table of whole numbers that fits.

    The attacker knows every cell and total that is shown, and that counts are whole and not negative.
    """
    cells = [key for key in keys if TOTAL not in key]
    known = [key for key in keys if shown[keys.index(key)] is not None]
    rows = [[float(covers(key, cell)) for cell in cells] for key in known]
    values = [shown[keys.index(key)] for key in known]
    fits = LinearConstraint(np.array(rows).reshape(-1, len(cells)), values, values) if rows else ()
    found = {}
    for key in keys:
        if key in known:
            continue
        aim = np.array([float(covers(key, cell)) for cell in cells])
        ends = []
        for sign in (1, -1):
            answer = milp(sign * aim, constraints=fits, integrality=np.ones(len(cells)), bounds=Bounds(0, 10_000))
            assert answer.status == 0, answer.message
            ends.append(round(sign * answer.fun))
        found[key] = (ends[0], ends[1])
    return found


def small_tables(*shapes: tuple[int, ...]) -> st.SearchStrategy[np.ndarray]:
    amounts = st.one_of(st.integers(0, 8), st.integers(0, 60))
    return st.sampled_from(shapes).flatmap(
        lambda shape: st.lists(amounts, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))).map(
            lambda values: np.array(values).reshape(shape)
        )
    )


@settings(max_examples=60, deadline=None)
@given(small_tables((4,), (3, 3), (4, 3), (5, 5), (3, 3, 3)))
def test_who_knows_all_totals_cannot_narrow_any_hidden_count(grid: np.ndarray) -> None:
    keys, counts = with_totals(grid)

    hidden = hidden_cells(keys, counts, threshold=5)

    shown = [None if is_hidden else count for is_hidden, count in zip(hidden, counts, strict=True)]
    for key, (low, high) in attack(keys, shown).items():
        assert low < high, f"{key} is {low}"
        if counts[keys.index(key)] < 5:
            assert high >= 5, f"{key} is under five: at most {high}"


@settings(max_examples=60, deadline=None)
@given(small_tables((5,), (4, 3), (3, 3, 3)))
def test_no_count_under_the_threshold_is_shown(grid: np.ndarray) -> None:
    keys, counts = with_totals(grid)

    hidden = hidden_cells(keys, counts, threshold=5)

    assert not [key for key, count, gone in zip(keys, counts, hidden, strict=True) if count < 5 and not gone]


@settings(max_examples=40, deadline=None)
@given(small_tables((4, 4)))
def test_a_product_without_totals_is_as_safe_for_who_knows_the_totals_that_may_be_shown(grid: np.ndarray) -> None:
    keys, counts = with_totals(grid)
    inner = [key for key in keys if TOTAL not in key]
    with_totals_hidden = dict(zip(keys, hidden_cells(keys, counts, threshold=5), strict=True))

    alone = dict(zip(inner, hidden_cells(inner, [counts[keys.index(key)] for key in inner]), strict=True))

    shown = [
        None if (alone[key] if key in alone else with_totals_hidden[key]) else count
        for key, count in zip(keys, counts, strict=True)
    ]
    for key, (low, high) in attack(keys, shown).items():
        assert low < high, f"{key} is {low}"


def test_one_small_count_takes_a_block_of_four_with_it() -> None:
    grid = np.array([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    keys, counts = with_totals(grid)

    hidden = [key for key, gone in zip(keys, hidden_cells(keys, counts), strict=True) if gone]

    assert (0, 0) in hidden
    assert len(hidden) == 4
    assert not [key for key in hidden if TOTAL in key]


def test_large_counts_stay_as_they_are() -> None:
    keys, counts = with_totals(np.full((3, 3), 5))

    assert not any(hidden_cells(keys, counts))


def test_zero_may_be_shown_where_the_contract_says_that_nothing_is_no_secret() -> None:
    keys, counts = with_totals(np.array([[0, 20], [30, 40]]))

    assert hidden_cells(keys, counts, keep_zero=True) == [False] * 9
    assert any(hidden_cells(keys, counts))


def test_a_table_in_which_nothing_can_be_protected_is_hidden_whole() -> None:
    assert hidden_cells([("a",), ("b",)], [2, 1]) == [True, True]
    assert hidden_cells([("only",)], [3]) == [True]


def test_rows_without_a_count_are_no_cells() -> None:
    assert hidden_cells([("a",), ("b",), ("c",), ("d",)], [None, 3, 20, 30])[0] is False


def test_a_year_of_counts_for_a_large_town_is_decided_within_seconds() -> None:
    random = np.random.default_rng(7)
    grid = random.poisson(random.gamma(0.8, 30, (480, 1)) * random.uniform(0.5, 1.5, (1, 60)))
    keys = [(row, column) for row in range(480) for column in range(60)]

    hidden = hidden_cells(keys, [float(count) for count in grid.ravel()])

    small = int((grid < 5).sum())
    assert small <= sum(hidden) < 3 * small


@pytest.mark.parametrize("threshold", [5, 10])
def test_the_threshold_is_the_contracts(threshold: int) -> None:
    keys, counts = with_totals(np.array([[7, 20], [30, 40]]))

    assert any(hidden_cells(keys, counts, threshold=threshold)) is (threshold == 10)
