"""What tests of forms share."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from plein.casework.forms.demo import bring_forms
from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.demo_residents import RESIDENTS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def brought(db: None, data_dir: Path) -> None:
    """Bring the forms that Plein ships."""
    bring_forms(now=NOW)


@pytest.fixture
def staff(db: None) -> Callable[..., Client]:
    """Give the browser of a member of staff with roles."""

    def made(*roles: str, name: str = "bas") -> Client:
        person = create_staff(name, roles=list(roles), demo=True, by=SYSTEM, now=NOW)
        client = Client()
        client.force_login(person)
        return client

    return made


@pytest.fixture
def log_in(db: None) -> Callable[..., Client]:
    """Let a browser log in as an invented resident."""

    def come_in(client: Client, key: str = RESIDENTS[0].key) -> Client:
        answer = client.post("/inloggen/proef", {"person": key})
        assert answer.status_code == 302
        return client

    return come_in
