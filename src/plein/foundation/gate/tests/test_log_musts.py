"""One test for every MUST of Logboek Dataverwerkingen; behaviour-musts.csv lists them.

LDV-8, about the read API, is tested where that API is: plein/trust/processing/tests/test_api.py.
"""

import csv
import re
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client, override_settings

import plein.foundation.gate.door as gate
from plein.foundation import trace
from plein.foundation.catalogue.publishing import publish
from plein.foundation.gate import checks, errors, intake, log
from plein.foundation.gate.models import LogRecord, ProcessingActivity
from plein.foundation.gate.tests.conftest import HELPER, HELPING, NOW, REPORTING, register
from plein.foundation.identity.actors import SYSTEM

pytestmark = pytest.mark.usefixtures("town")
FIELDS = {
    "trace_id": "trace_id",
    "span_id": "span_id",
    "status": "status",
    "name": "name",
    "start_time": "start_ms",
    "end_time": "end_ms",
    "parent_span_id": "parent_span_id",
    "resource.attributes": "resource",
}


def read(**more):  # type: ignore[no-untyped-def]
    return gate.read("help.visits", activity="help.visiting", by=HELPER, now=NOW, **more)


@pytest.mark.parametrize(
    ("url", "is_protected"),
    [
        ("sqlite:////var/plein/plein.sqlite3", True),
        ("postgres://plein@localhost/plein", True),
        ("postgres:///plein", True),
        ("postgres://plein@db.example/plein", False),
        ("postgres://plein@db.example/plein?sslmode=prefer", False),
        ("postgres://plein@db.example/plein?sslmode=require", True),
        ("postgres://plein@db.example/plein?sslmode=verify-full", True),
    ],
)
def test_ldv_1_the_log_is_reached_over_tls_only(url: str, is_protected: bool) -> None:
    import dj_database_url

    with override_settings(DATABASES={"default": dj_database_url.parse(url)}):
        found = checks.log_is_protected(None)

    assert (found == []) is is_protected


def test_ldv_2_the_log_confirms_every_line() -> None:
    activity = register(HELPING)

    receipt = log.write("Visit", activity=activity, subjects=log.Subjects("x", ["a", "b"]), started=NOW, ended=NOW)

    written = list(intake.lines().order_by("number"))
    assert [line.number for line in written] == list(range(receipt.first, receipt.last + 1))
    assert receipt.hash == written[-1].hash


def test_ldv_3_every_processing_has_a_trace_and_every_action_a_span_of_its_own() -> None:
    register(HELPING)

    read(subject="p1")
    read(subject="p1")
    with trace.within(trace.started()):
        read(subject="p1")
        read(subject="p1")

    lines = list(intake.lines().order_by("number"))
    assert len({line.span_id for line in lines}) == 4
    assert len({line.trace_id for line in lines[:2]}) == 2
    assert lines[2].trace_id == lines[3].trace_id
    assert all(re.fullmatch("[0-9a-f]{32}", line.trace_id) for line in lines)
    assert all(re.fullmatch("[0-9a-f]{16}", line.span_id) for line in lines)


def test_ldv_4_every_action_is_logged_and_never_a_sample() -> None:
    register(HELPING)

    for _ in range(25):
        read(subject="p1")

    assert intake.lines().count() == 25


def test_ldv_5_several_data_subjects_become_child_spans() -> None:
    register(HELPING)

    table = read()

    action, *children = intake.lines().order_by("number")
    assert set(table.column("person").to_pylist()) == {"p1", "p2"}
    assert action.subject_id == ""
    assert [child.parent_span_id for child in children] == [action.span_id] * 2
    assert len({child.subject_id for child in children}) == 2
    assert {child.trace_id for child in children} == {action.trace_id}


def test_ldv_6_trace_context_is_honoured_and_sent_on(client: Client) -> None:
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"  # the example of W3C Trace Context
    register(HELPING)

    answer = client.get("/verwerkingen/", headers={"traceparent": caller})
    with trace.within(trace.started(caller)):
        read(subject="p1")
        sent = trace.outgoing()["traceparent"]
    line = intake.lines().get()

    assert answer.headers["traceparent"].split("-")[1] == "0af7651916cd43dd8448eb211c80319c"
    assert (line.trace_id, line.parent_span_id) == ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
    assert sent == f"00-{line.trace_id}-{line.span_id}-01"


@pytest.mark.parametrize(
    "header", ["", "nonsense", "00-" + "0" * 32 + "-b7ad6b7169203331-01", "ff-" + "a" * 32 + "-" + "b" * 16 + "-01"]
)
def test_ldv_6_a_header_that_is_no_trace_context_starts_a_new_trace(header: str) -> None:
    begun = trace.started(header)

    assert begun.trace_id not in header
    assert begun.parent_span_id == ""


def test_ldv_7_every_line_about_a_person_refers_to_an_activity_in_the_register(client: Client) -> None:
    register(HELPING)
    read(subject="p1")

    line = intake.lines().get()
    address = line.attributes["dpl.core.processing_activity_id"]

    assert ProcessingActivity.objects.filter(key=line.activity, state="active").exists()
    assert client.get(address.removeprefix("http://localhost:8000")).status_code == 200


def test_ldv_9_there_is_no_way_to_delete_or_alter_lines() -> None:
    register(HELPING)
    read(subject="p1")
    line = intake.lines().get()

    for attempt in (line.delete, line.save, LogRecord.objects.all().delete, lambda: LogRecord.objects.update(name="x")):
        with pytest.raises(TypeError, match="never"):
            attempt()
    for statement in ("DELETE FROM gate_logrecord", "UPDATE gate_logrecord SET name = 'x'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert intake.lines().get().name == line.name


def test_ldv_9_the_read_api_knows_no_method_that_deletes(client: Client) -> None:
    assert client.delete("/api/logboek/v1/processing-activities").status_code in (401, 405)


def test_ldv_10_lines_hold_no_names_no_content_and_no_user() -> None:
    register(HELPING)
    read()

    for line in intake.lines().values():
        text = str(line)
        assert "Ada" not in text
        assert "'p1'" not in text
        assert HELPER.uri not in text
        assert "100" not in str(line["attributes"]) + str(line["resource"])


def test_a_person_has_one_code_that_nobody_can_guess() -> None:
    register(HELPING)
    read(subject="p1")
    read(subject="p1")
    read(subject="p2")

    codes = list(intake.lines().order_by("number").values_list("subject_id", flat=True))
    assert codes[0] == codes[1] != codes[2]
    assert codes[0] != log.pseudonym("BSN", "p1")


def test_open_data_needs_no_line() -> None:
    register(REPORTING)

    gate.read("green.trees", activity="town.reporting", by=SYSTEM, now=NOW)

    assert not intake.lines().exists()


def test_an_empty_answer_about_somebody_is_logged_too() -> None:
    register(HELPING)

    assert read(subject="nobody").num_rows == 0
    assert intake.lines().exclude(subject_id="").count() == 1


def test_a_product_that_does_not_tell_about_whom_needs_to_be_told(data_dir: Path) -> None:
    from dataclasses import replace

    from plein.foundation.catalogue.contracts import with_contracts
    from plein.foundation.gate.tests.conftest import VISITS, column

    anonymous = replace(
        VISITS, key="help.notes", columns=(column("note", personal="personal"), column("day")), key_columns=()
    )
    with with_contracts(anonymous):
        publish("help.notes", pa.table({"note": ["x"], "day": ["1"]}), by=SYSTEM, now=NOW)
        register(replace(HELPING, key="help.noting", products=["help.notes"], columns={}, rows={}))
        with pytest.raises(errors.SubjectMissing):
            gate.read("help.notes", activity="help.noting", by=HELPER, now=NOW)


@pytest.mark.conformance
def test_every_field_of_the_standard_has_its_place(shared: Path) -> None:
    folder = shared / "standards" / "logboek-dataverwerkingen"
    with (folder / "log-record-fields.csv").open(encoding="utf-8") as file:
        named = [row["field"] for row in csv.DictReader(file)]
    columns = {field.name for field in LogRecord._meta.get_fields()}

    for name in named:
        assert FIELDS.get(name, "attributes") in columns
    assert [name for name in named if not name.startswith("attributes[")] == list(FIELDS)


@pytest.mark.conformance
def test_attributes_keep_the_schema_of_the_standard(shared: Path) -> None:
    import json

    import jsonschema

    folder = shared / "standards" / "logboek-dataverwerkingen"
    schema = json.loads((folder / "attributes.schema.json").read_text(encoding="utf-8"))
    register(HELPING)
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with trace.within(trace.started(caller, processor="https://partner.example/app")):
        read()

    lines = list(intake.lines())

    checker = jsonschema.FormatChecker()
    for line in lines:
        jsonschema.validate(line.attributes, schema, format_checker=checker)
        assert set(line.attributes) - {log.FIELDS, log.ASKED_BY, log.PARTNER} <= set(schema["properties"])
        assert line.attributes["dpl.core.foreign_operation.processor"] == "https://partner.example/app"
        assert line.name
        assert line.start_ms <= line.end_ms
    about = [line for line in lines if line.subject_id]
    assert all(line.attributes["dpl.core.data_subject_id"] == line.subject_id for line in about)
    assert all("dpl.core.data_subject_id_type" in line.attributes for line in about)


@pytest.mark.conformance
def test_every_must_has_its_test(shared: Path) -> None:
    with (shared / "standards/logboek-dataverwerkingen/behaviour-musts.csv").open(encoding="utf-8") as file:
        musts = [row["id"].lower().replace("-", "_") for row in csv.DictReader(file)]
    here = Path(__file__).read_text(encoding="utf-8")
    there = (Path(__file__).parents[3] / "trust/processing/tests/test_api.py").read_text(encoding="utf-8")

    assert [must for must in musts if f"def test_{must}_" not in here + there] == []


def test_times_are_in_milliseconds() -> None:
    activity = register(HELPING)

    log.write("x", activity=activity, subjects=log.Subjects(), started=NOW, ended=NOW + timedelta(seconds=1.5))

    line = intake.lines().get()
    assert line.start_ms == 1_795_348_800_000  # 2026-11-22T12:00:00Z
    assert line.end_ms - line.start_ms == 1_500
