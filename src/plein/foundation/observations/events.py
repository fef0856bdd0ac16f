"""What observations announce."""

from dataclasses import dataclass
from typing import ClassVar

from plein.foundation.events import Event
from plein.foundation.words import Text


@dataclass(frozen=True)
class ObservationsArrived(Event):
    """New readings were kept: which datastreams, how many, and from the first to the last of them (microseconds)."""

    type: ClassVar[str] = "nl.plein.observations.observations-arrived"
    title: ClassVar[Text] = Text("Er zijn metingen binnengekomen", "Readings arrived")

    datastreams: tuple[int, ...]
    count: int
    since_us: int
    until_us: int
