"""How every change of a case is made: locked, checked, written with its audit line and its lines of the timeline."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from plein.casework.cases.errors import (
    AlreadyClosed,
    ChangedMeanwhile,
    NoBusiness,
    NoSuchCase,
    NotClosed,
    NotYours,
    TextTooLong,
)
from plein.casework.cases.models import NO_DAY, Audience, Entry, Zaak
from plein.casework.cases.queries import changes_since, parts_of, subject_of, visible_to
from plein.casework.cases.queries.rights import READ, WRITE
from plein.casework.cases.queries.types import Parts, with_types
from plein.casework.cases.rules.zgw import streefdag
from plein.foundation.gate import refusals
from plein.foundation.identity import audit
from plein.foundation.identity.actors import Actor

STAFF, PERSON, PUBLIC = Audience.STAFF, Audience.PERSON, Audience.PUBLIC
OUTSIDE = ("resident", "organisation")
LONGEST = 50_000  # characters: ten times the longest letter


def cleaned(text: str) -> str:
    """Take out what no database of ours can keep: the character NUL.

    Raises TextTooLong.
    """
    if len(text) > LONGEST:
        raise TextTooLong(most=LONGEST)
    return text.replace("\x00", "")


@dataclass
class Change:
    """A change at hand: the locked case, what is written of it, and what is told in the timeline.

    done: it was so already, so there is nothing to do. facts: for the audit line.
    """

    zaak: Zaak
    by: Actor
    now: datetime
    done: bool = False
    fields: set[str] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def parts(self) -> Parts:
        """Give the type of the case with its parts."""
        return parts_of(self.zaak)

    def set(self, **values: Any) -> None:
        """Write columns of the case."""
        for name, value in values.items():
            setattr(self.zaak, name, value)
            self.fields.add(name)
        if {"einddatum_gepland", "uiterlijke_einddatum_afdoening"} & values.keys():
            days = (self.zaak.einddatum_gepland, self.zaak.uiterlijke_einddatum_afdoening)
            self.set(streefdag=streefdag(*days) or NO_DAY)

    def tell(self, kind: str, text: str, text_en: str = "", *, audience: str = STAFF, **data: Any) -> None:
        """Add a line to the timeline."""
        line = Entry(
            zaak=self.zaak,
            at=self.now,
            kind=kind,
            audience=audience,
            text=cleaned(text),
            text_en=cleaned(text_en),
            data=data,
            version=self.zaak.version + 1,
            by=self.by.uri,
        )
        self.entries.append(line)


@contextmanager
def changing(
    zaak: Zaak,
    action: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    done: Callable[[Zaak], bool] | None = None,
    is_open: bool | None = True,
    persons: bool = False,
) -> Iterator[Change]:
    """Change a case in one transaction, with its audit line `cases.ACTION`; nothing told is nothing changed.

    seen: the version that the actor looked at, None when that does not matter. done: tells that the case is so already,
    as after a double click. is_open: it must be open (True), closed (False), or either (None). persons: the persons in
    the case may do this too, and who comes by a secret link that the caller has checked (an anonymous actor).
    Raises ChangedMeanwhile, NotYours, NoBusiness, NoSuchCase, AlreadyClosed, NotClosed.
    """
    with transaction.atomic():
        row = _locked(zaak, by=by, now=now, persons=persons)
        change = Change(row, by, now, done=done is not None and done(row))
        if not change.done:
            _check(row, seen=seen, is_open=is_open)
        yield change
        if not change.done and (change.fields or change.entries):
            _save(change, action)
    for name in [each.attname for each in Zaak._meta.concrete_fields]:
        setattr(zaak, name, getattr(row, name))
    zaak.status, zaak.zaaktype = row.status, row.zaaktype


def _locked(zaak: Zaak, *, by: Actor, now: datetime, persons: bool) -> Zaak:
    """Lock the row of a case for somebody who may change it: one statement."""
    vouched = persons and by.kind == "anonymous"
    allowed = by.kind not in OUTSIDE or persons
    rows = Zaak.objects.all() if vouched else visible_to(by, may=WRITE, now=now)
    rows = rows.select_for_update(of=("self",)) if connection.features.has_select_for_update_of else rows
    row = next(with_types(rows.filter(pk=zaak.pk)), None) if allowed else None
    if row is None:
        _refuse(zaak, by=by, now=now)
    assert row is not None
    return row


def _refuse(zaak: Zaak, *, by: Actor, now: datetime) -> None:
    """Say why, and keep the refusal for the privacy officer.

    Raises NotYours, NoBusiness, NoSuchCase.
    """
    refused: NotYours | NoBusiness | NoSuchCase = NoSuchCase(what=str(zaak.uuid))
    if by.kind in ("staff", *OUTSIDE) and visible_to(by, may=READ, now=now).filter(pk=zaak.pk).exists():
        refused = NotYours()
    elif by.kind == "staff":
        refused = NoBusiness(about=subject_of(zaak))
    refusals.note(refused, product=subject_of(zaak), activity=parts_of(zaak).zaaktype.activity, by=by, now=now)
    raise refused


def _check(row: Zaak, *, seen: int | None, is_open: bool | None) -> None:
    """Refuse when the case is not as the actor saw it, or not open or closed as it must be."""
    if seen is not None and row.version != seen:
        changes = changes_since(row, seen)
        last = changes[-1] if changes else {"at": row.changed_at.isoformat(), "by": ""}
        raise ChangedMeanwhile(seen=seen, version=row.version, at=last["at"], by=last["by"], changes=changes)
    if is_open is True and row.einddatum is not None:
        raise AlreadyClosed()
    if is_open is False and row.einddatum is None:
        raise NotClosed()


def _save(change: Change, action: str) -> None:
    """Write the case, its lines and its audit line: three statements."""
    zaak = change.zaak
    change.set(version=zaak.version + 1, changed_at=change.now)
    zaak.save(update_fields=sorted(change.fields))
    if change.entries:
        Entry.objects.bulk_create(change.entries)
    audit.note(f"cases.{action}", subject=subject_of(zaak), by=change.by, now=change.now, **change.facts)


def tell(
    zaak: Zaak,
    kind: str,
    text: str,
    text_en: str = "",
    *,
    audience: str = STAFF,
    data: dict[str, Any] | None = None,
    by: Actor,
    now: datetime,
) -> Entry:
    """Add a line of another room to the timeline, such as a message that was sent; the case itself does not change.

    One statement; the caller has checked the right to do what it tells.
    """
    return Entry.objects.create(
        zaak=zaak,
        at=now,
        kind=kind,
        audience=audience,
        text=cleaned(text),
        text_en=cleaned(text_en),
        data=data or {},
        version=zaak.version,
        by=by.uri,
    )
