"""The forms of staff who manage types of cases, rights and destruction."""

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from plein.casework.cases.models import (
    Archiefnominatie,
    Besluittype,
    Informatieobjecttype,
    Resultaattype,
    Roltype,
    Statustype,
    Vertrouwelijkheid,
    Zaaktype,
)
from plein.casework.cases.queries import catalogus
from plein.foundation import clock
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.geo.models import Area
from plein.foundation.geo.places import home
from plein.foundation.identity.models import Team
from plein.foundation.words import Text

CONFIDENTIALITY = {
    1: Text("Openbaar", "Open to all"),
    2: Text("Beperkt openbaar", "Open to some"),
    3: Text("Intern", "Internal"),
    4: Text("Zaakvertrouwelijk", "For who works on the case"),
    5: Text("Vertrouwelijk", "Confidential"),
    6: Text("Confidentieel", "Very confidential"),
    7: Text("Geheim", "Secret"),
    8: Text("Zeer geheim", "Very secret"),
}
ARCHIVE = {
    Archiefnominatie.VERNIETIGEN: Text("Vernietigen", "Destroy"),
    Archiefnominatie.BLIJVEND_BEWAREN: Text("Blijvend bewaren", "Keep for ever"),
}
WAYS = {
    "afgehandeld": Text("De dag waarop de zaak is afgerond", "The day on which the case was closed"),
    "hoofdzaak": Text("De dag waarop de hoofdzaak is afgerond", "The day on which the whole case was closed"),
    "gerelateerde_zaak": Text("De dag waarop de verbonden zaken zijn afgerond", "When related cases were closed"),
    "ingangsdatum_besluit": Text("De dag waarop het besluit ingaat", "The day on which the decision starts"),
    "vervaldatum_besluit": Text("De dag waarop het besluit vervalt", "The day on which the decision ends"),
    "termijn": Text("Een aantal maanden na afronden", "Some months after the case was closed"),
    "ander_datumkenmerk": Text("Een dag die de behandelaar opgeeft", "A day that the case worker gives"),
}
ROLES = {
    "adviseur": Text("Adviseur", "Adviser"),
    "behandelaar": Text("Behandelaar", "Handler"),
    "belanghebbende": Text("Belanghebbende", "Interested party"),
    "beslisser": Text("Beslisser", "Who decides"),
    "initiator": Text("Initiator", "Who asked"),
    "klantcontacter": Text("Klantcontacter", "Who has contact"),
    "zaakcoordinator": Text("Zaakcoördinator", "Coordinator"),
    "mede_initiator": Text("Mede-initiator", "Who asked along"),
}
DIRECTIONS = {
    "inkomend": Text("Inkomend", "Incoming"),
    "intern": Text("Intern", "Internal"),
    "uitgaand": Text("Uitgaand", "Outgoing"),
}
LABELS = {
    "omschrijving": _("Name in Dutch"),
    "omschrijving_en": _("Name in English"),
    "doel": _("What is this type for?"),
    "aanleiding": _("What starts it?"),
    "activity": _("Processing activity"),
    "vertrouwelijkheid": _("How confidential?"),
    "doorlooptijd": _("Term in days"),
    "servicenorm": _("What we aim for, in days"),
    "in_werkdagen": _("Count working days"),
    "verlengingstermijn": _("Can be extended once by so many days"),
    "opschorting_mogelijk": _("The term can be suspended"),
    "selectielijst_procestype": _("Process type of the Selectielijst"),
    "key": _("Key"),
    "volgnummer": _("Place in the order"),
    "statustekst": _("What the person reads, in Dutch"),
    "statustekst_en": _("What the person reads, in English"),
    "informeren": _("Tell the person when the case gets this status"),
    "is_eindstatus": _("This is the last status"),
    "selectielijstklasse": _("Class of the Selectielijst"),
    "archiefnominatie": _("What happens to the file?"),
    "archiefactietermijn": _("After how many months?"),
    "afleidingswijze": _("Counted from"),
    "procestermijn": _("Months after closing, for that way of counting"),
    "omschrijving_generiek": _("Role in the national standard"),
    "richting": _("Direction"),
    "reactietermijn": _("Days to object"),
}
HELP = {
    "doorlooptijd": _("Calendar days, unless you count working days. Empty: no term."),
    "key": _("Small letters, digits and dashes. Programs use it; people do not see it."),
    "servicenorm": _("Shown to who asks as the day they may expect. Empty: no promise."),
}


def _said(words: dict[Any, Text]) -> list[tuple[Any, str]]:
    return [(key, text.said(get_language() or "nl")) for key, text in words.items()]


class _PartForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript when it runs
    """A form over a model, with the words and choices of this room."""

    use_required_attribute = False
    choices: dict[str, dict[Any, Text]] = {
        "vertrouwelijkheid": CONFIDENTIALITY,
        "archiefnominatie": ARCHIVE,
        "afleidingswijze": WAYS,
        "richting": DIRECTIONS,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label, field.help_text = LABELS.get(name, field.label), HELP.get(name, "")
            if name in self.choices:
                self.fields[name] = _choice(field, _said(self.choices[name]), number=name == "vertrouwelijkheid")
            if isinstance(field, forms.IntegerField):
                field.max_value, field.min_value = 2_000, 0

    def validate_unique(self) -> None:
        """Leave what must be unique to the database, which knows the type."""


def _choice(field: forms.Field, words: list[tuple[Any, str]], *, number: bool = False) -> forms.Field:
    kind: Any = forms.TypedChoiceField if number else forms.ChoiceField
    more = {"coerce": int} if number else {}
    made: forms.Field = kind(choices=words, label=field.label, help_text=field.help_text, initial=field.initial, **more)
    return made


class TypeForm(_PartForm):
    """What a type of case says of itself."""

    class Meta:
        model = Zaaktype
        fields = (
            "omschrijving",
            "omschrijving_en",
            "doel",
            "aanleiding",
            "activity",
            "vertrouwelijkheid",
            "doorlooptijd",
            "servicenorm",
            "in_werkdagen",
            "verlengingstermijn",
            "opschorting_mogelijk",
            "selectielijst_procestype",
        )
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("doel", "aanleiding")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"] = _choice(self.fields["activity"], _activities())
        for name in ("doorlooptijd", "servicenorm", "verlengingstermijn"):
            self.fields[name].required = False


def _activities() -> list[tuple[str, str]]:
    rows = ProcessingActivity.objects.filter(state="active").order_by("key")
    return [(row.key, row.activity.title.said(get_language() or "nl")) for row in rows if row.has_persons]


class NewTypeForm(forms.Form):
    """Starts a type of case."""

    use_required_attribute = False
    key = forms.SlugField(label=LABELS["key"], help_text=HELP["key"], max_length=50)
    title_nl = forms.CharField(label=LABELS["omschrijving"], max_length=80)
    title_en = forms.CharField(label=LABELS["omschrijving_en"], max_length=80)
    activity = forms.ChoiceField(label=LABELS["activity"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"] = _choice(self.fields["activity"], _activities())


class StatusForm(_PartForm):
    """A status."""

    class Meta:
        model = Statustype
        fields = (
            "volgnummer",
            "omschrijving",
            "omschrijving_en",
            "statustekst",
            "statustekst_en",
            "informeren",
            "is_eindstatus",
            "key",
        )
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("statustekst", "statustekst_en")}


class ResultForm(_PartForm):
    """A result with its archive rule."""

    class Meta:
        model = Resultaattype
        fields = (
            "omschrijving",
            "omschrijving_en",
            "archiefnominatie",
            "archiefactietermijn",
            "afleidingswijze",
            "procestermijn",
            "selectielijstklasse",
            "key",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["archiefactietermijn"].required = self.fields["procestermijn"].required = False

    def clean_procestermijn(self) -> int:
        """Take empty as nought."""
        return self.cleaned_data.get("procestermijn") or 0


class RoleForm(_PartForm):
    """A role."""

    choices = {"omschrijving_generiek": ROLES}

    class Meta:
        model = Roltype
        fields = ("omschrijving", "omschrijving_en", "omschrijving_generiek", "key")


class DocumentForm(_PartForm):
    """A kind of document."""

    class Meta:
        model = Informatieobjecttype
        fields = ("omschrijving", "omschrijving_en", "richting", "vertrouwelijkheid", "key")


class DecisionForm(_PartForm):
    """A kind of decision."""

    class Meta:
        model = Besluittype
        fields = ("omschrijving", "omschrijving_en", "reactietermijn", "key")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reactietermijn"].required = False


PART_FORMS: dict[str, type[_PartForm]] = {
    "statussen": StatusForm,
    "resultaten": ResultForm,
    "rollen": RoleForm,
    "documenten": DocumentForm,
    "besluiten": DecisionForm,
}


def values_of(form: forms.ModelForm) -> dict[str, Any]:  # type: ignore[type-arg]
    """Give the columns that a form was filled in for."""
    model: type[Model] = form._meta.model
    names = {field.name for field in model._meta.concrete_fields}
    return {name: value for name, value in form.cleaned_data.items() if name in names}


class DayForm(forms.Form):
    """Chooses the day from which a version holds."""

    use_required_attribute = False
    since = forms.DateField(label=_("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = clock.local_date(clock.now())


class RightForm(forms.Form):
    """Gives a team a right."""

    use_required_attribute = False
    team = forms.ModelChoiceField(
        Team.objects.filter(active=True).order_by("title_nl"), label=_("Team"), empty_label=_("Choose a team")
    )
    zaaktype = forms.ChoiceField(label=_("Type of case"), required=False)
    area_code = forms.ChoiceField(label=_("Area"), required=False)
    max_vertrouwelijkheid = forms.TypedChoiceField(label=_("Up to"), coerce=int)
    may = forms.ChoiceField(
        label=_("What they may do"), choices=(("read", _("Read only")), ("write", _("Read and handle")))
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "nl"
        self.fields["team"].label_from_instance = lambda team: team.title.said(language)  # type: ignore[attr-defined]
        types = {parts.zaaktype.identificatie: parts.zaaktype.title.said(language) for parts in _all_parts()}
        rows = Area.objects.filter(kind__in=("wijk", "buurt"), gemeente_code=home()).order_by("kind", "name")
        areas = [(code, f"{name} ({code})") for code, name in rows.values_list("code", "name")]
        chosen: dict[str, list[tuple[Any, Any]]] = {
            "zaaktype": [("", _("All types of cases")), *types.items()],
            "area_code": [("", _("Everywhere")), *areas],
            "max_vertrouwelijkheid": _said(CONFIDENTIALITY),
        }
        for name, words in chosen.items():
            self.fields[name].choices = words  # type: ignore[attr-defined]
        self.fields["max_vertrouwelijkheid"].initial = Vertrouwelijkheid.ZAAKVERTROUWELIJK


def _all_parts() -> list[Any]:
    return list(catalogus().by_id.values())


class KeepForm(forms.Form):
    """Leaves a case out of a destruction, for now."""

    use_required_attribute = False
    reason = forms.CharField(label=_("Why does it stay?"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 2}))
    until = forms.DateField(
        label=_("Until"),
        help_text=_("After this day it is proposed again."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class DecideForm(forms.Form):
    """Says why a list is refused."""

    use_required_attribute = False
    note = forms.CharField(label=_("Why not?"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 2}))
