from plein.foundation.rooms import Room
from plein.foundation.words import Text


class Messages(Room):
    """What the municipality tells people, in the form they can use."""

    name = "plein.casework.messages"
    label = "casework_messages"
    title = Text("Berichten", "Messages")
    purpose = Text(
        "Vertelt mensen wat er met hun zaak gebeurt, op de manier die zij kozen.",
        "Tells people what happens to their case, in the way they chose.",
    )
    owner = "role:administrator"
    address = "berichten"
