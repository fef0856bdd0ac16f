from plein.foundation.rooms import Room
from plein.foundation.words import Text


class Desk(Room):
    """Where staff see and do the work on cases."""

    name = "plein.casework.desk"
    label = "desk"
    title = Text("Werkbak", "Desk")
    purpose = Text(
        "Laat medewerkers zien welk werk er ligt, en laat hen het doen.",
        "Shows staff which work there is, and lets them do it.",
    )
    owner = "role:administrator"
    address = "werk/zaken"
