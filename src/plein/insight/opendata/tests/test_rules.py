"""Questions mean what their address says, and nothing else gets through."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plein.foundation.errors import Refused
from plein.insight.opendata.errors import BadCursor, BadValue, TooManyConditions, UnknownColumn, UnknownOperator
from plein.insight.opendata.rules import statements
from plein.insight.opendata.rules.asking import Condition, Field, Question, mark, read_mark, read_question, word
from plein.insight.opendata.rules.examples import example_filters, examples

FIELDS = {
    name: Field(name, kind)
    for name, kind in {
        "buurt": "text",
        "count": "integer",
        "weight_kg": "number",
        "full": "boolean",
        "day": "date",
        "at": "time",
        "limit": "integer",
    }.items()
}


def test_a_filter_without_operator_means_equal() -> None:
    asked = read_question([("buurt", "BU1")], FIELDS)

    assert asked.conditions == (Condition("buurt", "eq", ("BU1",)),)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("count__gte", "5", Condition("count", "gte", (5,))),
        ("weight_kg__lt", "2.5", Condition("weight_kg", "lt", (2.5,))),
        ("full", "true", Condition("full", "eq", (True,))),
        ("day__ne", "2026-01-31", Condition("day", "ne", (date(2026, 1, 31),))),
        ("at__gt", "2026-01-31T12:00:00+01:00", Condition("at", "gt", (datetime(2026, 1, 31, 11, tzinfo=UTC),))),
        ("at__lt", "2026-01-31", Condition("at", "lt", (datetime(2026, 1, 31, tzinfo=UTC),))),
        ("buurt__in", "a,b", Condition("buurt", "in", ("a", "b"))),
        ("buurt__isnull", "false", Condition("buurt", "isnull", (False,))),
        ("limit__eq", "3", Condition("limit", "eq", (3,))),
    ],
)
def test_each_operator_reads_values_of_the_columns_kind(name: str, text: str, expected: Condition) -> None:
    assert read_question([(name, text)], FIELDS).conditions == (expected,)


@pytest.mark.parametrize(
    ("name", "text", "refusal"),
    [
        ("colour", "red", UnknownColumn),
        ("count__like", "5", UnknownOperator),
        ("full__gt", "true", UnknownOperator),
        ("count", "five", BadValue),
        ("count", "9" * 30, BadValue),
        ("weight_kg", "nan", BadValue),
        ("day", "2026-02-30", BadValue),
        ("at", "yesterday", BadValue),
        ("buurt", "a\x00b", BadValue),
        ("buurt", "\ud800", BadValue),
        ("full", "perhaps", BadValue),
        ("sort", "colour", UnknownColumn),
        ("fields", "buurt,colour", UnknownColumn),
        ("limit", "0", BadValue),
        ("limit", "1001", BadValue),
        ("limit", "²", BadValue),
        ("cursor", "%%%", BadCursor),
        ("cursor", "bnVsbA", BadCursor),
        ("buurt__in", ",".join("x" * 300), TooManyConditions),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(name: str, text: str, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        read_question([(name, text)], FIELDS)


def test_more_than_twenty_conditions_are_refused() -> None:
    with pytest.raises(TooManyConditions):
        read_question([("count__ne", str(number)) for number in range(21)], FIELDS)


@given(st.text(max_size=40), st.text(max_size=60))
def test_any_parameter_gives_a_question_or_a_refusal_and_never_something_else(name: str, text: str) -> None:
    try:
        asked = read_question([(name, text)], FIELDS)
    except Refused:
        return
    assert 1 <= asked.limit <= 1000


@given(st.text(max_size=80))
def test_any_cursor_is_read_or_refused(text: str) -> None:
    try:
        found = read_mark(text, "count")
    except BadCursor:
        return
    assert found is None or isinstance(found[1], int)


@given(st.none() | st.integers(-(2**62), 2**62) | st.text(max_size=20), st.integers(0, 2**40))
def test_a_mark_reads_back_as_it_was_written(value: str | int | None, row: int) -> None:
    assert read_mark(mark("count", value, row), "count") == (value, row)


def test_a_mark_of_another_sort_is_refused() -> None:
    with pytest.raises(BadCursor):
        read_mark(mark("count", 1, 1), "buurt")


def test_conditions_are_written_back_as_the_parameters_they_came_from() -> None:
    given_ = [("buurt__in", "a,b"), ("count__gte", "5"), ("full", "true"), ("at__lt", "2026-01-31T11:00:00Z")]

    assert word(read_question(given_, FIELDS).conditions) == given_


def test_every_value_is_a_parameter_and_every_name_is_quoted() -> None:
    asked = read_question([("buurt", "'; DROP TABLE rows; --")], FIELDS)

    made = statements.count(asked.conditions, rows_sql="")

    assert made.sql == 'SELECT count(*) FROM rows WHERE "buurt" = ?'
    assert made.parameters == ("'; DROP TABLE rows; --",)


@pytest.mark.parametrize(
    ("matches", "way"),
    [(900_000, "walk"), (50, "sort"), (0, "index")],  # 100 x 1,000,000 / matches steps against matches
)
def test_a_page_is_walked_when_many_rows_match_and_looked_up_when_few_do(matches: int, way: str) -> None:
    asked = Question((Condition("count", "gte", (5,)),), sort="count", limit=100)

    assert statements.way_of(asked, matches=matches, rows=1_000_000, indexed={"count"}) == way


def test_examples_use_values_that_the_product_has() -> None:
    fields = [FIELDS["buurt"], FIELDS["count"]]

    filters = example_filters(fields, ("BU1", 7))
    curl, python, r = examples("https://x/api/data/v1", "waste.fills", filters)

    assert filters == [("buurt", "BU1"), ("count__gte", "7")]
    assert curl.code == "curl 'https://x/api/data/v1/products/waste.fills/rows?buurt=BU1&count__gte=7&limit=5'"
    compile(python.code, "example", "exec")
    assert "read.csv" in r.code
