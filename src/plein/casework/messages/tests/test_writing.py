"""Writing a message: in the caller's transaction, in the language and the way of who reads it, sealed."""

from typing import Any

import pytest
from django.db import connection, transaction

from plein.casework.cases.models import Audience, Entry, Zaak
from plein.casework.messages.actions.shipping import bring_texts, shipped_texts
from plein.casework.messages.actions.writing import Recipient, opened, send
from plein.casework.messages.errors import FactMissing, TemplateMissing
from plein.casework.messages.models import TO, Dispatch, Message, MessageTemplate
from plein.casework.messages.tests.conftest import FACTS, NOW
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import AuditLine, Person

pytestmark = pytest.mark.django_db
ANS = Recipient(name="Ans Bakker", email="Ans@Example.org")


def write(to: Recipient = ANS, key: str = "report-received", **more: Any) -> Message:
    return send(key, to=to, **{"facts": FACTS, "by": SYSTEM, "now": NOW, **more})


def test_a_message_says_what_the_text_says_with_the_facts_filled_in(zaak: Zaak) -> None:
    message = write(zaak=zaak)

    told = opened(message)
    assert told["title"] == "Wij hebben uw melding: Lantaarnpaal"
    assert told["reference"] == "M-2026-000123"
    assert [block["value"] for block in told["blocks"] if block["kind"] == "fact"] == ["Lantaarnpaal", "Kerkstraat 12"]


def test_one_dispatch_goes_to_the_address_that_was_left() -> None:
    message = write()

    dispatch = message.dispatches.get()
    assert (dispatch.channel, dispatch.state, dispatch.next_at) == ("email", "waiting", NOW)
    assert keyring.decrypt(dispatch.to, about=TO) == "Ans@example.org"


def test_nothing_personal_stands_readable_in_the_database() -> None:
    write(Recipient(name="Ans Bakker", email="ans@example.org"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM casework_messages_message")
        rows = cursor.fetchall()
        cursor.execute("SELECT * FROM casework_messages_dispatch")
        rows += cursor.fetchall()
    raw = b"".join(
        bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for row in rows for cell in row
    )
    for word in (b"Ans", b"Bakker", b"ans@example.org", b"Kerkstraat", b"Lantaarnpaal"):
        assert word not in raw


def test_a_message_of_a_transaction_that_fails_does_not_exist() -> None:
    def half() -> None:
        with transaction.atomic():
            write()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()

    assert not Message.objects.exists()
    assert not Dispatch.objects.exists()


def test_the_case_tells_of_the_message_in_its_timeline(zaak: Zaak) -> None:
    message = write(zaak=zaak)

    entry = Entry.objects.get(zaak=zaak)
    assert (entry.kind, entry.audience) == ("message", Audience.PERSON)
    assert entry.text == "Bericht: Wij hebben uw melding (per e-mail)"
    assert entry.text_en == "Message: We have your report (by e-mail)"
    assert entry.data["message"] == str(message.uuid)
    assert AuditLine.objects.get(action="messages.send").facts == {"text": "report-received", "channel": "email"}


def test_without_an_address_the_message_is_kept_and_nothing_goes_out() -> None:
    assert not write(Recipient(name="Ans", email="not an address")).dispatches.exists()


def test_a_person_finds_the_message_in_the_inbox(person: Person) -> None:
    message = write(Recipient(person=person))

    assert message.in_inbox
    assert opened(message)["name"] == "Ans Bakker"
    assert not message.dispatches.exists()


def test_english_readers_get_english() -> None:
    message = write(Recipient(email="ans@example.org", language="en"))

    assert opened(message)["title"] == "We have your report: Lantaarnpaal"


def test_a_private_message_goes_by_letter_to_who_has_no_inbox() -> None:
    home = Recipient(name="Ans", email="ans@example.org", address=("Kerkstraat 12",), postcode="9401 AB", place="Assen")

    message = write(home, key="case-received", facts={"case": "Uw aanvraag"})

    dispatch = message.dispatches.get()
    assert dispatch.channel == "letter"
    assert dispatch.next_at is None
    assert keyring.decrypt(dispatch.to, about=TO) == "Ans\nKerkstraat 12\n9401 AB  ASSEN"


def test_by_email_somebody_with_an_inbox_only_hears_that_there_is_a_private_message(person: Person) -> None:
    message = write(
        Recipient(person=person, email="ans@example.org"), key="case-received", facts={"case": "Uw aanvraag"}
    )

    assert message.dispatches.get().is_notice


def test_what_is_missing_is_named() -> None:
    with pytest.raises(FactMissing, match="needs place"):
        write(facts={"category": "Lamp"})
    with pytest.raises(TemplateMissing, match="no-such-text"):
        write(key="no-such-text")


def test_shipped_texts_come_in_once_and_leave_changed_ones_alone() -> None:
    assert bring_texts(by=SYSTEM, now=NOW) == len(list(shipped_texts()))
    own = MessageTemplate.objects.get(key="report-received")
    MessageTemplate.objects.filter(pk=own.pk).update(shipped="")
    MessageTemplate.objects.filter(key="report-solved").update(shipped="an older form")

    assert bring_texts(by=SYSTEM, now=NOW) == 1

    assert MessageTemplate.objects.get(key="report-received").version == 1
    states = MessageTemplate.objects.filter(key="report-solved").values_list("version", "state")
    assert set(states) == {(1, "replaced"), (2, "published")}


def test_writing_takes_few_statements(zaak: Zaak, django_assert_max_num_queries: Any) -> None:
    write(zaak=zaak)

    # a savepoint and its release, the text, the message, the dispatch, the timeline and the audit line
    with django_assert_max_num_queries(7):
        write(zaak=zaak)
