"""The portal's own interface: what it answers, what it refuses, and that nobody gets what is not open."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client

from plein.foundation import clock
from plein.foundation.catalogue.publishing import publish
from plein.foundation.gate import registry, usage
from plein.foundation.gate.models import ProcessingActivity, Usage
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.insight.opendata import jobs
from plein.insight.opendata.actions.usage import publish_usage
from plein.insight.opendata.queries import copies
from plein.insight.opendata.tests.conftest import ROWS, fills

pytestmark = pytest.mark.django_db
BASE = "/api/data/v1/products"


def get(client: Client, address: str, **headers: str) -> Any:
    answer = client.get(f"{BASE}{address}", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_products_are_listed_with_what_one_may_do_with_them(client: Client, town: Path) -> None:
    items = {item["key"]: item for item in get(client, "")["items"]}

    assert items["waste.fills"]["formats"] == ["csv", "xlsx", "json", "geojson", "parquet"]
    assert items["waste.fills"]["rows"] == ROWS
    assert items["help.debts"]["openness"] == "closed"
    assert items["help.debts"]["formats"] == []


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("?q=containers", ["waste.fills"]),
        ("?theme=SOCI&openness=open", ["town.counts"]),
        ("?format=geojson&q=vulling", ["waste.fills"]),
        ("?openness=closed&q=schulden", ["help.debts"]),
        ("?q=nowhere", []),
    ],
)
def test_products_are_found_by_word_and_choice(client: Client, town: Path, query: str, keys: list[str]) -> None:
    found = [item["key"] for item in get(client, query)["items"]]

    assert [key for key in found if key in ("waste.fills", "town.counts", "help.debts")] == keys


def test_the_list_of_products_takes_as_many_queries_for_one_as_for_many(
    client: Client, town: Path, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(4):
        get(client, "")


def test_a_product_tells_its_columns_and_conditions(client: Client, town: Path) -> None:
    product = get(client, "/help.debts")

    assert product["legalBasis"] == "6.1.e"
    assert [column["name"] for column in product["columns"]] == ["person", "euro"]


def test_rows_match_their_filters_and_are_counted_exactly(client: Client, town: Path) -> None:
    page = get(client, "/waste.fills/rows?kind=glass&fill__gte=50&limit=5&sort=-fill")

    expected = [row % 101 for row in range(ROWS) if row % 3 == 0 and row % 101 >= 50]
    assert page["count"] == len(expected)
    assert [row["fill"] for row in page["items"]] == sorted(expected, reverse=True)[:5]


def test_pages_follow_each_other_until_all_rows_were_given(client: Client, town: Path) -> None:
    seen: list[str] = []
    address = f"{BASE}/waste.fills/rows?limit=50&fields=at&sort=at"
    while address:
        page = client.get(address).json()
        seen += [row["at"] for row in page["items"]]
        address = page["_links"].get("next", {}).get("href", "")

    assert len(seen) == ROWS
    assert seen == sorted(seen)


def test_rows_come_straight_from_the_lake_until_there_is_a_copy(client: Client, town: Path) -> None:
    asked = "/waste.fills/rows?kind=glass&fill__gte=20&sort=-fill&limit=7"
    with_copy = get(client, asked)
    copies.copy_path("waste.fills", 1).unlink()
    copies.forget(copies.copy_path("waste.fills", 1))

    without = get(client, asked)

    assert without["count"] == with_copy["count"]
    assert without["items"] == with_copy["items"]
    assert get(client, "/waste.fills/facets?facets=kind") == {
        "product": "waste.fills",
        "version": 1,
        "count": ROWS,
        "facets": [{"column": "kind", "values": [{"value": "paper", "count": 80}, {"value": "glass", "count": 40}]}],
    }


@pytest.mark.parametrize("copied", [True, False])
@pytest.mark.parametrize("key", ["csv", "json", "geojson", "xlsx", "parquet"])
def test_a_download_holds_all_rows(client: Client, town: Path, key: str, copied: bool) -> None:
    if not copied:
        copies.copy_path("waste.fills", 1).unlink()
        copies.forget(copies.copy_path("waste.fills", 1))

    answer = client.get(f"{BASE}/waste.fills/download/{key}")
    content = body(answer)

    assert answer.headers["Content-Disposition"] == f'attachment; filename="waste.fills-1.{key}"'
    counts = {
        "csv": lambda: len(list(csv.DictReader(io.StringIO(content.decode())))),
        "json": lambda: len(json.loads(content)),
        "geojson": lambda: len(json.loads(content)["features"]),
        "parquet": lambda: pq.read_table(io.BytesIO(content)).num_rows,
    }
    assert content[:2] == b"PK" if key == "xlsx" else counts[key]() == ROWS


def test_a_download_of_a_selection_holds_the_selection(client: Client, town: Path) -> None:
    content = body(client.get(f"{BASE}/waste.fills/download/csv?kind=glass&fields=kind,fill"))

    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert {row["kind"] for row in rows} == {"glass"}
    assert len(rows) == 40  # every third of 120
    assert list(rows[0]) == ["kind", "fill"]


def test_a_part_of_a_parquet_file_can_be_asked_for(client: Client, town: Path) -> None:
    whole = body(client.get(f"{BASE}/waste.fills/download/parquet"))

    answer = client.get(f"{BASE}/waste.fills/download/parquet", headers={"Range": "bytes=-8"})

    assert answer.status_code == 206
    assert body(answer) == whole[-8:]
    assert answer.headers["Content-Range"] == f"bytes {len(whole) - 8}-{len(whole) - 1}/{len(whole)}"


def test_old_versions_stay_readable_by_number_and_by_day(client: Client, town: Path) -> None:
    later = clock.now() + timedelta(days=3)
    publish("waste.fills", fills(10), by=SYSTEM, now=later)
    jobs.make_copy(product="waste.fills", now=later)

    assert get(client, "/waste.fills/rows")["count"] == 10
    assert get(client, "/waste.fills/rows?version=1")["count"] == ROWS
    assert get(client, f"/waste.fills/rows?asOf={clock.local_date(clock.now())}")["count"] == ROWS
    assert [one["number"] for one in get(client, "/waste.fills/versions")["items"]] == [2, 1]


def test_a_reader_who_has_the_answer_gets_no_answer(client: Client, town: Path) -> None:
    first = client.get(f"{BASE}/waste.fills/rows?kind=glass")

    again = client.get(f"{BASE}/waste.fills/rows?kind=glass", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.content == b""


def test_pages_elsewhere_may_read_open_data(client: Client, town: Path) -> None:
    answer = client.get(f"{BASE}/waste.fills/rows")

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["API-Version"] == "1.0.0"


@pytest.mark.parametrize("path", ["rows", "facets?facets=euro", "download/csv"])
def test_rows_that_are_not_open_are_refused_in_words(client: Client, town: Path, path: str) -> None:
    answer = client.get(f"{BASE}/help.debts/{path}")

    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not-open"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/waste.fills/rows?colour=red", 400),
        ("/waste.fills/rows?fill__like=1", 400),
        ("/waste.fills/rows?fill=much", 400),
        ("/waste.fills/rows?limit=0", 400),
        ("/waste.fills/rows?cursor=nonsense", 400),
        ("/waste.fills/rows?version=one", 400),
        ("/waste.fills/rows?version=99", 404),
        ("/waste.fills/rows?asOf=1999-01-01", 404),
        ("/waste.fills/rows?asOf=once", 400),
        ("/waste.fills/rows?kind=%FF", 400),
        ("/waste.fills/facets", 400),
        ("/waste.fills/facets?facets=colour", 400),
        ("/waste.fills/download/pdf", 404),
        ("/town.counts/rows?people__gt=99999999999999999999", 400),
        ("/no.such", 404),
        ("/no.such/rows", 404),
        ("?limit=many", 400),
        ("?cursor=x", 400),
    ],
)
def test_bad_questions_get_a_problem_that_says_what_is_wrong(
    client: Client, town: Path, path: str, status: int
) -> None:
    answer = client.get(f"{BASE}{path}")

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_nothing_is_read_when_the_activity_has_ended(client: Client, town: Path) -> None:
    officer = Actor("staff", "9", roles=frozenset({"privacy-officer"}))
    active = ProcessingActivity.objects.get(key="opendata.publish", state="active")
    registry.end(active.pk, reason="test", by=officer, now=clock.now())

    answer = client.get(f"{BASE}/waste.fills/rows")

    assert answer.status_code == 403
    assert not ProcessingActivity.objects.filter(key="opendata.publish", state="active").exists()


def test_uses_are_counted_and_published_the_next_day(client: Client, town: Path) -> None:
    usage.take_up()
    Usage.objects.all().delete()
    get(client, "/waste.fills/rows?limit=3")
    usage.take_up()

    publish_usage(by=SYSTEM, now=clock.now() + timedelta(days=1))

    items = get(client, "/opendata.usage/rows")["items"]
    assert [(item["product"], item["visitor"], item["uses"], item["rows_read"]) for item in items] == [
        ("waste.fills", "anonymous", 1, 3)
    ]


def test_the_contract_is_given_as_it_was_agreed(client: Client, town: Path) -> None:
    answer = client.get(f"{BASE}/opendata.usage/contract")

    assert b"apiVersion: v3" in answer.content
