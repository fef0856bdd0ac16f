"""Small numbers: which cells of a table of counts must be hidden so that nobody can work them out again.

Hidden first are the counts under the threshold, in cells and in totals alike. Then, for each of them, a block of other
cells goes with it: the corners of a box (a row pair by a column pair, in any number of dimensions), in which adding to
every second corner and taking from the others leaves all totals outside the box as they are. The corners are chosen so
that the small count could just as well have been the threshold or more. Whoever has every cell and total that is
still shown therefore cannot narrow a hidden cell to one value, nor tell that a small one is under the threshold.

Sound by construction (the other table exists), tested against an attacker who tries all tables. Where no block exists,
the count goes with all totals over it; where that cannot be either, nothing of the count is shown at all.

A later version of the same table goes on from the one before, against somebody who keeps both and knows which cells did
not change. Such a cell has one value in both, so it can take part in a block of the later version only with the block
that hid it before: see `_carry`. A new block takes cells that changed or are new.

Source of the idea: hypercube method, in Hundepool et al., Statistical Disclosure Control (2012), section 4.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, product
from typing import Any

import numpy as np

LARGEST = 4_000_000
NEAR = 64
TOTAL = "\x00"
Node = tuple[int, ...]
Label = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Cells that hide a small count together: moving all of them, each its own way, leaves every shown total as it is.

    origin: the small count. cells: each with the way it moves, 1 or -1. moved: those that can move in the newest
    version. room: how far it can move in every version so far, at most the threshold.
    """

    origin: Label
    cells: tuple[tuple[Label, int], ...]
    moved: frozenset[Label]
    room: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What is hidden in a version of a table, and what the next one must know of it.

    hidden: per row. labels: per row its name. told: the rows whose value, when it stays the same, is tied to this
    version or one before. everything: nothing at all is shown.
    """

    hidden: tuple[bool, ...]
    labels: tuple[Label, ...]
    told: frozenset[Label]
    blocks: tuple[Block, ...]
    everything: bool


def label_of(key: Sequence[Hashable]) -> Label:
    """Name a cell by its values, the same in every version."""
    return tuple("\x01" if value is None else str(value) for value in key)


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
    return list(decide(keys, counts, threshold=threshold, keep_zero=keep_zero).hidden)


def decide(
    keys: Sequence[Sequence[Hashable]],
    counts: Sequence[float | None],
    *,
    threshold: float = 5,
    keep_zero: bool = False,
    tied: frozenset[Label] = frozenset(),
    blocks: Sequence[Block] = (),
) -> Decision:
    """Decide per row whether its count is hidden, going on from the version before.

    tied: rows that have the same value as in the version before and were told there (see Decision.told).
    blocks: those of the version before.
    """
    labels = tuple(label_of(key) for key in keys)
    if not keys:
        return Decision((), (), frozenset(), (), False)
    table = _Table(keys, counts, threshold=threshold, keep_zero=keep_zero, tied=tied)
    kept = table.hide(blocks)
    hidden = tuple(table.is_hidden(row) for row in range(len(keys)))
    told = tied if table.everything else frozenset(labels)
    return Decision(hidden, labels, told, tuple(kept), table.everything)


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
        tied: frozenset[Label] = frozenset(),
    ) -> None:
        self.threshold = threshold
        self.low = 0.0 if keep_zero else -1.0
        self.counts = counts
        self.codes, self.levels = _coded(keys)
        sizes = [len(levels) for levels in self.levels]
        self.everything = int(np.prod(sizes, dtype=float)) > LARGEST
        if self.everything:
            return
        grid, smallest = _filled(self.codes, counts, sizes)
        self.is_unclear = any(len(_total_levels(grid, dim)) > 1 for dim in range(grid.ndim))
        grid, smallest, self.codes = _without_totals(grid, smallest, self.codes, self.levels)
        self.places = [{level: at for at, level in enumerate(levels)} for levels in self.levels]
        self.size = grid.shape
        self.value = _with_totals(grid)
        self.hidden = np.zeros(self.value.shape, dtype=bool)
        inner = tuple(slice(0, size) for size in self.size)
        least = self.value.copy()
        least[inner] = smallest
        self.small = (least < threshold) & (least > self.low)
        self.tied = np.zeros(self.value.shape, dtype=bool)
        for label in tied:
            if (node := self.node(label)) is not None and self.is_inner(node):
                self.tied[node] = True

    def node(self, label: Label) -> Node | None:
        """Find a cell or total by its name; None when this version has none of it."""
        found = tuple(places.get(word, -1) for places, word in zip(self.places, label, strict=False))
        if len(label) != len(self.places) or -1 in found or np.isnan(self.value[found]):
            return None
        return found

    def label(self, node: Node) -> Label:
        """Name a cell or total."""
        return tuple(levels[at] for levels, at in zip(self.levels, node, strict=True))

    def is_inner(self, node: Node) -> bool:
        """Tell a cell from a total."""
        return all(at < size for at, size in zip(node, self.size, strict=True))

    def is_hidden(self, row: int) -> bool:
        """Tell whether a row's count is hidden."""
        if self.counts[row] is None:
            return False
        return self.everything or bool(self.hidden[tuple(self.codes[row])])

    def hide(self, before: Sequence[Block] = ()) -> list[Block]:
        """Hide the small counts, each with a block that protects it; cells before totals. Gives the blocks in force."""
        if self.everything:
            return []
        if self.is_unclear and self.small.any():
            self.everything = True
            return list(before)
        self.hidden |= self.small
        kept = [block for one in before if (block := self._carry(one)) is not None]
        safe = {block.origin for block in kept if self._still_protects(block)}
        nodes = [tuple(int(one) for one in node) for node in np.argwhere(self.small)]
        total = self.size
        for node in sorted(nodes, key=lambda node: sum(at == last for at, last in zip(node, total, strict=True))):
            if self.label(node) in safe:
                continue
            block = self._protect(node)
            if block is None:
                self.everything = True
                return [one for one in kept if one.moved]
            kept.append(block)
        return kept

    def _carry(self, block: Block) -> Block | None:
        """Keep a block of the version before, as far as it is tied to this one; None when nothing ties it.

        Whole, where all its cells can move here too. Else the cells that are tied go with all totals over them: then
        they can move here whatever the others do.
        """
        nodes = {label: self.node(label) for label, _ in block.cells}
        tied = {label for label, node in nodes.items() if node is not None and self.tied[node]}
        if not tied & block.moved:
            return None
        odd = [self._value(nodes[label]) for label, way in block.cells if way < 0]
        room = min([block.room, *odd])
        if tied <= block.moved and None not in nodes.values() and room >= self._reach(block):
            self._hide_all(self._moving((nodes[label], way) for label, way in block.cells))
            return replace(block, moved=frozenset(nodes), room=room)
        for label in tied & block.moved:
            node = nodes[label]
            assert node is not None
            self._hide_all(product(*[(at, last) for at, last in zip(node, self.size, strict=True)]))
        return replace(block, moved=frozenset(tied & block.moved))

    def _moving(self, cells: Iterable[tuple[Node | None, int]]) -> list[Node]:
        """List the cells of a block and the totals that move with them."""
        net: Counter[Node] = Counter()
        for node, way in cells:
            assert node is not None
            for over in product(*[(at, last) for at, last in zip(node, self.size, strict=True)]):
                net[over] += way
        return [node for node, way in net.items() if way]

    def _value(self, node: Node | None) -> float:
        return 0.0 if node is None else float(self.value[node])

    def _reach(self, block: Block) -> float:
        """Tell how far a block must be able to move: so far that its small count could be the threshold."""
        node = self.node(block.origin)
        here = self._needed(node) if node is not None and self.small[node] else 1.0
        return max(1.0, here)

    def _needed(self, node: Node) -> float:
        return max(1.0, self.threshold - float(self.value[node]))

    def _still_protects(self, block: Block) -> bool:
        node = self.node(block.origin)
        if node is None or block.room < self._needed(node):
            return False
        return block.origin in block.moved or self._moves_total(block, node)

    def _moves_total(self, block: Block, total: Node) -> bool:
        """Tell whether a cell under a total still moves."""
        nodes = [self.node(label) for label in block.moved]
        return any(
            node is not None
            and self.is_inner(node)
            and all(over in (at, last) for at, over, last in zip(node, total, self.size, strict=True))
            for node in nodes
        )

    def _hide_all(self, nodes: Any) -> None:
        for node in nodes:
            self.hidden[node] = True

    def _protect(self, node: Node) -> Block | None:
        """Hide the cheapest block around a node; None when there is none."""
        moving = [dim for dim, at in enumerate(node) if at != self.size[dim] and self.size[dim] > 1]
        for count in range(len(moving), -1, -1):
            for near in (True, False):
                found = [self._best(node, chosen, near=near) for chosen in combinations(moving, count)]
                blocks = [block for block in found if block is not None]
                if blocks:
                    _, flips, corners = min(blocks, key=lambda block: block[0])
                    self._hide_all(corners)
                    return self._block(node, flips, corners)
        return None

    def _block(self, node: Node, flips: Sequence[int], corners: Sequence[Node]) -> Block:
        """Write a block down by names, with which way each cell moves; totals follow from the cells."""
        cells = [
            (corner, -1 if sum(corner[dim] != node[dim] for dim in flips) % 2 else 1)
            for corner in corners
            if self.is_inner(corner)
        ]
        odd = [float(self.value[corner]) for corner, way in cells if way < 0]
        named = tuple((self.label(corner), way) for corner, way in cells)
        room = min([self.threshold, *odd])
        return Block(self.label(node), named, frozenset(label for label, _ in named), room)

    def _best(self, node: Node, moving: Sequence[int], *, near: bool) -> tuple[float, Sequence[int], list[Node]] | None:
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
        cost = np.where(odd >= self._needed(node), cost, np.inf)
        best = np.unravel_index(int(np.argmin(cost)), cost.shape)
        if not np.isfinite(cost[best]):
            return None
        chosen = [int(axes[dim][at]) if len(axes[dim]) > at else node[dim] for dim, at in enumerate(best)]
        return float(cost[best]), moving, list(self._corners(node, moving, chosen))

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
            cost = np.where(self.tied[place], np.inf, cost)
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


def _coded(keys: Sequence[Sequence[Hashable]]) -> tuple[Any, list[list[str]]]:
    """Number the values per dimension: (rows, dimensions) codes and the names of the values, in their order."""
    columns = list(zip(*keys, strict=True)) or [(0,) * len(keys)]
    codes = np.empty((len(keys), len(columns)), dtype=np.int64)
    levels = []
    for dim, column in enumerate(columns):
        words = label_of(column)
        numbers: dict[str, int] = {}
        codes[:, dim] = [numbers.setdefault(word, len(numbers)) for word in words]
        levels.append(list(numbers))
    return codes, levels


def _filled(codes: Any, counts: Sequence[float | None], sizes: Sequence[int]) -> tuple[Any, Any]:
    """Lay the rows in a grid: their sum and their smallest per cell, NaN where there is none."""
    total, smallest = np.full(sizes, np.nan), np.full(sizes, np.nan)
    for place, count in zip(map(tuple, codes), counts, strict=True):
        if count is not None:
            total[place] = np.nansum([total[place], count])
            smallest[place] = np.nanmin([smallest[place], count])
    return total, smallest


def _without_totals(grid: Any, smallest: Any, codes: Any, levels: list[list[str]]) -> tuple[Any, Any, Any]:
    """Take levels that are totals out of the grid, and point their rows at the grid's own totals.

    levels: the names per dimension; that of the total comes last, its own or TOTAL.
    """
    codes = codes.copy()
    for dim in range(grid.ndim):
        level = next(iter(_total_levels(grid, dim)), None)
        levels[dim].append(TOTAL if level is None else levels[dim].pop(level))
        if level is None:
            continue
        grid, smallest = np.delete(grid, level, axis=dim), np.delete(smallest, level, axis=dim)
        column = codes[:, dim]
        codes[:, dim] = np.where(column == level, grid.shape[dim], np.where(column > level, column - 1, column))
    return grid, smallest, codes


def _total_levels(grid: Any, dim: int) -> list[int]:
    """Find the level that is the sum of the others wherever it stands; more than one only where the rest is nothing."""
    if grid.shape[dim] < 3:
        return []
    lines = np.moveaxis(grid, dim, 0).reshape(grid.shape[dim], -1)
    sums = np.nansum(lines, axis=0)
    found = []
    for level, line in enumerate(lines):
        stands = ~np.isnan(line)
        if stands.any() and line[stands].any() and np.allclose(sums[stands] - line[stands], line[stands]):
            found.append(level)
    return found


def _with_totals(grid: Any) -> Any:
    """Add the totals over every dimension."""
    for dim in range(grid.ndim):
        grid = np.concatenate([grid, np.nansum(grid, axis=dim, keepdims=True)], axis=dim)
    return grid
