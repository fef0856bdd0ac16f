from plein.foundation.rooms import Room
from plein.foundation.words import Text


class Mine(Room):
    """A resident's own page."""

    name = "plein.casework.mine"
    label = "mine"
    title = Text("Mijn Plein", "My Plein")
    purpose = Text(
        "Laat inwoners hun zaken, berichten, keuzes en het gebruik van hun gegevens zien.",
        "Shows residents their cases, messages, choices and the use of their data.",
    )
    owner = "role:administrator"
    address = "mijn"
