"""When a question is asked: tests of earlier answers, as data."""

from collections.abc import Callable, Mapping
from typing import Any

from plein.casework.forms.rules.definition import Condition

Answers = Mapping[str, Any]


def _is_filled(given: Any) -> bool:
    return given not in (None, "", [], {}, ())


def _same(given: Any, wanted: Any) -> bool:
    if isinstance(given, bool) or isinstance(wanted, bool):
        return isinstance(given, bool) and given is _truth(wanted)
    return _is_filled(given) and str(given) == str(wanted)


def _truth(wanted: Any) -> bool:
    return wanted if isinstance(wanted, bool) else str(wanted).lower() in ("yes", "true", "1")


def _members(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _compared(given: Any, wanted: Any) -> int | None:
    """Compare numbers as numbers and the rest (dates) as text; None when there is nothing to compare."""
    if not _is_filled(given):
        return None
    try:
        first, second = float(given), float(wanted)
    except (TypeError, ValueError):
        return (str(given) > str(wanted)) - (str(given) < str(wanted))
    return (first > second) - (first < second)


TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "is": _same,
    "is_not": lambda given, wanted: not _same(given, wanted),
    "one_of": lambda given, wanted: any(_same(given, one) for one in _members(wanted)),
    "includes": lambda given, wanted: any(_same(one, wanted) for one in _members(given)),
    "filled": lambda given, _: _is_filled(given),
    "empty": lambda given, _: not _is_filled(given),
    "at_least": lambda given, wanted: (_compared(given, wanted) or 0) >= 0 and _is_filled(given),
    "at_most": lambda given, wanted: (_compared(given, wanted) or 0) <= 0 and _is_filled(given),
}


def holds(condition: Condition | None, answers: Answers) -> bool:
    """Tell whether a condition holds for the answers so far; a question that was not asked counts as empty."""
    if condition is None:
        return True
    return (
        (not condition.question or TESTS[condition.test](answers.get(condition.question), condition.value))
        and all(holds(one, answers) for one in condition.all)
        and (not condition.any or any(holds(one, answers) for one in condition.any))
        and not any(holds(one, answers) for one in condition.none)
    )


def questions_in(condition: Condition | None) -> set[str]:
    """List the questions that a condition looks at."""
    if condition is None:
        return set()
    inside = (*condition.all, *condition.any, *condition.none)
    own = {condition.question} if condition.question else set()
    return own.union(*(questions_in(one) for one in inside))
