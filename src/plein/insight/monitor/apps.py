from plein.foundation.rooms import Room
from plein.foundation.words import Text


class Monitor(Room):
    """The policy monitor: goals, indicators, norms and how far the town has come."""

    name = "plein.insight.monitor"
    label = "monitor"
    title = Text("Monitor", "Monitor")
    purpose = Text("", "")
    owner = "role:analyst"
    address = "monitor"
