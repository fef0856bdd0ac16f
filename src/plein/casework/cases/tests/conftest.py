"""A small town hall: a type of case with everything, two teams, and who works in them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from plein.casework.cases import actions, queries
from plein.casework.cases.actions.types import ensure_zaaktype
from plein.casework.cases.models import Autorisatie, Zaak
from plein.casework.cases.queries import rights, types
from plein.casework.cases.rules.specs import (
    HANDLER,
    INITIATOR,
    INTERESTED,
    DecisionSpec,
    DocumentSpec,
    ResultSpec,
    StatusSpec,
    TypeSpec,
)
from plein.foundation.identity import stamps, teams
from plein.foundation.identity.actions import create_staff, grant_role
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.models import Person, Staff, Team
from plein.foundation.identity.queries import staff_actor
from plein.foundation.words import Text

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in town

LAMP = TypeSpec(
    key="lamp",
    title=Text("Kapotte lamp", "Broken lamp"),
    activity="cases.handle",
    statuses=(
        StatusSpec(key="nieuw", title=Text("Ontvangen", "Received")),
        StatusSpec(
            key="bezig",
            title=Text("In behandeling", "Being worked on"),
            says=Text("Wij zijn ermee bezig.", "We are working on it."),
        ),
        StatusSpec(key="klaar", title=Text("Klaar", "Done")),
    ),
    results=(
        ResultSpec(key="opgelost", title=Text("Opgelost", "Solved"), months=12),
        ResultSpec(key="dubbel", title=Text("Was al bekend", "Known already"), months=3),
        ResultSpec(key="besloten", title=Text("Besluit", "Decided"), afleidingswijze="ingangsdatum_besluit", months=60),
        ResultSpec(key="blijft", title=Text("Blijft", "Stays"), nominatie="blijvend_bewaren", months=None),
    ),
    roles=(INITIATOR, HANDLER, INTERESTED),
    documents=(DocumentSpec(key="foto", title=Text("Foto", "Photo")),),
    decisions=(DecisionSpec(key="besluit", title=Text("Besluit", "Decision")),),
    doorlooptijd=10,
    in_werkdagen=True,
    verlengingstermijn=5,
    opschorting=True,
)
BOOM = TypeSpec(
    key="boom",
    title=Text("Boom", "Tree"),
    activity="cases.handle",
    statuses=LAMP.statuses,
    results=LAMP.results,
    vertrouwelijkheid=5,
)


@dataclass
class TownHall:
    """Who is there, and short ways to do things."""

    light: Team
    green: Team
    anna: Staff
    bram: Staff
    chef: Staff

    def actor(self, staff: Staff) -> Actor:
        return staff_actor(staff, now=NOW)

    def open(self, key: str = "lamp", **more: Any) -> Zaak:
        told = {"omschrijving": "De lamp is stuk", "kanaal": "web", "by": SYSTEM, "now": NOW, **more}
        return actions.open_zaak(key, **told)

    def seen_by(self, staff: Staff, may: str = "read") -> set[int]:
        return set(queries.visible_to(self.actor(staff), may=may, now=NOW).values_list("pk", flat=True))

    def allow(self, team: Team, **more: Any) -> Autorisatie:
        told = {"zaaktype": "", "area_code": "", "max_vertrouwelijkheid": 8, "may": "write", **more}
        row = Autorisatie.objects.create(team=team, **told)
        stamps.bump(rights.STAMP)
        return row


def _member(name: str, role: str, *of: Team) -> Staff:
    staff = create_staff(name, email=f"{name}@example.nl", password=None, demo=True, by=SYSTEM, now=NOW)
    grant_role(staff, role=role, by=SYSTEM, now=NOW)
    for team in of:
        teams.join_team(team, staff, by=SYSTEM, now=NOW)
    return staff


@pytest.fixture
def hall(db: None, data_dir: object) -> Iterator[TownHall]:
    """Furnish the town hall; what is kept per process is forgotten afterwards."""
    light = teams.put_team("licht", title_nl="Licht", title_en="Light", by=SYSTEM, now=NOW)
    green = teams.put_team("groen", title_nl="Groen", title_en="Green", by=SYSTEM, now=NOW)
    for spec in (LAMP, BOOM):
        ensure_zaaktype(spec, by=SYSTEM, now=NOW)
    yield TownHall(
        light,
        green,
        _member("anna", "case-worker", light),
        _member("bram", "case-worker", green),
        _member("chef", "case-manager"),
    )
    for kept in (types._kept, rights._kept, rights._partners, teams._kept):
        kept.forget()


@pytest.fixture
def settle(hall: TownHall, django_capture_on_commit_callbacks: Callable[..., Any]) -> Callable[[], None]:
    """Give the end of all transactions: what is kept per process is kept then, as in a process that runs."""

    def end() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            for name in (types.STAMP, rights.STAMP, "teams", "roles"):
                stamps.bump(name)
        queries.catalogus()
        queries.grounds(hall.actor(hall.anna), now=NOW)

    return end


@pytest.fixture
def settled(hall: TownHall, settle: Callable[[], None]) -> TownHall:
    """Give the town hall as it is in a process that runs."""
    settle()
    return hall


@pytest.fixture
def jansen(db: None) -> Person:
    """Give a resident."""
    return Person.objects.create(kind="resident", name="J. Jansen", created_at=NOW)
