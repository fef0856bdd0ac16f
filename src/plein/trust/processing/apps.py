from plein.foundation.rooms import Room
from plein.foundation.words import Text


class Processing(Room):
    """The register of processing activities and the log of what was done with personal data."""

    name = "plein.trust.processing"
    label = "processing"
    title = Text("Verwerkingen", "Processing")
    purpose = Text("", "")
    owner = "role:privacy-officer"
    address = "verwerkingen"
