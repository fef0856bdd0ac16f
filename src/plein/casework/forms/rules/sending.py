"""A form that is sent: what a room that takes it itself is given, and its answers in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plein.casework.forms.rules.conditions import holds
from plein.casework.forms.rules.definition import Form, Question
from plein.casework.forms.rules.questions import said
from plein.foundation.words import Text


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that went along: cleaned, and kept by its SHA-256 (foundation.files.store)."""

    token: str
    question: str
    name: str
    media_type: str
    size: int
    sha256: str
    preview_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it is sent. uuid: 32 hex, the same when it is sent twice. person: key of who it is of, or "".

    contact: name, email, phone, address as far as given. place: {"lon", "lat", "address", "asset"} as far as given.
    """

    uuid: str
    form_key: str
    form: Form
    answers: Mapping[str, Any]
    files: Sequence[SentFile]
    contact: Mapping[str, str]
    place: Mapping[str, Any]
    language: str
    channel: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An answer in words. items: of a group, the lines of each item."""

    key: str
    label: str
    value: str
    items: Sequence[Sequence["Line"]] = field(default_factory=tuple)


KNOWN = Text("Bekend door inloggen", "Known from the login")
NOTHING = Text("Niet ingevuld", "Not filled in")


def told(
    form: Form, answers: Mapping[str, Any], language: str, names: Mapping[str, str]
) -> list[tuple[str, str, list[Line]]]:
    """Say all answers in words, step by step: key and title of the step, and its lines.

    names: of files, by token.
    """
    found = []
    for step in form.steps:
        if holds(step.show_when, answers):
            lines = _lines(step.questions, answers, answers, language, names)
            found.append((step.key, step.title.said(language), lines))
    return found


def _lines(
    questions: Sequence[Question],
    answers: Mapping[str, Any],
    known: Mapping[str, Any],
    language: str,
    names: Mapping[str, str],
) -> list[Line]:
    shown = [one for one in questions if one.kind != "info" and holds(one.show_when, known)]
    return [_line(question, answers.get(question.key), known, language, names) for question in shown]


def _line(question: Question, value: Any, known: Mapping[str, Any], language: str, names: Mapping[str, str]) -> Line:
    label = question.label.said(language)
    if value is None or value in ("", []):
        return Line(question.key, label, NOTHING.said(language))
    if question.kind == "group":
        items = [_lines(question.questions, item, {**known, **item}, language, names) for item in value]
        return Line(question.key, label, "", items)
    if question.kind in ("photo", "file"):
        return Line(question.key, label, ", ".join(names.get(token, "") for token in value))
    if question.kind == "bsn" and value == "login":
        return Line(question.key, label, KNOWN.said(language))
    return Line(question.key, label, said(question, value, language))


def contact_of(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """Find the contact details among the answers, by the settings of the form."""
    settings = form.settings
    found = {
        "name": answers.get(settings.contact_name, ""),
        "email": answers.get(settings.contact_email, ""),
        "phone": answers.get(settings.contact_phone, ""),
    }
    address = answers.get(settings.contact_address)
    if isinstance(address, Mapping):
        found["address"] = f"{address['postcode']} {address['number']} {address.get('addition', '')}".strip()
    return {name: str(text) for name, text in found.items() if text}
