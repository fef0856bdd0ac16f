"""What goes by itself."""

from datetime import datetime, timedelta

from plein.casework.forms.actions import drafts, printing, uploads
from plein.casework.forms.models import FormVersion, Submission
from plein.foundation.files import store
from plein.foundation.jobs import job
from plein.foundation.words import Text


@job("forms.sweep-files", title=Text("Losse bestanden opruimen", "Sweep loose files"), every=timedelta(hours=6))
def sweep_files(*, now: datetime) -> str:
    """Forget files whose form was never sent, and delete from disk what no row names any more."""
    expired = uploads.drop_expired(now=now)
    return f"{expired} expired, {store.sweep(now=now)} deleted"


@job("forms.drop-drafts", title=Text("Oude formulieren wissen", "Drop old drafts"), every=timedelta(hours=1))
def drop_drafts(*, now: datetime) -> str:
    """Throw away drafts whose time is over, and count where they were left."""
    return f"{drafts.drop_expired(now=now)} dropped"


@job("forms.write-answers", title=Text("Antwoorden als PDF in de zaak", "Put answers into the case as PDF"))
def write_answers(*, submission: str, now: datetime) -> None:
    """Put the PDF of what was sent into its case."""
    row = Submission.objects.select_related("zaak", "version__form").filter(uuid=submission).first()
    if row is not None:
        printing.write_answers(row, now=now)


@job("forms.print-paper", title=Text("Papieren formulier maken", "Make the form on paper"))
def print_paper(*, version: int, now: datetime) -> None:
    """Make the paper of a version that was published."""
    row = FormVersion.objects.select_related("form").filter(pk=version).first()
    if row is not None:
        printing.print_paper(row)
