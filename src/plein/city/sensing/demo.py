"""The sensors of the demo town: air, noise, traffic and weather, with a year of readings and faults of every kind."""

from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from plein.city.sensing import actions
from plein.city.sensing.models import Station, Stream
from plein.city.sensing.rules.means import local_days
from plein.city.sensing.rules.quality import HOUR_US
from plein.city.sensing.sources import registering
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.observations import sealing
from plein.foundation.observations.times import to_us

HOURS = 365 * 24
OWNER = "Gemeente Pleinstad"
Values = NDArray[np.float64]


def furnish(town: Any, *, now: datetime) -> None:
    """Furnish a year of readings up to this hour, all at once; a town that has its sensors already keeps them."""
    if Station.objects.filter(code__startswith="pleinstad:").exists():
        return
    end = to_us(now.replace(minute=0, second=0, microsecond=0))
    times = end - HOUR_US * np.arange(HOURS, 0, -1, dtype=np.int64)
    year = _Year(town, times)
    series, nowhere = _registered(town, year, now=now)
    registering.keep(series, without_place=nowhere, by=SYSTEM, now=now)
    sealing.seal(now=now)
    registering.remember_last()
    registering.publish_weather(_weather_days(town, year), by=SYSTEM, now=now, source="Weermast Pleinstad")
    actions.publish_all(by=SYSTEM, now=now)
    actions.look_after(now=now)
    actions.watch(by=SYSTEM, now=now)


@transaction.atomic
def _registered(town: Any, year: "_Year", *, now: datetime) -> tuple[dict[Stream, tuple[Any, Any]], dict[int, Any]]:
    """Register all points and what they measure in one commit; gives their readings, and which have no place."""
    series: dict[Stream, tuple[Any, Any]] = {}
    nowhere: dict[int, Any] = {}
    for spot, values in [*_air(town, year), *_noise(town, year), *_traffic(town, year), *_weather(town, year)]:
        station = registering.register_station(spot, by=SYSTEM, now=now)
        for quantity, data in values.items():
            stream = registering.register_stream(station, quantity=quantity, by=SYSTEM, now=now)
            series[stream] = (year.times, data)
            if not station.place_is_valid:
                nowhere[stream.pk] = np.ones(len(year.times), dtype=bool)
    return series, nowhere


class _Year:
    """The year behind all readings: season, hour of the day, day of the week, weather and dirty days."""

    def __init__(self, town: Any, times: NDArray[np.int64]) -> None:
        rng = town.numbers("sensing/year")
        moments = (times // 1_000_000).astype("datetime64[s]")
        days = local_days(moments)
        self.times = times
        self.moments = moments
        self.hour = ((times // HOUR_US) + 1) % 24 + 0.0  # near enough to the clock in town
        self.weekend = ((days.astype(np.int64) + 3) % 7) >= 5
        season = 2 * np.pi * ((days - days.astype("datetime64[Y]")).astype(np.int64) - 20) / 365.25
        self.cold = np.cos(season)
        self.day = np.exp(-0.5 * ((self.hour - 14) / 4) ** 2)
        self.rush = np.exp(-0.5 * ((self.hour - 8) / 1.3) ** 2) + np.exp(-0.5 * ((self.hour - 17) / 1.6) ** 2)
        self.rush = np.where(self.weekend, 0.35 * np.exp(-0.5 * ((self.hour - 15) / 3.5) ** 2), self.rush)
        self.slow = _drift(rng, len(times), hours=60)
        self.wind = np.clip(4.2 + 1.2 * self.cold + 2.2 * _drift(rng, len(times), hours=18), 0.2, None)
        self.rain = np.where(_drift(rng, len(times), hours=7) > 1.15, rng.gamma(1.2, 1.1, len(times)), 0.0)
        self.temperature = 10.6 - 8.2 * self.cold + 3.6 * self.day - 1.8 + 2.4 * _drift(rng, len(times), hours=90)
        self.dirty = 1.0 + 0.35 * self.slow + 0.5 * np.clip(2.4 - self.wind, 0, None)
        self.dirty = np.clip(self.dirty, 0.25, None)
        for back in (23, 214):  # two spells of still air
            at = np.arange(len(times)) - (len(times) - back * 24)
            self.dirty += 4.6 * np.exp(-0.5 * (at / 26) ** 2)


def _drift(rng: Any, count: int, *, hours: int) -> Values:
    """Make smooth randomness with spread 1 that forgets itself after some hours."""
    kernel = np.exp(-np.arange(6 * hours) / hours)
    rough = np.convolve(rng.normal(size=count + len(kernel)), kernel)[len(kernel) : len(kernel) + count]
    smooth: Values = (rough - rough.mean()) / rough.std()
    return smooth


def _spot(code: str, name: str, *, kind: str, theme: str, place: tuple[float, float], owner: str = OWNER) -> Any:
    return registering.Spot(
        code=f"pleinstad:{code}",
        name=name,
        kind=kind,
        theme=theme,
        owner=owner,
        lon=place[0],
        lat=place[1],
        source=owner,
        licence="CC0-1.0",
    )


def _air(town: Any, year: _Year) -> list[tuple[Any, dict[str, Values]]]:
    """Make two official stations, and two residents' sensors in most neighbourhoods, some of them broken."""
    found = []
    for number, (area, busy) in enumerate([(town.areas[0], 1.6), (town.areas[9], 0.7)]):
        spot = _spot(
            f"station-{number}", f"Meetstation {area.name}", kind="reference", theme="air", place=(area.lon, area.lat)
        )
        found.append((spot, _substances(town, year, f"station-{number}", busy=busy, rough=0.4)))
    for number, area in enumerate(town.areas):
        for nth, place in enumerate(town.points_in(area, 2 if number % 3 else 1, name="sensing/air")):
            key = f"kit-{number:02d}-{nth}"
            values = _substances(town, year, key, busy=0.8 + (number % 4) / 5, rough=1.6)
            at = (0.0, 0.0) if key == "kit-05-0" else place
            name = f"Sensor {area.name} {nth + 1}"
            spot = _spot(key, name, kind="citizen", theme="air", place=at, owner="Inwoner van Pleinstad")
            found.append((spot, _broken(key, values)))
    return found


def _substances(town: Any, year: _Year, key: str, *, busy: float, rough: float) -> dict[str, Values]:
    rng = town.numbers(f"sensing/{key}")
    noise = rng.normal(size=(3, len(year.times))) * rough
    dust = 7.5 * year.dirty + 2.5 * year.cold * year.dirty + 1.5 * busy * year.rush
    values = {
        "pm25": np.clip(dust * 0.85 + noise[0], 0.3, None),
        "pm10": np.clip(dust * 1.7 + 2 * noise[1], 0.8, None),
    }
    if key.startswith("station"):
        traffic = busy * (6 + 15 * year.rush) / (0.5 + year.wind / 4)
        no2 = np.clip(traffic * (0.7 + 0.3 * year.dirty) + 3 * year.cold + 3 * noise[2], -2, None)
        sun = np.clip(1 - year.cold, 0, None) * year.day
        values["no2"] = no2
        values["o3"] = np.clip(48 + 34 * sun - 0.5 * no2 + 5 * noise[2], 0, None)
    return {name: np.round(data, 1) for name, data in values.items()}


def _broken(key: str, values: dict[str, Values]) -> dict[str, Values]:
    """Break some sensors: spikes, a flat line, zero, below zero, silence."""
    last = len(values["pm10"])
    for data in values.values():
        if key == "kit-01-0":
            data[last - 2000 : last : 97] += 480.0
        elif key == "kit-02-1":
            data[last - 24 * 6 :] = 17.3
        elif key == "kit-11-0":
            data[last - 24 * 9 :] = 0.0
        elif key == "kit-07-1":
            data[last - 24 * 5 : last : 3] = -38.0
        elif key == "kit-08-0":
            data[last - 24 * 4 :] = np.nan
        elif key == "kit-10-1":
            data[last - 24 * 7 : last : 4] = 900.0
    return values


def _noise(town: Any, year: _Year) -> list[tuple[Any, dict[str, Values]]]:
    found = []
    places = [("Oude Markt", 0, 9.0), ("Havenkwartier", 1, 4.0), ("Stationsbuurt", 2, 6.0), ("Rivierenbuurt", 8, 1.5)]
    for number, (name, at, night) in enumerate(places):
        rng = town.numbers(f"sensing/noise-{number}")
        area = town.areas[at]
        out = np.where(year.weekend & ((year.hour >= 21) | (year.hour <= 2)), night, 0.0)
        level = 46 + 9 * year.day + 4 * year.rush + out + rng.normal(size=len(year.times)) * 1.3
        values = {"noise": level, "noise_peak": level + 8 + out / 3, "noise_background": level - 9}
        place = town.points_in(area, 1, name="sensing/noise")[0]
        spot = _spot(f"noise-{number}", f"Geluidmeter {name}", kind="own", theme="noise", place=place)
        found.append((spot, {key: np.round(data, 1) for key, data in values.items()}))
    return found


def _traffic(town: Any, year: _Year) -> list[tuple[Any, dict[str, Values]]]:
    found = []
    counters = [("Stationsweg", 2, 420, 260), ("Ringweg Noord", 5, 90, 1150), ("Polderweg", 7, 150, 330)]
    counters += [("Zuiderlaan", 9, 240, 410), ("Nieuwe Gracht", 3, 330, 90)]
    fair = np.clip(1.15 - 0.35 * year.cold - 0.12 * year.rain, 0.2, None)
    for number, (name, at, bicycles, cars) in enumerate(counters):
        rng = town.numbers(f"sensing/traffic-{number}")
        flow = 0.03 + 0.32 * year.day + 0.75 * year.rush
        values = {
            "bicycles": rng.poisson(bicycles * flow * fair).astype(np.float64),
            "cars": rng.poisson(cars * (0.4 * flow + 0.35 * year.day + 0.02)).astype(np.float64),
        }
        if name == "Polderweg":
            values["bicycles"][-24 * 5 :] = 0.0
        place = town.points_in(town.areas[at], 1, name="sensing/traffic")[0]
        found.append((_spot(f"traffic-{number}", f"Telpunt {name}", kind="own", theme="traffic", place=place), values))
    return found


def _weather(town: Any, year: _Year) -> list[tuple[Any, dict[str, Values]]]:
    values = {
        "temperature": year.temperature,
        "humidity": np.clip(82 - 1.1 * (year.temperature - 10) + 6 * (year.rain > 0), 25, 100),
        "wind_speed": year.wind,
        "rain": np.where(year.rain > 0.05, year.rain, 0.0),
    }
    area = town.areas[9]
    spot = _spot("weather", "Weermast Zuiderpark", kind="weather", theme="weather", place=(area.lon, area.lat))
    return [(spot, {name: np.round(data, 1) for name, data in values.items()})]


def _weather_days(town: Any, year: _Year) -> Any:
    """Make the days of the weather mast out of its hours."""
    import pyarrow as pa

    days = local_days(year.moments)
    unique, first, count = np.unique(days, return_index=True, return_counts=True)
    whole = np.flatnonzero(count >= 23)
    parts = [slice(first[at], first[at] + count[at]) for at in whole]
    area = town.areas[9]

    def each(work: Any, digits: int = 1) -> Any:
        return pa.array([round(float(work(part)), digits) for part in parts], pa.float64())

    none = pa.nulls(len(parts), pa.float64())
    fixed = {"station": "999", "name": "Pleinstad"}
    return pa.table(
        {
            **{key: pa.array([value] * len(parts), pa.string()) for key, value in fixed.items()},
            "day": pa.array([unique[at].astype(object) for at in whole], pa.date32()),
            "temperature_mean_c": each(lambda part: year.temperature[part].mean()),
            "temperature_min_c": each(lambda part: year.temperature[part].min()),
            "temperature_max_c": each(lambda part: year.temperature[part].max()),
            "rain_mm": each(lambda part: year.rain[part].sum()),
            "rain_h": each(lambda part: min(24, (year.rain[part] > 0.05).sum())),
            "sunshine_h": each(lambda part: max(0.0, 6 - 5 * year.cold[part].mean() - (year.rain[part] > 0).sum() / 3)),
            "wind_mean_ms": each(lambda part: year.wind[part].mean()),
            "gust_ms": each(lambda part: year.wind[part].max() * 1.7),
            "wind_direction_deg": pa.nulls(len(parts), pa.int64()),
            "humidity_pct": none,
            "pressure_hpa": none,
            "distance_km": pa.array([0.0] * len(parts), pa.float64()),
            "lon": pa.array([area.lon] * len(parts), pa.float64()),
            "lat": pa.array([area.lat] * len(parts), pa.float64()),
        }
    )
