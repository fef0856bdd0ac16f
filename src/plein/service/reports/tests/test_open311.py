"""Open311 GeoReport v2: each method of the frozen text, in XML and in JSON, with its errors and its budget."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plein.foundation import clock
from plein.foundation.identity.actions import create_staff, create_token
from plein.foundation.identity.actors import SYSTEM
from plein.service.reports.api import open311
from plein.service.reports.models import Category, Report
from plein.service.reports.tests.conftest import LAMP_TEXT, SPOT, filed

BASE = "/api/open311/v2"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]


@pytest.fixture(autouse=True)
def fresh() -> None:
    open311.forget()


@pytest.fixture
def key() -> str:
    now = clock.now()
    staff = create_staff("machine", roles=["counter"], demo=True, by=SYSTEM, now=now)
    scopes, end = ["reports.file"], now + timedelta(days=1)
    return create_token(staff, name="app", scopes=scopes, expires_at=end, by=SYSTEM, now=now).secret


def fields(**more: str) -> dict[str, str]:
    lon, lat = SPOT
    given = {"service_code": "lamp-uit", "lat": str(lat), "long": str(lon), "description": LAMP_TEXT}
    return {**given, **more}


def leaves(element: ElementTree.Element) -> dict[str, str | None]:
    return {child.tag: child.text for child in element}


def spec_fields(shared: Path, title: str, root: str) -> set[str]:
    """Take the fields of the XML example under a heading of the frozen text."""
    text = (shared / "standards/open311/georeport_v2.md").read_text(encoding="utf-8")
    after = text[text.index(f"### {title}") :]
    example = re.search(rf"<{root}>.*?</{root}>", after, re.S)
    assert example is not None
    first = next(iter(ElementTree.fromstring(example[0])))
    return {child.tag for child in first}


def test_services_come_in_both_forms(client: Client) -> None:
    rows = client.get(f"{BASE}/services.json").json()
    answer = client.get(f"{BASE}/services.xml")
    root = ElementTree.fromstring(answer.content)

    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert (root.tag, {child.tag for child in root}) == ("services", {"service"})
    assert len(root) == len(rows) > 30
    lamp = next(row for row in rows if row["service_code"] == "lamp-uit")
    assert (lamp["metadata"], lamp["type"]) == (True, "realtime")
    assert leaves(root[rows.index(lamp)])["metadata"] == "true"


@pytest.mark.conformance
def test_every_field_of_the_frozen_text_is_there(client: Client, shared: Path) -> None:
    filed(clock.now() - timedelta(hours=1))

    (row,) = client.get(f"{BASE}/requests.json").json()
    service = client.get(f"{BASE}/services.json").json()[0]
    definition = client.get(f"{BASE}/services/lamp-uit.json").json()

    assert set(row) == spec_fields(shared, "GET Service Requests", "service_requests")
    assert set(service) == spec_fields(shared, "GET Service List", "services")
    asked = {"variable", "code", "datatype", "required", "datatype_description", "order", "description", "values"}
    assert set(definition["attributes"][0]) == asked
    datatypes = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
    assert {one["datatype"] for one in definition["attributes"]} <= datatypes


def test_a_definition_lists_what_is_asked(client: Client) -> None:
    root = ElementTree.fromstring(client.get(f"{BASE}/services/lamp-uit.xml").content)

    (attribute,) = root.findall("attributes/attribute")
    assert (attribute.findtext("code"), attribute.findtext("datatype")) == ("how_many", "singlevaluelist")
    assert [one.text for one in attribute.findall("values/value/key")] == ["one", "more", "flickers"]
    assert client.get(f"{BASE}/services/nothing.json").status_code == 404


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_report_is_filed_with_a_key_and_read_back(client: Client, key: str, form: str) -> None:
    more = {"attribute[how_many]": "more", "email": "r@example.org", "first_name": "R", "last_name": "de Vries"}

    answer = client.post(f"{BASE}/requests.{form}", fields(api_key=key, **more))

    assert answer.status_code == 201, answer.content
    if form == "json":
        (row,) = answer.json()
    else:
        row = leaves(ElementTree.fromstring(answer.content)[0])
    report = Report.objects.get()
    assert row["service_request_id"] == report.public_key
    assert (report.source, report.answers, report.chosen_by) == ("open311", {"how_many": "more"}, "machine")
    assert "Uiterlijk" in str(row["service_notice"])
    (back,) = client.get(f"{BASE}/requests/{report.public_key}.json").json()
    assert (back["status"], back["service_code"]) == ("open", "lamp-uit")
    assert "r@example.org" not in json.dumps(back)


def test_a_token_in_the_header_is_a_key_too(client: Client, key: str) -> None:
    answer = client.post(f"{BASE}/requests.json", fields(), headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize("form", ["json", "xml"])
def test_without_a_key_nothing_is_filed_and_the_error_has_the_form_of_the_standard(client: Client, form: str) -> None:
    answer = client.post(f"{BASE}/requests.{form}", fields(api_key="plein_wrong"))

    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith(open311.FORMS[form])
    if form == "json":
        (error,) = answer.json()
    else:
        error = leaves(ElementTree.fromstring(answer.content)[0])
    assert str(error["code"]) == "403"
    assert "api_key" in str(error["description"])
    assert not Report.objects.exists()


def test_a_key_for_something_else_does_not_file(client: Client) -> None:
    now = clock.now()
    staff = create_staff("reader", roles=["counter"], demo=True, by=SYSTEM, now=now)
    end = now + timedelta(days=1)
    other = create_token(staff, name="app", scopes=["cases.open"], expires_at=end, by=SYSTEM, now=now).secret

    assert client.post(f"{BASE}/requests.json", fields(api_key=other)).status_code == 403


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"service_code": ""}, 400),
        ({"service_code": "nothing"}, 404),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "1", "long": "1"}, 400),
        ({"attribute[how_many]": "hundreds"}, 400),
        ({"jurisdiction_id": "elsewhere.example"}, 404),
        ({"description": "x" * 200_000}, 400),
    ],
)
def test_what_cannot_be_filed_says_so(client: Client, key: str, more: dict[str, str], status: int) -> None:
    answer = client.post(f"{BASE}/requests.json", fields(api_key=key, **more))

    assert client.post(f"{BASE}/requests.json", fields(api_key=key)).status_code == 201  # but for that, it is well
    assert answer.status_code == status
    assert answer.json()[0]["code"] == status
    assert Report.objects.count() == 1


def test_reports_are_listed_by_number_kind_state_and_time(client: Client) -> None:
    now = clock.now()
    new, old = (
        filed(now - timedelta(days=2)).report,
        filed(now - timedelta(days=40), lat=52.565, text="Iets ouds").report,
    )
    Report.objects.filter(pk=old.pk).update(closed_at=now - timedelta(days=30), ending="solved", changed_at=now)
    ancient = filed(now - timedelta(days=100), lat=52.552, text="Lang geleden al gemeld").report

    def ids(query: str) -> list[str]:
        return [row["service_request_id"] for row in client.get(f"{BASE}/requests.json?{query}").json()]

    assert ids("") == [new.public_key, old.public_key]  # the last 90 days
    assert ids("status=closed") == [old.public_key]
    assert ids("status=open,closed&page_size=1&page=2") == [old.public_key]
    assert ids("service_code=gat-in-weg") == []
    assert ids(f"service_request_id={ancient.public_key},{new.public_key}") == [new.public_key, ancient.public_key]
    start = (now - timedelta(days=101)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(f"start_date={start}&end_date={(now - timedelta(days=50)).strftime('%Y-%m-%dT%H:%M:%SZ')}") == [
        ancient.public_key
    ]
    (closed,) = client.get(f"{BASE}/requests.json?status=closed").json()
    assert closed["status_notes"] == "Het is opgelost."
    assert datetime.fromisoformat(closed["updated_datetime"]) == (now - timedelta(days=30)).replace(microsecond=0)


@pytest.mark.parametrize(
    "query",
    [
        "start_date=yesterday",
        "start_date=2026-01-01T00:00:00",  # without a zone
        "start_date=2026-01-01T00:00:00Z&end_date=2026-12-01T00:00:00Z",
        "status=lost",
        "page=0",
        "page_size=many",
    ],
)
def test_a_question_that_is_none_is_refused(client: Client, query: str) -> None:
    assert client.get(f"{BASE}/requests.json?{query}").status_code == 400


def test_what_nobody_may_see_is_not_there(client: Client) -> None:
    now = clock.now()
    hidden, withdrawn, private = (
        filed(now, lat=52.555 + number / 200, text=f"Melding {number} over iets heel anders").report
        for number in range(3)
    )
    Report.objects.filter(pk=hidden.pk).update(is_hidden=True)
    Report.objects.filter(pk=withdrawn.pk).update(closed_at=now, ending="withdrawn")
    Category.objects.filter(slug="gat-in-weg").update(is_public=False)
    Report.objects.filter(pk=private.pk).update(category=Category.objects.get(slug="gat-in-weg"))

    assert client.get(f"{BASE}/requests.json").json() == []
    for report in (hidden, withdrawn, private):
        assert client.get(f"{BASE}/requests/{report.public_key}.json").status_code == 404
    assert client.get(f"{BASE}/tokens/{hidden.public_key}.json").status_code == 404


def test_signs_that_xml_does_not_know_are_left_out(client: Client) -> None:
    report = filed(clock.now() - timedelta(hours=1)).report
    Report.objects.filter(pk=report.pk).update(public_text="<b>lamp</b> & \x08 ]]> \N{GRINNING FACE}")

    root = ElementTree.fromstring(client.get(f"{BASE}/requests/{report.public_key}.xml").content)

    assert root[0].findtext("description") == "<b>lamp</b> &  ]]> \N{GRINNING FACE}"


def test_a_token_gives_the_number_that_was_known_at_once(client: Client) -> None:
    report = filed(clock.now()).report

    assert client.get(f"{BASE}/tokens/{report.public_key}.json").json() == [
        {"service_request_id": report.public_key, "token": report.public_key}
    ]
    assert client.get(f"{BASE}/tokens/nothing.xml").status_code == 404


def test_discovery_tells_where_and_in_which_forms(client: Client) -> None:
    told = client.get(f"{BASE}/discovery.json").json()

    assert told["endpoints"][0]["url"].endswith(BASE)
    assert told["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    assert client.get(f"{BASE}/discovery.xml").status_code == 200
    assert client.get(f"{BASE}/services.csv").status_code == 404


def test_reading_takes_two_queries_and_the_list_none_when_it_is_asked_again(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    reports = [filed(clock.now(), lat=52.555 + n / 1000, text=f"Melding {n} van iets anders").report for n in range(5)]
    client.get(f"{BASE}/services.json")

    with django_assert_max_num_queries(2):
        client.get(f"{BASE}/requests/{reports[0].public_key}.json")
    with django_assert_max_num_queries(2):
        assert len(client.get(f"{BASE}/requests.json?status=open").json()) == 5
    client.get(f"{BASE}/requests.json")
    with django_assert_max_num_queries(0):
        assert len(client.get(f"{BASE}/requests.json").json()) == 5


def test_times_carry_the_zone_of_the_town(client: Client) -> None:
    report = filed(datetime(2026, 7, 1, 10, tzinfo=UTC)).report

    (row,) = client.get(f"{BASE}/requests/{report.public_key}.json").json()

    assert row["requested_datetime"] == "2026-07-01T12:00:00+02:00"


@pytest.mark.django_db(transaction=True)
def test_filing_takes_at_most_five_statements(client: Client, key: str) -> None:
    client.post(f"{BASE}/requests.json", fields(api_key=key))

    with CaptureQueriesContext(connection) as caught:
        answer = client.post(f"{BASE}/requests.json", fields(api_key=key, lat="52.565", description="Nog een lamp uit"))

    assert answer.status_code == 201, answer.content
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    told = [one["sql"] for one in caught.captured_queries if not one["sql"].startswith(control)]
    assert len(told) <= 5, told
