"""The forms of the portal. They ask nothing about who fills them in."""

from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

FASTEST_SECONDS = 3
SLOWEST_SECONDS = 86_400
SALT = "opendata.form"


class PersonForm(forms.Form):
    """A form for people, not for programs: a field that people do not see, and a time in which people cannot type.

    Nobody outside is asked who the visitor is.
    """

    website = forms.CharField(required=False, label=_("Leave this empty"))
    began = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, now: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.initial.setdefault("began", signing.dumps(int(now), salt=SALT))

    def clean_website(self) -> str:
        """Refuse what a program filled in."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty. Programs fill it in, people do not."))
        return ""

    def clean_began(self) -> str:
        """Refuse a form that was filled in faster than a person types, or lay open for more than a day."""
        try:
            began = float(signing.loads(self.cleaned_data["began"], salt=SALT))
        except (signing.BadSignature, TypeError, ValueError) as error:
            raise forms.ValidationError(
                _("This form is too old. Load the page again and send it once more.")
            ) from error
        if not FASTEST_SECONDS <= self.now - began <= SLOWEST_SECONDS:
            raise forms.ValidationError(_("This went too fast or took too long. Send it once more."))
        return str(began)

    def renew(self) -> None:
        """Give the next try a moment of its own."""
        self.data = self.data.copy()
        self.data["began"] = signing.dumps(int(self.now) - FASTEST_SECONDS, salt=SALT)


class AskForm(PersonForm):
    """Ask for data."""

    wanted = forms.CharField(
        label=_("Which data do you want?"),
        help_text=_("Say what it is about, of which place and of which time. Write no names of people."),
        max_length=2000,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    purpose = forms.CharField(
        label=_("What do you want to do with it?"),
        help_text=_("This helps us to find the right data. It does not decide whether you get it."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReuseForm(PersonForm):
    """Tell what you made."""

    title = forms.CharField(label=_("What is it called?"), max_length=120)
    link = forms.URLField(label=_("Where can people see it?"), max_length=400, assume_scheme="https")
    text = forms.CharField(
        label=_("What does it do?"), max_length=1000, min_length=10, widget=forms.Textarea(attrs={"rows": 4})
    )
    maker = forms.CharField(
        label=_("Which organisation made it?"),
        help_text=_("The name of an organisation or a project, not of a person."),
        max_length=120,
        required=False,
    )


class AnswerForm(forms.Form):
    """Answer a request for data."""

    state = forms.ChoiceField(
        label=_("What is the answer?"),
        choices=[
            ("looking", _("We are looking into it")),
            ("answered", _("Yes: this is where it is")),
            ("declined", _("No: this is why")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer, as the person who asked will read it"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class FindForm(forms.Form):
    """Find a request back."""

    reference = forms.RegexField(
        r"^[2-9A-HJ-NP-Za-hj-np-z]{4}-?[2-9A-HJ-NP-Za-hj-np-z]{4}$", label=_("Reference number")
    )
