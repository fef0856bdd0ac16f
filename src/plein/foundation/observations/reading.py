"""Readings out: the hot window and the lake as one, each reading once.

The hot window is read before the lake: sealing writes the lake first, so that what left the one is in the other.
Of two copies the corrected one in the hot window wins, then the sealed one, then the plain one in the hot window.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from plein.foundation.lake import tables as lake
from plein.foundation.lake.duck import Part
from plein.foundation.observations import hot, sealed
from plein.foundation.observations.quality import DOUBTFUL
from plein.foundation.observations.times import DAY_US, HOUR_US, from_us, to_us

if TYPE_CHECKING:
    import pyarrow as pa

BUCKETS = {"hour": HOUR_US, "day": DAY_US}
SPREAD = 2**32


def series(datastream: int, since: datetime, until: datetime) -> "pa.Table":
    """Give the readings of a datastream in [since, until), by time: time, result, quality.

    result is null where it is not a number; withdrawn readings are left out, doubtful ones are in, with their flags.
    """
    import pyarrow as pa

    since_us, until_us = to_us(since), to_us(until)
    fresh = list(hot.between([datastream], since_us, until_us))
    old = sealed.one_stream(datastream, since_us, until_us, ["result", "quality"])
    if fresh:
        old = _joined(old, fresh)
    times = old["time"].cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
    return pa.table({"time": times, "result": old["result"], "quality": old["quality"]})


def _joined(old: "pa.Table", fresh: Sequence[hot.Row]) -> "pa.Table":
    """Join sealed and hot readings of one datastream, each moment once."""
    import numpy as np
    import pyarrow as pa

    kinds = sealed.schema()
    _, times, results, quality, changes = zip(*fresh, strict=True)
    names = ["time", "result", "quality"]
    new = pa.table(
        [
            pa.array(column, kinds.field(name).type)
            for name, column in zip(names, (times, results, quality), strict=True)
        ],
        names=names,
    )
    rank = np.concatenate([np.ones(len(old)), np.where(np.array(changes) > 0, 0, 2)])
    gone = np.concatenate([np.zeros(len(old), bool), np.array(changes) == 2])
    both = pa.concat_tables([old.select(names), new])
    moments = both["time"].to_numpy()
    order = np.lexsort((rank, moments))
    first = np.ones(len(order), bool)
    first[1:] = moments[order][1:] != moments[order][:-1]
    return both.take(order[first & ~gone[order]])


def latest(ids: Sequence[int]) -> dict[int, tuple[datetime, float | None, int]]:
    """Give the last reading of each datastream that has one: (time, result, quality)."""
    found = {row[0]: row for row in hot.last(ids)}
    names = sealed.months()
    sealed_until = sealed.until(names)
    rest = [pk for pk in ids if pk not in found or found[pk][1] < sealed_until]
    for row in _last_sealed(rest, names) if rest else ():
        if row[0] not in found or row[1] > found[row[0]][1]:
            found[row[0]] = row
    return {pk: (from_us(row[1]), row[2], row[3]) for pk, row in found.items()}


def _last_sealed(ids: Sequence[int], names: Sequence[str]) -> list[hot.Row]:
    """Find the last readings in the lake, newest month first, until each datastream has one."""
    missing = set(ids)
    withdrawn = _hot_table(hot.withdrawn(ids))
    rows: list[hot.Row] = []
    for name in reversed(names):
        if not missing:
            break
        for row in _last_of_month(name, sorted(missing), withdrawn):
            missing.discard(row[0])
            rows.append(row)
    return rows


def _last_of_month(name: str, ids: Sequence[int], withdrawn: "pa.Table") -> list[hot.Row]:
    listed = ",".join(str(int(pk)) for pk in ids)
    table = lake.query(
        "SELECT datastream, max(time) AS time, arg_max(result, time) AS result, arg_max(quality, time) AS quality "
        "FROM (SELECT h.* FROM held h ANTI JOIN gone ON h.datastream = gone.datastream AND h.time = gone.time) "
        f"WHERE datastream IN ({listed}) GROUP BY datastream",
        {"held": lake.part(name, columns=["datastream", "time", "result", "quality"]), "gone": withdrawn},
        checked=False,
    )
    return [(r["datastream"], r["time"], r["result"], r["quality"], 0) for r in table.to_pylist()]


def means(
    ids: Sequence[int],
    since: datetime,
    until: datetime,
    bucket: str = "hour",
    *,
    coverage: float = 0.75,
    averaged: Mapping[int, str] = MappingProxyType({}),
) -> "pa.Table":
    """Average readings per clock hour or day (UTC): datastream, start, mean, count, coverage; sorted so.

    coverage: the share of the readings that a full bucket of this datastream has (its usual number per bucket, the
    90th percentile in the period). mean is null where coverage is below what is asked. Doubtful readings do not count.
    averaged: per datastream "energetic" (sound levels, by their energy) or "circular" (degrees); others are plain.
    Source: Directive 2008/50/EC, annex VII.A.2 (75% of an hour).
    """
    import pyarrow as pa

    since_us, until_us = to_us(since), to_us(until)
    fresh = list(hot.between(ids, since_us, until_us)) if ids else []
    tables: dict[str, Any] = {"hot": _hot_table(fresh)}
    parts = sealed_parts(since_us, until_us, ids)
    tables.update(parts)
    months = {alias: _within(part, ids, since_us, until_us) for alias, part in parts.items()}
    sql = _means_sql(months, since_us, size=BUCKETS[bucket], with_hot=bool(fresh), averaged=averaged)
    table = lake.query(sql, tables, [coverage], checked=False)
    return table.set_column(1, "start", table["start"].cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC")))


def sealed_parts(since_us: int, until_us: int, ids: Sequence[int]) -> dict[str, Any]:
    """Describe the sealed months of a period for a query, by alias."""
    columns = ["datastream", "time", "result", "quality"]
    return {f"m{n}": lake.part(name, columns=columns) for n, name in enumerate(sealed.months(since_us, until_us))}


def _hot_table(rows: Sequence[hot.Row]) -> "pa.Table":
    import pyarrow as pa

    kinds = [pa.int64(), pa.int64(), pa.float64(), pa.int32(), pa.int32()]
    names = ["datastream", "time", "result", "quality", "change"]
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)], names=names)


def _within(month: Part, ids: Sequence[int], since_us: int, until_us: int) -> str:
    """Write what holds for the rows that are asked of a month, without what holds for all its rows."""
    files = [file for file in lake.parts(month.name, month.version) if file.rows]
    edges = [(file.minimum, file.maximum) for file in files]
    told = []
    if not all("time" in low and low["time"] >= since_us and high["time"] < until_us for low, high in edges):
        told.append(f"time >= {since_us} AND time < {until_us}")
    keys = sorted({int(pk) for pk in ids})
    whole = keys and keys[-1] - keys[0] + 1 == len(keys)
    streams = [(low.get("datastream", -1), high.get("datastream", 2**62)) for low, high in edges]
    if not (whole and all(low >= keys[0] and high <= keys[-1] for low, high in streams)):
        told.append(_among(keys))
    return " AND ".join(told) or "true"


def _means_sql(
    months: Mapping[str, str], since_us: int, *, size: int, with_hot: bool, averaged: Mapping[int, str]
) -> str:
    """Write the query; all that is put into its text are whole numbers and fixed names. months: which rows of each."""
    columns = "datastream, time, result, quality"
    held = " UNION ALL ".join(f"SELECT {columns} FROM {name} WHERE {within}" for name, within in months.items())
    if not held:
        held = "SELECT datastream, time, result, quality FROM hot WHERE false"
    if with_hot:
        held = _with_hot(held)
    # Whole division goes towards zero, which is down for all times since 1970.
    number = f"(time // {size})" if since_us >= 0 else f"((time - ((time % {size}) + {size}) % {size}) // {size})"
    # Grouping by one number is a tenth cheaper than by two: the datastream above, the bucket in the lower 32 bits.
    return f"""
        WITH held AS ({held}),
        groups AS (
            SELECT datastream * {SPREAD} + {number} + {SPREAD // 2} AS key, {_mean_sql(averaged)} AS mean,
                   count(result) AS count
            FROM held WHERE (quality & {int(DOUBTFUL)}) = 0 GROUP BY key
        ),
        buckets AS (
            SELECT key // {SPREAD} AS datastream, (key % {SPREAD} - {SPREAD // 2}) * {size} AS start, mean, count
            FROM groups
        ),
        usual AS (SELECT datastream, quantile_disc(count, 0.9) AS full_count FROM buckets GROUP BY 1)
        SELECT b.datastream, b.start, CASE WHEN b.count >= ? * u.full_count THEN b.mean END AS mean, b.count,
               least(b.count / greatest(u.full_count, 1), 1.0) AS coverage
        FROM buckets b JOIN usual u USING (datastream) ORDER BY 1, 2
    """


def _mean_sql(averaged: Mapping[int, str]) -> str:
    """Write how the readings of a bucket become one: plain, except for the datastreams that say otherwise.

    Sound levels are kept within what pow and log10 can bear; far outside of that they are flagged anyway.
    """
    special = []
    for kind, form in _FORMS.items():
        listed = ",".join(str(int(pk)) for pk, one in averaged.items() if one == kind)
        if listed:
            special.append(form.format(of=f"FILTER (datastream IN ({listed}))"))
    return f"coalesce({', '.join(special)}, avg(result))" if special else "avg(result)"


_FORMS = {
    "energetic": "10 * log10(avg(pow(10, greatest(least(result, 300), -300) / 10)) {of})",
    "circular": "(degrees(atan2(avg(sin(radians(result))) {of}, avg(cos(radians(result))) {of})) + 360) % 360",
}


def _among(keys: Sequence[int]) -> str:
    """Write which datastreams are asked (ascending); keys without holes are a range, cheaper to hold against."""
    if keys and keys[-1] - keys[0] + 1 == len(keys):
        return f"datastream BETWEEN {keys[0]} AND {keys[-1]}"
    return f"datastream IN ({','.join(map(str, keys)) or 'NULL'})"


def _with_hot(held: str) -> str:
    """Add the hot window: its corrections hide sealed readings, its plain readings only count where none is sealed."""
    return f"""
        SELECT s.* FROM ({held}) s ANTI JOIN (SELECT * FROM hot WHERE change > 0) c
            ON s.datastream = c.datastream AND s.time = c.time
        UNION ALL SELECT datastream, time, result, quality FROM hot WHERE change = 1
        UNION ALL SELECT h.datastream, h.time, h.result, h.quality FROM (SELECT * FROM hot WHERE change = 0) h
            ANTI JOIN ({held}) s ON s.datastream = h.datastream AND s.time = h.time
    """


def spans(ids: Sequence[int] | None = None) -> dict[int, tuple[int, int]]:
    """Give the first and last moment (microseconds) of each datastream that has readings; ids None is all."""
    found = dict(hot.spans(ids))
    wanted = None if ids is None else set(ids)
    for name in sealed.months():
        for pk, (since, until) in sealed.month_spans(name).items():
            if wanted is None or pk in wanted:
                low, high = found.get(pk, (since, until))
                found[pk] = (min(low, since), max(high, until))
    return found


def result_spans(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Give the first and last result time (microseconds) of those of these datastreams whose readings have one."""
    found = {pk: (since, until) for pk, since, until in hot.result_spans(ids)}
    wanted = set(ids)
    for name in sealed.months():
        for pk, (since, until) in sealed.month_results(name).items():
            if pk in wanted:
                low, high = found.get(pk, (since, until))
                found[pk] = (min(low, since), max(high, until))
    return found


def features(ids: Sequence[int]) -> dict[int, set[int]]:
    """Give the features that readings of these datastreams name themselves; the others have that of the datastream."""
    found: dict[int, set[int]] = {}
    for pk, feature in hot.features(ids):
        found.setdefault(pk, set()).add(feature)
    wanted = set(ids)
    for name in sealed.months():
        for pk, named in sealed.month_features(name).items():
            if pk in wanted and named:
                found.setdefault(pk, set()).update(named)
    return found
