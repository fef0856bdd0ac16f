"""The forms that Plein ships, with the types of cases that they open."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from plein.casework.cases.actions.types import ensure_zaaktype
from plein.casework.cases.rules.specs import DecisionSpec, DocumentSpec, ResultSpec, StatusSpec, TypeSpec
from plein.casework.forms.actions.editing import bring
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.words import Text

SHIPPED = Path(__file__).with_name("standard")
FORM = DocumentSpec(key="formulier", title=Text("Formulier en bijlagen", "Form and attachments"))
RECEIVED = StatusSpec(key="ontvangen", title=Text("Ontvangen", "Received"))
BUSY = StatusSpec(key="in-behandeling", title=Text("In behandeling", "Being handled"))
DONE = StatusSpec(key="afgehandeld", title=Text("Afgehandeld", "Finished"))

TYPES = (
    TypeSpec(
        key="vraag-of-klacht",
        title=Text("Vraag of klacht", "Question or complaint"),
        activity="forms.question",
        statuses=(RECEIVED, BUSY, DONE),
        results=(
            ResultSpec(key="beantwoord", title=Text("Beantwoord", "Answered"), months=12),
            ResultSpec(key="gegrond", title=Text("Klacht gegrond", "Complaint upheld"), months=36),
            ResultSpec(key="ongegrond", title=Text("Klacht ongegrond", "Complaint not upheld"), months=36),
        ),
        documents=(FORM,),
        doel="Antwoord geven op vragen en klachten behandelen",
        aanleiding="Iemand stelt een vraag of dient een klacht in",
        doorlooptijd=42,  # Awb, artikel 9:11: zes weken
        servicenorm=5,
    ),
    TypeSpec(
        key="objectvergunning",
        title=Text("Vergunning voor een voorwerp op straat", "Permit for an object in the street"),
        activity="forms.permit",
        statuses=(RECEIVED, BUSY, StatusSpec(key="besloten", title=Text("Besloten", "Decided")), DONE),
        results=(
            ResultSpec(key="verleend", title=Text("Vergunning verleend", "Permit granted"), months=60),
            ResultSpec(key="geweigerd", title=Text("Vergunning geweigerd", "Permit refused"), months=60),
            ResultSpec(key="ingetrokken", title=Text("Aanvraag ingetrokken", "Application withdrawn"), months=12),
        ),
        documents=(
            FORM,
            DocumentSpec(key="besluit", title=Text("Besluit", "Decision"), richting="uitgaand"),
        ),
        decisions=(DecisionSpec(key="vergunning", title=Text("Vergunning", "Permit"), reactietermijn=42),),
        doel="Voorwerpen op straat toestaan waar het veilig kan",
        aanleiding="Iemand wil een container, steiger of kraan neerzetten",
        doorlooptijd=56,  # Awb, artikel 4:13: acht weken
        servicenorm=28,
        verlengingstermijn=56,
        opschorting=True,
    ),
    TypeSpec(
        key="parkeervergunning-verhuizen",
        title=Text("Parkeervergunning meenemen", "Take a parking permit along"),
        activity="forms.parking",
        statuses=(RECEIVED, BUSY, DONE),
        results=(
            ResultSpec(key="verleend", title=Text("Vergunning gewijzigd", "Permit changed"), months=60),
            ResultSpec(key="geweigerd", title=Text("Niet gewijzigd", "Not changed"), months=60),
        ),
        documents=(FORM,),
        decisions=(DecisionSpec(key="vergunning", title=Text("Vergunning", "Permit"), reactietermijn=42),),
        doel="De parkeervergunning laten kloppen met het adres",
        aanleiding="Iemand met een parkeervergunning verhuist",
        doorlooptijd=56,
        servicenorm=10,
        in_werkdagen=True,
    ),
)


def shipped() -> dict[str, Any]:
    """Read the forms that Plein ships, by key."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SHIPPED.glob("*.json"))}


def bring_forms(*, now: datetime) -> None:
    """Bring the forms and their types of cases, unless they are there; what staff changed stays."""
    for spec in TYPES:
        ensure_zaaktype(spec, by=SYSTEM, now=now)
    for key, data in shipped().items():
        bring(key, data, by=SYSTEM, now=now)


def furnish(town: Any, *, now: datetime) -> None:
    """Give the demo town its forms."""
    bring_forms(now=now)
