"""The forms of the register: approving, ending, proposing a version and making an agreement."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from plein.foundation import clock
from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.gate.rules import grounds
from plein.foundation.identity.models import Partner
from plein.foundation.identity.roles import all_roles
from plein.trust.processing import queries


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more)


def _text(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=1_000, widget=forms.Textarea(attrs={"rows": 3}))


def _columns_field(product: str) -> str:
    """Name the field for the columns of a product; an id in a page has no dots."""
    return f"columns_{product.replace('.', '-')}"


class ApproveForm(forms.Form):
    """Approves, until a day."""

    use_required_attribute = False
    ends_on = _day(label=_("Until"), help_text=_("Before this day you look at it again. At most five years."))

    def __init__(self, *args: Any, row: ProcessingActivity | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if row is not None:
            days = timedelta(days=row.activity.review_after_days)
            self.fields["ends_on"].initial = clock.local_date(clock.now() + days)


class EndForm(forms.Form):
    """Ends or rejects, with a reason."""

    use_required_attribute = False
    reason = _text(_("Why?"))


class ProductsForm(forms.Form):
    """Chooses the data products that an activity uses; the next step asks which columns."""

    product = forms.MultipleChoiceField(
        label=_("Which data products?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Open data without persons need not be chosen: every registered activity may use it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "nl"
        field = self.fields["product"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (one.key, f"{one.title.said(language)} ({one.key})")
            for one in all_contracts().values()
            if one.openness != "open" or one.personal != "none"
        ]


class ProposeForm(forms.Form):
    """Proposes a new version, or a new activity: all that AVG art. 30 asks, and the columns of each product."""

    use_required_attribute = False
    fieldsets = (
        (_("Purpose"), ("name", "title_nl", "title_en", "purpose_nl", "purpose_en", "legal_basis", "law")),
        (_("Data"), ("data_nl", "data_en", "columns_*")),
        (_("Persons"), ("persons_nl", "persons_en", "recipients_nl", "recipients_en")),
        (_("Keeping and protecting"), ("retention_*", "security_nl", "security_en", "assessment")),
        (_("Who"), ("owner", "roles", "review_after_days")),
    )
    title_nl = forms.CharField(label=_("Title in Dutch"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    purpose_nl = _text(_("What for, in Dutch"))
    purpose_en = _text(_("What for, in English"))
    legal_basis = forms.ChoiceField(label=_("Legal ground"))
    law = forms.CharField(label=_("Law and article"), max_length=500, required=False)
    data_nl = _text(_("Which data, in Dutch"))
    data_en = _text(_("Which data, in English"))
    persons_nl = _text(_("About whom, in Dutch"), required=False)
    persons_en = _text(_("About whom, in English"), required=False)
    recipients_nl = _text(_("With whom it is shared, in Dutch"), required=False)
    recipients_en = _text(_("With whom it is shared, in English"), required=False)
    retention_nl = _text(_("How long, in Dutch"))
    retention_en = _text(_("How long, in English"))
    retention_days = forms.IntegerField(label=_("How long, in days"), required=False, min_value=0)
    security_nl = _text(_("How it is protected, in Dutch"), required=False)
    security_en = _text(_("How it is protected, in English"), required=False)
    assessment = forms.CharField(label=_("Where is the DPIA?"), max_length=500, required=False)
    owner = forms.ChoiceField(label=_("Who answers for it?"))
    roles = forms.MultipleChoiceField(
        label=_("Who may use the data?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    review_after_days = forms.IntegerField(
        label=_("After how many days do we look at it again?"), min_value=1, max_value=1826, initial=365
    )

    def __init__(
        self, *args: Any, row: ProcessingActivity | None = None, products: Sequence[str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "nl"
        roles = {role.key: role.title.said(language) for role in all_roles().values()}
        bases = {f"6.1.{letter}": text.said(language) for letter, text in grounds.LEGAL_BASES.items()}
        owners = {f"role:{key}": title for key, title in roles.items()}
        for name, offered in (("legal_basis", bases), ("owner", owners), ("roles", roles)):
            self.fields[name].choices = list(offered.items())  # type: ignore[attr-defined]
        if row is not None:
            self.initial.update(_initial(row.definition))
        self.products = list(products if products is not None else row.activity.products if row else ())
        for key in self.products:
            self._ask_columns(key, row, language)

    def _ask_columns(self, product: str, row: ProcessingActivity | None, language: str) -> None:
        """Ask which columns of a product the purpose needs."""
        agreed = all_contracts().get(product)
        if agreed is None:
            return
        named = row.activity.columns.get(product) if row is not None else None
        told = {"none": "", "pseudonymous": _(" (pseudonymous)"), "personal": _(" (personal)")}
        self.fields[_columns_field(product)] = forms.MultipleChoiceField(
            label=_("Columns of {product}").format(product=agreed.title.said(language)),
            choices=[(one.name, f"{one.title.said(language)}{told[one.personal]}") for one in agreed.columns],
            initial=named if named is not None else [one.name for one in agreed.columns if one.personal == "none"],
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Choose no more than this purpose needs."),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse to turn what is about persons into what is not, or half a translation."""
        found: dict[str, Any] = super().clean() or {}
        for name in ("persons", "recipients", "security"):
            if bool(found.get(f"{name}_nl")) != bool(found.get(f"{name}_en")):
                self.add_error(f"{name}_en", _("Give this in both languages, or in neither."))
        found["columns"] = {key: found.get(_columns_field(key), []) for key in self.products}
        self._check_persons(found)
        return found

    def _check_persons(self, found: dict[str, Any]) -> None:
        """Have columns about persons go with a sentence that says about whom."""
        known = all_contracts()
        personal = [
            name
            for key, names in found["columns"].items()
            for name in names
            if key in known and known[key].column(name).personal != "none"
        ]
        if personal and not found.get("persons_nl"):
            self.add_error("persons_nl", _("These columns are about persons. Say about whom."))


class NewForm(ProposeForm):
    """Proposes an activity that is not in the register yet."""

    name = forms.RegexField(
        label=_("Short name"),
        regex=r"^[a-z][a-z0-9-]*$",
        max_length=60,
        help_text=_("Lower-case letters and dashes: early-debt-help. It stands in the address and cannot be changed."),
    )
    field_order = ("name",)


def _initial(definition: dict[str, Any]) -> dict[str, Any]:
    texts = ("title", "purpose", "data", "persons", "recipients", "retention", "security")
    found = {
        f"{name}_{tongue}": (definition.get(name) or {}).get(tongue, "") for name in texts for tongue in ("nl", "en")
    }
    letter = grounds.letter_of(definition["legal_basis"])
    names = ("law", "retention_days", "assessment", "owner", "roles", "review_after_days")
    plain = {name: definition.get(name) for name in names}
    return {**found, **plain, "legal_basis": f"6.1.{letter}" if letter else "6.1.e"}


class AgreementForm(forms.Form):
    """Makes an agreement about a shared product."""

    use_required_attribute = False
    partner = forms.ModelChoiceField(
        label=_("Partner"), empty_label=_("Choose a partner"), queryset=Partner.objects.none()
    )
    product = forms.ChoiceField(label=_("Data product"))
    activity = forms.ChoiceField(label=_("Processing activity"))
    starts_on = _day(label=_("First day"))
    ends_on = _day(label=_("Last day"))
    document = forms.CharField(label=_("Where is it written down?"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "nl"
        partner, product, activity = (self.fields[name] for name in ("partner", "product", "activity"))
        assert isinstance(partner, forms.ModelChoiceField)
        assert isinstance(product, forms.ChoiceField)
        assert isinstance(activity, forms.ChoiceField)
        partner.queryset = Partner.objects.filter(active=True).order_by("name")
        partner.label_from_instance = lambda one: one.name  # type: ignore[method-assign]
        shared = [one for one in all_contracts().values() if one.openness == "shared"]
        product.choices = [(one.key, one.title.said(language)) for one in shared]
        rows = queries.register(states=("active",))
        activity.choices = [(row.key, row.activity.title.said(language)) for row in rows if row.activity.products]

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the start."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("starts_on") and found.get("ends_on") and found["ends_on"] < found["starts_on"]:
            self.add_error("ends_on", _("The last day comes before the first. Choose a later day."))
        return found
