"""The form that registers a measuring point with what it measures."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from plein.city.sensing.rules.quality import is_place
from plein.city.sensing.rules.quantities import KINDS, QUANTITIES


class RegisterForm(forms.Form):
    """A point, its place, and what it measures; the processing activity follows from what it measures, or is chosen."""

    code = forms.SlugField(label=_("Code"), max_length=60, help_text=_("Short and unique, such as oude-markt-3."))
    name = forms.CharField(label=_("Name"), max_length=150, help_text=_("As residents know the place."))
    kind = forms.ChoiceField(label=_("Kind"))
    owner = forms.CharField(label=_("Owner"), max_length=150)
    lon = forms.FloatField(label=_("Longitude"), help_text=_("Degrees, such as 4.9003."), localize=True)
    lat = forms.FloatField(label=_("Latitude"), help_text=_("Degrees, such as 52.3702."), localize=True)
    quantity = forms.ChoiceField(label=_("What it measures"))
    activity = forms.CharField(
        label=_("Processing activity"),
        max_length=100,
        required=False,
        help_text=_("The key in the register. Empty is the activity for this quantity."),
    )
    sensor = forms.CharField(label=_("Sensor"), max_length=150, help_text=_("Make and type."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "nl"
        for name, words in [
            ("kind", {key: text.said(language) for key, text in KINDS.items()}),
            ("quantity", {key: one.title.said(language) for key, one in QUANTITIES.items()}),
        ]:
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(words.items())

    def clean(self) -> dict[str, Any]:
        """Refuse a place that cannot be one."""
        told: dict[str, Any] = super().clean() or {}
        if {"lon", "lat"} <= told.keys() and not is_place(told["lon"], told["lat"]):
            self.add_error("lon", _("This is not a place on earth, or 0,0. Give the place of the sensor."))
        return told


class NoteForm(forms.Form):
    """What was found or done about a sensor."""

    note = forms.CharField(label=_("What did you find or do?"), max_length=500)
