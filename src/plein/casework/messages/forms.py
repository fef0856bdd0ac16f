"""The forms of the mail room and of who writes texts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plein.casework.messages.models import MessageTemplate
from plein.casework.messages.rules.content import LANGUAGES, LONGEST_TITLE, STANDARD
from plein.casework.messages.rules.pictograms import PICTOGRAMS
from plein.foundation.ui.figures import said

KINDS = [
    ("paragraph", _("Paragraph")),
    ("list", _("List, one per line")),
    ("step", _("What the reader must do")),
    ("fact", _("Fact: a name and a value")),
    ("date", _("Date: a name and a day")),
    ("amount", _("Amount: a name and euros")),
    ("link", _("Link: words and a web address")),
]
CHANNELS = [("email", _("E-mail")), ("letter", _("Letter")), ("sms", _("SMS")), ("phone", _("Phone"))]


class TextForm(forms.Form):
    """The title and the short form of a text."""

    title_nl = forms.CharField(label=_("Title in Dutch"), max_length=LONGEST_TITLE)
    title_en = forms.CharField(label=_("Title in English"), max_length=LONGEST_TITLE)
    short_nl = forms.CharField(
        label=_("SMS in Dutch"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One SMS is 160 signs."),
    )
    short_en = forms.CharField(label=_("SMS in English"), max_length=600, widget=forms.Textarea(attrs={"rows": 2}))
    is_private = forms.BooleanField(
        label=_("Private: by e-mail and SMS we only say that there is a message"), required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @staticmethod
    def initial_of(template: MessageTemplate) -> dict[str, Any]:
        """Give what stands in the form at first."""
        told = template.content
        values = {
            f"{name}_{code}": told.get(name, {}).get(code, "") for name in ("title", "short") for code in LANGUAGES
        }
        return {**values, "is_private": template.is_private, "seen": template.changed_at.isoformat()}


class BlockForm(forms.Form):
    """One block of a text, in both languages."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    nl = forms.CharField(label=_("Dutch"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    en = forms.CharField(label=_("English"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    value = forms.CharField(
        label=_("Value"), max_length=500, required=False, help_text=_("For a fact, date, amount or link.")
    )
    picture = forms.ChoiceField(label=_("Pictogram"), required=False)
    pic_nl = forms.CharField(label=_("Short sentence in Dutch, for the picture letter"), max_length=200, required=False)
    pic_en = forms.CharField(
        label=_("Short sentence in English, for the picture letter"), max_length=200, required=False
    )
    when = forms.ChoiceField(label=_("Only when this is known"), required=False)

    def __init__(self, *args: Any, facts: Sequence[Mapping[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pictures = [(key, said(text)) for key, text in PICTOGRAMS.items()]
        self.fields["picture"].choices = [("", _("The usual one")), *pictures]  # type: ignore[attr-defined]
        optional = [fact["key"] for fact in facts if fact.get("optional")] + ["reference", "name"]
        self.fields["when"].choices = [("", _("Always")), *((key, key) for key in optional)]  # type: ignore[attr-defined]

    def block(self) -> dict[str, str]:
        """Give the block as it is kept; empty parts are left out."""
        said_here = {name: str(self.cleaned_data.get(name, "")).strip() for name in self.base_fields}
        return {name: text.replace("\r\n", "\n") for name, text in said_here.items() if text}


Blocks = forms.formset_factory(BlockForm, can_order=True, can_delete=True, extra=0, max_num=40, validate_max=True)


def known_facts(template: MessageTemplate) -> list[dict[str, Any]]:
    """List what an author may put between braces, with what it means."""
    return [*template.facts, *({"key": name, "label": None} for name in STANDARD)]


class SeenForm(forms.Form):
    """What the page showed when staff decided, and why they did."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class OtherWayForm(forms.Form):
    """Another way for the same message."""

    channel = forms.ChoiceField(label=_("Which way?"), choices=CHANNELS, widget=forms.RadioSelect)
    email = forms.CharField(label=_("E-mail address"), max_length=254, required=False)
    phone = forms.CharField(label=_("Phone number"), max_length=30, required=False)
    name = forms.CharField(label=_("Name on the envelope"), max_length=100, required=False)
    street = forms.CharField(
        label=_("Street and number"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    place = forms.CharField(label=_("Place"), max_length=80, required=False)
    in_pictures = forms.BooleanField(label=_("Letter in pictures"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class CallForm(forms.Form):
    """What came of a call."""

    spoken = forms.ChoiceField(
        label=_("How did it go?"),
        choices=[("yes", _("I told them")), ("no", _("Nobody answered: call again later"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Contact note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
