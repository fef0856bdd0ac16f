"""What happened, kept in an outbox and delivered at least once, inside and outside.

    @dataclass(frozen=True)
    class AlertRaised(Event):
        type = "nl.plein.sensing.alert-raised"
        title = Text("Er is een waarschuwing", "An alert was raised")
        alert: int

    announce(AlertRaised(alert.pk, at=now), by=by)      # in the caller's transaction

A room listens through `hears()` on its sign: `{AlertRaised: note}` for its own events, `{"nl.plein...": note}` for
another room's, whose listener gets a dict. A listener is called as `listener(event)`, or with `now=` when it asks for
it. What it writes in the database and the mark that it was delivered are one transaction. It stays short: for more
work, it queues a job.
"""

from typing import TYPE_CHECKING, Any

from plein.foundation.events.events import Event

if TYPE_CHECKING:
    from plein.foundation.events.outbox import announce, deliver_due, replay

__all__ = ["Event", "announce", "deliver_due", "replay"]


def __getattr__(name: str) -> Any:
    """Give the doors that need the database; importing them waits until the apps are ready."""
    if name not in ("announce", "deliver_due", "replay"):
        raise AttributeError(name)
    from plein.foundation.events import outbox

    return getattr(outbox, name)
