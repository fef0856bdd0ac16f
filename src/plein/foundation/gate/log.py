"""The processing log (Logboek Dataverwerkingen): each action on personal data is one line, chained to the one before.

Source: ../shared/standards/logboek-dataverwerkingen (core, and the extension for reading).
"""

import os
from collections.abc import Iterable, Sequence
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

CONTENT = (
    "number", "kind", "trace_id", "span_id", "parent_span_id", "status", "name", "start_ms", "end_ms", "activity",
    "subject_id", "resource", "attributes",
)  # fmt: skip
BATCH = 2_000


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
def _key(folder: Path) -> bytes:
    """Read the key of the pseudonyms, made on first use and readable by the owner only."""
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
    return rules.pseudonym(_key(Path(settings.DATA)), kind, subject)


def activity_uri(key: str) -> str:
    """Give the address of an activity in the register."""
    return f"{settings.PLEIN['BASE_URL']}/verwerkingen/{key}"


def data_uri() -> str:
    """Give the address under which data products explain themselves."""
    return f"{settings.PLEIN['BASE_URL']}/data"


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@transaction.atomic
def write(
    name: str, *, activity: ProcessingActivity, subjects: Subjects, started: datetime, ended: datetime, ok: bool = True
) -> Receipt:
    """Write the lines of one action in the transaction at hand, and confirm them.

    One data subject is one line; several are a line of the action with a child line for each; none is one line.
    """
    here = trace.current()
    span = trace.new_span_id()
    ids = list(dict.fromkeys(subjects.ids))
    common = {
        "kind": "action",
        "trace_id": here.trace_id,
        "status": "Ok" if ok else "Error",
        "name": name,
        "start_ms": _ms(started),
        "end_ms": _ms(ended),
        "activity": activity.key,
        "resource": {"attributes": {"service.name": "plein", "service.version": __version__}},
    }
    about = {"dpl.core.processing_activity_id": activity_uri(activity.key)}
    if here.processor:
        about["dpl.core.foreign_operation.processor"] = here.processor
    spans = [(span, here.parent_span_id, ids[0] if len(ids) == 1 else "")]
    if len(ids) > 1:
        spans += [(trace.new_span_id(), span, subject) for subject in ids]
    lines = [
        {**common, "span_id": own, "parent_span_id": parent, **_about(about, kind=subjects.kind, subject=subject)}
        for own, parent, subject in spans
    ]
    receipt = _append(lines, trace_id=here.trace_id, span_id=span)
    trace.move_to(span)
    return receipt


def _about(about: dict[str, str], *, kind: str, subject: str) -> dict[str, Any]:
    """Fill in whom a line is about, only as a code."""
    if not subject:
        return {"subject_id": "", "attributes": about}
    code = pseudonym(kind, subject)
    person = {"dpl.core.data_subject_id": code, "dpl.core.data_subject_id_type": kind}
    return {"subject_id": code, "attributes": {**about, **person}}


def _append(lines: Iterable[dict[str, Any]], *, trace_id: str, span_id: str) -> Receipt:
    """Add lines at the end of the chain; the head row is locked so that writers take turns."""
    LogHead.objects.get_or_create(pk=1, defaults={"number": 0, "hash": rules.START})
    head = LogHead.objects.select_for_update().get(pk=1)
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
    return _append([line], trace_id=here.trace_id, span_id=str(line["span_id"]))
