"""Writing readings: once each, refused without registration, in the order they came."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from plein.foundation.identity.actors import SYSTEM
from plein.foundation.observations import hot, reading, writing
from plein.foundation.observations.columns import columns_of
from plein.foundation.observations.models import Observation
from plein.foundation.observations.writing import Reading

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def minutes(count: int, stream: int, first: datetime = START) -> list[Reading]:
    return [Reading(stream, first + timedelta(minutes=n), 20.0 + n) for n in range(count)]


def test_what_is_written_can_be_read(stream, now):
    one = stream()

    written = writing.write(minutes(3, one.pk), by=SYSTEM, now=now)

    assert (written.new, written.same, list(written.refused)) == (3, 0, [])
    table = reading.series(one.pk, START, START + timedelta(minutes=2))
    assert table["result"].to_pylist() == [20.0, 21.0]
    assert table["time"].to_pylist() == [START, START + timedelta(minutes=1)]


def test_the_same_reading_sent_twice_is_one(stream, now):
    one = stream()
    writing.write(minutes(3, one.pk), by=SYSTEM, now=now)

    written = writing.write(minutes(5, one.pk), by=SYSTEM, now=now)

    assert (written.new, written.same) == (2, 3)
    assert len(reading.series(one.pk, START, START + timedelta(days=1))) == 5


def test_a_reading_twice_in_one_batch_is_one_and_the_first_stays(stream, now):
    one = stream()

    written = writing.write([Reading(one.pk, START, 1.0), Reading(one.pk, START, 2.0)], by=SYSTEM, now=now)

    assert (written.new, written.same) == (1, 1)
    assert reading.latest([one.pk])[one.pk] == (START, 1.0, 0)


@pytest.mark.parametrize("activity", ["", "test.unheard_of"])
def test_a_stream_without_an_active_registration_is_refused_with_the_reason(stream, now, activity):
    good, bad = stream(), stream(activity=activity)

    written = writing.write([*minutes(2, bad.pk), *minutes(2, good.pk)], by=SYSTEM, now=now)

    assert written.new == 2
    (refused,) = written.refused
    assert (refused.datastream, refused.count) == (bad.pk, 2)
    assert (activity or str(bad.pk)) in str(refused.reason)
    assert len(reading.series(bad.pk, START, START + timedelta(days=1))) == 0


def test_a_stream_that_does_not_exist_is_refused(stream, now):
    stream()

    written = writing.write(minutes(2, 987654), by=SYSTEM, now=now)

    assert (written.new, written.refused[0].reason.code) == (0, "stream-unknown")


def test_readings_that_are_not_numbers_are_kept_beside(stream, now):
    one = stream()
    texts = [Reading(one.pk, START, None, extra='{"result":"open"}'), Reading(one.pk, START + timedelta(1), 3.0, 2)]

    writing.write(texts, by=SYSTEM, now=now)

    table = reading.series(one.pk, START, START + timedelta(days=2))
    assert table["result"].to_pylist() == [None, 3.0]
    assert table["quality"].to_pylist() == [0, 2]


def test_a_table_of_arrow_is_written_as_it_is(stream, now):
    one = stream()
    table = pa.table(
        {
            "datastream": [one.pk] * 2,
            "time": pa.array([START, START + timedelta(hours=1)], pa.timestamp("s", "UTC")),
            "result": [1.5, None],
            "quality": pa.array([0, 4], pa.int32()),
        }
    )

    written = writing.write(table, by=SYSTEM, now=now)

    assert written.new == 2
    assert reading.series(one.pk, START, START + timedelta(days=1))["quality"].to_pylist() == [0, 4]


def test_many_rows_take_many_statements_and_all_arrive(stream, now):
    one = stream()
    rows = [(one.pk, second * 1_000_000, 1.0) for second in range(20_001)]

    written = writing.write_rows(rows, by=SYSTEM, now=now)

    assert written.new == 20_001


def test_rows_in_any_order_are_kept_and_each_moment_counts_once(stream, now):
    one, two = stream(), stream()
    rows = [(two.pk, 3, 1.0), (one.pk, 9, 2.0), (two.pk, 1, 3.0), (one.pk, 9, 4.0), (one.pk, 2, 5.0)]

    written = writing.write_rows(rows, by=SYSTEM, now=now)

    assert (written.new, written.same) == (4, 1)
    kept = Observation.objects.order_by("datastream_id", "time_us").values_list("datastream_id", "time_us", "result")
    assert list(kept) == [(one.pk, 2, 5.0), (one.pk, 9, 2.0), (two.pk, 1, 3.0), (two.pk, 3, 1.0)]


def test_late_readings_land_between_those_that_were_first(stream, now):
    one = stream()
    writing.write_rows([(one.pk, at, 1.0) for at in (100, 200, 300)], by=SYSTEM, now=now)

    between = writing.write_rows([(one.pk, 150, 2.0)], by=SYSTEM, now=now)
    around = writing.write_rows([(one.pk, at, 3.0) for at in (50, 200, 250, 400)], by=SYSTEM, now=now)

    assert (between.new, between.same, around.new, around.same) == (1, 0, 3, 1)
    assert list(Observation.objects.order_by("time_us").values_list("time_us", "result")) == [
        (50, 3.0), (100, 1.0), (150, 2.0), (200, 1.0), (250, 3.0), (300, 1.0), (400, 3.0)
    ]  # fmt: skip


def test_readings_of_one_commit_are_counted_for_who_brought_them(stream, db):
    one, two = stream(), stream()
    hot.insert_plain([columns_of([(one.pk, 1, 1.0)])])
    parts = [
        [(one.pk, 1, 2.0), (one.pk, 2, 2.0)],  # the first is there already
        [(two.pk, 1, 3.0), (two.pk, 2, 3.0)],
        [(two.pk, 2, 4.0), (one.pk, 3, 4.0)],  # the first came with the part before
    ]

    new = hot.insert_plain([columns_of(part) for part in parts])

    assert new == [1, 2, 1]
    assert Observation.objects.get(pk=(two.pk, 2)).result == 3.0


def test_a_process_that_does_not_know_of_the_newest_readings_counts_as_well(stream, now):
    from plein.foundation.observations import copying

    one = stream()
    writing.write_rows([(one.pk, 500, 1.0)], by=SYSTEM, now=now)
    copying._newest[one.pk] = 100  # as if another process had written the reading of 500

    written = writing.write_rows([(one.pk, 500, 2.0), (one.pk, 600, 2.0)], by=SYSTEM, now=now)

    assert (written.new, written.same) == (1, 1)
    assert list(Observation.objects.order_by("time_us").values_list("time_us", "result")) == [(500, 1.0), (600, 2.0)]


def test_a_reading_without_a_result_is_empty_in_every_database(stream, now):
    one = stream()

    writing.write_rows([(one.pk, 1, None), (one.pk, 2, float("nan"))], by=SYSTEM, now=now)

    assert list(Observation.objects.values_list("result", flat=True)) == [None, None]
