"""The reports of a resident on their own page."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from plein.foundation.identity.models import Person
from plein.foundation.words import Text
from plein.service.reports.models import Report
from plein.service.reports.queries.links import secret_for
from plein.service.reports.queries.public import state_of
from plein.service.reports.rules.endings import ENDINGS

MOST = 20


def lines(person: Person, *, now: datetime) -> list[dict[str, Any]]:
    """List the reports of a person that logged in, newest first; those that ask "is it solved?" wait for an answer."""
    rows = Report.objects.select_related("category", "merged_into").filter(
        zaak__rollen__person=person, zaak__rollen__roltype__omschrijving_generiek="initiator"
    )
    return [_line(row) for row in rows.order_by("-reported_at")[:MOST]]


def _line(row: Report) -> dict[str, Any]:
    state, _sign = state_of(row)
    rule = ENDINGS.get(row.ending)
    waits = bool(rule and rule.asks and row.satisfied is None)
    title, more = row.category.title, Text(" Is het opgelost?", " Is it solved?") if waits else Text("", "")
    text = Text(f"{title.nl}: {state.nl}.{more.nl}", f"{title.en}: {state.en}.{more.en}")
    href = reverse("reports:follow", args=[secret_for(row.public_key)])
    return {"text": text, "href": href, "at": row.changed_at, "waits": waits}
