"""Copies kept per process of what rarely changes, so that using them costs no query.

A change calls `bump(name)` in its transaction. This process sees it at once; another one compares the stamp in the
database with its own at most every `CHECK_EVERY` seconds. A transaction that changed something never fills the copy, so
what is rolled back is never kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection, transaction
from django.db.models import F

from plein.foundation import clock
from plein.foundation.identity.models import Stamp

CHECK_EVERY = 2.0
T = TypeVar("T")


@dataclass(slots=True)
class _Copy(Generic[T]):
    value: T
    number: int
    checked: float


class Kept(Generic[T]):
    """One thing kept: `load` reads it from the database."""

    def __init__(self, name: str, load: Callable[[], T]) -> None:
        self.name = name
        self.load = load
        self._copy: _Copy[T] | None = None
        _all.setdefault(name, []).append(self)

    def get(self) -> T:
        """Give the copy, read again when it has changed."""
        if _is_changing(self.name):
            return self.load()
        copy, ticks = self._copy, clock.ticks()
        if copy is not None and 0 <= ticks - copy.checked < CHECK_EVERY:
            return copy.value
        number = _number(self.name)
        if copy is None or copy.number != number:
            copy = _Copy(self.load(), number, ticks)
        self._copy = _Copy(copy.value, number, ticks)
        return copy.value

    def forget(self) -> None:
        """Throw the copy away."""
        self._copy = None


_all: dict[str, list[Kept[Any]]] = {}


def _number(name: str) -> int:
    return Stamp.objects.filter(name=name).values_list("number", flat=True).first() or 0


def _outer_block() -> object | None:
    return connection.atomic_blocks[0] if connection.in_atomic_block and connection.atomic_blocks else None


def _changing() -> dict[str, object]:
    """Give the names that this connection's open transaction has changed, with that transaction."""
    found: dict[str, object] = connection.__dict__.setdefault("_plein_changing", {})
    return found


def _is_changing(name: str) -> bool:
    changing = _changing()
    if name not in changing:
        return False
    if changing[name] is _outer_block():
        return True
    del changing[name]
    return False


def bump(name: str) -> None:
    """Tell every process, as part of the transaction at hand, that its copy is old."""
    if not Stamp.objects.filter(name=name).update(number=F("number") + 1):
        Stamp.objects.get_or_create(name=name, defaults={"number": 1})
    if (block := _outer_block()) is not None:
        _changing()[name] = block
    transaction.on_commit(lambda: _forget(name))


def _forget(name: str) -> None:
    _changing().pop(name, None)
    for kept in _all.get(name, ()):
        kept.forget()
