"""What a resident does in Mijn Plein."""

from collections.abc import Sequence
from datetime import datetime

import plein.foundation.gate.door as gate
from plein.casework.cases.actions import changing, open_zaak
from plein.casework.cases.actions.types import ensure_zaaktype
from plein.casework.cases.models import Audience, Zaak
from plein.casework.cases.rules.terms import end_of
from plein.casework.mine.errors import NotInAccount
from plein.casework.mine.queries.standing import Standing
from plein.casework.mine.rules.requests import KINDS, MONTH, PRIVACY_REQUEST
from plein.foundation.clock import local_date
from plein.foundation.gate.registry import in_force
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.models import Team

SHOW = "mine.show"
PRIVACY_TEAM = "privacy"
PERSON = Audience.PERSON


def note_look(standing: Standing, fields: Sequence[str], *, now: datetime) -> None:
    """Write down that somebody looks at the data of a person for whom they act; one's own needs no line.

    Raises NotRegistered and its kinds.
    """
    if standing.mandate is None:
        return
    key = standing.person.key
    subjects = gate.Subjects("person", [key])
    gate.note_use(SHOW, subjects=subjects, fields=fields, about=f"person:{key}", by=standing.actor, now=now)


def ask_about_use(
    key: str, *, kind: str, text: str, reference: str = "", standing: Standing, by: Actor, now: datetime
) -> Zaak:
    """Open a case for a question about, or an objection to, the use of somebody's data; answered within a month.

    kind: "vraag" or "bezwaar". reference: of one use in the account, "" is the activity as a whole.
    Raises NotInAccount when there is no such activity.
    """
    registration = in_force(key)
    if registration is None:
        raise NotInAccount(what=key)
    ensure_zaaktype(PRIVACY_REQUEST, by=SYSTEM, now=now)
    title, said = registration.activity.title, KINDS[kind]
    about = f"Verwerking: {title.nl} ({key})" + (f"\nGebruik: {reference}" if reference else "")
    today = local_date(now)
    return open_zaak(
        PRIVACY_REQUEST.key,
        omschrijving=f"{said.nl}: {title.nl}",
        toelichting=f"{text}\n\n{about}",
        kanaal="web",
        team=Team.objects.filter(key=PRIVACY_TEAM, active=True).first(),
        einddatum_gepland=end_of(today, MONTH),
        uiterlijke_einddatum=end_of(today, MONTH),
        person=standing.person,
        by=by,
        now=now,
    )


def ask_about_case(zaak: Zaak, text: str, *, by: Actor, now: datetime) -> Zaak:
    """Put a question of the person in a case in its timeline, where staff see it.

    Raises what `changing` raises.
    """
    with changing(zaak, "ask", by=by, now=now, is_open=None, persons=True) as change:
        nl, en = f"Vraag: {text}", f"Question: {text}"
        change.tell("question", nl, en, audience=PERSON, kanaal="web", direction="in")
    return zaak
