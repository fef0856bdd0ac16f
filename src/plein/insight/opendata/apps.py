from plein.foundation.rooms import Room
from plein.foundation.words import Text


class OpenData(Room):
    """The portal: every data product with its meaning, preview, download and interface."""

    name = "plein.insight.opendata"
    label = "opendata"
    title = Text("Open data", "Open data")
    purpose = Text("", "")
    owner = "role:data-steward"
    address = "data"
