"""Mandates at the counter: recorded by number, seen, ended, and every look noted."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from plein.casework.cases.tests.conftest import NOW, TownHall
from plein.casework.desk.jobs import forget_mandates
from plein.foundation import clock
from plein.foundation.gate import registry
from plein.foundation.gate.models import LogIntake, ProcessingActivity
from plein.foundation.identity import keyring
from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.models import AuditLine, Mandate, Person, Staff

LogIn = Callable[[Staff], Client]
PAGE = "/werk/zaken/machtigingen"
PARENT, CHILD, COMPANY = "999990032", "999990044", "68750110"


@pytest.fixture
def counter(hall: TownHall, log_in: LogIn) -> Client:
    """Give a clerk at the counter, with recording mandates approved."""
    clerk = create_staff("balie", roles=["counter"], by=SYSTEM, now=NOW)
    client = log_in(clerk)
    officer = Actor("staff", "9001", roles=frozenset({"privacy-officer"}))
    row = ProcessingActivity.objects.get(state="proposed", key="desk.mandates")
    registry.approve(row.pk, by=officer, now=NOW)
    return client


def record(client: Client, **more: str) -> Any:
    day = (clock.local_date(clock.now()) + timedelta(days=30)).isoformat()
    told = {"do": "record", "agent": PARENT, "principal": CHILD, "kind": "parent", "last_day": day, "has_checked": "on"}
    return client.post(PAGE, {**told, **more})


def text_of(answer: Any) -> str:
    return BeautifulSoup(answer.content, "html.parser").get_text(" ", strip=True)


def test_a_mandate_is_recorded_found_and_ended(counter: Client) -> None:
    told = text_of(record(counter, agent="9999.90.032"))
    mandate = Mandate.objects.get()
    assert "De machtiging is vastgelegd." in told
    assert (mandate.source, mandate.kind) == ("counter", "parent")

    assert "Ouder of voogd" in text_of(counter.post(PAGE, {"do": "find", "number": CHILD}))
    counter.post(f"{PAGE}/{mandate.pk}/beeindigen")

    assert "Geen machtigingen nu." in text_of(counter.post(PAGE, {"do": "find", "number": CHILD}))
    lines = AuditLine.objects.filter(action__in=["identity.record-mandate", "identity.end-mandate"])
    assert {line.actor.split(":")[1] for line in lines} == {"staff"}


def test_every_look_is_noted_about_both(counter: Client) -> None:
    record(counter)

    (intake,) = LogIntake.objects.all()
    action = json.loads(intake.action)
    assert action["activity"].endswith("desk.mandates")
    assert [kind for kind, _, _ in action["people"]] == ["person", "person"]
    assert Person.objects.get(bsn_hash=keyring.keyed_hash("bsn", PARENT)).key in str(action["note"])


def test_an_organisation_goes_by_its_kvk_number(counter: Client) -> None:
    record(counter, principal=COMPANY, kind="company")

    assert Mandate.objects.get().principal.kvk == COMPANY


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"agent": "111222334"}, "geen BSN van negen cijfers"),
        ({"principal": PARENT}, "dezelfde persoon"),
        ({"last_day": "2020-01-01"}, "de laatste dag is voorbij"),
        ({"has_checked": ""}, "Ik heb de identiteitsbewijzen gezien, en het papier waarop het staat.:"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_kept(counter: Client, wrong: dict[str, str], words: str) -> None:
    answer = record(counter, **wrong)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Mandate.objects.exists()
    assert not Person.objects.exists()


def test_only_the_counter_comes_here(hall: TownHall, log_in: LogIn) -> None:
    other = create_staff("ander", roles=["case-worker"], by=SYSTEM, now=NOW)

    assert log_in(other).get(PAGE).status_code == 403


def test_old_mandates_are_forgotten_a_year_after_their_end(counter: Client) -> None:
    record(counter)
    until = Mandate.objects.get().until

    forget_mandates(now=until + timedelta(days=364))
    assert Mandate.objects.exists()
    forget_mandates(now=until + timedelta(days=366))

    assert not Mandate.objects.exists()
