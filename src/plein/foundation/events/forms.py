"""The form that makes a subscription."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plein.foundation.events.errors import AddressRefused
from plein.foundation.events.listening import announced
from plein.foundation.events.outside import check_address


class SubscriptionForm(forms.Form):
    """Who wants to be told, where, and of what."""

    title = forms.CharField(label=_("Name of the receiver"), max_length=100)
    url = forms.URLField(
        label=_("Address of the receiver"),
        max_length=500,
        assume_scheme="https",
        help_text=_("An https address that accepts CloudEvents by POST."),
    )
    types = forms.MultipleChoiceField(
        label=_("Events"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose nothing to send all events."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from django.utils.translation import get_language

        language = get_language() or "nl"
        chosen = [(key, event.title.said(language)) for key, event in sorted(announced().items()) if event.outward]
        field = self.fields["types"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = chosen

    def clean_url(self) -> str:
        """Refuse an address inside our own network."""
        url: str = self.cleaned_data["url"]
        try:
            check_address(url)
        except AddressRefused as refused:
            raise forms.ValidationError(_said(refused)) from refused
        return url


def _said(refused: AddressRefused) -> str:
    from django.utils.translation import gettext

    return gettext(refused.message).format(**refused.facts)
