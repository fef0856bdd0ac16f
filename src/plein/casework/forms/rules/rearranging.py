"""Changing a form: adding, moving and taking out steps and questions. Each gives a new form; the old one stays."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from plein.casework.forms.rules.definition import Form, Question, Step

Questions = tuple[Question, ...]


def moved(things: Sequence[Any], key: str, by: int) -> tuple[Any, ...]:
    """Move what has a key some places; at an end it stays."""
    found = list(things)
    at = next((place for place, one in enumerate(found) if one.key == key), None)
    if at is None or not 0 <= at + by < len(found):
        return tuple(found)
    found.insert(at + by, found.pop(at))
    return tuple(found)


def with_step(form: Form, step: Step, *, old: str = "") -> Form:
    """Put a step in the place of an old one, or behind all."""
    if any(one.key == old for one in form.steps):
        return replace(form, steps=tuple(step if one.key == old else one for one in form.steps))
    return replace(form, steps=(*form.steps, step))


def without_step(form: Form, key: str) -> Form:
    """Take a step out."""
    return replace(form, steps=tuple(step for step in form.steps if step.key != key))


def move_step(form: Form, key: str, by: int) -> Form:
    """Move a step up (-1) or down (1)."""
    return replace(form, steps=moved(form.steps, key, by))


def change_questions(form: Form, step: str, group: str, how: Callable[[Questions], Questions]) -> Form:
    """Change the questions of a step, or of a group in it."""

    def in_group(questions: Questions) -> Questions:
        return tuple(replace(one, questions=how(one.questions)) if one.key == group else one for one in questions)

    inner = in_group if group else how
    return replace(
        form,
        steps=tuple(replace(one, questions=inner(one.questions)) if one.key == step else one for one in form.steps),
    )


def with_question(form: Form, step: str, group: str, question: Question, *, old: str = "") -> Form:
    """Put a question in the place of an old one, or behind all."""

    def put(questions: Questions) -> Questions:
        if any(one.key == old for one in questions):
            return tuple(question if one.key == old else one for one in questions)
        return (*questions, question)

    return change_questions(form, step, group, put)


def without_question(form: Form, step: str, group: str, key: str) -> Form:
    """Take a question out."""
    return change_questions(form, step, group, lambda found: tuple(one for one in found if one.key != key))


def move_question(form: Form, step: str, group: str, key: str, by: int) -> Form:
    """Move a question up (-1) or down (1)."""
    return change_questions(form, step, group, lambda found: moved(found, key, by))


def questions_of(form: Form, step: str, group: str = "") -> Questions:
    """Give the questions of a step, or of a group in it; none when it is not there."""
    found = next((one.questions for one in form.steps if one.key == step), ())
    if group:
        return next((one.questions for one in found if one.key == group), ())
    return found
