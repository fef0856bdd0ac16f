"""What every interface does the same."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.conf import settings
from django.test import Client
from django.urls import clear_url_caches, path

from plein.foundation.api import interfaces, limits
from plein.foundation.api.errors import BadCursor, TooManyRequests
from plein.foundation.api.etags import check_unchanged
from plein.foundation.api.paging import cursor_of, page, place_of
from plein.foundation.errors import NotFound
from plein.foundation.events import announce, outbox
from plein.foundation.events.models import Message
from plein.foundation.events.tests.conftest import BridgeOpened
from plein.foundation.identity.access import everyone
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.words import Text

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start every test with full buckets."""
    monkeypatch.setattr(limits, "buckets", limits.Buckets())


def problem(answer: object) -> dict:
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == answer.status_code
    return body


def test_a_refusal_is_a_problem_in_the_language_of_the_reader(client: Client) -> None:
    address = "/api/events/v1/types/nl.plein.nothing"

    english = client.get(address, headers={"Accept-Language": "en"})
    dutch = client.get(address, headers={"Accept-Language": "nl"})

    assert problem(english)["detail"].startswith("nl.plein.nothing does not exist.")
    assert problem(dutch)["detail"] != problem(english)["detail"]
    assert dutch["Content-Language"] == "nl"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/nothing/v1/here", 404),
        ("/api/events/v1/nothing", 404),
        ("/api/events/v1/events", 401),
        ("/api/events/v1/events/8c9a3bb7-0000-4000-8000-000000000000", 401),
    ],
)
def test_every_error_is_a_problem(client: Client, address: str, status: int) -> None:
    answer = client.get(address)

    assert answer.status_code == status
    assert problem(answer)["detail"]


def test_a_method_that_an_address_does_not_know_is_a_problem_that_names_those_it_does(client: Client) -> None:
    answer = client.delete("/api/events/v1/types")

    assert problem(answer)["status"] == 405
    assert "GET" in answer["Allow"]


def test_the_answer_names_the_full_version(client: Client) -> None:
    assert client.get("/api/events/v1/types")["API-Version"] == "1.0.0"


def test_a_reader_who_has_the_answer_gets_no_second_copy(client: Client) -> None:
    etag = client.get("/api/events/v1/types")["ETag"]

    again = client.get("/api/events/v1/types", headers={"If-None-Match": etag})

    assert again.status_code == 304
    assert again.content == b""


def test_a_change_of_something_that_changed_meanwhile_is_refused(rf: object) -> None:
    request = rf.put("/", headers={"If-Match": '"old"'})

    with pytest.raises(Exception, match=r"somebody else") as refused:
        check_unchanged(request, '"new"')

    assert refused.value.status == 412
    check_unchanged(rf.put("/", headers={"If-Match": '"new"'}), '"new"')


def test_a_visitor_gets_so_many_requests_a_minute(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.PLEIN, "API_RATE", 3)

    answers = [client.get("/api/events/v1/types") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0]["RateLimit-Remaining"] == "2"
    assert int(answers[3]["Retry-After"]) in range(1, 21)  # 3 a minute is one in 20 s
    assert problem(answers[3])["code"] == "too-many-requests"


def test_a_bucket_fills_up_again_and_old_ones_make_place() -> None:
    buckets = limits.Buckets(most=2)
    for _ in range(60):
        buckets.draw("a", limit=60, at=0.0)

    with pytest.raises(TooManyRequests):
        buckets.draw("a", limit=60, at=0.5)
    assert buckets.draw("a", limit=60, at=2.0).remaining == 1
    for key in "bc":
        buckets.draw(key, limit=60, at=3.0)
    assert buckets.draw("a", limit=60, at=3.0).remaining == 59


def test_a_visitor_behind_our_proxy_is_known_by_its_own_address(rf: object, monkeypatch: pytest.MonkeyPatch) -> None:
    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})

    assert limits.address_of(request) == "127.0.0.1"
    monkeypatch.setitem(settings.PLEIN, "PROXIES", 1)
    assert limits.address_of(request) == "203.0.113.9"


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give an open interface with a view of its own and one that is not open."""
    monkeypatch.setattr(interfaces, "_interfaces", dict(interfaces._interfaces))
    words = Text("Proef", "Trial")

    @everyone
    def view(request: object) -> None:
        raise NotFound(what="trial")

    for name, is_open in [("trial", True), ("shut", False)]:
        interfaces.interface(name, version="2.1.0", title=words, description=words, open_data=is_open)(dict)
    added = [path("api/trial/v2/x", view), path("api/shut/v2/x", view)]
    site_urls = import_module(settings.ROOT_URLCONF)
    monkeypatch.setattr(site_urls, "urlpatterns", added + site_urls.urlpatterns)
    clear_url_caches()
    yield
    monkeypatch.undo()
    clear_url_caches()


def test_pages_elsewhere_may_read_open_data_only(client: Client, trial: None) -> None:
    assert client.get("/api/trial/v2/x")["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/api/shut/v2/x")
    asked = client.options("/api/trial/v2/x", headers={"Access-Control-Request-Method": "POST"})
    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Methods"] == "GET, HEAD"


def test_pages_by_cursor_give_every_row_once() -> None:
    for number in range(7):
        announce(BridgeOpened(f"bridge {number % 2}", at=NOW), by=SYSTEM)
    seen, cursor = [], ""

    while True:
        found = page(Message.objects.all(), by=["-subject", "id"], cursor=cursor, limit=3)
        seen += [row.pk for row in found.rows]
        if not (cursor := found.next):
            break

    assert seen == list(Message.objects.order_by("-subject", "id").values_list("pk", flat=True))


def test_a_cursor_that_somebody_changed_is_refused() -> None:
    cursor = cursor_of("a", 3)

    assert place_of(cursor) == ["a", 3]
    with pytest.raises(BadCursor):
        place_of(cursor[:-2] + "xx")
    with pytest.raises(BadCursor):
        page(Message.objects.all(), by=["id"], cursor=cursor)


def test_events_can_be_fetched_in_order_by_who_may() -> None:
    for bridge in "abc":
        announce(BridgeOpened(bridge, at=NOW), by=SYSTEM)
    outbox.number_new(NOW)
    from plein.foundation.api.event_interface import list_events

    class Asked:
        GET: dict = {}
        path = "/api/events/v1/events"

    found = json.loads(list_events(Asked(), after=1, type="", cursor="", limit=10).content)

    assert [event["subject"] for event in found["events"]] == ["b", "c"]
    assert found["next"] is None


def test_the_list_of_interfaces_names_each_with_its_document(client: Client) -> None:
    page = client.get("/api/").content.decode()

    assert "/api/events/v1/openapi.json" in page
    assert client.get("/api/uitleg/events/v1/").status_code == 200
    assert client.get("/api/uitleg/nothing/v1/").status_code == 404
