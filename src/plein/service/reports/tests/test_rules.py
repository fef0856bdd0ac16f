"""Rules of reports: where they go, what an ending needs, and what looks like spam."""

from datetime import UTC, datetime, time, timedelta

import pytest

from plein.service.reports.rules.endings import ENDINGS, missing
from plein.service.reports.rules.keeping import keeping_for
from plein.service.reports.rules.routing import About, Route, Rule, decide, fits
from plein.service.reports.rules.spam import (
    ALIKE_BITS,
    AT_ONE_PLACE,
    OF_ONE_SENDER,
    Earlier,
    bits_apart,
    judge,
    likeness,
)

NOON = datetime(2026, 11, 18, 12, 0)  # a Wednesday
DEFAULT = Route(team=1, owner=None, priority=2, term_days=5, in_working_days=True)
LAMP = About(main_slug="verlichting", category="lamp-uit", priority=2, at=NOON, buurt_code="BU1", wijk_code="WK1")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(key=1), True),
        (Rule(key=1, main_slug="verlichting"), True),
        (Rule(key=1, main_slug="afval"), False),
        (Rule(key=1, category="lamp-uit"), True),
        (Rule(key=1, area_code="WK1"), True),
        (Rule(key=1, area_code="BU2"), False),
        (Rule(key=1, weekdays=[2]), True),
        (Rule(key=1, weekdays=[5, 6]), False),
        (Rule(key=1, for_priority=1), False),
        (Rule(key=1, asset_owner=7), False),
        (Rule(key=1, from_time=time(12), until_time=time(13)), True),
        (Rule(key=1, from_time=time(13), until_time=time(12)), False),
        (Rule(key=1, from_time=time(17), until_time=time(8)), False),
        (Rule(key=1, from_time=time(22), until_time=time(12, 1)), True),
    ],
)
def test_a_rule_fits_only_what_it_names(rule: Rule, expected: bool) -> None:
    assert fits(rule, LAMP) is expected


def test_the_first_rule_that_fits_decides_where_to() -> None:
    rules = [Rule(key=1, main_slug="afval", to_team=2), Rule(key=2, to_team=3, title="b"), Rule(key=3, to_team=4)]

    route = decide(rules, LAMP, otherwise=DEFAULT)

    assert (route.team, route.by) == (3, ("b",))


def test_a_later_rule_may_still_set_the_term() -> None:
    rules = [Rule(key=1, to_owner=9, title="whose"), Rule(key=2, term_days=1, in_working_days=False, title="soon")]

    route = decide(rules, LAMP, otherwise=DEFAULT)

    assert (route.team, route.owner, route.term_days, route.in_working_days) == (1, 9, 1, False)
    assert route.by == ("whose", "soon")


def test_a_rule_with_a_team_keeps_here_what_the_category_gives_away() -> None:
    route = decide(
        [Rule(key=1, to_team=2)],
        LAMP,
        otherwise=Route(team=1, owner=9, priority=2, term_days=5, in_working_days=True),
    )

    assert (route.team, route.owner) == (2, None)


def test_without_a_rule_the_category_decides() -> None:
    assert decide([], LAMP, otherwise=DEFAULT) == DEFAULT


@pytest.mark.parametrize(
    ("ending", "given", "expected"),
    [
        ("solved", {}, ""),
        ("will-not", {}, "reason"),
        ("will-not", {"reason": "   "}, "reason"),
        ("will-not", {"reason": "Te duur."}, ""),
        ("known-planned", {}, "day"),
        ("known-planned", {"has_day_ahead": True}, ""),
        ("not-ours", {}, "owner"),
        ("not-ours", {"has_owner": True}, ""),
        ("no-fault", {}, ""),
    ],
)
def test_an_honest_ending_says_what_it_must(ending: str, given: dict[str, object], expected: str) -> None:
    facts = {"reason": "", "has_day_ahead": False, "has_owner": False, **given}

    assert missing(ending, **facts) == expected  # type: ignore[arg-type]


def test_every_ending_has_its_terms_of_keeping() -> None:
    assert {keeping_for(ending).contact_days <= keeping_for(ending).text_days for ending in ENDINGS} == {True}


def test_what_is_planned_keeps_contact_longer_than_what_is_solved() -> None:
    assert keeping_for("known-planned").contact_days > keeping_for("solved").contact_days


AT = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
TEXT = "De lantaarnpaal voor ons huis is kapot, het is hier pikdonker sinds gisteren avond."


def _earlier(text: str, *, sender: bool = False, place: bool = True, count: int = 1) -> list[Earlier]:
    return [Earlier(AT - timedelta(minutes=n), sender, place, likeness(text)) for n in range(count)]


def test_a_text_with_another_comma_is_alike_and_another_text_is_not() -> None:
    assert bits_apart(likeness(TEXT), likeness(TEXT.replace(",", "!").upper())) <= ALIKE_BITS
    assert bits_apart(likeness(TEXT), likeness("Overal hondenpoep op het grasveld waar kinderen spelen.")) > ALIKE_BITS


def test_a_likeness_fits_a_signed_column_of_64_bits() -> None:
    assert all(-(1 << 63) <= likeness(text) < 1 << 63 for text in (TEXT, "", "a", "ratten " * 500))


def test_neighbours_may_say_the_same_in_their_own_words() -> None:
    earlier = [one for n in range(10) for one in _earlier(f"melding van buur {n} over heel iets anders {n * 7}")]

    assert judge(earlier, mark=likeness(TEXT)) == ""


def test_the_same_text_of_the_same_sender_at_the_same_place_is_refused() -> None:
    assert judge(_earlier(TEXT, sender=True), mark=likeness(TEXT)) == "text"


def test_the_same_text_over_and_over_at_one_place_is_refused_whoever_sends_it() -> None:
    assert judge(_earlier(TEXT, count=3), mark=likeness(TEXT)) == ""
    assert judge(_earlier(TEXT, count=4), mark=likeness(TEXT)) == "text"


def test_one_sender_has_a_limit() -> None:
    many = [
        one
        for n in range(OF_ONE_SENDER)
        for one in _earlier(f"heel iets anders {n} {n * 31} over {n * n}", sender=True, place=False)
    ]

    assert judge(many[1:], mark=likeness(TEXT)) == ""
    assert judge(many, mark=likeness(TEXT)) == "sender"


def test_one_place_has_a_limit() -> None:
    many = [one for n in range(AT_ONE_PLACE) for one in _earlier(f"woord{n} zin{n * 3} maar{n * 5} dan{n * 7}")]

    assert judge(many, mark=likeness(TEXT)) == "place"
