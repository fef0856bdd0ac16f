"""Flags set afterwards on readings in the hot window, and how many readings of a period are flagged."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from plein.foundation.lake import tables as lake
from plein.foundation.observations import hot
from plein.foundation.observations.quality import DOUBTFUL
from plein.foundation.observations.reading import sealed_parts

if TYPE_CHECKING:
    import pyarrow as pa


@transaction.atomic
def flag(datastream: int, flags: Sequence[tuple[int, int]]) -> int:
    """Set quality masks, given as (time in microseconds, mask), on readings that are not sealed yet.

    Nothing is removed and no result changes. Returns how many readings were there to be flagged.
    """
    done = 0
    with connection.cursor() as cursor:
        for time_us, mask in flags:
            cursor.execute(
                f"UPDATE {hot.TABLE} SET quality = %s WHERE datastream_id = %s AND time_us = %s AND change <> 2",
                [int(mask), datastream, time_us],
            )
            done += cursor.rowcount
    return done


def counts(ids: Sequence[int], since_us: int, until_us: int) -> "pa.Table":
    """Count the readings of datastreams in [since, until): datastream, count, doubtful, flags (all masks together)."""
    import pyarrow as pa

    rows = [row[:4] for row in hot.between(ids, since_us, until_us) if row[4] != 2] if ids else []
    columns: list[Any] = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], []]
    names = ["datastream", "time", "result", "quality"]
    kinds = [pa.int64(), pa.int64(), pa.float64(), pa.int32()]
    fresh = pa.table([pa.array(c, k) for c, k in zip(columns, kinds, strict=True)], names=names)
    parts = sealed_parts(since_us, until_us, ids)
    listed = ",".join(str(int(pk)) for pk in ids) or "NULL"
    within = f"datastream IN ({listed}) AND time >= {int(since_us)} AND time < {int(until_us)}"
    held = " UNION ".join(f"SELECT datastream, time, quality FROM {name} WHERE {within}" for name in ("fresh", *parts))
    return lake.query(
        f"SELECT datastream, count(*) AS count, count(*) FILTER ((quality & {int(DOUBTFUL)}) <> 0) AS doubtful, "
        f"bit_or(quality) AS flags FROM ({held}) GROUP BY datastream ORDER BY datastream",
        {"fresh": fresh, **parts},
        checked=False,
    )
