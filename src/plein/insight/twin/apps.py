from plein.foundation.rooms import Room
from plein.foundation.words import Text


class Twin(Room):
    """The town on a map through time."""

    name = "plein.insight.twin"
    label = "twin"
    title = Text("Kaart", "Map")
    purpose = Text("", "")
    owner = "role:data-steward"
    address = "kaart"
