"""kill -9 of web, worker, publish and load under load: the bench `faults` with fewer kills, in every test run."""

from pathlib import Path

import pytest

from plein.site.disturbance import judge, kills, publisher
from plein.site.disturbance.senders import value_of

KILLS = 10


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_kills_of_a_house_under_load_lose_nothing_and_double_nothing(tmp_path: Path, own_database: str) -> None:
    came = kills.disturb(tmp_path / "faults", kills=KILLS, database=own_database, seed=10)

    assert sum(came.kills.values()) == KILLS
    assert came.acknowledged["HTTP device"] > 0
    assert came.versions > 2
    assert (came.lost, came.doubled, came.strange, came.problems) == (0, 0, 0, [])


# The judge itself: each of these must be seen, or the test above could not fail.
TOLD = {"kept": {"1": [10, 20]}, "sent": {"1": [10, 20, 30]}}


def test_a_reading_that_was_acknowledged_and_is_gone_is_lost() -> None:
    assert judge.compare({1: {10: value_of(1, 10)}}, 0, TOLD)["lost"] == 1
    assert judge.compare({}, 0, TOLD)["lost"] == 2


def test_a_reading_that_nobody_sent_or_that_changed_is_strange() -> None:
    whole = {at: value_of(1, at) for at in (10, 20)}

    assert judge.compare({1: whole}, 0, TOLD)["strange"] == 0
    assert judge.compare({1: {**whole, 30: value_of(1, 30)}}, 0, TOLD)["strange"] == 0  # sent, its answer was cut off
    assert judge.compare({1: {**whole, 40: value_of(1, 40)}}, 0, TOLD)["strange"] == 1
    assert judge.compare({1: {**whole, 20: 0.0}}, 0, TOLD)["strange"] == 1


def test_a_version_of_two_rounds_or_with_rows_missing_is_wrong() -> None:
    rows = publisher.rows_of(5)

    assert judge._wrong_replaced({5: rows}, 5, set()) == ""
    assert judge._wrong_replaced({5: rows - 1}, 5, set()) == f"{rows - 1} rows of {rows}"
    assert judge._wrong_replaced({5: rows, 6: 1}, 5, set()) == "rows of 2 rounds"
    assert judge._wrong_replaced({5: rows}, 6, set()) == "round 5, and 6 was published"
    assert judge._wrong_added({1: 20, 2: 20}, 2, {1, 2}) == ""
    assert judge._wrong_added({1: 20, 2: 19}, 2, {1, 2, 3}) == "1 rounds in part, 1 missing"
