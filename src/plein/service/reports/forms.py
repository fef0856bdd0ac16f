"""The questions of saying it, and the forms of staff."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plein.casework.cases.models import Zaak
from plein.casework.cases.queries import zaak_by_reference
from plein.casework.forms.rules.definition import Question, read_questions
from plein.foundation import clock
from plein.foundation.geo import places
from plein.foundation.identity.actors import Actor
from plein.foundation.ui.figures import said
from plein.service.reports.models import Category, Owner, RouteRule, StandardText
from plein.service.reports.queries.categories import categories as categories_in_use
from plein.service.reports.queries.categories import mains, set_in_use
from plein.service.reports.queries.staff import report_for, texts_for
from plein.service.reports.rules.endings import ENDINGS

WHAT = read_questions(
    [
        {
            "key": "text",
            "kind": "long_text",
            "label": {"nl": "Vertel in uw eigen woorden wat u ziet", "en": "Tell in your own words what you see"},
            "hint": {
                "nl": "Noem geen namen, telefoonnummers of kentekens.",
                "en": "Leave out names, phone numbers and number plates.",
            },
            "longest": 3000,
        },
        {
            "key": "photos",
            "kind": "photo",
            "required": False,
            "most": 3,
            "label": {"nl": "Foto's", "en": "Photos"},
            "hint": {
                "nl": "Een foto helpt ons het te vinden. Maak liever geen mensen herkenbaar.",
                "en": "A photo helps us find it. Better not show people recognisably.",
            },
        },
    ]
)
CONTACT = read_questions(
    [
        {
            "key": "email",
            "kind": "email",
            "required": False,
            "label": {"nl": "E-mailadres", "en": "E-mail address"},
            "why": {
                "nl": "Wij mailen u alleen over deze melding. U kunt uw gegevens altijd weghalen.",
                "en": "We only e-mail you about this report. You can always remove your details.",
            },
        },
        {
            "key": "phone",
            "kind": "phone",
            "required": False,
            "label": {"nl": "Telefoonnummer", "en": "Phone number"},
            "why": {
                "nl": "Wij bellen als wij het niet kunnen vinden, of sturen een sms als u geen e-mail gaf.",
                "en": "We call when we cannot find it, or text you when you gave no e-mail address.",
            },
        },
        {"key": "name", "kind": "text", "required": False, "label": {"nl": "Naam", "en": "Name"}, "longest": 100},
    ]
)
MORE = read_questions(
    [
        {
            "key": "text",
            "kind": "long_text",
            "required": False,
            "label": {"nl": "Wat wilt u nog vertellen?", "en": "What else do you want to tell?"},
            "longest": 3000,
        },
        {
            "key": "photos",
            "kind": "photo",
            "required": False,
            "most": 3,
            "label": {"nl": "Foto's", "en": "Photos"},
        },
    ]
)


def questions_of(told: object) -> tuple[Question, ...]:
    """Read the extra questions of a category."""
    return read_questions(told)


class EndingForm(forms.Form):
    """How a report ends, honestly."""

    ending = forms.ChoiceField(label=_("How does it end?"), widget=forms.RadioSelect)
    standard = forms.ModelChoiceField(
        label=_("Standard text"),
        queryset=StandardText.objects.none(),
        required=False,
        help_text=_("Comes before what you write yourself."),
    )
    reason = forms.CharField(
        label=_("What the reporter reads"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=2000,
        help_text=_("Short sentences, in the language of the reporter. Needed when it will not be done."),
    )
    planned_on = forms.DateField(
        label=_("Day it is planned for"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    owner = forms.ModelChoiceField(label=_("Whose it is"), queryset=Owner.objects.none(), required=False)

    def __init__(self, *args: Any, zaak: Zaak, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        report = report_for(zaak)
        known = [rule for rule in ENDINGS.values() if rule.by_staff]
        self.fields["ending"].choices = [(rule.key, said(rule.title)) for rule in known]  # type: ignore[attr-defined]
        texts = texts_for(report) if report else []
        self.fields["standard"].queryset = StandardText.objects.filter(pk__in=[one.pk for one in texts])  # type: ignore[attr-defined]
        self.fields["owner"].queryset = Owner.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.language = report.language if report else "nl"

    def clean(self) -> dict[str, Any]:
        """Put the standard text before one's own words."""
        data: dict[str, Any] = super().clean() or {}
        standard = data.get("standard")
        if standard is not None:
            own = data.get("reason", "")
            text = standard.text_en if self.language == "en" else standard.text_nl
            data["reason"] = "\n".join(filter(None, [text, own]))
        return data


class _OfAReport(forms.Form):
    """A form on the page of a case."""

    def __init__(self, *args: Any, zaak: Zaak, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        self.zaak, self.actor = zaak, actor


class ReasonForm(_OfAReport):
    """Why."""

    reason = forms.CharField(label=_("Why?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class KindForm(_OfAReport):
    """Another kind."""

    category = forms.ModelChoiceField(label=_("Kind"), queryset=Category.objects.none())
    reason = forms.CharField(label=_("Why?"), required=False, max_length=500)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["category"].queryset = Category.objects.filter(set_key=set_in_use(), is_active=True)  # type: ignore[attr-defined]


class OwnerForm(_OfAReport):
    """To whom outside."""

    owner = forms.ModelChoiceField(label=_("Pass it on to"), queryset=Owner.objects.filter(is_active=True))
    reason = forms.CharField(label=_("What the reporter reads"), required=False, max_length=500)


class MergeForm(_OfAReport):
    """In which other report it goes on."""

    reference = forms.CharField(label=_("Number of the other report"), max_length=40)

    def clean(self) -> dict[str, Any]:
        """Find the other report among those that this member of staff may see."""
        data: dict[str, Any] = super().clean() or {}
        other = zaak_by_reference(self.actor, data.get("reference", ""), now=clock.now())
        data["into"] = report_for(other) if other else None
        if data["into"] is None and "reference" not in self.errors:
            self.add_error("reference", _("There is no such report that you may see. Check the number."))
        return data


class SplitForm(_OfAReport):
    """A part that goes on by itself."""

    category = forms.ModelChoiceField(label=_("Kind of the part"), queryset=Category.objects.none())
    text = forms.CharField(label=_("What the part is about"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["category"].queryset = Category.objects.filter(set_key=set_in_use(), is_active=True)  # type: ignore[attr-defined]


class WordsForm(_OfAReport):
    """What others may read."""

    public_text = forms.CharField(
        label=_("What others may read"), widget=forms.Textarea(attrs={"rows": 6}), required=False, max_length=3000
    )
    is_hidden = forms.BooleanField(label=_("Keep this report off the public pages"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        report = report_for(self.zaak)
        if report is not None:
            self.fields["public_text"].initial = report.public_text
            self.fields["is_hidden"].initial = report.is_hidden


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule that says where reports go."""

    class Meta:
        model = RouteRule
        fields = (
            "title",
            "order",
            "main_slug",
            "category",
            "for_priority",
            "area_code",
            "from_time",
            "until_time",
            "asset_kind",
            "asset_owner",
            "to_team",
            "to_owner",
            "priority",
            "term_days",
            "in_working_days",
            "is_active",
        )
        labels = {
            "title": _("What the rule says"),
            "order": _("Order: the lowest that fits counts"),
            "main_slug": _("Group of kinds"),
            "category": _("Kind"),
            "for_priority": _("Urgency of the kind"),
            "area_code": _("Neighbourhood"),
            "from_time": _("From what time"),
            "until_time": _("Until what time"),
            "asset_kind": _("Kind of thing"),
            "asset_owner": _("Whose thing it is"),
            "to_team": _("To which team"),
            "to_owner": _("Pass it on to"),
            "priority": _("Urgency it gets"),
            "term_days": _("Term in days"),
            "in_working_days": _("Count working days"),
            "is_active": _("In use"),
        }
        widgets = {
            "from_time": forms.TimeInput(attrs={"type": "time"}),
            "until_time": forms.TimeInput(attrs={"type": "time"}),
        }

    fieldsets = (
        (_("The rule"), ("title", "order", "is_active")),
        (_("For which reports"), ("main_slug", "category", "for_priority", "area_code", "*_time", "asset_*")),
        (_("What happens"), ("to_*", "priority", "term_days", "in_working_days")),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        anything = [("", _("Any"))]
        mains_now = [(main.slug, said(main.title)) for main in mains()]
        areas = [(area.code, area.name) for area in places.areas("buurt", places.home())]
        kinds = sorted({one.asset_kind for one in categories_in_use() if one.asset_kind})
        choices = {"main_slug": mains_now, "area_code": areas, "asset_kind": [(kind, kind) for kind in kinds]}
        for name, known in choices.items():
            label = self.fields[name].label
            self.fields[name] = forms.ChoiceField(label=label, choices=[*anything, *known], required=False)
        self.fields["category"].queryset = Category.objects.filter(set_key=set_in_use(), is_active=True)  # type: ignore[attr-defined]
        for name in ("category", "for_priority", "asset_owner"):
            self.fields[name].empty_label = _("Any")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a rule that decides nothing, and hours of which one is missing."""
        data: dict[str, Any] = super().clean() or {}
        decides = ("to_team", "to_owner", "priority", "term_days")
        if not any(data.get(name) for name in decides):
            self.add_error(None, _("This rule decides nothing. Choose a team, an owner, an urgency or a term."))
        if bool(data.get("from_time")) != bool(data.get("until_time")):
            self.add_error("until_time", _("Give both hours, or none."))
        return data
