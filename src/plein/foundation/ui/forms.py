"""Forms as Plein draws them: label, hint, error beside the field, and a summary on top. `{{ form }}` is enough."""

from typing import Any

from django.forms import BoundField, CheckboxInput, RadioSelect, Select, Textarea
from django.forms.renderers import TemplatesSetting

CLASSES = [
    (CheckboxInput, "utrecht-checkbox"),
    (RadioSelect, "utrecht-radio-button"),
    (Select, "utrecht-select"),
    (Textarea, "utrecht-textarea"),
]
OTHERS = "utrecht-textbox"


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


class Renderer(TemplatesSetting):
    """Draws every form of the house, those of other packages too."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = Field
