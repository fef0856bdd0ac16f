"""Forms at the counter, in the making, and how their questions do."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from pypdf import PdfReader

from plein.casework.cases.models import Zaak
from plein.casework.forms.actions import counting, editing, printing
from plein.casework.forms.demo import shipped
from plein.casework.forms.models import Draft, Form, FormVersion, Remark, Submission
from plein.casework.forms.queries import insight
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules.checking import faults
from plein.casework.forms.rules.definition import read_form, schema, written
from plein.casework.forms.rules.insight import Doing, worst_first
from plein.casework.forms.rules.words import redacted
from plein.foundation import clock
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import AuditLine, Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("brought")]
Staff = Callable[..., Client]
ASK = "/formulieren/vraag-of-klacht"
MOVE = "/formulieren/parkeervergunning-verhuizen"
MAKE = "/formulieren/werk/maken"


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# -- the counter ------------------------------------------------------------------------------------------------------


def test_staff_fill_in_the_same_form_with_extra_help_and_it_is_written_down(staff: Staff) -> None:
    counter = staff("counter")

    began = counter.post("/formulieren/werk/balie", {"form": "vraag-of-klacht", "channel": "phone"})
    page = text_of(counter.get(began.url))
    counter.post(f"{ASK}/stap/verhaal", {"kind": "question", "story": "Wanneer is de balie open?"})
    counter.post(f"{ASK}/stap/contact", {"answer": "none"})
    counter.post(f"{ASK}/versturen")
    done = counter.get(f"{ASK}/verstuurd")

    line = AuditLine.objects.get(action="forms.help")
    assert "Schrijf op wat de beller zegt en lees het voor." in page
    assert "U vult dit in voor iemand aan de telefoon." in page
    assert (Zaak.objects.get().kanaal, Submission.objects.get().channel) == ("phone", "phone")
    assert line.facts == {"form": "vraag-of-klacht", "channel": "phone"}
    assert "Help de volgende" in text_of(done)


def test_residents_do_not_see_the_help_of_the_counter(client: Client) -> None:
    client.post(ASK)

    assert "lees het voor" not in client.get(f"{ASK}/stap/verhaal").content.decode()


def test_a_link_brings_a_form_from_the_counter_home_and_from_home_to_the_counter(staff: Staff, client: Client) -> None:
    counter = staff("counter")
    counter.post("/formulieren/werk/balie", {"form": "vraag-of-klacht", "channel": "phone"})
    counter.post(f"{ASK}/stap/verhaal", {"kind": "question", "story": "Wanneer is de balie open?"})

    client.post(link_in(counter.post(f"{ASK}/bewaren", {"email": ""})))
    at_home = client.get(f"{ASK}/stap/verhaal").content.decode()
    counter.post(link_in(client.post(f"{ASK}/bewaren", {"email": ""})))
    at_the_desk = counter.get(f"{ASK}/stap/verhaal").content.decode()

    assert ("de balie open" in at_home, "lees het voor" in at_home) == (True, False)
    assert "lees het voor" in at_the_desk
    assert Draft.objects.get().channel == "desk"


def link_in(answer: Any) -> str:
    found = re.search(r"/formulieren/verder/[\w-]+", answer.content.decode())
    assert found
    return found[0]


def test_a_number_typed_at_the_counter_finds_the_person_and_stays_nowhere_else(staff: Staff) -> None:
    counter = staff("counter")
    counter.post("/formulieren/werk/balie", {"form": "parkeervergunning-verhuizen", "channel": "desk"})
    who = {"name": "Jan", "email": "jan@voorbeeld.nl"}

    wrong = counter.post(f"{MOVE}/stap/wie", {**who, "bsn": "111222334"})
    right = counter.post(f"{MOVE}/stap/wie", {**who, "bsn": "111222333"})

    draft = Draft.objects.get()
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "111222333" not in counter.get(f"{MOVE}/stap/wie").content.decode()
    assert draft.person == Person.objects.get()


def test_who_may_not_help_does_not_come_in(staff: Staff, client: Client) -> None:
    assert staff("analyst", name="an").get("/formulieren/werk/balie").status_code == 403
    assert client.get("/formulieren/werk/balie").status_code == 302


def test_a_paper_form_of_an_older_version_is_typed_over_into_that_version(staff: Staff) -> None:
    form = Form.objects.get(key="vraag-of-klacht")
    editing.publish(editing.new_version(form, by=SYSTEM, now=clock.now()), by=SYSTEM, now=clock.now())
    counter = staff("counter")

    page = counter.get("/formulieren/werk/balie?formulier=vraag-of-klacht&versie=1&kanaal=paper").content.decode()
    counter.post("/formulieren/werk/balie", {"form": "vraag-of-klacht", "channel": "paper", "version": "1"})

    assert 'name="version" value="1"' in page
    assert Draft.objects.get().version.number == 1


@pytest.mark.parametrize("key", ["vraag-of-klacht", "container-op-straat", "parkeervergunning-verhuizen"])
def test_the_form_on_paper_is_accessible_and_asks_everything(key: str) -> None:
    version = FormVersion.objects.get(form__key=key)

    pdf = PdfReader(io.BytesIO(printing.blank_paper(version, "nl")))

    root, text = pdf.trailer["/Root"], "".join("".join(page.extract_text() for page in pdf.pages).split())
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"], "/StructTreeRoot" in root) == (True, "nl", True)
    assert "pdfuaid:part>1<" in root["/Metadata"].get_object().get_data().decode()
    asked = [question.label.nl for step in definition_of(version).steps for question in step.questions]
    assert [label for label in asked if "".join(label.split()) not in text] == []


def test_paper_says_by_which_answer_a_question_is_asked() -> None:
    known = {one.key: one for step in read_form(shipped()["vraag-of-klacht"]).steps for one in step.questions}
    on_paper = [printing.only_if(known[key].show_when, "nl", known) for key in ("kind", "day", "name")]

    assert on_paper == [
        "",
        "Alleen als u dit invulde bij “Wat wilt u doen?”: Een klacht indienen",
        "Hangt af van uw antwoord bij “Hoe wilt u ons antwoord?”",
    ]


def test_the_paper_is_given_once_it_is_made(client: Client) -> None:
    soon = client.get(f"{ASK}/papier")
    printing.print_paper(FormVersion.objects.get(form__key="vraag-of-klacht"))
    made = client.get(f"/en{ASK}/papier")

    assert (soon.status_code, made.status_code, made.headers["Content-Type"]) == (503, 200, "application/pdf")
    assert PdfReader(io.BytesIO(b"".join(made.streaming_content))).trailer["/Root"]["/Lang"] == "en"


# -- the editor -------------------------------------------------------------------------------------------------------


@pytest.fixture
def maker(staff: Staff) -> Client:
    return staff("form-editor", name="fien")


QUESTION = {
    "key": "colour",
    "kind": "choose_one",
    "label_nl": "Welke kleur?",
    "label_en": "Which colour?",
    "required": "on",
}
TEXTS = {
    **{
        "title_nl": "Verf",
        "title_en": "Paint",
        "lead_nl": "Vraag verf aan.",
        "lead_en": "Ask for paint.",
        "minutes": "3",
    },
    **{"login": "none", "resume_days": "14", "keep_days": "2", "counter": "on", "zaaktype": "vraag-of-klacht"},
    **{"document": "formulier", "message": "case-received"},
}


def made(maker: Client) -> FormVersion:
    """Make a form of one step and one question in the editor."""
    maker.post(MAKE, {"key": "verf", "title_nl": "Verf", "title_en": "Paint"})
    maker.post(f"{MAKE}/verf/teksten", TEXTS)
    maker.post(f"{MAKE}/verf/stap/nieuw", {"key": "een", "title_nl": "Een", "title_en": "One"})
    choices = "red | Rood | Red\nblue | Blauw | Blue | Als de lucht | Like the sky"
    maker.post(f"{MAKE}/verf/vraag/een/nieuw", {**QUESTION, "choices": choices})
    return FormVersion.objects.get(form__key="verf")


def test_a_form_is_made_published_and_filled_in_without_a_line_of_code(maker: Client, client: Client) -> None:
    version = made(maker)
    shown = text_of(maker.get(f"{MAKE}/verf"))
    maker.post(f"{MAKE}/verf/publiceren")
    client.post("/formulieren/verf")
    client.post("/formulieren/verf/stap/een", {"colour": "blue"})
    client.post("/formulieren/verf/versturen")

    assert "Alles past" in shown
    assert faults(definition_of(version)) == []
    assert Submission.objects.get().version.form.key == "verf"


def test_a_form_that_does_not_fit_is_not_published_and_says_why(maker: Client) -> None:
    maker.post(MAKE, {"key": "leeg", "title_nl": "Leeg", "title_en": "Empty"})

    maker.post(f"{MAKE}/leeg/publiceren")
    page = text_of(maker.get(f"{MAKE}/leeg"))

    assert "Niet gepubliceerd" in page
    assert "Er is nog geen stap. Voeg er een toe." in page
    assert not Form.objects.get(key="leeg").is_open


def test_questions_and_steps_move_and_go_by_buttons(maker: Client) -> None:
    made(maker)
    maker.post(f"{MAKE}/verf/vraag/een/nieuw", {**QUESTION, "key": "second", "kind": "text"})
    maker.post(f"{MAKE}/verf/stap/nieuw", {"key": "twee", "title_nl": "Twee", "title_en": "Two"})
    maker.post(f"{MAKE}/verf/doen", {"do": "up:een/second"})
    maker.post(f"{MAKE}/verf/doen", {"do": "up:twee"})

    read = definition_of(FormVersion.objects.get(form__key="verf"))
    assert [step.key for step in read.steps] == ["twee", "een"]
    assert [question.key for question in read.steps[1].questions] == ["second", "colour"]

    maker.post(f"{MAKE}/verf/doen", {"do": "remove:een/second"})
    maker.post(f"{MAKE}/verf/doen", {"do": "remove:twee"})

    read = definition_of(FormVersion.objects.get(form__key="verf"))
    assert [[question.key for question in step.questions] for step in read.steps] == [["colour"]]


def test_a_condition_is_made_with_three_fields(maker: Client) -> None:
    made(maker)
    more = {"when_question": "colour", "when_test": "one_of", "when_value": "red, blue"}

    maker.post(f"{MAKE}/verf/vraag/een/nieuw", {**QUESTION, "key": "why", "kind": "text", **more})
    page = maker.get(f"{MAKE}/verf/vraag/een/why").content.decode()

    question = definition_of(FormVersion.objects.get(form__key="verf")).steps[0].questions[1]
    assert question.show_when is not None
    assert (question.show_when.question, question.show_when.value) == ("colour", ["red", "blue"])
    assert 'value="red, blue"' in page


def test_a_question_inside_a_group_is_made_too(maker: Client) -> None:
    made(maker)
    maker.post(f"{MAKE}/verf/vraag/een/nieuw", {**QUESTION, "key": "tins", "kind": "group"})
    maker.post(f"{MAKE}/verf/vraag/een/tins.nieuw", {**QUESTION, "key": "size", "kind": "number"})

    group = definition_of(FormVersion.objects.get(form__key="verf")).steps[0].questions[1]
    assert [inner.key for inner in group.questions] == ["size"]


@pytest.mark.parametrize(
    "typed",
    [
        {"key": "Two Words"},
        {"choices": "zonder strepen"},
        {"prefill_source": "login", "prefill_name": ""},
        {"when_json": '{"question": 3}'},
        {"label_nl": ""},
    ],
)
def test_what_is_no_question_is_told_beside_its_field(maker: Client, typed: dict[str, str]) -> None:
    made(maker)

    answer = maker.post(f"{MAKE}/verf/vraag/een/nieuw", {**QUESTION, "key": "other", **typed})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_changing_a_question_loses_nothing_of_it(maker: Client) -> None:
    for form in Form.objects.all():
        editing.new_version(form, by=SYSTEM, now=clock.now())
    version = FormVersion.objects.get(form__key="container-op-straat", state="draft")
    before = version.definition
    pages = [
        f"{MAKE}/container-op-straat/vraag/{step.key}/{question.key}"
        for step in definition_of(version).steps
        for question in step.questions
    ]

    for page in pages:
        answer = maker.post(page, fields_of(maker.get(page)))
        assert answer.status_code == 302, text_of(answer)

    version.refresh_from_db()
    assert version.definition == before


def fields_of(page: Any) -> dict[str, Any]:
    """Give what a browser would send back of the form of a page that nobody touched."""
    from bs4 import BeautifulSoup

    found: dict[str, Any] = {}
    form = BeautifulSoup(page.content.decode(), "html.parser").select_one("main form")
    for field in form.select("input[name], textarea[name], select[name]"):
        name, kind = field["name"], field.get("type")
        if kind in ("checkbox", "radio") and not field.has_attr("checked"):
            continue
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            found[name] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            found[name] = field.text.removeprefix("\n")
        else:
            blank = "on" if kind in ("checkbox", "radio") else ""
            found.setdefault(name, []).append(field.get("value", blank))
    return found


def test_what_is_published_stays_and_old_drafts_go_on_with_it(maker: Client, client: Client) -> None:
    client.post(ASK)
    maker.post(f"{MAKE}/vraag-of-klacht/doen", {"do": "new-version"})
    maker.post(f"{MAKE}/vraag-of-klacht/vraag/contact/nieuw", {**QUESTION, "key": "extra", "kind": "text"})
    maker.post(f"{MAKE}/vraag-of-klacht/publiceren")

    new = Client()
    new.post(ASK)
    pages = []
    for one in (client, new):
        one.post(f"{ASK}/stap/verhaal", {"kind": "question", "story": "Wanneer wordt er geveegd?"})
        pages.append('name="extra"' in one.get(f"{ASK}/stap/contact").content.decode())

    assert pages == [False, True]
    assert maker.get(f"{MAKE}/vraag-of-klacht/stap/verhaal").status_code == 404


def test_two_makers_at_once_lose_nothing(maker: Client) -> None:
    version = made(maker)
    seen = version.changed_at.isoformat()
    maker.post(f"{MAKE}/verf/teksten", {**TEXTS, "title_nl": "Verf en kwast", "seen": seen})

    late = maker.post(f"{MAKE}/verf/teksten", {**TEXTS, "title_nl": "Kwast", "seen": seen}, follow=True)

    version.refresh_from_db()
    assert version.definition["title"]["nl"] == "Verf en kwast"
    assert "iemand anders wijzigde dit formulier intussen" in text_of(late)


def test_the_preview_checks_and_keeps_nothing(maker: Client) -> None:
    page = "/formulieren/werk/voorbeeld/vraag-of-klacht/1/verhaal"

    shown = maker.get(page)
    tried = maker.post(page, {"kind": "complaint", "story": "x", "shown": ["kind", "story"]})

    assert (shown.status_code, tried.status_code) == (200, 200)
    assert "Dit zijn 1 tekens." in text_of(tried)
    assert Draft.objects.count() == 0


def test_the_whole_form_goes_out_and_in_as_json(maker: Client) -> None:
    version = made(maker)
    page = maker.get(f"{MAKE}/verf/geheel")
    text = fields_of(page)["definition"]

    same = maker.post(f"{MAKE}/verf/geheel", {"definition": text.replace("Welke kleur", "Wat voor kleur")})
    wrong = maker.post(f"{MAKE}/verf/geheel", {"definition": text.replace("choose_one", "guess")})

    version.refresh_from_db()
    assert (same.status_code, wrong.status_code) == (302, 422)
    assert version.definition["steps"][0]["questions"][0]["label"]["nl"] == "Wat voor kleur?"
    assert "$.steps[0].questions[0].kind" in text_of(wrong)


def test_hard_sentences_are_pointed_out_and_stop_nobody(maker: Client) -> None:
    made(maker)
    maker.post(f"{MAKE}/verf/teksten", {**TEXTS, "lead_nl": "Indien gewenst kan het derhalve worden aangevraagd."})

    page = text_of(maker.get(f"{MAKE}/verf"))
    maker.post(f"{MAKE}/verf/publiceren")

    assert "een ambtelijk woord: derhalve" in page
    assert Form.objects.get(key="verf").is_open


def test_a_form_is_closed_for_new_starts_and_opened_again(maker: Client, client: Client) -> None:
    maker.post(f"{MAKE}/vraag-of-klacht/schakelen", {"do": "close"})
    closed = client.get(ASK).status_code
    maker.post(f"{MAKE}/vraag-of-klacht/schakelen", {"do": "open"})

    assert (closed, client.get(ASK).status_code) == (404, 200)


def test_who_may_not_make_forms_does_not_come_in(staff: Staff) -> None:
    counter = staff("counter")

    told = [counter.get(path).status_code for path in (MAKE, f"{MAKE}/vraag-of-klacht", "/formulieren/werk/inzicht")]

    assert told == [403, 403, 403]


def test_every_change_has_its_audit_line(maker: Client) -> None:
    made(maker)
    maker.post(f"{MAKE}/verf/publiceren")

    told = list(AuditLine.objects.filter(subject="form:verf/1").order_by("pk").values_list("action", flat=True))
    assert told == ["forms.make", *["forms.change"] * 3, "forms.publish"]


# -- the shape --------------------------------------------------------------------------------------------------------


def test_every_shipped_form_fits_its_published_schema_and_itself() -> None:
    import jsonschema

    for version in FormVersion.objects.all():
        jsonschema.validate(version.definition, schema())
        assert faults(definition_of(version)) == []
        assert written(read_form(version.definition)) == version.definition


def test_the_schema_refuses_what_is_no_form() -> None:
    good = FormVersion.objects.first().definition  # type: ignore[union-attr]

    with pytest.raises(msgspec.ValidationError):
        read_form({**good, "steps": [{"key": "a"}]})
    with pytest.raises(msgspec.ValidationError):
        read_form({**good, "steps": [{"key": "a", "title": {"nl": "", "en": ""}, "colour": "red"}]})


# -- how questions do -------------------------------------------------------------------------------------------------


def test_the_worst_question_stands_on_top_beside_the_version_before(maker: Client) -> None:
    form = Form.objects.get(key="vraag-of-klacht")
    first = form.versions.get()
    second = editing.publish(editing.new_version(form, by=SYSTEM, now=clock.now()), by=SYSTEM, now=clock.now())
    now = clock.now()
    counting.count(first, [("story", "shown")] * 40 + [("story", "wrong:too-short")] * 20, now=now)
    counting.count(second, [("story", "shown")] * 40 + [("story", "wrong:too-short")] * 4, now=now)
    counting.count(second, [("email", "shown")] * 40 + [("email", "left")] * 10 + [("email", "unclear")] * 3, now=now)
    Remark.objects.create(version=second, question="email", day=now.date(), text="Waarom?", language="nl")

    answer = maker.get("/formulieren/werk/inzicht/vraag-of-klacht")
    rows = [one.key for one, _question in insight.questions(second, since=now.date() - timedelta(days=1))]

    assert rows[:2] == ["email", "story"]
    text = text_of(answer)
    assert "50" in text.partition("Hoe wilt u")[0]  # 20 of 40 went wrong in version 1
    assert "Waarom?" in text


def test_shares_are_silent_while_few_people_saw_a_question() -> None:
    assert Doing("a", shown=19, left=5).share(5) is None
    assert Doing("a", shown=20, left=5).share(5) == 0.25
    assert [one.key for one in worst_first([Doing("a", shown=30), Doing("b", shown=30, unclear=1)])] == ["b", "a"]


def test_the_page_asks_the_same_number_of_queries_however_much_was_counted(
    maker: Client, django_assert_max_num_queries: Any
) -> None:
    version = FormVersion.objects.get(form__key="vraag-of-klacht")
    for day in range(60):
        counting.count(version, [("story", "shown"), ("email", "left")], now=clock.now() - timedelta(days=day))
    maker.get("/formulieren/werk/inzicht/vraag-of-klacht")

    with django_assert_max_num_queries(12):
        maker.get("/formulieren/werk/inzicht/vraag-of-klacht")


@pytest.mark.parametrize(
    ("written_by", "kept"),
    [
        ("Bel mij op 06-12345678", "Bel mij op […]"),
        ("mail jan@dam.nl of www.dam.nl/x", "mail […] of […]"),
        ("ik woon op 1234 AB nummer 12", "ik woon op […] nummer 12"),
        ("mijn auto is GB-123-K", "mijn auto is […]"),
        ("rekening NL91 ABNA 0417 1643 00", "rekening […]"),
        ("bsn 111222333", "bsn […]"),
        ("vraag 2 van 3", "vraag 2 van 3"),
    ],
)
def test_numbers_and_addresses_are_taken_out_of_what_people_write(written_by: str, kept: str) -> None:
    assert redacted(written_by) == kept
