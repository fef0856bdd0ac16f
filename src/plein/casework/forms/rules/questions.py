"""The engine: which questions are asked, what was answered, and what is wrong. Pure: the same for every room.

    answers, problems = bind(questions, request.POST, language)

Names of fields: the key of the question; parts of it after a dot ("home.postcode"); items of a group by number
("dogs.0.name"), with "dogs.count" for how many stand on the page. "shown" lists the names that stood on the page.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from plein.casework.forms.rules.conditions import holds
from plein.casework.forms.rules.definition import Question
from plein.casework.forms.rules.values import EMPTY, EMPTY_OTHER, NEW, READERS, Given, Wrong, is_empty, values_of
from plein.foundation.words import Text

MOST_ITEMS = 20
SHOWN = "shown[]"  # with brackets, as a name that several controls have


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an answer. kind: for statistics; text: in the language asked for; part: which field of it."""

    kind: str
    text: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What an answer is judged with besides what was typed. login: facts of who logged in; is_staff: at the counter."""

    language: str = "nl"
    today: date = date.min
    login: Mapping[str, str] | None = None
    is_staff: bool = False


def bind(
    questions: Sequence[Question],
    data: Any,
    language: str = "nl",
    *,
    known: Mapping[str, Any] | None = None,
    today: date | None = None,
    login: Mapping[str, str] | None = None,
    is_staff: bool = False,
) -> tuple[dict[str, Any], dict[str, Problem]]:
    """Read the answers to the questions that are asked.

    data: a QueryDict, or a mapping of names to text or lists. known: answers to earlier questions, for conditions.
    today: needed when a question limits its days. login: facts of who logged in, for "bsn".
    Returns the answers by key (nothing for a question that was not asked or not answered; what is wrong is left out)
    and the problems by name of field.
    """
    if today is None and _has_limits(questions):
        raise ValueError("These questions limit their days: say which day it is.")
    context = Context(language, today or date.min, login, is_staff)
    answers: dict[str, Any] = {}
    problems: dict[str, Problem] = {}
    for question in questions:
        if holds(question.show_when, {**(known or {}), **answers}):
            scope = {**(known or {}), **answers}
            value = _answer(question, data, question.key, scope=scope, context=context, problems=problems)
            if not is_empty(value):
                answers[question.key] = value
    return answers, problems


def _has_limits(questions: Sequence[Question]) -> bool:
    return any(q.earliest is not None or q.latest is not None or _has_limits(q.questions) for q in questions)


def _answer(
    question: Question,
    data: Any,
    name: str,
    *,
    scope: Mapping[str, Any],
    context: Context,
    problems: dict[str, Problem],
) -> Any:
    """Read one answer; what is wrong goes into `problems`."""
    if question.kind == "info":
        return None
    try:
        if question.kind == "group":
            value = _items(question, data, name, scope=scope, context=context, problems=problems)
        else:
            given = Given(data, name, context.today, context.login or {}, context.is_staff)
            value = READERS[question.kind](question, given)
        if is_empty(value) and question.required:
            raise _missing(question, name, data)
    except Wrong as wrong:
        text = question.problems.get(wrong.kind, wrong.text)
        problems[name] = Problem(wrong.kind, text.said(context.language), wrong.part)
        return None
    return value


def _missing(question: Question, name: str, data: Any) -> Wrong:
    """Say that an answer is needed; of a question that was not on the page yet, that it came because of an answer."""
    shown = [*values_of(data, SHOWN), *values_of(data, "shown")]
    if shown and name not in shown:
        return Wrong("new", NEW.nl, NEW.en)
    text = EMPTY.get(question.kind, EMPTY_OTHER)
    return Wrong("empty", text.nl, text.en)


def _items(
    question: Question,
    data: Any,
    name: str,
    *,
    scope: Mapping[str, Any],
    context: Context,
    problems: dict[str, Problem],
) -> list[dict[str, Any]]:
    """Read the items of a group; items in which nothing was filled in are left out, unless they are needed."""
    found = []
    for number in range(count_of(question, data, name)):
        item, wrong = _item(question, data, f"{name}.{number}", scope=scope, context=context)
        if item or any(one.kind not in ("empty", "new") for one in wrong.values()) or number < (question.least or 0):
            problems.update(wrong)
            found.append(item)
    if len(found) > (question.most or MOST_ITEMS):
        most = int(question.most or MOST_ITEMS)
        raise Wrong("too-many", f"Dit zijn er te veel. Er passen er {most}.", f"These are too many. {most} will fit.")
    return found


def _item(
    question: Question, data: Any, name: str, *, scope: Mapping[str, Any], context: Context
) -> tuple[dict[str, Any], dict[str, Problem]]:
    item: dict[str, Any] = {}
    wrong: dict[str, Problem] = {}
    for inner in question.questions:
        seen = {**scope, **item}
        if holds(inner.show_when, seen):
            value = _answer(inner, data, f"{name}.{inner.key}", scope=seen, context=context, problems=wrong)
            if not is_empty(value):
                item[inner.key] = value
    return item, wrong


def count_of(question: Question, data: Any, name: str) -> int:
    """Tell how many items of a group stand on the page: what the page says, within what is needed and what fits."""
    text = (values_of(data, f"{name}.count") or ["0"])[-1]
    count = int(text[:4]) if text.isascii() and text.isdigit() else 0
    most = int(question.most or MOST_ITEMS) + 1
    return max(min(count, most), int(question.least or (1 if question.required else 0)))


# -- which stand on the page ------------------------------------------------------------------------------------------


def asked(questions: Sequence[Question], answers: Mapping[str, Any]) -> list[Question]:
    """List the questions that are asked, given these answers."""
    return [question for question in questions if holds(question.show_when, answers)]


def names_shown(questions: Sequence[Question], data: Any, answers: Mapping[str, Any]) -> Iterator[str]:
    """List the names of all questions that stand on the page, those in groups too."""
    for question in asked(questions, answers):
        yield question.key
        if question.kind == "group":
            items = answers.get(question.key) or []
            for number in range(count_of(question, data, question.key)):
                item = items[number] if number < len(items) else {}
                for inner in asked(question.questions, {**answers, **item}):
                    yield f"{question.key}.{number}.{inner.key}"


# -- from answers back to fields --------------------------------------------------------------------------------------


def filled(questions: Sequence[Question], answers: Mapping[str, Any], name: str = "") -> dict[str, list[str]]:
    """Give the fields that would yield these answers, to show a page again with what was said."""
    fields: dict[str, list[str]] = {}
    for question in questions:
        if question.key in answers:
            fields |= _fields(question, answers[question.key], f"{name}{question.key}")
    return fields


def _fields(question: Question, value: Any, name: str) -> dict[str, list[str]]:
    if question.kind == "group":
        fields = {f"{name}.count": [str(len(value))]}
        for number, item in enumerate(value):
            fields |= filled(question.questions, item, f"{name}.{number}.")
        return fields
    if isinstance(value, Mapping):
        return {f"{name}.{part}": [str(one)] for part, one in value.items()}
    if isinstance(value, list):
        return {name: [str(one) for one in value]}
    if isinstance(value, bool):
        return {name: ["yes" if value else "no"]}
    return {name: [str(value)]}


def press(questions: Sequence[Question], data: Mapping[str, list[str]], button: str) -> dict[str, list[str]] | None:
    """Do what a button inside a group or beside a file asks for: "add:dogs", "remove:dogs.1", "drop:photo=TOKEN".

    Returns the fields of the page afterwards; None when the button is none of these.
    """
    act, _, what = button.partition(":")
    fields = {name: list(values) for name, values in data.items()}
    groups = {question.key: question for question in questions if question.kind == "group"}
    name, _, number = what.rpartition(".")
    if act == "add" and what in groups:
        fields[f"{what}.count"] = [str(count_of(groups[what], data, what) + 1)]
    elif act == "remove" and name in groups and number.isascii() and number.isdigit():
        fields = _without(groups[name], fields, int(number))
    elif act == "drop" and "=" in what:
        name, _, token = what.partition("=")
        fields[name] = [one for one in fields.get(name, []) if one != token]
    else:
        return None
    return fields


def _without(question: Question, fields: dict[str, list[str]], gone: int) -> dict[str, list[str]]:
    """Take one item of a group out and move those behind it up."""
    start = f"{question.key}."
    count = count_of(question, fields, question.key)
    kept: dict[str, list[str]] = {}
    for name, values in fields.items():
        number, _, rest = name.removeprefix(start).partition(".")
        if not name.startswith(start) or not rest or not number.isdigit():
            kept[name] = values
        elif int(number) != gone:
            moved = int(number) - (int(number) > gone)
            kept[f"{start}{moved}.{rest}"] = values
    kept[f"{question.key}.count"] = [str(max(0, count - (gone < count)))]
    return kept


# -- first answers ----------------------------------------------------------------------------------------------------


def prefilled(
    questions: Sequence[Question],
    *,
    login: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    asset: Mapping[str, str] | None = None,
) -> dict[str, list[str]]:
    """Give the fields that are known before anybody answers, only from what each question declares."""
    sources = {"login": login or {}, "query": query or {}, "asset": asset or {}}
    fields: dict[str, list[str]] = {}
    for question in questions:
        wanted = question.prefill
        value = sources[wanted.source].get(wanted.name, "") if wanted else ""
        if value:
            fields |= _first(question, str(value)[:500])
    return fields


def _first(question: Question, value: str) -> dict[str, list[str]]:
    if question.kind == "place":
        lat, comma, lon = value.partition(",")
        if comma and _is_degrees(lat) and _is_degrees(lon):
            return {f"{question.key}.lat": [lat.strip()], f"{question.key}.lon": [lon.strip()]}
        return {f"{question.key}.asset" if _is_code(value) else f"{question.key}.address": [value]}
    if question.kind == "address":
        postcode, _, number = value.partition(" ")
        return {f"{question.key}.postcode": [postcode], f"{question.key}.number": [number]}
    return {question.key: [value]}


def _is_degrees(text: str) -> bool:
    return text.strip().replace(".", "", 1).replace("-", "", 1).isdigit()


def _is_code(value: str) -> bool:
    return " " not in value and any(c.isdigit() for c in value)


# -- in words ---------------------------------------------------------------------------------------------------------

YES, NO = Text("Ja", "Yes"), Text("Nee", "No")


def _said_number(question: Question, value: Any, language: str) -> str:
    text = str(value).removesuffix(".0").replace(".", "," if language == "nl" else ".")
    return f"{text} {question.unit.said(language)}".strip()


def _said_choices(question: Question, value: Any, language: str) -> str:
    titles = {choice.key: choice.label.said(language) for choice in question.choices}
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(titles.get(key, str(key)) for key in chosen)


def _said_place(question: Question, value: Any, language: str) -> str:
    point = f"{value['lat']}, {value['lon']}" if "lat" in value else ""
    return " · ".join(part for part in (value.get("address", ""), value.get("asset", ""), point) if part)


SAYERS: dict[str, Callable[[Question, Any, str], str]] = {
    "yes_no": lambda question, value, language: (YES if value else NO).said(language),
    "tick": lambda question, value, language: (YES if value else NO).said(language),
    "choose_one": _said_choices,
    "choose_several": _said_choices,
    "date": lambda question, value, language: "-".join(reversed(str(value).split("-"))),
    "number": _said_number,
    "address": lambda q, value, lang: f"{value['postcode']}, {value['number']} {value.get('addition', '')}".strip(),
    "place": _said_place,
}


def said(question: Question, value: Any, language: str) -> str:
    """Say an answer in words, for the check page, the PDF and the case; files are told by the caller."""
    sayer = SAYERS.get(question.kind)
    return sayer(question, value, language) if sayer else str(value)
