from collections.abc import Sequence
from typing import Any

from plein.foundation.rooms import Activity, MenuEntry, Room
from plein.foundation.words import Text

MANDATES = Activity(
    key="desk.mandates",
    title=Text("Machtigingen vastleggen", "Recording mandates"),
    purpose=Text(
        "Mensen laten handelen voor wie hen daarvoor heeft aangewezen: een kind, een cliënt of een organisatie.",
        "Letting people act for who appointed them for that: a child, a client or an organisation.",
    ),
    legal_basis="6.1.e",
    law="Algemene wet bestuursrecht, artikel 2:1; Wet algemene bepalingen burgerservicenummer, artikel 10",
    data=Text(
        "BSN of KVK-nummer, naam, wie voor wie handelt, als wat en tot wanneer.",
        "BSN or KVK number, name, who acts for whom, as what and until when.",
    ),
    persons=Text("Wie voor een ander handelt, en die ander.", "Who acts for another, and that other."),
    roles=("counter",),
    owner="role:case-manager",
    retention=Text("Een jaar na het einde van de machtiging.", "A year after the mandate has ended."),
    retention_days=365,
    security=Text(
        "Het BSN is versleuteld. Elke inzage wordt vastgelegd.", "The BSN is encrypted. Every look is written down."
    ),
)


class Desk(Room):
    """Where staff see and do the work on cases."""

    name = "plein.casework.desk"
    label = "desk"
    title = Text("Werkbak", "Desk")
    purpose = Text(
        "Laat medewerkers zien welk werk er ligt, en laat hen het doen.",
        "Shows staff which work there is, and lets them do it.",
    )
    owner = "role:case-manager"
    address = "werk/zaken"
    activities = (MANDATES,)
    retention = Text(
        "Bewaarde keuzes blijven tot de medewerker ze weghaalt. Zaken staan bij Zaken.",
        "Saved choices stay until the member of staff removes them. Cases are kept by Cases.",
    )

    def offers(self) -> Sequence[Any]:
        """Stand first in the menu of everybody who works on cases."""
        return [
            MenuEntry(title=Text("Werkbak", "Desk"), url_name="desk:list", audience=role, order=5)
            for role in ("case-worker", "case-manager", "counter", "archivist", "privacy-officer")
        ] + [MenuEntry(title=Text("Machtigingen", "Mandates"), url_name="desk:mandates", audience="counter", order=45)]

    def jobs(self) -> Sequence[Any]:
        """Forget old mandates."""
        from plein.casework.desk import jobs

        return [jobs.forget_mandates]
