"""The register of algorithms: nothing runs that is not approved, and the switch works at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from plein.foundation import clock
from plein.foundation.clock import local_date
from plein.foundation.errors import NotAllowed, NotFound
from plein.foundation.gate import algorithms, errors, trained
from plein.foundation.gate.models import RegisteredAlgorithm, TrainedVersion
from plein.foundation.identity import stamps
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.models import AuditLine
from plein.foundation.rooms import Algorithm, Trainer
from plein.foundation.words import Text

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SAID = Text("Nederlands", "English")
STEWARD = Actor("staff", "1", roles=frozenset({"data-steward"}))
OFFICER = Actor("staff", "2", roles=frozenset({"privacy-officer"}))
OWNER = Actor("staff", "3", roles=frozenset({"guess-owner"}))
OTHER = Actor("staff", "4", roles=frozenset({"analyst"}))
KEY = "help.guess"
GUESS = Algorithm(
    key=KEY,
    title=SAID,
    purpose=SAID,
    decides=SAID,
    method=SAID,
    data=SAID,
    legal_basis="6.1.e",
    human=SAID,
    owner="role:guess-owner",
    risk="minimal",
    risk_reason=SAID,
    objection=SAID,
    fallback=SAID,
)
QUALITY = trained.Quality(on=SAID, n=40, figures=[trained.Measured("accuracy", SAID, 0.8, "share")])
MADE = trained.Trained(content=b"weights", learned_from=SAID, quality=QUALITY)


def proposed(**changes: Any) -> RegisteredAlgorithm:
    return algorithms.propose(replace(GUESS, **changes), by=STEWARD, now=NOW)


def approved(**changes: Any) -> RegisteredAlgorithm:
    return algorithms.approve(proposed(**changes).pk, by=OFFICER, now=NOW)


def test_what_is_not_in_the_register_does_not_run() -> None:
    with pytest.raises(errors.AlgorithmNotRunning, match="not in the register"):
        algorithms.require_algorithm(KEY, NOW)


def test_what_waits_for_approval_does_not_run() -> None:
    proposed()

    with pytest.raises(errors.AlgorithmNotApproved):
        algorithms.require_algorithm(KEY, NOW)


def test_what_is_approved_runs_until_its_last_day() -> None:
    row = approved(review_after_days=30)

    assert algorithms.require_algorithm(KEY, NOW).pk == row.pk
    assert row.ends_on == local_date(NOW + timedelta(days=30))
    with pytest.raises(errors.AlgorithmEnded):
        algorithms.require_algorithm(KEY, NOW + timedelta(days=31))


def test_who_proposes_does_not_approve() -> None:
    both = Actor("staff", "9", roles=frozenset({"data-steward", "privacy-officer"}))
    row = algorithms.propose(GUESS, by=both, now=NOW)

    with pytest.raises(errors.FourEyes):
        algorithms.approve(row.pk, by=both, now=NOW)


@pytest.mark.parametrize("actor", [STEWARD, OWNER, OTHER])
def test_only_the_privacy_officer_approves(actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        algorithms.approve(proposed().pk, by=actor, now=NOW)


def test_a_new_version_replaces_the_one_that_holds() -> None:
    first = approved()

    second = approved(method=Text("Anders", "Otherwise"))

    first.refresh_from_db()
    assert (first.state, second.state, second.version) == ("ended", "active", 2)
    assert algorithms.require_algorithm(KEY, NOW).version == 2


def test_the_one_that_holds_goes_on_while_a_new_version_waits() -> None:
    approved()

    proposed(method=Text("Anders", "Otherwise"))

    assert algorithms.require_algorithm(KEY, NOW).version == 1


@pytest.mark.parametrize("actor", [STEWARD, OFFICER, OWNER])
def test_stopping_takes_effect_at_once(actor: Actor) -> None:
    approved()

    algorithms.stop(KEY, reason="It guesses wrong", by=actor, now=NOW)

    assert not algorithms.is_running(KEY, NOW)
    with pytest.raises(errors.AlgorithmStopped):
        algorithms.require_algorithm(KEY, NOW)


def test_somebody_else_cannot_stop_it() -> None:
    approved()

    with pytest.raises(NotAllowed):
        algorithms.stop(KEY, reason="", by=OTHER, now=NOW)


def test_another_process_hears_of_a_stop_within_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    approved()
    elsewhere = stamps.Kept("somewhere-else", algorithms._load)  # a copy that no commit of this process forgets
    elsewhere.name = algorithms.STAMP
    stamps._changing().clear()  # as a process that changed nothing itself
    ticks = clock.ticks()
    monkeypatch.setattr(clock, "ticks", lambda: ticks)
    assert elsewhere.get().holding[KEY].state == "active"

    algorithms.stop(KEY, reason="", by=OFFICER, now=NOW)
    stamps._changing().clear()

    assert elsewhere.get().holding[KEY].state == "active"  # its copy is younger than two seconds
    ticks += stamps.CHECK_EVERY
    assert elsewhere.get().holding[KEY].state == "stopped"


def test_starting_again_is_for_the_privacy_officer() -> None:
    approved()
    algorithms.stop(KEY, reason="", by=OWNER, now=NOW)

    with pytest.raises(NotAllowed):
        algorithms.start(KEY, by=OWNER, now=NOW)
    algorithms.start(KEY, by=OFFICER, now=NOW)

    assert algorithms.is_running(KEY, NOW)


def test_a_new_version_does_not_switch_on_what_is_off() -> None:
    approved()
    algorithms.stop(KEY, reason="It guesses wrong", by=OFFICER, now=NOW)

    row = approved(method=Text("Anders", "Otherwise"))

    assert (row.state, row.reason) == ("stopped", "It guesses wrong")
    assert not algorithms.is_running(KEY, NOW)


def test_what_is_ended_does_not_run() -> None:
    algorithms.end(approved().pk, reason="No longer needed", by=OFFICER, now=NOW)

    with pytest.raises(errors.AlgorithmEnded):
        algorithms.require_algorithm(KEY, NOW)


def test_a_registration_is_renewed_within_five_years() -> None:
    approved(review_after_days=30)

    row = algorithms.renew(KEY, ends_on=local_date(NOW + timedelta(days=400)), by=OFFICER, now=NOW)

    assert algorithms.is_running(KEY, NOW + timedelta(days=399))
    with pytest.raises(errors.BadEnd):
        algorithms.renew(row.key, ends_on=local_date(NOW + timedelta(days=2000)), by=OFFICER, now=NOW)


@pytest.mark.parametrize("change", ["stop", "start"])
def test_what_does_not_exist_is_not_switched(change: str) -> None:
    more = {"reason": ""} if change == "stop" else {}

    with pytest.raises(NotFound):
        getattr(algorithms, change)("no.such", by=OFFICER, now=NOW, **more)


def test_each_change_leaves_an_audit_line() -> None:
    approved()
    algorithms.stop(KEY, reason="It guesses wrong", by=OWNER, now=NOW)
    algorithms.start(KEY, by=OFFICER, now=NOW)

    lines = AuditLine.objects.filter(subject=f"algorithm:{KEY}").order_by("pk")

    assert [line.action for line in lines] == [
        "algorithms.propose",
        "algorithms.approve",
        "algorithms.stop",
        "algorithms.start",
    ]
    assert lines[2].facts["reason"] == "It guesses wrong"


def test_the_database_allows_one_version_that_holds() -> None:
    row = approved()
    row.pk, row.version = None, 2

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_asking_costs_no_query_once_it_is_known(django_assert_num_queries: Any, monkeypatch: Any) -> None:
    approved()
    stamps._changing().clear()
    algorithms._kept.forget()  # what a commit does
    ticks = clock.ticks()
    monkeypatch.setattr(clock, "ticks", lambda: ticks)
    algorithms.is_running(KEY, NOW)

    with django_assert_num_queries(0):
        assert algorithms.is_running(KEY, NOW)
        assert algorithms.number_in_use(KEY) is None


def test_the_register_follows_the_signs_and_says_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    sign = [("help", GUESS)]
    monkeypatch.setattr(algorithms, "signed", lambda: iter(sign))

    assert algorithms.sync(now=NOW) == 1
    assert algorithms.sync(now=NOW) == 0
    sign[0] = ("help", replace(GUESS, method=Text("Anders", "Otherwise")))
    assert algorithms.sync(now=NOW) == 1

    assert [row.state for row in RegisteredAlgorithm.objects.filter(key=KEY).order_by("version")] == [
        "rejected",
        "proposed",
    ]


def test_what_was_learned_is_kept_with_its_quality_and_put_to_use() -> None:
    approved()

    first = trained.keep(KEY, MADE, by=SYSTEM, now=NOW)
    second = trained.keep(KEY, replace(MADE, content=b"better"), by=SYSTEM, now=NOW)

    assert [(row.number, row.in_use) for row in TrainedVersion.objects.order_by("number")] == [(1, False), (2, True)]
    assert trained.figure(second.quality, "accuracy") == 0.8
    assert trained.InUse(KEY, bytes.decode).get(NOW) == "better"
    trained.use(KEY, first.number, by=OFFICER, now=NOW)
    assert trained.InUse(KEY, bytes.decode).get(NOW) == "weights"


def test_a_trained_version_is_read_once() -> None:
    approved()
    trained.keep(KEY, MADE, by=SYSTEM, now=NOW)
    reads: list[bytes] = []
    in_use = trained.InUse(KEY, lambda content: reads.append(content) or len(reads))

    assert [in_use.get(NOW), in_use.get(NOW)] == [1, 1]
    trained.keep(KEY, MADE, by=SYSTEM, now=NOW)
    assert in_use.get(NOW) == 2


def test_what_is_off_computes_nothing() -> None:
    approved()
    trained.keep(KEY, MADE, by=SYSTEM, now=NOW)
    in_use = trained.InUse(KEY, bytes.decode)
    assert in_use.get(NOW) == "weights"

    algorithms.stop(KEY, reason="", by=OFFICER, now=NOW)

    assert in_use.get(NOW) is None


def test_nothing_is_learned_without_a_registration() -> None:
    proposed()

    with pytest.raises(errors.AlgorithmNotApproved):
        trained.keep(KEY, MADE, by=SYSTEM, now=NOW)


def test_a_version_that_was_never_trained_cannot_be_used() -> None:
    approved()

    with pytest.raises(errors.NotTrained):
        trained.use(KEY, 3, by=OFFICER, now=NOW)


def trainer(made: trained.Trained) -> Trainer:
    return Trainer(name="help", title=SAID, algorithm=KEY, train=lambda *, by, now, told: told("Learning") or made)


def test_training_keeps_a_version_and_tells_what_it_does() -> None:
    approved()
    said: list[str] = []

    row = trained.train(trainer(MADE), by=SYSTEM, now=NOW, told=said.append)

    assert (row.number, row.in_use, said) == (1, True, ["Learning"])


def test_what_does_worse_is_kept_and_not_put_to_use() -> None:
    approved()
    trained.train(trainer(MADE), by=SYSTEM, now=NOW)

    with pytest.raises(errors.WorseThanBefore, match=r"scores 0\.500 .* in use 0\.800"):
        trained.train(trainer(replace(MADE, score=0.5, before=0.8)), by=SYSTEM, now=NOW)

    assert algorithms.number_in_use(KEY) == 1
    assert TrainedVersion.objects.count() == 2
