"""Send what waits, bring in the shipped texts, and clear what is kept no longer."""

from collections.abc import Callable
from datetime import datetime, timedelta

from plein.casework.messages.actions import delivering, keeping
from plein.casework.messages.actions.shipping import bring_texts
from plein.foundation import clock
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.jobs import enqueue, job, standing
from plein.foundation.words import Text

MOST = 500


@standing
def look(now: datetime) -> bool:
    """Have what is due sent; sending waits for others, so it is a job of its own and never holds up this round."""
    return bool(delivering.has_due(now) and enqueue(deliver, key="deliver", now=now))


@job("messages.deliver", title=Text("Berichten versturen", "Send messages"))
def deliver(*, now: datetime, progress: Callable[[int, int], None] | None = None) -> None:
    """Send what waits, one by one, at most as many as keep the next look close."""
    started = clock.ticks()
    for count in range(MOST):
        if not delivering.deliver_next(now + timedelta(seconds=clock.ticks() - started)):
            return
        if progress:
            progress(count + 1, 0)


@job("messages.texts", every=timedelta(hours=12), title=Text("Teksten van berichten bijwerken", "Renew texts"))
def renew_texts(*, now: datetime) -> None:
    """Bring in the texts that Plein ships and nobody here changed; the first time at once."""
    bring_texts(by=SYSTEM, now=now)


@job("messages.purge", at="03:20", title=Text("Oude berichten wissen", "Clear old messages"), whole=False)
def purge(*, now: datetime) -> None:
    """Clear messages without a case after their retention, and codes that ended."""
    keeping.purge(now=now)
