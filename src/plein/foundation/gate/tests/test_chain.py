"""The log is one chain: what is altered, missing or added is found, and old lines go as a whole."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from plein.foundation.gate import chain, keeping, log
from plein.foundation.gate.models import LogCut, LogHead, LogRecord
from plein.foundation.gate.rules import START, cut_before, line_hash
from plein.foundation.gate.tests.conftest import HELPING, NOW, register

pytestmark = pytest.mark.django_db
DAY = 86_400_000
TRIGGERS = {
    "sqlite": (
        "DROP TRIGGER gate_log_no_update",
        "DROP TRIGGER gate_log_no_delete",
    ),
    "postgresql": (
        "ALTER TABLE gate_logrecord DISABLE TRIGGER gate_log_no_update",
        "ALTER TABLE gate_logrecord DISABLE TRIGGER gate_log_no_delete",
    ),
}


def write(count: int, *, at=NOW) -> None:  # type: ignore[no-untyped-def]
    activity = register(HELPING)
    for number in range(count):
        log.write("Visit", activity=activity, subjects=log.Subjects("x", [str(number)]), started=at, ended=at)


def tamper(statement: str) -> None:
    """Do what only somebody with full power over the database can: switch the guards off and change lines."""
    with connection.cursor() as cursor:
        for guard in TRIGGERS[connection.vendor]:
            cursor.execute(guard)
        cursor.execute(statement)


def test_an_untouched_log_is_whole() -> None:
    assert chain.verify() == []

    write(5)

    assert chain.verify() == []
    assert LogHead.objects.get().number == 5


@pytest.mark.parametrize(
    ("statement", "kind", "number"),
    [
        ("UPDATE gate_logrecord SET name = 'Other' WHERE number = 3", "altered", 3),
        ("UPDATE gate_logrecord SET subject_id = 'x' WHERE number = 3", "altered", 3),
        ("UPDATE gate_logrecord SET end_ms = 1 WHERE number = 3", "altered", 3),
        ("UPDATE gate_logrecord SET attributes = '{}' WHERE number = 3", "altered", 3),
        ("UPDATE gate_logrecord SET previous = hash WHERE number = 3", "unlinked", 3),
        ("DELETE FROM gate_logrecord WHERE number = 3", "missing", 3),
        ("DELETE FROM gate_logrecord WHERE number = 1", "missing", 1),
        ("DELETE FROM gate_logrecord WHERE number = 5", "end", 4),
        ("DELETE FROM gate_logrecord", "end", 0),
        ("UPDATE gate_logrecord SET number = 9 WHERE number = 5", "missing", 5),
    ],
)
def test_a_tampered_line_is_found(statement: str, kind: str, number: int) -> None:
    write(5)

    tamper(statement)

    assert (kind, number) in [(breach.kind, breach.number) for breach in chain.verify()]


def test_a_line_forged_with_a_right_hash_breaks_the_next() -> None:
    write(3)
    line = LogRecord.objects.get(number=2)
    content = {name: getattr(line, name) for name in log.CONTENT} | {"name": "Forged"}
    forged = line_hash(line.previous, content)

    tamper(f"UPDATE gate_logrecord SET name = 'Forged', hash = '{forged}' WHERE number = 2")

    assert [(breach.kind, breach.number) for breach in chain.verify()] == [("unlinked", 3)]


def test_lines_go_when_all_before_them_are_past_their_retention() -> None:
    lines = [(1, 0, True), (2, 100 * DAY, False), (3, 200 * DAY, True), (4, 5000 * DAY, False)]
    five_years = 5 * 366

    assert cut_before(lines, (five_years - 1) * DAY) == 0
    assert cut_before(lines, (five_years + 1) * DAY) == 2  # one year for line 2, but not before line 1
    assert cut_before(lines, (five_years + 201) * DAY) == 3


def test_old_lines_are_cut_and_leave_an_anchor() -> None:
    write(3)
    later = NOW + timedelta(days=6 * 366)
    write(2, at=later)

    assert keeping.cut_old_lines(now=NOW + timedelta(days=5 * 366 - 1)) == 0
    assert keeping.cut_old_lines(now=later) == 3

    assert list(LogRecord.objects.order_by("number").values_list("number", "kind")) == [
        (4, "action"),
        (5, "action"),
        (6, "anchor"),
    ]
    assert LogCut.objects.get().number == 3
    assert chain.verify() == []
    assert keeping.cut_old_lines(now=later) == 0


def test_a_log_that_is_not_whole_is_evidence_and_stays() -> None:
    write(3)
    tamper("UPDATE gate_logrecord SET name = 'Other' WHERE number = 2")

    with pytest.raises(keeping.ChainBroken, match="line 2 was altered"):
        keeping.cut_old_lines(now=NOW + timedelta(days=6 * 366))

    assert LogRecord.objects.count() == 3


def test_an_empty_log_starts_from_nothing() -> None:
    assert line_hash(START, {"a": 1}) != line_hash("1" * 64, {"a": 1})


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain() -> None:
    activity = register(HELPING)
    failures: list[Exception] = []

    def visit(who: int) -> None:
        try:
            for number in range(10):
                subjects = log.Subjects("x", [f"{who}-{number}"])
                log.write("Visit", activity=activity, subjects=subjects, started=NOW, ended=NOW)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=visit, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert chain.verify() == []
    assert LogHead.objects.get().number == 40
