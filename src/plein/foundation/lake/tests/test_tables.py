"""Versions, time travel, compaction, vacuum and refusals of the lake."""

import os
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

import plein.foundation.lake.tables as lake
from plein.foundation.lake.errors import NoRoom, NoTable, SchemaDiffers, VersionGone

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)


def numbers(*values: int) -> pa.Table:
    return pa.table({"number": pa.array(values, pa.int64())})


def values(name: str, version: int | None = None) -> list[int]:
    return sorted(lake.read(name, version=version)["number"].to_pylist())


def test_each_write_is_a_version_that_stays_readable(data_dir: Path) -> None:
    first = lake.write("town.counts", numbers(1, 2), now=MONDAY, meta={"source": "count.csv"})
    second = lake.write("town.counts", numbers(3), now=TUESDAY, mode="append")
    third = lake.write("town.counts", numbers(9), now=WEDNESDAY)

    assert [first, second, third] == [0, 1, 2]
    assert values("town.counts") == [9]
    assert values("town.counts", first) == [1, 2]
    assert values("town.counts", second) == [1, 2, 3]
    assert [(one.number, one.at, one.rows) for one in lake.versions("town.counts")] == [
        (0, MONDAY, 2),
        (1, TUESDAY, 3),
        (2, WEDNESDAY, 1),
    ]
    assert lake.versions("town.counts")[0].meta == {"source": "count.csv"}


def test_what_was_known_at_a_moment_is_found(data_dir: Path) -> None:
    lake.write("town.counts", numbers(1), now=MONDAY)
    lake.write("town.counts", numbers(2), now=WEDNESDAY)

    assert lake.version_at("town.counts", MONDAY - timedelta(seconds=1)) is None
    assert lake.version_at("town.counts", TUESDAY) == 0
    assert lake.version_at("town.counts", WEDNESDAY) == 1


def test_a_stream_of_batches_is_one_version(data_dir: Path) -> None:
    batches = [numbers(*range(start, start + 1000)).to_batches()[0] for start in range(0, 10_000, 1000)]
    stream = pa.RecordBatchReader.from_batches(batches[0].schema, iter(batches))

    version = lake.write("town.counts", stream, now=MONDAY)

    assert version == 0
    assert lake.rows("town.counts") == 10_000


def test_a_stream_that_breaks_writes_nothing(data_dir: Path) -> None:
    lake.write("town.counts", numbers(1), now=MONDAY)

    def breaking():
        yield numbers(2).to_batches()[0]
        raise RuntimeError("the source broke")

    with pytest.raises(Exception, match="the source broke"):
        lake.write(
            "town.counts", pa.RecordBatchReader.from_batches(numbers().schema, breaking()), now=TUESDAY, mode="append"
        )

    assert values("town.counts") == [1]


def test_partitions_read_back_with_their_own_types(data_dir: Path) -> None:
    table = pa.table({"year": [2024, 2025, 2025], "name": ["a b", "c/d", None], "n": [1, 2, 3]})

    lake.write("town.years", table, now=MONDAY, partition_by=["year", "name"])

    back = lake.read("town.years").sort_by("n")
    assert back.to_pylist() == table.to_pylist()
    assert lake.read("town.years", where="year = ? AND n < ?", params=[2025, 3]).num_rows == 1


def test_an_empty_table_keeps_its_columns(data_dir: Path) -> None:
    lake.write("town.counts", numbers(), now=MONDAY)

    assert lake.read("town.counts").schema.names == ["number"]
    assert lake.query("SELECT count(*) AS n FROM t", {"t": "town.counts"})["n"].to_pylist() == [0]


def test_other_columns_are_not_appended_but_may_replace(data_dir: Path) -> None:
    lake.write("town.counts", numbers(1), now=MONDAY)

    with pytest.raises(SchemaDiffers, match="colour"):
        lake.write("town.counts", pa.table({"colour": ["red"]}), now=TUESDAY, mode="append")
    lake.write("town.counts", pa.table({"colour": ["red"]}), now=TUESDAY)

    assert lake.read("town.counts").schema.names == ["colour"]
    assert values("town.counts", 0) == [1]


def test_what_is_not_there_is_refused(data_dir: Path) -> None:
    with pytest.raises(NoTable):
        lake.read("town.counts")
    lake.write("town.counts", numbers(1), now=MONDAY)
    with pytest.raises(VersionGone):
        lake.read("town.counts", version=7)


@pytest.mark.parametrize("name", ["../etc", "Town", "a b", "", "a..b", "/etc", "a/../b"])
def test_a_name_cannot_leave_the_lake(data_dir: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a table name"):
        lake.table_path(name)


def test_compaction_joins_files_and_keeps_rows(data_dir: Path) -> None:
    for number in range(12):
        lake.write("town.counts", numbers(number), now=MONDAY, mode="append")
    assert len(lake.files("town.counts")) == 12

    version = lake.compact("town.counts", now=TUESDAY)

    assert len(lake.files("town.counts")) == 1
    assert values("town.counts") == list(range(12))
    assert values("town.counts", 5) == list(range(6))
    assert lake.versions("town.counts")[-1].rows == 12
    assert version == 12


@pytest.mark.parametrize("slab_rows", [30_000, 5_000_000])
def test_compaction_keeps_the_rows_in_their_order(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, slab_rows: int
) -> None:
    monkeypatch.setattr(lake, "SLAB_ROWS", slab_rows)
    chance = random.Random(7)
    for _ in range(9):
        some = [chance.getrandbits(60) for _ in range(20_000)]
        lake.write("town.counts", numbers(*some), now=MONDAY, mode="append")
    before = lake.read("town.counts")["number"].to_pylist()

    lake.compact("town.counts", now=TUESDAY)

    # 180,000 rows come in batches of 20,000: two make a slab of at least 30,000, and the last stands alone.
    assert len(lake.files("town.counts")) == (5 if slab_rows == 30_000 else 1)
    assert lake.read("town.counts")["number"].to_pylist() == before
    assert lake.versions("town.counts")[-1].rows == 180_000
    assert not list((lake.root() / ".apart").iterdir())


def test_compaction_keeps_partitions_and_the_order_within_them(data_dir: Path) -> None:
    for year in (2024, 2025, 2024, 2025):
        rows = pa.table({"year": [year] * 3, "n": [5, year, 3]})
        lake.write("town.years", rows, now=MONDAY, mode="append", partition_by=["year"])
    before = {year: lake.read("town.years", where=f"year = {year}")["n"].to_pylist() for year in (2024, 2025)}

    lake.compact("town.years", now=TUESDAY)

    after = {year: lake.read("town.years", where=f"year = {year}")["n"].to_pylist() for year in (2024, 2025)}
    assert after == before
    assert len(lake.files("town.years")) == 2


def test_rows_that_are_not_the_tables_own_do_not_take_their_place(data_dir: Path) -> None:
    lake.write("town.counts", numbers(1, 2), now=MONDAY)

    with pytest.raises(ValueError, match="other rows"):
        lake.rearrange("town.counts", numbers(1).to_reader(), now=TUESDAY)

    assert values("town.counts") == [1, 2]


def test_a_table_of_many_chunks_is_written_in_its_order(data_dir: Path) -> None:
    chunks = pa.concat_tables([numbers(*range(start, start + 9_000)) for start in range(0, 180_000, 9_000)])

    lake.write("town.counts", chunks, now=MONDAY)

    assert lake.read("town.counts")["number"].to_pylist() == list(range(180_000))


def test_a_table_of_one_file_needs_no_compaction(data_dir: Path) -> None:
    lake.write("town.counts", numbers(1), now=MONDAY)

    assert lake.compact("town.counts", now=TUESDAY) == 0


def test_the_newest_version_is_seen_after_writes_elsewhere_and_after_removal(data_dir: Path) -> None:
    for number in range(3):
        lake.write("town.counts", numbers(number), now=MONDAY, mode="append")
    assert lake.newest("town.counts") == 2

    lake.remove("town.counts")
    assert not lake.exists("town.counts")
    lake.write("town.counts", numbers(7), now=TUESDAY)

    assert lake.newest("town.counts") == 0
    assert values("town.counts") == [7]


def test_vacuum_keeps_what_is_named_and_removes_the_rest(data_dir: Path) -> None:
    for number, at in enumerate([MONDAY, TUESDAY, WEDNESDAY]):
        lake.write("town.counts", numbers(number), now=at)
    later = datetime.now(UTC) + timedelta(days=400)

    removed = lake.vacuum("town.counts", timedelta(days=7), now=later, keep=[0])

    assert len(removed) == 1
    assert values("town.counts") == [2]
    assert values("town.counts", 0) == [0]
    with pytest.raises(VersionGone):
        lake.read("town.counts", version=1)


def test_vacuum_leaves_what_was_superseded_lately(data_dir: Path) -> None:
    lake.write("town.counts", numbers(1), now=MONDAY)
    lake.write("town.counts", numbers(2), now=datetime.now(UTC) + timedelta(days=9))

    removed = lake.vacuum("town.counts", timedelta(days=7), now=datetime.now(UTC) + timedelta(days=10))

    assert removed == []
    assert values("town.counts", 0) == [1]


def test_vacuum_removes_what_a_killed_writer_left_once_it_is_old(data_dir: Path) -> None:
    lake.write("town.counts", numbers(1), now=MONDAY)
    left = lake.table_path("town.counts") / "part-left.parquet"
    left.write_bytes(b"half a file")
    half = lake.table_path("town.counts") / "_delta_log" / "00000000000000000001.json#1"
    half.write_bytes(b"half a commit")
    now = datetime.now(UTC)

    assert lake.vacuum("town.counts", timedelta(days=7), now=now) == []
    os.utime(left, (0, 0))
    os.utime(half, (0, 0))

    assert set(lake.vacuum("town.counts", timedelta(days=7), now=now)) == {left, half}
    assert values("town.counts") == [1]


def test_an_earlier_version_can_become_the_newest_again(data_dir: Path) -> None:
    lake.write("town.counts", numbers(1), now=MONDAY)
    lake.write("town.counts", numbers(2), now=TUESDAY, mode="append")

    lake.restore("town.counts", 0, now=WEDNESDAY)

    assert values("town.counts") == [1]
    assert lake.versions("town.counts")[-1].rows == 1


def test_sync_flushes_every_file_and_folder_of_the_version(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.write("town.counts", numbers(1), now=MONDAY)
    lake.write("town.counts", numbers(2), now=TUESDAY, mode="append")
    flushed: set[str] = set()
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (flushed.add(os.readlink(f"/proc/self/fd/{fd}")), real(fd)))

    lake.sync("town.counts")

    table = lake.table_path("town.counts")
    expected = {*lake.files("town.counts"), table, table / "_delta_log", lake.root(), *(table / "_delta_log").iterdir()}
    assert {str(path) for path in expected} <= flushed


def test_a_nearly_full_disk_is_refused_before_anything_is_written(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.write("town.counts", numbers(1), now=MONDAY)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 9, 1))

    with pytest.raises(NoRoom, match=r"town\.counts"):
        lake.write("town.counts", numbers(2), now=TUESDAY)

    assert values("town.counts") == [1]


FILL_UP = """
import resource, signal, sys, random
from datetime import UTC, datetime
import django
django.setup()
import pyarrow as pa
import plein.foundation.lake.tables as lake
from plein.foundation.lake.errors import NoRoom
now = datetime(2026, 1, 6, tzinfo=UTC)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
random.seed(1)
table = pa.table({"number": pa.array([random.getrandbits(60) for _ in range(200_000)], pa.int64())})
try:
    lake.write("town.counts", table, now=now)
except NoRoom as refused:
    print(refused)
    sys.exit(3)
"""


def test_a_disk_that_fills_up_half_way_leaves_the_last_version(data_dir: Path) -> None:
    lake.write("town.counts", numbers(1), now=MONDAY)
    environ = {**os.environ, "PLEIN_DATA": str(data_dir), "DJANGO_SETTINGS_MODULE": "plein.site.settings"}

    # The operating system refuses to let a file grow past 200 kB, at the very place where a full disk refuses.
    answer = subprocess.run([sys.executable, "-c", FILL_UP], env=environ, capture_output=True, text=True, check=False)

    assert answer.returncode == 3, answer.stderr
    assert "disk" in answer.stdout
    assert values("town.counts") == [1]
    assert lake.newest("town.counts") == 0
