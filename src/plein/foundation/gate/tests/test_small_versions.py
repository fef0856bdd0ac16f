"""Who keeps every version of a table still cannot work out a hidden count, nor whether it is small."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from plein.foundation.gate import rules
from plein.foundation.gate.rules import hidden_cells
from plein.foundation.gate.tests.test_small_numbers import TOTAL, Key, covers, with_totals

Shown = list[float | None]


def decide_all(grids: Sequence[np.ndarray]) -> tuple[list[Key], list[list[float]], list[Shown]]:
    """Decide versions one after the other, as the gate does; all have the same cells."""
    tables, shown = [], []
    before: rules.Decision | None = None
    for grid in grids:
        keys, counts = with_totals(grid)
        names = [rules.label_of(key) for key in keys]
        same = [] if before is None else [n for n, a, b in zip(names, counts, tables[-1], strict=True) if a == b]
        tied = frozenset(name for name in same if before is not None and name in before.told)
        before = rules.decide(keys, counts, tied=tied, blocks=before.blocks if before else ())
        tables.append(counts)
        shown.append([None if gone else count for gone, count in zip(before.hidden, counts, strict=True)])
    return keys, tables, shown


def attack(keys: list[Key], tables: list[list[float]], shown: list[Shown]) -> list[dict[Key, tuple[int, int]]]:
    """Find for every small count in every version its lowest and highest value in any tables that fit.

    The attacker knows all that is shown in all versions, and of every cell whether it changed between two of them.
    """
    cells = [key for key in keys if TOTAL not in key]
    size = len(cells) * len(tables)
    row = partial(_row, cells=cells, size=size)
    known = [
        (row(version, key), value)
        for version, values in enumerate(shown)
        for key, value in zip(keys, values, strict=True)
        if value is not None
    ]
    same = [
        (row(version, key) - row(version - 1, key), 0.0)
        for version in range(1, len(tables))
        for key in cells
        if tables[version][keys.index(key)] == tables[version - 1][keys.index(key)]
    ]
    rows, values = zip((np.zeros(size), 0.0), *known, *same, strict=True)
    fits = LinearConstraint(np.array(rows), values, values)
    return [
        {key: _ends(row(version, key), fits, size) for key, count in zip(keys, table, strict=True) if count < 5}
        for version, table in enumerate(tables)
    ]


def _row(version: int, key: Key, *, cells: list[Key], size: int) -> np.ndarray:
    """Write a cell or total of a version as a sum of the cells of all versions."""
    found = np.zeros(size)
    for at, cell in enumerate(cells):
        found[version * len(cells) + at] = covers(key, cell)
    return found


def _ends(aim: np.ndarray, fits: LinearConstraint, size: int) -> tuple[int, int]:
    ends = []
    for sign in (1, -1):
        answer = milp(sign * aim, constraints=fits, integrality=np.ones(size), bounds=Bounds(0, 10_000))
        assert answer.status == 0, answer.message
        ends.append(round(sign * answer.fun))
    return ends[0], ends[1]


@st.composite
def histories(draw: st.DrawFn) -> list[np.ndarray]:
    shape = draw(st.sampled_from([(4,), (3, 3), (4, 3), (4, 4)]))
    amounts = st.one_of(st.integers(0, 8), st.integers(5, 60))
    size = int(np.prod(shape))
    grids = [np.array(draw(st.lists(amounts, min_size=size, max_size=size))).reshape(shape)]
    for _ in range(draw(st.integers(1, 2))):
        grid = grids[-1].copy()
        for at in draw(st.lists(st.integers(0, size - 1), min_size=0, max_size=4, unique=True)):
            grid.flat[at] = draw(amounts)
        grids.append(grid)
    return grids


@settings(max_examples=80, deadline=None)
@given(histories())
def test_who_keeps_all_versions_and_knows_what_changed_cannot_narrow_a_small_count(grids: list[np.ndarray]) -> None:
    keys, tables, shown = decide_all(grids)

    for version, ends in enumerate(attack(keys, tables, shown)):
        for key, (low, high) in ends.items():
            assert low < high, f"{key} in version {version} is {low}"
            assert high >= 5, f"{key} in version {version} is under five: at most {high}"


FIRST = np.array([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
SECOND = np.array([[3, 20, 30], [40, 50, 60], [70, 80, 6]])
LATER_SMALL = np.array([[12, 20, 30], [40, 50, 60], [70, 80, 90]])


def test_each_version_on_its_own_would_give_the_count_away() -> None:
    """The attack works on versions that do not know of each other: nothing in the test protects by itself."""
    later = np.array([[3, 20, 30], [1000, 50, 60], [70, 80, 6]])
    tables, shown = [], []
    for grid in (FIRST, later):
        keys, counts = with_totals(grid)
        tables.append(counts)
        shown.append([None if gone else one for gone, one in zip(hidden_cells(keys, counts), counts, strict=True)])
    assert shown[0] != shown[1]

    assert any(low == high for ends in attack(keys, tables, shown) for low, high in ends.values())
    assert all(low < high for ends in attack(*decide_all([FIRST, later])) for low, high in ends.values())


def test_the_same_cells_are_hidden_as_long_as_they_stay_the_same() -> None:
    _, _, shown = decide_all([FIRST, SECOND, SECOND])

    gone = [{at for at, one in enumerate(version) if one is None} for version in shown]
    assert gone[0] == gone[1] == gone[2]


def test_a_count_that_becomes_small_among_cells_that_are_known_takes_its_totals_with_it() -> None:
    small = LATER_SMALL.copy()
    small[0, 0] = 3

    keys, _, shown = decide_all([LATER_SMALL, small])

    gone = {key for key, one in zip(keys, shown[1], strict=True) if one is None}
    assert gone == {(0, 0), (0, TOTAL), (TOTAL, 0), (TOTAL, TOTAL)}


def test_a_version_in_which_all_changed_is_decided_afresh() -> None:
    _, counts = with_totals(FIRST + 100)

    _, _, shown = decide_all([FIRST, FIRST + 100])

    assert shown[1] == counts
