"""Notes on disk: all of a note or nothing of it, whatever the disk or a kill does."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plein.foundation.gate import spool, usage
from plein.foundation.gate.models import Usage
from plein.foundation.identity.actors import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def took_up() -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    spool.take_up("trial", found.extend)
    return found


def test_a_disk_that_fills_up_half_way_a_note_leaves_nothing_of_it(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.add("trial", [{"n": 1}], durable=False)
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, text: write(handle, text[: len(text) // 2]))

    with pytest.raises(OSError, match="space") as refused:
        spool.add("trial", [{"n": 2}], durable=True)
    monkeypatch.undo()
    spool.add("trial", [{"n": 3}], durable=False)

    assert refused.value.errno == errno.ENOSPC
    assert took_up() == [{"n": 1}, {"n": 3}]


def test_half_a_note_of_a_killed_process_does_not_hold_up_the_others(data_dir: Path) -> None:
    spool.add("trial", [{"n": 1}], durable=False)
    (data_dir / "gate" / "trial-1.open").write_text('{"n": 2}\n{"n": {"m": 3}')

    assert sorted(note["n"] for note in took_up()) == [1, 2]  # type: ignore[type-var]


def test_uses_that_could_not_be_put_away_are_counted_later(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    usage.take_up()
    usage.count("town.trees", activity="opendata.publish", by=SYSTEM, rows=5, now=NOW)
    monkeypatch.setattr(spool, "add", full)
    usage.put_away()
    monkeypatch.undo()
    usage.count("town.trees", activity="opendata.publish", by=SYSTEM, rows=2, now=NOW)

    usage.take_up()

    assert list(Usage.objects.filter(product="town.trees").values_list("reads", "rows")) == [(2, 7)]
