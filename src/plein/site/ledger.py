"""What was loaded before: files that did not change are not read again, as long as what they build on is the same."""

import errno
import hashlib
import inspect
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from plein.foundation import files
from plein.foundation.catalogue.models import SourceLoad
from plein.foundation.geo import places
from plein.foundation.rooms import Source

_CHUNK = 1 << 20


def digest(path: Path) -> str:
    """Give a checksum of a file's bytes.

    Raises OSError, also for a file that is too large to be taken anyway.
    """
    if path.stat().st_size > files.LIMITS.unpacked_bytes:
        raise OSError(errno.EFBIG, "too large", str(path))
    made = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            made.update(chunk)
    return made.hexdigest()


@lru_cache(maxsize=64)
def _reader(module: str) -> str:
    """Give a checksum of the code and the contracts that a source reads with: another reader reads anew."""
    place = Path(module)
    room = next((parent for parent in place.parents if (parent / "apps.py").exists()), place.parent)
    code = [*room.rglob("sources/*.py"), *room.rglob("sources.py"), *room.glob("contracts/*.yaml"), place]
    made = hashlib.sha256(Path(files.__file__).read_bytes())
    for path in sorted(set(code)):
        made.update(path.read_bytes())
    return made.hexdigest()


def _module(source: Source) -> str:
    try:
        return inspect.getsourcefile(source.load) or __file__
    except TypeError:
        return __file__


def fingerprint(source: Source, paths: Sequence[Path], *, gemeente: str, below: Mapping[str, str]) -> str:
    """Give what the result of a source depends on, as one word.

    below: the fingerprints of the sources that it waits for. Raises OSError.
    """
    parts = [source.key, gemeente, str(settings.PLEIN["ELSEWHERE"]), _reader(_module(source))]
    parts += [f"{path.name} {digest(path)}" for path in paths]
    parts += [f"{key} {below[key]}" for key in source.after if key in below]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def known(source: Source, found: str) -> list[dict[str, Any]] | None:
    """Give what came of a source when it last loaded exactly this; None when it must be loaded."""
    last = SourceLoad.objects.filter(source=source.key, fingerprint=found, stamp=places.stamp()).first()
    return last.outcomes if last else None


@transaction.atomic
def remember(done: Mapping[str, tuple[str, list[dict[str, Any]]]], *, now: datetime) -> None:
    """Keep what came of each source: (fingerprint, outcomes). The same again changes nothing."""
    stamp = places.stamp()
    for key, (found, outcomes) in done.items():
        if not SourceLoad.objects.filter(source=key, fingerprint=found, stamp=stamp).exists():
            facts = {"fingerprint": found, "stamp": stamp, "outcomes": outcomes, "loaded_at": now}
            SourceLoad.objects.update_or_create(source=key, defaults=facts)
