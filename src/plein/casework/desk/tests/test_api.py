"""The cases for machines: what may be seen, at a fixed price, and logged."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plein.casework.cases.tests.conftest import NOW, TownHall
from plein.foundation.gate import intake
from plein.foundation.gate.models import LogRecord
from plein.foundation.identity import stamps
from plein.foundation.identity.actions import create_token
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import Person, Staff

LIST = "/api/cases/v1/cases"
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture
def token(hall: TownHall, log_in: Callable[[Staff], Client]) -> dict[str, str]:
    """Give the headers of a machine of Anna, who is in the team for lamps."""
    log_in(hall.anna)
    end = NOW + timedelta(days=365)
    made = create_token(hall.anna, name="app", scopes=["cases.read"], expires_at=end, by=SYSTEM, now=NOW)
    return {"Authorization": f"Bearer {made.secret}"}


def statements(ask: Callable[[], Any]) -> tuple[Any, list[str]]:
    stamps._changing().clear()  # as in a process whose transactions have ended
    for kept in (one for name in list(stamps._all) for one in stamps._all[name]):
        kept.forget()
    ask()
    with CaptureQueriesContext(connection) as caught:
        answer = ask()
    return answer, [one["sql"] for one in caught.captured_queries if not one["sql"].startswith(CONTROL)]


def test_a_page_of_a_hundred_takes_four_statements(
    hall: TownHall, token: dict[str, str], client: Client, settle: Callable[[], None], jansen: Person
) -> None:
    for number in range(110):
        hall.open(team=hall.light, person=jansen if number % 2 else None)
    settle()

    answer, took = statements(lambda: client.get(LIST, {"state": "open", "view": "team"}, headers=token))

    assert len(answer.json()["results"]) == 100
    assert len(took) <= 4, took


def test_one_case_takes_two_statements(
    hall: TownHall, token: dict[str, str], client: Client, settle: Callable[[], None]
) -> None:
    zaak = hall.open(team=hall.light, toelichting="Al een week")
    settle()

    answer, took = statements(lambda: client.get(f"{LIST}/{zaak.uuid}", headers=token))

    assert answer.json().get("toelichting") == "Al een week", answer.content
    assert len(took) <= 2, took


def test_the_log_says_whom_the_cases_were_about(
    hall: TownHall, token: dict[str, str], client: Client, jansen: Person
) -> None:
    hall.open(team=hall.light, person=jansen)
    hall.open(team=hall.light)

    client.get(LIST, headers=token)

    intake.chain_all()
    kinds = {row.attributes.get("dpl.core.data_subject_id_type") for row in LogRecord.objects.all()}
    assert {"person", "case"} <= kinds


def test_pages_follow_each_other_without_doubles(hall: TownHall, token: dict[str, str], client: Client) -> None:
    rows = {str(hall.open(team=hall.light).uuid) for _ in range(5)}

    seen, where = [], f"{LIST}?limit=2"
    while where:
        page = client.get(where, headers=token).json()
        seen += [row["uuid"] for row in page["results"]]
        where = page["_links"]["next"]["href"]

    assert len(seen) == 5
    assert set(seen) == rows


def test_cases_of_others_are_not_listed_and_not_opened(hall: TownHall, token: dict[str, str], client: Client) -> None:
    zaak = hall.open(team=hall.green)

    assert client.get(LIST, headers=token).json()["results"] == []
    assert client.get(f"{LIST}/{zaak.uuid}", headers=token).status_code == 403


def test_without_a_token_there_is_nothing(client: Client, hall: TownHall) -> None:
    assert client.get(LIST).status_code == 401
    assert client.get(LIST, {"view": "x"}, headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_strange_view_is_refused(hall: TownHall, token: dict[str, str], client: Client) -> None:
    assert client.get(LIST, {"view": "everything"}, headers=token).status_code == 400


def test_a_type_that_does_not_exist_lists_nothing(hall: TownHall, token: dict[str, str], client: Client) -> None:
    hall.open(team=hall.light)

    answer = client.get(LIST, {"zaaktype": "bestaat-niet", "status": "ook-niet"}, headers=token)

    assert answer.json()["results"] == []
