"""Small numbers: which cells of a table of counts must be hidden so that nobody can work them out again.

Hidden first are the counts under the threshold, in cells and in totals alike. Then, for each of them, a block of other
cells goes with it: the corners of a box (a row pair by a column pair, in any number of dimensions), in which adding to
every second corner and taking from the others leaves all totals outside the box as they are. The corners are chosen so
that the small count could just as well have been the threshold or more. Whoever has every cell and total that is
still shown therefore cannot narrow a hidden cell to one value, nor tell that a small one is under the threshold.

Sound by construction (the other table exists), tested against an attacker who tries all tables. Where no block exists,
as in a table with one row, nothing of the count is shown at all.

Source of the idea: hypercube method, in Hundepool et al., Statistical Disclosure Control (2012), section 4.
"""

from collections.abc import Hashable, Iterator, Sequence
from itertools import chain, combinations, product
from typing import Any

import numpy as np

LARGEST = 4_000_000
NEAR = 64
Node = tuple[int, ...]


def hidden_cells(
    keys: Sequence[Sequence[Hashable]],
    counts: Sequence[float | None],
    *,
    threshold: float = 5,
    keep_zero: bool = False,
) -> list[bool]:
    """Decide per row whether its count is hidden.

    keys: per row the value in each dimension; a value that is everywhere the sum of the others is a total, and is
    treated as one. counts: per row, None when there is none. keep_zero: a count of nothing may be shown.
    """
    if not keys:
        return []
    table = _Table(keys, counts, threshold=threshold, keep_zero=keep_zero)
    table.hide()
    return [table.is_hidden(row) for row in range(len(keys))]


class _Table:
    """The counts as a grid with one more level in each dimension: the total, always last.

    value, hidden: (n1+1, ..., nk+1); value is NaN where there is no cell.
    """

    def __init__(
        self,
        keys: Sequence[Sequence[Hashable]],
        counts: Sequence[float | None],
        *,
        threshold: float,
        keep_zero: bool,
    ) -> None:
        self.threshold = threshold
        self.low = 0.0 if keep_zero else -1.0
        self.counts = counts
        self.codes, sizes = _coded(keys)
        self.everything = int(np.prod(sizes, dtype=float)) > LARGEST
        if self.everything:
            return
        grid, smallest = _filled(self.codes, counts, sizes)
        grid, smallest, self.codes = _without_totals(grid, smallest, self.codes)
        self.size = grid.shape
        self.value = _with_totals(grid)
        self.hidden = np.zeros(self.value.shape, dtype=bool)
        inner = tuple(slice(0, size) for size in self.size)
        least = self.value.copy()
        least[inner] = smallest
        self.small = (least < threshold) & (least > self.low)

    def is_hidden(self, row: int) -> bool:
        """Tell whether a row's count is hidden."""
        if self.counts[row] is None:
            return False
        return self.everything or bool(self.hidden[tuple(self.codes[row])])

    def hide(self) -> None:
        """Hide the small counts, each with a block that protects it; cells before totals."""
        if self.everything:
            return
        self.hidden |= self.small
        nodes = [tuple(int(one) for one in node) for node in np.argwhere(self.small)]
        total = self.size
        for node in sorted(nodes, key=lambda node: sum(at == last for at, last in zip(node, total, strict=True))):
            if not self._protect(node):
                self.everything = True
                return

    def _protect(self, node: Node) -> bool:
        """Hide the cheapest block around a node; False when there is none."""
        moving = [dim for dim, at in enumerate(node) if at != self.size[dim] and self.size[dim] > 1]
        for count in range(len(moving), 0, -1):
            for near in (True, False):
                found = [self._best(node, chosen, near=near) for chosen in combinations(moving, count)]
                blocks = [block for block in found if block is not None]
                if blocks:
                    for corner in min(blocks, key=lambda block: block[0])[1]:
                        self.hidden[corner] = True
                    return True
        return False

    def _best(self, node: Node, moving: Sequence[int], *, near: bool) -> tuple[float, list[Node]] | None:
        """Find the block with the lowest cost: how many more cells are hidden, then how large they are.

        moving: the dimensions in which the box has two levels. In the others it stays at the node's level (or, where
        the node is a total, at a level to be chosen) and hides the totals over that dimension too.
        """
        axes = self._axes(node, moving, near=near)
        odd = np.full((), np.inf)
        cost = np.zeros(())
        for flipped in _subsets(moving):
            cells = np.ix_(
                *[axes[d] if d in flipped or self._is_free(node, d, moving) else [node[d]] for d in self._dims]
            )
            inner = self.value[cells]
            inside = np.where(np.isnan(inner), -np.inf, inner)
            odd = np.minimum(odd, inside if len(flipped) % 2 else np.where(np.isneginf(inside), -np.inf, np.inf))
            cost = cost + self._cost(cells, moving)
        needed = max(1.0, self.threshold - float(self.value[node]))
        cost = np.where(odd >= needed, cost, np.inf)
        best = np.unravel_index(int(np.argmin(cost)), cost.shape)
        if not np.isfinite(cost[best]):
            return None
        chosen = [int(axes[dim][at]) if len(axes[dim]) > at else node[dim] for dim, at in enumerate(best)]
        return float(cost[best]), list(self._corners(node, moving, chosen))

    @property
    def _dims(self) -> range:
        return range(len(self.size))

    def _is_free(self, node: Node, dim: int, moving: Sequence[int]) -> bool:
        """Tell whether the level in this dimension is still to be chosen because the node is a total over it."""
        return dim not in moving and node[dim] == self.size[dim]

    def _axes(self, node: Node, moving: Sequence[int], *, near: bool) -> list[Any]:
        """List per dimension the levels that the far corner may take."""
        axes: list[Any] = []
        for dim in self._dims:
            if dim not in moving and not self._is_free(node, dim, moving):
                axes.append(np.array([node[dim]]))
                continue
            levels = np.arange(self.size[dim])
            levels = levels[levels != node[dim]] if dim in moving else levels
            if near and len(levels) > NEAR:
                levels = self._largest(dim, levels)
            axes.append(levels)
        return axes

    def _largest(self, dim: int, levels: Any) -> Any:
        """Keep the levels with the largest totals: there a block is found soonest."""
        totals = self.value[tuple(slice(None) if d == dim else self.size[d] for d in self._dims)][levels]
        return levels[np.argsort(-totals)[:NEAR]]

    def _cost(self, cells: tuple[Any, ...], moving: Sequence[int]) -> Any:
        """Count what a corner would newly hide, with the totals that move along."""
        still = [dim for dim in self._dims if dim not in moving]
        cost: Any = 0.0
        for over in _subsets(still):
            place = tuple(np.full_like(axis, self.size[dim]) if dim in over else axis for dim, axis in enumerate(cells))
            value = np.nan_to_num(self.value[place])
            cost = cost + np.where(self.hidden[place], 0.0, 1.0 + value / (1.0 + value) / 1000)
        return cost

    def _corners(self, node: Node, moving: Sequence[int], chosen: Sequence[int]) -> Iterator[Node]:
        """Walk all cells and totals that a block hides."""
        levels = []
        for dim in self._dims:
            if dim in moving:
                levels.append((node[dim], chosen[dim]))
            else:
                levels.append((chosen[dim], self.size[dim]))
        return product(*levels)


def _subsets(dims: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(dims, count) for count in range(len(dims) + 1))


def _coded(keys: Sequence[Sequence[Hashable]]) -> tuple[Any, list[int]]:
    """Number the values per dimension: (rows, dimensions) codes and how many values each has."""
    columns = list(zip(*keys, strict=True)) or [(0,) * len(keys)]
    codes = np.empty((len(keys), len(columns)), dtype=np.int64)
    sizes = []
    for dim, column in enumerate(columns):
        numbers: dict[Hashable, int] = {}
        codes[:, dim] = [numbers.setdefault(value, len(numbers)) for value in column]
        sizes.append(len(numbers))
    return codes, sizes


def _filled(codes: Any, counts: Sequence[float | None], sizes: Sequence[int]) -> tuple[Any, Any]:
    """Lay the rows in a grid: their sum and their smallest per cell, NaN where there is none."""
    total, smallest = np.full(sizes, np.nan), np.full(sizes, np.nan)
    for place, count in zip(map(tuple, codes), counts, strict=True):
        if count is not None:
            total[place] = np.nansum([total[place], count])
            smallest[place] = np.nanmin([smallest[place], count])
    return total, smallest


def _without_totals(grid: Any, smallest: Any, codes: Any) -> tuple[Any, Any, Any]:
    """Take levels that are totals out of the grid, and point their rows at the grid's own totals."""
    codes = codes.copy()
    for dim in range(grid.ndim):
        level = _total_level(grid, dim)
        if level is None:
            continue
        grid, smallest = np.delete(grid, level, axis=dim), np.delete(smallest, level, axis=dim)
        column = codes[:, dim]
        codes[:, dim] = np.where(column == level, grid.shape[dim], np.where(column > level, column - 1, column))
    return grid, smallest, codes


def _total_level(grid: Any, dim: int) -> int | None:
    """Find the level that is the sum of the others wherever it stands."""
    if grid.shape[dim] < 3:
        return None
    lines = np.moveaxis(grid, dim, 0).reshape(grid.shape[dim], -1)
    sums = np.nansum(lines, axis=0)
    for level, line in enumerate(lines):
        stands = ~np.isnan(line)
        if stands.any() and line[stands].any() and np.allclose(sums[stands] - line[stands], line[stands]):
            return level
    return None


def _with_totals(grid: Any) -> Any:
    """Add the totals over every dimension."""
    for dim in range(grid.ndim):
        grid = np.concatenate([grid, np.nansum(grid, axis=dim, keepdims=True)], axis=dim)
    return grid
