"""Forms of the monitor: an indicator with everything its page must say, and a selection."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plein.foundation.errors import Refused
from plein.foundation.ui.refusals import sentence
from plein.insight.monitor import rules
from plein.insight.monitor.models import Goal, IndicatorVersion

FIELDS = (
    "title_nl",
    "title_en",
    "definition_nl",
    "definition_en",
    "formula",
    "unit_nl",
    "unit_en",
    "decimals",
    "direction",
    "norm_source_nl",
    "norm_source_en",
    "frequency",
    "source_nl",
    "source_en",
    "group_title_nl",
    "group_title_en",
    "change_nl",
    "change_en",
)


class GoalChoice(forms.ModelChoiceField):
    """A goal by its title in the language of the page."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the goal with its theme."""
        from plein.foundation.ui.figures import said

        return f"{said(obj.theme.title)}: {said(obj.title)}"


class IndicatorForm(forms.ModelForm):
    """Everything an indicator says, in both languages, with its formula."""

    norms = forms.CharField(
        label=_("Norm per year"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One per line: the year, then the value. For example: 2030 10. Leave empty if there is no norm."),
    )
    from_start = forms.CharField(
        label=_("Years in which the first value is the norm"),
        required=False,
        help_text=_("Only when there is no norm of your own. For example: 2026 2030."),
    )
    groups = forms.CharField(
        label=_("Names of the groups"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One per line: key | name in Dutch | name in English. Only when the formula gives groups."),
    )

    fieldsets = (
        (_("Its place"), ("key", "goal")),
        (_("Words"), ("title_nl", "title_en", "definition_nl", "definition_en", "source_nl", "source_en")),
        (_("The figure"), ("unit_nl", "unit_en", "decimals", "direction", "frequency")),
        (_("Formula"), ("formula", "group_title_nl", "group_title_en", "groups")),
        (_("Norms"), ("norms", "from_start", "norm_source_nl", "norm_source_en")),
        (_("What changes"), ("change_nl", "change_en")),
    )

    class Meta:
        model = IndicatorVersion
        fields = FIELDS
        widgets = {
            "formula": forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "formula"}),
            "definition_nl": forms.Textarea(attrs={"rows": 3}),
            "definition_en": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {
            "title_nl": _("Title in Dutch"),
            "title_en": _("Title in English"),
            "definition_nl": _("What it means, in Dutch"),
            "definition_en": _("What it means, in English"),
            "formula": _("Formula (SQL)"),
            "unit_nl": _("Unit in Dutch"),
            "unit_en": _("Unit in English"),
            "decimals": _("Decimals"),
            "direction": _("What is better"),
            "norm_source_nl": _("Where the norm comes from, in Dutch"),
            "norm_source_en": _("Where the norm comes from, in English"),
            "frequency": _("How often there is a new value"),
            "source_nl": _("Who counted, in Dutch"),
            "source_en": _("Who counted, in English"),
            "group_title_nl": _("What the groups are, in Dutch"),
            "group_title_en": _("What the groups are, in English"),
            "change_nl": _("What you changed, in Dutch"),
            "change_en": _("What you changed, in English"),
        }
        help_texts = {
            "formula": _(
                "One SELECT over data products, for example monitor__areas. It gives the columns area (CBS code), "
                "period (2024, 2024-Q1, 2024-03 or a day), value, and if you like grp and n."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["direction"].choices = [("up", _("More is better")), ("down", _("Less is better"))]
        self.fields["frequency"].choices = [
            ("year", _("Every year")),
            ("quarter", _("Every quarter")),
            ("month", _("Every month")),
            ("day", _("Every day")),
        ]
        shown = self.instance
        self.fields["norms"].initial = "\n".join(f"{year} {value:g}" for year, value in sorted(shown.norms.items()))
        self.fields["from_start"].initial = " ".join(str(year) for year in shown.norm_from_start)
        self.fields["groups"].initial = "\n".join(
            f"{key} | {words['nl']} | {words['en']}" for key, words in shown.groups.items()
        )

    def clean_formula(self) -> str:
        """Refuse a formula that is not one SELECT over data products."""
        formula = str(self.cleaned_data["formula"])
        try:
            rules.products_of(formula)
        except Refused as refusal:
            raise forms.ValidationError(sentence(refusal)) from refusal
        return formula

    def clean_norms(self) -> dict[str, float]:
        """Read a year and a value per line."""
        found: dict[str, float] = {}
        for line in self.cleaned_data["norms"].splitlines():
            if not line.strip():
                continue
            try:
                year, value = line.replace(":", " ").split()
                found[str(int(year))] = float(value.replace(",", "."))
            except ValueError as error:
                raise forms.ValidationError(
                    _("“%(line)s” is not a year and a value. Write for example: 2030 10."), params={"line": line}
                ) from error
        return found

    def clean_from_start(self) -> list[int]:
        """Read a list of years."""
        try:
            return [int(word) for word in self.cleaned_data["from_start"].replace(",", " ").split()]
        except ValueError as error:
            raise forms.ValidationError(_("Write years, for example: 2026 2030.")) from error

    def clean_groups(self) -> dict[str, dict[str, str]]:
        """Read key, Dutch and English per line."""
        found: dict[str, dict[str, str]] = {}
        for line in self.cleaned_data["groups"].splitlines():
            if not line.strip():
                continue
            parts = [part.strip() for part in line.split("|")]
            if len(parts) != 3 or not all(parts):
                raise forms.ValidationError(_("“%(line)s” is not: key | Dutch | English."), params={"line": line})
            found[parts[0]] = {"nl": parts[1], "en": parts[2]}
        return found

    @property
    def facts(self) -> dict[str, Any]:
        """Give the facts of a version as the actions take them."""
        said = {name: self.cleaned_data[name] for name in FIELDS}
        return {
            **said,
            "norms": self.cleaned_data["norms"],
            "norm_from_start": self.cleaned_data["from_start"],
            "groups": self.cleaned_data["groups"],
        }

    def version(self) -> IndicatorVersion:
        """Give the version as it would be, unsaved."""
        facts = json.loads(json.dumps(self.facts))
        return IndicatorVersion(**facts)


class NewIndicatorForm(IndicatorForm):
    """A new indicator: also its key and its goal."""

    key = forms.SlugField(
        label=_("Key"),
        help_text=_("Short, in English, with hyphens. It becomes part of the address and never changes."),
    )
    goal = GoalChoice(label=_("Goal"), empty_label=_("Choose a goal"), queryset=Goal.objects.select_related("theme"))

    field_order = ("key", "goal")


class SelectionForm(forms.Form):
    """A title for a selection of indicators."""

    title = forms.CharField(label=_("Name of your report"), max_length=80)
    indicators = forms.MultipleChoiceField(label=_("Indicators"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicators"].choices = choices
