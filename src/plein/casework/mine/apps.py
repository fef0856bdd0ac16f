from collections.abc import Callable

from plein.foundation.rooms import Activity, Room
from plein.foundation.words import Text

SHOW = Activity(
    key="mine.show",
    title=Text("Mijn Plein tonen", "Showing My Plein"),
    purpose=Text(
        "Mensen laten zien hoe het met hun zaken staat en wie hun gegevens gebruikte, ook via wie namens hen handelt.",
        "Showing people how their cases stand and who used their data, also through who acts for them.",
    ),
    legal_basis="6.1.c",
    law="AVG, artikelen 12 en 15; Algemene wet bestuursrecht, afdeling 2.3",
    data=Text(
        "Zaken, berichten, keuzes en de regels van het verwerkingenlogboek over deze persoon.",
        "Cases, messages, choices and the lines of the processing log about this person.",
    ),
    persons=Text("Wie inlogt, en namens wie dat gebeurt.", "Who logs in, and for whom they do."),
    owner="role:privacy-officer",
    retention=Text("Mijn Plein bewaart zelf niets.", "My Plein itself keeps nothing."),
    security=Text(
        "Inloggen is nodig. Wat iemand namens een ander bekijkt, wordt vastgelegd.",
        "Logging in is needed. What somebody looks at for another is written down.",
    ),
)
PRIVACY = Activity(
    key="mine.privacy-requests",
    title=Text("Vragen en bezwaren over gegevens behandelen", "Handling questions and objections about data"),
    purpose=Text(
        "Antwoord geven op vragen en bezwaren van mensen over het gebruik van hun gegevens.",
        "Answering questions and objections of people about the use of their data.",
    ),
    legal_basis="6.1.c",
    law="AVG, artikelen 12 en 15 tot en met 22",
    data=Text(
        "Wat iemand vraagt, over welke verwerking, en het antwoord.",
        "What somebody asks, about which activity, and the answer.",
    ),
    persons=Text("Wie iets vraagt of bezwaar maakt.", "Who asks or objects."),
    roles=("privacy-officer", "case-manager"),
    owner="role:privacy-officer",
    retention=Text("Vijf jaar na het antwoord.", "Five years after the answer."),
    retention_days=5 * 366,
    security=Text(
        "Alleen het privacyteam kan erbij. Elke inzage wordt vastgelegd.",
        "Only the privacy team can reach it. Every look is written down.",
    ),
)


class Mine(Room):
    """A resident's own page."""

    name = "plein.casework.mine"
    label = "mine"
    title = Text("Mijn Plein", "My Plein")
    purpose = Text(
        "Laat inwoners hun zaken, berichten, keuzes en het gebruik van hun gegevens zien.",
        "Shows residents their cases, messages, choices and the use of their data.",
    )
    owner = "role:privacy-officer"
    address = "mijn"
    activities = (SHOW, PRIVACY)
    retention = Text(
        "Mijn Plein bewaart zelf niets: het laat zien wat elders bewaard wordt.",
        "My Plein itself keeps nothing: it shows what is kept elsewhere.",
    )

    def furnish(self) -> Callable[..., None]:
        """Give the demo town a privacy team, and questions about the use of data."""
        from plein.casework.mine.demo import furnish

        return furnish
