"""The entity types of SensorThings 1.1: their properties, their columns and how they hang together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plein.foundation.observations import models


@dataclass(frozen=True, slots=True)
class Property:
    """A property: its column; kind is text, json, time (microseconds), number, span (computed) or geo (GeoJSON).

    of: what a span is computed of, the times of "readings" or those of their "results".
    """

    column: str
    kind: str = "text"
    required: bool = False
    of: str = "readings"


@dataclass(frozen=True, slots=True)
class Relation:
    """A way to another entity type.

    How: own column (fk), a column of the target (back), or a table between (link: its name, own and other column).
    """

    target: str
    many: bool
    fk: str = ""
    back: str = ""
    link: tuple[str, str, str] | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class EntityType:
    """An entity type: name of one, name of the set, model, table, properties in order, relations in order."""

    name: str
    set_name: str
    model: Any
    properties: Mapping[str, Property]
    relations: Mapping[str, Relation] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """Name the table in the database."""
        return str(self.model._meta.db_table)


def _named(**more: Property) -> dict[str, Property]:
    """Give the properties that nearly all types begin with."""
    return {
        "name": Property("name", required=True),
        "description": Property("description", required=True),
        **more,
        "properties": Property("properties", "json"),
    }


_ENCODING = Property("encoding_type", required=True)
_THING_LOCATION = "observations_thing_locations"
_HISTORY_LOCATION = "observations_historicallocation_locations"

THING = EntityType(
    "Thing",
    "Things",
    models.Thing,
    _named(),
    {
        "Locations": Relation("Location", True, link=(_THING_LOCATION, "thing_id", "location_id")),
        "HistoricalLocations": Relation("HistoricalLocation", True, back="thing_id"),
        "Datastreams": Relation("Datastream", True, back="thing_id"),
    },
)
LOCATION = EntityType(
    "Location",
    "Locations",
    models.Location,
    _named(encodingType=_ENCODING, location=Property("location", "geo", required=True)),
    {
        "Things": Relation("Thing", True, link=(_THING_LOCATION, "location_id", "thing_id")),
        "HistoricalLocations": Relation(
            "HistoricalLocation", True, link=(_HISTORY_LOCATION, "location_id", "historicallocation_id")
        ),
    },
)
HISTORICAL_LOCATION = EntityType(
    "HistoricalLocation",
    "HistoricalLocations",
    models.HistoricalLocation,
    {"time": Property("time_us", "time", required=True)},
    {
        "Thing": Relation("Thing", False, fk="thing_id", required=True),
        "Locations": Relation("Location", True, link=(_HISTORY_LOCATION, "historicallocation_id", "location_id")),
    },
)
DATASTREAM = EntityType(
    "Datastream",
    "Datastreams",
    models.Datastream,
    {
        "name": Property("name", required=True),
        "description": Property("description", required=True),
        "observationType": Property("observation_type", required=True),
        "unitOfMeasurement": Property("unit", "json", required=True),
        "observedArea": Property("observed_area", "geo"),
        "phenomenonTime": Property("", "span"),
        "resultTime": Property("", "span", of="results"),
        "properties": Property("properties", "json"),
    },
    {
        "Thing": Relation("Thing", False, fk="thing_id", required=True),
        "Sensor": Relation("Sensor", False, fk="sensor_id", required=True),
        "ObservedProperty": Relation("ObservedProperty", False, fk="observed_property_id", required=True),
        "Observations": Relation("Observation", True, back="datastream_id"),
    },
)
SENSOR = EntityType(
    "Sensor",
    "Sensors",
    models.Sensor,
    _named(encodingType=_ENCODING, metadata=Property("metadata", "json", required=True)),
    {"Datastreams": Relation("Datastream", True, back="sensor_id")},
)
OBSERVED_PROPERTY = EntityType(
    "ObservedProperty",
    "ObservedProperties",
    models.ObservedProperty,
    {
        "name": Property("name", required=True),
        "definition": Property("definition", required=True),
        "description": Property("description", required=True),
        "properties": Property("properties", "json"),
    },
    {"Datastreams": Relation("Datastream", True, back="observed_property_id")},
)
FEATURE = EntityType(
    "FeatureOfInterest",
    "FeaturesOfInterest",
    models.FeatureOfInterest,
    _named(encodingType=_ENCODING, feature=Property("feature", "geo", required=True)),
    {"Observations": Relation("Observation", True, back="feature_id")},
)
OBSERVATION = EntityType(
    "Observation",
    "Observations",
    models.Observation,
    {
        "phenomenonTime": Property("time_us", "time"),
        "result": Property("result", "result", required=True),
        "resultTime": Property("result_time_us", "time"),
        "resultQuality": Property("quality", "quality"),
        "validTime": Property("validTime", "extra"),
        "parameters": Property("parameters", "extra"),
    },
    {
        "Datastream": Relation("Datastream", False, fk="datastream_id", required=True),
        "FeatureOfInterest": Relation("FeatureOfInterest", False, fk="feature_id"),
    },
)

TYPES = {
    kind.name: kind
    for kind in (
        THING,
        LOCATION,
        HISTORICAL_LOCATION,
        DATASTREAM,
        SENSOR,
        OBSERVED_PROPERTY,
        OBSERVATION,
        FEATURE,
    )
}
SETS = {kind.set_name: kind for kind in TYPES.values()}
