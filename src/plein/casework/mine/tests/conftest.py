"""Two residents, one who acts for another, and a few cases and uses of their data."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

import plein.foundation.gate.door as gate
from plein.casework.cases.actions import open_zaak
from plein.casework.cases.actions.types import ensure_zaaktype
from plein.casework.cases.models import Zaak
from plein.casework.cases.rules.specs import DocumentSpec, ResultSpec, StatusSpec, TypeSpec
from plein.foundation import clock
from plein.foundation.gate import registry
from plein.foundation.gate.definitions import definition_of
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.identity import stamps
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.demo import furnish_staff
from plein.foundation.identity.demo_residents import furnish_residents
from plein.foundation.identity.models import Person
from plein.foundation.rooms import Activity
from plein.foundation.words import Text

WORD = Text("woord", "word")
TREES = TypeSpec(
    key="kapvergunning",
    title=Text("Boom kappen", "Felling a tree"),
    activity="cases.handle",
    statuses=(
        StatusSpec(
            key="ontvangen",
            title=Text("Ontvangen", "Received"),
            says=Text("Wij hebben uw aanvraag.", "We have your request."),
        ),
        StatusSpec(key="bezig", title=Text("Wij bekijken de boom", "We look at the tree")),
        StatusSpec(key="klaar", title=Text("Klaar", "Done")),
    ),
    results=(ResultSpec(key="verleend", title=Text("Verleend", "Granted")),),
    documents=(DocumentSpec(key="brief", title=Text("Brief", "Letter")),),
    doorlooptijd=56,
    opschorting=True,
)
FRAUD = Activity(
    key="help.fraud",
    title=Text("Fraude onderzoeken", "Investigating fraud"),
    purpose=WORD,
    legal_basis="6.1.e",
    data=WORD,
    persons=WORD,
    owner="role:privacy-officer",
    retention=WORD,
    secret=Text("AVG artikel 23, lid 1, onder d", "GDPR article 23(1)(d)"),
)


@pytest.fixture(autouse=True)
def _dutch() -> Iterator[None]:
    with translation.override("nl"):
        yield


@pytest.fixture
def officer(db: None, data_dir: Path) -> Actor:
    """Approve all activities of the signs, as the privacy officer of the demo town."""
    staff = furnish_staff(now=clock.now())
    for row in ProcessingActivity.objects.filter(state="proposed"):
        registry.approve(row.pk, by=staff["privacy-officer"], now=clock.now())
    return staff["privacy-officer"]


@pytest.fixture
def people(officer: Actor) -> dict[str, Person]:
    return furnish_residents(now=clock.now() - timedelta(days=1))


@pytest.fixture
def secret(officer: Actor) -> str:
    """Register an activity that is kept from the persons it is about."""
    row = registry.propose(definition_of(FRAUD), by=furnish_staff(now=clock.now())["data-steward"], now=clock.now())
    registry.approve(row.pk, by=officer, now=clock.now())
    return FRAUD.key


def as_resident(client: Client, key: str) -> Client:
    client.post(reverse("identity:demo-login"), {"person": key})
    return client


def use(
    person: Person, *, activity: str = "cases.handle", by: Actor = SYSTEM, days_ago: int = 0, **more: object
) -> None:
    """Use somebody's data, so many days ago."""
    said = {"fields": ["name", "phone"], **more}
    at = clock.now() - timedelta(days=days_ago)
    gate.note_use(activity, subjects=gate.Subjects("person", [person.key]), by=by, now=at, **said)  # type: ignore[arg-type]


@pytest.fixture
def felling(people: dict[str, Person]) -> Callable[..., Zaak]:
    """Give a function that opens a case of somebody."""
    ensure_zaaktype(TREES, by=SYSTEM, now=clock.now())

    def opened(key: str = "jan", omschrijving: str = "Eik in de voortuin", **more: object) -> Zaak:
        who = people[key]
        by = Actor(who.kind, who.key)
        said = {"omschrijving": omschrijving, "kanaal": "web", "person": who, "by": by, "now": clock.now(), **more}
        return open_zaak(TREES.key, **said)  # type: ignore[arg-type]

    return opened


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Give a function after which what is kept per process counts as committed, so that using it costs no query."""

    def settle() -> None:
        connection.__dict__.pop("_plein_changing", None)
        monkeypatch.setattr(stamps, "CHECK_EVERY", 3_600.0)

    return settle
