"""Where things are: moving one writes its history and gives its readings the right feature of interest."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from plein.foundation.observations import registration
from plein.foundation.observations.models import Datastream, FeatureOfInterest, HistoricalLocation, Location, Thing
from plein.foundation.observations.times import to_us


@transaction.atomic
def place(thing: Thing, *, locations: Sequence[Location], now: datetime) -> HistoricalLocation:
    """Put a thing at locations, from now on; what it measures from now on is about that spot."""
    thing.locations.set(locations)
    history = HistoricalLocation.objects.create(thing=thing, time_us=to_us(now))
    history.locations.set(locations)
    note_feature(thing)
    return history


@transaction.atomic
def note_feature(thing: Thing) -> None:
    """Give the datastreams of a thing the feature of interest of where it is now."""
    spot = thing.locations.order_by("pk").last()
    if spot is None:
        return
    feature = _feature_of(spot)
    streams = Datastream.objects.filter(thing=thing)
    streams.filter(feature=None).update(feature=feature)
    streams.update(feature_now=feature)
    registration.forget()


def _feature_of(spot: Location) -> FeatureOfInterest:
    """Give the feature that stands for a location, made at first use."""
    marked = {"plein:location": spot.pk}
    kept = FeatureOfInterest.objects.filter(properties=marked, feature=spot.location).first()
    return kept or FeatureOfInterest.objects.create(
        name=spot.name,
        description=spot.description,
        encoding_type=spot.encoding_type,
        feature=spot.location,
        properties=marked,
    )


def middle(geometry: object) -> tuple[float | None, float | None]:
    """Give longitude and latitude of the middle of a GeoJSON geometry; of none when it is no geometry."""
    import json

    import shapely

    shape = geometry.get("geometry") if isinstance(geometry, dict) and geometry.get("type") == "Feature" else geometry
    try:
        point = shapely.from_geojson(json.dumps(shape)).centroid
    except (shapely.errors.ShapelyError, TypeError, AttributeError):
        return None, None
    return (None, None) if point.is_empty else (point.x, point.y)
