"""Forms as Plein draws them: label, hint, error beside the field, and a summary on top. `{{ form }}` is enough."""

from fnmatch import fnmatchcase
from typing import Any

from django import forms
from django.forms import BoundField, CheckboxInput, RadioSelect, Select, Textarea
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorList
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

CLASSES = [
    (CheckboxInput, "utrecht-checkbox"),
    (RadioSelect, "utrecht-radio-button"),
    (Select, "utrecht-select"),
    (Textarea, "utrecht-textarea"),
]
OTHERS = "utrecht-textbox"

# What to do about an empty field that is needed, by the kind of field; the first that fits counts.
EMPTY: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.MultipleChoiceField, gettext_noop("Nothing is chosen yet. Choose at least one.")),
    (forms.ModelMultipleChoiceField, gettext_noop("Nothing is chosen yet. Choose at least one.")),
    (forms.ChoiceField, gettext_noop("Nothing is chosen yet. Choose one.")),
    (forms.ModelChoiceField, gettext_noop("Nothing is chosen yet. Choose one.")),
    (forms.BooleanField, gettext_noop("This box is still empty. Tick it to go on.")),
    (forms.FileField, gettext_noop("There is no file yet. Choose one.")),
    (forms.DateField, gettext_noop("There is no day yet. Fill in a day.")),
    (forms.IntegerField, gettext_noop("There is no number yet. Fill in a number.")),
    (forms.EmailField, gettext_noop("There is no e-mail address yet. Fill it in.")),
    (forms.Field, gettext_noop("Nothing stands here yet. Fill this in.")),
)


def empty_sentence(field: forms.Field) -> str:
    """Say that a field that is needed is empty, and what to do now, in the language of the page."""
    return _(next(sentence for kind, sentence in EMPTY if isinstance(field, kind)))


class Field(BoundField):
    """A field that knows the class of its control and which texts describe it."""

    @property
    def control_class(self) -> str:
        """Name the design system's class for the control."""
        widget = self.field.widget
        multiple = getattr(widget, "input_type", "") == "checkbox" and getattr(widget, "allow_multiple_selected", False)
        if multiple:
            return CLASSES[0][1]
        if isinstance(widget, RadioSelect):
            return CLASSES[1][1]
        return next((name for kind, name in CLASSES if isinstance(widget, kind)), OTHERS)

    @property
    def kind(self) -> str:
        """Tell how it is laid out: "checkbox", "group" (radio buttons, several boxes) or "text"."""
        if self.use_fieldset:
            return "group"
        return "checkbox" if isinstance(self.field.widget, CheckboxInput) else "text"

    @property
    def errors(self) -> ErrorList:
        """Give what is wrong; of an empty field in the house's words, unless the form has words of its own for it."""
        given: ErrorList = super().errors
        if self.field.error_messages.get("required") != forms.Field.default_error_messages["required"]:
            return given
        empty = [error.code == "required" for error in given.as_data()]
        shown = given.copy()
        shown.data = [
            empty_sentence(self.field) if is_empty else told for is_empty, told in zip(empty, given, strict=True)
        ]
        return shown

    @property
    def named(self) -> str:
        """Give the label to stand before an error: with a colon, unless it is a question."""
        label = str(self.label)
        return label if label.endswith("?") else f"{label}:"

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        """Add the class, and point to the hint and the error."""
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        given = (widget or self.field.widget).attrs
        if str(given.get("placeholder", "")) == str(self.label):
            built["placeholder"] = False  # It would only repeat the label, fainter.
        own = given.get("class", "")
        invalid = f" {self.control_class.split()[0]}--invalid" if self.errors else ""
        built["class"] = f"{self.control_class}{invalid} {own}".strip()
        described = [built.get("aria-describedby", "")]
        if self.errors and f"{self.auto_id}_error" not in described[0]:
            described.append(f"{self.auto_id}_error")
        if any(described):
            built["aria-describedby"] = " ".join(filter(None, described))
        return built


def grouped(form: Any) -> list[tuple[Any, list[Any]]]:
    """Put the visible fields of a form in its groups.

    A long form says `fieldsets`: pairs of a legend and the names of its fields, in order; `columns_*` names all that
    start with it. Fields that stand in no group come last, without a legend, so that none is ever lost.
    Returns pairs (legend, bound fields); groups without fields are left out.
    """
    left = {bound.name: bound for bound in form.visible_fields()}
    found: list[tuple[Any, list[Any]]] = []
    for legend, patterns in getattr(form, "fieldsets", ()):
        names = [name for pattern in patterns for name in left if fnmatchcase(name, pattern)]
        found.append((legend, [left.pop(name) for name in names]))
    found.append(("", list(left.values())))
    return [(legend, members) for legend, members in found if members]


class Renderer(TemplatesSetting):
    """Draws every form of the house, those of other packages too."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = Field
