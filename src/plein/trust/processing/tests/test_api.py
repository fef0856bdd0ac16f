"""The log's read API and the register as an interface, judged by the standards themselves."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client
from django.urls import reverse

from plein.foundation import clock, trace
from plein.foundation.gate import log, registry
from plein.foundation.gate.models import LogRecord, ProcessingActivity
from plein.foundation.identity import actions
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.trust.processing.actions import LOG_READING

pytestmark = pytest.mark.django_db
LOG = "/api/logboek/v1/processing-activities"
OFFICER = Actor("staff", "0", roles=frozenset({"privacy-officer"}))


def token_of(role: str) -> str:
    now = clock.now()
    staff = actions.create_staff(f"x-{role}", roles=[role], by=SYSTEM, now=now)
    made = actions.create_token(
        staff, name="x", scopes=["gate.read-log"], expires_at=now + timedelta(days=1), by=SYSTEM, now=now
    )
    return made.secret


@pytest.fixture
def officer(data_dir: Path) -> Client:
    row = ProcessingActivity.objects.get(key=LOG_READING, state="proposed")
    registry.approve(row.pk, by=OFFICER, now=clock.now())
    return Client(headers={"Authorization": f"Bearer {token_of('privacy-officer')}"})


@pytest.fixture
def receipt(officer: Client) -> log.Receipt:
    now = clock.now()
    activity = registry.require_activity(LOG_READING, now)
    return log.write("Visit", activity=activity, subjects=log.Subjects("BSN", ["1", "2"]), started=now, ended=now)


def ask(client: Client, **said: Any):  # type: ignore[no-untyped-def]
    return client.post(LOG, json.dumps(said), content_type="application/json")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"startTime": 1},
        {"traceId": ""},
        {"traceId": "nonsense"},
        {"traceId": 5},
        {"dpl.core.data_subject_id": None},
        {"dpl.core.data_subject_id_type": "BSN"},
        {"traceId": "0" * 32, "startTime": "yesterday"},
        {"traceId": "0" * 32, "endTime": True},
        {"traceId": "0" * 32, "endTime": 2**70},
        {"dpl.core.data_subject_id": "a\0b"},
    ],
)
def test_ldv_8_a_search_for_nothing_or_in_a_wrong_form_is_400(officer: Client, said: dict[str, Any]) -> None:
    answer = ask(officer, **said)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "ask-what"


@pytest.mark.parametrize("body", ["", "[]", "5", "{", '"x"', "\xff"])
def test_ldv_8_a_body_that_is_no_object_is_400(officer: Client, body: str) -> None:
    assert officer.post(LOG, body.encode("latin-1"), content_type="application/json").status_code == 400


def test_lines_are_found_by_trace(officer: Client, receipt: log.Receipt) -> None:
    found = ask(officer, traceId=receipt.trace_id).json()["processingActivities"]

    assert [line["spanId"] for line in found][-1] == receipt.span_id
    assert len(found) == 3


def test_lines_are_found_by_code_or_by_the_identifier_itself(officer: Client, receipt: log.Receipt) -> None:
    code = log.pseudonym("BSN", "2")
    by_code = ask(officer, **{"dpl.core.data_subject_id": code}).json()["processingActivities"]
    by_number = ask(officer, **{"dpl.core.data_subject_id": "2", "dpl.core.data_subject_id_type": "BSN"}).json()[
        "processingActivities"
    ]

    assert len(by_code) == len(by_number) == 1
    assert by_code[0]["attributes"]["dpl.core.data_subject_id"] == code


def test_lines_are_found_by_activity_and_time(officer: Client, receipt: log.Receipt) -> None:
    uri = log.activity_uri(LOG_READING)
    start = LogRecord.objects.get(number=receipt.first).start_ms

    all_lines = ask(officer, **{"dpl.core.processing_activity_id": uri, "endTime": start + 60_000})
    none = ask(officer, **{"dpl.core.processing_activity_id": uri, "endTime": start - 1})
    elsewhere = ask(officer, **{"dpl.core.processing_activity_id": uri.replace("localhost", "elsewhere")})

    assert len(all_lines.json()["processingActivities"]) == 3
    assert none.json() == elsewhere.json() == {"processingActivities": []}


def test_a_search_is_narrowed_by_the_application_that_asked(officer: Client) -> None:
    now, one = clock.now(), log.Subjects("BSN", ["1"])
    activity = registry.require_activity(LOG_READING, now)
    caller = trace.started("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", processor="https://app.example")
    with trace.within(caller):
        log.write("Visit", activity=activity, subjects=one, started=now, ended=now)
        log.write("Visit", activity=activity, subjects=one, started=now, ended=now)
    log.write("Visit", activity=activity, subjects=one, started=now, ended=now)
    uri = log.activity_uri(LOG_READING)
    asked = {"dpl.core.processing_activity_id": uri}
    processor = "dpl.core.foreign_operation.processor"

    found = [
        len(ask(officer, **said).json()["processingActivities"])
        for said in (
            {**asked, processor: "https://app.example"},
            {**asked, processor: "https://other.example"},
            {**asked, "dpl.core.processing_activity_id": uri.replace("localhost", "elsewhere")},
        )
    ]

    assert found == [2, 0, 0]


def test_reading_the_log_leaves_a_line(officer: Client, receipt: log.Receipt) -> None:
    ask(officer, traceId=receipt.trace_id)

    assert LogRecord.objects.order_by("-number").first().name == "Read the processing log"  # type: ignore[union-attr]


def test_the_log_is_for_those_entitled(officer: Client, receipt: log.Receipt) -> None:
    other = Client(headers={"Authorization": f"Bearer {token_of('analyst')}"})

    assert ask(Client(), traceId=receipt.trace_id).status_code == 401
    assert ask(Client(headers={"Authorization": "Bearer plein_x"}), traceId=receipt.trace_id).status_code == 401
    assert ask(other, traceId=receipt.trace_id).status_code == 403


def test_without_an_approved_activity_the_log_is_not_read() -> None:
    officer = Client(headers={"Authorization": f"Bearer {token_of('privacy-officer')}"})

    answer = ask(officer, traceId="0" * 32)

    assert (answer.status_code, answer.json()["code"]) == (403, "not-approved")


def test_ldv_1_the_log_is_not_given_over_plain_http_to_another_machine(officer: Client, receipt: log.Receipt) -> None:
    said = json.dumps({"traceId": receipt.trace_id})
    plain = officer.post(LOG, said, content_type="application/json", REMOTE_ADDR="192.0.2.7")
    safe = officer.post(LOG, said, content_type="application/json", REMOTE_ADDR="192.0.2.7", secure=True)

    assert (plain.status_code, plain.json()["code"]) == (403, "log-not-protected")
    assert safe.status_code == 200


def _standard(shared: Path, name: str) -> dict[str, Any]:
    folder = shared / "standards" / "logboek-dataverwerkingen"
    document: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    if "Attributes" in document["components"]["schemas"]:
        attributes = json.loads((folder / "attributes.schema.json").read_text(encoding="utf-8"))
        document["components"]["schemas"]["Attributes"] = attributes
    return document


def _validate(value: Any, document: dict[str, Any], schema: str) -> None:
    whole = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).validate(value)


@pytest.mark.conformance
def test_answers_keep_the_read_extension(officer: Client, receipt: log.Receipt, shared: Path) -> None:
    document = _standard(shared, "ldv-lezen-openapi.local.json")

    found = ask(officer, traceId=receipt.trace_id)
    refused = ask(officer)

    _validate(found.json(), document, "ListProcessingActivities")
    _validate(refused.json(), document, "Nlgovproblem")
    assert len(found.json()["processingActivities"]) == 3
    assert found.headers["API-Version"] == document["info"]["version"]


def test_a_problem_names_the_address_as_an_address(client: Client) -> None:
    answer = client.get("/api/verwerkingen/v0/entities/j\xe0 x")

    assert (answer.status_code, answer.json()["instance"]) == (404, "/api/verwerkingen/v0/entities/j%C3%A0%20x")


@pytest.mark.conformance
def test_the_register_keeps_its_standard_and_vocabulary(client: Client, shared: Path) -> None:
    document = _standard(shared, "rvva-openapi.json")
    purposes = (shared / "standards/dpv/purposes.csv").read_text(encoding="utf-8")
    exported = client.get(reverse("processing:export-json")).json()

    assert len(exported["processingActivities"]) >= 2
    for activity in exported["processingActivities"]:
        _validate(activity, document, "ProcessingActivity")
        for version in activity["versions"]:
            _validate(version, document, "ProcessingActivityVersion")
            assert f"{version['purpose']}," in purposes, version["purpose"]
    for entity in exported["entities"]:
        _validate(entity, document, "Entity")


def test_the_register_is_read_step_by_step(client: Client) -> None:
    root = "/api/verwerkingen/v0"
    rows = client.get(f"{root}/processing_activities").json()["processingActivities"]
    one = client.get(f"{root}/processing_activities/{rows[0]['id']}").json()
    version = client.get(f"{root}/processing_activities/{one['id']}/versions/{one['latestVersion']}").json()
    entity = client.get(f"{root}/entities/{version['recipients']['entityId']}").json()

    assert one == rows[0]
    assert version["name"]
    assert entity["type"] == "LegalEntity"
    assert client.get(f"{root}/processing_activities/{one['id']}/versions/99").status_code == 404
    assert client.get(f"{root}/processing_activities/{entity['id']}").status_code == 404
    assert client.get(f"{root}/entities/{one['id']}").status_code == 404
