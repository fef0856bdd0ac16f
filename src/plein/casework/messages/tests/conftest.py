"""A case to send messages about, somebody to send them to, and the activities that sending needs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from plein.casework.cases.models import Statustype, Vertrouwelijkheid, Zaak, Zaaktype
from plein.foundation.gate import registry
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import Person

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLERK = Actor("staff", "1", roles=frozenset({"messages-editor"}))
FACTS = {"category": "Lantaarnpaal", "place": "Kerkstraat 12", "link": "https://plein.example/meldingen/volg/abc"}


@pytest.fixture
def person(db: Any) -> Person:
    return Person.objects.create(kind="resident", name="Ans Bakker", created_at=NOW)


@pytest.fixture
def zaak(db: Any) -> Zaak:
    kind = Zaaktype.objects.create(
        identificatie="report",
        versie=1,
        omschrijving="Melding",
        omschrijving_en="Report",
        activity="messages.send",
        begin_geldigheid=date(2026, 1, 1),
        concept=False,
    )
    status = Statustype.objects.create(
        zaaktype=kind, key="open", volgnummer=1, omschrijving="Open", omschrijving_en="Open"
    )
    return Zaak.objects.create(
        identificatie="M-2026-000123",
        zaaktype=kind,
        registered_at=NOW,
        changed_at=NOW,
        registratiedatum=date(2026, 11, 23),
        startdatum=date(2026, 11, 23),
        vertrouwelijkheid=Vertrouwelijkheid.ZAAKVERTROUWELIJK,
        status=status,
    )


def as_person(person: Person) -> Actor:
    """Give the person as who acts."""
    return Actor(person.kind, person.key)


def register(*, now: datetime = NOW) -> None:
    """Have the privacy officer approve that messages are sent."""
    registry.sync(now=now)
    row = ProcessingActivity.objects.get(key="messages.send", state="proposed")
    officer = Actor("staff", "9", roles=frozenset({"privacy-officer"}))
    registry.approve(row.pk, by=officer, now=now - timedelta(days=1))
