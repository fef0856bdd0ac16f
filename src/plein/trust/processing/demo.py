"""Furnishes the register of the demo town: its privacy officer approves, and one product is shared by agreement."""

from datetime import datetime, timedelta
from typing import Any

from plein.foundation.clock import local_date
from plein.foundation.gate import registry
from plein.foundation.gate.models import Agreement, ProcessingActivity
from plein.foundation.identity.actions import add_partner
from plein.foundation.identity.actors import SYSTEM
from plein.trust.processing import actions


def furnish(town: Any, *, now: datetime) -> None:
    """Approve what waits, make one agreement, and publish the register; doing it again changes nothing."""
    officer = town.actor("privacy-officer")
    for row in ProcessingActivity.objects.filter(state="proposed", source="sign"):
        registry.approve(row.pk, by=officer, now=now)
    if not Agreement.objects.filter(product="processing.usage").exists():
        today = local_date(now)
        drafted = registry.agree(
            add_partner("rekenkamer", name="Rekenkamer Pleinstad", by=SYSTEM, now=now),
            product="processing.usage",
            activity="processing.oversight",
            starts_on=today,
            ends_on=today + timedelta(days=730),
            document="Convenant inzage gebruik, artikel 4",
            by=town.actor("data-steward"),
            now=now,
        )
        registry.approve_agreement(drafted.pk, by=officer, now=now)
    actions.publish_usage(by=SYSTEM, now=now)
