"""What others may read of a report, changed by staff."""

from datetime import datetime

from django.db import transaction

from plein.casework.cases import actions as cases
from plein.foundation.identity.actors import Actor
from plein.service.reports.models import Report
from plein.service.reports.rules.filing import tidy
from plein.service.reports.rules.spam import MOST_SIGNS


@transaction.atomic
def change_public(report: Report, text: str, *, is_hidden: bool, by: Actor, now: datetime) -> Report:
    """Change the words that others read, or keep the report off the public pages; the text itself stays as it is."""
    told = tidy(text)[:MOST_SIGNS]
    if (told, is_hidden) == (report.public_text, report.is_hidden):
        return report
    with cases.changing(report.zaak, "change-public-words", by=by, now=now, is_open=None) as change:
        change.facts.update(hidden=is_hidden)
        change.tell("change", "De openbare tekst is aangepast.", "The public words were changed.")
    report.public_text, report.is_hidden, report.changed_at = told, is_hidden, now
    report.save(update_fields=["public_text", "is_hidden", "changed_at"])
    return report
