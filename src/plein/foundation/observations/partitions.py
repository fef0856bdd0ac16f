"""The hot window of PostgreSQL in a partition per day (UTC), so that a day that is sealed leaves by dropping its table.

Readings of days without a partition of their own (late ones, back-filled ones) are in the default partition, which is
read and sealed like any table. A day gets its partition before it begins; one that has readings in the default
partition already stays there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import OperationalError, connection, transaction

from plein.foundation.observations.times import DAY_US, LAST_US, from_us, to_us

TABLE = "observations_observation"
OTHER = f"{TABLE}_other"
AHEAD = 3
PATIENCE = "2s"
# A mark from before any reading.
NEVER = 0


def in_use() -> bool:
    """Tell whether this database keeps its window in partitions."""
    return connection.vendor == "postgresql"


def day_of(time_us: int) -> int:
    """Give the first moment of a day."""
    return time_us // DAY_US * DAY_US


def name_of(day_us: int) -> str:
    """Name the table of a day."""
    return f"{TABLE}_{from_us(day_us):%Y%m%d}"


def prepare(*, now: datetime) -> list[str]:
    """Make the partitions of today and the days to come that are not there yet; gives their names.

    When others keep the table busy for longer than some seconds it is left for the next time.
    """
    if not in_use():
        return []
    there, made = set(days()), []
    for number in range(AHEAD):
        day = day_of(to_us(now)) + number * DAY_US
        if day not in there and _make(day):
            made.append(name_of(day))
    return made


def days(*, until_us: int = LAST_US) -> list[int]:
    """List the first moments of the days that have a partition and are over at a moment, oldest first."""
    if not in_use():
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [TABLE])
        names = [row[0].rpartition("_")[2] for row in cursor.fetchall()]
    found = (to_us(datetime.strptime(name, "%Y%m%d").replace(tzinfo=UTC)) for name in names if name.isdecimal())
    return sorted(day for day in found if day + DAY_US <= until_us)


def _make(day_us: int) -> bool:
    with _locked() as free, connection.cursor() as cursor:
        if not free:
            return False
        cursor.execute(f"SELECT 1 FROM {OTHER} WHERE time_us >= %s AND time_us < %s LIMIT 1", [day_us, day_us + DAY_US])
        if cursor.fetchone():
            return False
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {name_of(day_us)} PARTITION OF {TABLE} "
            f"FOR VALUES FROM ({int(day_us)}) TO ({int(day_us + DAY_US)})"
        )
    return True


@contextmanager
def _locked() -> Iterator[bool]:
    """Keep everyone out of the window for the length of a transaction; gives false when it stays busy."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        try:
            with transaction.atomic():
                cursor.execute(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
        except OperationalError:
            yield False
        else:
            yield True


def mark() -> int:
    """Note this moment, for `drop`: the oldest transaction that is not committed yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        (number,) = cursor.fetchone()
    return int(number)


def drop(day_us: int, *, since: int) -> bool:
    """Drop the partition of a day unless a reading came to it or changed since a mark; tells whether it is gone."""
    name = name_of(day_us)
    with _locked() as free, connection.cursor() as cursor:
        if not free:
            return False
        # The age of a row is counted in transactions back from this one: it tells whether it is from after the mark.
        cursor.execute("SELECT pg_current_xact_id()::text")
        (own,) = cursor.fetchone()
        cursor.execute(f"SELECT 1 FROM {name} WHERE age(xmin) <= %s LIMIT 1", [int(own) - since])
        if cursor.fetchone():
            return False
        cursor.execute(f"DROP TABLE {name}")
    return True
