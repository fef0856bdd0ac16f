"""The gate gives what a purpose may see to who may see it, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection, transaction

import plein.foundation.gate.door as gate
from plein.foundation.catalogue.publishing import publish
from plein.foundation.gate import errors, intake, refusals, registry, usage
from plein.foundation.gate.models import LogIntake, Refusal, Usage
from plein.foundation.gate.tests.conftest import (
    ANALYST,
    HELPER,
    HELPING,
    NOW,
    OFFICER,
    REPORTING,
    SHARING,
    STEWARD,
    register,
)
from plein.foundation.identity import actions
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM, Actor
from plein.foundation.identity.models import Partner
from plein.foundation.lake.errors import BadQuery

pytestmark = pytest.mark.usefixtures("town")


def test_without_a_registration_nothing_is_read() -> None:
    with pytest.raises(errors.NotRegistered, match="/verwerkingen"):
        gate.read("green.trees", activity="nobody.knows", by=SYSTEM, now=NOW)


def test_a_proposal_is_not_enough() -> None:
    register(HELPING, approved=False)

    with pytest.raises(errors.NotApproved, match="privacy officer"):
        gate.read("help.visits", activity="help.visiting", by=HELPER, now=NOW)


def test_after_its_last_day_an_activity_reads_nothing() -> None:
    row = registry.propose(registry.definition_of(REPORTING), by=STEWARD, now=NOW)
    registry.approve(row.pk, ends_on=date(2026, 12, 31), by=OFFICER, now=NOW)

    gate.read("green.trees", activity="town.reporting", by=SYSTEM, now=NOW + timedelta(days=39))
    with pytest.raises(errors.RegistrationEnded):
        gate.read("green.trees", activity="town.reporting", by=SYSTEM, now=NOW + timedelta(days=40))


def test_open_data_is_for_everyone_with_a_registered_activity_and_leaves_no_log_line() -> None:
    register(REPORTING)

    table = gate.read(
        "green.trees", activity="town.reporting", by=ANONYMOUS, where="kind <> ?", params=["oak"], now=NOW
    )

    assert table.to_pydict() == {"tree": [1, 2], "kind": ["ash", "elm"]}
    assert not intake.lines().exists()


def test_a_purpose_sees_its_columns_and_rows_only() -> None:
    register(HELPING)

    table = gate.read("help.visits", activity="help.visiting", by=HELPER, now=NOW)

    assert table.column_names == ["person", "buurt", "debts"]
    assert table.column("debts").to_pylist() == [100, 50, 7]


def test_a_column_outside_the_purpose_is_refused_by_name() -> None:
    register(HELPING)

    with pytest.raises(errors.ColumnsHidden, match="name"):
        gate.read("help.visits", activity="help.visiting", by=HELPER, columns=["name"], now=NOW)


@pytest.mark.parametrize(
    "where",
    [
        "name = 'Ada'",
        "1=1) OR (1=1",
        "1=1 UNION SELECT * FROM it",
        "EXISTS (SELECT 1 FROM it WHERE name = 'Ada')",
        "getenv('HOME') = 'x'",
        "debts IN (SELECT debts FROM read_csv('/etc/passwd'))",
        "true) LIMIT 1 --",
        "true; DROP TABLE x",
    ],
)
def test_a_condition_cannot_look_further_than_the_purpose(where: str) -> None:
    register(HELPING)

    with pytest.raises((errors.BadQuestion, BadQuery)):
        gate.read("help.visits", activity="help.visiting", by=HELPER, where=where, now=NOW)


def test_a_column_that_no_purpose_names_is_not_given_when_it_is_personal() -> None:
    from dataclasses import replace

    register(replace(HELPING, columns={}, rows={}))

    table = gate.read("help.visits", activity="help.visiting", by=HELPER, now=NOW)

    assert table.column_names == ["buurt", "debts"]


def test_an_activity_for_other_data_is_refused() -> None:
    register(REPORTING)

    with pytest.raises(errors.WrongPurpose, match=r"help\.visits"):
        gate.read("help.visits", activity="town.reporting", by=HELPER, now=NOW)


@pytest.mark.parametrize("actor", [ANALYST, ANONYMOUS, Actor("partner", "politie", roles=frozenset({"helper"}))])
def test_who_has_no_role_of_the_activity_is_refused(actor: Actor) -> None:
    register(HELPING)

    with pytest.raises(errors.RoleMissing):
        gate.read("help.visits", activity="help.visiting", by=actor, now=NOW)


def test_a_token_needs_the_scope_to_read() -> None:
    register(HELPING)
    narrow = Actor("staff", "3", roles=frozenset({"helper"}), scopes=frozenset({"sensing.write"}))
    wide = Actor("staff", "3", roles=frozenset({"helper"}), scopes=frozenset({"data.read"}))

    with pytest.raises(errors.OutOfScope):
        gate.read("help.visits", activity="help.visiting", by=narrow, now=NOW)
    assert gate.read("help.visits", activity="help.visiting", by=wide, now=NOW).num_rows == 3


def test_a_shared_product_needs_an_agreement_that_holds_today() -> None:
    register(SHARING)
    partner = actions.add_partner("politie", name="Politie", by=SYSTEM, now=NOW)
    with pytest.raises(errors.NoAgreement):
        gate.read("police.deals", activity="police.sharing", by=ANALYST, now=NOW)

    drafted = registry.agree(
        partner,
        product="police.deals",
        activity="police.sharing",
        starts_on=date(2026, 11, 1),
        ends_on=date(2026, 11, 30),
        by=STEWARD,
        now=NOW,
    )
    with pytest.raises(errors.NoAgreement):
        gate.read("police.deals", activity="police.sharing", by=ANALYST, now=NOW)
    registry.approve_agreement(drafted.pk, by=OFFICER, now=NOW)

    last_day = NOW + timedelta(days=8)
    for who in (ANALYST, Actor("partner", "politie", scopes=frozenset({"data.read"}))):
        assert gate.read("police.deals", activity="police.sharing", by=who, now=last_day).num_rows == 2
    with pytest.raises(errors.NoAgreement):
        gate.read("police.deals", activity="police.sharing", by=ANALYST, now=last_day + timedelta(days=1))
    other = Actor("partner", "other", scopes=frozenset({"data.read"}))
    with pytest.raises(errors.NoAgreement):
        gate.read("police.deals", activity="police.sharing", by=other, now=NOW)


def test_a_refusal_is_kept() -> None:
    with pytest.raises(errors.NotRegistered), transaction.atomic():
        gate.read("help.visits", activity="nobody.knows", by=HELPER, now=NOW)
    refusals.take_up()

    refusal = Refusal.objects.get()
    assert (refusal.product, refusal.activity, refusal.code) == ("help.visits", "nobody.knows", "not-registered")
    assert refusal.actor == HELPER.uri


def test_an_old_version_is_read_by_its_date() -> None:
    register(REPORTING)
    later = NOW + timedelta(days=1)
    publish("green.trees", pa.table({"tree": [9], "kind": ["yew"]}), by=SYSTEM, now=later)

    new = gate.read("green.trees", activity="town.reporting", by=SYSTEM, now=later)
    old = gate.read("green.trees", activity="town.reporting", by=SYSTEM, as_of=NOW, now=later)

    assert (new.num_rows, old.num_rows) == (1, 3)


def test_a_read_about_one_person_gives_and_logs_that_person_only() -> None:
    register(HELPING)

    table = gate.read("help.visits", activity="help.visiting", by=HELPER, subject="p1", now=NOW)

    assert table.column("debts").to_pylist() == [100, 7]
    assert intake.lines().count() == 1


def test_a_failed_log_line_fails_the_read(monkeypatch: pytest.MonkeyPatch) -> None:
    register(HELPING)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE gate_logintake RENAME TO gone")
    try:
        with pytest.raises(Exception, match="gate_logintake"), transaction.atomic():
            gate.read("help.visits", activity="help.visiting", by=HELPER, now=NOW)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE gone RENAME TO gate_logintake")
    assert not LogIntake.objects.exists()


def test_a_question_joins_products_within_their_purposes() -> None:
    from dataclasses import replace

    register(replace(HELPING, products=["help.visits", "police.deals"]))

    table = gate.query(
        "WITH owed AS (SELECT buurt, sum(debts) AS debts FROM help__visits GROUP BY buurt) "
        "SELECT * FROM owed ORDER BY buurt",
        products=["help.visits"],
        activity="help.visiting",
        by=HELPER,
        now=NOW,
    )

    assert table.to_pydict() == {"buurt": ["B1", "B2"], "debts": [150, 7]}
    assert intake.lines().exclude(subject_id="").count() == 2


@pytest.mark.parametrize(
    "text",
    [
        "SELECT name FROM help__visits",
        "SELECT * FROM green__trees",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT getenv('HOME') FROM help__visits",
        "SELECT current_setting('temp_directory') FROM help__visits",
        "SELECT 1; SELECT 2",
        "DROP TABLE help__visits",
        "CREATE TABLE x AS SELECT * FROM help__visits",
        "COPY help__visits TO '/tmp/x'",
        "COPY (SELECT * FROM help__visits) TO '/tmp/x'",
        "ATTACH '/tmp/x.db'",
        "PRAGMA database_list",
        "SET threads = 8",
        "INSTALL httpfs",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('help__visits')",
        "SELECT * FROM sqlite_master",
        "WITH help__visits AS (SELECT 1) SELECT * FROM help__visits",
        "FROM help__visits, read_parquet('/etc/x')",
        "SELECT (SELECT count(*) FROM read_csv('/etc/passwd')) FROM help__visits",
        "SHOW TABLES",
        "DESCRIBE help__visits",
        "CALL pragma_version()",
        "EXPLAIN ANALYZE SELECT 1",
        "nonsense",
        "",
    ],
)
def test_a_question_reaches_nothing_but_its_products(text: str) -> None:
    register(HELPING)

    with pytest.raises((errors.BadQuestion, BadQuery)):
        gate.query(text, products=["help.visits"], activity="help.visiting", by=HELPER, now=NOW)


def test_small_numbers_are_hidden_with_what_would_give_them_away() -> None:
    register(REPORTING)

    table = gate.read("help.counts", activity="town.reporting", by=ANONYMOUS, now=NOW)

    people = table.column("people").to_pylist()
    assert people[0] is None
    assert people.count(None) == 4
    assert [share is None for share in table.column("share").to_pylist()] == [count is None for count in people]


def test_no_question_adds_hidden_numbers_up() -> None:
    register(REPORTING)

    total = gate.query(
        "SELECT sum(people) AS people FROM help__counts WHERE buurt = 'B1'",
        products=["help.counts"],
        activity="town.reporting",
        by=ANALYST,
        now=NOW,
    )
    part = gate.read("help.counts", activity="town.reporting", by=ANALYST, where="buurt = 'B1'", now=NOW)

    assert total.column("people").to_pylist() == [sum(one or 0 for one in part.column("people").to_pylist())]
    assert total.column("people").to_pylist() != [53]


def counts(people: list[int], order: Sequence[int] = range(9)) -> pa.Table:
    """Make a version of the counts of three neighbourhoods and three kinds."""
    buurt, kind = [b for b in ("B1", "B2", "B3") for _ in range(3)], ["x", "y", "z"] * 3
    return pa.table(
        {
            "buurt": [buurt[at] for at in order],
            "kind": [kind[at] for at in order],
            "people": pa.array([people[at] for at in order], pa.int64()),
            "share": pa.array([float(people[at]) for at in order]),
        }
    )


def shown(now: datetime = NOW, **more: Any) -> dict[tuple[str, str], int | None]:
    table = gate.read("help.counts", activity="town.reporting", by=ANALYST, now=now, **more)
    return {(row["buurt"], row["kind"]): row["people"] for row in table.to_pylist()}


def test_what_a_later_version_shows_does_not_give_an_earlier_one_away() -> None:
    """Without knowing of version 1, version 2 would hide a block with other corners: those are cheaper now."""
    register(REPORTING)
    before = shown()
    publish("help.counts", counts([3, 20, 30, 400, 50, 60, 70, 80, 6]), by=SYSTEM, now=NOW + timedelta(hours=1))

    after = shown(now=NOW + timedelta(hours=2))

    assert [key for key, people in after.items() if people is None] == [
        key for key, people in before.items() if people is None
    ]
    assert shown(now=NOW + timedelta(hours=2), as_of=NOW) == before


def test_every_read_of_a_version_hides_the_same_cells() -> None:
    register(REPORTING)
    register(replace(REPORTING, key="town.filtered", products=["help.counts"], rows={"help.counts": "buurt <> 'B3'"}))
    whole = shown()

    purpose = gate.read("help.counts", activity="town.filtered", by=ANALYST, now=NOW)
    asked = shown(where="kind = 'x'")
    least = gate.query(
        "SELECT buurt, kind, people FROM help__counts WHERE people < 25",
        products=["help.counts"],
        activity="town.reporting",
        by=ANALYST,
        now=NOW,
    )

    assert None in whole.values()
    for row in purpose.to_pylist():
        assert row["people"] == whole[row["buurt"], row["kind"]]
    assert asked == {key: people for key, people in whole.items() if key[1] == "x"}
    assert [row["people"] for row in least.to_pylist()] == sorted(
        people for people in whole.values() if people is not None and people < 25
    )


def test_what_is_hidden_stays_when_the_version_before_is_gone_and_files_are_joined() -> None:
    from plein.foundation.catalogue.models import ProductVersion
    from plein.foundation.gate import masks

    register(REPORTING)
    before = shown()
    publish("help.counts", counts([3, 20, 30, 400, 50, 60, 70, 80, 6]), by=SYSTEM, now=NOW + timedelta(hours=1))
    ProductVersion.objects.filter(product__key="help.counts", number=1).delete()
    masks._hidden.cache_clear()

    after = shown(now=NOW + timedelta(hours=2))

    assert {key for key, people in after.items() if people is None} == {
        key for key, people in before.items() if people is None
    }


def test_the_order_of_the_rows_tells_nothing_of_what_is_hidden() -> None:
    register(REPORTING)
    people = [3, 20, 30, 40, 50, 60, 70, 80, 90]
    ordered = list(shown())
    publish("help.counts", counts(people, order=[4, 0, 8, 2, 6, 1, 3, 7, 5]), by=SYSTEM, now=NOW + timedelta(hours=1))

    assert list(shown(now=NOW + timedelta(hours=2))) == ordered


def test_files_are_passed_on_for_products_without_secrets_only() -> None:
    register(REPORTING)
    register(HELPING)

    admission = gate.admit("green.trees", activity="town.reporting", by=ANONYMOUS, now=NOW)

    assert admission.columns == ("tree", "kind")
    with pytest.raises(errors.NotForStreaming):
        gate.admit("help.counts", activity="town.reporting", by=ANONYMOUS, now=NOW)
    with pytest.raises(errors.NotForStreaming):
        gate.admit("help.visits", activity="help.visiting", by=HELPER, now=NOW)


def test_uses_are_counted_per_day_product_and_activity() -> None:
    register(REPORTING)
    usage.take_up()
    Usage.objects.all().delete()

    for _ in range(3):
        gate.read("green.trees", activity="town.reporting", by=ANALYST, now=NOW)
    gate.count_use("green.trees", activity="town.reporting", by=ANONYMOUS, rows=10, now=NOW)
    usage.take_up()

    rows = Usage.objects.order_by("actor_kind").values_list("day", "product", "activity", "actor_kind", "reads", "rows")
    assert list(rows) == [
        (date(2026, 11, 22), "green.trees", "town.reporting", "anonymous", 1, 10),
        (date(2026, 11, 22), "green.trees", "town.reporting", "staff", 3, 9),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_refusal_outlives_a_rollback_and_is_taken_up_once() -> None:
    before = Refusal.objects.count()

    with pytest.raises(errors.NotRegistered), transaction.atomic():  # noqa: PT012 (the point is what came before)
        Partner.objects.create(key="undone", name="Undone")
        gate.read("help.visits", activity="nobody.knows", by=HELPER, now=NOW)

    assert not Partner.objects.filter(key="undone").exists()
    assert (refusals.take_up(), refusals.take_up()) == (1, 0)
    assert Refusal.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_an_open_product_costs_one_query_once_the_register_is_known(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    register(REPORTING)
    gate.require_activity("town.reporting", NOW)

    with django_assert_num_queries(0):
        gate.require_activity("town.reporting", NOW)
    with django_assert_num_queries(1):  # which version holds
        gate.admit("green.trees", activity="town.reporting", by=ANONYMOUS, now=NOW)
