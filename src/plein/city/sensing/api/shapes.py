"""Conditions that no plain SQL can say: geometry, by shapely, and the periods that datastreams cover.

Each is worked out to the keys of the entities that meet it. Geometries are read once per change of their table.
"""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection

from plein.city.sensing.api.entities import EntityType
from plein.city.sensing.api.errors import BadRequest
from plein.city.sensing.api.filters import Literal, Node
from plein.foundation.observations import reading
from plein.foundation.observations.models import Datastream, FeatureOfInterest

RELATIONS = {
    "geo.intersects": "intersects",
    "st_intersects": "intersects",
    "st_equals": "equals",
    "st_disjoint": "disjoint",
    "st_touches": "touches",
    "st_within": "within",
    "st_overlaps": "overlaps",
    "st_crosses": "crosses",
    "st_contains": "contains",
    "st_relate": "relate_pattern",
}
MEASURES = ("geo.distance", "geo.length")
PERIODS = ("before", "after", "meets", "during", "overlaps", "starts", "finishes")
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def compare(sign: str, found: Any, limit: float) -> Any:
    """Compare measured values with a limit, all at once."""
    return _COMPARE[sign](found, limit)


def number(node: Literal) -> float:
    """Give the number of a literal.

    Raises BadRequest.
    """
    if node.kind != "number":
        raise BadRequest(reason="a distance or length is compared with a number")
    return float(node.value)


def _geometries(kind: EntityType, column: str) -> tuple[list[int], Any]:
    """Read keys and shapes of a type of entity; what is no geometry is an empty shape."""
    import numpy as np
    import shapely

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {column} FROM {kind.table} WHERE {column} IS NOT NULL")
        rows = cursor.fetchall()
    if column == "observed_area":
        rows = [*rows, *areas(_without_area()).items()]
    texts = np.array([_bare(text) for _, text in rows], dtype=object)
    found = shapely.from_geojson(texts, on_invalid="ignore") if len(texts) else np.array([], dtype=object)
    return [pk for pk, _ in rows], found


def _bare(text: str) -> str:
    """Give the geometry of a GeoJSON text that may be a Feature around one."""
    shape = json.loads(text)
    if isinstance(shape, dict) and shape.get("type") == "Feature":
        return json.dumps(shape.get("geometry"))
    return text


def related(kind: EntityType, column: str, name: str, given: tuple[Any, bool], pattern: Any) -> list[int]:
    """List the entities whose geometry stands in a relation to the one given.

    given: the geometry, and whether it was named first.
    Raises BadRequest.
    """
    import numpy as np
    import shapely

    keys, found = _geometries(kind, column)
    shape, turned = given
    sides = (shape, found) if turned else (found, shape)
    try:
        if name == "st_relate":
            met = shapely.relate_pattern(*sides, str(pattern))
        else:
            shapely.prepare(shape)
            met = getattr(shapely, RELATIONS[name])(*sides)
    except (shapely.errors.ShapelyError, TypeError, ValueError) as error:
        raise BadRequest(reason=f"{name} cannot be worked out for this geometry") from error
    return [keys[place] for place in np.flatnonzero(met)]


def measured(
    kind: EntityType, column: str, name: str, given: tuple[Any, bool], meets: Callable[[Any], Any]
) -> list[int]:
    """List the entities whose distance or length, in degrees, meets a condition."""
    import numpy as np
    import shapely

    keys, found = _geometries(kind, column)
    sizes = shapely.length(found) if name == "geo.length" else shapely.distance(found, given[0])
    with np.errstate(invalid="ignore"):
        return [keys[place] for place in np.flatnonzero(meets(np.asarray(sizes, dtype=float)))]


def spans(of: str, ids: Sequence[int] | None = None) -> dict[int, tuple[int, int]]:
    """Give the period of the readings, or of the times of their results, of datastreams; ids None is all."""
    if of == "readings":
        return reading.spans(ids)
    return reading.result_spans(ids if ids is not None else list(Datastream.objects.values_list("pk", flat=True)))


def areas(ids: Sequence[int], known_spans: Mapping[int, Any] | None = None) -> dict[int, str]:
    """Give the area that the features of the readings of datastreams cover, as GeoJSON: a box, or a point.

    ids: those of which no area was given; known_spans: their periods, where somebody asked for those already. A
    datastream without readings has no area.
    Source: OGC 18-088, table 11 (observedArea).
    """
    measuring = reading.spans(ids) if known_spans is None else known_spans
    measured_ones = [pk for pk in ids if pk in measuring]
    named = reading.features(measured_ones)
    own = Datastream.objects.filter(pk__in=measured_ones).values_list("pk", "feature_id", "feature_now_id")
    wanted = {pk: {one for one in (*ours, *named.get(pk, ())) if one} for pk, *ours in own}
    keys = {one for ones in wanted.values() for one in ones}
    known = dict(FeatureOfInterest.objects.filter(pk__in=keys).values_list("pk", "feature"))
    found = {pk: _box([known[one] for one in sorted(ones) if one in known]) for pk, ones in wanted.items()}
    return {pk: text for pk, text in found.items() if text}


def _without_area() -> list[int]:
    return list(Datastream.objects.filter(observed_area__isnull=True).values_list("pk", flat=True))


def _box(features: Sequence[Any]) -> str | None:
    """Draw the box around features; what is no geometry does not count."""
    import shapely

    found = shapely.from_geojson([_bare(json.dumps(one)) for one in features], on_invalid="ignore")
    around = shapely.envelope(shapely.geometrycollections([one for one in found if one is not None]))
    return None if shapely.is_empty(around) else str(shapely.to_geojson(around))


def spans_that(sign: str, other: Node, *, of: str = "readings") -> list[int]:
    """List the datastreams whose period of readings (or of results) compares so with a moment or a period.

    Raises BadRequest.
    """
    if not isinstance(other, Literal) or other.kind not in ("time", "span"):
        raise BadRequest(reason="the period of a datastream is compared with a time")
    low, high = (other.value, other.value) if other.kind == "time" else other.value
    return [pk for pk, span in spans(of).items() if _lies(sign, span, (low, high))]


def _lies(sign: str, span: Sequence[int], other: Sequence[int]) -> bool:
    (since, until), (low, high) = span, other
    return {
        "gt": since > high,
        "ge": since >= low,
        "lt": until < low,
        "le": until <= high,
        "eq": (since, until) == (low, high),
        "ne": (since, until) != (low, high),
        "before": until < low,
        "after": since > high,
        "meets": until == low,
        "during": since >= low and until <= high,
        "overlaps": since <= high and until >= low,
        "starts": since == low,
        "finishes": until == high,
    }[sign]
