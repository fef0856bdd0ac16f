"""The inbox, and how a person wants to be reached."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from plein.casework.cases.models import Zaak
from plein.casework.messages import actions
from plein.casework.messages import queries as inbox
from plein.casework.messages.actions.shipping import bring_texts
from plein.casework.messages.models import Message
from plein.casework.messages.queries import preferences
from plein.casework.mine.tests.conftest import as_resident
from plein.casework.mine.tests.test_cases import act_for, page, text_of
from plein.foundation import clock
from plein.foundation.gate import intake, log
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import Person

pytestmark = pytest.mark.django_db
EMAIL = {"email": "jan@example.org"}
SAVED = {"language": "nl", "channel": "sms", "phone": "06 12345678", "street": "", "postcode": "", "place": ""}


@pytest.fixture
def tell(people: dict[str, Person]) -> Callable[..., Message]:
    """Give a function that sends somebody a message with a text that needs one code."""
    bring_texts(by=SYSTEM, now=clock.now())

    def told(key: str = "jan", zaak: Zaak | None = None, code: str = "123 456") -> Message:
        to = actions.Recipient(person=people[key], name=people[key].name)
        return actions.send("email-check", to=to, facts={"code": code}, zaak=zaak, by=SYSTEM, now=clock.now())

    return told


def title_of(message: Message) -> str:
    return inbox.message_for(message.person, message.uuid, by=SYSTEM, now=clock.now()).title  # type: ignore[arg-type]


def test_a_new_message_waits_until_it_is_read(client: Client, tell: Callable[..., Message]) -> None:
    message = tell()
    title = title_of(message)
    as_resident(client, "jan")

    assert "1 nieuw bericht" in text_of(client, page("home"))
    assert f"{title} Nieuw" in text_of(client, page("messages"))
    seen = text_of(client, page("message", message.uuid))

    assert title in seen
    assert "123 456" in seen
    assert f"{title} Gelezen" in text_of(client, page("messages"))
    assert "nieuw bericht" not in text_of(client, page("home"))


def test_nobody_reads_the_message_of_another(client: Client, tell: Callable[..., Message]) -> None:
    message = tell("fatima")
    as_resident(client, "jan")

    assert client.get(page("message", message.uuid)).status_code == 404
    assert client.get(page("letter", message.uuid)).status_code == 404
    assert "Nog geen berichten" in text_of(client, page("messages"))


def test_who_acts_for_another_reads_it_with_a_line_and_it_stays_new(
    client: Client, tell: Callable[..., Message], people: dict[str, Person]
) -> None:
    message = tell("noor")
    as_resident(client, "sanne")
    act_for(client, people["sanne"], people["noor"])

    text_of(client, page("message", message.uuid))

    message.refresh_from_db()
    assert message.read_at is None
    lines = intake.lines().filter(subject_id=log.code_of("person", people["noor"].key))
    assert [line.activity for line in lines] == ["messages.send"]


@pytest.mark.parametrize("asked", ["", "?plaatjes"])
def test_a_message_can_be_taken_along_as_a_letter(client: Client, tell: Callable[..., Message], asked: str) -> None:
    message = tell()

    answer = as_resident(client, "jan").get(page("letter", message.uuid) + asked)

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_messages_about_a_case_stand_with_it_those_to_others_do_not(
    client: Client, tell: Callable[..., Message], felling: Callable[..., Zaak]
) -> None:
    zaak = felling()
    own, other = tell("jan", zaak), tell("fatima", zaak)

    html = as_resident(client, "jan").get(page("case", zaak.uuid)).content.decode()

    assert str(own.uuid) in html
    assert str(other.uuid) not in html


def test_the_inbox_turns_its_pages(client: Client, tell: Callable[..., Message]) -> None:
    for number in range(27):
        tell(code=f"{number:06d}")
    as_resident(client, "jan")

    first = client.get(page("messages")).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = client.get(page("messages") + following[1]).content.decode()

    found = [re.findall(r"/mijn/berichten/([0-9a-f-]{36})", html) for html in (first, second)]
    assert [len(each) for each in found] == [25, 2]
    assert not set(found[0]) & set(found[1])


def test_choices_are_kept_and_a_number_that_is_none_is_refused(client: Client, people: dict[str, Person]) -> None:
    as_resident(client, "jan")

    wrong = client.post(page("preferences"), {**SAVED, "phone": "12"})
    client.post(page("preferences"), {**SAVED, "in_pictures": "on", "language": "en"})

    assert wrong.status_code == 422
    assert "12" in wrong.content.decode()
    kept = preferences(people["jan"], now=clock.now())
    assert (kept.channels, kept.phone, kept.language, kept.in_pictures) == (("sms",), "+31612345678", "en", True)
    address = {"street": "Lindelaan 4", "postcode": "1234ab", "place": "Pleinstad"}
    client.post(page("preferences"), {**SAVED, **address})
    shown = client.get(page("preferences")).content.decode()
    for words in ("Lindelaan 4", "1234 AB", "PLEINSTAD", "+31612345678"):
        assert words in shown


def test_an_address_counts_once_its_code_was_typed(
    client: Client, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_texts(by=SYSTEM, now=clock.now())
    as_resident(client, "jan")

    monkeypatch.setattr("plein.casework.messages.actions.preferring.secrets.randbelow", lambda _most: 123_456)
    client.post(page("change-email"), EMAIL)
    assert "Nog niet bevestigd" in text_of(client, page("preferences"))
    wrong = client.post(page("confirm-email"), {"code": "000000"})
    assert wrong.status_code == 422
    assert preferences(people["jan"], now=clock.now()).email == ""
    client.post(page("confirm-email"), {"code": "123 456"})
    assert preferences(people["jan"], now=clock.now()).email == EMAIL["email"]

    client.post(page("remove-email"))
    assert preferences(people["jan"], now=clock.now()).email == ""


@pytest.mark.parametrize("name", ["messages", "preferences"])
def test_under_a_narrow_mandate_inbox_and_details_stay_closed(
    client: Client, people: dict[str, Person], name: str
) -> None:
    as_resident(client, "jan")
    act_for(client, people["jan"], people["fatima"], scope=("kapvergunning",))

    assert client.get(page(name)).status_code == 403


@pytest.mark.parametrize("count", [1, 6])
def test_the_inbox_costs_the_same_however_full_it_is(
    client: Client,
    tell: Callable[..., Message],
    count: int,
    settled: Callable[[], None],
    django_assert_num_queries: Callable[..., AbstractContextManager[Any]],
) -> None:
    for _ in range(count):
        tell()
    as_resident(client, "jan")
    settled()
    text_of(client, page("messages"))

    with django_assert_num_queries(5):  # session, person, a savepoint and its end around the messages
        text_of(client, page("messages"))
