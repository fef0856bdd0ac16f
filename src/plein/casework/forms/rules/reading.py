"""How the texts of a form read: which sentences their author should look at again."""

from collections.abc import Iterator
from dataclasses import dataclass

from plein.casework.forms.rules.definition import Form
from plein.casework.messages.rules.readability import Remark, judge
from plein.foundation.words import Text


@dataclass(frozen=True, slots=True)
class Hard:
    """A sentence to look at again. where: key of the step or question, "" of the form itself."""

    where: str
    language: str
    remark: Remark


def texts(form: Form) -> Iterator[tuple[str, Text]]:
    """Walk through all texts that residents read, with the key of where they stand."""
    yield from (("", text) for text in (form.lead, form.needs, form.other_ways, form.next))
    for step in form.steps:
        yield step.key, step.lead
        for question in step.questions:
            for one in (question, *question.questions):
                yield from ((one.key, text) for text in (one.label, one.hint, one.why))
                yield from ((one.key, choice.label) for choice in one.choices)


def readability(form: Form) -> list[Hard]:
    """List what reads hard, in both languages; it warns and stops nobody."""
    return [
        Hard(where, language, remark)
        for where, text in texts(form)
        for language in ("nl", "en")
        for remark in judge(text.said(language), language).remarks
    ]
