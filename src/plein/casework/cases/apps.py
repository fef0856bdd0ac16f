from collections.abc import Callable, Sequence
from typing import Any

from plein.casework.cases.events import StatusSet, ZaakClosed, ZaakDestroyed, ZaakOpened, ZaakReopened
from plein.foundation.rooms import Activity, MenuEntry, Role, Room
from plein.foundation.words import Text

_PERSONS = Text(
    "Wie iets vraagt of meldt, en wie daarbij betrokken is.", "Who asks or reports something, and others in it."
)
_SECURITY = Text(
    "Alleen wie een taak heeft in een zaak kan erbij. Contactgegevens zijn versleuteld. Elke inzage wordt vastgelegd.",
    "Only who has a task in a case can reach it. Contact details are encrypted. Every look is written down.",
)
HANDLE = Activity(
    key="cases.handle",
    title=Text("Zaken behandelen", "Handling cases"),
    purpose=Text(
        "Doen wat iemand van de gemeente vraagt, en laten weten hoe het ermee staat.",
        "Doing what somebody asks of the municipality, and telling how it goes.",
    ),
    legal_basis="6.1.e",
    law="Algemene wet bestuursrecht, afdelingen 2.1, 4.1 en 9.1; Gemeentewet, artikel 108",
    data=Text(
        "Wat gevraagd is, plaats, documenten en contacten; naam, adres, e-mail en telefoon als die gegeven zijn.",
        "What was asked, place, documents, contact moments, and name, address, e-mail and phone when these were given.",
    ),
    persons=_PERSONS,
    roles=("case-worker", "case-manager", "counter"),
    owner="role:case-manager",
    retention=Text(
        "Per uitkomst, volgens de Selectielijst gemeenten 2020. Daarna vernietigd.",
        "By outcome, after the Selectielijst gemeenten 2020. Destroyed then.",
    ),
    security=_SECURITY,
    dpv="https://w3id.org/dpv#PublicBenefit",
)
ARCHIVE = Activity(
    key="cases.archive",
    title=Text("Zaken bewaren en vernietigen", "Keeping and destroying cases"),
    purpose=Text(
        "Bewaren wat bewaard moet blijven en op tijd vernietigen wat weg moet.",
        "Keeping what has to stay, and destroying in time what has to go.",
    ),
    legal_basis="6.1.c",
    law="Archiefwet 1995, artikelen 3 en 5; Archiefbesluit 1995, artikelen 6 tot en met 8",
    data=Text("Afgeronde zaken met hun documenten.", "Closed cases with their documents."),
    persons=_PERSONS,
    roles=("archivist", "case-manager"),
    owner="role:archivist",
    retention=Text(
        "De verklaring van vernietiging blijft; zij noemt geen personen.",
        "The register of what was destroyed stays; it names no persons.",
    ),
    security=_SECURITY,
    dpv="https://w3id.org/dpv#LegalCompliance",
)


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
            key="archivist",
            title=Text("Archivaris", "Archivist"),
            duty=Text("Beslist mee over wat vernietigd wordt.", "Helps decide what is destroyed."),
        ),
    )
    activities = (HANDLE, ARCHIVE)
    announces = (ZaakOpened, StatusSet, ZaakClosed, ZaakReopened, ZaakDestroyed)
    rights = {
        "cases.read": ("case-worker", "counter", "case-manager", "privacy-officer"),
        "cases.handle": ("case-worker", "counter", "case-manager", "privacy-officer"),
        "cases.open": ("case-worker", "counter", "case-manager"),
        "cases.oversee": ("case-manager",),
        "cases.manage": ("case-manager",),
        "cases.archive": ("archivist",),
        "cases.propose-destruction": ("archivist", "case-manager"),
    }
    right_titles = {
        "cases.read": Text("Zaken lezen van het eigen team", "Read the cases of the own team"),
        "cases.handle": Text("Zaken behandelen van het eigen team", "Handle the cases of the own team"),
        "cases.open": Text("Zaken openen", "Open cases"),
        "cases.oversee": Text("Alle zaken zien en overdragen", "See all cases and hand them over"),
        "cases.manage": Text("Zaaktypen en rechten beheren", "Manage types of cases and rights"),
        "cases.archive": Text("Vernietiging goedkeuren", "Approve destruction"),
        "cases.propose-destruction": Text("Vernietiging voorstellen", "Propose destruction"),
    }
    retention = Text(
        "Per uitkomst van de zaak, volgens de Selectielijst gemeenten 2020.",
        "By the outcome of the case, after the Selectielijst gemeenten 2020.",
    )

    def jobs(self) -> Sequence[Any]:
        """List the work at night, and the destruction of what two people agreed on."""
        from plein.casework.cases.jobs import archive_night, destroy

        return (archive_night, destroy)

    def offers(self) -> Sequence[Any]:
        """Stand in the menus of who manages cases and their archive."""
        return (
            MenuEntry(
                title=Text("Zaaktypen", "Types of cases"), url_name="cases:types", audience="case-manager", order=30
            ),
            MenuEntry(
                title=Text("Archief van zaken", "Archive of cases"),
                url_name="cases:archive",
                audience="archivist",
                order=30,
            ),
            MenuEntry(
                title=Text("Archief van zaken", "Archive of cases"),
                url_name="cases:archive",
                audience="case-manager",
                order=31,
            ),
        )

    def furnish(self) -> Callable[..., None]:
        """Give the function that furnishes the cases of the demo town."""
        from plein.casework.cases.demo import furnish

        return furnish
