"""What a resident fills in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from plein.casework.messages.queries import Wishes
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


class PreferenceForm(forms.Form):
    """How a person wants to be told, and where we reach them."""

    CHANNELS = (
        ("", lazy("You choose for me")),
        ("inbox", lazy("Only here, in Mijn Plein")),
        ("email", lazy("By e-mail")),
        ("letter", lazy("By letter")),
        ("sms", lazy("By SMS")),
        ("phone", lazy("Call me")),
    )

    language = forms.ChoiceField(
        label=lazy("In which language?"), choices=[("nl", "Nederlands"), ("en", "English")], widget=forms.RadioSelect
    )
    channel = forms.ChoiceField(
        label=lazy("How do you want to be told?"),
        help_text=lazy("Every message also stands here. When a way does not work, we try another."),
        choices=CHANNELS,
        required=False,
        widget=forms.RadioSelect,
    )
    in_pictures = forms.BooleanField(label=lazy("Send me letters with pictures and short sentences"), required=False)
    phone = forms.CharField(
        label=lazy("Phone number"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    street = forms.CharField(
        label=lazy("Street and house number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postcode = forms.CharField(
        label=lazy("Postcode"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    place = forms.CharField(
        label=lazy("Place"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )

    @classmethod
    def said(cls, wishes: Wishes) -> dict[str, object]:
        """Give what stands in the form at first."""
        return {
            "language": wishes.language,
            "channel": wishes.channels[0] if wishes.channels else "",
            "in_pictures": wishes.in_pictures,
            "phone": wishes.phone,
            "street": ", ".join(wishes.street),
            "postcode": wishes.postcode,
            "place": wishes.place,
        }

    @property
    def values(self) -> dict[str, Any]:
        """Give what was filled in, as the messages want it."""
        said = dict(self.cleaned_data)
        channel, street = said.pop("channel"), said.pop("street")
        return {**said, "channels": [channel] if channel else [], "street": [street] if street else []}


class EmailForm(forms.Form):
    """A new e-mail address."""

    email = forms.EmailField(
        label=lazy("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class CodeForm(forms.Form):
    """The code that was sent to it."""

    code = forms.CharField(
        label=lazy("Code from the e-mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
