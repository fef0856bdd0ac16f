"""The portal's pages: without JavaScript, in both languages, for everyone and for the data steward."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from plein.foundation import clock
from plein.foundation.gate import registry
from plein.foundation.gate.definitions import definition_of
from plein.foundation.identity.actions import add_partner, create_staff
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.rooms import Activity
from plein.foundation.words import Text
from plein.insight.opendata import forms
from plein.insight.opendata.models import DataRequest, Reuse

pytestmark = pytest.mark.django_db


def page(client: Client, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:500]
    return BeautifulSoup(answer.content, "html.parser")


def texts(found: Any) -> list[str]:
    return [" ".join(one.get_text(" ").split()) for one in found]


@pytest.fixture
def steward(client: Client) -> Client:
    """Give a browser in which a data steward is logged in."""
    staff = create_staff("steward", roles=["data-steward"], demo=True, by=SYSTEM, now=clock.now())
    client.force_login(staff)
    return client


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test type as slowly as a person."""
    monkeypatch.setattr(forms, "FASTEST_SECONDS", 0)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_portal_lists_every_product_with_its_openness(client: Client, town: Path, prefix: str) -> None:
    shown = page(client, f"{prefix}/data/")

    titles = texts(shown.select(".rows__title a"))
    assert ("Containers" in " ".join(titles)) or ("containers" in " ".join(titles))
    assert ("Schulden" if not prefix else "Debts") in titles


def test_search_and_filters_are_links_that_narrow_the_list(client: Client, town: Path) -> None:
    shown = page(client, "/data/?q=schulden&openness=closed")

    assert texts(shown.select(".rows__title a")) == ["Schulden"]
    chosen = shown.select(".filters a[aria-current]")
    assert len(chosen) == 1
    assert "openness" not in chosen[0]["href"]


def test_nothing_found_offers_to_ask(client: Client, town: Path) -> None:
    shown = page(client, "/data/?q=xyzzy")

    assert shown.select_one('.nothing a[href="/data/vraag/"]')


def test_the_portal_takes_as_many_queries_whatever_the_number_of_products(
    client: Client, town: Path, django_assert_max_num_queries: Any
) -> None:
    client.get("/data/")
    with django_assert_max_num_queries(6):
        client.get("/data/")


def test_a_product_shows_meaning_rows_downloads_and_examples(client: Client, town: Path) -> None:
    shown = page(client, "/data/waste.fills/")

    assert shown.h1.get_text(strip=True) == "Vulling van containers"
    assert {a.get_text(strip=True) for a in shown.select("#download a")} == {
        "CSV",
        "Excel",
        "JSON",
        "GeoJSON",
        "Parquet",
    }
    code = shown.select_one(".portal-code code").get_text()
    path = re.search(r"http://[^/]+(/[^']+)", code)
    assert path
    assert client.get(path[1]).json()["count"] > 0  # the example that is shown works
    assert "%" in shown.find(id="columns").find_next("table").get_text()


def test_a_product_page_takes_a_fixed_number_of_queries(
    client: Client, town: Path, django_assert_max_num_queries: Any
) -> None:
    client.get("/data/waste.fills/")
    with django_assert_max_num_queries(14):
        client.get("/data/waste.fills/")


def test_a_closed_product_names_the_registered_purposes_that_use_it_and_with_whom(client: Client, town: Path) -> None:
    now = clock.now()
    before = page(client, "/data/help.debts/")
    helping = Activity(
        key="help.early",
        title=Text("Vroege hulp", "Early help"),
        purpose=Text("Helpen.", "Helping."),
        legal_basis="6.1.e",
        data=Text("Schulden.", "Debts."),
        persons=Text("Inwoners.", "Residents."),
        products=["help.debts"],
        owner="role:data-steward",
        retention=Text("Een jaar.", "A year."),
    )
    officer = Actor("staff", "77", roles=frozenset({"privacy-officer"}))
    row = registry.propose(definition_of(helping), by=SYSTEM, now=now)
    waiting = page(client, "/data/help.debts/")
    registry.approve(row.pk, by=officer, now=now)
    drafted = registry.agree(
        add_partner("bank", name="Kredietbank", by=SYSTEM, now=now),
        product="help.debts",
        activity="help.early",
        starts_on=clock.local_date(now),
        ends_on=clock.local_date(now) + timedelta(days=9),
        by=SYSTEM,
        now=now,
    )
    registry.approve_agreement(drafted.pk, by=officer, now=now)

    shown = page(client, "/data/help.debts/")

    for early in (before, waiting):
        assert "Geen geregistreerd doel gebruikt dit nu." in early.get_text()
    assert texts(shown.select(".notice li")) == ["Vroege hulp : Kredietbank"]
    assert shown.select_one('.notice a[href="/verwerkingen/help.early"]')


def test_a_closed_product_shows_its_conditions_and_no_rows(client: Client, town: Path) -> None:
    shown = page(client, "/data/help.debts/")

    assert "6.1.e" in shown.get_text()
    assert not shown.select("#download")
    assert client.get("/data/help.debts/rijen/").status_code == 403


def test_rows_are_filtered_sorted_and_counted_by_links(client: Client, town: Path) -> None:
    shown = page(client, "/data/waste.fills/rijen/?kind=glass&sort=-fill")

    assert shown.select_one(".portal-number").get_text() == "40"
    assert "descending" in {th.get("aria-sort") for th in shown.select("th[scope=col]")}
    chip = shown.select_one(".portal-chips a")
    assert chip["href"] == "?sort=-fill"
    facet = next(a for a in shown.select(".filters a") if "paper" in a.get_text())
    assert page(client, f"/data/waste.fills/rijen/{facet['href']}").select_one(".portal-number").get_text() == "80"


def test_a_typed_filter_becomes_part_of_the_address(client: Client, town: Path) -> None:
    answer = client.get("/data/waste.fills/rijen/?sort=fill&addColumn=fill&addOperator=gte&addValue=50")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/data/waste.fills/rijen/?sort=fill&fill__gte=50.0"


def test_pages_of_rows_follow_each_other(client: Client, town: Path) -> None:
    first = page(client, "/data/waste.fills/rijen/")
    second = page(client, "/data/waste.fills/rijen/" + first.select_one("a[rel=next]")["href"])
    third = page(client, "/data/waste.fills/rijen/" + second.select_one("a[rel=next]")["href"])

    assert [len(one.select("tbody tr")) for one in (first, second, third)] == [50, 50, 20]
    assert third.select_one("a[rel=next]") is None


def test_asking_gives_a_number_that_leads_to_the_answer(steward: Client, town: Path, typed: None) -> None:
    visitor = Client()
    form = page(visitor, "/data/vraag/?product=waste.fills")
    began = form.select_one("[name=began]")["value"]
    sent = visitor.post(
        "/data/vraag/?product=waste.fills",
        {"wanted": "Vulling van voor 2020", "purpose": "Onderzoek", "began": began, "website": ""},
    )
    address = sent.headers["Location"]
    asked = DataRequest.objects.get()
    assert asked.reference in page(visitor, address).get_text()
    assert asked.product == "waste.fills"

    listed = page(steward, "/data/vragen/")
    assert asked.reference in listed.get_text()
    steward.post(f"/data/vragen/{asked.reference}/", {"state": "answered", "answer": "Die staat nu in versie 2."})

    assert "Die staat nu in versie 2." in page(visitor, address).get_text()
    found = visitor.get("/data/vraag/", {"reference": asked.reference.replace("-", "").lower()})
    assert found.headers["Location"] == address


def test_an_answer_is_given_once(steward: Client, town: Path, typed: None) -> None:
    asked = DataRequest.objects.create(
        reference="ABCD-2345",
        wanted="iets",
        state="answered",
        answer="ja",
        asked_at=clock.now(),
        answered_at=clock.now(),
    )

    answer = steward.post(f"/data/vragen/{asked.reference}/", {"state": "declined", "answer": "nee"})

    asked.refresh_from_db()
    assert answer.status_code == 200
    assert asked.answer == "ja"


@pytest.mark.parametrize(
    "change",
    [{"website": "http://spam.example"}, {"began": "forged"}, {"began": ""}, {"wanted": "kort"}],
)
def test_programs_and_empty_questions_are_turned_away(
    client: Client, town: Path, typed: None, change: dict[str, str]
) -> None:
    began = page(client, "/data/vraag/").select_one("[name=began]")["value"]

    answer = client.post("/data/vraag/", {"wanted": "Alle bomen van de stad", "began": began, "website": "", **change})

    assert answer.status_code == 200
    assert not DataRequest.objects.exists()


def test_a_form_sent_within_three_seconds_is_turned_away(client: Client, town: Path) -> None:
    began = page(client, "/data/vraag/").select_one("[name=began]")["value"]

    client.post("/data/vraag/", {"wanted": "Alle bomen van de stad", "began": began, "website": ""})

    assert not DataRequest.objects.exists()


def test_one_visitor_sends_at_most_ten_forms_a_day(client: Client, town: Path, typed: None) -> None:
    from django.core.cache import cache

    cache.clear()
    began = page(client, "/data/vraag/").select_one("[name=began]")["value"]
    for number in range(12):
        client.post("/data/vraag/", {"wanted": f"Alle bomen van wijk {number}", "began": began, "website": ""})

    assert DataRequest.objects.count() == 10


def test_what_others_made_is_shown_after_the_steward_looked(steward: Client, town: Path, typed: None) -> None:
    from django.core.cache import cache

    cache.clear()
    visitor = Client()
    began = page(visitor, "/data/waste.fills/gemaakt/").select_one("[name=began]")["value"]
    told = {"title": "Glaskaart", "link": "https://glas.example", "text": "Waar het glas heen kan.", "maker": "Club"}
    visitor.post("/data/waste.fills/gemaakt/", {**told, "began": began, "website": ""})
    made = Reuse.objects.get()
    assert "Glaskaart" not in page(visitor, "/data/waste.fills/").get_text()

    steward.post(f"/data/gemaakt/{made.reference}/beslis/", {"show": "yes"})

    assert "Glaskaart" in page(visitor, "/data/waste.fills/").get_text()


@pytest.mark.parametrize("address", ["/data/vragen/", "/data/vragen/ABCD-2345/"])
def test_the_work_list_is_for_the_data_steward(client: Client, town: Path, address: str) -> None:
    staff = create_staff("analyst", password="a-long-password-9", roles=["analyst"], by=SYSTEM, now=clock.now())
    client.force_login(staff)

    assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", ["/data/no.such/", "/data/no.such/rijen/", "/data/vraag/ABCD-0000/"])
def test_what_does_not_exist_is_not_found(client: Client, town: Path, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("text/turtle", "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/rdf+xml", "rdf"),
        ("text/html", "/data/"),
    ],
)
def test_a_reader_gets_the_notation_it_prefers(client: Client, town: Path, accept: str, ending: str) -> None:
    answer = client.get("/data/catalogus", headers={"Accept": accept})

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(ending)
