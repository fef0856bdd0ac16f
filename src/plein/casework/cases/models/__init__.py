"""Types of cases with their parts, cases with theirs, rights on cases, and the timeline."""

from plein.casework.cases.models.archive import Vernietiging, Vernietigingslijst, Vernietigingsregel
from plein.casework.cases.models.cases import (
    NO_DAY,
    Audience,
    Besluit,
    Document,
    Entry,
    Resultaat,
    Rol,
    Status,
    Zaak,
    Zaakrelatie,
)
from plein.casework.cases.models.rights import Autorisatie
from plein.casework.cases.models.types import (
    Archiefnominatie,
    Besluittype,
    Informatieobjecttype,
    Resultaattype,
    Roltype,
    Statustype,
    Vertrouwelijkheid,
    Zaaktype,
)

__all__ = [
    "NO_DAY",
    "Archiefnominatie",
    "Audience",
    "Autorisatie",
    "Besluit",
    "Besluittype",
    "Document",
    "Entry",
    "Informatieobjecttype",
    "Resultaat",
    "Resultaattype",
    "Rol",
    "Roltype",
    "Status",
    "Statustype",
    "Vernietiging",
    "Vernietigingslijst",
    "Vernietigingsregel",
    "Vertrouwelijkheid",
    "Zaak",
    "Zaakrelatie",
    "Zaaktype",
]
