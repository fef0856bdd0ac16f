"""What changes: points and datastreams registered, readings kept, alerts raised, ailments noted, products published."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from plein.city.sensing import events, queries
from plein.city.sensing.models import Ailment, Alert, DayMean, Station, Stream
from plein.city.sensing.rules import alerts, quality
from plein.city.sensing.rules.quantities import QUANTITIES, Quantity, by_definition
from plein.city.sensing.sources.registering import Spot, register_station, register_stream, remember_last
from plein.foundation.catalogue.publishing import publish
from plein.foundation.events import announce
from plein.foundation.geo import places
from plein.foundation.identity.actors import Actor, require
from plein.foundation.observations import flagging
from plein.foundation.observations.models import Datastream, Thing
from plein.foundation.observations.quality import Quality

__all__ = ["Spot", "register_station", "register_stream", "remember_last"]


def judge_new(*, now: datetime) -> int:
    """Flag the readings that came in since the last time, seen in the light of the day before; returns how many."""
    flagged = 0
    for stream in queries.streams_to_judge():
        quantity = QUANTITIES[stream.quantity]
        since = max(stream.judged_until_us, 0)
        times, values, old = queries.fresh_readings(stream.datastream_id, since - 24 * quality.HOUR_US)
        if not len(times) or times[-1] <= since:
            continue
        flags = quality.judge(values, times, quantity)
        if not stream.station.place_is_valid:
            flags |= int(Quality.NO_PLACE)
        changed = (flags | old) != old
        rows = [(int(at), int(flag)) for at, flag in zip(times[changed], (flags | old)[changed], strict=True)]
        flagged += flagging.flag(stream.datastream_id, rows)
        Stream.objects.filter(pk=stream.pk).update(judged_until_us=int(times[-1]))
    return flagged


@transaction.atomic
def watch(*, by: Actor, now: datetime) -> list[Alert]:
    """Raise alerts where sensors agree that there is too much, keep those that last, end those that are over."""
    raised = []
    for level in alerts.LEVELS:
        found = alerts.alarms(level, queries.rolling_means(level, now=now))
        still = list(Alert.objects.filter(quantity=level.quantity, hours=level.hours, ended_at=None))
        for alarm in found:
            known = next((one for one in still if set(one.stations) & set(alarm.stations)), None)
            if known is None:
                raised.append(_raise_alert(alarm, by=by, now=now))
            else:
                still.remove(known)
                known.seen_at, known.highest = now, max(known.highest, alarm.highest)
                known.stations = sorted({*known.stations, *alarm.stations})
                known.save()
        for over in still:
            over.ended_at = now
            over.save()
            announce(events.AlertEnded(over.pk, over.quantity, at=now), by=by)
    return raised


@transaction.atomic
def remember_days(daily: Any) -> int:
    """Keep the daily means beside the streams, for pages; only those that changed are written. Returns how many."""
    streams = dict(Stream.objects.values_list("datastream_id", "pk"))
    held = {
        (stream, day): rest for stream, day, *rest in DayMean.objects.values_list("stream_id", *queries.KEPT_OF_DAY)
    }
    names = queries.KEPT_OF_DAY[1:]
    columns = (daily[name].to_pylist() for name in ("datastream", *queries.KEPT_OF_DAY))
    changed = [
        (streams[datastream], day.isoformat(), *rest)
        for datastream, day, *rest in zip(*columns, strict=True)
        if held.get((streams[datastream], day)) != rest
    ]
    # Tens of thousands of rows the first time, which as objects take far longer than the database does.
    kept = ", ".join(f"{name} = EXCLUDED.{name}" for name in names)
    marks = ", ".join(["%s"] * (2 + len(names)))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO sensing_daymean (stream_id, day, {', '.join(names)}) VALUES ({marks}) "  # noqa: S608
            f"ON CONFLICT (stream_id, day) DO UPDATE SET {kept}",
            changed,
        )
    return len(changed)


def _raise_alert(alarm: alerts.Alarm, *, by: Actor, now: datetime) -> Alert:
    alert = Alert.objects.create(
        quantity=alarm.level.quantity,
        hours=alarm.level.hours,
        limit=alarm.level.limit,
        highest=alarm.highest,
        lon=alarm.lon,
        lat=alarm.lat,
        buurt_code=places.buurt_at(alarm.lon, alarm.lat) or "",
        stations=list(alarm.stations),
        raised_at=now,
        seen_at=now,
    )
    announce(
        events.AlertRaised(
            alert.pk,
            alert.quantity,
            alert.highest,
            alert.limit,
            alert.hours,
            alert.buurt_code,
            len(alert.stations),
            at=now,
        ),
        by=by,
    )
    return alert


@transaction.atomic
def look_after(*, now: datetime) -> int:
    """Write down which sensors are silent or sick, and which are well again; returns how many are open."""
    found = {(stream, kind): (since, share) for stream, kind, since, share in queries.ailing(now=now)}
    still = {(one.stream_id, one.kind): one for one in Ailment.objects.filter(ended_at=None)}
    for key, one in still.items():
        if key not in found:
            one.ended_at = now
            one.save()
    for (stream, kind), (since, share) in found.items():
        one = still.get((stream, kind)) or Ailment(stream_id=stream, kind=kind, since=since, seen_at=now)
        one.seen_at, one.share = now, share
        one.save()
    return len(found)


def note_ailment(ailment: Ailment, *, note: str, by: Actor) -> Ailment:
    """Write down what was found or done about a sensor."""
    require(by, "sensing.care")
    ailment.note, ailment.noted_by = note, by.uri
    ailment.save()
    return ailment


def publish_all(*, by: Actor, now: datetime) -> None:
    """Publish points, hourly and daily means as data products, and find the alerts of periods loaded later."""
    publish("sensing.stations", queries.stations_table(), by=by, now=now)
    hourly = queries.hourly_table()
    publish("sensing.hourly_means", hourly, by=by, now=now)
    daily = queries.daily_table(hourly)
    publish("sensing.daily_means", daily, by=by, now=now)
    remember_days(daily)
    find_past_alerts(hourly)


def forget_ended(*, before: datetime) -> int:
    """Delete ailments that ended long ago; alerts stay, they are history."""
    return Ailment.objects.filter(ended_at__lt=before - timedelta(days=365)).delete()[0]


@transaction.atomic
def register(spot: Spot, *, quantity: str, activity: str = "", sensor: str = "", by: Actor, now: datetime) -> Station:
    """Register a measuring point and what it measures, both or neither.

    Raises NotRegistered when the processing activity is not active, UnknownQuantity, NotAllowed.
    """
    station = register_station(spot, by=by, now=now)
    register_stream(station, quantity=quantity, activity=activity, sensor=sensor, by=by, now=now)
    return station


@transaction.atomic
def adopt_new(*, now: datetime) -> int:
    """Make known to this room what came in by the SensorThings interface: datastreams of a known quantity."""
    adopted = 0
    unknown = Datastream.objects.filter(stream=None).select_related("thing", "observed_property")
    for datastream in unknown:
        quantity = by_definition(datastream.observed_property.definition)
        if quantity is None:
            continue
        station = _adopted_station(datastream.thing, quantity)
        Stream.objects.create(datastream=datastream, station=station, quantity=quantity.key)
        adopted += 1
    return adopted


def _adopted_station(thing: Thing, quantity: Quantity) -> Station:
    known = Station.objects.filter(thing=thing).first()
    if known:
        return known
    spot = thing.locations.order_by("pk").last()
    lon, lat = (spot.longitude, spot.latitude) if spot else (None, None)
    good = quality.is_place(lon, lat)
    return Station.objects.create(
        thing=thing,
        code=f"thing:{thing.pk}",
        kind="own",
        theme=quantity.theme,
        owner=str(thing.properties.get("owner", "")) or settings.PLEIN["ORGANISATION"],
        lon=lon if good else None,
        lat=lat if good else None,
        place_is_valid=good,
        buurt_code=(places.buurt_at(lon, lat) if good and lon and lat else None) or "",
    )


@transaction.atomic
def find_past_alerts(hourly: Any) -> int:
    """Write down the alerts of the past that the hourly means show and that are not known yet; returns how many."""
    spots = {one.pk: (one.lon, one.lat) for one in Station.objects.filter(place_is_valid=True) if one.lon and one.lat}
    made = 0
    for level in alerts.LEVELS:
        hours = queries.hours_by_station(hourly, level.quantity, set(spots))
        for episode in alerts.episodes(level, spots, hours):  # type: ignore[arg-type]
            made += _past_alert(episode)
    return made


def _past_alert(episode: alerts.Episode) -> int:
    alarm = episode.alarm
    start = datetime.fromtimestamp(episode.from_hour * 3600, UTC)
    end = datetime.fromtimestamp((episode.until_hour + 1) * 3600, UTC)
    same = Alert.objects.filter(quantity=alarm.level.quantity, hours=alarm.level.hours, raised_at__lte=end)
    if any(set(one.stations) & set(alarm.stations) for one in same.filter(seen_at__gte=start)):
        return 0
    Alert.objects.create(
        quantity=alarm.level.quantity,
        hours=alarm.level.hours,
        limit=alarm.level.limit,
        highest=alarm.highest,
        lon=alarm.lon,
        lat=alarm.lat,
        buurt_code=places.buurt_at(alarm.lon, alarm.lat) or "",
        stations=list(alarm.stations),
        raised_at=start,
        seen_at=end,
        ended_at=end,
    )
    return 1
