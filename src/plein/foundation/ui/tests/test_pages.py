"""The frame of every page: language, appearance, refusals."""

import pytest
from bs4 import BeautifulSoup
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils.translation import override

from plein.foundation.errors import NotAllowed
from plein.foundation.ui.middleware import RefusalPages

pytestmark = pytest.mark.django_db


def page(client: Client, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status
    return BeautifulSoup(answer.content, "html.parser")


@pytest.mark.parametrize("address", ["/", "/over", "/toegankelijkheid"])
def test_each_page_links_to_itself_in_the_other_language(client: Client, address: str) -> None:
    dutch = page(client, address)
    english = page(client, dutch.select_one("a[hreflang=en]")["href"])

    assert dutch.html["lang"] == "nl"
    assert english.html["lang"] == "en"
    assert english.select_one("a[hreflang=nl]")["href"] == address
    assert dutch.h1.text != english.h1.text


def test_the_heading_is_also_the_title_of_the_window(client: Client) -> None:
    shown = page(client, "/over")

    assert shown.title.text.startswith(" ".join(shown.h1.text.split()))


def test_an_address_that_leads_nowhere_says_what_now_in_its_language(client: Client) -> None:
    assert page(client, "/nergens", 404).h1.text == "Deze pagina bestaat niet"
    assert page(client, "/en/nowhere", 404).h1.text == "This page does not exist"


def test_the_chosen_appearance_is_kept(client: Client) -> None:
    answer = client.post("/weergave", {"appearance": "dark", "back": "/over"})

    assert answer["Location"] == "/over"
    assert page(client, "/").html["data-theme"] == "dark"


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_choosing_an_appearance_never_leads_away_from_the_site(client: Client, back: str) -> None:
    assert client.post("/weergave", {"appearance": "dark", "back": back})["Location"] == "/"


def test_a_municipality_brings_its_own_tokens(client: Client, settings: object, tmp_path: object) -> None:
    own = tmp_path / "own.css"  # type: ignore[operator]
    own.write_text(":root { --plein-gracht: #123456 }")
    settings.PLEIN = {**settings.PLEIN, "THEME": str(own)}  # type: ignore[attr-defined]

    sheets = [link["href"] for link in page(client, "/").select("link[rel=stylesheet]")]

    assert "/thema.css" in sheets
    assert b"#123456" in b"".join(client.get("/thema.css").streaming_content)


def test_a_refusal_becomes_a_page_that_says_what_and_what_now() -> None:
    request = RequestFactory().get("/ergens")

    with override("en"):
        answer = RefusalPages(lambda _: None).process_exception(request, NotAllowed(right="sensing.register"))

    assert answer is not None
    shown = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == 403
    assert shown.h1.text == "You may not do this: it needs the right sensing.register"
    assert "Ask the administrator for it." in shown.select_one(".lead").text


def test_refusals_of_interfaces_and_real_mistakes_pass_by() -> None:
    pages = RefusalPages(lambda _: None)
    api: HttpRequest = RequestFactory().get("/api/sensing/v1/things")

    assert pages.process_exception(api, NotAllowed(right="x")) is None
    assert pages.process_exception(RequestFactory().get("/"), ValueError("x")) is None


def test_when_plein_itself_fails_the_page_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plein.site.pages._choices", lambda: 1 / 0)
    client.raise_request_exception = False

    shown = page(client, "/", 500)

    assert shown.h1.text == "Er ging bij ons iets mis"
