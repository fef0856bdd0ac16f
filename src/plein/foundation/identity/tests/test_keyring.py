"""The keys that personal data is sealed with."""

import json
import stat
import threading
from pathlib import Path

import pytest

from plein.foundation import clock
from plein.foundation.identity import keyring, sealed
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.errors import KeyFileUnsound, KeyGone, KeyInUse, SealBroken
from plein.foundation.identity.models import Person
from plein.foundation.identity.residents import person_by_bsn

NUMBERS = ["111222333", "123456782", "999990019"]


@pytest.fixture(autouse=True)
def _own_keys(data_dir: Path) -> None:
    """Give each test keys of its own."""


def test_what_is_sealed_opens_again_and_never_looks_the_same() -> None:
    first, second = (keyring.encrypt("Grúße 111222333", about="a.b") for _ in range(2))

    assert first != second
    assert b"111222333" not in first
    assert keyring.decrypt(first, about="a.b") == "Grúße 111222333"


def test_a_sealed_text_does_not_open_as_something_else_nor_when_changed() -> None:
    whole = keyring.encrypt("x", about="a.b")

    with pytest.raises(SealBroken):
        keyring.decrypt(whole, about="a.c")
    with pytest.raises(SealBroken):
        keyring.decrypt(whole[:-1] + bytes([whole[-1] ^ 1]), about="a.b")


def test_only_the_owner_may_read_the_file(data_dir: Path) -> None:
    keyring.ring()

    assert stat.S_IMODE((data_dir / "keys.json").stat().st_mode) == 0o600
    assert [path.name for path in data_dir.iterdir()] == ["keys.json"]


def test_the_setting_names_another_file(data_dir: Path, settings: pytest.FixtureRequest) -> None:
    settings.PLEIN = {**settings.PLEIN, "KEYS": str(data_dir / "deep" / "ring.json")}

    keyring.encrypt("x", about="a.b")

    assert (data_dir / "deep" / "ring.json").exists()


def test_of_processes_that_make_the_first_keys_at_once_one_wins() -> None:
    barrier, found = threading.Barrier(8), []

    def make() -> None:
        barrier.wait()
        found.append(keyring.keyed_hash("bsn", "111222333"))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1


def test_an_old_key_opens_and_the_newest_seals() -> None:
    old = keyring.encrypt("x", about="a.b")

    key = keyring.add_key()

    assert keyring.decrypt(old, about="a.b") == "x"
    assert keyring.key_of(keyring.encrypt("y", about="a.b")) == key.id


def test_hashes_stay_when_keys_change_and_differ_per_kind() -> None:
    before = keyring.keyed_hash("bsn", "111222333")

    keyring.add_key()

    assert keyring.keyed_hash("bsn", "111222333") == before != keyring.keyed_hash("phone", "111222333")


def test_a_key_that_is_gone_is_said_so() -> None:
    old = keyring.encrypt("x", about="a.b")
    first = keyring.ring().newest.id
    keyring.add_key()

    keyring.drop_key(first)

    with pytest.raises(KeyGone):
        keyring.decrypt(old, about="a.b")
    with pytest.raises(KeyInUse):
        keyring.drop_key(keyring.ring().newest.id)
    with pytest.raises(KeyGone):
        keyring.drop_key(first)


@pytest.mark.parametrize(
    "damage",
    [
        lambda told: told.update(seal=[]),
        lambda told: told.pop("hash"),
        lambda told: told["seal"][0].update(key="eA=="),
        lambda told: told["seal"].append(told["seal"][0]),
    ],
)
def test_an_unsound_file_is_refused_and_left_alone(damage: object, data_dir: Path) -> None:
    keyring.ring()
    path = data_dir / "keys.json"
    told = json.loads(path.read_text())
    damage(told)  # type: ignore[operator]
    path.write_text(json.dumps(told) + " ")
    before = path.read_text()

    with pytest.raises(KeyFileUnsound):
        keyring.encrypt("x", about="a.b")
    assert path.read_text() == before


def test_neither_a_key_nor_the_ring_shows_itself() -> None:
    found = keyring.ring()

    assert found.newest.secret.hex() not in repr(found) + repr(found.newest) + str(found.newest)


@pytest.mark.django_db
def test_everything_is_sealed_again_in_batches_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "BATCH", 2)
    for number in NUMBERS:
        person_by_bsn(number, create=True, by=SYSTEM, now=clock.now())
    first, newest = keyring.ring().newest.id, keyring.add_key().id

    def stop(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sealed.seal_again(stop)
    assert sealed.count_by_key() == {newest: 2, first: 1}
    assert sealed.seal_again() == 1

    assert sealed.count_by_key() == {newest: 3}
    opened = {keyring.decrypt(person.bsn, about="identity.bsn") for person in Person.objects.all()}
    assert opened == set(NUMBERS)
