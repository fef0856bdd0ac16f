"""The rules of cases, without a database."""

import random
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plein.casework.cases.rules import references, terms, zgw
from plein.casework.cases.rules.terms import DAYS, HOURS, MONTHS, WEEKS, WORKING_DAYS, YEARS, Term


@pytest.mark.parametrize(  # from the tables of Easter dates of the US Naval Observatory
    "day",
    [date(1961, 4, 2), date(2000, 4, 23), date(2008, 3, 23), date(2024, 3, 31), date(2026, 4, 5), date(2038, 4, 25)],
)
def test_easter_falls_where_the_tables_say(day: date) -> None:
    assert terms.easter(day.year) == day


def test_the_holidays_of_2026_are_those_of_the_law() -> None:
    # Algemene termijnenwet art. 3 with the royal decree for 2026-2028, which adds 2 January and 15 May 2026.
    assert sorted(terms.holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 1, 2),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 4, 27),
        date(2026, 5, 5),
        date(2026, 5, 14),
        date(2026, 5, 15),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2026, 12, 26),
    ]


@pytest.mark.parametrize(("year", "day"), [(2025, 26), (2026, 27), (2031, 26)])  # 27 April 2025 and 2031 are Sundays
def test_kings_day_is_a_day_earlier_when_it_is_a_sunday(year: int, day: int) -> None:
    assert terms.kings_day(year) == date(year, 4, day)


def test_queens_day_was_on_30_april_and_on_29_april_when_that_was_a_sunday() -> None:
    assert (terms.kings_day(2013), terms.kings_day(2006)) == (date(2013, 4, 30), date(2006, 4, 29))


def test_liberation_day_counts_each_year_and_not_only_once_in_five() -> None:
    assert all(date(year, 5, 5) in terms.holidays(year) for year in range(2020, 2030))


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        # ends on Saturday 7 November 2026: goes on until Monday (art. 1)
        (date(2026, 10, 31), Term(7), date(2026, 11, 9)),
        # ends on Good Friday 3 April 2026: until the Tuesday after Easter (art. 1 and 3)
        (date(2026, 3, 20), Term(2, WEEKS), date(2026, 4, 7)),
        # ends on Ascension Day 14 May 2026, and the Friday is equated by decree: until Monday
        (date(2026, 5, 7), Term(7), date(2026, 5, 18)),
        # three days from Friday 24 December 2027 end on Monday the 27th, the first other day; two are needed (art. 2)
        (date(2027, 12, 24), Term(3), date(2027, 12, 28)),
        # two days are too short for art. 2, not for art. 1: Thursday 24 December 2026 + 2 = Saturday, so Monday
        (date(2026, 12, 24), Term(2), date(2026, 12, 28)),
        # eight weeks from Monday 2 November 2026 end on Monday 28 December
        (date(2026, 11, 2), Term(8, WEEKS), date(2026, 12, 28)),
        # thirteen weeks are too long for the law (art. 4a): a Sunday stays
        (date(2026, 11, 1), Term(13, WEEKS), date(2027, 1, 31)),
        # 90 days still move (Saturday 30 January 2027), 91 do not (Sunday stays)
        (date(2026, 11, 1), Term(90), date(2027, 2, 1)),
        (date(2026, 11, 1), Term(91), date(2027, 1, 31)),
        # three months from 30 November 2026 end on Sunday 28 February 2027, the last day: until Monday
        (date(2026, 11, 30), Term(3, MONTHS), date(2027, 3, 1)),
        # terms in hours (art. 4a) and years do not move
        (date(2026, 11, 5), Term(48, HOURS), date(2026, 11, 7)),
        (date(2026, 11, 7), Term(1, YEARS), date(2027, 11, 7)),
        # ten working days from Monday 27 April 2026 (King's Day) skip 5, 14 and 15 May and three weekends
        (date(2026, 5, 4), Term(10, WORKING_DAYS), date(2026, 5, 21)),
    ],
)
def test_a_term_ends_on_the_day_that_the_law_says(start: date, term: Term, end: date) -> None:
    assert terms.end_of(start, term) == end


@given(st.dates(date(2015, 1, 1), date(2060, 1, 1)), st.integers(1, 60))
def test_working_days_are_counted_there_and_back(start: date, count: int) -> None:
    end = terms.after_working_days(start, count)
    assert terms.is_working_day(end)
    assert terms.working_days_between(start, end) == count


@given(st.dates(date(2015, 1, 1), date(2060, 1, 1)), st.integers(0, 90))
def test_a_term_of_the_law_is_never_shorter_and_ends_on_a_working_day(start: date, days: int) -> None:
    end = terms.end_of(start, Term(days, DAYS))
    assert (end - start).days >= days
    assert terms.is_working_day(end)


def test_a_term_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="fortnights is no term"):
        Term(2, "fortnights")


def test_a_reference_number_is_read_however_it_is_typed() -> None:
    made = references.new_reference(random.Random(7).randrange)
    assert references.tidied(made.lower().replace("-", " ")) == made


@given(st.integers(0), st.integers(0, 9), st.integers(1, 22))
def test_one_wrong_character_is_always_caught(seed: int, place: int, shift: int) -> None:
    plain = references.new_reference(random.Random(seed).randrange).replace("-", "")
    wrong = references.ALPHABET[(references.ALPHABET.index(plain[place]) + shift) % 23]
    assert references.tidied(plain[:place] + wrong + plain[place + 1 :]) is None


@given(st.integers(0), st.integers(0, 8))
def test_two_neighbours_that_changed_places_are_always_caught(seed: int, place: int) -> None:
    plain = references.new_reference(random.Random(seed).randrange).replace("-", "")
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    assert swapped == plain or references.tidied(swapped) is None


def test_no_two_characters_of_a_reference_number_look_alike() -> None:
    for group in ("0O", "1IL", "5S", "2Z", "8B", "UVW"):
        assert sum(one in references.ALPHABET for one in group) <= 1


def facts(**more: object) -> zgw.Facts:
    return zgw.Facts(**{"einddatum": date(2026, 11, 30), **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("afleidingswijze", "known", "day"),
    [
        ("afgehandeld", {}, date(2026, 11, 30)),
        ("hoofdzaak", {"hoofdzaak_einddatum": date(2027, 1, 5)}, date(2027, 1, 5)),
        ("hoofdzaak", {}, None),
        ("gerelateerde_zaak", {"related_ends": [date(2026, 1, 1), date(2027, 2, 2)]}, date(2027, 2, 2)),
        ("gerelateerde_zaak", {"related_ends": [date(2026, 1, 1), None]}, None),
        ("ingangsdatum_besluit", {"besluit_ingangsdata": [date(2026, 12, 1)]}, date(2026, 12, 1)),
        ("vervaldatum_besluit", {"besluit_vervaldata": [None]}, None),
        ("termijn", {"procestermijn": 3}, date(2027, 2, 28)),
        ("ander_datumkenmerk", {"told": date(2030, 1, 1)}, date(2030, 1, 1)),
    ],
)
def test_the_archive_term_starts_on_the_day_that_its_way_gives(
    afleidingswijze: str, known: dict[str, object], day: date | None
) -> None:
    assert zgw.brondatum(afleidingswijze, facts(**known)) == day


def test_every_way_to_find_that_day_is_one_of_the_standard() -> None:
    for one in zgw.AFLEIDINGSWIJZEN:
        zgw.brondatum(one, facts())  # none is unknown


def test_confidentiality_goes_from_open_to_most_secret() -> None:
    from plein.casework.cases.models import Vertrouwelijkheid

    ranks = {one.label: one.value for one in Vertrouwelijkheid}
    assert [ranks[word] for word in zgw.VERTROUWELIJKHEDEN] == sorted(ranks.values())
    assert all(one < other for one, other in pairwise(ranks.values()))


def test_versions_of_a_type_may_follow_each_other_but_not_overlap() -> None:
    first = (date(2026, 1, 1), date(2026, 6, 1))
    assert not zgw.overlaps(date(2026, 6, 1), None, [first])
    assert zgw.overlaps(date(2026, 5, 31), None, [first])
    assert zgw.overlaps(date(2025, 1, 1), None, [first])


def test_a_type_without_one_end_status_a_result_and_an_initiator_cannot_be_published() -> None:
    faults = zgw.type_faults(statuses=[(1, True), (2, False)], results=[("vernietigen", "afgehandeld", None)], roles=[])
    assert faults == ["end-status-last", "archive-term", "an-initiator"]


def test_the_wijk_of_a_buurt_is_in_its_code() -> None:
    assert (zgw.wijk_of("BU01060203"), zgw.wijk_of("")) == ("WK010602", "")
