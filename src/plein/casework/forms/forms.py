"""Questions as a page draws them. `{% include "casework_forms/_questions.html" with asked=asked %}` is enough.

    asked = ask(questions, fields=fields, problems=problems, answers=answers, language=language, owner=owner)

Nothing here knows a form as a whole, so that a room draws the questions of its own data with it too.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest

from plein.casework.forms.actions.drafts import hashed
from plein.casework.forms.actions.uploads import wanted_kinds
from plein.casework.forms.models import Draft, Upload
from plein.casework.forms.rules.definition import Question
from plein.casework.forms.rules.questions import MOST_ITEMS, NO, YES, Problem, asked, count_of
from plein.casework.forms.rules.values import LONGEST, MOST_FILES, values_of
from plein.foundation.ui import maps
from plein.foundation.words import Text

INPUT_TYPES = {"email": "email", "phone": "tel", "date": "date"}
AUTOCOMPLETE = {"email": "email", "phone": "tel", "iban": "off", "bsn": "off", "plate": "off"}
ACCEPT = {
    "image": "image/jpeg,image/png,image/webp,image/heic,image/heif",
    "pdf": "application/pdf,.pdf",
    "office": ".docx,.xlsx,.pptx,.odt,.ods,.odp",
}


@dataclass(frozen=True)
class Option:
    """An answer to choose from."""

    key: str
    label: str
    hint: str
    is_chosen: bool


@dataclass(frozen=True)
class Asked:
    """A question on a page: its words in one language, what stands in it, and what is wrong.

    name: of its field; id: in the page. parts: values of the fields of an address or place. items: per item of a group
    its questions. files: what was sent already. help: the extra text at the counter.
    """

    question: Question
    name: str
    language: str
    value: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None
    options: Sequence[Option] = ()
    items: Sequence[Sequence["Asked"]] = ()
    files: Sequence[Upload] = ()
    known: str = ""
    is_staff: bool = False
    map: Any = None
    remembers: bool = True

    @property
    def id(self) -> str:
        """Name its place in the page."""
        return f"q-{self.name.replace('.', '-')}"

    @property
    def focus_id(self) -> str:
        """Name the field that the summary of problems leads to."""
        if self.options:
            return f"{self.id}-{self.options[0].key}"
        part = self.problem.part if self.problem and self.problem.part else FIRST_PART.get(self.question.kind, "")
        return f"{self.id}-{part}" if part else self.id

    @property
    def kind(self) -> str:
        """Tell what kind of question it is."""
        return self.question.kind

    @property
    def label(self) -> str:
        """Give the question itself."""
        return self.question.label.said(self.language)

    @property
    def hint(self) -> str:
        """Give the text below the question."""
        return self.question.hint.said(self.language)

    @property
    def why(self) -> str:
        """Say why we ask."""
        return self.question.why.said(self.language)

    @property
    def help(self) -> str:
        """Give the extra help of the counter."""
        return self.question.staff_hint.said(self.language) if self.is_staff else ""

    @property
    def unit(self) -> str:
        """Give the unit of a number."""
        return self.question.unit.said(self.language)

    @property
    def input_type(self) -> str:
        """Name the type of its field."""
        return INPUT_TYPES.get(self.kind, "text")

    @property
    def longest(self) -> int:
        """Give how many characters fit."""
        return self.question.longest or LONGEST.get(self.kind, 200)

    @property
    def autocomplete(self) -> str:
        """Tell the browser what this is of the person themselves, or that it must keep nothing."""
        if self.question.sensitive or not self.remembers or self.is_staff:
            return "off"
        prefill = self.question.prefill
        if self.kind == "text" and prefill and prefill.source == "login" and prefill.name == "name":
            return "name"
        return AUTOCOMPLETE.get(self.kind, "")

    @property
    def accept(self) -> str:
        """List what a file may be."""
        return ",".join(ACCEPT[kind] for kind in wanted_kinds(self.question))

    @property
    def most_files(self) -> int:
        """Tell how many files fit."""
        return int(self.question.most or MOST_FILES)

    @property
    def has_room(self) -> bool:
        """Tell whether one more file or item fits."""
        held = len(self.items) if self.kind == "group" else len(self.files)
        return held < int(self.question.most or (MOST_ITEMS if self.kind == "group" else MOST_FILES))

    @property
    def may_remove(self) -> bool:
        """Tell whether an item may go."""
        return len(self.items) > int(self.question.least or 0)

    @property
    def described_by(self) -> str:
        """Name the texts that go with the field."""
        texts = (("hint", self.hint), ("help", self.help), ("error", self.problem))
        return " ".join(f"{self.id}-{name}" for name, text in texts if text)


FIRST_PART = {"address": "postcode", "place": "address"}


@dataclass(frozen=True)
class _Page:
    fields: Any
    problems: Mapping[str, Problem]
    language: str
    files: Mapping[str, Upload]
    login: Mapping[str, str]
    is_staff: bool
    remembers: bool
    with_map: bool


def ask(
    questions: Sequence[Question],
    *,
    fields: Any,
    problems: Mapping[str, Problem] | None = None,
    answers: Mapping[str, Any] | None = None,
    language: str = "nl",
    owner: str = "",
    login: Mapping[str, str] | None = None,
    is_staff: bool = False,
    remembers: bool = True,
    with_map: bool = False,
) -> list[Asked]:
    """Give the questions that are asked, ready to draw.

    fields: what stands in the fields, by name (a QueryDict or mapping). answers: earlier and present answers, for
    conditions. owner: whose files are shown. remembers: the browser may fill in and keep what is not sensitive.
    with_map: a place can be pointed at; the page loads the map's styles and scripts and casework_forms/place.js.
    """
    tokens = [token for name in _file_names(questions, fields) for token in values_of(fields, name)]
    found = Upload.objects.filter(token__in=tokens, owner=owner) if tokens else ()
    files = {row.token: row for row in found}
    page = _Page(fields, problems or {}, language, files, login or {}, is_staff, remembers, with_map)
    return [_asked(question, question.key, page, answers or {}) for question in asked(questions, answers or {})]


def _file_names(questions: Sequence[Question], fields: Any) -> Iterator[str]:
    """Name the fields that hold tokens of files."""
    for question in questions:
        if question.kind in ("photo", "file"):
            yield question.key
        for inner in question.questions:
            if inner.kind in ("photo", "file"):
                for number in range(count_of(question, fields, question.key)):
                    yield f"{question.key}.{number}.{inner.key}"


def _asked(question: Question, name: str, page: _Page, answers: Mapping[str, Any]) -> Asked:
    held = values_of(page.fields, name)
    made = Asked(
        question=question,
        name=name,
        language=page.language,
        value=held[-1] if held else "",
        problem=page.problems.get(name),
        is_staff=page.is_staff,
        remembers=page.remembers,
        options=_options(question, held, page.language),
    )
    if question.kind in ("photo", "file"):
        return replace(made, files=[page.files[token] for token in held if token in page.files])
    if question.kind in ("address", "place"):
        names = ("postcode", "number", "addition", "address", "lon", "lat", "asset", "how")
        parts = {part: (values_of(page.fields, f"{name}.{part}") or [""])[-1] for part in names}
        return replace(made, parts=parts, map=_map(parts) if question.kind == "place" and page.with_map else None)
    if question.kind == "bsn":
        return replace(made, known=page.login.get("bsn", ""))
    return replace(made, items=_items(question, name, page, answers)) if question.kind == "group" else made


def _map(parts: Mapping[str, str]) -> maps.Map:
    """Make the map to point at a place on, with the place as it is known."""
    try:
        spots = [maps.Spot(id="here", lon=float(parts["lon"]), lat=float(parts["lat"]), name=Text("Hier", "Here"))]
    except ValueError:
        spots = []
    title = Text("Wijs de plek aan", "Point at the place")
    return maps.points(spots, title=title, unit="", source=Text("eigen kaart", "own map"), period="")


def _options(question: Question, held: Sequence[str], language: str) -> list[Option]:
    if question.kind == "yes_no":
        return [Option("yes", YES.said(language), "", "yes" in held), Option("no", NO.said(language), "", "no" in held)]
    return [
        Option(choice.key, choice.label.said(language), choice.hint.said(language), choice.key in held)
        for choice in question.choices
    ]


def _items(question: Question, name: str, page: _Page, answers: Mapping[str, Any]) -> list[list[Asked]]:
    """Draw the items of a group; the conditions inside look at what was typed in the same item."""
    drawn = []
    for number in range(min(count_of(question, page.fields, name), int(question.most or MOST_ITEMS))):
        known = {**answers, **_typed(question, f"{name}.{number}", page.fields)}
        shown = asked(question.questions, known)
        drawn.append([_asked(inner, f"{name}.{number}.{inner.key}", page, known) for inner in shown])
    return drawn


def _typed(question: Question, name: str, fields: Any) -> dict[str, Any]:
    """Read what was typed in an item, well or not, as far as conditions need it."""
    from plein.casework.forms.rules.questions import bind

    prefix = f"{name}."
    own = {inner.key: values_of(fields, prefix + inner.key) for inner in question.questions}
    free = [inner for inner in question.questions if inner.kind in ("choose_one", "choose_several", "yes_no", "tick")]
    return bind(free, own)[0]


def names_of(asked_now: Sequence[Asked]) -> list[str]:
    """List the names of all questions on a page, those inside groups too."""
    return [name for one in asked_now for name in (one.name, *(n for item in one.items for n in names_of(item)))]


def problems_of(asked_now: Sequence[Asked]) -> list[Asked]:
    """List the questions of a page with a problem, in the order in which they stand, for the summary on top."""
    found = []
    for one in asked_now:
        found += [one] if one.problem else []
        found += [inner for item in one.items for inner in problems_of(item)]
    return found


# -- whose page it is -------------------------------------------------------------------------------------------------

OWNERS = "upload_owners"


def sender_of(request: HttpRequest) -> str:
    """Give the word for who is at this browser now, made at first use, gone with the session."""
    if "sender" not in request.session:
        request.session["sender"] = secrets.token_urlsafe(16)
    return f"sender:{request.session['sender']}"


def is_sender(request: HttpRequest, owner: str) -> bool:
    """Tell whether files of this owner were sent from this browser, or belong to the draft that is open in it."""
    own = f"sender:{request.session.get('sender', '')}"
    kind, _colon, key = owner.partition(":")
    if kind == "draft":
        return Draft.objects.filter(uuid=key, owner_hash=hashed(own)).exists()
    return owner in (own, *request.session.get(OWNERS, ()))


def let_see(request: HttpRequest, owner: str) -> None:
    """Let this browser see the files of an owner, the word of a room for one of its own pages."""
    known = [one for one in request.session.get(OWNERS, ()) if one != owner]
    request.session[OWNERS] = [*known, owner][-20:]
