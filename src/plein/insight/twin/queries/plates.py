"""The picture that the server draws: areas as shapes and points as dots, before or without scripts."""

import json
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils import formats
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from plein.foundation.geo import places
from plein.foundation.geo.layers import areas_layer
from plein.insight.twin import rules
from plein.insight.twin.queries.scene import Scene

WIDTH = 1000
ZOOM = 11
DOT_RESOLUTIONS = (10, 9, 8, 7, 6)
MOST_DOTS = 400
KEPT = 8

_outlines: OrderedDict[tuple[str, str, str], "Outlines"] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Shape:
    """An area: its path is SVG."""

    code: str
    name: str
    path: str


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
        made.shapes.append(Shape(escape(code), escape(feature["properties"]["name"]), path))
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


def shapes(drawing: Outlines, picture: Scene, *, chosen: str = "", linked: bool = False) -> SafeString:
    """Draw the areas in the colours of the picture, each with its name and value, and as a link when asked.

    Written here and not in a template: large towns have hundreds.
    """
    ramp = picture.area_layer.scale if picture.area_layer else "amount"
    address = reverse("twin:area", args=["TEGEL"])
    drawn = []
    values = picture.values
    for one in drawing.shapes:
        value = values.get(one.code)
        said = "" if value is None else f": {formats.localize(round(value, 2))}"
        mark = " twin-area--chosen" if one.code == chosen else ""
        colour = rules.class_of(value, picture.limits)
        path = (
            f'<path class="twin-area twin-area--{ramp}-{colour}{mark}" d="{one.path}">'
            f"<title>{one.name}{said}</title></path>"
        )
        link = address.replace("TEGEL", one.code)
        drawn.append(f'<a href="{link}" tabindex="-1" aria-hidden="true">{path}</a>' if linked else path)
    return mark_safe("".join(drawn))  # noqa: S308 (names were escaped when the outlines were made)


def dots(drawing: Outlines, picture: Scene) -> SafeString:
    """Draw the points of the picture, joined until they are few enough; more points make a larger dot."""
    points = picture.points
    if not len(points):
        return SafeString("")
    if len(points) <= MOST_DOTS:
        return _dots(drawing, (points.x, points.y), points.value, np.ones(len(points), dtype=int), points.limits)
    for resolution in DOT_RESOLUTIONS:
        joined = points.joined(resolution)
        if len(joined.count) <= MOST_DOTS:
            break
    return _dots(drawing, (joined.x, joined.y), joined.mean, joined.count, points.limits)


def _dots(drawing: Outlines, spots: tuple[Any, Any], value: Any, count: Any, limits: list[float]) -> SafeString:
    across, down = drawing.place(*spots)
    found = np.flatnonzero((across >= 0) & (across <= WIDTH) & (down >= 0) & (down <= drawing.height))
    most = max(1, int(count[found].max())) if len(found) else 1
    drawn = []
    for at in found.tolist()[: 2 * MOST_DOTS]:
        radius = 7 if most == 1 else 5 + round(12 * float(np.sqrt(count[at] / most)))
        colour = rules.class_of(float(value[at]), limits) or 3
        spot = f'cx="{int(across[at])}" cy="{int(down[at])}" r="{radius}"'
        drawn.append(f'<circle class="twin-dot twin-dot--{colour}" {spot}/>')
    return mark_safe("".join(drawn))  # noqa: S308 (numbers only)
