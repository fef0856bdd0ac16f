"""The forms of the desk: what staff fill in to do something with a case."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from plein.casework.cases.models import Audience, Zaak
from plein.casework.cases.queries import parts_of
from plein.casework.desk import queries
from plein.foundation import clock
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.bsn import is_bsn
from plein.foundation.identity.models import Team
from plein.foundation.identity.teams import teams_of

TEXT = forms.Textarea(attrs={"rows": 5})
KANALEN = [
    ("phone", _("Phone")),
    ("desk", _("Counter")),
    ("e-mail", _("E-mail")),
    ("paper", _("Letter")),
    ("visit", _("On the spot")),
]
PRIORITIES = [("1", _("Urgent")), ("2", _("Ordinary")), ("3", _("Can wait"))]


def said(thing: Any) -> str:
    """Name a part of a type of case in the language of the page."""
    return str(thing.omschrijving_en if (get_language() or "nl").startswith("en") else thing.omschrijving)


def team_title(team: Team) -> str:
    """Name a team in the language of the page."""
    return team.title_en if (get_language() or "nl").startswith("en") else team.title_nl


class Deed(forms.Form):
    """What every form about a case knows: the case and who fills it in."""

    def __init__(self, data: Any = None, files: Any = None, *, zaak: Zaak, actor: Actor) -> None:
        super().__init__(data, files)
        self.zaak = zaak
        self.actor = actor
        self.prepare()

    def prepare(self) -> None:
        """Fill in the choices that depend on the case."""


class AssignForm(Deed):
    """Give a case to a team and to somebody in it."""

    team = forms.ChoiceField(label=_("Team"))
    handler = forms.ChoiceField(label=_("Member of staff"), required=False)
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=500, widget=TEXT, help_text=_("The other team reads this.")
    )

    def prepare(self) -> None:
        """List all teams, and the colleagues in them."""
        now = clock.now()
        teams = {str(one.pk): one for one in Team.objects.filter(active=True).order_by("title_nl")}
        people = queries.colleagues(frozenset(map(int, teams)), now=now)
        self.fields["team"].choices = [(key, team_title(one)) for key, one in teams.items()]  # type: ignore[attr-defined]
        self.fields["handler"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody yet")),
            *((str(one.pk), f"{one.display_name} ({_titles(one.pk, teams)})") for one in people),
        ]
        self.initial = {"team": str(self.zaak.team_id or ""), "handler": str(self.zaak.handler_id or "")}


def _titles(staff_id: int, teams: dict[str, Team]) -> str:
    own = teams_of(staff_id, now=clock.now())
    return ", ".join(team_title(one) for key, one in teams.items() if int(key) in own)


class StatusForm(Deed):
    """Give a case another status."""

    status = forms.ChoiceField(label=_("Status"), widget=forms.RadioSelect)
    toelichting = forms.CharField(
        label=_("Explanation"), required=False, max_length=2000, widget=TEXT, help_text=_("The person can read this.")
    )

    def prepare(self) -> None:
        """List the statuses before the last one."""
        rows = [one for one in parts_of(self.zaak).statustypen if not one.is_eindstatus]
        self.fields["status"].choices = [(one.key, said(one)) for one in rows]  # type: ignore[attr-defined]
        self.initial = {"status": self.zaak.status.key}


class CloseForm(Deed):
    """End a case with a result."""

    resultaat = forms.ChoiceField(label=_("How did it end?"), widget=forms.RadioSelect)
    toelichting = forms.CharField(
        label=_("Explanation"),
        max_length=2000,
        widget=TEXT,
        help_text=_("The person can read this. Say what was done."),
    )

    def prepare(self) -> None:
        """List the results of the type."""
        rows = parts_of(self.zaak).resultaattypen
        self.fields["resultaat"].choices = [(one.key, said(one)) for one in rows]  # type: ignore[attr-defined]


class ReasonForm(Deed):
    """Say why."""

    reason = forms.CharField(label=_("Why"), max_length=1000, widget=TEXT, help_text=_("The person can read this."))


class NoteForm(Deed):
    """Add a note."""

    text = forms.CharField(label=_("Note"), max_length=5000, widget=TEXT)
    audience = forms.ChoiceField(
        label=_("Who can read it?"),
        widget=forms.RadioSelect,
        initial=Audience.STAFF,
        choices=[(Audience.STAFF, _("Only staff")), (Audience.PERSON, _("Also the person"))],
    )


class ContactForm(Deed):
    """Write down contact with somebody."""

    kanaal = forms.ChoiceField(label=_("How"), choices=KANALEN, widget=forms.RadioSelect)
    direction = forms.ChoiceField(
        label=_("Who made contact?"),
        choices=[("in", _("The person")), ("out", _("We did"))],
        widget=forms.RadioSelect,
        initial="in",
    )
    text = forms.CharField(label=_("What was said"), max_length=5000, widget=TEXT)


class PriorityForm(Deed):
    """Say how urgent a case is."""

    priority = forms.ChoiceField(label=_("Priority"), choices=PRIORITIES, widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Start from how it is now."""
        self.initial = {"priority": str(self.zaak.priority)}


class PlannedForm(Deed):
    """Promise a day."""

    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("Empty is no day.")
    )
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=1000, widget=TEXT, help_text=_("The person can read this.")
    )

    def prepare(self) -> None:
        """Start from the day that was promised."""
        self.initial = {"day": self.zaak.einddatum_gepland}


class RelateForm(Deed):
    """Tie a case to another one."""

    reference = forms.CharField(label=_("Reference number of the other case"), max_length=40)
    aard = forms.ChoiceField(
        label=_("How do they belong together?"),
        widget=forms.RadioSelect,
        initial="gerelateerd",
        choices=[
            ("gerelateerd", _("They are about the same subject")),
            ("vervolg", _("This case follows on the other one")),
            ("hoofdzaak", _("This case is a part of the other one")),
        ],
    )


class CorrectForm(Deed):
    """Correct what a case says of itself."""

    omschrijving = forms.CharField(label=_("Title"), max_length=80)
    toelichting = forms.CharField(label=_("Text"), required=False, max_length=10_000, widget=forms.Textarea)

    def prepare(self) -> None:
        """Start from what it says now."""
        self.initial = {"omschrijving": self.zaak.omschrijving, "toelichting": self.zaak.toelichting}


class SaveFilterForm(forms.Form):
    """Keep a choice of work under a name."""

    name = forms.CharField(label=_("Name"), max_length=60)
    share = forms.BooleanField(label=_("My team sees it too"), required=False)


def _number(text: str) -> str:
    """Read a BSN or KVK number as people type it.

    Raises ValidationError.
    """
    digits = "".join(text.replace(".", " ").replace("-", " ").split())
    if len(digits) == 8 and digits.isascii() and digits.isdigit():
        return digits
    if not is_bsn(digits):
        raise forms.ValidationError(_("This is not a BSN of nine digits or a KVK number of eight. Check it."))
    return digits


class NumberField(forms.CharField):
    """Asks for a BSN or a KVK number; browsers do not keep it."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=20, widget=widget, **more)

    def clean(self, value: Any) -> str:
        """Give the digits."""
        return _number(super().clean(value))


class FindForm(forms.Form):
    """Finds the mandates of a person or an organisation."""

    number = NumberField(label=_("BSN or KVK number"))


class MandateForm(forms.Form):
    """Records who may act for whom."""

    agent = NumberField(label=_("Who acts?"), help_text=_("BSN, from the identity card that you have seen."))
    principal = NumberField(label=_("For whom?"), help_text=_("BSN, or the KVK number of an organisation."))
    kind = forms.ChoiceField(
        label=_("As what?"),
        choices=[
            ("parent", _("Parent or guardian")),
            ("client", _("On behalf of a client")),
            ("company", _("For an organisation")),
        ],
        widget=forms.RadioSelect,
    )
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    has_checked = forms.BooleanField(label=_("I have seen the identity cards, and the paper that says so."))
