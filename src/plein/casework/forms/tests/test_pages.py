"""Filling in a form, as residents do it without JavaScript."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from plein.casework.cases.models import Document, Zaak
from plein.casework.forms.actions import drafts, editing
from plein.casework.forms.jobs import drop_drafts, write_answers
from plein.casework.forms.models import Draft, Form, QuestionDay, Remark, Submission, Upload
from plein.casework.forms.tests import samples
from plein.casework.messages.models import Message
from plein.foundation import clock
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.demo_residents import RESIDENTS
from plein.foundation.jobs.models import JobRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("brought")]
ASK = "/formulieren/vraag-of-klacht"
BOX = "/formulieren/container-op-straat"
MOVE = "/formulieren/parkeervergunning-verhuizen"
STORY = {"kind": "question", "story": "Wanneer wordt mijn straat geveegd?"}
REACH = {"answer": "email", "name": "Jan van Dam", "email": "jan@voorbeeld.nl"}


def begun(client: Client, form: str = ASK) -> Client:
    client.post(form)
    return client


def answered(client: Client) -> Client:
    begun(client)
    client.post(f"{ASK}/stap/verhaal", STORY)
    client.post(f"{ASK}/stap/contact", REACH)
    return client


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def counts() -> dict[tuple[str, str], int]:
    return {(row.question, row.what): row.count for row in QuestionDay.objects.all()}


# -- from start to reference ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/formulieren/", ASK, BOX, MOVE, f"/en{ASK}"])
def test_the_first_pages_ask_nothing_of_who_reads_them(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert Draft.objects.count() == 0


def test_a_form_goes_from_start_to_a_case_with_a_reference(client: Client) -> None:
    begun(client)
    first = client.post(f"{ASK}/stap/verhaal", STORY)
    second = client.post(f"{ASK}/stap/contact", REACH)
    check = client.get(f"{ASK}/controle")
    sent = client.post(f"{ASK}/versturen")
    told = client.get(f"{ASK}/verstuurd")

    zaak = Zaak.objects.get()
    assert [first.url, second.url, sent.url] == [f"{ASK}/stap/contact", f"{ASK}/controle", f"{ASK}/verstuurd"]
    assert "Wanneer wordt mijn straat geveegd?" in text_of(check)
    assert zaak.identificatie in text_of(told)
    assert (zaak.zaaktype.identificatie, zaak.kanaal) == ("vraag-of-klacht", "web")
    assert Message.objects.get().template.key == "case-received"


def test_what_was_sent_is_sealed_and_the_draft_is_empty(client: Client) -> None:
    answered(client).post(f"{ASK}/versturen")

    row, draft = Submission.objects.get(), Draft.objects.get()
    assert b"geveegd" not in bytes(row.answers)
    assert (draft.content, draft.reference) == (None, row.reference)


def test_the_answers_come_into_the_case_as_an_accessible_pdf(client: Client) -> None:
    from pypdf import PdfReader

    from plein.casework.cases.actions import read_document

    answered(client).post(f"{ASK}/versturen")
    run = JobRun.objects.get(job="forms.write-answers")
    write_answers(**run.arguments, now=clock.now())
    write_answers(**run.arguments, now=clock.now())

    pdf = PdfReader(io.BytesIO(read_document(Document.objects.get())))
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert "Wanneer wordt mijn straat geveegd?" in text
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "nl"


def test_a_second_click_and_the_back_button_send_nothing_twice(client: Client) -> None:
    answered(client)
    first, second = client.post(f"{ASK}/versturen"), client.post(f"{ASK}/versturen")
    back = client.get(f"{ASK}/stap/contact")
    again = client.post(f"{ASK}/stap/contact", REACH)

    assert {answer.url for answer in (first, second, back, again)} == {f"{ASK}/verstuurd"}
    assert (Zaak.objects.count(), Submission.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_sending_before_all_is_answered_leads_to_what_lacks(client: Client) -> None:
    begun(client)
    client.post(f"{ASK}/stap/verhaal", STORY)

    answer = client.post(f"{ASK}/versturen")

    assert (answer.url, Zaak.objects.count()) == (f"{ASK}/stap/contact", 0)


def test_a_later_step_opens_only_when_those_before_are_sound(client: Client) -> None:
    begun(client)

    assert client.get(f"{ASK}/stap/contact").url == f"{ASK}/stap/verhaal"
    assert client.get(f"{ASK}/controle").url == f"{ASK}/stap/verhaal"


def test_errors_stand_beside_the_field_and_on_top(client: Client) -> None:
    begun(client)

    answer = client.post(f"{ASK}/stap/verhaal", {"kind": "question", "story": "kort"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert all(part in page for part in ('href="#q-story"', 'id="q-story-error"'))
    assert "Dit zijn 4 tekens. Schrijf er minstens 10, zodat wij het begrijpen." in text_of(answer)
    assert ">kort</textarea>" in page


def test_an_answer_brings_its_follow_up_question_without_javascript(client: Client) -> None:
    begun(client)
    shown = {"shown": ["kind", "subject", "story", "proof"]}

    answer = client.post(f"{ASK}/stap/verhaal", {**STORY, "kind": "complaint", **shown})

    assert "Door uw antwoord is deze vraag erbij gekomen. Beantwoord haar ook." in text_of(answer)
    assert 'name="day"' in answer.content.decode()


def test_a_script_may_ask_which_questions_stand_there_now_and_nothing_is_judged(client: Client) -> None:
    begun(client)
    sent = {"kind": "complaint", "story": "", "do": "refresh"}

    answer = client.post(f"{ASK}/stap/verhaal", sent, headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert (answer.status_code, 'data-q="day"' in page, 'role="alert"' in page) == (200, True, False)
    assert 'data-asks="kind"' in page


def test_what_no_longer_applies_is_not_sent(client: Client) -> None:
    begun(client)
    client.post(f"{ASK}/stap/verhaal", {**STORY, "kind": "complaint", "day": "2026-11-20", "colleague": "Balie"})
    client.post(f"{ASK}/stap/verhaal", {**STORY, "colleague": "Balie"})
    client.post(f"{ASK}/stap/contact", REACH)

    assert "Balie" not in text_of(client.get(f"{ASK}/controle"))


def test_changing_one_answer_leads_back_to_the_check(client: Client) -> None:
    answered(client)

    page = client.get(f"{ASK}/stap/verhaal?naar=controle")
    answer = client.post(f"{ASK}/stap/verhaal", {**STORY, "naar": "controle"})

    assert 'name="naar" value="controle"' in page.content.decode()
    assert answer.url == f"{ASK}/controle"


def test_one_step_back_keeps_what_was_typed_right_or_wrong(client: Client) -> None:
    begun(client)
    client.post(f"{ASK}/stap/verhaal", STORY)

    answer = client.post(f"{ASK}/stap/contact", {"answer": "email", "email": "half@", "do": "back"})
    page = client.get(f"{ASK}/stap/contact").content.decode()

    assert answer.url == f"{ASK}/stap/verhaal"
    assert 'value="half@"' in page


# -- groups and files -------------------------------------------------------------------------------------------------


def test_an_item_is_added_and_taken_out_without_javascript(client: Client) -> None:
    begun(client, BOX)
    first = {"objects.count": "1", "objects.0.kind": "crane", "objects.0.length": "6"}

    added = client.post(f"{BOX}/stap/wat", {**first, "press": "add:objects"})
    page = client.get(f"{BOX}/stap/wat").content.decode()
    client.post(
        f"{BOX}/stap/wat", {**first, "objects.count": "2", "objects.1.kind": "unit", "press": "remove:objects.0"}
    )
    after = client.get(f"{BOX}/stap/wat").content.decode()

    assert added.url.endswith("#q-objects")
    assert all(part in page for part in ('name="objects.1.kind"', 'name="objects.0.length" value="6"'))
    assert 'name="objects.1.kind"' not in after
    assert re.search(r'value="unit" checked', after)


def test_a_photo_goes_along_and_becomes_a_document(client: Client) -> None:
    begun(client)
    file = io.BytesIO(samples.photo())
    file.name = "stoep.jpg"
    client.post(f"{ASK}/stap/verhaal", {**STORY, "proof": file})
    page = client.get(f"{ASK}/stap/verhaal").content.decode()
    client.post(f"{ASK}/stap/verhaal", {**STORY, "proof": Upload.objects.get().token})
    client.post(f"{ASK}/stap/contact", REACH)
    client.post(f"{ASK}/versturen")

    document = Document.objects.get()
    assert "stoep.jpg" in page
    assert (document.bestandsnaam, document.formaat) == ("stoep.jpg", "image/jpeg")
    assert Upload.objects.count() == 0


def test_a_file_that_is_refused_keeps_the_rest_of_the_page(client: Client) -> None:
    begun(client)
    file = io.BytesIO(b"MZ...")
    file.name = "foto.jpg"

    answer = client.post(f"{ASK}/stap/verhaal", {**STORY, "proof": file})

    assert answer.status_code == 422
    assert "Wanneer wordt mijn straat geveegd?" in answer.content.decode()
    assert "is geen bestand dat wij aannemen" in text_of(answer)


def test_the_file_of_another_draft_is_not_taken_along(client: Client) -> None:
    other = begun(Client())
    file = io.BytesIO(samples.photo())
    file.name = "ander.jpg"
    other.post(f"{ASK}/stap/verhaal", {**STORY, "proof": file})
    theirs = Upload.objects.get()

    begun(client).post(f"{ASK}/stap/verhaal", {**STORY, "proof": theirs.token})

    assert theirs.name not in client.get(f"{ASK}/stap/verhaal").content.decode()
    assert client.get(f"/formulieren/bestanden/{theirs.token}").status_code == 404
    assert other.get(f"/formulieren/bestanden/{theirs.token}").status_code == 200


def test_the_place_of_a_photo_is_offered_and_taken_on_request(client: Client) -> None:
    begun(client, BOX)
    today = clock.local_date(clock.now())
    what = {"objects.count": "1", "objects.0.kind": "crane", "objects.0.length": "6", "objects.0.width": "2"}
    client.post(f"{BOX}/stap/wat", {**what, "from": str(today + timedelta(days=9)), "days": "3"})
    file = io.BytesIO(samples.photo())
    file.name = "plek.jpg"
    client.post(f"{BOX}/stap/waar", {"photo": file, "blocks": "none"})
    page = client.get(f"{BOX}/stap/waar")
    client.post(f"{BOX}/stap/waar", {"do": "photo-place", "photo": Upload.objects.get().token})

    assert "vertelt waar hij is gemaakt" in text_of(page)
    assert 'value="52.373' in client.get(f"{BOX}/stap/waar").content.decode()


# -- hostile input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script> en",
        "'; DROP TABLE cases_zaak; --",
        "{{ 7*7 }} {% debug %}",
        "a\x00b\u202e tekst hier",
    ],
)
def test_whatever_is_typed_is_shown_as_text(client: Client, typed: str) -> None:
    begun(client)
    client.post(f"{ASK}/stap/verhaal", {**STORY, "story": typed})
    client.post(f"{ASK}/stap/contact", {**REACH, "name": typed})
    page = client.get(f"{ASK}/controle").content.decode()
    client.post(f"{ASK}/versturen")

    assert "<script>alert" not in page
    assert "49" not in page.partition("<main")[2]
    assert Submission.objects.count() == 1


def test_every_field_may_be_large_and_nothing_breaks(client: Client) -> None:
    begun(client)

    answer = client.post(f"{ASK}/stap/verhaal", {**STORY, "story": "x" * 400_000})

    assert answer.status_code == 422
    assert "U schreef 400000 tekens" in text_of(answer)


@pytest.mark.parametrize("path", [f"{ASK}/stap/nergens", f"{ASK}/controle", f"{ASK}/verstuurd", f"{ASK}/bewaren"])
def test_without_a_draft_a_page_leads_to_the_start(client: Client, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.url) == (302, ASK)


def test_a_form_that_is_closed_or_unknown_is_not_there(client: Client) -> None:
    editing.switch(Form.objects.get(key="vraag-of-klacht"), is_open=False, by=SYSTEM, now=clock.now())

    assert client.get(ASK).status_code == 404
    assert client.get("/formulieren/bestaat-niet").status_code == 404


# -- shared computers and links ---------------------------------------------------------------------------------------


def test_no_page_with_answers_is_kept_by_a_cache(client: Client) -> None:
    answered(client)

    told = {client.get(path).headers["Cache-Control"] for path in (f"{ASK}/stap/verhaal", f"{ASK}/controle")}

    assert all("no-store" in one and "private" in one for one in told)


def test_stopping_wipes_answers_and_files(client: Client) -> None:
    begun(client)
    file = io.BytesIO(samples.photo())
    file.name = "x.jpg"
    client.post(f"{ASK}/stap/verhaal", {**STORY, "proof": file})

    asked = client.post(f"{ASK}/stap/verhaal", {**STORY, "do": "stop"})
    client.post(f"{ASK}/stoppen")

    assert asked.url == f"{ASK}/stoppen"
    assert (Draft.objects.count(), Upload.objects.count()) == (0, 0)
    assert client.get(f"{ASK}/stap/verhaal").url == ASK


def link_in(answer: Any) -> str:
    found = re.search(r"/formulieren/verder/[\w-]+", answer.content.decode())
    assert found
    return found[0]


def test_a_link_goes_on_elsewhere_and_only_its_hash_is_kept(client: Client) -> None:
    begun(client).post(f"{ASK}/stap/verhaal", STORY)
    link = link_in(client.post(f"{ASK}/bewaren", {"email": ""}))
    elsewhere = Client()

    looked = elsewhere.get(link)
    still_here = client.get(f"{ASK}/stap/verhaal").status_code
    went = elsewhere.post(link)

    draft = Draft.objects.get()
    assert (looked.status_code, still_here, went.url) == (200, 200, f"{ASK}/stap/verhaal")
    assert "geveegd" in elsewhere.get(f"{ASK}/stap/verhaal").content.decode()
    assert client.get(f"{ASK}/stap/verhaal").url == ASK
    assert link.rpartition("/")[2] not in str(vars(draft))


def test_a_link_ends_after_its_days_and_when_the_form_is_sent(client: Client) -> None:
    answered(client)
    link = link_in(client.post(f"{ASK}/bewaren", {"email": ""}))
    Draft.objects.update(resume_until=clock.now() - timedelta(minutes=1))
    too_late = Client().get(link).status_code
    link = link_in(client.post(f"{ASK}/bewaren", {"email": ""}))
    client.post(f"{ASK}/versturen")

    assert (too_late, Client().get(link).status_code) == (404, 404)


def test_a_link_goes_by_mail_and_the_address_is_not_kept_with_the_draft(client: Client) -> None:
    begun(client)

    answer = client.post(f"{ASK}/bewaren", {"email": "jan@voorbeeld.nl"})
    wrong = client.post(f"{ASK}/bewaren", {"email": "jan@"})

    assert Message.objects.get().template.key == "form-resume-link"
    assert "/verder/" not in answer.content.decode()
    assert wrong.status_code == 422


def test_a_form_that_is_not_to_be_kept_gives_no_link(client: Client, log_in: Callable[..., Client]) -> None:
    log_in(client)
    begun(client, MOVE)

    assert client.get(f"{MOVE}/bewaren").status_code == 404


def test_a_draft_goes_by_itself_and_tells_where_it_was_left(client: Client) -> None:
    begun(client).get(f"{ASK}/stap/verhaal")
    client.post(f"{ASK}/stap/verhaal", {"kind": "question", "story": ""})

    told = drop_drafts(now=clock.now() + timedelta(days=3))

    assert (told, Draft.objects.count()) == ("1 dropped", 0)
    assert counts()["step:verhaal", "left"] == counts()["story", "left"] == 1


# -- logging in -------------------------------------------------------------------------------------------------------


def test_a_form_that_needs_a_login_asks_it_first_and_keeps_the_draft(
    client: Client, log_in: Callable[..., Client]
) -> None:
    answer = client.post(MOVE)
    log_in(client)
    page = client.get(f"{MOVE}/stap/wie").content.decode()

    assert answer.url.startswith("/inloggen?next=%2Fformulieren%2Fparkeervergunning-verhuizen%2Fstap%2Fwie")
    assert "Bekend door uw inlog" in page
    assert Draft.objects.get().person is not None


def test_logging_in_halfway_keeps_what_was_typed_and_fills_what_is_empty(
    client: Client, log_in: Callable[..., Client]
) -> None:
    begun(client).post(f"{ASK}/stap/verhaal", STORY)
    away = client.post(f"{ASK}/stap/contact", {"answer": "email", "email": "ik@voorbeeld.nl", "do": "login"})
    log_in(client)
    page = client.get(f"{ASK}/stap/contact").content.decode()

    assert away.url.startswith("/inloggen?next=")
    assert 'value="ik@voorbeeld.nl"' in page
    assert RESIDENTS[0].name in page


def test_what_was_typed_outlives_a_broker_that_is_out_of_order(client: Client) -> None:
    begun(client).post(f"{ASK}/stap/verhaal", {**STORY, "do": "login"})
    client.get("/inloggen")  # and there it is told that logging in fails; back by the menu

    start = client.get(ASK)

    assert "Uw antwoorden staan er nog." in text_of(start)
    assert "geveegd" in client.get(f"{ASK}/stap/verhaal").content.decode()


def test_the_draft_of_who_was_logged_in_stays_closed_to_who_sits_down_next(
    client: Client, log_in: Callable[..., Client]
) -> None:
    log_in(client)
    begun(client, MOVE).get(f"{MOVE}/stap/wie")
    session = client.session
    del session["resident"]  # what silence does
    session.save()

    away = client.get(f"{MOVE}/stap/wie")
    log_in(client, RESIDENTS[1].key)

    assert away.url.startswith("/inloggen")
    assert client.get(f"{MOVE}/stap/wie").url.startswith("/inloggen")


def test_no_citizen_service_number_stands_in_answers(client: Client, log_in: Callable[..., Client]) -> None:
    from plein.casework.forms.actions.printing import opened

    log_in(client)
    begun(client, MOVE)
    today = clock.local_date(clock.now())
    client.post(f"{MOVE}/stap/wie", {"bsn": "999993653", "name": "Jan", "email": "jan@voorbeeld.nl"})
    client.post(
        f"{MOVE}/stap/verhuizing",
        {
            "new_home.postcode": "1234AB",
            "new_home.number": "1",
            "moves_on": str(today),
            "plate": "GB123K",
            "owner": "own",
        },
    )
    client.post(f"{MOVE}/versturen")

    kept = opened(Submission.objects.get())["answers"]
    assert kept["bsn"] == "login"
    assert "999993653" not in str(kept)
    assert Zaak.objects.get().rollen.get().person is not None


# -- was this clear ---------------------------------------------------------------------------------------------------


def test_what_happens_to_questions_is_counted_once_per_draft_and_names_nobody(client: Client) -> None:
    begun(client)
    for _ in range(3):
        client.get(f"{ASK}/stap/verhaal")
        client.post(f"{ASK}/stap/verhaal", {"kind": "question", "story": ""})
    client.post(f"{ASK}/stap/verhaal", STORY)

    told = counts()
    assert {told["story", what] for what in ("shown", "answered", "wrong:empty")} == {1}
    assert told["", "started"] == 1
    assert {field.name for field in QuestionDay._meta.fields} == {"id", "version", "question", "what", "day", "count"}


def test_a_question_that_is_not_clear_is_said_in_one_click(client: Client) -> None:
    begun(client)

    first = client.post(f"{ASK}/stap/verhaal", {**STORY, "clear": "story:no"})
    page = client.get(first.url.partition("#")[0]).content.decode()
    client.post(
        f"{ASK}/stap/verhaal", {**STORY, "clear": "story:words", "words": "Wat is 06-12345678? Mail jan@dam.nl"}
    )

    assert counts()["story", "unclear"] == 1
    assert all(part in page for part in ('name="words"', "geveegd"))
    assert Remark.objects.get().text == "Wat is […]? Mail […]"
    assert {field.name for field in Remark._meta.fields} == {"id", "version", "question", "day", "text", "language"}


def test_a_vote_for_a_question_that_is_not_there_is_refused(client: Client) -> None:
    assert begun(client).post(f"{ASK}/stap/verhaal", {**STORY, "clear": "hack:no"}).status_code == 404


# -- addresses that fill in -------------------------------------------------------------------------------------------


def test_an_address_fills_in_only_what_the_form_declares(client: Client) -> None:
    client.post(f"{BOX}?plek=LP-0123&name=Mallory")

    fields = drafts.content_of(Draft.objects.get()).fields
    assert fields == {"spot.asset": ["LP-0123"]}


def test_pages_stand_in_english_too(client: Client) -> None:
    client.post(f"/en{ASK}")
    answer = client.post(f"/en{ASK}/stap/verhaal", {"kind": "question", "story": "x"})

    assert "This is 1 characters. Write at least 10, so that we understand." in text_of(answer)
    assert Draft.objects.get().language == "en"
