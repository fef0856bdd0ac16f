from plein.foundation.rooms import Room
from plein.foundation.words import Text


class Reports(Room):
    """Reports of something wrong in public space."""

    name = "plein.service.reports"
    label = "reports"
    title = Text("Meldingen", "Reports")
    purpose = Text(
        "Laat iedereen melden wat er stuk of vervelend is op straat, en vertelt wat ermee gebeurt.",
        "Lets everyone say what is broken or a nuisance in the street, and tells what is done about it.",
    )
    owner = "role:administrator"
    address = "meldingen"
