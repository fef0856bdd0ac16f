"""Sealing: what is old moves to the lake, reads do not notice, late readings land where they belong."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from plein.foundation.identity.actors import SYSTEM
from plein.foundation.lake import tables as lake
from plein.foundation.observations import changing, hot, reading, sealed, sealing, writing
from plein.foundation.observations.models import Observation
from plein.foundation.observations.times import to_us
from plein.foundation.observations.writing import Reading

OLD = datetime(2026, 10, 31, 22, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def hours(count: int, stream: int, first: datetime = OLD, step: float = 1.0) -> list[Reading]:
    return [Reading(stream, first + timedelta(hours=n), n * step) for n in range(count)]


def results(stream: int) -> list[float | None]:
    return reading.series(stream, OLD - 400 * DAY, OLD + 400 * DAY)["result"].to_pylist()


def test_old_readings_leave_the_database_and_stay_readable(stream, now):
    one, other = stream(), stream()
    writing.write([*hours(5, one.pk), *hours(5, other.pk, step=2)], by=SYSTEM, now=now)

    done = sealing.seal(now=now, after_days=3)

    assert (done.moved, done.same) == (10, 0)
    assert not Observation.objects.exists()
    assert results(one.pk) == [0, 1, 2, 3, 4]
    assert results(other.pk) == [0, 2, 4, 6, 8]
    # 22:00 and 23:00 UTC are in October, the rest in November.
    assert sealed.months() == ["observations/2026_10", "observations/2026_11"]


def test_young_readings_stay_and_are_joined_with_old_ones(stream, now):
    one = stream()
    writing.write([*hours(2, one.pk), Reading(one.pk, now, 9.0)], by=SYSTEM, now=now)

    sealing.seal(now=now, after_days=3)

    assert Observation.objects.count() == 1
    assert results(one.pk) == [0, 1, 9]


def test_late_readings_join_the_month_that_was_sealed(stream, now):
    one = stream()
    writing.write(hours(3, one.pk, OLD - DAY), by=SYSTEM, now=now)
    sealing.seal(now=now, after_days=3)

    writing.write(hours(3, one.pk, OLD - DAY - timedelta(hours=3)), by=SYSTEM, now=now)
    assert results(one.pk) == [0, 1, 2, 0, 1, 2]
    sealing.seal(now=now, after_days=3)

    assert results(one.pk) == [0, 1, 2, 0, 1, 2]
    assert lake.rows("observations/2026_10") == 6


def test_a_reading_that_was_sealed_and_is_sent_again_stays_one(stream, now):
    one = stream()
    writing.write(hours(3, one.pk), by=SYSTEM, now=now)
    sealing.seal(now=now, after_days=3)

    writing.write(hours(4, one.pk, step=100), by=SYSTEM, now=now)
    before = results(one.pk)
    done = sealing.seal(now=now, after_days=3)

    assert before == [0, 1, 2, 300]
    assert (done.moved, done.same) == (1, 3)
    assert results(one.pk) == [0, 1, 2, 300]


def test_a_seal_that_stopped_between_lake_and_database_is_finished_without_doubles(stream, now):
    one = stream()
    writing.write(hours(5, one.pk), by=SYSTEM, now=now)
    rows = hot.rows_of(one.pk, 0, to_us(now))
    sealing._append("observations/2026_10", rows[:2], now)

    assert results(one.pk) == [0, 1, 2, 3, 4]
    sealing.seal(now=now, after_days=3)

    assert results(one.pk) == [0, 1, 2, 3, 4]
    assert lake.rows("observations/2026_10") + lake.rows("observations/2026_11") == 5


def test_a_reading_that_comes_while_its_period_is_sealed_is_not_deleted(stream, now):
    one = stream()
    writing.write(hours(4, one.pk), by=SYSTEM, now=now)
    rows = hot.rows_of(one.pk, 0, to_us(now))
    writing.write([Reading(one.pk, OLD + timedelta(minutes=30), 77.0)], by=SYSTEM, now=now)

    sealing._from_hot(rows)

    assert [row[2] for row in hot.rows_of(one.pk, 0, to_us(now))] == [77.0]


def test_corrections_and_withdrawals_win_from_sealed_readings_before_and_after_sealing(stream, now):
    one = stream()
    writing.write(hours(3, one.pk), by=SYSTEM, now=now)
    sealing.seal(now=now, after_days=3)
    Observation.objects.create(datastream=one, time_us=to_us(OLD), result=50.0, change=1)
    Observation.objects.create(datastream=one, time_us=to_us(OLD + timedelta(hours=1)), change=2)

    assert results(one.pk) == [50.0, 2]
    sealing.seal(now=now, after_days=3)

    assert not Observation.objects.exists()
    assert results(one.pk) == [50.0, 2]


def test_many_seals_of_a_month_are_joined_into_sorted_files(stream, now):
    one = stream()
    for day in range(sealing.MANY_FILES + 2):
        writing.write(hours(2, one.pk, OLD + DAY * day + timedelta(hours=3)), by=SYSTEM, now=now)
        sealing.seal(now=OLD + DAY * (day + 5), after_days=3)

    assert len(lake.parts("observations/2026_11")) <= sealing.MANY_FILES
    assert len(results(one.pk)) == 2 * (sealing.MANY_FILES + 2)


def test_a_seal_adds_one_version_to_each_month_however_many_streams(stream, now):
    streams = [stream() for _ in range(5)]
    writing.write([row for one in streams for row in hours(5, one.pk)], by=SYSTEM, now=now)

    sealing.seal(now=now, after_days=3)

    assert [len(lake.versions(name)) for name in sealed.months()] == [1, 1]


def test_few_old_readings_wait_for_the_night(stream, now):
    one = stream()
    writing.write([*hours(5, one.pk), *hours(1, one.pk, now)], by=SYSTEM, now=now)

    assert sealing.seal(now=now, after_days=3, least=6) == sealing.Sealed()
    assert sealing.seal(now=now, after_days=3, least=5).moved == 5


def groups(name: str) -> list[tuple[int, int, int, int]]:
    """Give what the statistics tell of each row group of a month: least and most datastream, first and last time."""
    told = []
    for path in lake.files(name):
        metadata = pq.read_metadata(path)
        for number in range(metadata.num_row_groups):
            stream, time = (metadata.row_group(number).column(n).statistics for n in (0, 1))
            told.append((stream.min, stream.max, time.min, time.max))
    return told


def test_joined_months_keep_the_order_in_which_row_groups_are_skipped(stream, now):
    ids, minute = range(1, 4), 60_000_000
    first = to_us(OLD + DAY)
    for part in range(4):  # every file has a quarter of the minutes of 28 days, of every stream
        times = np.arange(first + part * minute, first + 28 * 1440 * minute, 4 * minute)
        columns = [np.repeat(ids, len(times)), np.tile(times, len(ids)), np.ones(len(ids) * len(times))]
        empty = [pa.nulls(len(columns[0]), kind) for kind in sealed.schema().types[4:]]
        rows = pa.table([*columns, np.zeros(len(columns[0]), np.int32), *empty], schema=sealed.schema())
        sealed.write("observations/2026_11", rows, mode="append", now=now)
    before = reading.series(2, OLD, now + 30 * DAY)

    sealing.tidy(now=now)

    told = groups("observations/2026_11")
    # 3 x 28 x 1,440 = 120,960 rows, 15 groups of 8,192: a day stands in one or two of those of
    # its stream alone, or in one of at most two that it shares with a neighbour.
    assert len(told) == 15
    assert [one[:2] for one in told] == sorted(one[:2] for one in told)
    for stream_id, day in [(1, 0), (2, 13), (3, 27)]:
        since = first + day * 1440 * minute
        until = since + 1439 * minute
        alone = [one[2:] for one in told if one[:2] == (stream_id, stream_id)]
        assert alone == sorted(alone)
        assert all(one[1] < later[0] for one, later in pairwise(alone))
        shared = [one for one in told if one[0] <= stream_id <= one[1] and one[0] < one[1]]
        assert sum(one[0] <= until and one[1] >= since for one in alone) + len(shared) <= 4
    assert reading.series(2, OLD, now + 30 * DAY).equals(before)


def test_tidying_removes_the_files_of_yesterday(stream):
    one = stream()
    for hour in range(4):
        writing.write(hours(1, one.pk, OLD + DAY + timedelta(hours=hour)), by=SYSTEM, now=OLD + 9 * DAY)
        sealing.seal(now=OLD + 9 * DAY, after_days=3)
    sealing.tidy(now=OLD + 9 * DAY)

    sealing.tidy(now=datetime.now(UTC) + timedelta(days=400))

    kept = [path for path in lake.table_path("observations/2026_11").iterdir() if path.suffix == ".parquet"]
    assert kept == lake.files("observations/2026_11")
    assert len(results(one.pk)) == 4


def test_hourly_means_join_hot_and_sealed_and_ask_for_three_quarters(stream, now):
    one = stream()
    sealed_hour = [Reading(one.pk, OLD + timedelta(minutes=10 * n), 10.0 + n) for n in range(6)]
    half_hour = [Reading(one.pk, OLD + timedelta(hours=1, minutes=10 * n), 5.0) for n in range(3)]
    writing.write([*sealed_hour, *half_hour], by=SYSTEM, now=now)
    sealing.seal(now=now, after_days=3)
    young = [Reading(one.pk, now + timedelta(minutes=10 * n), 30.0) for n in range(6)]
    writing.write([*young, *sealed_hour], by=SYSTEM, now=now)

    table = reading.means([one.pk], OLD, now + DAY)

    # (10+11+12+13+14+15)/6 = 12.5; three readings of the usual six are 50%, under 75%.
    assert table["mean"].to_pylist() == [12.5, None, 30.0]
    assert table["count"].to_pylist() == [6, 3, 6]
    assert table["coverage"].to_pylist() == [1.0, 0.5, 1.0]


def test_doubtful_readings_do_not_count_in_means(stream, now):
    one = stream()
    flagged = [Reading(one.pk, now + timedelta(minutes=10 * n), 10.0, 2 if n == 0 else 0) for n in range(6)]
    flagged[0] = Reading(one.pk, now, 9999.0, 2)
    writing.write(flagged, by=SYSTEM, now=now)

    assert reading.means([one.pk], now, now + DAY)["mean"].to_pylist() == [10.0]


def test_the_latest_reading_is_found_in_the_window_or_in_the_lake(stream, now):
    one, other, silent = stream(), stream(), stream()
    writing.write([*hours(3, one.pk), *hours(3, other.pk), Reading(other.pk, now, 8.0)], by=SYSTEM, now=now)
    sealing.seal(now=now, after_days=3)
    writing.write([Reading(one.pk, OLD - DAY, 4.0)], by=SYSTEM, now=now)

    last = reading.latest([one.pk, other.pk, silent.pk])

    assert last == {one.pk: (OLD + timedelta(hours=2), 2.0, 0), other.pk: (now, 8.0, 0)}


def test_a_deleted_stream_takes_its_readings_along(stream, now):
    one, other = stream(), stream()
    writing.write([*hours(3, one.pk), *hours(3, other.pk), Reading(one.pk, now, 1.0)], by=SYSTEM, now=now)
    sealing.seal(now=now, after_days=3)

    changing.drop_streams([one.pk], now=now)

    assert results(one.pk) == []
    assert results(other.pk) == [0, 1, 2]
