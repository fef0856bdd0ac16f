"""The demo town shows the whole monitor."""

from pathlib import Path

import pytest

from plein.foundation.gate import registry
from plein.foundation.geo.town import Town, lay_out
from plein.foundation.identity.actors import SYSTEM
from plein.insight.monitor import demo
from plein.insight.monitor.models import Run, Value
from plein.insight.monitor.queries import comparing, published
from plein.insight.monitor.queries.board import board, counts
from plein.insight.monitor.tests.conftest import NOW


@pytest.mark.slow
@pytest.mark.django_db
def test_the_demo_town_has_figures_for_its_indicators_and_furnishing_again_changes_nothing(data_dir: Path) -> None:
    registry.sync(now=NOW)
    town = Town()
    lay_out(town, by=SYSTEM, now=NOW)

    demo.furnish(town, now=NOW)

    failed = Run.objects.filter(outcome="failed").select_related("version")
    elsewhere = {"sensing.daily_means", "reports.figures", "reports.satisfaction"}  # not furnished here
    assert {tuple(run.version.products) for run in failed} == {(product,) for product in elsewhere}
    found = counts(board())
    assert found["on_track"] >= 5
    assert found["behind"] >= 3
    homes = next(one for one in published.versions().values() if one.indicator.key == "home-price-in-incomes")
    beside = comparing.sides(homes, ["GM9999", "GM9901", "GM9902", "GM9903"])
    assert [side.name for side in beside] == ["Pleinstad", "Dijkhuizen", "Veenrade", "Zandmeer"]
    assert all(side.newest for side in beside)
    assert comparing.find_area("zandmeer") is not None
    values = Value.objects.count()
    demo.furnish(town, now=NOW)
    assert Value.objects.count() == values
