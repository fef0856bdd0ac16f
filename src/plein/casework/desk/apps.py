from collections.abc import Sequence
from typing import Any

from plein.foundation.rooms import MenuEntry, Room
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
    owner = "role:case-manager"
    address = "werk/zaken"
    retention = Text(
        "Bewaarde keuzes blijven tot de medewerker ze weghaalt. Zaken staan bij Zaken.",
        "Saved choices stay until the member of staff removes them. Cases are kept by Cases.",
    )

    def offers(self) -> Sequence[Any]:
        """Stand first in the menu of everybody who works on cases."""
        return [
            MenuEntry(title=Text("Werkbak", "Desk"), url_name="desk:list", audience=role, order=5)
            for role in ("case-worker", "case-manager", "counter", "archivist")
        ]
