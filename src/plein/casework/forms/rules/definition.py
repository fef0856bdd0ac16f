"""The shape of a form as data. docs/look-up/forms.md explains it; `schema()` gives it as JSON Schema.

A definition is plain JSON. Reading it checks the shape of every part (msgspec); `checking.faults` checks what the parts
say about each other.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from plein.foundation.words import Text

Key = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$", description="lower case letters, digits and _")]
Kind = Literal[
    "text",
    "long_text",
    "number",
    "date",
    "yes_no",
    "tick",
    "choose_one",
    "choose_several",
    "email",
    "phone",
    "address",
    "iban",
    "plate",
    "bsn",
    "place",
    "photo",
    "file",
    "info",
    "group",
]
Test = Literal["is", "is_not", "one_of", "includes", "filled", "empty", "at_least", "at_most"]
NO_WORDS = Text("", "")


class Condition(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When something is asked: a test of an earlier answer, or several of them together.

    Either `question`, `test` and `value`, or one of `all`, `any` and `none` with conditions inside.
    """

    question: str = ""
    test: Test = "filled"
    value: str | int | float | bool | list[str] | None = None
    all: tuple["Condition", ...] = ()
    any: tuple["Condition", ...] = ()
    none: tuple["Condition", ...] = ()


class Choice(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of the answers to choose from."""

    key: Key
    label: Text
    hint: Text = NO_WORDS


class Prefill(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a first answer comes from: who logged in, a parameter in the address, or the object that was scanned.

    name: "name", "email", "phone", "address", "bsn" (login); the parameter (query); a property (asset).
    """

    source: Literal["login", "query", "asset"]
    name: Key


class Question(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question, or an information text between questions.

    hint: below the question. staff_hint: extra help at the counter. why: why we ask it. problems: own words per kind of
    problem ("empty", "too-long", ...). least, most: of a number, or how many are chosen, files, or items of a group.
    earliest, latest: days from today, of a date. unit: of a number. sensitive: the browser keeps nothing of it.
    files: which kinds of file, of "image", "pdf", "office". questions: of a group, one item of it.
    """

    key: Key
    kind: Kind
    label: Text
    hint: Text = NO_WORDS
    staff_hint: Text = NO_WORDS
    why: Text = NO_WORDS
    required: bool = True
    sensitive: bool = False
    show_when: Condition | None = None
    choices: tuple[Choice, ...] = ()
    shortest: Annotated[int, Meta(ge=0)] | None = None
    longest: Annotated[int, Meta(ge=1, le=20_000)] | None = None
    least: float | None = None
    most: float | None = None
    decimals: Annotated[int, Meta(ge=0, le=6)] = 0
    earliest: int | None = None
    latest: int | None = None
    unit: Text = NO_WORDS
    files: tuple[Literal["image", "pdf", "office"], ...] = ()
    prefill: Prefill | None = None
    problems: dict[str, Text] = {}
    questions: tuple["Question", ...] = ()


class Step(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A page of the form; left out as a whole when its condition does not hold."""

    key: Key
    title: Text
    lead: Text = NO_WORDS
    questions: tuple[Question, ...] = ()
    show_when: Condition | None = None


class Settings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the form behaves.

    login: "none" never asks, "optional" offers it, "needed" asks it first. resume: people may go on later by a link.
    resume_days: how long. zaaktype: the type of case that a submission opens, "" when a room handles it. rol: key of
    the role of who asks. document: key of the document type of answers and files. activity: the processing activity.
    message: template of the confirmation. counter: staff may fill it in for people. contact_*, place: keys of the
    questions with name, e-mail, phone, address and place. keep_days: how long an unfinished form without link is kept.
    team: key of the team that the case comes to.
    """

    login: Literal["none", "optional", "needed"] = "none"
    resume: bool = False
    resume_days: Annotated[int, Meta(ge=1, le=90)] = 14
    keep_days: Annotated[int, Meta(ge=1, le=30)] = 2
    zaaktype: str = ""
    rol: str = "initiator"
    document: str = "formulier"
    activity: str = ""
    message: str = "case-received"
    counter: bool = True
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    contact_address: str = ""
    place: str = ""
    team: str = ""


class Form(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A form: what its first page says, its steps, and how it behaves.

    needs: what to have at hand, one a line. minutes: how long it takes. other_ways: phone, desk and paper. next: what
    happens after sending. products: what people search for.
    """

    title: Text
    lead: Text
    steps: tuple[Step, ...]
    needs: Text = NO_WORDS
    minutes: Annotated[int, Meta(ge=1, le=120)] = 5
    other_ways: Text = NO_WORDS
    next: Text = NO_WORDS
    settings: Settings = Settings()


def read_form(data: Any) -> Form:
    """Read a form from JSON values.

    Raises msgspec.ValidationError, which names the place that is wrong.
    """
    return msgspec.convert(data, Form)


def read_questions(data: Any) -> tuple[Question, ...]:
    """Read a list of questions, such as a room keeps with its own data.

    Raises msgspec.ValidationError.
    """
    return msgspec.convert(data, tuple[Question, ...])


def written(form: Any) -> Any:
    """Give a form, or a part of it, as JSON values; what is left at its default is left out."""
    return msgspec.json.decode(msgspec.json.encode(form))


def schema() -> dict[str, Any]:
    """Give the JSON Schema of a form."""
    made: dict[str, Any] = msgspec.json.schema(Form)
    return made


def all_questions(form: Form) -> list[Question]:
    """List the questions of all steps, in order; those inside groups are not listed apart."""
    return [question for step in form.steps for question in step.questions]
