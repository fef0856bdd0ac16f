"""Takes old log lines away when their retention has ended: whole, from the start of the chain, leaving an anchor."""

from datetime import datetime

from django.db import connection, transaction

from plein.foundation.gate import intake, rules
from plein.foundation.gate.chain import Breach, verify
from plein.foundation.gate.log import append_anchor, locked_head
from plein.foundation.gate.models import LogCut, LogRecord


class ChainBroken(Exception):
    """Lines of a log that is not whole are evidence: they stay until somebody has looked."""

    def __init__(self, breaches: list[Breach]) -> None:
        super().__init__(" ".join(map(str, breaches[:5])))
        self.breaches = breaches


@transaction.atomic
def cut_old_lines(*, now: datetime) -> int:
    """Remove the oldest lines, all past their retention, and give how many.

    Raises ChainBroken when the log is not whole.
    """
    locked_head()
    intake.chain_all()
    lines = LogRecord.objects.order_by("number")
    rows = lines.values_list("number", "end_ms", "subject_id").iterator(chunk_size=5_000)
    now_ms = int(now.timestamp() * 1000)
    last = rules.cut_before(((number, end, bool(subject)) for number, end, subject in rows), now_ms)
    if not last:
        return 0
    if breaches := verify():
        raise ChainBroken(breaches)
    first, final = lines.values_list("number", flat=True)[0], LogRecord.objects.get(number=last)
    LogCut.objects.create(number=last, first=first, hash=final.hash, newest_ms=final.end_ms, cut_at=now)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gate_logrecord WHERE number <= %s", [last])
    append_anchor({"plein.cut.first": first, "plein.cut.last": last, "plein.cut.hash": final.hash}, now=now)
    return last - first + 1
