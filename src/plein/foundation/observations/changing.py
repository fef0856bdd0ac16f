"""Corrections: readings changed or withdrawn by hand, and those of what is deleted.

A correction is a row in the hot window that wins from the sealed reading; the next seal writes it into the lake.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from plein.foundation.lake import tables as lake
from plein.foundation.observations import hot, sealed
from plein.foundation.observations.models import Datastream

CORRECTED, WITHDRAWN = 1, 2


@transaction.atomic
def correct(key: tuple[int, int], row: hot.Row) -> None:
    """Put a row (hot.COLUMNS) in the place of the reading with this key, wherever that is kept."""
    if (row[0], row[1]) != key:
        withdraw(key)
    hot.put(row, CORRECTED)


def withdraw(key: tuple[int, int]) -> None:
    """Take a reading out, wherever it is kept; sent again before the next seal it stays out."""
    hot.put((*key, None, 0, None, None, None), WITHDRAWN)


def drop_streams(ids: Sequence[int], *, now: datetime) -> None:
    """Remove all readings of datastreams that are deleted, in the database and the lake."""
    listed = ",".join(str(int(pk)) for pk in ids)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {hot.TABLE} WHERE datastream_id IN ({listed})")
    _drop_sealed(f"datastream IN ({listed})", now)


def drop_feature(feature: int, *, now: datetime) -> None:
    """Remove all readings about a feature that is deleted."""
    own = list(Datastream.objects.filter(feature=feature).values_list("pk", flat=True))
    streams = ",".join(map(str, own)) or "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {hot.TABLE} WHERE feature_id = %s OR (feature_id IS NULL AND datastream_id IN ({streams}))",
            [feature],
        )
    _drop_sealed(f"feature = {int(feature)} OR (feature IS NULL AND datastream IN ({streams}))", now)


def _drop_sealed(condition: str, now: datetime) -> None:
    """Write the months anew that hold such readings. condition: of whole numbers and own names only."""
    with lake.exclusive(sealed.FOLDER):
        for name in sealed.months():
            rest: Any = lake.query(
                f"SELECT * FROM held WHERE ({condition}) IS NOT TRUE ORDER BY datastream, time",
                {"held": name},
                seconds=3600,
                checked=False,
            )
            if len(rest) != lake.rows(name):
                sealed.write(name, rest.cast(sealed.schema()), mode="overwrite", now=now)
                lake.sync(name)


def extra(**values: Any) -> str | None:
    """Write what is rare about a reading as the JSON text that is kept with it."""
    said = {name: value for name, value in values.items() if value is not None}
    return json.dumps(said, separators=(",", ":")) if said else None
