"""What measuring announces."""

from dataclasses import dataclass

from plein.foundation.events import Event
from plein.foundation.words import Text


@dataclass(frozen=True)
class AlertRaised(Event):
    """Sensors that agree measured more than the limit; `hours` is the window the mean is taken over."""

    type = "nl.plein.sensing.alert-raised"
    title = Text("Sensoren meten samen te veel", "Sensors together measure too much")

    alert: int
    quantity: str
    highest: float
    limit: float
    hours: int
    buurt_code: str
    stations: int

    @property
    def subject(self) -> str:
        """Name the alert, so that its end comes after its start."""
        return f"alert/{self.alert}"


@dataclass(frozen=True)
class AlertEnded(Event):
    """An alert is over."""

    type = "nl.plein.sensing.alert-ended"
    title = Text("Een waarschuwing is voorbij", "An alert is over")

    alert: int
    quantity: str

    @property
    def subject(self) -> str:
        """Name the alert."""
        return f"alert/{self.alert}"
