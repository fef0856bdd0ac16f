"""What goes by itself."""

from datetime import datetime, timedelta

from plein.casework.forms.actions import uploads
from plein.foundation.files import store
from plein.foundation.jobs.registry import job
from plein.foundation.words import Text


@job(
    "forms.sweep-files",
    title=Text("Losse bestanden opruimen", "Sweep loose files"),
    every=timedelta(hours=6),
)
def sweep_files(*, now: datetime) -> str:
    """Forget files whose form was never sent, and delete from disk what no row names any more."""
    expired = uploads.drop_expired(now=now)
    return f"{expired} expired, {store.sweep(now=now)} deleted"
