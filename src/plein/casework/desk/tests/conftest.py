"""The small town hall of the cases with its activity approved, and members of staff who are logged in."""

from collections.abc import Callable

import pytest
from django.test import Client

from plein.casework.cases.tests.conftest import NOW, TownHall, hall, jansen, settle
from plein.foundation.gate import registry
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.models import Staff


@pytest.fixture
def log_in(hall: TownHall) -> Callable[[Staff], Client]:
    """Give a way to come in as somebody of the town hall; handling cases is an approved activity."""
    registry.sync(now=NOW)
    officer = Actor("staff", "9001", roles=frozenset({"privacy-officer"}))
    for row in ProcessingActivity.objects.filter(state="proposed", key__startswith="cases."):
        registry.approve(row.pk, by=officer, now=NOW)

    def come_in(staff: Staff) -> Client:
        Staff.objects.filter(pk=staff.pk).update(is_demo=True)  # no second step for who exists in a demo town only
        staff.refresh_from_db()
        client = Client()
        client.force_login(staff)
        return client

    return come_in


__all__ = ["SYSTEM", "hall", "jansen", "log_in", "settle"]
