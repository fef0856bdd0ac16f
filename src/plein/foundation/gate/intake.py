"""The log's intake: an action is one sealed row in the reader's transaction; the worker chains the rows in order.

Readers do not wait for each other this way. Before anybody reads, verifies, exports or cuts the log, what waits is
chained first (`lines`, `chain_all`), so the log is always seen whole.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from plein.foundation.gate import log, rules
from plein.foundation.gate.models import LogIntake, LogLines, LogRecord, ProcessingActivity
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import AuditLine

logger = structlog.get_logger(__name__)
ROWS = 500
LINES = 5_000
INSERT = f"INSERT INTO {LogIntake._meta.db_table} (trace_id, span_id, action, seal) VALUES (%s, %s, %s, %s)"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Note:
    """What the audit says of an action: who did what, to which thing."""

    what: str
    about: str
    by: str


def take_in(
    name: str,
    *,
    activity: ProcessingActivity,
    subjects: Sequence[log.Subjects],
    fields: Sequence[str] = (),
    note: tuple[str, str],
    by: Actor,
    started: datetime,
    ended: datetime,
) -> str:
    """Write an action in the transaction at hand, in one statement, and give its span id.

    note: what the audit line says, (action, subject).
    """
    made = log.action(name, activity=activity, subjects=subjects, fields=fields, by=by, started=started, ended=ended)
    what, about = note
    text = json.dumps({**asdict(made), "note": [what, about[:200], by.uri]}, separators=(",", ":"))
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [made.trace_id, made.span_id, text, _seal(made.trace_id, made.span_id, text)])
    return made.span_id


def lines() -> LogLines:
    """Give the lines of the log, after chaining what waits."""
    chain_all()
    return LogRecord.objects.all()


def chain_all() -> int:
    """Chain everything that waits; gives how many actions."""
    chained = 0
    while some := chain_some():
        chained += some
    return chained


def stand(_now: datetime) -> bool:
    """Chain in the worker's round; tells whether more waits. A log that cannot be written is tried again next round."""
    try:
        return chain_some() >= ROWS
    except DatabaseError:
        logger.exception("gate.not-chained")
        return False


def chain_some() -> int:
    """Chain the oldest actions that wait, at most ROWS; gives how many. Two at once take turns.

    A row whose seal is broken is never chained: it stays, and verifying the log tells of it. A copy of a row that is
    in the log already just goes.
    """
    if not LogIntake.objects.exists():
        return 0
    with transaction.atomic():
        log.locked_head()
        taken = list(_batch())
        new = _unchained([(action, note) for _, action, note in taken])
        if new:
            log.append(line for action, _ in new for line in action.lines())
            AuditLine.objects.bulk_create([_audited(action, note) for action, note in new])
        if taken:
            LogIntake.objects.filter(pk__in=[pk for pk, _, _ in taken]).delete()
    return len(taken)


def _unchained(taken: Sequence[tuple[log.Action, Note]]) -> list[tuple[log.Action, Note]]:
    """Leave out what is in the log already, and what comes twice."""
    by_span = {(action.trace_id, action.span_id): (action, note) for action, note in taken}
    known = LogRecord.objects.filter(trace_id__in={trace for trace, _ in by_span})
    for key in known.values_list("trace_id", "span_id"):
        by_span.pop(key, None)
    return list(by_span.values())


def spoiled() -> list[int]:
    """Find the rows that wait and are not as they were written."""
    return [row.pk for row in LogIntake.objects.order_by("pk").iterator() if not _is_whole(row)]


def _batch() -> Iterator[tuple[int, log.Action, Note]]:
    """Walk whole rows in order, until there are enough."""
    rows = lines = 0
    for row in LogIntake.objects.order_by("pk").iterator(chunk_size=ROWS):
        if not _is_whole(row):
            continue
        action, note = _opened(row.action)
        yield row.pk, action, note
        rows, lines = rows + 1, lines + 1 + len(action.people)
        if rows >= ROWS or lines >= LINES:
            return


def _opened(text: str) -> tuple[log.Action, Note]:
    values: dict[str, Any] = json.loads(text)
    return log.Action(**{name: values[name] for name in values if name != "note"}), Note(*values["note"])


def _audited(action: log.Action, note: Note) -> AuditLine:
    return AuditLine(
        at=datetime.fromtimestamp(action.start_ms / 1000, UTC),
        actor=note.by,
        action=note.what,
        subject=note.about,
        trace_id=action.trace_id,
        facts={"activity": action.activity, "span": action.span_id},
    )


def _seal(*parts: str) -> str:
    return rules.seal(log.key(Path(settings.DATA)), *parts)


def _is_whole(row: LogIntake) -> bool:
    return compare_digest(row.seal, _seal(row.trace_id, row.span_id, row.action))
