from plein.foundation.rooms import Room
from plein.foundation.words import Text


class Sensing(Room):
    """What is measured in public space: air, noise, traffic and weather."""

    name = "plein.city.sensing"
    label = "sensing"
    title = Text("Meten", "Measuring")
    purpose = Text("", "")
    owner = "role:sensor-manager"
    address = "meten"
