"""Publishes the register and its use every night."""

from datetime import datetime

from plein.foundation.gate import usage
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.jobs import job
from plein.foundation.words import Text
from plein.trust.processing import actions


@job("processing.publish", at="04:10", title=Text("Register en gebruik publiceren", "Publish the register and usage"))
def publish_usage(*, now: datetime) -> None:
    """Publish the register and how data products were used."""
    usage.take_up()
    actions.publish_usage(by=SYSTEM, now=now)
