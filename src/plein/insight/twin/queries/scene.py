"""What one picture of the map shows: a layer of areas, a layer of points, a day, and the lists of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from plein.foundation.geo import places
from plein.foundation.geo.models import Area
from plein.foundation.rooms import MapLayer
from plein.foundation.ui.figures import decimals_for_all
from plein.insight.twin import rules
from plein.insight.twin.queries.layers import PRODUCT, layers, moments, values
from plein.insight.twin.queries.points import Points, nothing, points

LEVELS = ("buurt", "wijk")
NONE = "geen"


@dataclass(frozen=True, slots=True)
class Class:
    """One colour of a legend: from, to and which colour of the ramp."""

    low: float
    high: float
    colour: int


@dataclass
class Scene:
    """A picture. day: as asked, None for the newest; the layers each show their last moment up to it."""

    offered: Sequence[MapLayer]
    area_layer: MapLayer | None
    point_layer: MapLayer | None
    level: str
    wanted: date | None
    now: datetime
    _moments: dict[str, list[date]] = field(default_factory=dict)

    def moments_of(self, layer: MapLayer | None) -> list[date]:
        """List the moments of a layer of this picture."""
        if layer is None:
            return []
        if layer.key not in self._moments:
            self._moments[layer.key] = moments(layer, self.now)
        return self._moments[layer.key]

    @cached_property
    def moments(self) -> list[date]:
        """List the days the slider stops at."""
        return sorted({*self.moments_of(self.area_layer), *self.moments_of(self.point_layer)})

    @cached_property
    def day(self) -> date | None:
        """Give the day that is shown."""
        return rules.moment_near(self.moments, self.wanted)

    @cached_property
    def area_day(self) -> date | None:
        """Give the moment that the areas show."""
        return rules.moment_near(self.moments_of(self.area_layer), self.day)

    @cached_property
    def point_day(self) -> date | None:
        """Give the moment that the points show."""
        return rules.moment_near(self.moments_of(self.point_layer), self.day)

    @cached_property
    def areas(self) -> list[Any]:
        """List the areas of our municipality at the level of the picture: code and name."""
        found = Area.objects.filter(kind=self.level, gemeente_code=places.home())
        return list(found.values_list("code", "name", named=True))

    @cached_property
    def values(self) -> dict[str, float | None]:
        """Give the value of each area of our municipality."""
        if self.area_layer is None or self.area_day is None:
            return {}
        found = values(self.area_layer, level=self.level, at=self.area_day, now=self.now)
        return {area.code: _known(found.get(area.code)) for area in self.areas}

    @cached_property
    def limits(self) -> list[float]:
        """Give the limits between the colours of the areas."""
        return rules.breaks(list(self.values.values()))

    @cached_property
    def points(self) -> Points:
        """Give the points."""
        if self.point_layer is None or self.point_day is None:
            return nothing()
        return points(self.point_layer, at=self.point_day, now=self.now)

    @property
    def is_joined(self) -> bool:
        """Tell whether the points are so many that they are drawn together from afar."""
        return len(self.points) > rules.FEW_POINTS

    @cached_property
    def area_classes(self) -> list[Class]:
        """List the colours of the areas with what they mean."""
        known = [value for value in self.values.values() if value is not None]
        return _classes((min(known), max(known)) if known else None, self.limits)

    @cached_property
    def point_classes(self) -> list[Class]:
        """List the colours of the points with what they mean."""
        return _classes(self.points.lowest_and_highest, self.points.limits)

    @property
    def area_decimals(self) -> int | None:
        """Give the decimals of the limits between the colours of the areas."""
        return legend_decimals(self.area_layer, self.limits)

    @property
    def point_decimals(self) -> int | None:
        """Give the decimals of the limits between the colours of the points."""
        return legend_decimals(self.point_layer, self.points.limits)


def legend_decimals(layer: MapLayer | None, limits: Sequence[float]) -> int | None:
    """Choose the decimals of a legend: of the layer, or more where its limits need them to differ."""
    needed = decimals_for_all(limits)
    wished = layer.decimals if layer is not None else None
    return needed if wished is None or needed is None else max(needed, wished)


def _classes(span: tuple[float, float] | None, limits: Sequence[float]) -> list[Class]:
    return [Class(*one) for one in rules.ranges(limits, *span)] if span else []


def _chosen(offered: Sequence[MapLayer], kind: str, asked: str | None, *, use_first: bool) -> MapLayer | None:
    """Choose a layer by its key; without a choice the first, or none."""
    of_kind = [layer for layer in offered if layer.kind == kind]
    if asked is None:
        return of_kind[0] if of_kind and use_first else None
    return next((layer for layer in of_kind if layer.key == asked), None)


def _is_product(layer: MapLayer) -> bool:
    return layer.key.startswith(PRODUCT)


def _known(value: float | None) -> float | None:
    return None if value is None else rules.known(float(value))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def scene(asked: Mapping[str, str], *, now: datetime) -> Scene:
    """Read what is asked (gebieden, punten, niveau, dag) into a picture; what makes no sense counts as not asked."""
    offered = layers(now)
    area_layer = _chosen(offered, "areas", asked.get("gebieden"), use_first=True)
    # A first visit sees what rooms measure; the many places of a register only where there is nothing else to see.
    calm = offered if area_layer is None else [layer for layer in offered if not _is_product(layer)]
    point_layer = _chosen(
        calm if asked.get("punten") is None else offered,
        "points",
        asked.get("punten"),
        use_first=area_layer is None or "gebieden" not in asked,
    )
    level = asked.get("niveau") or LEVELS[0]
    return Scene(
        offered=offered,
        area_layer=area_layer,
        point_layer=point_layer,
        level=level if level in LEVELS else LEVELS[0],
        wanted=_day(asked.get("dag")),
        now=now,
    )
