"""The demo town's registers: whole, seeded, and in step with each other."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import plein.foundation.lake.tables as lake
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.geo.actions import settle
from plein.foundation.geo.town import Town, lay_out
from plein.foundation.identity.actors import SYSTEM
from plein.insight.monitor.apps import Monitor
from plein.insight.monitor.sources.pleinstad import publish_town

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db
REGISTERS = {key for key in Monitor.products if key != "monitor.indicator_values"}


@pytest.fixture
def town(data_dir: Path, settings: Any) -> Town:
    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": ""}
    town = Town()
    lay_out(town, by=SYSTEM, now=NOW)
    publish_town(town, now=NOW)
    return town


def rows(product: str, where: str = "") -> list[dict[str, Any]]:
    return lake.read(product, where=where or None).to_pylist()


def test_every_register_of_the_monitor_is_there_and_publishing_again_makes_no_new_version(town: Town) -> None:
    assert set(ProductVersion.objects.values_list("product__key", flat=True)) == REGISTERS

    publish_town(Town(), now=NOW)

    assert ProductVersion.objects.count() == len(REGISTERS)


def test_the_inhabitants_of_the_buurten_are_those_of_the_town(town: Town) -> None:
    year = [row for row in rows("monitor.areas") if row["year"] == 2025 and row["gemeente_code"] == town.code]
    by_kind = {
        kind: sum(row["inwoners"] for row in year if row["kind"] == kind) for kind in ("buurt", "wijk", "gemeente")
    }

    assert by_kind["buurt"] == by_kind["wijk"] == by_kind["gemeente"] > 50_000
    assert len([row for row in year if row["kind"] == "buurt"]) == 12


def test_crimes_per_month_add_up_to_crimes_per_year(town: Town) -> None:
    months: dict[tuple[str, int], int] = {}
    for row in rows("monitor.crime_monthly"):
        key = row["code"], row["year"]
        months[key] = months.get(key, 0) + row["misdrijven"]

    years = {(row["code"], row["year"]): row["misdrijven"] for row in rows("monitor.crime") if row["kind"] == "buurt"}

    assert months == years


def test_the_tasks_add_up_to_the_expenditure(town: Town) -> None:
    spent: dict[tuple[str, str], float] = {}
    for row in rows("monitor.finance_tasks"):
        key = row["gemeente_code"], row["verslagsoort"]
        spent[key] = spent.get(key, 0) + row["lasten_1000eur"]

    assert {(row["gemeente_code"], row["verslagsoort"]): row["lasten"] for row in rows("monitor.finance")} == spent


def test_budgets_have_no_balance_and_accounts_have(town: Town) -> None:
    for row in rows("monitor.finance"):
        assert (row["balanstotaal"] > 0) == row["verslagsoort"].endswith("X005")


def test_where_incomes_are_low_health_is_worse(town: Town) -> None:
    income = {
        row["code"]: row["lage_inkomens"]
        for row in rows("monitor.areas")
        if row["year"] == 2024 and row["kind"] == "buurt"
    }
    health = {
        row["code"]: row["gezondheid_goed_pct"]
        for row in rows("monitor.health")
        if row["year"] == 2024 and row["kind"] == "buurt"
    }

    codes = sorted(income)

    assert np.corrcoef([income[c] for c in codes], [health[c] for c in codes])[0, 1] < -0.8


def test_points_lie_in_the_buurt_they_name(town: Town) -> None:
    from plein.foundation.geo.places import buurten_at

    clusters = rows("monitor.waste_clusters")

    assert buurten_at([r["lon"] for r in clusters], [r["lat"] for r in clusters]) == [r["buurt_code"] for r in clusters]


def test_a_real_municipality_is_never_overwritten_by_the_demo(town: Town) -> None:
    settle("GM0014", by=SYSTEM, now=NOW)
    before = ProductVersion.objects.count()

    publish_town(Town(seed=5), now=NOW)

    assert ProductVersion.objects.count() == before
