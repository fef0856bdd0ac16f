"""The processing log (Logboek Dataverwerkingen): each action on personal data is one line, chained to the one before.

`write` adds to the chain at once and makes writers take turns; what is read all day goes through `intake.take_in`.
Source: ../shared/standards/logboek-dataverwerkingen (core, and the extension for reading).
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from plein import __version__
from plein.foundation import trace
from plein.foundation.gate import rules
from plein.foundation.gate.models import LogHead, LogRecord, ProcessingActivity
from plein.foundation.identity.actors import Actor

CONTENT = (
    "number", "kind", "trace_id", "span_id", "parent_span_id", "status", "name", "start_ms", "end_ms", "activity",
    "subject_id", "resource", "attributes",
)  # fmt: skip
BATCH = 2_000
FIELDS, ASKED_BY, PARTNER = "plein.fields", "plein.asked_by", "plein.partner"
PERSON = "person"
NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Subjects:
    """Whom an action is about. kind: "BSN", or the address that tells what the ids are."""

    kind: str = ""
    ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The log's confirmation that lines are written: the first and last number, and the hash of the last."""

    first: int
    last: int
    hash: str
    trace_id: str
    span_id: str


@cache
def key(folder: Path) -> bytes:
    """Read the key of pseudonyms and seals, made on first use and readable by the owner only."""
    path = folder / "log.key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(made := os.urandom(32))
    return made


def pseudonym(kind: str, subject: str) -> str:
    """Give the code under which a person stands in the log."""
    return rules.pseudonym(key(Path(settings.DATA)), kind, subject)


def _tidied(kind: str, subject: Any) -> str:
    """Write an identifier the one way that its code is made of: a person by 32 hex, with or without dashes."""
    return str(subject).replace("-", "") if kind == PERSON else str(subject)


def code_of(kind: str, subject: Any) -> str:
    """Give the code under which somebody stands in the log, however the identifier is written."""
    return pseudonym(kind, _tidied(kind, subject))


def activity_uri(key: str) -> str:
    """Give the address of an activity in the register."""
    return f"{settings.PLEIN['BASE_URL']}/verwerkingen/{key}"


def data_uri() -> str:
    """Give the address under which data products explain themselves."""
    return f"{settings.PLEIN['BASE_URL']}/data"


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Action:
    """One action on personal data, before it is a line: who it is about stands in it as codes only.

    people: (kind of identifier, code, span id) of each; start_ms, end_ms: since 1970; fields: names of what was seen.
    asked_by: kind of actor, never who; partner: key of the organisation when that is what asked.
    """

    trace_id: str
    span_id: str
    parent_span_id: str
    processor: str
    status: str
    name: str
    start_ms: int
    end_ms: int
    activity: str
    people: Sequence[tuple[str, str, str]]
    fields: Sequence[str] = ()
    asked_by: str = ""
    partner: str = ""

    def lines(self) -> Iterator[dict[str, Any]]:
        """Give the lines: one subject is one line; several are a line of the action with a child line for each."""
        alone = self.people[0] if len(self.people) == 1 else ("", "", "")
        yield self._line(self.span_id, self.parent_span_id, *alone[:2])
        if len(self.people) > 1:
            for kind, code, span in self.people:
                yield self._line(span, self.span_id, kind, code)

    def _own(self) -> Iterator[tuple[str, Any]]:
        """Give what Plein adds to the standard, for the account that a person gets of the use of their data."""
        yield FIELDS, list(self.fields)
        yield ASKED_BY, self.asked_by
        yield PARTNER, self.partner

    def _line(self, span: str, parent: str, kind: str, code: str) -> dict[str, Any]:
        about: dict[str, Any] = {"dpl.core.processing_activity_id": activity_uri(self.activity)}
        if self.processor:
            about["dpl.core.foreign_operation.processor"] = self.processor
        if code:
            about |= {"dpl.core.data_subject_id": code, "dpl.core.data_subject_id_type": kind}
        about |= {name: said for name, said in self._own() if said}
        return {
            "kind": "action",
            "trace_id": self.trace_id,
            "span_id": span,
            "parent_span_id": parent,
            "status": self.status,
            "name": self.name,
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "activity": self.activity,
            "subject_id": code,
            "resource": {"attributes": {"service.name": "plein", "service.version": __version__}},
            "attributes": about,
        }


def action(
    name: str,
    *,
    activity: ProcessingActivity,
    subjects: Sequence[Subjects],
    fields: Sequence[str] = (),
    by: Actor | None = None,
    started: datetime,
    ended: datetime,
    ok: bool = True,
) -> Action:
    """Describe an action of the processing at hand; from now on calls to others name it as the one that called."""
    here = trace.current()
    span = trace.new_span_id()
    people = dict.fromkeys((one.kind, _tidied(one.kind, subject)) for one in subjects for subject in one.ids)
    made = Action(
        trace_id=here.trace_id,
        span_id=span,
        parent_span_id=here.parent_span_id,
        processor=here.processor,
        status="Ok" if ok else "Error",
        name=name[:NAME_LENGTH],
        start_ms=_ms(started),
        end_ms=_ms(ended),
        activity=activity.key,
        people=[(kind, pseudonym(kind, subject), trace.new_span_id()) for kind, subject in people],
        fields=list(dict.fromkeys(fields)),
        asked_by=by.kind if by else "",
        partner=by.key if by and by.kind == "partner" else "",
    )
    trace.move_to(span)
    return made


def write(
    name: str, *, activity: ProcessingActivity, subjects: Subjects, started: datetime, ended: datetime, ok: bool = True
) -> Receipt:
    """Write the lines of one action in the transaction at hand, chained at once, and confirm them."""
    made = action(name, activity=activity, subjects=[subjects], started=started, ended=ended, ok=ok)
    return append(made.lines(), trace_id=made.trace_id, span_id=made.span_id)


@transaction.atomic
def append(lines: Iterable[dict[str, Any]], *, trace_id: str = "", span_id: str = "") -> Receipt:
    """Add lines at the end of the chain; the head row is locked so that writers take turns."""
    head = locked_head()
    number, previous, first = head.number, head.hash, head.number + 1
    rows = []
    for line in lines:
        number += 1
        content = {**line, "number": number}
        made = rules.line_hash(previous, content)
        rows.append(LogRecord(**content, previous=previous, hash=made))
        previous = made
    LogRecord.objects.bulk_create(rows, batch_size=BATCH)
    head.number, head.hash = number, previous
    head.save(update_fields=["number", "hash"])
    return Receipt(first, number, previous, trace_id, span_id)


def locked_head() -> LogHead:
    """Take the end of the chain for adding to it, until the transaction at hand ends."""
    LogHead.objects.get_or_create(pk=1, defaults={"number": 0, "hash": rules.START})
    return LogHead.objects.select_for_update().get(pk=1)


def append_anchor(cut: dict[str, Any], *, now: datetime) -> Receipt:
    """Add the line that says which older lines were cut off."""
    here = trace.current()
    line = {
        "kind": "anchor",
        "trace_id": here.trace_id,
        "span_id": trace.new_span_id(),
        "parent_span_id": "",
        "status": "Ok",
        "name": "Remove log lines whose retention has ended",
        "start_ms": _ms(now),
        "end_ms": _ms(now),
        "activity": "",
        "subject_id": "",
        "resource": {"attributes": {"service.name": "plein", **cut}},
        "attributes": {},
    }
    return append([line], trace_id=here.trace_id, span_id=str(line["span_id"]))
