"""Where files of people and cases lie: by the SHA-256 of their content, below files/kept in the data directory.

A file is on disk for certain before the caller's transaction can commit. Files that no row names any more are swept;
a model says that it uses a file by a text field whose name ends in "sha256".
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings

from plein.foundation.errors import NotFound

CHUNK = 1 << 20
FOLDER = "kept"
SWEEP_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept. path: below the files folder, as models keep it."""

    sha256: str
    size: int
    path: str


def folder() -> Path:
    """Give the folder of kept files, made when it is not there yet."""
    kept = Path(settings.MEDIA_ROOT) / FOLDER
    kept.mkdir(parents=True, exist_ok=True)
    return kept


def path_of(sha256: str) -> Path:
    """Give where a file lies.

    Raises NotFound for what is no SHA-256.
    """
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise NotFound(what="This file")
    return folder() / sha256[:2] / sha256


def keep(content: bytes | Path) -> Kept:
    """Write a file and its name to disk for certain, before a row may say that it is there.

    Raises OSError of a full disk, which the edge says in words.
    """
    handle, name = tempfile.mkstemp(prefix=".part-", dir=folder())
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            digest, size = _copy(content, out)
            out.flush()
            os.fsync(out.fileno())
        target = path_of(digest)
        target.parent.mkdir(exist_ok=True)
        os.replace(part, target)
        for place in (target.parent, folder()):
            _sync(place)
    finally:
        part.unlink(missing_ok=True)
    return Kept(digest, size, f"{FOLDER}/{digest[:2]}/{digest}")


def _copy(content: bytes | Path, out: object) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in [content] if isinstance(content, bytes) else _chunks(content):
        digest.update(chunk)
        size += out.write(chunk)  # type: ignore[attr-defined]
    return digest.hexdigest(), size


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def used(digests: Sequence[str]) -> set[str]:
    """Tell which of these files some row names: every text field of every model whose name ends in "sha256"."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.name.endswith("sha256") and field.get_internal_type() == "CharField":
                rows = model._base_manager.filter(**{f"{field.name}__in": digests})
                found.update(rows.values_list(field.name, flat=True))
    return found


def sweep(*, now: datetime, older_than: timedelta = SWEEP_AFTER) -> int:
    """Delete files that no row names, a day after they were last written, and pieces of files that never became one.

    Returns how many. A file that is kept again is young again, so that none goes between its writing and its row.
    """
    before = (now - older_than).timestamp()
    old = [path for path in folder().rglob("*") if path.is_file() and path.stat().st_mtime < before]
    gone = 0
    for start in range(0, len(old), 500):
        batch = old[start : start + 500]
        still = used([path.name for path in batch])
        for path in batch:
            if path.name not in still:
                path.unlink(missing_ok=True)
                gone += 1
    return gone
