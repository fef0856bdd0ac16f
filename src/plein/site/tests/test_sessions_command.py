"""`plein sessions`."""

import pytest
from click.testing import CliRunner
from django.test import Client

from plein.foundation.errors import NotFound
from plein.foundation.identity.models import AuditLine, Person
from plein.site.commands.sessions import command

pytestmark = pytest.mark.django_db


def come_in(person: str) -> Client:
    client = Client()
    client.post("/inloggen/proef", {"person": person})
    return client


def test_everybody_is_logged_out() -> None:
    clients = [come_in(person) for person in ("jan", "rosa")]

    told = CliRunner().invoke(command, ["end"], catch_exceptions=False).output

    assert told == "2 sessions ended. Everybody logs in anew.\n"
    assert [client.get("/namens").status_code for client in clients] == [302, 302]
    assert AuditLine.objects.get(action="identity.end-all-sessions").facts == {"count": 2}


def test_one_person_is_logged_out() -> None:
    jan, rosa = come_in("jan"), come_in("rosa")
    key = Person.objects.get(name="Jan de Boer").key

    CliRunner().invoke(command, ["end", "--resident", key], catch_exceptions=False)

    assert [client.get("/namens").status_code for client in (jan, rosa)] == [302, 200]


def test_an_unknown_person_is_said_so() -> None:
    assert isinstance(CliRunner().invoke(command, ["end", "--resident", "0" * 32]).exception, NotFound)
