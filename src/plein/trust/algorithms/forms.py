"""The forms of the register: until when, and why."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plein.foundation import clock
from plein.foundation.gate.models import RegisteredAlgorithm


class UntilForm(forms.Form):
    """Approves or renews, until a day."""

    use_required_attribute = False
    ends_on = forms.DateField(
        label=_("Until"),
        help_text=_("Before this day you look at it again. At most five years."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, row: RegisteredAlgorithm | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if row is not None:
            days = timedelta(days=row.algorithm.review_after_days)
            self.fields["ends_on"].initial = clock.local_date(clock.now() + days)


class WhyForm(forms.Form):
    """Stops, ends or rejects, with a reason that everybody can read."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Everybody can read this."),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
