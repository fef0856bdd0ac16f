"""The hot window of PostgreSQL: a day has a table of its own, which goes when it is sealed."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from plein.foundation.identity.actors import SYSTEM
from plein.foundation.lake import tables as lake
from plein.foundation.observations import hot, jobs, partitions, reading, sealed, sealing, writing
from plein.foundation.observations.models import Observation
from plein.foundation.observations.times import DAY_US, from_us, to_us

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.skipif(not partitions.in_use(), reason="this database has no partitions")


def keep(rows: list[hot.Row]) -> None:
    """Write readings over this connection, so that the test's database is free when the tests end."""
    with transaction.atomic():
        writing.write_rows(rows, by=SYSTEM, now=NOW)


def tables() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, COUNT(*) FROM observations_observation GROUP BY 1")
        return dict(cursor.fetchall())


def wait_until_alone(patience_s=60.0):
    """Wait until no transaction of another test process is open: those count for the whole server, not per database."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(s) = pg_snapshot_xmax(s) FROM pg_current_snapshot() AS s")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_a_day_that_is_sealed_leaves_with_its_table(stream, now):
    one = stream()
    jobs.seal(now=now)
    keep([(one.pk, to_us(now) + n, float(n)) for n in range(5)])
    today = partitions.day_of(to_us(now))
    assert tables() == {partitions.name_of(today): 5}

    wait_until_alone()
    done = sealing.seal(now=now + timedelta(days=4))

    assert (done.moved, done.same) == (5, 0)
    assert today not in partitions.days()
    assert today + DAY_US in partitions.days()
    assert reading.series(one.pk, now, now + timedelta(days=1))["result"].to_pylist() == [0.0, 1.0, 2.0, 3.0, 4.0]


@pytest.mark.django_db(transaction=True)
def test_a_reading_that_comes_while_its_day_is_sealed_is_kept(stream, now, monkeypatch):
    one = stream()
    partitions.prepare(now=now)
    keep([(one.pk, to_us(now), 1.0)])
    to_lake = sealing._to_lake

    def and_one_more(name, rows, at):
        added = to_lake(name, rows, at)
        monkeypatch.setattr(sealing, "_to_lake", to_lake)
        keep([(one.pk, to_us(now) + 7, 2.0)])
        return added

    monkeypatch.setattr(sealing, "_to_lake", and_one_more)
    sealing.seal(now=now + timedelta(days=4))

    assert reading.series(one.pk, now, now + timedelta(days=1))["result"].to_pylist() == [1.0, 2.0]
    assert partitions.day_of(to_us(now)) not in partitions.days()
    assert lake.rows(sealed.month_of(to_us(now))) == 2
    assert not Observation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_reading_changed_since_the_mark_keeps_its_day(stream, now):
    one = stream()
    partitions.prepare(now=now)
    keep([(one.pk, to_us(now), 1.0)])
    day, since = partitions.day_of(to_us(now)), partitions.mark()

    hot.put((one.pk, to_us(now), 5.0, 0, None, None, None), 1)

    assert not partitions.drop(day, since=since)
    wait_until_alone()
    assert partitions.drop(day, since=partitions.mark())


@pytest.mark.django_db(transaction=True)
def test_readings_of_days_without_a_partition_are_kept_read_and_sealed_as_well(stream, now):
    one = stream()
    partitions.prepare(now=now)
    old = to_us(now - timedelta(days=40))
    keep([(one.pk, old, 1.0), (one.pk, to_us(now), 2.0)])
    assert tables()[partitions.OTHER] == 1

    sealing.seal(now=now)

    assert list(Observation.objects.values_list("time_us", flat=True)) == [to_us(now)]
    assert reading.series(one.pk, from_us(old), now)["result"].to_pylist() == [1.0]


@pytest.mark.django_db(transaction=True)
def test_a_day_whose_readings_came_before_its_partition_stays_in_the_default_one(stream, now):
    one = stream()
    far = now + timedelta(days=30)
    keep([(one.pk, to_us(far), 1.0)])

    made = partitions.prepare(now=far)

    assert made == [partitions.name_of(partitions.day_of(to_us(far)) + n * DAY_US) for n in (1, 2)]
    assert tables() == {partitions.OTHER: 1}
