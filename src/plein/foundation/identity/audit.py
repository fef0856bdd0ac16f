"""The audit lines: who changed what, in the transaction of the change."""

from datetime import datetime
from typing import Any

from plein.foundation import trace
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import AuditLine


def note(action: str, *, subject: str, by: Actor, now: datetime, **facts: Any) -> AuditLine:
    """Write the audit line of a change, and for whom the actor acts; call it in the transaction of the change."""
    if principal := by.facts.get("acting_for"):
        facts = {"acting_for": principal, **facts}
    return AuditLine.objects.create(
        at=now, actor=by.uri, action=action, subject=subject, trace_id=trace.current().trace_id, facts=facts
    )
