"""The demo town's texts: those that Plein ships. Rooms that know what happened send the messages themselves."""

from datetime import datetime

from plein.casework.messages.actions.shipping import bring_texts
from plein.foundation.geo.town import Town
from plein.foundation.identity.actors import SYSTEM


def furnish(town: Town, *, now: datetime) -> None:
    """Bring in the shipped texts."""
    bring_texts(by=SYSTEM, now=now)
