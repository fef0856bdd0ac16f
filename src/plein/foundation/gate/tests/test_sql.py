"""A condition is let through as it stands only when it can hold nothing else; the parser reads all others."""

import sys

import pytest

from plein.foundation.gate import sql
from plein.foundation.gate.errors import BadQuestion

COLUMNS = frozenset({"lon", "lat", "id"})


@pytest.mark.parametrize(
    "text",
    [
        '"lon" IS NOT NULL AND "lat" IS NOT NULL',
        '"lon" IS NULL',
        '"lon" >= ? AND "id" = ?',
        'CAST("id" AS VARCHAR) = ?',
    ],
)
def test_plain_comparisons_need_no_parser(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sql.condition.cache_clear()
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    assert sql.condition(text, COLUMNS) == text


@pytest.mark.parametrize(
    "text",
    [
        '"secret" IS NOT NULL',
        '"lon" IS NULL AND "secret" = ?',
        'CAST("secret" AS VARCHAR) = ?',
        '"lon" = ? AND 1 IN (SELECT 1 FROM other)',
        '"lon" IS NULL; SELECT 1',
        "getenv('HOME') = ?",
    ],
)
def test_anything_else_is_read_and_refused(text: str) -> None:
    with pytest.raises(BadQuestion):
        sql.condition(text, COLUMNS)


def test_either_of_two_conditions_is_still_a_condition() -> None:
    assert sql.condition('"lon" IS NULL OR "lat" IS NULL', COLUMNS) == '"lon" IS NULL OR "lat" IS NULL'
