from plein.foundation.rooms import Role, Room
from plein.foundation.words import Text


class Cases(Room):
    """Cases: what was asked, how it stands, what was decided, and when it may go."""

    name = "plein.casework.cases"
    label = "cases"
    title = Text("Zaken", "Cases")
    purpose = Text(
        "Houdt bij wat er gevraagd of gestart is, hoe het ermee staat en wat er is besloten.",
        "Keeps what was asked or started, how it stands and what was decided.",
    )
    owner = "role:case-manager"
    address = "zaken"
    roles = (
        Role(
            key="case-worker",
            title=Text("Behandelaar", "Case worker"),
            duty=Text("Behandelt zaken van het eigen team.", "Handles the cases of the own team."),
        ),
        Role(
            key="case-manager",
            title=Text("Zaakbeheerder", "Case manager"),
            duty=Text("Beheert zaaktypen, teams en hun rechten.", "Manages types of cases, teams and their rights."),
        ),
        Role(
            key="counter",
            title=Text("Baliemedewerker", "Counter worker"),
            duty=Text("Helpt mensen aan de balie en de telefoon.", "Helps people at the counter and by phone."),
        ),
        Role(
            key="archivist",
            title=Text("Archivaris", "Archivist"),
            duty=Text("Beslist mee over wat vernietigd wordt.", "Helps decide what is destroyed."),
        ),
    )
