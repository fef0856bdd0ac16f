"""What a resident fills in."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from plein.casework.mine.rules.account import Period


class PeriodForm(forms.Form):
    """Which days the account is about."""

    van = forms.DateField(label=lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    tot = forms.DateField(
        label=lazy("Up to and including"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, object]:
        """Refuse a period that ends before it begins."""
        said = super().clean() or {}
        since, until = said.get("van"), said.get("tot")
        if since and until and until < since:
            self.add_error("tot", _("This day is before the first one. Choose a later day."))
        return said

    @property
    def period(self) -> Period:
        """Give the period; all days while it is not right."""
        if not self.is_valid():
            return Period()
        return Period(self.cleaned_data["van"], self.cleaned_data["tot"])


class QuestionForm(forms.Form):
    """A question, in one's own words."""

    text = forms.CharField(label=lazy("Your question"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 6}))


class ObjectionForm(forms.Form):
    """An objection, in one's own words."""

    text = forms.CharField(
        label=lazy("Why do you object?"),
        help_text=lazy("Tell what it does to you. You need not know the law."),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
