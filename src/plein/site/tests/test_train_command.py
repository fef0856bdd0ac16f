"""`plein train`: an algorithm learns anew, when the register lets it."""

import pytest
from click.testing import CliRunner, Result

from plein.foundation.clock import now
from plein.foundation.gate import algorithms
from plein.foundation.gate.tests.test_algorithms import GUESS, KEY, MADE, OFFICER, STEWARD, trainer
from plein.foundation.gate.trained import Trained
from plein.site.cli import main
from plein.site.commands import train

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["train", *arguments])


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Trained]:
    """Have one trainer on a sign; what it makes can be changed."""
    makes = {"made": MADE}
    monkeypatch.setattr(train, "trainers", lambda: {"help": trainer(makes["made"])})
    return makes


def approve() -> None:
    row = algorithms.propose(GUESS, by=STEWARD, now=now())
    algorithms.approve(row.pk, by=OFFICER, now=now())


def test_what_can_be_trained_is_listed(offered: dict[str, Trained]) -> None:
    assert run().output.split() == ["help", "English"]


def test_what_is_not_approved_is_not_trained(offered: dict[str, Trained]) -> None:
    told = run("help")

    assert told.exit_code == 1
    assert "not in the register of algorithms" in told.output


def test_training_tells_how_well_it_does(offered: dict[str, Trained]) -> None:
    approve()

    told = run("help")

    assert told.exit_code == 0
    assert "Trained version 1" in told.output
    assert "80.0%" in told.output
    assert algorithms.number_in_use(KEY) == 1


def test_what_does_worse_is_told_and_not_used(offered: dict[str, Trained]) -> None:
    approve()
    run("help")
    offered["made"] = Trained(b"", MADE.learned_from, MADE.quality, score=0.4, before=0.8)

    told = run("help")

    assert told.exit_code == 1
    assert "not put to use" in told.output
    assert algorithms.number_in_use(KEY) == 1


def test_a_name_that_nobody_trains_is_refused(offered: dict[str, Trained]) -> None:
    assert run("nothing").exit_code == 2
