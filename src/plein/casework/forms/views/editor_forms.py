"""What the editor of forms asks: the form itself, a step, a question."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from plein.casework.forms.rules.definition import (
    NO_WORDS,
    Choice,
    Condition,
    Form,
    Kind,
    Prefill,
    Question,
    Settings,
    Step,
    written,
)
from plein.foundation.words import Text

KINDS = {
    "text": _("A line of text"),
    "long_text": _("A longer text"),
    "number": _("A number"),
    "date": _("A day"),
    "yes_no": _("Yes or no"),
    "tick": _("A box to tick"),
    "choose_one": _("Choose one"),
    "choose_several": _("Choose several"),
    "email": _("E-mail address"),
    "phone": _("Phone number"),
    "address": _("Postcode and house number"),
    "iban": _("Account number (IBAN)"),
    "plate": _("Number plate"),
    "bsn": _("Citizen service number, from the login"),
    "place": _("A place"),
    "photo": _("Photos"),
    "file": _("Files"),
    "info": _("Information, no question"),
    "group": _("A group that can be repeated"),
}
TESTS = {
    "is": _("is"),
    "is_not": _("is not"),
    "one_of": _("is one of (split by commas)"),
    "includes": _("includes"),
    "filled": _("is filled in"),
    "empty": _("is empty"),
    "at_least": _("is at least"),
    "at_most": _("is at most"),
}
KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
assert set(KINDS) == set(Kind.__args__)  # type: ignore[attr-defined]


def _text(label: Any, *, rows: int = 0, **more: Any) -> forms.CharField:
    widget = {"widget": forms.Textarea(attrs={"rows": rows})} if rows else {}
    return forms.CharField(label=label, max_length=2_000, **widget, **{"required": False, **more})


def _key_field() -> forms.CharField:
    return forms.RegexField(
        KEY,
        label=_("Key"),
        help_text=_("Lower case letters, digits and _. The answers are kept under it."),
        error_messages={"invalid": _("This is no key. Begin with a letter; use lower case, digits and _.")},
    )


def _pair(data: dict[str, Any], name: str) -> Text:
    text = Text(_flat(data.get(f"{name}_nl", "")), _flat(data.get(f"{name}_en", "")))
    return NO_WORDS if text == NO_WORDS else text  # the very object, so that it is left out of what is written


def _flat(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


class _Base(forms.Form):
    use_required_attribute = False

    def pairs(self, thing: Any, names: Sequence[str]) -> None:
        """Show the texts that a thing has."""
        for name in names:
            text = getattr(thing, name)
            self.initial |= {f"{name}_nl": text.nl, f"{name}_en": text.en}


class NewFormForm(_Base):
    """Makes a form."""

    key = forms.SlugField(label=_("Key"), max_length=50, help_text=_("Stands in the address, such as parking-permit."))
    title_nl = _text(_("Title in Dutch"), required=True)
    title_en = _text(_("Title in English"), required=True)


class TextsForm(_Base):
    """Changes what the first and last page say, and how the form behaves."""

    fieldsets = (
        (_("What it says"), ("title_*", "lead_*", "needs_*", "minutes", "other_ways_*", "next_*")),
        (_("How it behaves"), ("login", "resume", "resume_days", "keep_days", "counter", "message")),
        (_("Where it goes"), ("zaaktype", "team", "document", "activity")),
        (_("Which question asks for"), ("contact_*", "place")),
    )
    title_nl, title_en = _text(_("Title in Dutch"), required=True), _text(_("Title in English"), required=True)
    lead_nl = _text(_("Opening in Dutch"), rows=2, required=True)
    lead_en = _text(_("Opening in English"), rows=2, required=True)
    needs_nl = _text(_("What to have at hand, in Dutch"), rows=3, help_text=_("One a line."))
    needs_en = _text(_("What to have at hand, in English"), rows=3)
    minutes = forms.IntegerField(label=_("How many minutes it takes"), min_value=1, max_value=120)
    other_ways_nl = _text(_("Other ways, in Dutch"), rows=3)
    other_ways_en = _text(_("Other ways, in English"), rows=3)
    next_nl = _text(_("What happens next, in Dutch"), rows=3)
    next_en = _text(_("What happens next, in English"), rows=3)
    login = forms.ChoiceField(
        label=_("Logging in"),
        choices=[("none", _("is not asked")), ("optional", _("is offered")), ("needed", _("is needed"))],
    )
    resume = forms.BooleanField(label=_("People may go on later by a link"), required=False)
    resume_days = forms.IntegerField(label=_("The link works for how many days"), min_value=1, max_value=90)
    keep_days = forms.IntegerField(label=_("Without a link it is kept for how many days"), min_value=1, max_value=30)
    counter = forms.BooleanField(label=_("Staff may fill it in for people"), required=False)
    message = _text(_("Text of the confirmation"), help_text=_("Key of a message; empty sends none."))
    zaaktype = _text(_("Type of case that it opens"))
    team = _text(
        _("Team that gets the case"), help_text=_("Key of the team; empty leaves it to whoever divides the work.")
    )
    document = _text(_("Kind of document of the answers"))
    activity = _text(_("Processing activity"))
    contact_name = forms.ChoiceField(label=_("the name"), required=False)
    contact_email = forms.ChoiceField(label=_("the e-mail address"), required=False)
    contact_phone = forms.ChoiceField(label=_("the phone number"), required=False)
    contact_address = forms.ChoiceField(label=_("the address"), required=False)
    place = forms.ChoiceField(label=_("the place"), required=False)

    TEXTS = ("title", "lead", "needs", "other_ways", "next")
    OWN = (
        *("login", "resume", "resume_days", "keep_days", "counter", "message", "zaaktype", "document", "activity"),
        *("team", "contact_name", "contact_email", "contact_phone", "contact_address", "place"),
    )

    def __init__(self, *args: Any, form: Form, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairs(form, self.TEXTS)
        self.initial |= {"minutes": form.minutes, **{name: getattr(form.settings, name) for name in self.OWN}}
        for name in ("contact_name", "contact_email", "contact_phone", "contact_address", "place"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = _questions(form)

    def changed_form(self, form: Form) -> Form:
        """Give the form as it will be."""
        data = self.cleaned_data
        settings = msgspec.structs.replace(form.settings, **{name: data[name] for name in self.OWN})
        texts = {name: _pair(data, name) for name in self.TEXTS}
        return msgspec.structs.replace(form, settings=settings, minutes=data["minutes"], **texts)


def _questions(form: Form, before: str = "") -> list[tuple[str, Any]]:
    """List the questions of a form to choose from, or those before one."""
    found: list[tuple[str, Any]] = [("", _("none"))]
    for step in form.steps:
        for question in step.questions:
            if before and question.key == before:
                return found
            found.append((question.key, question.label.said(get_language() or "nl")))
    return found


class _Conditional(_Base):
    """What a step and a question share: when it is asked."""

    when_question = forms.ChoiceField(label=_("Ask this only when the answer to"), required=False)
    when_test = forms.ChoiceField(label=_("test"), choices=list(TESTS.items()), required=False)
    when_value = _text(_("value"), help_text=_("Of a choice: its key. Of yes or no: yes or no."))
    when_json = _text(
        _("Or several conditions together, as JSON"),
        rows=3,
        help_text=_('Such as {"any": [{"question": "a", "test": "filled"}, ...]}; goes before the three above.'),
    )

    def show_condition(self, condition: Condition | None, choices: list[tuple[str, Any]]) -> None:
        """Show when it is asked now."""
        field = self.fields["when_question"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if condition is None:
            return
        value = condition.value
        if condition.all or condition.any or condition.none:
            self.initial["when_json"] = msgspec.json.encode(condition).decode()
            return
        said = ", ".join(value) if isinstance(value, list) else {True: "yes", False: "no"}.get(value, value)  # type: ignore[call-overload]
        told = {"when_question": condition.question, "when_test": condition.test}
        self.initial |= told | {"when_value": "" if said is None else said}

    def clean_when_json(self) -> Condition | None:
        """Read several conditions."""
        text = self.cleaned_data["when_json"].strip()
        if not text:
            return None
        try:
            return msgspec.json.decode(text, type=Condition)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise forms.ValidationError(_("This is no condition: %(why)s"), params={"why": str(error)}) from error

    def condition(self) -> Condition | None:
        """Give when it is asked."""
        data = self.cleaned_data
        if data["when_json"] is not None:
            whole: Condition = data["when_json"]
            return whole
        if not data["when_question"]:
            return None
        text: str = data["when_value"].strip()
        value: Any = [part.strip() for part in text.split(",")] if data["when_test"] == "one_of" else text or None
        if text.lower() in ("yes", "no", "ja", "nee"):
            value = text.lower() in ("yes", "ja")
        return Condition(question=data["when_question"], test=data["when_test"] or "filled", value=value)


class StepForm(_Conditional):
    """Makes or changes a step."""

    field_order = ("key", "title_nl", "title_en", "lead_nl", "lead_en")
    key = _key_field()
    title_nl, title_en = _text(_("Title in Dutch"), required=True), _text(_("Title in English"), required=True)
    lead_nl, lead_en = _text(_("Opening in Dutch"), rows=2), _text(_("Opening in English"), rows=2)

    def __init__(self, *args: Any, form: Form, step: Step | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = step.questions[0].key if step and step.questions else ""
        self.step = step
        self.show_condition(step.show_when if step else None, _questions(form, before=first))
        if step:
            self.initial["key"] = step.key
            self.pairs(step, ("title", "lead"))

    def made(self) -> Step:
        """Give the step as it will be."""
        data = self.cleaned_data
        questions = self.step.questions if self.step else ()
        return Step(
            key=data["key"],
            title=_pair(data, "title"),
            lead=_pair(data, "lead"),
            questions=questions,
            show_when=self.condition(),
        )


DAYS = ("earliest", "latest")


class QuestionForm(_Conditional):
    """Makes or changes a question."""

    fieldsets = (
        (_("The question"), ("key", "kind", "label_*", "hint_*", "why_*", "staff_hint_*", "required", "sensitive")),
        (
            _("The answer"),
            ("choices", "least", "most", "decimals", "unit_*", "longest", "shortest", "earliest", "latest"),
        ),
        (_("Files"), ("files",)),
        (_("Filled in beforehand"), ("prefill_*",)),
        (_("When it is asked"), ("when_*",)),
    )
    key = _key_field()
    kind = forms.ChoiceField(label=_("Kind of question"), choices=list(KINDS.items()))
    label_nl = _text(_("The question in Dutch"), required=True)
    label_en = _text(_("The question in English"), required=True)
    hint_nl, hint_en = _text(_("Help in Dutch"), rows=2), _text(_("Help in English"), rows=2)
    why_nl, why_en = _text(_("Why we ask, in Dutch"), rows=2), _text(_("Why we ask, in English"), rows=2)
    staff_hint_nl = _text(_("Help at the counter, in Dutch"), rows=2)
    staff_hint_en = _text(_("Help at the counter, in English"), rows=2)
    required = forms.BooleanField(label=_("An answer is needed"), required=False, initial=True)
    sensitive = forms.BooleanField(label=_("Sensitive: the browser keeps nothing of it"), required=False)
    choices = _text(
        _("Answers to choose from"),
        rows=6,
        help_text=_("One a line: key | Dutch | English, and when needed | help in Dutch | help in English."),
    )
    least = forms.FloatField(label=_("At least (number, files, choices or items)"), required=False)
    most = forms.FloatField(label=_("At most"), required=False)
    decimals = forms.IntegerField(label=_("Decimals"), min_value=0, max_value=6, required=False, initial=0)
    unit_nl, unit_en = _text(_("Unit in Dutch")), _text(_("Unit in English"))
    shortest = forms.IntegerField(label=_("Least characters"), min_value=0, required=False)
    longest = forms.IntegerField(label=_("Most characters"), min_value=1, max_value=20_000, required=False)
    earliest = forms.IntegerField(label=_("Earliest day, in days from today"), required=False)
    latest = forms.IntegerField(label=_("Latest day, in days from today"), required=False)
    files = forms.MultipleChoiceField(
        label=_("Kinds of file"),
        choices=[("image", _("photos")), ("pdf", "PDF"), ("office", _("texts and sheets"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    prefill_source = forms.ChoiceField(
        label=_("From"),
        choices=[
            ("", _("nowhere")),
            ("login", _("the login")),
            ("query", _("the address of the page")),
            ("asset", _("the object that was scanned")),
        ],
        required=False,
    )
    prefill_name = _text(_("Under which name"), help_text=_("Such as name, or the name of the parameter."))

    TEXTS = ("label", "hint", "why", "staff_hint", "unit")
    PLAIN = ("kind", "required", "sensitive", "least", "most", "decimals", "shortest", "longest", "earliest", "latest")

    def __init__(
        self, *args: Any, form: Form, question: Question | None, among: Sequence[Question], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        earlier = _questions(form)
        here = {one.key for one in among}
        language = get_language() or "nl"
        inside = [(one.key, one.label.said(language)) for one in among if one.key not in dict(earlier)]
        self.show_condition(question.show_when if question else None, [*earlier, *inside] if here else earlier)
        if question:
            self.pairs(question, self.TEXTS)
            self.initial |= {"key": question.key, **{name: getattr(question, name) for name in self.PLAIN}}
            self.initial |= {"choices": _choices_text(question), "files": list(question.files)}
            if question.prefill:
                self.initial |= {"prefill_source": question.prefill.source, "prefill_name": question.prefill.name}

    def clean_choices(self) -> tuple[Choice, ...]:
        """Read the answers to choose from, one a line."""
        found = []
        for line in self.cleaned_data["choices"].splitlines():
            parts = [part.strip() for part in line.split("|")]
            if not line.strip():
                continue
            if len(parts) < 3 or not KEY.match(parts[0]):
                raise forms.ValidationError(_("“%(line)s” is not key | Dutch | English."), params={"line": line})
            hint = Text(parts[3], parts[4] if len(parts) > 4 else "") if len(parts) > 3 else NO_WORDS
            found.append(Choice(key=parts[0], label=Text(parts[1], parts[2]), hint=hint))
        return tuple(found)

    def clean_prefill_name(self) -> str:
        """Check the name of what is filled in beforehand."""
        name: str = self.cleaned_data["prefill_name"].strip()
        if self.cleaned_data.get("prefill_source") and not KEY.match(name):
            raise forms.ValidationError(_("This is no name. Begin with a letter; use lower case, digits and _."))
        return name

    def made(self) -> Question:
        """Give the question as it will be; own words for problems and inner questions stay."""
        data = self.cleaned_data
        source = data["prefill_source"]
        plain = {name: data[name] for name in self.PLAIN} | {"decimals": data["decimals"] or 0}
        kept = self.question
        return Question(
            key=data["key"],
            **plain,
            **{name: _pair(data, name) for name in self.TEXTS},
            choices=data["choices"],
            files=tuple(data["files"]),
            prefill=Prefill(source=source, name=data["prefill_name"]) if source else None,
            show_when=self.condition(),
            problems=kept.problems if kept else {},
            questions=kept.questions if kept else (),
        )


def _choices_text(question: Question) -> str:
    lines = []
    for choice in question.choices:
        parts = [choice.key, choice.label.nl, choice.label.en, choice.hint.nl, choice.hint.en]
        while parts and not parts[-1]:
            parts.pop()
        lines.append(" | ".join(parts))
    return "\n".join(lines)


class JsonForm(_Base):
    """Changes the whole form as JSON."""

    definition = forms.CharField(
        label=_("The form as JSON"), widget=forms.Textarea(attrs={"rows": 30}), max_length=500_000
    )

    def __init__(self, *args: Any, form: Form, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["definition"] = msgspec.json.format(msgspec.json.encode(written(form)), indent=1).decode()


__all__ = ["JsonForm", "NewFormForm", "QuestionForm", "Settings", "StepForm", "TextsForm"]
