from plein.foundation.rooms import Room
from plein.foundation.words import Text


class Forms(Room):
    """Forms as data, for residents and for the counter."""

    name = "plein.casework.forms"
    label = "casework_forms"
    title = Text("Formulieren", "Forms")
    purpose = Text(
        "Laat inwoners en de balie formulieren invullen, en laat zien welke vragen beter kunnen.",
        "Lets residents and the counter fill in forms, and shows which questions can be better.",
    )
    owner = "role:administrator"
    address = "formulieren"
