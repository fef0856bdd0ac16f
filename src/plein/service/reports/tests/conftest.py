"""A small town in which people report: its areas, categories, teams and the type of case."""

from datetime import UTC, datetime
from typing import Any

import pytest
import shapely

from plein.casework.cases.actions.types import ensure_zaaktype
from plein.foundation.gate import registry
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.geo.actions import Border, store_areas
from plein.foundation.geo.cells import cell
from plein.foundation.identity import stamps
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM, Actor
from plein.service.reports.actions.categories import load_set, set_from_file
from plein.service.reports.actions.filing import Filed, file_report
from plein.service.reports.models import Asset
from plein.service.reports.rules.filing import Said
from plein.service.reports.rules.zaaktype import MELDING

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)  # a Wednesday, 11:00 in town
SPOT = (5.271, 52.561)
OFFICER = Actor("staff", "privacy", roles=frozenset({"privacy-officer"}))
LAMP_TEXT = "De lantaarnpaal voor ons huis is kapot, het is hier pikdonker."


def lay_area() -> None:
    """Lay one buurt of about 2 by 2 km around SPOT."""
    shape = shapely.box(5.26, 52.55, 5.29, 52.57)
    border = Border(
        code="BU99990000", kind="buurt", name="Oude Markt", gemeente_code="GM9999", year=2024, geometry=shape
    )
    store_areas([border], kind="buurt", by=SYSTEM, now=NOW)


@pytest.fixture
def town(db: Any) -> None:
    """Give a town in which reports can be filed."""
    for name in list(stamps._all):
        for kept in stamps._all[name]:
            kept.forget()
    lay_area()
    load_set(set_from_file("pleinstad"), by=SYSTEM, now=NOW)
    ensure_zaaktype(MELDING, by=SYSTEM, now=NOW)
    registry.sync(now=NOW)
    for row in ProcessingActivity.objects.filter(key__startswith="reports.", state="proposed"):
        registry.approve(row.pk, by=OFFICER, now=NOW)


def said(**values: Any) -> Said:
    """Say something about a lamp at SPOT, with what differs."""
    given: dict[str, Any] = {"text": LAMP_TEXT, "category": "lamp-uit", "lon": SPOT[0], "lat": SPOT[1], **values}
    return Said(**given)


def filed(now: datetime = NOW, by: Actor = ANONYMOUS, **values: Any) -> Filed:
    """File a report about a lamp at SPOT."""
    return file_report(said(**values), by=by, now=now)


def lamp(key: str = "LM-0214", **values: Any) -> Asset:
    """Put a lamp post at SPOT."""
    given: dict[str, Any] = {
        "kind": "lamp",
        "title_nl": "Lantaarnpaal 214",
        "lon": SPOT[0],
        "lat": SPOT[1],
        "cell": cell(*SPOT, 10),
        **values,
    }
    return Asset.objects.create(key=key, **given)
