"""A person's inbox and choices, who may look, and codes for e-mail addresses."""

import dataclasses
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from plein.casework.cases.models import Zaak
from plein.casework.messages import actions, queries
from plein.casework.messages.errors import AddressUnsound, CodeGone, TooManyCodes, WrongCode
from plein.casework.messages.models import TO, Dispatch, EmailCheck, Message
from plein.casework.messages.tests.conftest import FACTS, NOW, as_person, register
from plein.foundation.errors import NotFound
from plein.foundation.gate.errors import RoleMissing
from plein.foundation.gate.models import LogIntake
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import Person

pytestmark = pytest.mark.django_db
CLERK = dataclasses.replace(SYSTEM, kind="staff", key="4", roles=frozenset({"messages-desk"}))


def tell(person: Person, **more: Any) -> Message:
    to = actions.Recipient(person=person)
    return actions.send("report-received", to=to, **{"facts": FACTS, "by": SYSTEM, "now": NOW, **more})


def code_of(person: Person) -> str:
    """Read the code in the e-mail that went out."""
    from plein.casework.messages.actions.writing import opened

    message = Message.objects.latest("pk")
    return str(opened(message)["blocks"][0]["value"])


def test_the_inbox_shows_the_newest_first_and_counts_what_is_unread(person: Person, zaak: Zaak) -> None:
    first, second = tell(person), tell(person, zaak=zaak)
    actions.mark_read(first.pk, person=person, now=NOW)

    found = queries.inbox(person, by=as_person(person), now=NOW)

    assert [one.uuid for one in found] == [second.uuid, first.uuid]
    assert [one.is_read for one in found] == [False, True]
    assert (found[0].reference, found[0].zaak) == ("M-2026-000123", zaak.uuid)
    assert queries.unread_count(person) == 1


def test_pages_of_the_inbox_follow_each_other(person: Person) -> None:
    made = [tell(person).pk for _ in range(3)]

    first = queries.inbox(person, by=as_person(person), now=NOW, size=2)
    rest = queries.inbox(person, by=as_person(person), now=NOW, size=2, before=first[-1].pk)

    assert [one.pk for one in (*first, *rest)] == made[::-1]


def test_an_inbox_takes_as_many_statements_however_long(person: Person, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        tell(person)

    with django_assert_num_queries(3):  # the messages, a savepoint and its release
        queries.inbox(person, by=as_person(person), now=NOW)


def test_nobody_reads_the_message_of_another(person: Person) -> None:
    other = Person.objects.create(kind="resident", name="Bo", created_at=NOW)
    message = tell(person)

    with pytest.raises(NotFound):
        queries.message_for(other, message.uuid, by=as_person(other), now=NOW)
    actions.mark_read(message.pk, person=other, now=NOW)
    assert queries.unread_count(person) == 1
    with pytest.raises(NotFound):
        queries.message_for(person, uuid4(), by=as_person(person), now=NOW)


def test_who_looks_for_another_stands_in_the_log(person: Person) -> None:
    register()
    other = Person.objects.create(kind="resident", name="Bo", created_at=NOW)
    message = tell(person)

    queries.message_for(person, message.uuid, by=as_person(person), now=NOW)
    assert LogIntake.objects.count() == 0
    queries.message_for(person, message.uuid, by=as_person(other), now=NOW)
    assert LogIntake.objects.count() == 1


def test_staff_read_the_messages_of_a_case_for_a_reason(zaak: Zaak, person: Person) -> None:
    register()
    tell(person, zaak=zaak)

    assert [one.title for one in queries.messages_of(zaak, by=CLERK, now=NOW)] == [
        "Wij hebben uw melding: Lantaarnpaal"
    ]
    assert LogIntake.objects.count() == 1
    with pytest.raises(RoleMissing):
        queries.messages_of(zaak, by=dataclasses.replace(CLERK, roles=frozenset({"analyst"})), now=NOW)


def test_a_choice_is_kept_and_followed(person: Person) -> None:
    by = as_person(person)
    actions.set_preferences(
        person,
        language="en",
        channels=["letter", "email", "pigeon"],
        in_pictures=True,
        street=["Kerkstraat 12"],
        postcode="9401AB",
        place="Assen",
        by=by,
        now=NOW,
    )

    found = queries.preferences(person, now=NOW)
    dispatch = tell(person).dispatches.get()

    assert (found.language, found.channels, found.in_pictures) == ("en", ("letter", "email"), True)
    assert found.postal == ("Ans Bakker", "Kerkstraat 12", "9401 AB  ASSEN")
    assert (found.street, found.postcode, found.place) == (("Kerkstraat 12",), "9401 AB", "ASSEN")
    assert (dispatch.channel, dispatch.in_pictures, dispatch.message.language) == ("letter", True, "en")
    assert keyring.decrypt(dispatch.to, about=TO).splitlines()[-1] == "9401 AB  ASSEN"


@pytest.mark.parametrize("wrong", [{"phone": "bel mij"}, {"street": ["Kerkstraat 1"]}, {"postcode": "9401 AB"}])
def test_half_an_address_is_refused(person: Person, wrong: dict[str, Any]) -> None:
    with pytest.raises(AddressUnsound):
        actions.set_preferences(person, language="nl", channels=[], by=as_person(person), now=NOW, **wrong)


def test_an_email_address_counts_once_its_code_was_typed(person: Person) -> None:
    by = as_person(person)
    actions.change_email(person, "ans@example.org", by=by, now=NOW)
    assert queries.preferences(person, now=NOW).waiting_email == "ans@example.org"
    assert queries.preferences(person, now=NOW).email == ""
    assert Dispatch.objects.get().channel == "email"

    actions.confirm_email(person, code_of(person), by=by, now=NOW + timedelta(minutes=29))

    found = queries.preferences(person, now=NOW)
    assert (found.email, found.waiting_email) == ("ans@example.org", "")
    assert keyring.decrypt(tell(person).dispatches.get().to, about=TO) == "ans@example.org"


def test_a_wrong_code_counts_and_the_fifth_ends_it(person: Person) -> None:
    actions.change_email(person, "ans@example.org", by=as_person(person), now=NOW)
    right = code_of(person)
    wrong = "111 111" if right != "111 111" else "222 222"

    for left in (4, 3, 2, 1):
        with pytest.raises(WrongCode, match=f"{left} tries"):
            actions.confirm_email(person, wrong, by=as_person(person), now=NOW)
    for code in (wrong, right):
        with pytest.raises(CodeGone):
            actions.confirm_email(person, code, by=as_person(person), now=NOW)


def test_an_old_code_and_the_code_of_another_do_not_work(person: Person) -> None:
    other = Person.objects.create(kind="resident", name="Bo", created_at=NOW)
    actions.change_email(person, "ans@example.org", by=as_person(person), now=NOW)

    with pytest.raises(CodeGone):
        actions.confirm_email(person, code_of(person), by=as_person(person), now=NOW + timedelta(minutes=31))
    with pytest.raises(CodeGone):
        actions.confirm_email(other, code_of(person), by=as_person(other), now=NOW)


def test_nobody_fills_a_mailbox_with_codes(person: Person) -> None:
    for _ in range(3):
        actions.change_email(person, "ans@example.org", by=as_person(person), now=NOW)

    with pytest.raises(TooManyCodes):
        actions.change_email(person, "bo@example.org", by=as_person(person), now=NOW + timedelta(minutes=59))
    assert EmailCheck.objects.filter(ended_at=None).count() == 1


def test_an_address_can_be_taken_away(person: Person) -> None:
    actions.change_email(person, "ans@example.org", by=as_person(person), now=NOW)
    actions.confirm_email(person, code_of(person), by=as_person(person), now=NOW)

    actions.remove_email(person, by=as_person(person), now=NOW)

    assert queries.preferences(person, now=NOW).email == ""
