"""The search index finds what people mean, in the language of the page."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from plein.foundation.search import index

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOCUMENTS = [
    {
        "id": "a",
        "kind": "product",
        "url": "/data/a",
        "title_nl": "Luchtkwaliteit per uur",
        "title_en": "Air quality per hour",
        "text_nl": "Metingen van stikstofdioxide en fijnstof in de wijken.",
        "text_en": "Measurements of nitrogen dioxide and particulates in the districts.",
    },
    {
        "id": "b",
        "kind": "indicator",
        "url": "/monitor/b",
        "title_nl": "Wijken met groen",
        "title_en": "Districts with green",
        "text_nl": "Hoeveel bomen staan er <b>dichtbij</b>.",
        "text_en": "How many trees stand nearby.",
    },
]


@pytest.fixture(autouse=True)
def built(data_dir: Path) -> None:
    index.rebuild(DOCUMENTS, now=NOW)


@pytest.mark.parametrize(
    ("text", "language", "ids"),
    [
        ("meting", "nl", ["a"]),  # stem: metingen
        ("stikstof", "nl", ["a"]),  # the beginning of a glued word
        ("wijk", "nl", ["b", "a"]),  # the title weighs more than the text
        ("luchtkwalitiet", "nl", ["a"]),  # one wrong letter
        ("tree", "en", ["b"]),
        ("wijk bomen", "nl", ["b"]),  # all words must occur
        ("tram", "nl", []),
        ('"):*', "nl", []),
        ("", "nl", []),
    ],
)
def test_a_search_finds_what_is_meant(text: str, language: str, ids: list[str]) -> None:
    found = index.search(text, language=language)

    assert [hit.id for hit in found.hits] == ids
    assert found.total == len(ids)


def test_an_excerpt_tells_where_the_words_stand() -> None:
    hit = index.search("fijnstof", language="nl").hits[0]

    assert [hit.excerpt[start:end] for start, end in hit.marks] == ["fijnstof"]


def test_a_new_index_replaces_the_old_one_whole() -> None:
    index.rebuild(DOCUMENTS[:1], now=datetime(2026, 11, 22, 13, tzinfo=UTC))

    assert index.search("bomen", language="nl").total == 0
    assert index.search("fijnstof", language="nl").total == 1
