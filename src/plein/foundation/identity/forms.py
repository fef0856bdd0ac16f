"""The forms about accounts, roles and tokens."""

from datetime import timedelta
from typing import Any

from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from plein.foundation import clock
from plein.foundation.identity.actors import Actor, can
from plein.foundation.identity.models import Partner, Staff, Team
from plein.foundation.identity.roles import all_right_titles, all_rights, all_roles


def _role_choices() -> list[tuple[str, str]]:
    language = get_language() or "nl"
    return [(role.key, f"{role.title.said(language)}: {role.duty.said(language)}") for role in all_roles().values()]


def right_shown(right: str) -> SafeString:
    """Say what a right allows, with its key small beside it; a scope that is no right of the house is its key alone."""
    key = format_html('<code class="small soft">{}</code>', right)
    title = all_right_titles().get(right)
    return format_html("{} {}", title.said(get_language() or "nl"), key) if title else key


class TokenForm(forms.Form):
    """Makes a token. The scopes offered are the rights of whoever asks, or all for a partner."""

    name = forms.CharField(label=_("What is it for?"), max_length=100, help_text=_("For example: script for sensors"))
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose as little as possible. A token without any only reads what is open to everyone."),
    )
    days = forms.ChoiceField(
        label=_("How long does it work?"),
        choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("A year"))],
        initial="90",
    )

    def __init__(self, *args: Any, actor: Actor | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [right for right in sorted(all_rights()) if actor is None or can(actor, right)]
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(right, right_shown(right)) for right in offered]

    @property
    def lasts(self) -> timedelta:
        """Give how long the token works."""
        return timedelta(days=int(self.cleaned_data["days"]))


class AppCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """Asks for the code of the app, in the words of the house."""

    code = forms.CharField(
        label=_("Code from the app"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class ForgottenForm(forms.Form):
    """Asks for an address to choose a new password at."""

    use_required_attribute = False
    who = forms.CharField(label=_("Your user name or e-mail address"), max_length=254)


class StaffForm(forms.Form):
    """Creates an account."""

    username = forms.RegexField(
        label=_("User name"),
        regex=r"^[\w.@+-]+$",
        max_length=150,
        help_text=_("Letters, digits, dots and dashes. It cannot be changed later."),
    )
    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=_role_choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class GrantForm(forms.Form):
    """Gives a role, for good or until a day."""

    role = forms.ChoiceField(label=_("Role"), choices=_role_choices)
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Leave empty when there is no end."),
    )

    def clean_until(self) -> Any:
        """Refuse a last day that has passed."""
        day = self.cleaned_data["until"]
        if day and day < clock.local_date(clock.now()):
            raise forms.ValidationError(_("This day has passed. Choose today or later."))
        return day


class LinkForm(forms.Form):
    """Links an account to one at the municipality's own provider."""

    email = forms.EmailField(
        label=_("E-mail address at the provider"),
        help_text=_("The first time somebody logs in with this address there, the two belong together."),
    )


class PartnerForm(forms.Form):
    """Enters a partner organisation."""

    key = forms.SlugField(label=_("Short name"), max_length=60, help_text=_("Lower-case letters and dashes: politie"))
    name = forms.CharField(label=_("Name of the organisation"), max_length=200)
    oin = forms.CharField(label=_("OIN"), max_length=20, required=False)


class PartnerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Offers the partners by name."""

    def label_from_instance(self, obj: Any) -> str:
        """Name a partner."""
        return str(obj.name)


class TeamForm(forms.Form):
    """Makes a team, or changes one; its key stays."""

    key = forms.SlugField(label=_("Short name"), max_length=60, help_text=_("Lower-case letters and dashes: groen"))
    title_nl = forms.CharField(label=_("Name in Dutch"), max_length=100)
    title_en = forms.CharField(label=_("Name in English"), max_length=100)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    partner = PartnerField(
        Partner.objects.none(),
        label=_("Of which partner?"),
        required=False,
        to_field_name="key",
        empty_label=_("None: a team of the municipality"),
    )
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partner = self.fields["partner"]
        assert isinstance(partner, forms.ModelChoiceField)
        partner.queryset = Partner.objects.filter(active=True).order_by("name")
        self.team = team
        if team is not None:
            self.fields["key"].disabled = True

    def clean_key(self) -> str:
        """Refuse a key that another team has."""
        key: str = self.cleaned_data["key"]
        if self.team is None and Team.objects.filter(key=key).exists():
            raise forms.ValidationError(_("There is a team with this short name. Choose another."))
        return key


class MemberForm(forms.Form):
    """Puts somebody in a team."""

    username = forms.CharField(label=_("User name"), max_length=150)
    is_lead = forms.BooleanField(label=_("Leads the team"), required=False)

    def clean_username(self) -> Staff:
        """Find the open account."""
        staff = Staff.objects.filter(username__iexact=self.cleaned_data["username"].strip(), is_active=True).first()
        if staff is None:
            raise forms.ValidationError(_("There is no open account with this name. Look it up under Staff accounts."))
        return staff
