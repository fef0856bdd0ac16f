"""The mail room and the texts, as pages without JavaScript."""

import io
from email import message_from_bytes, policy
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from plein.casework.cases.actions.types import grant
from plein.casework.cases.models import Entry, Zaak
from plein.casework.messages import actions
from plein.casework.messages.actions.shipping import bring_texts
from plein.casework.messages.actions.writing import opened
from plein.casework.messages.models import Dispatch, LetterBatch, Message, MessageTemplate
from plein.casework.messages.tests.conftest import FACTS, register
from plein.foundation import clock
from plein.foundation.gate.models import LogIntake
from plein.foundation.identity import actions as identity
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import AuditLine, Staff, Team
from plein.foundation.identity.teams import join_team

pytestmark = pytest.mark.django_db
HOME = {"name": "Ans Bakker", "address": ("Kerkstraat 12",), "postcode": "9401 AB", "place": "Assen"}


def page(name: str, *args: Any) -> str:
    return reverse(f"casework_messages:{name}", args=args)


def staff(client: Client, *roles: str) -> Staff:
    found = identity.create_staff(f"s-{'-'.join(roles)}", roles=roles, demo=True, by=SYSTEM, now=clock.now())
    client.force_login(found)
    return found


@pytest.fixture
def mailroom(client: Client) -> Client:
    register(now=clock.now())
    staff(client, "messages-desk")
    return client


@pytest.fixture
def author(client: Client) -> Client:
    bring_texts(by=SYSTEM, now=clock.now())
    staff(client, "messages-editor")
    return client


def write(**to: Any) -> Dispatch:
    recipient = actions.Recipient(**{"name": "Ans Bakker", "email": "ans@example.org", **to})
    message = actions.send("report-received", to=recipient, facts=FACTS, by=SYSTEM, now=clock.now())
    return message.dispatches.get()


def failed(state: str = "given-up", failure: str = "address") -> Dispatch:
    dispatch = write()
    Dispatch.objects.filter(pk=dispatch.pk).update(state=state, failure=failure, attempts=1, next_at=None)
    dispatch.refresh_from_db()
    return dispatch


def soup(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def test_the_list_says_what_did_not_arrive_and_why_without_what_it_says(mailroom: Client) -> None:
    failed()
    write()

    text = mailroom.get(page("board")).content.decode()

    assert "1 bericht kwam niet aan en heeft iemand nodig" in text
    assert "Dit adres bestaat niet of neemt geen post aan." in text
    assert "Ans" not in text
    assert LogIntake.objects.count() == 0


def test_the_list_takes_as_many_statements_however_long(mailroom: Client, django_assert_num_queries: Any) -> None:
    from plein.casework.messages.queries import outgoing

    for _ in range(3):
        failed()

    with django_assert_num_queries(2):
        [outgoing.row_of(one) for one in outgoing.outgoing("somebody")]
        outgoing.counts()


def test_opening_a_message_stands_in_the_log(mailroom: Client) -> None:
    dispatch = failed()

    text = mailroom.get(page("dispatch", dispatch.uuid)).content.decode()

    assert "ans@example.org" in text
    assert "Kerkstraat 12" in text
    assert LogIntake.objects.count() == 1


def test_a_message_is_sent_again(mailroom: Client) -> None:
    dispatch = failed()

    mailroom.post(page("retry", dispatch.uuid), {"seen": 1})

    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.base, dispatch.failure) == ("waiting", 1, "")
    assert dispatch.next_at is not None
    assert AuditLine.objects.filter(action="messages.retry").exists()


def test_who_decides_on_what_changed_meanwhile_is_told(mailroom: Client) -> None:
    dispatch = failed()
    Dispatch.objects.update(attempts=2)

    answer = mailroom.post(page("retry", dispatch.uuid), {"seen": 1}, follow=True)

    assert "een collega heeft dit intussen gewijzigd" in answer.content.decode()
    dispatch.refresh_from_db()
    assert dispatch.state == "given-up"


def test_a_message_goes_another_way(mailroom: Client, zaak: Zaak) -> None:
    dispatch = failed()
    Message.objects.update(zaak=zaak)
    typed = {"channel": "letter", "name": "Ans", "street": "Kerkstraat 12", "postcode": "9401AB", "place": "Assen"}

    mailroom.post(page("dispatch", dispatch.uuid), {**typed, "seen": 1})

    dispatch.refresh_from_db()
    made = Dispatch.objects.latest("pk")
    assert (dispatch.state, made.channel, made.state) == ("replaced", "letter", "waiting")
    assert Entry.objects.latest("pk").text == "Bericht opnieuw per brief: Wij hebben uw melding"


def test_another_way_without_an_address_is_refused_in_words(mailroom: Client) -> None:
    dispatch = failed()

    answer = mailroom.post(page("dispatch", dispatch.uuid), {"channel": "sms", "phone": "0592123456", "seen": 1})

    assert answer.status_code == 422
    assert "wij hebben geen adres voor sms" in answer.content.decode()
    dispatch.refresh_from_db()
    assert dispatch.state == "given-up"


def test_what_was_perhaps_sent_is_asked_about_not_repeated(mailroom: Client) -> None:
    dispatch = failed("perhaps", "cut-off")

    text = mailroom.get(page("dispatch", dispatch.uuid)).content.decode()
    mailroom.post(page("arrived", dispatch.uuid), {"seen": 1, "reason": ""})

    assert "Wij weten niet of dit is aangekomen" in text
    assert str(dispatch.uuid) in text
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"


def test_a_message_is_stopped_with_the_reason(mailroom: Client) -> None:
    dispatch = write()

    mailroom.post(page("stop", dispatch.uuid), {"seen": 0, "reason": "Verhuisd"})

    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.failure, dispatch.note) == ("given-up", "by-hand", "Verhuisd")


def test_letters_are_printed_together_and_posted(mailroom: Client) -> None:
    for name in ("Ans", "Bo"):
        write(**{**HOME, "name": name, "email": ""})
    mailroom.post(page("letters"))
    batch = LetterBatch.objects.get()

    answer = mailroom.get(page("letters-pdf", batch.pk))
    text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.content)).pages)
    mailroom.post(page("letters-posted", batch.pk))

    assert "Ans" in text
    assert "Bo" in text
    assert answer["Cache-Control"] == "no-store"
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"sent"}
    assert "Op de post" in mailroom.get(page("letters")).content.decode()
    assert LogIntake.objects.count() == 1


def test_letters_that_failed_in_the_printer_wait_again(mailroom: Client) -> None:
    write(**{**HOME, "email": ""})
    mailroom.post(page("letters"))

    mailroom.post(page("letters-back", LetterBatch.objects.get().pk))

    assert Dispatch.objects.get().state == "waiting"
    assert not LetterBatch.objects.exists()


def test_posted_twice_is_refused(mailroom: Client) -> None:
    write(**{**HOME, "email": ""})
    mailroom.post(page("letters"))
    number = LetterBatch.objects.get().pk
    mailroom.post(page("letters-posted", number))

    answer = mailroom.post(page("letters-posted", number), follow=True)

    assert "intussen gewijzigd" in answer.content.decode()


def test_a_call_has_a_script_and_a_note(mailroom: Client, zaak: Zaak) -> None:
    dispatch = write(email="", phone="0592 123456")
    Message.objects.update(zaak=zaak)
    shown = soup(mailroom.get(page("call", dispatch.uuid)))

    mailroom.post(page("call", dispatch.uuid), {"spoken": "no", "words": "Nam niet op", "seen": 0})
    mailroom.post(page("call", dispatch.uuid), {"spoken": "yes", "words": "Verteld", "seen": 1})

    said = [label.get_text() for label in shown.select(".script label")]
    assert said[0] == "Goedendag, u spreekt met Gemeente Pleinstad."
    assert "U meldde: Lantaarnpaal." in said
    assert said[-1] == "Dank u wel. Fijne dag."
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.attempts, dispatch.note) == ("sent", 2, "Nam niet op\nVerteld")
    assert Entry.objects.latest("pk").text == "Gebeld: Wij hebben uw melding"


@pytest.mark.parametrize("name", ["board", "letters", "calls"])
def test_others_do_not_come_into_the_mail_room(client: Client, name: str) -> None:
    staff(client, "analyst")

    assert client.get(page(name)).status_code == 403
    assert client.get(page("texts")).status_code == 403


def test_a_message_about_a_case_is_shown_to_nobody_without_business(client: Client, zaak: Zaak) -> None:
    message = actions.send(
        "report-received", to=actions.Recipient(), facts=FACTS, zaak=zaak, by=SYSTEM, now=clock.now()
    )
    staff(client, "analyst")

    assert client.get(page("of-case", message.uuid)).status_code == 403


def test_staff_with_a_right_on_the_case_read_its_messages(client: Client, zaak: Zaak) -> None:
    register(now=clock.now())
    message = actions.send(
        "report-received", to=actions.Recipient(), facts=FACTS, zaak=zaak, by=SYSTEM, now=clock.now()
    )
    found = staff(client, "case-worker", "messages-desk")
    team = Team.objects.create(key="lamps", title_nl="Lampen", title_en="Lamps")
    join_team(team, found, by=SYSTEM, now=clock.now())
    right = {"zaaktype": "", "area_code": "", "max_vertrouwelijkheid": 8, "may": "read"}
    grant(team, **right, by=SYSTEM, now=clock.now())

    text = client.get(page("of-case", message.uuid)).content.decode()

    assert "Wij hebben uw melding: Lantaarnpaal" in text
    assert LogIntake.objects.count() == 1


def test_every_form_of_a_text_stands_side_by_side(author: Client) -> None:
    dutch = author.get(page("text", "report-planned", 1)).content.decode()
    english = author.get(f"{page('text', 'report-planned', 1)}?language=en").content.decode()

    for words in ("Beste M. de Vries,", "U hoeft niet thuis te blijven.", "Wij komen op maandag 30 november 2026",
                  "Goedendag, u spreekt met", "1 sms"):  # fmt: skip
        assert words in dutch
    for words in ("Dear M. de Vries,", "You do not need to stay at home.", "Monday 30 November 2026"):
        assert words in english


@pytest.mark.parametrize("more", ["", "&pictures=1"])
def test_letters_of_a_text_can_be_seen(author: Client, more: str) -> None:
    answer = author.get(f"{page('letter', 'report-planned', 1)}?language=en{more}")

    assert answer["Content-Type"] == "application/pdf"
    assert "You do not need to stay at home." in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()


def test_the_mail_of_a_text_opens_in_a_mail_program(author: Client) -> None:
    answer = author.get(page("mail", "report-planned", 1))

    mail = message_from_bytes(answer.content, policy=policy.default)
    assert answer["Content-Type"] == "message/rfc822"
    assert mail["Subject"] == "Wij komen langs voor uw melding: Lantaarnpaal"
    html = mail.get_body(("html",))  # type: ignore[attr-defined]
    assert "<h1>Wij komen langs voor uw melding: Lantaarnpaal</h1>" in html.get_content()


def typed(author: Client, key: str, **changes: Any) -> dict[str, Any]:
    """Give what the editor's form holds, with changes."""
    form = soup(author.get(page("edit", key))).select_one("main form")
    assert form is not None
    found: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name = str(field["name"])
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            found[name] = chosen["value"] if chosen else ""
        elif field.get("type") == "checkbox":
            if field.has_attr("checked"):
                found[name] = "on"
        else:
            found[name] = field.get("value", "") if field.name == "input" else field.get_text().lstrip("\n")
    return {**found, **changes}


def test_a_new_version_is_written_seen_and_put_to_use(author: Client) -> None:
    author.post(page("draft", "report-planned"))
    changed = typed(author, "report-planned", title_nl="Wij komen eraan: {category}", **{"blocks-0-ORDER": "9"})

    answer = author.post(page("edit", "report-planned"), changed, follow=True)
    assert "Wij komen eraan: Lantaarnpaal" in answer.content.decode()
    still = actions.send("report-planned", to=actions.Recipient(), facts={**FACTS, "day": "2026-11-30"}, by=SYSTEM,
                         now=clock.now())  # fmt: skip
    author.post(page("publish", "report-planned"))
    now = actions.send("report-planned", to=actions.Recipient(), facts={**FACTS, "day": "2026-11-30"}, by=SYSTEM,
                       now=clock.now())  # fmt: skip

    assert opened(still)["title"] == "Wij komen langs voor uw melding: Lantaarnpaal"
    assert opened(now)["title"] == "Wij komen eraan: Lantaarnpaal"
    assert opened(now)["blocks"][-1]["text"].startswith("Wij hebben uw melding bekeken.")
    states = MessageTemplate.objects.filter(key="report-planned").values_list("version", "state")
    assert set(states) == {(1, "replaced"), (2, "published")}


def test_the_editor_points_at_hard_sentences_and_at_what_is_wrong(author: Client) -> None:
    author.post(page("draft", "report-planned"))
    hard = "Indien u nadere informatie wenst wordt u verzocht {unknown} te bellen."
    author.post(page("edit", "report-planned"), typed(author, "report-planned", **{"blocks-0-nl": hard}))

    text = author.get(page("edit", "report-planned")).content.decode()
    answer = author.post(page("publish", "report-planned"), follow=True)

    assert "Blok 1 gebruikt {unknown}, en dat vult niemand in." in text
    assert "Niet bewaard" in answer.content.decode()
    assert MessageTemplate.objects.get(key="report-planned", version=2).state == "draft"
    fine = hard.replace("{unknown}", "ons")
    author.post(page("edit", "report-planned"), typed(author, "report-planned", **{"blocks-0-nl": fine}))
    text = author.get(page("edit", "report-planned")).content.decode()
    assert "Schrijf “als” in plaats van “Indien”" in text
    assert "Zeg wie het doet" in text


def test_blocks_are_added_and_taken_away(author: Client) -> None:
    author.post(page("draft", "report-planned"))
    count = len(MessageTemplate.objects.get(key="report-planned", version=2).content["blocks"])

    answer = author.post(page("edit", "report-planned"), typed(author, "report-planned", add="1"))
    assert answer["Location"].endswith("?added=1#block-new")
    shown = soup(author.get(f"{page('edit', 'report-planned')}?added=1"))
    assert len(shown.select("fieldset.block")) == count + 1
    author.post(page("edit", "report-planned"), typed(author, "report-planned", **{"blocks-1-DELETE": "on"}))

    assert len(MessageTemplate.objects.get(key="report-planned", version=2).content["blocks"]) == count - 1


def test_the_second_of_two_authors_loses_nothing(author: Client) -> None:
    author.post(page("draft", "report-planned"))
    mine = typed(author, "report-planned", title_nl="Van mij")
    author.post(page("edit", "report-planned"), typed(author, "report-planned", title_nl="Van een collega"))

    answer = author.post(page("edit", "report-planned"), mine)

    assert answer.status_code == 422
    assert "een collega heeft dit intussen gewijzigd" in answer.content.decode()
    assert "Van mij" in answer.content.decode()
    assert MessageTemplate.objects.get(key="report-planned", version=2).content["title"]["nl"] == "Van een collega"


def test_a_draft_can_be_thrown_away(author: Client) -> None:
    author.post(page("draft", "report-planned"))

    author.post(page("drop", "report-planned"))

    assert not MessageTemplate.objects.filter(state="draft").exists()


def test_hostile_text_stays_text_in_every_form(author: Client) -> None:
    author.post(page("draft", "report-planned"))
    nasty = "<script>alert(1)</script>\"'; DROP TABLE x;--"
    author.post(page("edit", "report-planned"), typed(author, "report-planned", title_nl=nasty))

    for address in (page("text", "report-planned", 2), page("edit", "report-planned")):
        assert "<script>alert" not in author.get(address).content.decode()
    mail = message_from_bytes(author.get(page("mail", "report-planned", 2)).content, policy=policy.default)
    assert "<script>" not in mail.get_body(("html",)).get_content()  # type: ignore[attr-defined]
    assert author.get(page("letter", "report-planned", 2)).status_code == 200
