"""The forms that Plein ships, with the types of cases that they open."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from plein.casework.cases.actions.types import ensure_zaaktype, grant
from plein.casework.cases.demo import TEAM
from plein.casework.cases.rules.specs import DecisionSpec, DocumentSpec, ResultSpec, StatusSpec, TypeSpec
from plein.casework.forms.actions.counting import count
from plein.casework.forms.actions.editing import bring
from plein.casework.forms.models import Form, FormVersion, QuestionDay, Remark
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules.definition import all_questions
from plein.foundation.clock import local_date
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import Team
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


# What the demo town is made to have counted: question, share that went wrong, and why, share that left, not clear.
TROUBLE = {
    "vraag-of-klacht": (("story", 0.12, "too-short", 0.03, 4), ("answer", 0.02, "empty", 0.05, 1)),
    "container-op-straat": (
        ("from", 0.21, "too-early", 0.04, 9),
        ("blocks", 0.06, "empty", 0.02, 17),
        ("kvk", 0.14, "too-short", 0.01, 2),
    ),
    "parkeervergunning-verhuizen": (("plate", 0.11, "not-a-plate", 0.02, 1), ("proof", 0.19, "file-kind", 0.12, 8)),
}
REMARKS = {
    "container-op-straat": (("blocks", "Hoort de berm ook bij de stoep?"), ("from", "Waarom niet al morgen?")),
    "parkeervergunning-verhuizen": (("proof", "Ik weet niet welk bewijs u bedoelt."),),
}
DAYS, A_DAY = 60, 6


def furnish(town: Any, *, now: datetime) -> None:
    """Give the demo town its forms, and two months of invented counts of how their questions do."""
    bring_forms(now=now)
    for team in Team.objects.filter(key=TEAM):
        for spec in TYPES:
            grant(team, zaaktype=spec.key, area_code="", max_vertrouwelijkheid=4, may="write", by=SYSTEM, now=now)
    for form in Form.objects.filter(key__in=TROUBLE):
        version = form.published
        if version is not None and not QuestionDay.objects.filter(version=version).exists():
            _count(version, now=now)


def _count(version: FormVersion, *, now: datetime) -> None:
    read, key = definition_of(version), version.form.key
    began = DAYS * A_DAY
    told: list[tuple[str, str, int]] = [("", "started", began), ("", "sent", round(began * 0.81))]
    for question in all_questions(read):
        shown = round(began * (0.4 if question.show_when else 0.93))
        told += [(question.key, "shown", shown), (question.key, "answered", round(shown * 0.95))]
    for name, wrong, why, left, unclear in TROUBLE[key]:
        step = next(one.key for one in read.steps if name in {question.key for question in one.questions})
        told += [(name, f"wrong:{why}", round(began * wrong)), (name, "left", round(began * left))]
        told += [(name, "unclear", unclear), (name, "clear", 2), (f"step:{step}", "left", round(began * left))]
    for day in range(DAYS):
        events = [
            (name, what) for name, what, whole in told for _ in range(whole * (day + 1) // DAYS - whole * day // DAYS)
        ]
        count(version, events, now=now - timedelta(days=day))
    for name, text in REMARKS.get(key, ()):
        Remark.objects.create(version=version, question=name, day=local_date(now), text=text, language="nl")
