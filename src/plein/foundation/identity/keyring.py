"""The keys that personal data is sealed with: several at once, of which the newest seals and all open.

They stand in one file that only its owner may read (setting KEYS, or `keys.json` in the data directory):

    {"seal": [{"id": "a1b2c3d4", "key": base64 of 32 bytes, "made": "2026-11-22"}, ...], "hash": ..., "pseudonym": ...}

A sealed text is the byte 1, the 4 bytes of the key's id, 12 bytes of nonce, and AES-256-GCM of the text, bound to what
it is about, so that it cannot be moved to another column. Without this file nothing sealed can be read again.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from plein.foundation import clock
from plein.foundation.identity.errors import KeyFileUnsound, KeyGone, KeyInUse, SealBroken

FORM = b"\x01"
_ID, _NONCE, _KEY = 4, 12, 32


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """One key: its id (8 hex), its 32 bytes and the day it was made."""

    id: str
    secret: bytes
    made: date


@dataclass(frozen=True, slots=True, repr=False)
class Ring:
    """All keys, oldest first: the last one seals."""

    keys: tuple[Key, ...]
    hash_key: bytes
    pseudonym_key: bytes

    @property
    def newest(self) -> Key:
        """Give the key that seals."""
        return self.keys[-1]

    def by_id(self, key_id: str) -> Key | None:
        """Find a key."""
        return next((key for key in self.keys if key.id == key_id), None)


_kept: dict[Path, tuple[tuple[int, int, int], Ring]] = {}


def path_of_keys() -> Path:
    """Tell where the file with keys stands."""
    return Path(settings.PLEIN["KEYS"] or settings.DATA / "keys.json")


def ring() -> Ring:
    """Give the keys, read again when the file has changed; the first time they are made.

    Raises KeyFileUnsound.
    """
    path = path_of_keys()
    try:
        found = path.stat()
    except FileNotFoundError:
        _write_first(path)
        found = path.stat()
    stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
    kept = _kept.get(path)
    if kept is None or kept[0] != stamp:
        kept = _kept[path] = (stamp, _read(path))
    return kept[1]


def _read(path: Path) -> Ring:
    try:
        told = json.loads(path.read_text(encoding="ascii"))
        keys = tuple(Key(one["id"], _unwritten(one["key"]), date.fromisoformat(one["made"])) for one in told["seal"])
        read = Ring(keys, _unwritten(told["hash"]), _unwritten(told["pseudonym"]))
    except (ValueError, KeyError, TypeError) as error:
        raise KeyFileUnsound(path=path.name) from error
    if not keys or any(len(key.id) != 2 * _ID for key in keys) or len({key.id for key in keys}) < len(keys):
        raise KeyFileUnsound(path=path.name)
    return read


def _unwritten(text: str) -> bytes:
    secret = base64.b64decode(text, validate=True)
    if len(secret) != _KEY:
        raise ValueError("a key is 32 bytes")
    return secret


def _written(secret: bytes) -> str:
    return base64.b64encode(secret).decode("ascii")


def _text(found: Ring) -> str:
    seal = [{"id": key.id, "key": _written(key.secret), "made": key.made.isoformat()} for key in found.keys]
    told: dict[str, Any] = {"seal": seal, "hash": _written(found.hash_key), "pseudonym": _written(found.pseudonym_key)}
    return json.dumps(told, indent=1) + "\n"


def _new_key() -> Key:
    return Key(secrets.token_hex(_ID), secrets.token_bytes(_KEY), clock.local_date(clock.now()))


def _beside(path: Path, found: Ring) -> Path:
    """Write keys, safe on disk and for the owner's eyes only, to a file beside the real one."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(_text(found))
        file.flush()
        os.fsync(file.fileno())
    return beside


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_first(path: Path) -> None:
    """Make the first keys; of two processes that do so at once, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _beside(path, Ring((_new_key(),), secrets.token_bytes(_KEY), secrets.token_bytes(_KEY)))
    with suppress(FileExistsError):
        os.link(beside, path)
    beside.unlink()
    _settle(path.parent)


def _replace(found: Ring) -> None:
    path = path_of_keys()
    os.replace(_beside(path, found), path)
    _settle(path.parent)


def add_key() -> Key:
    """Make a new key, which seals from now on; the older ones still open."""
    found, key = ring(), _new_key()
    _replace(Ring((*found.keys, key), found.hash_key, found.pseudonym_key))
    return key


def drop_key(key_id: str) -> None:
    """Take an old key away; ask `sealed.count_by_key` first whether anything is still sealed with it.

    Raises KeyInUse for the key that seals, KeyGone for one that is not there.
    """
    found = ring()
    if found.by_id(key_id) is None:
        raise KeyGone(key=key_id)
    if found.newest.id == key_id:
        raise KeyInUse(key=key_id)
    _replace(Ring(tuple(key for key in found.keys if key.id != key_id), found.hash_key, found.pseudonym_key))


def encrypt(text: str, *, about: str) -> bytes:
    """Seal a text with the newest key.

    about: what it is, such as "identity.bsn"; it opens only with the same words.
    """
    key, nonce = ring().newest, os.urandom(_NONCE)
    head = FORM + bytes.fromhex(key.id)
    return head + nonce + AESGCM(key.secret).encrypt(nonce, text.encode(), head + about.encode())


def decrypt(sealed: bytes | memoryview, *, about: str) -> str:
    """Open a sealed text.

    Raises KeyGone when its key is not in the file, SealBroken when it was changed or is about something else.
    """
    whole = bytes(sealed)
    head, nonce, rest = whole[: 1 + _ID], whole[1 + _ID : 1 + _ID + _NONCE], whole[1 + _ID + _NONCE :]
    key = ring().by_id(key_of(whole))
    if key is None:
        raise KeyGone(key=key_of(whole))
    try:
        return AESGCM(key.secret).decrypt(nonce, rest, head + about.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken(about=about) from error


def key_of(sealed: bytes | memoryview) -> str:
    """Tell the id of the key that a text was sealed with."""
    return bytes(sealed[1 : 1 + _ID]).hex()


def keyed_hash(kind: str, text: str) -> str:
    """Hash a text so that it can be found and not guessed by who lacks the key: HMAC-SHA256, 64 hex.

    kind: what it is, such as "bsn"; equal texts of another kind hash otherwise.
    """
    return hmac.new(ring().hash_key, f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()


def pseudonym_of(key: str, *, purpose: str) -> str:
    """Name somebody for one purpose only: 32 hex, stable, and not to be joined with another purpose's without the key.

    key: how Plein knows the person; purpose: the key of a processing activity.
    """
    return hmac.new(ring().pseudonym_key, f"{purpose}\0{key}".encode(), hashlib.sha256).hexdigest()[:32]
