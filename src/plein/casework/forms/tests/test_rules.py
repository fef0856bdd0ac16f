"""Questions, conditions and values, without a database."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plein.casework.forms.rules.conditions import holds, questions_in
from plein.casework.forms.rules.definition import Condition, Question, read_questions
from plein.casework.forms.rules.questions import asked, bind, filled, names_shown, prefilled, press, said
from plein.casework.forms.rules.values import is_iban
from plein.foundation.words import Text

NAME = Text("Vraag", "Question")
TODAY = date(2026, 11, 22)


def q(key: str, kind: str = "text", **more: Any) -> Question:
    return Question(key=key, kind=kind, label=NAME, **more)  # type: ignore[arg-type]


def one(question: Question, fields: Any, **more: Any) -> tuple[Any, str]:
    """Bind one question; give its value and the kind of its problem."""
    data = fields if isinstance(fields, dict) else {question.key: fields}
    answers, problems = bind([question], data, today=TODAY, **more)
    problem = next(iter(problems.values()), None)
    return answers.get(question.key), problem.kind if problem else ""


CHOICES = read_questions(
    [
        {
            "key": "kind",
            "kind": "choose_one",
            "label": {"nl": "Wat?", "en": "What?"},
            "choices": [
                {"key": "box", "label": {"nl": "Container", "en": "Container"}},
                {"key": "other", "label": {"nl": "Iets anders", "en": "Something else"}},
            ],
        },
        {
            "key": "which",
            "kind": "text",
            "label": {"nl": "Wat dan?", "en": "What then?"},
            "show_when": {"question": "kind", "test": "is", "value": "other"},
        },
    ]
)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", "  Jan \t van  Dam ", "Jan van Dam"),
        ("text", "e\u0301e\u0301n\u200b\u202e", "één"),
        ("long_text", "regel 1\r\nregel 2", "regel 1\nregel 2"),
        ("number", "12", 12),
        ("number", "1.250", 1250),
        ("date", "22-11-2026", "2026-11-22"),
        ("date", "2026-02-28", "2026-02-28"),
        ("yes_no", "no", False),
        ("tick", "yes", True),
        ("email", "Jan.Dam@Voorbeeld.NL", "Jan.Dam@voorbeeld.nl"),
        ("phone", "06 - 12 34 56 78", "+31612345678"),
        ("phone", "0031 (0)20-5551234", "+31205551234"),
        ("phone", "+32 470 12 34 56", "+32470123456"),
        ("iban", "nl91 abna 0417 1643 00", "NL91ABNA0417164300"),
        ("plate", "gb-123-k", "GB123K"),
    ],
)
def test_what_people_type_becomes_a_value(kind: str, typed: str, value: Any) -> None:
    assert one(q("a", kind), typed) == (value, "")


@pytest.mark.parametrize(
    ("kind", "typed", "problem"),
    [
        ("text", "", "empty"),
        ("text", "   ", "empty"),
        ("text", "x" * 201, "too-long"),
        ("long_text", "x" * 5_001, "too-long"),
        ("number", "twaalf", "not-a-number"),
        ("number", "1e9", "not-a-number"),
        ("number", "2,5", "too-precise"),
        ("date", "31-02-2026", "not-a-date"),
        ("date", "morgen", "not-a-date"),
        ("yes_no", "misschien", "not-an-option"),
        ("email", "jan@dam", "not-an-email"),
        ("email", "jan@@dam.nl", "not-an-email"),
        ("email", "jan@dam.nl\nBcc: x@y.nl", "not-an-email"),
        ("phone", "12345", "not-a-phone"),
        ("phone", "06123456789", "not-a-phone"),
        ("iban", "NL91ABNA0417164301", "not-an-iban"),
        ("plate", "12345", "not-a-plate"),
        ("photo", "../../etc/passwd", "no-file"),
    ],
)
def test_what_will_not_do_is_named_by_kind(kind: str, typed: str, problem: str) -> None:
    assert one(q("a", kind), typed) == (None, problem)


def test_numbers_with_decimals_are_read_as_dutch_and_english_write_them() -> None:
    money = q("a", "number", decimals=2)

    assert [one(money, typed)[0] for typed in ("1.250,50", "1,250.50", "1250,5", "0,125", "0.5")] == [
        1250.5,
        1250.5,
        1250.5,
        None,
        0.5,
    ]


def test_limits_say_what_would_do() -> None:
    few = q("a", "number", least=2, most=5)
    soon = q("a", "date", earliest=5, latest=30)

    told = [bind([few], {"a": "9"})[1]["a"].text, bind([soon], {"a": "23-11-2026"}, "en", today=TODAY)[1]["a"].text]

    assert told == [
        "Dit is te veel. Vul 5 of minder in.",
        "This day is too early. Choose 27-11-2026 or later.",
    ]


def test_days_with_limits_need_to_know_which_day_it_is() -> None:
    with pytest.raises(ValueError, match="which day"):
        bind([q("a", "date", earliest=0)], {"a": "2026-11-22"})


def test_an_own_word_for_a_problem_replaces_ours() -> None:
    question = q("a", problems={"empty": Text("Noem de straat.", "Name the street.")})

    assert bind([question], {}, "en")[1]["a"].text == "Name the street."


def test_what_is_optional_may_stay_empty() -> None:
    kinds = ("text", "number", "date", "yes_no", "choose_one", "email", "address", "place", "photo", "group", "tick")

    assert bind([q(f"a{n}", kind, required=False) for n, kind in enumerate(kinds)], {}) == ({}, {})


def test_an_answer_outside_the_choices_is_refused() -> None:
    assert one(CHOICES[0], "castle") == (None, "not-an-option")


def test_a_question_is_asked_when_its_condition_holds() -> None:
    first = bind(CHOICES, {"kind": "box", "which": "left over"})
    second = bind(CHOICES, {"kind": "other", "which": "a crane"})

    assert first == ({"kind": "box"}, {})
    assert second == ({"kind": "other", "which": "a crane"}, {})


def test_a_question_that_an_answer_adds_is_told_apart_from_one_left_empty() -> None:
    just_chosen = bind(CHOICES, {"kind": "other", "shown": ["kind"]}, "en")[1]
    left_empty = bind(CHOICES, {"kind": "other", "shown": ["kind", "which"]}, "en")[1]

    assert (just_chosen["which"].kind, left_empty["which"].kind) == ("new", "empty")


@pytest.mark.parametrize(
    ("condition", "answers", "is_asked"),
    [
        ({"question": "n", "test": "at_least", "value": 3}, {"n": 3}, True),
        ({"question": "n", "test": "at_least", "value": 3}, {"n": 2}, False),
        ({"question": "n", "test": "at_most", "value": 3}, {}, False),
        ({"question": "d", "test": "at_most", "value": "2026-12-01"}, {"d": "2026-11-22"}, True),
        ({"question": "many", "test": "includes", "value": "b"}, {"many": ["a", "b"]}, True),
        ({"question": "one", "test": "one_of", "value": ["a", "c"]}, {"one": "b"}, False),
        ({"question": "yes", "test": "is", "value": True}, {"yes": True}, True),
        ({"question": "yes", "test": "is", "value": "yes"}, {"yes": False}, False),
        ({"question": "yes", "test": "is_not", "value": True}, {}, True),
        ({"question": "yes", "test": "filled"}, {"yes": False}, True),
        ({"question": "x", "test": "empty"}, {}, True),
        ({"all": [{"question": "a"}, {"question": "b"}]}, {"a": 1}, False),
        ({"any": [{"question": "a"}, {"question": "b"}]}, {"b": 1}, True),
        ({"none": [{"question": "a"}, {"question": "b"}]}, {"b": 1}, False),
        ({"question": "a", "none": [{"question": "b"}]}, {"a": 1}, True),
    ],
)
def test_conditions_test_earlier_answers(condition: Any, answers: dict[str, Any], is_asked: bool) -> None:
    import msgspec

    assert holds(msgspec.convert(condition, Condition), answers) is is_asked


def test_a_condition_names_the_questions_it_looks_at() -> None:
    inner = Condition(any=(Condition(question="b"), Condition(none=(Condition(question="c"),))))

    assert questions_in(Condition(question="a", all=(inner,))) == {"a", "b", "c"}


# -- addresses, places, groups ----------------------------------------------------------------------------------------


def test_an_address_is_a_postcode_and_a_number() -> None:
    home = q("home", "address")

    good = one(home, {"home.postcode": "1234ab", "home.number": "12", "home.addition": "bis"})
    wrong = bind([home], {"home.postcode": "1234 SS", "home.number": "12"})[1]["home"]

    assert good == ({"postcode": "1234 AB", "number": "12", "addition": "bis"}, "")
    assert (wrong.kind, wrong.part) == ("not-a-postcode", "postcode")


def test_a_place_is_a_point_words_or_an_object() -> None:
    spot = q("spot", "place")

    assert one(spot, {"spot.lat": "52,1", "spot.lon": "5.3", "spot.how": "own"})[0] == {
        "lon": 5.3,
        "lat": 52.1,
        "how": "own",
    }
    assert one(spot, {"spot.address": "bij de brug"})[0] == {"address": "bij de brug"}
    assert one(spot, {"spot.asset": "LP-0123<script>"})[0] == {"asset": "LP-0123script"}
    assert one(spot, {"spot.lat": "nan", "spot.lon": "5"}) == (None, "no-place")
    assert one(spot, {"spot.lat": "52.1"}) == (None, "empty")


DOGS = Question(
    key="dogs", kind="group", label=NAME, most=3, questions=(q("name"), q("bites", "yes_no"), q("why", required=False))
)


def test_items_of_a_group_are_answered_one_by_one() -> None:
    data = {"dogs.count": "2", "dogs.0.name": "Bas", "dogs.0.bites": "no", "dogs.1.name": "Rex", "dogs.1.bites": "yes"}

    assert bind([DOGS], data)[0] == {"dogs": [{"name": "Bas", "bites": False}, {"name": "Rex", "bites": True}]}


def test_an_item_that_is_half_filled_in_says_what_lacks() -> None:
    problems = bind([DOGS], {"dogs.count": "3", "dogs.0.name": "Bas", "dogs.0.bites": "no", "dogs.2.name": "Rex"})[1]

    assert {name: problem.kind for name, problem in problems.items()} == {"dogs.2.bites": "empty"}


def test_a_group_holds_no_more_than_fits_whatever_the_page_says() -> None:
    data = {"dogs.count": "999999999", **{f"dogs.{n}.name": "x" for n in range(9)}}

    assert bind([DOGS], data)[1]["dogs"].kind == "too-many"


def test_an_item_is_added_and_taken_out_by_a_button() -> None:
    page = {"dogs.count": ["2"], "dogs.0.name": ["Bas"], "dogs.1.name": ["Rex"], "other": ["x"]}

    more = press([DOGS], page, "add:dogs")
    less = press([DOGS], page, "remove:dogs.0")

    assert more == {**page, "dogs.count": ["3"]}
    assert less == {"dogs.count": ["1"], "dogs.0.name": ["Rex"], "other": ["x"]}
    assert press([DOGS], page, "remove:cats.0") is None
    assert press([q("p", "photo")], {"p": ["a", "b"]}, "drop:p=a") == {"p": ["b"]}


def test_what_was_said_comes_back_in_the_fields() -> None:
    questions = [DOGS, q("home", "address"), q("ok", "yes_no"), q("n", "number"), *CHOICES]
    data = {
        **{"dogs.count": "1", "dogs.0.name": "Bas", "dogs.0.bites": "yes", "ok": "no", "n": "7", "kind": "box"},
        **{"home.postcode": "1234AB", "home.number": "1"},
    }
    answers, problems = bind(questions, data)

    assert problems == {}
    assert bind(questions, filled(questions, answers)) == (answers, {})


def test_a_page_names_what_it_shows() -> None:
    names = list(names_shown([DOGS, *CHOICES], {"dogs.count": "1"}, {}))

    assert names == ["dogs", "dogs.0.name", "dogs.0.bites", "dogs.0.why", "kind"]
    assert [one.key for one in asked(CHOICES, {"kind": "other"})] == ["kind", "which"]


# -- persons ----------------------------------------------------------------------------------------------------------


def test_a_bsn_comes_from_the_login_and_is_typed_by_staff_only() -> None:
    number = q("who", "bsn")

    assert one(number, "999993653", login={"bsn": "999990019"}) == ("999990019", "")
    assert one(number, "999993653") == (None, "empty")
    assert one(number, "999993653", is_staff=True) == ("999993653", "")
    assert one(number, "999993654", is_staff=True) == (None, "not-a-bsn")


def test_an_account_number_is_checked_as_iso_13616_does() -> None:
    # GB82 WEST 1234 5698 7654 32 is the standard's own example.
    assert (is_iban("GB82WEST12345698765432"), is_iban("GB82WEST12345698765431")) == (True, False)


def test_only_what_a_question_declares_is_filled_in_beforehand() -> None:
    questions = read_questions(
        [
            {
                "key": "name",
                "kind": "text",
                "label": {"nl": "Naam", "en": "Name"},
                "prefill": {"source": "login", "name": "name"},
            },
            {
                "key": "spot",
                "kind": "place",
                "label": {"nl": "Waar", "en": "Where"},
                "prefill": {"source": "query", "name": "paal"},
            },
            {"key": "free", "kind": "text", "label": {"nl": "Vrij", "en": "Free"}},
        ]
    )

    fields = prefilled(questions, login={"name": "J. Dam", "free": "x"}, query={"paal": "LP-0123", "free": "x"})

    assert fields == {"name": ["J. Dam"], "spot.asset": ["LP-0123"]}


def test_answers_are_said_in_words() -> None:
    size = q("a", "number", decimals=1, unit=Text("meter", "metres"))

    assert said(size, 2.5, "nl") == "2,5 meter"
    assert said(CHOICES[0], "other", "en") == "Something else"
    assert said(q("d", "date"), "2026-11-22", "nl") == "22-11-2026"
    assert said(q("y", "yes_no"), False, "nl") == "Nee"


KINDS = [
    q("t"), q("l", "long_text"), q("n", "number", decimals=2), q("d", "date"), q("e", "email"), q("p", "phone"),
    q("i", "iban"), q("k", "plate"), q("a", "address"), q("s", "place"), q("f", "file"), CHOICES[0], DOGS,
]  # fmt: skip
NAMES = [question.key for question in KINDS] + ["a.postcode", "s.lat", "s.lon", "dogs.count", "dogs.0.name", "shown"]


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.text(max_size=40), max_size=3)))
def test_whatever_is_sent_yields_answers_and_problems_and_never_a_crash(data: dict[str, list[str]]) -> None:
    answers, problems = bind(KINDS, data)

    assert bind(KINDS, filled(KINDS, answers))[0] == answers
    assert all(problem.text for problem in problems.values())
