"""What our own reader of the log gives is what `deltalake` gives; of a log it does not know it gives nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

import plein.foundation.lake.tables as lake
from plein.foundation.lake import log

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def rows(start: int = 0) -> pa.Table:
    return pa.table(
        {
            "text": [f"é {start}", None],
            "whole": [start, start + 1],
            "small": pa.array([start, None], pa.int16()),
            "number": [start + 0.5, None],
            "truth": [True, False],
            "day": [date(2026, 1, 1), date(2026, 1, 2) + timedelta(start)],
            "at": pa.array([NOW, NOW + timedelta(seconds=start)], pa.timestamp("us", "UTC")),
            "local": pa.array([datetime(2026, 1, 1)] * 2, pa.timestamp("us")),
            "empty": pa.nulls(2, pa.string()),
        }
    )


def both(name: str, version: int) -> tuple[Any, Any]:
    path = lake.table_path(name)
    ours = lake._parts.__wrapped__(str(lake.root().parent), name, version, lake._birth(name, version))
    return ours, lake._parts_of(path, lake._open(name, version))


@pytest.fixture(autouse=True)
def _own_lake(tmp_path: Any, settings: Any) -> None:
    settings.DATA = tmp_path


def test_every_version_reads_as_deltalake_reads_it() -> None:
    lake.write("room.things", rows(), now=NOW)
    for start in range(1, 24):  # over a checkpoint, which comes every 20 versions
        lake.write("room.things", rows(start), mode="append", now=NOW)
    lake.compact("room.things", now=NOW)
    lake.write("room.things", rows(50).drop_columns(["small"]), mode="overwrite", now=NOW)
    lake.restore("room.things", 3, now=NOW)

    for version in range(lake.newest("room.things") + 1):
        assert log.replay(lake.table_path("room.things"), version) is not None
        ours, theirs = both("room.things", version)
        assert ours[0] == theirs[0]
        assert ours[1].equals(theirs[1])


def test_a_table_in_partitions_is_left_to_deltalake() -> None:
    lake.write("room.parts", rows(), now=NOW, partition_by=["text"])

    assert log.replay(lake.table_path("room.parts"), 0) is None
    assert len(lake.parts("room.parts")) == 2


def test_a_log_without_its_first_commit_is_left_to_deltalake() -> None:
    lake.write("room.things", rows(), now=NOW)

    assert log.replay(lake.table_path("room.things"), 1) is None
    assert log.replay(lake.table_path("room.nothing"), 0) is None


def test_nested_columns_are_left_to_deltalake() -> None:
    lake.write("room.lists", pa.table({"list": [[1], [2, 3]]}), now=NOW)

    assert log.replay(lake.table_path("room.lists"), 0) is None
    assert lake.schema("room.lists").names == ["list"]
