"""The way through a form: which steps there are for these answers, what is done, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from plein.casework.forms.rules.conditions import holds
from plein.casework.forms.rules.definition import Form, Step
from plein.casework.forms.rules.questions import Problem, bind

CHECK = "controle"


@dataclass(frozen=True, slots=True)
class Way:
    """A form with what was filled in so far.

    steps: those that are asked. answers: all good answers. problems: by key of the step. open: keys of steps that are
    not sound yet.
    """

    steps: Sequence[Step]
    answers: Mapping[str, Any]
    problems: Mapping[str, Mapping[str, Problem]]

    @property
    def first_open(self) -> str:
        """Give the first step that is not sound; "" when all are."""
        return next((step.key for step in self.steps if self.problems.get(step.key)), "")

    def after(self, key: str) -> str:
        """Give the step behind one; the check page behind the last."""
        keys = [step.key for step in self.steps]
        place = keys.index(key) + 1 if key in keys else len(keys)
        return keys[place] if place < len(keys) else CHECK

    def before(self, key: str) -> str:
        """Give the step before one; "" before the first."""
        keys = [*(step.key for step in self.steps), CHECK]
        place = keys.index(key) if key in keys else 0
        return keys[place - 1] if place else ""

    def may_see(self, key: str) -> bool:
        """Tell whether a step may be opened: all before it are sound."""
        for step in self.steps:
            if step.key == key:
                return True
            if self.problems.get(step.key):
                return False
        return key == CHECK


def way(
    form: Form,
    fields: Mapping[str, Sequence[str]],
    *,
    language: str,
    today: date,
    login: Mapping[str, str] | None = None,
    is_staff: bool = False,
) -> Way:
    """Walk through the form with what was filled in."""
    steps, answers, problems = [], {}, {}
    for step in form.steps:
        if not holds(step.show_when, answers):
            continue
        steps.append(step)
        found, wrong = bind(
            step.questions, fields, language, known=answers, today=today, login=login, is_staff=is_staff
        )
        answers |= found
        problems[step.key] = wrong
    return Way(steps, answers, problems)


def names_of(step: Step) -> tuple[set[str], tuple[str, ...]]:
    """Give the names of the fields of a step: whole names, and starts of names with parts."""
    keys = {question.key for question in step.questions if question.kind != "info"}
    return keys, tuple(f"{key}." for key in keys)


def merged(step: Step, kept: Mapping[str, Sequence[str]], sent: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Put what a step sent in the place of what it had; other steps keep theirs, and unknown fields are not taken."""
    keys, starts = names_of(step)
    fields = {name: list(held) for name, held in kept.items() if name not in keys and not name.startswith(starts)}
    for name, held in sent.items():
        if name in keys or name.startswith(starts):
            fields[name] = [str(one) for one in held]
    return fields
