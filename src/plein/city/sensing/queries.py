"""What this room reads: points with their last values, series, means, norms, ailments and the tables it publishes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Avg, F, Max, Q, QuerySet
from django.urls import reverse

import plein.foundation.gate.door as gate
from plein.city.sensing.models import Ailment, Alert, DayMean, Station, Stream
from plein.city.sensing.rules import alerts, means, norms, quality, scales
from plein.city.sensing.rules.quantities import KINDS, QUANTITIES, activity_of
from plein.foundation import clock
from plein.foundation.errors import NotFound, Refused
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.geo import places
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.observations import flagging, hot, reading
from plein.foundation.observations.quality import DOUBTFUL, Quality
from plein.foundation.observations.times import HOUR_US, from_us, to_us
from plein.foundation.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

SICK_SHARE = 0.1
SICK_DAYS = 7
STOPPED_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A point on the map: its last value of one quantity, and when."""

    station: int
    name: str
    kind: str
    lon: float
    lat: float
    value: float | None
    doubtful: bool
    at: datetime | None


def quantities_here() -> list[str]:
    """List the quantities that are measured at any point, in one query."""
    found = set(Stream.objects.filter(last_us__isnull=False).values_list("quantity", flat=True).distinct())
    return [key for key in QUANTITIES if key in found]


def seen(quantity: str) -> list[Seen]:
    """Give all points with a place that measure a quantity, with their last value, in one query."""
    rows = (
        Stream.objects.filter(quantity=quantity, station__place_is_valid=True, last_us__isnull=False)
        .order_by("station__thing__name")
        .values_list(
            "station_id", "station__thing__name", "station__kind", "station__lon", "station__lat",
            "last_value", "last_quality", "last_us",
        )
    )  # fmt: skip
    return [
        Seen(
            station=pk,
            name=name,
            kind=kind,
            lon=lon,
            lat=lat,
            value=value,
            doubtful=bool(flags & int(DOUBTFUL)),
            at=from_us(at),
        )
        for pk, name, kind, lon, lat, value, flags, at in rows
    ]


def newest(quantity: str) -> datetime | None:
    """Tell when the last reading of a quantity was."""
    last = Stream.objects.filter(quantity=quantity).aggregate(last=Max("last_us"))["last"]
    return from_us(last) if last else None


def station_for(pk: int) -> Station:
    """Give a measuring point with its streams.

    Raises NotFound.
    """
    found = Station.objects.select_related("thing").prefetch_related("streams").filter(pk=pk).first()
    if found is None:
        raise NotFound(what=f"meetpunt {pk}")
    return found


def stations() -> QuerySet[Station]:
    """List all points, by name."""
    return Station.objects.select_related("thing").prefetch_related("streams").order_by("thing__name")


def without_place() -> list[Station]:
    """List the points whose place is not known."""
    return list(Station.objects.select_related("thing").filter(place_is_valid=False).order_by("thing__name"))


def registration_of(key: str) -> ProcessingActivity | None:
    """Give the registered processing activity that a datastream rests on."""
    return ProcessingActivity.objects.filter(key=key).first()


# -- series -----------------------------------------------------------------------------------------------------------


def points_of(stream: Stream, *, period: str) -> list[tuple[datetime | date, float | None]]:
    """Give what the chart shows: readings of the last 24 hours or week of data, or daily means of all of it."""
    if not stream.last_us or not stream.first_us:
        return []
    until = from_us(stream.last_us) + timedelta(microseconds=1)
    if period == "all":
        return list(daily_of(stream))
    since = until - (timedelta(days=1) if period == "day" else timedelta(days=7))
    table = reading.series(stream.datastream_id, since, until)
    rows = zip(table["time"].to_pylist(), table["result"].to_pylist(), table["quality"].to_pylist(), strict=True)
    return [(at, None if flags & int(DOUBTFUL) else result) for at, result, flags in rows]


def daily_of(stream: Stream, *, since: date | None = None) -> list[tuple[date, float | None]]:
    """Give the daily means of a stream, ascending, in one query."""
    rows = DayMean.objects.filter(stream=stream)
    rows = rows.filter(day__gte=since) if since else rows
    return list(rows.order_by("day").values_list("day", "mean"))


def _hours(table: "pa.Table") -> tuple[Any, Any]:
    import pyarrow as pa

    values = table["mean"].to_numpy(zero_copy_only=False).astype(np.float64)
    starts = table["start"].cast(pa.timestamp("us", "UTC")).to_numpy(zero_copy_only=False)
    return values, starts.astype("datetime64[s]")


def readings_of(stream: Stream) -> Iterator[tuple[datetime, float | None, int]]:
    """Walk all readings of a stream, month by month, for a download."""
    if not stream.last_us or not stream.first_us:
        return
    start, end = from_us(stream.first_us), from_us(stream.last_us + 1)
    while start < end:
        until = min(end, start + timedelta(days=31))
        table = reading.series(stream.datastream_id, start, until)
        yield from zip(*(table[name].to_pylist() for name in ("time", "result", "quality")), strict=True)
        start = until


def compared(stream: Stream, *, year: int | None = None) -> tuple[list[int], list[norms.Comparison]]:
    """Give the calendar years that have data, the newest first, and one of them (the newest) held against the norms."""
    known = norms.norms_for(stream.quantity)
    if not known or not stream.last_us:
        return [], []
    days = days_of(stream)
    years = norms.years_with([one.day for one in days])
    if not years:
        return [], []
    chosen = year if year in years else years[0]
    return years, [norms.compare(norm, days, year=chosen) for norm in known]


def days_of(stream: Stream) -> list[means.Day]:
    """Give all that is kept of the days of a stream, ascending, in one query."""
    rows = DayMean.objects.filter(stream=stream).order_by("day").values(*KEPT_OF_DAY)
    return [means.Day(**row) for row in rows]


# -- judging and warning ----------------------------------------------------------------------------------------------


def streams_to_judge() -> list[Stream]:
    """List the streams with readings that nobody judged yet."""
    streams = {one.datastream_id: one for one in Stream.objects.select_related("station")}
    return [streams[row[0]] for row in hot.last(list(streams)) if row[1] > streams[row[0]].judged_until_us]


def fresh_readings(datastream: int, since_us: int) -> tuple[Any, Any, Any]:
    """Give the readings in the hot window from a moment on: times, values, flags."""
    rows = [row for row in hot.between([datastream], since_us, 2**62) if row[4] != 2]
    times = np.array([row[1] for row in rows], dtype=np.int64)
    values = np.array([np.nan if row[2] is None else row[2] for row in rows], dtype=np.float64)
    return times, values, np.array([row[3] for row in rows], dtype=np.int32)


def rolling_means(level: alerts.Level, *, now: datetime) -> list[alerts.Rolling]:
    """Give the mean over the window of a level at each point that has a place."""
    streams = {
        one.datastream_id: one.station
        for one in Stream.objects.filter(quantity=level.quantity, station__place_is_valid=True).select_related(
            "station"
        )
    }
    until, day = to_us(now), max(level.hours, 25) * HOUR_US
    rows: dict[int, list[Any]] = {}
    for row in hot.between(list(streams), until - day, until + 1) if streams else ():
        rows.setdefault(row[0], []).append(row)
    found = [_rolling(streams[pk], held, level, until) for pk, held in rows.items()]
    return [one for one in found if one]


def _rolling(station: Station, rows: Sequence[Any], level: alerts.Level, until: int) -> alerts.Rolling | None:
    interval = quality.usual_interval_us(np.array([row[1] for row in rows], dtype=np.int64)) or HOUR_US
    window = level.hours * HOUR_US
    good = [row[2] for row in rows if row[1] > until - window and row[2] is not None and not row[3] & int(DOUBTFUL)]
    if not good or station.lon is None or station.lat is None:
        return None
    share = min(1.0, len(good) / max(1, window // interval))
    mean = float(alerts.mean_of(level.quantity, good))
    return alerts.Rolling(station=station.pk, lon=station.lon, lat=station.lat, mean=mean, coverage=share)


def open_alerts() -> list[Alert]:
    """List the alerts that last, the newest first."""
    return list(Alert.objects.filter(ended_at=None).order_by("-raised_at"))


def past_alerts() -> QuerySet[Alert]:
    """List the alerts that are over, the newest first."""
    return Alert.objects.filter(ended_at__isnull=False).order_by("-raised_at")


def ailing(*, now: datetime) -> list[tuple[int, str, datetime, float]]:
    """Find silent and sick sensors: (stream, kind, since, share of doubtful readings).

    Sensors are held against the newest reading of their source, so that a loaded period of long ago is judged by itself
    and a source that stopped is not the fault of each of its sensors (see quiet_sources); a sensor that stopped over 60
    days before that is history, not work.
    """
    found: list[tuple[int, str, datetime, float]] = []
    for streams in _by_source().values():
        as_of = min(max(one.last_us or 0 for one in streams) + HOUR_US, to_us(now))
        recent = [one for one in streams if as_of - (one.last_us or 0) < STOPPED_DAYS * 24 * HOUR_US]
        found += _silent(recent, as_of)
        found += _sick(recent, as_of)
        found += _deviating(recent, as_of)
    return found


def _by_source() -> dict[tuple[str, str], list[Stream]]:
    """Group the streams that have readings by theme and by what their readings come through."""
    grouped: dict[tuple[str, str], list[Stream]] = {}
    for one in Stream.objects.select_related("station").filter(last_us__isnull=False):
        grouped.setdefault((one.station.theme, one.station.source or one.station.kind), []).append(one)
    return grouped


def quiet_sources(*, now: datetime) -> list[tuple[Text | str, int, datetime]]:
    """List the sources that nothing came through for six hours: (name, sensors, newest reading), the newest first."""
    found: list[tuple[Text | str, int, datetime]] = []
    for (_, source), streams in _by_source().items():
        newest_us = max(one.last_us or 0 for one in streams)
        if quality.is_silent(newest_us, now_us=to_us(now), interval_us=HOUR_US):
            found.append((KINDS.get(source, source), len({one.station_id for one in streams}), from_us(newest_us)))
    return sorted(found, key=lambda row: row[2], reverse=True)


def _deviating(streams: Sequence[Stream], as_of: int) -> list[tuple[int, str, datetime, float]]:
    """Find the sensors of particles that measure something quite else than all others around, official ones too."""
    since = from_us(as_of - SICK_DAYS * 24 * HOUR_US)
    mine = {one.pk for one in streams}
    found = []
    for quantity in sorted({one.quantity for one in streams} & {"pm10", "pm25"}):
        rows = (
            DayMean.objects.filter(
                stream__quantity=quantity, stream__station__place_is_valid=True, mean__isnull=False, day__gte=since,
                day__lte=from_us(as_of),
            )
            .values_list("stream_id", "stream__station__lon", "stream__station__lat")
            .annotate(level=Avg("mean"))
        )  # fmt: skip
        found += [(pk, "deviates", since, 0.0) for pk in quality.deviating(list(rows)) if pk in mine]
    return found


def _silent(streams: Sequence[Stream], as_of: int) -> list[tuple[int, str, datetime, float]]:
    return [
        (one.pk, "silent", from_us(one.last_us), 0.0)
        for one in streams
        if one.last_us and quality.is_silent(one.last_us, now_us=as_of, interval_us=HOUR_US)
    ]


def _sick(streams: Sequence[Stream], as_of: int) -> list[tuple[int, str, datetime, float]]:
    by_datastream = {one.datastream_id: one for one in streams}
    since = as_of - SICK_DAYS * 24 * HOUR_US
    found = []
    for row in flagging.counts(list(by_datastream), since, as_of + 1).to_pylist() if by_datastream else ():
        share = row["doubtful"] / row["count"]
        if share >= SICK_SHARE:
            kind = _first_flag(row["flags"])
            found.append((by_datastream[row["datastream"]].pk, kind, from_us(since), share))
    return found


def _first_flag(mask: int) -> str:
    flags = (Quality.NO_PLACE, Quality.STUCK_AT_ZERO, Quality.FLAT, Quality.RANGE, Quality.NEGATIVE, Quality.SPIKE)
    return next((str(flag.name).lower().replace("_", "-") for flag in flags if mask & int(flag)), "sick")


def work_list() -> QuerySet[Ailment]:
    """List the open ailments, the longest first, in one query."""
    return (
        Ailment.objects.filter(ended_at=None)
        .select_related("stream__station__thing")
        .order_by(F("since").asc(), "stream_id")
    )


# -- tables to publish ------------------------------------------------------------------------------------------------


def _about(streams: Sequence[Stream]) -> dict[int, Stream]:
    return {one.datastream_id: one for one in streams}


def stations_table() -> "pa.Table":
    """Make the table of measuring points."""
    import pyarrow as pa

    rows = []
    for one in stations():
        streams = [stream for stream in one.streams.all() if stream.last_us]
        firsts = [stream.first_us for stream in streams if stream.first_us]
        rows.append(
            {
                "station": one.pk,
                "code": one.code,
                "name": one.thing.name,
                "kind": one.kind,
                "theme": one.theme,
                "lon": one.lon,
                "lat": one.lat,
                "buurt_code": one.buurt_code or None,
                "place_is_valid": one.place_is_valid,
                "owner": one.owner,
                "activity": activity_of(one.theme),
                "properties": " ".join(sorted(stream.quantity for stream in one.streams.all())),
                "first_at": from_us(min(firsts)) if firsts else None,
                "last_at": from_us(max(stream.last_us or 0 for stream in streams)) if streams else None,
            }
        )
    text, number, moment = pa.string(), pa.float64(), pa.timestamp("us", "UTC")
    kinds = [pa.int64(), text, text, text, text, number, number, text, pa.bool_(), text, text, text, moment, moment]
    names = [
        "station", "code", "name", "kind", "theme", "lon", "lat", "buurt_code", "place_is_valid", "owner", "activity",
        "properties", "first_at", "last_at",
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=pa.schema(list(zip(names, kinds, strict=True))))


def hourly_table() -> "pa.Table":
    """Make the table of hourly means of all streams."""
    import pyarrow as pa
    import pyarrow.compute as pc

    streams = _about(list(Stream.objects.select_related("station__thing").filter(last_us__isnull=False)))
    first = min((one.first_us or 0 for one in streams.values()), default=0)
    last = max((one.last_us or 0 for one in streams.values()), default=0)
    table = reading.means(
        list(streams), from_us(first), from_us(last + 1), "hour", coverage=means.COVERAGE,
        averaged={one.datastream_id: QUANTITIES[one.quantity].averaged for one in streams.values()},
    )  # fmt: skip
    ids = table["datastream"].combine_chunks()
    order = pa.array(list(streams), pa.int64())
    at = pc.index_in(ids, order)

    def spread(values: list[Any], kind: Any) -> Any:
        return pc.take(pa.array(values, kind), at)

    known = list(streams.values())
    return pa.table(
        {
            "datastream": ids,
            "station": spread([one.station_id for one in known], pa.int64()),
            "name": spread([one.station.thing.name for one in known], pa.string()),
            "kind": spread([one.station.kind for one in known], pa.string()),
            "property": spread([one.quantity for one in known], pa.string()),
            "unit": spread([QUANTITIES[one.quantity].unit for one in known], pa.string()),
            "start": table["start"],
            "mean": table["mean"],
            "count": table["count"].cast(pa.int64()),
            "coverage": table["coverage"].cast(pa.float64()),
        }
    )


def daily_table(hourly: "pa.Table") -> "pa.Table":
    """Make the table of daily means out of the hourly ones."""
    import pyarrow as pa

    streams = _about(list(Stream.objects.select_related("station__thing")))
    ids = hourly["datastream"].to_numpy(zero_copy_only=False)
    values, starts = _hours(hourly)
    columns: dict[str, list[Any]] = {name: [] for name in _DAILY}
    for datastream, first in zip(*np.unique(ids, return_index=True), strict=True):
        last = first + int(np.searchsorted(ids[first:], datastream, side="right"))
        one = streams[int(datastream)]
        for day in _days(one.quantity, values[first:last], starts[first:last]):
            row = (one.datastream_id, one.station_id, one.station.thing.name, one.station.kind, one.quantity,
                   QUANTITIES[one.quantity].unit, *(getattr(day, name) for name in _OF_DAY), one.station.lon,
                   one.station.lat, one.station.buurt_code or None)  # fmt: skip
            for name, value in zip(_DAILY, row, strict=True):
                columns[name].append(value)
    number = pa.float64()
    kinds = [pa.int64(), pa.int64(), *[pa.string()] * 4, pa.date32(), number, number, pa.int64(), pa.int64(),
             *[number] * 7, pa.string()]  # fmt: skip
    arrays = [pa.array(columns[name], kind) for name, kind in zip(_DAILY, kinds, strict=True)]
    return pa.table(arrays, names=list(_DAILY))


def _days(quantity: str, values: Any, starts: Any) -> list[means.Day]:
    """Give the days of a stream with all that the norms of its quantity ask for."""
    periods = {norm.period for norm in norms.norms_for(quantity)}
    return means.daily(
        values,
        starts,
        averaged=QUANTITIES[quantity].averaged,
        running="8 hours" in periods,
        levels="night" in periods,
        limit=norms.hourly_limit(quantity),
    )


def hours_by_station(hourly: "pa.Table", quantity: str, wanted: set[int]) -> dict[int, dict[int, float]]:
    """Give the hourly means of a quantity per station and hour since 1970, out of the hourly table."""
    import pyarrow.compute as pc

    table = hourly.filter(pc.and_(pc.equal(hourly["property"], quantity), pc.is_valid(hourly["mean"])))
    values, starts = _hours(table)
    hours = starts.astype(np.int64) // 3600
    found: dict[int, dict[int, float]] = {}
    for station, hour, mean in zip(table["station"].to_pylist(), hours.tolist(), values.tolist(), strict=True):
        if station in wanted:
            found.setdefault(station, {})[hour] = mean
    return found


KEPT_OF_DAY = (
    "day",
    "mean",
    "highest_hour",
    "hours",
    "hours_over",
    "highest_8h",
    "level_day",
    "level_evening",
    "level_night",
)
_OF_DAY = (*KEPT_OF_DAY, "level_den")
_DAILY = ("datastream", "station", "name", "kind", "property", "unit", *_OF_DAY, "lon", "lat", "buurt_code")


def days_at(quantity: str, day: date, *, now: datetime) -> "pa.Table":
    """Read the daily means of a quantity on a day, for the map through time."""
    return gate.read(
        "sensing.daily_means",
        activity=activity_of(QUANTITIES[quantity].theme),
        by=SYSTEM,
        columns=["station", "name", "lon", "lat", "mean", "unit"],
        where='"property" = ? AND "day" = ? AND "mean" IS NOT NULL AND "lon" IS NOT NULL',
        params=(quantity, day),
        now=now,
    )


def days_with(quantity: str, *, now: datetime) -> list[date]:
    """List the days that have daily means of a quantity, ascending."""
    table = gate.read(
        "sensing.daily_means",
        activity=activity_of(QUANTITIES[quantity].theme),
        by=SYSTEM,
        columns=["day"],
        where='"property" = ? AND "mean" IS NOT NULL AND "day" IS NOT NULL',
        params=(quantity,),
        now=now,
    )
    return sorted(table["day"].unique().to_pylist())


def in_area(code: str) -> list[Stream]:
    """List the streams of points in a buurt, wijk or gemeente that have a last value."""
    found = Stream.objects.select_related("station__thing").filter(last_us__isnull=False)
    if code.startswith("BU"):
        return list(found.filter(station__buurt_code=code))
    return list(found.filter(Q(station__buurt_code__startswith=f"BU{code[2:]}")))


def middle_of(gemeente: str) -> tuple[float, float] | None:
    """Give a point inside a municipality; None when its border is not loaded."""
    try:
        found = places.area(gemeente)
    except Refused:
        return None
    return found.lon, found.lat


# -- offers -----------------------------------------------------------------------------------------------------------


def home_number() -> Text:
    """Say how many points measured anything, for the home page."""
    count = Station.objects.filter(streams__last_us__isnull=False).distinct().count()
    return Text(f"{count} meetpunten", f"{count} measuring points")


def layer_points(quantity: str, at: date) -> "pa.Table":
    """Give the daily means on a day as points for the map through time."""
    import pyarrow as pa

    table = days_at(quantity, at, now=clock.now())
    ids = table["station"].to_pylist()
    return pa.table(
        {
            "id": pa.array([str(pk) for pk in ids], pa.string()),
            "lon": table["lon"],
            "lat": table["lat"],
            "name": table["name"],
            "value": table["mean"],
            "href": pa.array([reverse("sensing:station", args=[pk]) + f"?wat={quantity}" for pk in ids], pa.string()),
        }
    )


def layer_moments(quantity: str) -> list[date]:
    """List the days the map through time can stop at."""
    try:
        return days_with(quantity, now=clock.now())
    except Refused:
        return []


def area_card(code: str, at: date | None = None) -> list[dict[str, Any]] | None:
    """Give the mean of the last readings in an area per quantity, for what residents ask about most."""
    grouped: dict[str, list[Stream]] = {}
    for one in in_area(code):
        if one.quantity in scales.ORDER and one.last_value is not None and not one.last_quality & int(DOUBTFUL):
            grouped.setdefault(one.quantity, []).append(one)
    lines = [_card_line(key, grouped[key]) for key in scales.ORDER if key in grouped]
    return lines or None


def _card_line(key: str, streams: list[Stream]) -> dict[str, Any]:
    day = clock.local_date(from_us(max(one.last_us or 0 for one in streams)))
    count = len(streams)
    return {
        "title": QUANTITIES[key].title,
        "value": round(sum(one.last_value or 0.0 for one in streams) / count, 1),
        "unit": QUANTITIES[key].unit,
        "period": Text(f"laatste meting, {day:%d-%m-%Y}", f"last reading, {day:%d-%m-%Y}"),
        "source": Text(f"{count} meetpunten", f"{count} points") if count > 1 else streams[0].station.thing.name,
        "href": reverse("sensing:map") + f"?wat={key}",
    }


def documents() -> Iterator[dict[str, Any]]:
    """Walk what can be found of measuring: every point, with what it measures."""
    for one in stations():
        kind = KINDS[one.kind]
        measured = [QUANTITIES[stream.quantity].title for stream in one.streams.all()]
        yield {
            "id": str(one.pk),
            "url": reverse("sensing:station", args=[one.pk]),
            "kind": Text("Meetpunt", "Measuring point"),
            "title_nl": one.thing.name,
            "title_en": one.thing.name,
            "text_nl": f"Meetpunt, {kind.nl}. Meet {', '.join(text.nl for text in measured)}. Eigenaar: {one.owner}.",
            "text_en": f"Point, {kind.en}. Measures {', '.join(text.en for text in measured)}. Owner: {one.owner}.",
        }
