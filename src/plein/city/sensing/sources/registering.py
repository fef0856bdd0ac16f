"""Registering what a source brings: points, datastreams and their readings, judged on the way in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction

import plein.foundation.gate.door as gate
from plein.city.sensing.errors import UnknownQuantity
from plein.city.sensing.models import Station, Stream
from plein.city.sensing.rules import quality
from plein.city.sensing.rules.quantities import QUANTITIES, Quantity, activity_of
from plein.foundation.catalogue import products
from plein.foundation.catalogue.publishing import publish
from plein.foundation.errors import Refused
from plein.foundation.geo import places
from plein.foundation.identity.actors import SYSTEM, Actor, require
from plein.foundation.observations import placing, reading, registration, writing
from plein.foundation.observations.models import Datastream, Location, ObservedProperty, Sensor, Thing
from plein.foundation.observations.quality import Quality
from plein.foundation.observations.times import to_us

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A measuring point as a source or a form describes it."""

    code: str
    name: str
    kind: str
    theme: str
    owner: str
    lon: float | None
    lat: float | None
    description: str = ""
    source: str = ""
    source_url: str = ""
    licence: str = ""
    distance_km: float = 0.0


@transaction.atomic
def register_station(spot: Spot, *, by: Actor, now: datetime) -> Station:
    """Register a measuring point; one that is there already gets what changed, and its new place in history."""
    require(by, "sensing.register")
    good = quality.is_place(spot.lon, spot.lat)
    facts = {
        "kind": spot.kind,
        "theme": spot.theme,
        "owner": spot.owner,
        "source": spot.source,
        "source_url": spot.source_url,
        "licence": spot.licence,
        "distance_km": spot.distance_km,
        "lon": spot.lon if good else None,
        "lat": spot.lat if good else None,
        "place_is_valid": good,
        "buurt_code": (places.buurt_at(spot.lon, spot.lat) if good and spot.lon and spot.lat else None) or "",
    }
    known = Station.objects.select_related("thing").filter(code=spot.code).first()
    if known is None:
        properties = {"code": spot.code, "kind": spot.kind, "owner": spot.owner}
        thing = Thing.objects.create(name=spot.name, description=spot.description or spot.name, properties=properties)
        known = Station(thing=thing, code=spot.code)
    has_moved = (known.lon, known.lat) != (facts["lon"], facts["lat"])
    for name, value in facts.items():
        setattr(known, name, value)
    known.save()
    if has_moved and good:
        placing.place(known.thing, locations=[_location(spot)], now=now)
    return known


@transaction.atomic
def register_stream(
    station: Station,
    *,
    quantity: str,
    activity: str = "",
    sensor: str = "",
    sensor_url: str = "",
    by: Actor,
    now: datetime,
) -> Stream:
    """Register what a point measures; it is refused unless its processing activity is active.

    sensor: the instrument or method. Raises NotRegistered (with the reason), UnknownQuantity, NotAllowed.
    """
    require(by, "sensing.register")
    if quantity not in QUANTITIES:
        raise UnknownQuantity(quantity=quantity)
    known = Stream.objects.filter(station=station, quantity=quantity).first()
    if known:
        return known
    about = QUANTITIES[quantity]
    key = activity or activity_of(about.theme)
    gate.require_activity(key, now)
    datastream = Datastream.objects.create(
        name=f"{about.title.nl}, {station.thing.name}",
        description=f"{about.title.en}, {station.thing.name}",
        unit={"name": about.unit, "symbol": about.unit, "definition": about.definition},
        thing=station.thing,
        sensor=_sensor(sensor or f"{station.owner} ({station.kind})", sensor_url),
        observed_property=_observed(about),
        activity=key,
    )
    placing.note_feature(station.thing)
    registration.forget()
    return Stream.objects.create(datastream=datastream, station=station, quantity=quantity)


def keep(
    series: Mapping[Stream, tuple[Any, Any]],
    *,
    without_place: Mapping[int, Any] | None = None,
    by: Actor,
    now: datetime,
) -> writing.Written:
    """Judge whole series of readings and keep them, flags and all; the same series again changes nothing.

    series: per stream (times_us, values), each (n,), times ascending. without_place: per stream id a mask of readings
    that came with an impossible place.
    """
    import pyarrow as pa

    parts = []
    for stream, (times, values) in series.items():
        at, data = np.asarray(times, dtype=np.int64), np.asarray(values, dtype=np.float64)
        flags = quality.judge(data, at, QUANTITIES[stream.quantity])
        if without_place and stream.pk in without_place:
            flags[np.asarray(without_place[stream.pk], dtype=bool)] |= int(Quality.NO_PLACE)
        good = np.isfinite(data)
        ids = np.full(int(good.sum()), stream.datastream_id, dtype=np.int64)
        columns = [pa.array(ids), pa.array(at[good]).cast(pa.timestamp("us")), pa.array(data[good])]
        names = ["datastream", "time", "result", "quality"]
        parts.append(pa.table([*columns, pa.array(flags[good])], names=names))
    if not parts:
        return writing.Written()
    written = writing.write(pa.concat_tables(parts), by=by, now=now)
    for stream, (times, _) in series.items():
        stream.judged_until_us = int(np.max(np.asarray(times))) if len(times) else stream.judged_until_us
    Stream.objects.bulk_update(list(series), ["judged_until_us"], batch_size=500)
    return written


def publish_weather(rows: Any, *, by: Actor, now: datetime, source: str) -> None:
    """Publish weather by day; days of the same station that were published before give way to these."""
    publish("sensing.weather_days", _weather_with(rows, now=now), by=by, now=now, source=source)


def _location(spot: Spot) -> Location:
    point = {"type": "Point", "coordinates": [spot.lon, spot.lat]}
    return Location.objects.create(
        name=spot.name, description=spot.name, location=point, longitude=spot.lon, latitude=spot.lat
    )


def _sensor(name: str, url: str) -> Sensor:
    made, _ = Sensor.objects.get_or_create(
        name=name[:250], defaults={"description": name, "encoding_type": "text/html", "metadata": url}
    )
    return made


def _observed(about: Quantity) -> ObservedProperty:
    names = {"name": about.title.nl, "description": about.title.en}
    made, _ = ObservedProperty.objects.get_or_create(definition=_definition(about), defaults=names)
    return made


def _definition(about: Quantity) -> str:
    same = [one for one in QUANTITIES.values() if one.definition == about.definition]
    return about.definition if len(same) == 1 else f"{about.definition}#{about.key}"


def remember_last(ids: list[int] | None = None) -> int:
    """Keep the first and last moment and the last value of each stream beside it, for maps and lists."""
    streams = list(Stream.objects.filter(pk__in=ids) if ids is not None else Stream.objects.all())
    datastreams = [one.datastream_id for one in streams]
    spans, latest = reading.spans(datastreams), reading.latest(datastreams)
    changed = []
    for one in streams:
        if one.datastream_id not in latest or one.datastream_id not in spans:
            continue
        at, value, flags = latest[one.datastream_id]
        if one.last_us == to_us(at) and one.last_quality == flags and one.first_us == spans[one.datastream_id][0]:
            continue
        one.first_us, one.last_us, one.last_value, one.last_quality = (
            spans[one.datastream_id][0], to_us(at), value, flags
        )  # fmt: skip
        changed.append(one)
    Stream.objects.bulk_update(changed, ["first_us", "last_us", "last_value", "last_quality"], batch_size=500)
    return len(changed)


def _weather_with(rows: "pa.Table", *, now: datetime) -> "pa.Table":
    """Join new days of weather with those published before, of other stations or other days."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        products.current("sensing.weather_days")
    except Refused:
        return rows
    before = gate.read("sensing.weather_days", activity="sensing.weather", by=SYSTEM, now=now).cast(rows.schema)
    new = pc.binary_join_element_wise(rows["station"], pc.cast(rows["day"], pa.string()), "/")
    old = pc.binary_join_element_wise(before["station"], pc.cast(before["day"], pa.string()), "/")
    stays = before.filter(pc.invert(pc.is_in(old, new.combine_chunks())))
    return pa.concat_tables([stays, rows]).sort_by([("station", "ascending"), ("day", "ascending")])
