"""Forms and answers as accessible PDF (PDF/UA-1), set by Typst in a process of its own."""

import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from plein.casework.cases.actions import add_document
from plein.casework.cases.models import Audience
from plein.casework.forms.models import ABOUT_ANSWERS, FormVersion, Submission
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules import sending
from plein.casework.forms.rules.conditions import questions_in
from plein.casework.forms.rules.definition import Condition, Form, Question, all_questions
from plein.casework.forms.rules.questions import NO, YES, said
from plein.casework.forms.rules.sending import Line
from plein.foundation.clock import TOWN
from plein.foundation.files import store
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.words import Text

TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "casework_forms" / "form.typ"
PATIENCE_S = 120
COPIES = 2  # of the questions of a group, on paper
SETTER = """
import pathlib, sys
import typst
said = sys.stdin.buffer.read().decode()
template = pathlib.Path(sys.argv[1]).read_bytes()
sys.stdout.buffer.write(typst.compile(template, format="pdf", pdf_standards=["ua-1"], sys_inputs={"told": said}))
"""
WORDS = {
    "page": Text("bladzijde", "page"),
    "day": Text("dag", "day"),
    "month": Text("maand", "month"),
    "year": Text("jaar", "year"),
    "postcode": Text("Postcode", "Postcode"),
    "number": Text("Huisnummer", "House number"),
    "addition": Text("Toevoeging", "Addition"),
    "optional": Text("mag leeg blijven", "optional"),
    "attach": Text("Stuur dit mee, met uw naam erop.", "Send this along, with your name on it."),
    "more": Text("Meer? Schrijf het op een apart blad.", "More? Write it on another sheet."),
    "send": Text("Klaar", "Ready"),
    "date": Text("Datum", "Date"),
    "signature": Text("Handtekening", "Signature"),
    "qr": Text("Code voor de medewerker die dit overtypt", "Code for who types this over"),
}


class NotSet(RuntimeError):
    """Typst could not set a page; says why."""


def set_pdf(told: dict[str, Any]) -> bytes:
    """Set one document. Typst refuses it without title, language or alternative texts.

    Raises NotSet.
    """
    command = [sys.executable, "-I", "-c", SETTER, str(TEMPLATE)]
    done = subprocess.run(  # noqa: S603 (our own program)
        command, input=json.dumps(told).encode(), capture_output=True, timeout=PATIENCE_S, check=False
    )
    if done.returncode:
        raise NotSet(done.stderr.decode("utf-8", "replace").strip()[-800:])
    return done.stdout


def _told(
    mode: str, form: Form, language: str, *, footer: str, facts: Sequence[tuple[Text, str]] = ()
) -> dict[str, Any]:
    return {
        "mode": mode,
        "title": form.title.said(language),
        "lead": form.lead.said(language) if mode == "paper" else "",
        "language": language,
        "sender": settings.PLEIN["ORGANISATION"],
        "footer": footer,
        "facts": [{"name": name.said(language), "value": value} for name, value in facts],
        "words": {name: text.said(language) for name, text in WORDS.items()},
        "steps": [],
        "qr": "",
        "back": "",
    }


# -- on paper ---------------------------------------------------------------------------------------------------------

BACK = Text(
    "Stuur dit formulier naar {sender}, of geef het af aan de balie. Lukt invullen niet? Bel ons. Wij helpen u.",
    "Send this form to {sender}, or bring it to the desk. Cannot fill it in? Call us. We help you.",
)
NEEDS, OF_PAPER = Text("Houd bij de hand", "Have at hand"), Text("Formulier", "Form")


def blank_paper(version: FormVersion, language: str) -> bytes:
    """Set a form as paper to fill in by hand, with the code by which staff find it again to type it over.

    Raises NotSet.
    """
    import segno

    form, key = definition_of(version), version.form.key
    told = _told("paper", form, language, footer=f"{OF_PAPER.said(language)} {key}/{version.number}")
    needs = ", ".join(line for line in form.needs.said(language).splitlines() if line)
    told["facts"] = [{"name": NEEDS.said(language), "value": needs}] if needs else []
    told["back"] = BACK.said(language).format(sender=settings.PLEIN["ORGANISATION"])
    code = io.BytesIO()
    address = (
        f"{settings.PLEIN['BASE_URL']}/formulieren/werk/balie?formulier={key}&versie={version.number}&kanaal=paper"
    )
    segno.make(address, error="m").save(code, kind="svg", border=1, xmldecl=False)
    told["qr"] = code.getvalue().decode()
    known = {question.key: question for question in all_questions(form)}
    for step in form.steps:
        asked = [_paper(question, language, known) for question in step.questions]
        told["steps"].append(
            {"title": step.title.said(language), "lead": step.lead.said(language), "questions": asked, "lines": []}
        )
    return set_pdf(told)


def _paper(question: Question, language: str, known: Mapping[str, Question]) -> dict[str, Any]:
    options = [{"label": one.label.said(language), "hint": one.hint.said(language)} for one in question.choices]
    if question.kind == "yes_no":
        options = [{"label": text.said(language), "hint": ""} for text in (YES, NO)]
    inside = {**known, **{inner.key: inner for inner in question.questions}}
    return {
        "kind": question.kind,
        "label": question.label.said(language),
        "hint": question.hint.said(language),
        "optional": not question.required,
        "only": only_if(question.show_when, language, known),
        "options": options,
        "unit": question.unit.said(language),
        "questions": [_paper(inner, language, inside) for inner in question.questions],
        "copies": max(COPIES, int(question.least or 0)),
    }


ONLY = Text("Alleen als u dit invulde bij “{label}”: {value}", "Only when you filled this in at “{label}”: {value}")
SOMETIMES = Text("Hangt af van uw antwoord bij {labels}", "Depends on your answer at {labels}")
SAYABLE = ("is", "includes", "one_of")


def only_if(condition: Condition | None, language: str, known: Mapping[str, Question]) -> str:
    """Say on paper when a question need not be answered: by which answer to which question it is asked."""
    if condition is None:
        return ""
    question = known.get(condition.question)
    if question is not None and condition.test in SAYABLE and not (condition.all or condition.any or condition.none):
        label, value = question.label.said(language), said(question, condition.value, language)
        return ONLY.said(language).format(label=label, value=value)
    labels = ", ".join(f"“{known[key].label.said(language)}”" for key in known if key in questions_in(condition))
    return SOMETIMES.said(language).format(labels=labels)


def print_paper(version: FormVersion) -> None:
    """Make the paper of a version in both languages and keep it, so that nobody waits for it."""
    for language in ("nl", "en"):
        kept = store.keep(blank_paper(version, language))
        FormVersion.objects.filter(pk=version.pk).update(**{f"paper_{language}_sha256": kept.sha256})


# -- answers ----------------------------------------------------------------------------------------------------------

REFERENCE, SENT_AT, HOW = Text("Kenmerk", "Reference"), Text("Verstuurd", "Sent"), Text("Hoe", "How")
CHANNELS = {
    "web": Text("via de website", "by the website"),
    "phone": Text("aan de telefoon, een medewerker vulde in", "by phone, filled in by staff"),
    "desk": Text("aan de balie, een medewerker hielp", "at the desk, helped by staff"),
    "paper": Text("op papier, overgetypt door een medewerker", "on paper, typed over by staff"),
}


def answers_pdf(submission: Submission) -> bytes:
    """Set the answers of a form that was sent, in the language in which it was filled in.

    Raises NotSet.
    """
    kept, language = opened(submission), submission.language
    form = definition_of(submission.version)
    at = submission.sent_at.astimezone(TOWN)
    facts = (
        (REFERENCE, submission.reference),
        (SENT_AT, f"{at:%d-%m-%Y %H:%M}"),
        (HOW, CHANNELS[submission.channel].said(language)),
    )
    told = _told("answers", form, language, footer=submission.reference, facts=facts)
    names = {token: file["name"] for token, file in kept["files"].items()}
    for _key, title, lines in sending.told(form, kept["answers"], language, names):
        told["steps"].append({"title": title, "lead": "", "questions": [], "lines": [_line(line) for line in lines]})
    return set_pdf(told)


def _line(line: Line) -> dict[str, Any]:
    return {"label": line.label, "value": line.value, "items": [[_line(one) for one in item] for item in line.items]}


def opened(submission: Submission) -> dict[str, Any]:
    """Open the answers: {"answers", "files"}. Log the use at the gate, where you call this."""
    kept: dict[str, Any] = json.loads(keyring.decrypt(submission.answers, about=ABOUT_ANSWERS))
    return kept


ANSWERS = Text("Ingevuld formulier", "Form as filled in")


def write_answers(submission: Submission, *, now: datetime) -> None:
    """Put the PDF of the answers into the case; done twice, it stands there once."""
    zaak = submission.zaak
    if zaak is None or zaak.documenten.filter(bestandsnaam=f"formulier-{submission.reference}.pdf").exists():
        return
    form = definition_of(submission.version)
    add_document(
        zaak,
        form.settings.document,
        content=answers_pdf(submission),
        titel=f"{ANSWERS.nl}: {form.title.nl}",
        bestandsnaam=f"formulier-{submission.reference}.pdf",
        formaat="application/pdf",
        auteur="aanvrager",
        audience=Audience.PERSON,
        by=SYSTEM,
        now=now,
    )
