"""Columns that hold sealed texts, and sealing them all again with a new key.

    bsn = SealedField(about="identity.bsn", null=True)      # holds what keyring.encrypt(text, about=...) gives

Opening is never done by itself: who needs the text calls `keyring.decrypt`, where the gate can see it.
"""

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from django.apps import apps
from django.db import models, transaction

from plein.foundation.identity import keyring

BATCH = 500
MARK = "sealed:"  # before a sealed text inside JSON, where no column says so


class SealedField(models.BinaryField):  # type: ignore[type-arg]  # no subscript when it runs
    """A column of texts sealed by the key ring; `about` is what they are sealed as."""

    def __init__(self, *args: Any, about: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about

    def deconstruct(self) -> Any:
        """Give what migrations write down."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "about": self.about}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        """Read the column as bytes from every database."""
        return None if value is None else bytes(value)


def as_text(sealed: bytes) -> str:
    """Write a sealed text so that it can stand in JSON."""
    return MARK + base64.b64encode(sealed).decode("ascii")


def from_text(text: str) -> bytes:
    """Read what `as_text` wrote."""
    return base64.b64decode(text.removeprefix(MARK))


class Holder(Protocol):
    """A place with sealed texts that is no column: counted and sealed again along with the columns."""

    def keys(self) -> Iterator[str]:
        """Give the id of the key of each text."""

    def seal_again(self) -> int:
        """Seal what has an older key with the newest; gives how many texts."""


holders: list[Holder] = []


def sealed_columns() -> Iterator[tuple[type[models.Model], SealedField]]:
    """List every column of the house with sealed texts."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                yield model, field


def count_by_key() -> Counter[str]:
    """Count how many texts are sealed with each key."""
    found: Counter[str] = Counter()
    for model, field in sealed_columns():
        rows = model._base_manager.exclude(**{field.name: None}).values_list(field.name, flat=True)
        found.update(keyring.key_of(one) for one in rows.iterator(chunk_size=5_000) if one)
    for holder in holders:
        found.update(holder.keys())
    return found


def seal_again(progress: Callable[[int], None] = lambda count: None) -> int:
    """Seal everything with the newest key, in batches of one transaction; gives how many texts were sealed again.

    What is already sealed so is left alone, so it can be stopped at any moment and run again.
    Raises KeyGone, SealBroken.
    """
    columns = sum(_seal_column(model, field, progress) for model, field in sealed_columns())
    return columns + sum(holder.seal_again() for holder in holders)


def _seal_column(model: type[models.Model], field: SealedField, progress: Callable[[int], None]) -> int:
    done, last = 0, None
    while True:
        with transaction.atomic():
            rows = model._base_manager.select_for_update().exclude(**{field.name: None}).order_by("pk")
            batch = list((rows.filter(pk__gt=last) if last is not None else rows).only("pk", field.name)[:BATCH])
            if not batch:
                return done
            old = [row for row in batch if keyring.key_of(getattr(row, field.name)) != keyring.ring().newest.id]
            for row in old:
                text = keyring.decrypt(getattr(row, field.name), about=field.about)
                setattr(row, field.name, keyring.encrypt(text, about=field.about))
            model._base_manager.bulk_update(old, [field.name])
        done, last = done + len(old), batch[-1].pk
        progress(done)
