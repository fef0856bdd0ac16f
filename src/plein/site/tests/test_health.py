"""What `plein check` says of the database and the keys."""

import json
from pathlib import Path

import pytest

from plein.foundation.clock import now
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.residents import person_by_bsn
from plein.foundation.observations.models import Observation
from plein.site.health import examine

pytestmark = pytest.mark.django_db


def test_a_database_that_holds_readings_is_not_called_damaged() -> None:
    # SQLite 3.40.0 to 3.41.0 misreads a key whose columns stand in another order than those of the table.
    Observation.objects.bulk_create([Observation(datastream_id=1, time_us=at, result=1.0) for at in (1, 2)])

    (told,) = [finding for finding in examine(now()) if finding.check == "database"]

    assert told.problems == []


def _told_of_keys() -> str:
    (told,) = [finding for finding in examine(now()) if finding.check == "keys"]
    return " ".join(told.problems)


def test_keys_that_fit_what_is_sealed_are_sound(data_dir: Path) -> None:
    person_by_bsn("111222333", create=True, by=SYSTEM, now=now())

    assert _told_of_keys() == ""


def test_keys_that_others_can_read_or_that_are_not_ours_are_told(data_dir: Path) -> None:
    person_by_bsn("111222333", create=True, by=SYSTEM, now=now())
    path = data_dir / "keys.json"
    path.chmod(0o644)
    assert "Others can read keys.json." in _told_of_keys()

    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "hash": kept["pseudonym"]}))
    assert "another hash key" in _told_of_keys()

    path.unlink()
    assert "1 texts need the key" in _told_of_keys()
