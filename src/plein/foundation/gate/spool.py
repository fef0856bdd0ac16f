"""Notes that have to survive a rollback, or may not slow a request: on disk first, in the database later.

Each process adds to a file of its own under DATA/gate; a job (or the next request that is free) takes whole files up,
each exactly once.
"""

import errno
import json
import os
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction

from plein.foundation.gate.models import TakenUp

log = structlog.get_logger(__name__)
_lock = threading.Lock()


def _folder() -> Path:
    folder = Path(settings.DATA) / "gate"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


_waiting: set[str] = set()


def is_waiting(kind: str) -> bool:
    """Tell, without looking at the disk, whether this process added notes that nobody took up yet."""
    return kind in _waiting


def add(kind: str, notes: Iterable[dict[str, Any]], *, durable: bool) -> None:
    """Add notes, all or none; durable waits until the disk has them.

    Raises OSError, when the disk is full too.
    """
    text = "".join(json.dumps(note) + "\n" for note in notes).encode()
    with _lock:
        _waiting.add(kind)
        handle = os.open(_folder() / f"{kind}-{os.getpid()}.open", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _write_whole(handle, text)
            if durable:
                os.fsync(handle)
        finally:
            os.close(handle)


def _write_whole(handle: int, text: bytes) -> None:
    """Add a text whole: half a note, from a disk that fills up, would spoil the next one."""
    before = os.fstat(handle).st_size
    try:
        written = os.write(handle, text)
    except OSError:
        os.ftruncate(handle, before)
        raise
    if written < len(text):
        os.ftruncate(handle, before)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def take_up(kind: str, store: Callable[[list[dict[str, Any]]], None]) -> int:
    """Take all waiting notes of a kind up through `store`, each file in one transaction; gives how many notes."""
    with _lock:
        _waiting.discard(kind)
        for path in _folder().glob(f"{kind}-*.open"):
            _close(path)
    return sum(_take_file(path, store) for path in sorted(_folder().glob(f"{kind}-*.full")))


def _close(path: Path) -> None:
    """Put a file away for taking up; its process begins a new one with its next note."""
    try:
        path.rename(path.with_name(f"{path.stem}-{uuid.uuid4().hex}.full"))
    except FileNotFoundError:
        return


def _notes(text: bytes) -> Iterator[dict[str, Any]]:
    """Read notes; what a process that was killed wrote half is no note."""
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            log.warning("spool.half-a-note", bytes=len(line))


def _take_file(path: Path, store: Callable[[list[dict[str, Any]]], None]) -> int:
    try:
        notes = list(_notes(path.read_bytes()))
    except FileNotFoundError:
        return 0
    with transaction.atomic():
        _, new = TakenUp.objects.get_or_create(name=path.name)
        if new:
            store(notes)
    path.unlink(missing_ok=True)
    TakenUp.objects.filter(name=path.name).delete()
    return len(notes) if new else 0
