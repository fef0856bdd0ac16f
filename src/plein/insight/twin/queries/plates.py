"""The picture that the server draws: areas as shapes and points as dots, before or without scripts."""

import json
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from plein.foundation.geo import places
from plein.foundation.geo.layers import areas_layer
from plein.insight.twin import rules
from plein.insight.twin.queries.scene import Scene

WIDTH = 1000
ZOOM = 11
DOT_RESOLUTIONS = (11, 10, 9, 8, 7, 6)
MOST_DOTS = 400
KEPT = 8

_outlines: OrderedDict[tuple[str, str, str], "Outlines"] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Shape:
    """An area: path is SVG, colour 0 (no value) to 5."""

    code: str
    name: str
    path: str
    colour: int = 0
    value: float | None = None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """One point, or a few joined: count tells how many."""

    x: int
    y: int
    radius: int
    colour: int
    count: int


@dataclass
class Outlines:
    """The shapes of all areas of a level, as paths in a picture of 1000 wide."""

    shapes: list[Shape]
    left: float
    top: float
    scale: float
    height: int
    bounds: tuple[float, float, float, float] | None

    @cached_property
    def box(self) -> str:
        """Give the view box of the SVG."""
        return f"-8 -8 {WIDTH + 16} {self.height + 16}"

    def place(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Move places on the web map to the picture."""
        return np.rint((x - self.left) * self.scale), np.rint((y - self.top) * self.scale)


def _rings(geometry: dict[str, Any]) -> list[Any]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [np.array(ring, dtype=np.float64) for polygon in polygons for ring in polygon]


def outlines(level: str) -> Outlines:
    """Draw the areas of our municipality, remembered until the areas change."""
    gemeente = places.home()
    key = (places.stamp(), level, gemeente)
    if key not in _outlines:
        _outlines[key] = _drawn(json.loads(areas_layer(level, gemeente=gemeente, zoom=ZOOM).plain)["features"])
        while len(_outlines) > KEPT:
            _outlines.popitem(last=False)
    return _outlines[key]


def _drawn(features: list[dict[str, Any]]) -> Outlines:
    rings = {feature["properties"]["code"]: _rings(feature["geometry"]) for feature in features}
    every = [ring for one in rings.values() for ring in one]
    if not every:
        return Outlines([], 0, 0, 1, 600, None)
    lonlat = np.vstack(every)
    x, y = rules.mercator(lonlat[:, 0], lonlat[:, 1])
    left, top, scale, height = rules.frame([x.min(), x.max()], [y.min(), y.max()], width=WIDTH)
    made = Outlines([], left, top, scale, height, None)
    made.bounds = (*lonlat.min(axis=0).tolist(), *lonlat.max(axis=0).tolist())
    for feature in features:
        code = feature["properties"]["code"]
        path = "".join(_path(made, ring) for ring in rings[code])
        made.shapes.append(Shape(code, feature["properties"]["name"], path))
    return made


def _path(drawing: Outlines, ring: Any) -> str:
    """Write a ring as a path in whole pixels, without points that fall together."""
    across, down = drawing.place(*rules.mercator(ring[:, 0], ring[:, 1]))
    spots = np.column_stack([across, down]).astype(int)
    moved = np.any(np.diff(spots, axis=0, prepend=spots[:1] - 1) != 0, axis=1)
    kept = spots[moved].tolist()
    if len(kept) < 3:
        return ""
    return "M" + "L".join(f"{x} {y}" for x, y in kept) + "Z"


def shapes(drawing: Outlines, picture: Scene, *, chosen: str = "") -> list[Shape]:
    """Give the areas in the colours of the picture."""
    return [
        Shape(
            one.code,
            one.name,
            one.path,
            rules.class_of(picture.values.get(one.code), picture.limits),
            picture.values.get(one.code),
            one.code == chosen,
        )
        for one in drawing.shapes
    ]


def dots(drawing: Outlines, picture: Scene) -> list[Dot]:
    """Give the points of the picture, joined until they are few enough to draw."""
    points = picture.points
    if not len(points):
        return []
    limits = points.limits()
    if len(points) <= MOST_DOTS:
        across, down = drawing.place(points.x, points.y)
        return _within(drawing, (across, down), points.value, np.ones(len(points), dtype=int), limits)
    for resolution in DOT_RESOLUTIONS:
        joined = points.joined(resolution)
        if len(joined.count) <= MOST_DOTS or resolution == DOT_RESOLUTIONS[-1]:
            break
    across, down = drawing.place(joined.x, joined.y)
    return _within(drawing, (across, down), joined.mean, joined.count, limits)


def _within(drawing: Outlines, spots: tuple[Any, Any], value: Any, count: Any, limits: list[float]) -> list[Dot]:
    """Make dots of what lies in the picture; more points make a larger dot."""
    across, down = spots
    found = np.flatnonzero((across >= 0) & (across <= WIDTH) & (down >= 0) & (down <= drawing.height))
    most = max(1, int(count[found].max())) if len(found) else 1
    return [
        Dot(
            int(across[at]),
            int(down[at]),
            7 if most == 1 else 5 + round(12 * float(np.sqrt(count[at] / most))),
            rules.class_of(float(value[at]), limits),
            int(count[at]),
        )
        for at in found.tolist()[: 2 * MOST_DOTS]
    ]
