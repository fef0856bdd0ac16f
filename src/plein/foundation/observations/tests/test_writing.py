"""Writing readings: once each, refused without registration, in the order they came."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from plein.foundation.identity.actors import SYSTEM
from plein.foundation.observations import reading, writing
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
