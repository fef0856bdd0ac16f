"""Points of a layer at a moment, and their tiles: joined in H3 cells where they would cover each other."""

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, partial
from threading import Lock
from typing import Any

import numpy as np

from plein.foundation.errors import Refused
from plein.foundation.geo import cells
from plein.foundation.rooms import MapLayer
from plein.insight.twin import rules
from plein.insight.twin.errors import NoPoint
from plein.insight.twin.queries.layers import MOST_POINTS, remembered
from plein.insight.twin.queries.vectors import POINT, POLYGON, encode

TILES_KEPT = 512
MARGIN = 0.35  # of a tile, around it: half a cell at most


@dataclass(frozen=True, slots=True)
class Tile:
    """A vector tile, packed, with its entity tag (without quotes)."""

    packed: bytes
    etag: str


@dataclass
class Points:
    """The points of one layer at one moment. lon, lat, x, y, value: (n,); x and y on the web map, value NaN if none."""

    ids: list[str]
    names: list[str]
    lon: Any
    lat: Any
    value: Any
    hrefs: list[str]
    labels: list[str]
    x: Any = None
    y: Any = None
    _cells: dict[int, Any] = field(default_factory=dict)
    _tiles: OrderedDict[tuple[int, int, int], Tile] = field(default_factory=OrderedDict)
    _lock: Any = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.x, self.y = rules.mercator(self.lon, self.lat)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def limits(self) -> list[float]:
        """Give the limits between the classes of colour."""
        return rules.breaks(self.value)

    @cached_property
    def lowest_and_highest(self) -> tuple[float, float] | None:
        """Give the lowest and the highest value; None without values."""
        known = self.value[np.isfinite(self.value)]
        return (float(known.min()), float(known.max())) if len(known) else None

    @cached_property
    def by_name(self) -> list[int]:
        """Give the order of the points by name."""
        return sorted(range(len(self)), key=lambda at: self.names[at].casefold())

    @cached_property
    def places(self) -> dict[str, int]:
        """Give where each point stands in the arrays."""
        return {point: at for at, point in enumerate(self.ids)}

    def place_of(self, point: str) -> int:
        """Give where a point stands in the arrays.

        Raises NoPoint.
        """
        try:
            return self.places[point]
        except KeyError:
            raise NoPoint(what="point") from None

    def joined(self, resolution: int) -> "Joined":
        """Give the points joined in H3 cells, remembered."""
        with self._lock:
            if resolution not in self._cells:
                self._cells[resolution] = _joined(self, resolution)
            made: Joined = self._cells[resolution]
        return made

    def tile(self, zoom: int, column: int, row: int) -> Tile:
        """Give one tile, remembered."""
        key = (zoom, column, row)
        with self._lock:
            if key in self._tiles:
                self._tiles.move_to_end(key)
                return self._tiles[key]
        made = _packed(self._encoded(zoom, column, row))
        with self._lock:
            self._tiles[key] = made
            while len(self._tiles) > TILES_KEPT:
                self._tiles.popitem(last=False)
        return made

    def _encoded(self, zoom: int, column: int, row: int) -> bytes:
        resolution = rules.cell_resolution(zoom, len(self))
        if resolution is None:
            return _point_tile(self, zoom=zoom, column=column, row=row)
        return _cell_tile(self.joined(resolution), zoom=zoom, column=column, row=row)


@dataclass(frozen=True, slots=True)
class Joined:
    """Points joined in H3 cells. x, y: middles on the web map; mean: NaN without a value."""

    codes: Any
    x: Any
    y: Any
    count: Any
    mean: Any


def _joined(points: Points, resolution: int) -> Joined:
    import pyarrow as pa

    found = pa.array(cells.cells(points.lon.tolist(), points.lat.tolist(), resolution)).dictionary_encode()
    codes, place = found.dictionary.to_pylist(), found.indices.to_numpy()
    known = np.isfinite(points.value)
    count = np.bincount(place, minlength=len(codes))
    with_value = np.bincount(place[known], minlength=len(codes))
    total = np.bincount(place[known], weights=points.value[known], minlength=len(codes))
    mean = np.divide(total, with_value, out=np.full(len(codes), np.nan), where=with_value > 0)
    middles = np.array([cells.centre(code) for code in codes]).reshape(-1, 2)
    x, y = rules.mercator(middles[:, 0], middles[:, 1])
    return Joined(codes, x, y, count, mean)


def _facts(value: float, **facts: Any) -> dict[str, Any]:
    """Give the facts of a feature, with its value when there is one: empty is left out of a tile."""
    return {**facts, **({} if np.isnan(value) else {"value": round(float(value), 4)})}


def _point_tile(points: Points, *, zoom: int, column: int, row: int) -> bytes:
    found, across, down = rules.on_tile(points.x, points.y, zoom=zoom, column=column, row=row)
    return encode(
        points=[
            (POINT, rules.point_steps(x, y), _facts(points.value[at], point=points.ids[at], name=points.names[at]))
            for at, x, y in zip(found.tolist(), across.tolist(), down.tolist(), strict=True)
        ]
    )


def _cell_tile(joined: Joined, *, zoom: int, column: int, row: int) -> bytes:
    """Draw the cells of a tile, and the middles of those that lie on it.

    A cell across an edge is on both tiles, each cuts its own part off; a middle is on one.
    """
    size = 2.0**zoom
    near = np.flatnonzero(
        (np.abs(joined.x * size - column - 0.5) < 0.5 + MARGIN) & (np.abs(joined.y * size - row - 0.5) < 0.5 + MARGIN)
    )
    most = int(joined.count.max()) if len(joined.count) else 1
    across, down = (
        np.rint((joined.x[near] * size - column) * rules.EXTENT).astype(int).tolist(),
        np.rint((joined.y[near] * size - row) * rules.EXTENT).astype(int).tolist(),
    )
    cells_here, middles = [], []
    for at, ring, x, y in zip(near.tolist(), _rings(joined, near, size, column, row), across, down, strict=True):
        count = int(joined.count[at])
        facts = _facts(joined.mean[at], count=count, share=round(count / most, 4))
        cells_here.append((POLYGON, rules.ring_steps(ring), facts))
        if 0 <= x < rules.EXTENT and 0 <= y < rules.EXTENT:
            middles.append((POINT, rules.point_steps(x, y), facts))
    return encode(cells=cells_here, middles=middles)


def _rings(joined: Joined, near: Any, size: float, column: int, row: int) -> list[list[list[int]]]:
    """Give the borders of cells on a tile, all moved at once."""
    borders = [cells.outline(joined.codes[at])[:-1] for at in near.tolist()]
    if not borders:
        return []
    x, y = rules.mercator(*np.array([spot for border in borders for spot in border]).T)
    moved = np.rint((np.column_stack([x, y]) * size - (column, row)) * rules.EXTENT).astype(int)
    cuts = np.cumsum([len(border) for border in borders])[:-1]
    return [ring.tolist() for ring in np.split(moved, cuts)]


def _packed(tile: bytes) -> Tile:
    return Tile(gzip.compress(tile, 5, mtime=0), hashlib.sha256(tile).hexdigest()[:32])


def _texts(table: Any, name: str) -> list[str]:
    if name not in table.column_names:
        return [""] * table.num_rows
    return ["" if text is None else str(text) for text in table[name].to_pylist()]


def _numbers(table: Any, name: str) -> Any:
    import pyarrow.compute as pc

    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    return np.array(pc.fill_null(pc.cast(table[name], "float64"), float("nan")).to_numpy(), dtype=np.float64)


def from_table(table: Any) -> Points:
    """Make points of a table with id, lon, lat and perhaps name, value, label and href. Rows without a place go."""
    lon, lat = _numbers(table, "lon"), _numbers(table, "lat")
    good = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) < 85) & (np.abs(lon) <= 180))
    table, good = table.take(good[:MOST_POINTS]), good[:MOST_POINTS]
    return Points(
        ids=_texts(table, "id"),
        names=_texts(table, "name"),
        lon=lon[good],
        lat=lat[good],
        value=_numbers(table, "value"),
        hrefs=_texts(table, "href"),
        labels=_texts(table, "label"),
    )


def points(layer: MapLayer, *, at: date, now: datetime) -> Points:
    """Give the points of a layer at a moment, remembered for a minute; none when its data is not there."""
    if layer.points is None:
        return nothing()
    make = partial(_made, layer, at)
    found: Points = remembered((layer.key, "points", at), make, now=now)
    return found


def _made(layer: MapLayer, at: date) -> Points:
    assert layer.points is not None
    try:
        return from_table(layer.points(at))
    except Refused:
        return nothing()


def nothing() -> Points:
    """Give a layer without points."""
    empty = np.array([], dtype=np.float64)
    return Points(ids=[], names=[], lon=empty, lat=empty, value=empty, hrefs=[], labels=[])
