"""Furnishes Mijn Plein in the demo town: a privacy team, and questions of residents about the use of their data."""

from datetime import datetime
from typing import Any

import plein.foundation.gate.door as gate
from plein.casework.cases.actions import close_zaak, set_status
from plein.casework.cases.actions.types import ensure_zaaktype
from plein.casework.cases.models import Zaak
from plein.casework.mine.actions import PRIVACY_TEAM, ask_about_use
from plein.casework.mine.queries.standing import Standing
from plein.casework.mine.rules.requests import OBJECTION, PRIVACY_REQUEST, QUESTION
from plein.foundation.gate import registry
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.demo import is_demo_town
from plein.foundation.identity.demo_residents import demo_person
from plein.foundation.identity.models import Staff
from plein.foundation.identity.teams import join_team, put_team

ACTIVITIES = ("mine.show", "mine.privacy-requests")
ASKED = (
    ("jan", QUESTION, "Wie heeft mijn vraag gelezen, en waarom?"),
    ("fatima", OBJECTION, "Ik wil niet dat mijn gegevens langer bewaard worden dan nodig is."),
)


def furnish(town: Any, *, now: datetime) -> None:
    """Make the privacy team and two requests that it works on; doing it again changes nothing."""
    officer = town.actor("privacy-officer")
    for row in ProcessingActivity.objects.filter(key__in=ACTIVITIES, state="proposed"):
        registry.approve(row.pk, by=officer, now=now)
    ensure_zaaktype(PRIVACY_REQUEST, by=SYSTEM, now=now)
    if not is_demo_town():
        return
    team = put_team(PRIVACY_TEAM, title_nl="Privacyteam", title_en="Privacy team", by=SYSTEM, now=now)
    join_team(team, Staff.objects.get(pk=officer.key), is_lead=True, by=SYSTEM, now=now)
    if not Zaak.objects.filter(zaaktype__identificatie=PRIVACY_REQUEST.key).exists():
        for person, kind, text in ASKED:
            _ask(person, kind, text, officer=officer, now=now)


def _ask(key: str, kind: str, text: str, *, officer: Actor, now: datetime) -> None:
    person = demo_person(key, now=now)
    resident = Actor(person.kind, person.key)
    standing = Standing(resident, person)
    zaak = ask_about_use(ACTIVITIES[1], kind=kind, text=text, standing=standing, by=resident, now=now)
    subjects = gate.Subjects("person", [person.key])
    gate.note_use(
        ACTIVITIES[1],
        subjects=subjects,
        fields=["name", "toelichting"],
        about=f"zaak:{zaak.uuid.hex}",
        by=officer,
        now=now,
    )
    if kind == QUESTION:
        set_status(zaak, "in-onderzoek", by=officer, now=now)
    else:
        close_zaak(zaak, "toegekend", toelichting="Wij bewaren uw gegevens niet langer dan nodig.", by=officer, now=now)
