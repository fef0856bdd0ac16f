"""Whether the parts of a form fit together, before it is published: in words for who makes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plein.casework.forms.rules.conditions import questions_in
from plein.casework.forms.rules.definition import Condition, Form, Question, all_questions
from plein.foundation.words import Text

WITH_CHOICES = ("choose_one", "choose_several")


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not fit. where: key of the step or question; text: what, and what to do."""

    where: str
    text: Text


def faults(form: Form) -> list[Fault]:
    """List what does not fit; an empty list may be published."""
    found = [*_words(form), *_doubles(form), *_steps(form), *_settings(form)]
    for question in all_questions(form):
        found += _question(question)
        for inner in question.questions:
            found += _question(inner)
    return found


def _words(form: Form) -> Iterator[Fault]:
    for text, nl, en in ((form.title, "De titel", "The title"), (form.lead, "De inleiding", "The opening")):
        if not (text.nl.strip() and text.en.strip()):
            yield Fault("", Text(f"{nl} mist in een van de twee talen.", f"{en} lacks one of the two languages."))
    for step in form.steps:
        if not (step.title.nl.strip() and step.title.en.strip()):
            yield Fault(
                step.key, Text("De stap heeft in een taal geen titel.", "The step lacks a title in a language.")
            )


def _doubles(form: Form) -> Iterator[Fault]:
    keys = [step.key for step in form.steps] + [f"v:{question.key}" for question in all_questions(form)]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        name = key.removeprefix("v:")
        yield Fault(name, Text(f"De sleutel {name} komt twee keer voor.", f"The key {name} stands there twice."))


def _steps(form: Form) -> Iterator[Fault]:
    if not form.steps:
        yield Fault("", Text("Er is nog geen stap. Voeg er een toe.", "There is no step yet. Add one."))
    earlier: set[str] = set()
    for step in form.steps:
        if not step.questions:
            yield Fault(step.key, Text("In deze stap staat geen vraag.", "This step has no question."))
        yield from _known(step.show_when, earlier, step.key)
        for question in step.questions:
            yield from _known(question.show_when, earlier, question.key)
            inside = set(earlier)
            for inner in question.questions:
                yield from _known(inner.show_when, inside, inner.key)
                inside.add(inner.key)
            earlier.add(question.key)


def _known(condition: Condition | None, earlier: set[str], where: str) -> Iterator[Fault]:
    for key in sorted(questions_in(condition) - earlier):
        yield Fault(
            where,
            Text(
                f"De voorwaarde kijkt naar {key}, en die vraag komt niet eerder.",
                f"The condition looks at {key}, and that question does not come before.",
            ),
        )


def _question(question: Question) -> Iterator[Fault]:
    if not (question.label.nl.strip() and question.label.en.strip()):
        yield Fault(question.key, Text("De vraag mist in een taal.", "The question lacks one of the two languages."))
    if question.kind in WITH_CHOICES and len(question.choices) < 2:
        yield Fault(question.key, Text("Geef minstens twee antwoorden.", "Give at least two answers to choose from."))
    if question.kind == "group" and not question.questions:
        yield Fault(question.key, Text("De groep is nog leeg.", "The group is still empty."))
    if any(inner.kind == "group" for inner in question.questions):
        yield Fault(question.key, Text("Een groep past niet in een groep.", "A group does not fit in a group."))
    if question.least is not None and question.most is not None and question.least > question.most:
        yield Fault(question.key, Text("Het minste is meer dan het meeste.", "The least is more than the most."))
    yield from _choices(question)


def _choices(question: Question) -> Iterator[Fault]:
    keys = [choice.key for choice in question.choices]
    if len(keys) != len(set(keys)):
        yield Fault(question.key, Text("Een antwoord staat er twee keer.", "An answer stands there twice."))
    if any(not (choice.label.nl.strip() and choice.label.en.strip()) for choice in question.choices):
        yield Fault(question.key, Text("Een antwoord mist in een taal.", "An answer lacks one of the two languages."))


CONTACTS = {
    "contact_name": ("text",),
    "contact_email": ("email",),
    "contact_phone": ("phone",),
    "contact_address": ("address",),
    "place": ("place",),
}


def _settings(form: Form) -> Iterator[Fault]:
    kinds = {question.key: question.kind for question in all_questions(form)}
    for name, wanted in CONTACTS.items():
        key = getattr(form.settings, name)
        if key and kinds.get(key) not in wanted:
            told = ", ".join(wanted)
            yield Fault(
                "", Text(f"{name}: {key} is geen vraag van soort {told}.", f"{name}: {key} is no {told} question.")
            )
    if form.settings.login == "none" and any(kind == "bsn" for kind in kinds.values()):
        yield Fault(
            "",
            Text(
                "Er is een vraag naar het burgerservicenummer, en niemand logt in. Zet inloggen aan.",
                "There is a question for the citizen service number, and nobody logs in. Switch the login on.",
            ),
        )


def changed(before: Sequence[Question], after: Sequence[Question]) -> set[str]:
    """List the keys of questions that are new, gone or not the same."""
    first, second = {q.key: q for q in before}, {q.key: q for q in after}
    return {key for key in first.keys() | second.keys() if first.get(key) != second.get(key)}
