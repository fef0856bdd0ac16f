"""What is shown of a case, and how use is told."""

from datetime import UTC, date, datetime

import pytest

from plein.casework.mine.rules.account import Period, said_actor, said_field
from plein.casework.mine.rules.cases import is_shown, next_of
from plein.foundation.words import Text


@pytest.mark.parametrize(
    ("audience", "vertrouwelijkheid", "is_seen"),
    [
        ("person", 4, True),
        ("public", 1, True),
        ("person", 5, True),
        ("staff", 1, False),
        ("person", 6, False),  # confidentieel
        ("public", 8, False),
        ("", 1, False),
    ],
)
def test_only_what_is_meant_for_the_person_and_not_secret_is_shown(
    audience: str, vertrouwelijkheid: int, is_seen: bool
) -> None:
    assert is_shown(audience, vertrouwelijkheid) is is_seen


def test_the_next_stage_follows_the_current_one() -> None:
    assert next_of(["a", "b", "c"], "b") == "c"
    assert next_of(["a", "b", "c"], "c") is None
    assert next_of(["a", "b"], "of another version") is None


def test_a_period_holds_its_days_whole_in_the_time_of_the_town() -> None:
    period = Period(date(2026, 3, 29), date(2026, 3, 29))  # the day on which summer time begins: 23 hours

    assert period.since_ms == datetime(2026, 3, 28, 23, tzinfo=UTC).timestamp() * 1000
    assert period.until_ms == datetime(2026, 3, 29, 22, tzinfo=UTC).timestamp() * 1000
    assert Period() == Period(None, None)


def test_fields_are_said_in_words_those_of_a_product_first() -> None:
    assert said_field("phone").nl == "Telefoonnummer"
    assert said_field("phone", {"phone": Text("Vaste lijn", "Landline")}).nl == "Vaste lijn"
    assert said_field("house_number").en == "House number"


def test_who_used_data_is_told_by_kind_and_never_by_name() -> None:
    assert said_actor("staff").en == "Somebody who works for the municipality"
    assert said_actor("something new").nl == "Niet vastgelegd"
