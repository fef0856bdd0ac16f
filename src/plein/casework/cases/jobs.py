"""What happens to cases by itself: at night, and when a destruction was approved."""

from datetime import datetime

from plein.casework.cases.actions import archiving
from plein.casework.cases.models import Vernietigingslijst
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.jobs import job
from plein.foundation.words import Text


@job("cases.archive-night", at="02:40", title=Text("Archief van zaken bijwerken", "Keep the archive of cases"))
def archive_night(*, now: datetime) -> None:
    """Find archive days that can be known now, put what is due on a list for people to look at, and sweep files."""
    archiving.date_undated()
    archiving.draft_due(now=now)
    archiving.sweep_files(now=now)


@job("cases.destroy", title=Text("Zaken vernietigen na goedkeuring", "Destroy cases after approval"))
def destroy(*, lijst: int, now: datetime) -> None:
    """Destroy the cases of a list that two people agreed on; cut off, it goes on where it was."""
    archiving.destroy_list(Vernietigingslijst.objects.get(pk=lijst), by=SYSTEM, now=now)
