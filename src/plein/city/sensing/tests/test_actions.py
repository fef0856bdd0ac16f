"""Points are registered for a purpose or not at all; readings are judged, kept, published; sensors that agree warn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from plein.city.sensing import actions, queries
from plein.city.sensing.demo import furnish
from plein.city.sensing.errors import UnknownQuantity
from plein.city.sensing.models import Ailment, Alert, DayMean, Station, Stream
from plein.city.sensing.rules.quality import HOUR_US
from plein.city.sensing.sources import registering
from plein.city.sensing.tests.ground import NOW
from plein.foundation.errors import NotAllowed, Refused
from plein.foundation.events.models import Message
from plein.foundation.gate import registry
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.geo.town import Town, lay_out
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM
from plein.foundation.lake import tables as lake
from plein.foundation.observations import reading, registration, writing
from plein.foundation.observations.quality import Quality
from plein.foundation.observations.times import from_us, to_us

AS = {"by": SYSTEM, "now": NOW}


def spot(code: str = "dam-1", lon: float = 4.893, lat: float = 52.373, kind: str = "own") -> registering.Spot:
    return registering.Spot(
        code=code, name=f"Sensor {code}", kind=kind, theme="air", owner="Gemeente", lon=lon, lat=lat
    )


def stream(code: str = "dam-1", quantity: str = "pm10", **place: float) -> Stream:
    return registering.register_stream(registering.register_station(spot(code, **place), **AS), quantity=quantity, **AS)


def hours(count: int, *, until: datetime = NOW) -> np.ndarray:
    return to_us(until) - HOUR_US * np.arange(count, 0, -1)


def plain(count: int, level: float = 20.0) -> np.ndarray:
    return level + np.sin(np.arange(count) / 3)


def test_a_point_knows_its_buurt_and_is_registered_once(ground: None) -> None:
    first = registering.register_station(spot(), **AS)
    again = registering.register_station(spot(), **AS)

    assert first.pk == again.pk
    assert again.buurt_code == "BU03630000"
    assert again.thing.historical_locations.count() == 1


def test_a_point_that_moves_keeps_the_history_of_its_places(ground: None) -> None:
    registering.register_station(spot(), **AS)

    moved = registering.register_station(spot(lon=4.9), **AS)

    assert moved.thing.historical_locations.count() == 2


def test_a_datastream_without_an_active_activity_is_refused_with_the_reason_and_nothing_stays(ground: None) -> None:
    with pytest.raises(Refused, match=r"sensing\.birds"):
        actions.register(spot(), quantity="pm10", activity="sensing.birds", **AS)

    assert not Station.objects.exists()


def test_a_datastream_whose_activity_ended_may_not_measure_any_more(ground: None) -> None:
    one = stream()
    active = ProcessingActivity.objects.get(key="sensing.air", state="active")
    registry.end(active.pk, reason="Not needed", **AS)
    registration.forget()

    written = registering.keep({one: (hours(3), plain(3))}, **AS)

    assert written.new == 0
    assert written.refused[0].count == 3


def test_only_who_may_registers_and_only_known_quantities(ground: None) -> None:
    with pytest.raises(NotAllowed):
        registering.register_station(spot(), by=ANONYMOUS, now=NOW)
    with pytest.raises(UnknownQuantity):
        registering.register_stream(registering.register_station(spot(), **AS), quantity="fairies", **AS)


def test_readings_are_kept_with_their_flags_and_none_is_lost(ground: None) -> None:
    one = stream()
    values = plain(30)
    values[15] = 550.0

    registering.keep({one: (hours(30), values)}, **AS)

    rows = reading.series(one.datastream_id, NOW - timedelta(days=2), NOW)
    assert rows.num_rows == 30
    assert [bool(mask & int(Quality.SPIKE)) for mask in rows["quality"].to_pylist()] == [n == 15 for n in range(30)]
    assert rows["result"][15].as_py() == 550.0


def test_readings_that_came_by_the_interface_are_judged_afterwards(ground: None) -> None:
    one = stream()
    values = plain(30)
    values[28] = -99.0
    times = [from_us(int(at)) for at in hours(30)]
    writing.write([writing.Reading(one.datastream_id, at, float(v)) for at, v in zip(times, values, strict=True)], **AS)

    assert actions.judge_new(now=NOW) == 1
    assert actions.judge_new(now=NOW) == 0

    rows = reading.series(one.datastream_id, NOW - timedelta(days=2), NOW)
    assert rows["quality"][28].as_py() & int(Quality.NEGATIVE)


def test_two_sensors_that_agree_raise_one_alert_that_ends_when_it_is_over(ground: None) -> None:
    ones = [stream("dam-1"), stream("dam-2", lon=4.9)]
    registering.keep({one: (hours(30), plain(30, 80.0)) for one in ones}, **AS)

    (raised,) = actions.watch(**AS)
    assert actions.watch(**AS) == []
    later = NOW + timedelta(days=3)
    actions.watch(by=SYSTEM, now=later)

    raised.refresh_from_db()
    assert raised.stations == sorted(one.station_id for one in ones)
    assert raised.ended_at == later
    types = Message.objects.filter(type__startswith="nl.plein.sensing").order_by("id").values_list("type", flat=True)
    assert list(types) == ["nl.plein.sensing.alert-raised", "nl.plein.sensing.alert-ended"]


def test_one_sensor_alone_raises_nothing(ground: None) -> None:
    registering.keep({stream(): (hours(30), plain(30, 500.0))}, **AS)

    assert actions.watch(**AS) == []


def test_silent_and_sick_sensors_come_on_the_work_list_and_leave_it_when_they_are_well(ground: None) -> None:
    well, silent, sick = stream("well"), stream("silent"), stream("sick")
    broken = plain(48)
    broken[-20:] = 17.0
    registering.keep({well: (hours(48), plain(48)), sick: (hours(48), broken)}, **AS)
    registering.keep({silent: (hours(24, until=NOW - timedelta(days=1)), plain(24))}, **AS)
    registering.remember_last()

    actions.look_after(now=NOW)
    open_ones = {(one.stream.station.code, one.kind) for one in queries.work_list()}
    later = NOW + timedelta(hours=30)
    registering.keep({one: (hours(28, until=later), plain(28)) for one in (well, silent)}, by=SYSTEM, now=later)
    registering.remember_last()
    actions.look_after(now=later)

    assert open_ones == {("silent", "silent"), ("sick", "flat")}
    assert Ailment.objects.get(stream=silent).ended_at == later


def test_a_source_that_stopped_is_one_line_and_not_work_on_each_of_its_sensors(ground: None) -> None:
    old = [registering.register_station(replace(spot(f"kit-{n}"), source="Samen Meten"), **AS) for n in (1, 2)]
    kits = [registering.register_stream(one, quantity="pm10", **AS) for one in old]
    stopped = NOW - timedelta(days=3)
    registering.keep(
        {one: (hours(48, until=stopped), plain(48)) for one in kits} | {stream(): (hours(48), plain(48))}, **AS
    )
    registering.remember_last()

    actions.look_after(now=NOW)

    assert not Ailment.objects.exists()
    ((name, sensors, newest),) = queries.quiet_sources(now=NOW)
    assert (name, sensors, newest) == ("Samen Meten", 2, stopped - timedelta(hours=1))


def test_a_sensor_that_deviates_from_all_around_is_work(ground: None) -> None:
    ones = [stream(f"kit-{n}", lon=4.89 + n / 100) for n in range(6)]
    readings = {one: (hours(72), plain(72, 20.0)) for one in ones[1:]}
    registering.keep({**readings, ones[0]: (hours(72), plain(72, 370.0))}, **AS)
    registering.remember_last()
    actions.publish_all(**AS)

    actions.look_after(now=NOW)

    assert [(one.stream, one.kind) for one in Ailment.objects.all()] == [(ones[0], "deviates")]


def test_means_are_published_with_75_percent_of_the_data_and_alerts_of_the_past_found(ground: None) -> None:
    ones = [stream("dam-1"), stream("dam-2", lon=4.9)]
    start = datetime(2020, 2, 10, 23, tzinfo=UTC)  # midnight in the Netherlands
    day = to_us(start) + HOUR_US * np.arange(48)
    values = plain(48, 90.0)
    values[24 + 17 :] = np.nan  # the second day has 17 hours
    registering.keep({one: (day, values) for one in ones}, **AS)
    registering.remember_last()

    actions.publish_all(**AS)
    actions.publish_all(**AS)

    table = lake.read("sensing.daily_means").to_pylist()
    assert [(str(row["day"]), row["hours"], row["mean"] is None) for row in table[:2]] == [
        ("2020-02-11", 24, False),
        ("2020-02-12", 17, True),
    ]
    assert table[0]["mean"] == pytest.approx(float(values[:24].mean()))
    assert DayMean.objects.count() == 4
    assert lake.read("sensing.stations").num_rows == 2
    past = Alert.objects.get(quantity="pm10")
    assert past.highest == pytest.approx(90, abs=2)
    assert past.ended_at is not None


def test_days_hold_what_the_norms_ask_for_and_sound_is_averaged_by_energy(ground: None) -> None:
    start = datetime(2020, 2, 10, 23, tzinfo=UTC)  # midnight in the Netherlands
    ozone, sound, wind = stream("dam-1", "o3"), stream("dam-2", "noise"), stream("dam-3", "wind_direction")
    half = to_us(start) + HOUR_US // 2 * np.arange(96)
    registering.keep(
        {
            ozone: (to_us(start) + HOUR_US * np.arange(48), np.tile(np.repeat([40.0, 130.0, 50.0], 8), 2)),
            sound: (half, np.tile([60.0, 70.0], 48) + np.arange(96) * 1e-6),
            wind: (half, np.tile([350.0, 10.0], 48) + np.arange(96) * 1e-6),
        },
        **AS,
    )
    registering.remember_last()

    actions.publish_all(**AS)

    days = {(row["property"], str(row["day"])): row for row in lake.read("sensing.daily_means").to_pylist()}
    assert days["o3", "2020-02-11"]["highest_8h"] == pytest.approx(130)
    assert days["noise", "2020-02-12"]["mean"] == pytest.approx(67.404, abs=0.001)  # (10^6 + 10^7) / 2
    assert days["noise", "2020-02-12"]["level_den"] == pytest.approx(67.404 + 6.395, abs=0.001)
    assert days["noise", "2020-02-12"]["highest_8h"] is None
    turned = days["wind_direction", "2020-02-12"]["mean"]
    assert min(turned, 360 - turned) == pytest.approx(0, abs=0.01)
    kept = queries.days_of(sound)[1]
    assert (kept.level_night, kept.level_den) == (pytest.approx(67.404, abs=0.001), pytest.approx(73.799, abs=0.001))


@pytest.mark.slow
def test_the_demo_town_has_a_year_of_readings_with_faults_of_every_kind(
    transactional_db: None, data_dir: object
) -> None:
    now = datetime.now(UTC)
    town = Town()
    lay_out(town, by=SYSTEM, now=now)
    registry.sync(now=now)
    registration.forget()

    furnish(town, now=now)
    furnish(town, now=now)

    assert Station.objects.filter(place_is_valid=False).count() == 1
    assert {"silent", "flat", "stuck-at-zero", "negative", "range", "no-place"} <= set(
        Ailment.objects.values_list("kind", flat=True)
    )
    assert Alert.objects.exists()
    assert lake.read("sensing.hourly_means", columns=["start"]).num_rows > 500_000
