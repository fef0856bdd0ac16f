"""Furnishes the cases of the demo town: types by law, a team, and a year and a half of work in every stage."""

from datetime import datetime, timedelta
from typing import Any

from plein.casework.cases import actions
from plein.casework.cases.actions import archiving
from plein.casework.cases.actions.types import ensure_zaaktype, grant
from plein.casework.cases.models import Audience, Autorisatie, Zaak
from plein.casework.cases.rules.standard import STANDARD
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import Staff, Team
from plein.foundation.identity.teams import join_team, put_team

TEAM = "klantcontact"
MEMBERS = ("case-worker", "counter")
PEOPLE = ("Fatima el Idrissi", "Jan de Boer", "Sanne Visser", "Mehmet Yıldız", "Gerda Smit", "Luuk Bakker")
ASKED: tuple[tuple[str, str, str], ...] = (
    ("klacht", "Lang gewacht aan de balie", "Ik had een afspraak om tien uur en was pas om elf uur aan de beurt."),
    ("klacht", "Niet teruggebeld", "Mij is drie keer beloofd dat iemand mij terugbelt."),
    ("klacht", "Brief was niet te begrijpen", "De brief over mijn aanvraag stond vol moeilijke woorden."),
    ("bezwaar", "Bezwaar tegen geweigerde vergunning", "Ik ben het niet eens met het weigeren van mijn dakkapel."),
    ("bezwaar", "Bezwaar tegen parkeerbesluit", "In onze straat kan niemand meer parkeren."),
    ("woo-verzoek", "Kosten van het nieuwe plein", "Graag alle facturen over de aanleg van het plein."),
    ("woo-verzoek", "Metingen van geluid bij de rondweg", "Ik wil de rapporten van de afgelopen drie jaar zien."),
)
RESULTS = {"klacht": "opgelost", "bezwaar": "ingetrokken", "woo-verzoek": "openbaar"}


def furnish(town: Any, *, now: datetime) -> None:
    """Make types, a team and cases; doing it again changes nothing."""
    for spec in STANDARD:
        ensure_zaaktype(spec, by=SYSTEM, now=now)
    team = _team(town, now=now)
    if not Zaak.objects.filter(zaaktype__identificatie__in=RESULTS).exists():
        _cases(town, team, now=now)
        archiving.draft_due(now=now)


def _team(town: Any, *, now: datetime) -> Team:
    found = Team.objects.filter(key=TEAM).first()
    team = found or put_team(TEAM, title_nl="Klantcontact", title_en="Customer contact", by=SYSTEM, now=now)
    for role in MEMBERS:
        actor = town.actor(role)
        if actor.kind == "staff" and not team.members.filter(staff_id=actor.key).exists():
            join_team(team, Staff.objects.get(pk=actor.key), is_lead=role == "case-worker", by=SYSTEM, now=now)
    if not Autorisatie.objects.filter(team=team).exists():
        for spec in STANDARD:
            told: dict[str, Any] = {"zaaktype": spec.key, "area_code": "", "max_vertrouwelijkheid": 4, "may": "write"}
            grant(team, **told, by=SYSTEM, now=now)
    return team


def _cases(town: Any, team: Team, *, now: datetime) -> None:
    rng, areas = town.rng("cases"), [area for area in town.areas if area.kind == "buurt"]
    for number in range(42):
        kind, title, text = ASKED[number % len(ASKED)]
        then = now - timedelta(days=1 + number * 13, hours=rng.randrange(8))
        name, area = rng.choice(PEOPLE), rng.choice(areas)
        zaak = actions.open_zaak(
            kind,
            omschrijving=title,
            toelichting=text,
            kanaal=rng.choice(("web", "phone", "desk", "paper")),
            buurt_code=area.code,
            lon=area.lon,
            lat=area.lat,
            team=team,
            priority=rng.choice((1, 2, 2, 2, 3)),
            contact={"name": name, "email": f"{name.split()[0].lower()}@example.nl"},
            by=SYSTEM,
            now=then,
        )
        _work(zaak, kind, step=number, then=then)


def _work(zaak: Zaak, kind: str, *, step: int, then: datetime) -> None:
    """Do with a case what was done until now: the newest wait, older ones are being worked on or closed."""
    if step < 3:
        return
    day = then + timedelta(days=1)
    actions.set_status(zaak, "in-behandeling", by=SYSTEM, now=day)
    actions.add_contactmoment(
        zaak, "Gebeld om te vragen wat er precies gebeurd is.", kanaal="phone", direction="out", by=SYSTEM, now=day
    )
    if step > 5:
        told = "Dank u wel voor uw geduld."
        actions.add_note(zaak, told, audience=Audience.PERSON, by=SYSTEM, now=day + timedelta(days=3))
        actions.close_zaak(zaak, RESULTS[kind], toelichting=told, by=SYSTEM, now=day + timedelta(days=12))
