"""The audit lines: who changed what, in the transaction of the change."""

from datetime import datetime
from typing import Any

from plein.foundation import trace
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import AuditLine


def note(action: str, *, subject: str, by: Actor, now: datetime, **facts: Any) -> AuditLine:
    """Write the audit line of a change; call it inside the transaction that makes the change."""
    return AuditLine.objects.create(
        at=now, actor=by.uri, action=action, subject=subject, trace_id=trace.current().trace_id, facts=facts
    )
