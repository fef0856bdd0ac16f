"""The log's intake: one statement for the reader, chained exactly once, and nothing in it goes or changes unseen."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError

import plein.foundation.gate.door as gate
from plein.foundation import trace
from plein.foundation.gate import chain, errors, intake, keeping, log, refusals
from plein.foundation.gate.definitions import activity_from, definition_of
from plein.foundation.gate.models import LogIntake, LogRecord, Refusal
from plein.foundation.gate.tests.conftest import ANALYST, HELPER, HELPING, NOW, register
from plein.foundation.identity.actors import ANONYMOUS, Actor
from plein.foundation.identity.models import AuditLine
from plein.foundation.jobs import registry as jobs
from plein.foundation.words import Text

pytestmark = pytest.mark.django_db
RESIDENT = Actor("resident", "7")


def use(*people: str, fields=("name", "street"), by: Actor = HELPER, about: str = "case:1") -> None:  # type: ignore[no-untyped-def]
    gate.note_use("help.visiting", subjects=gate.Subjects("person", people), fields=fields, about=about, by=by, now=NOW)


def tamper(*statements: str) -> None:
    """Do what only somebody with full power over the database can: switch the guards off first."""
    guards = ("gate_intake_no_update", "gate_intake_kept")
    postgres = connection.vendor == "postgresql"
    switch_off = "ALTER TABLE gate_logintake DISABLE TRIGGER {0}" if postgres else "DROP TRIGGER {0}"
    with connection.cursor() as cursor:
        for statement in [*(switch_off.format(guard) for guard in guards), *statements]:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("people", [1, 100])
def test_noting_a_use_is_one_statement_however_many_it_is_about(people: int, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    register(HELPING)
    gate.require_activity("help.visiting", NOW)

    with django_assert_num_queries(1):
        use(*map(str, range(people)))

    assert intake.lines().exclude(subject_id="").count() == people


def test_a_line_says_which_fields_and_the_audit_says_who() -> None:
    register(HELPING)

    with trace.within(trace.started()) as here:
        use("p1")

    line = intake.lines().get()
    said = AuditLine.objects.get(action="gate.use")
    assert line.attributes[log.FIELDS] == ["name", "street"]
    assert line.attributes["dpl.core.data_subject_id_type"] == "person"
    assert line.subject_id == log.pseudonym("person", "p1")
    assert (line.trace_id, line.start_ms) == (here.trace_id, 1_795_348_800_000)  # 2026-11-22T12:00:00Z
    assert (said.actor, said.subject, said.trace_id, said.at) == (HELPER.uri, "case:1", here.trace_id, NOW)
    assert HELPER.uri not in str(LogRecord.objects.values())


def test_a_line_says_which_organisation_asked_and_of_staff_only_that_it_was_staff() -> None:
    register(HELPING)
    for by in (HELPER, Actor("partner", "woningcorporatie")):
        use("p1", by=by)

    staff, partner = (line.attributes for line in intake.lines().order_by("number"))
    assert (staff[log.ASKED_BY], log.PARTNER in staff) == ("staff", False)
    assert (partner[log.ASKED_BY], partner[log.PARTNER]) == ("partner", "woningcorporatie")


def test_a_secret_activity_says_on_what_ground_and_others_stay_as_they_were_registered() -> None:
    ground = Text("AVG art. 23 lid 1 sub d", "GDPR art. 23(1)(d)")
    secret = replace(HELPING, key="help.fraud", secret=ground)

    assert register(secret).activity.secret == ground
    assert "secret" not in definition_of(HELPING)
    assert activity_from(definition_of(HELPING)).secret is None


def test_a_person_has_one_code_with_or_without_dashes() -> None:
    register(HELPING)
    person = UUID("0f1e2d3c-4b5a-4697-8877-665544332211")
    use(str(person), person.hex, person)  # type: ignore[arg-type]

    assert intake.lines().get().subject_id == log.code_of("person", person) == log.code_of("person", person.hex)


def test_persons_and_cases_go_in_one_action() -> None:
    register(HELPING)
    about = [gate.Subjects("person", ["p1"]), gate.Subjects("case", ["c1", "c2"])]

    gate.note_use("help.visiting", subjects=about, fields=["text"], by=HELPER, now=NOW)

    action, *children = intake.lines().order_by("number")
    assert [one.attributes["dpl.core.data_subject_id_type"] for one in children] == ["person", "case", "case"]
    assert {one.parent_span_id for one in children} == {action.span_id}


def test_lines_are_chained_in_the_order_in_which_they_were_written() -> None:
    register(HELPING)
    for number in range(5):
        use(str(number))

    codes = list(intake.lines().order_by("number").values_list("subject_id", flat=True))

    assert codes == [log.pseudonym("person", str(number)) for number in range(5)]
    assert chain.verify() == []
    assert not LogIntake.objects.exists()


def test_more_than_one_batch_is_chained_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    register(HELPING)
    monkeypatch.setattr(intake, "ROWS", 3)
    for number in range(8):
        use(str(number))

    assert [intake.stand(NOW) for _ in range(4)] == [True, True, False, False]
    assert LogRecord.objects.count() == 8


def test_what_is_rolled_back_leaves_nothing() -> None:
    register(HELPING)

    with transaction.atomic():
        use("p1")
        transaction.set_rollback(True)

    assert not LogIntake.objects.exists()
    assert not intake.lines().exists()


def test_nothing_is_noted_for_an_activity_that_is_not_registered() -> None:
    refusals.take_up()  # what other tests left on disk
    before = Refusal.objects.count()

    with pytest.raises(errors.NotRegistered):
        use("p1")

    refusals.take_up()
    assert Refusal.objects.count() == before + 1
    assert not LogIntake.objects.exists()


def test_staff_without_a_role_of_the_activity_are_refused_and_that_is_kept() -> None:
    register(HELPING)

    with pytest.raises(errors.RoleMissing, match="helper"):
        use("p1", by=ANALYST, about="case:9")
    for other in (RESIDENT, ANONYMOUS):
        use("p1", by=other)

    refusals.take_up()
    kept = Refusal.objects.get()
    assert (kept.product, kept.actor, kept.code) == ("case:9", ANALYST.uri, "role-missing")
    assert LogIntake.objects.count() == 2


def test_a_look_at_a_record_of_others_is_refused_and_kept_whatever_is_rolled_back() -> None:
    with pytest.raises(errors.NoBusiness, match="case:9"), transaction.atomic():
        gate.refuse_look("case:9", activity="help.visiting", by=ANALYST, now=NOW)

    refusals.take_up()
    kept = Refusal.objects.get()
    assert (kept.product, kept.activity, kept.actor, kept.at) == ("case:9", "help.visiting", ANALYST.uri, NOW)
    assert "case:9" in kept.words


@pytest.mark.parametrize("statement", ["DELETE FROM gate_logintake", "UPDATE gate_logintake SET action = '{}'"])
def test_the_database_keeps_what_waits(statement: str) -> None:
    register(HELPING)
    use("p1")

    with pytest.raises(DatabaseError, match="intake"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert intake.lines().count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gate_logintake SET action = REPLACE(action, 'street', 'nothing')",
        "UPDATE gate_logintake SET trace_id = span_id",
        "INSERT INTO gate_logintake (trace_id, span_id, action, seal) VALUES ('a', 'b', '{}', 'c')",
    ],
)
def test_what_was_altered_or_added_by_others_is_never_chained_and_told_of(statement: str) -> None:
    register(HELPING)
    use("p1")
    tamper(statement)
    use("p2")

    found = chain.verify()

    assert [breach.kind for breach in found] == ["spoiled"]
    assert "altered" in str(found[0])
    assert log.pseudonym("person", "p2") in set(LogRecord.objects.values_list("subject_id", flat=True))


def test_a_copy_of_what_is_chained_already_just_goes() -> None:
    register(HELPING)
    use("p1")
    row = LogIntake.objects.values("trace_id", "span_id", "action", "seal").get()
    LogIntake.objects.create(**row)
    intake.chain_all()
    LogIntake.objects.create(**row)
    use("p2")

    assert intake.lines().count() == 2
    assert chain.verify() == []
    assert not LogIntake.objects.exists()


def test_a_log_is_cut_with_what_waits_chained_first() -> None:
    from datetime import timedelta

    register(HELPING)
    use("p1")

    assert keeping.cut_old_lines(now=NOW + timedelta(days=6 * 366)) == 1
    assert [line.kind for line in LogRecord.objects.all()] == ["anchor"]


def test_the_worker_chains_in_every_round() -> None:
    assert intake.stand in jobs.all_standing()


@pytest.mark.django_db(transaction=True)
def test_two_chainers_at_once_chain_everything_once() -> None:
    register(HELPING)
    for number in range(60):
        use(str(number))
    failures: list[Exception] = []
    start = threading.Barrier(2)

    def chain_it() -> None:
        try:
            start.wait(10)
            intake.chain_all()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=chain_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert failures == []
    assert LogRecord.objects.count() == 60
    assert AuditLine.objects.filter(action="gate.use").count() == 60
    assert chain.verify() == []


KILLED = """
import os, signal, sys
from datetime import datetime
import django; django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[2]
from plein.foundation.gate import door, intake
from plein.foundation.gate.models import LogIntake
from plein.foundation.identity.actors import SYSTEM

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[1] == "chaining":
    intake.AuditLine.objects.bulk_create = die  # the lines are in the log, not yet committed
    intake.chain_all()
subjects = door.Subjects("person", ["p2"])
door.note_use("help.visiting", subjects=subjects, fields=["name"], by=SYSTEM, now=datetime.fromisoformat(sys.argv[3]))
die()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("moment", "actions"), [("chaining", 1), ("committed", 2)])
def test_a_kill_loses_nothing_and_doubles_nothing(moment: str, actions: int) -> None:
    register(HELPING)
    use("p1")
    said = [sys.executable, "-c", KILLED, moment, str(connection.settings_dict["NAME"]), NOW.isoformat()]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "plein.site.settings", "PLEIN_DATA": str(settings.DATA)}

    done = subprocess.run(said, env=environment, capture_output=True, check=False, timeout=120)

    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert LogIntake.objects.count() == actions
    assert intake.lines().count() == actions
    assert AuditLine.objects.filter(action="gate.use").count() == actions
    assert chain.verify() == []
