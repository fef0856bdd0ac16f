"""The search page answers in both languages, and survives odd questions."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from plein.foundation.search import index
from plein.foundation.search.tests.test_index import DOCUMENTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def built(data_dir: Path) -> None:
    index.rebuild(DOCUMENTS, now=datetime(2026, 11, 22, tzinfo=UTC))


def test_what_is_found_links_to_its_page_and_marks_the_word(client: Client) -> None:
    page = client.get("/zoeken/", {"q": "fijnstof"}).content.decode()

    assert '<a href="/data/a">Luchtkwaliteit per uur</a>' in page
    assert "<mark>fijnstof</mark>" in page
    assert "1 pagina gevonden" in page


def test_the_english_page_searches_in_english(client: Client) -> None:
    page = client.get("/en/zoeken/", {"q": "trees"}).content.decode()

    assert "Districts with green" in page


def test_what_was_indexed_is_shown_as_text(client: Client) -> None:
    page = client.get("/zoeken/", {"q": "bomen"}).content.decode()

    assert "<b>" not in page
    assert "&lt;b&gt;" in page


@pytest.mark.parametrize("q", ["", "zzzz", "<script>", '"', "a AND (", "x" * 5000, "\x00"])
def test_an_odd_question_gets_a_page(client: Client, q: str) -> None:
    assert client.get("/zoeken/", {"q": q, "page": "-1"}).status_code == 200


@pytest.mark.parametrize("number", ["", "0", "²", "٣", "9" * 5000, "1e3"])  # int() does not take all that are digits
def test_an_odd_page_number_gets_a_page(client: Client, number: str) -> None:
    assert client.get("/zoeken/", {"q": "x", "page": number}).status_code == 200
