"""The desk's scheduled work."""

from datetime import datetime, timedelta

from plein.foundation.identity.mandates import forget_old
from plein.foundation.jobs import job
from plein.foundation.words import Text


@job("desk.forget-mandates", every=timedelta(days=1), title=Text("Oude machtigingen wissen", "Forget old mandates"))
def forget_mandates(*, now: datetime) -> None:
    """Delete mandates that ended over a year ago."""
    forget_old(now=now)
