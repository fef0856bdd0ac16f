"""Runs: queued with the caller, done once, tried again, visible."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from plein.foundation import jobs
from plein.foundation.errors import NotFound, Refused
from plein.foundation.jobs import queue, registry
from plein.foundation.jobs.keeping import purge
from plein.foundation.jobs.models import JobRun, Schedule
from plein.foundation.words import Text

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TITLE = Text("Proef", "Trial")
pytestmark = pytest.mark.django_db

did: list[dict] = []


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test see its own jobs only."""
    monkeypatch.setattr(registry, "_jobs", {})
    monkeypatch.setattr(registry, "_standing", {})
    monkeypatch.setattr(registry, "all_jobs", lambda: dict(registry._jobs))
    did.clear()


def make(key: str = "test.note", **options: object) -> jobs.Job:
    def note(*, now: datetime, **arguments: object) -> None:
        did.append(arguments)

    return jobs.job(key, title=TITLE, **options)(note)


def test_a_run_does_its_work_with_its_arguments_and_says_how_long_it_took() -> None:
    run = jobs.enqueue(make(), now=NOW, street="Dam")

    assert jobs.run_due(NOW) == 1
    run.refresh_from_db()
    assert did == [{"street": "Dam"}]
    assert (run.outcome, run.attempts, run.duration) == ("done", 1, timedelta(0))


def test_a_run_queued_in_a_transaction_that_fails_was_never_queued() -> None:
    job = make()

    @transaction.atomic
    def queue_and_fail() -> None:
        jobs.enqueue(job, now=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        queue_and_fail()
    assert jobs.run_due(NOW) == 0


def test_a_run_for_later_waits_for_its_moment() -> None:
    jobs.enqueue(make(), now=NOW, run_at=NOW + timedelta(hours=1))

    assert jobs.run_due(NOW) == 0
    assert jobs.run_due(NOW + timedelta(hours=1)) == 1


def test_with_a_key_one_run_waits_and_it_comes_at_the_earliest_moment_asked() -> None:
    job = make()
    jobs.enqueue(job, key="seal", now=NOW, run_at=NOW + timedelta(hours=1))

    assert jobs.enqueue(job, key="seal", now=NOW) is None
    assert jobs.run_due(NOW) == 1
    assert len(did) == 1


def test_a_run_with_a_key_waits_while_one_with_that_key_is_being_done() -> None:
    job = make()
    jobs.enqueue(job, key="seal", now=NOW)
    first = queue.take(worker="a", now=NOW)
    jobs.enqueue(job, key="seal", now=NOW)

    assert first
    assert queue.take(worker="b", now=NOW) is None


def test_work_that_fails_is_tried_again_later_and_ends_dead_and_visible() -> None:
    def fail(*, now: datetime) -> None:
        raise ValueError("the tap is dry")

    run = jobs.enqueue(jobs.job("test.fail", title=TITLE, retries=1)(fail), now=NOW)

    jobs.run_due(NOW)
    run.refresh_from_db()
    assert run.outcome == "waiting"
    assert NOW + timedelta(seconds=5) <= run.run_at <= NOW + timedelta(seconds=10)
    jobs.run_due(NOW + timedelta(seconds=10))
    run.refresh_from_db()
    assert (run.outcome, run.attempts) == ("dead", 2)
    assert "the tap is dry" in run.error


def test_a_refusal_is_kept_in_words_and_not_tried_again() -> None:
    def refuse(*, now: datetime) -> None:
        raise NotFound(what="bucket")

    run = jobs.enqueue(jobs.job("test.refuse", title=TITLE)(refuse), now=NOW)

    jobs.run_due(NOW)
    run.refresh_from_db()
    assert run.outcome == "refused"
    assert run.error.startswith("bucket does not exist")


def test_a_dead_run_can_be_done_again() -> None:
    run = jobs.enqueue("test.unknown", now=NOW)
    jobs.run_due(NOW)
    run.refresh_from_db()
    assert run.outcome == "dead"

    make("test.unknown")
    jobs.retry(run.pk, now=NOW)
    jobs.run_due(NOW)

    run.refresh_from_db()
    assert run.outcome == "done"
    with pytest.raises(Refused):
        jobs.retry(run.pk, now=NOW)


def test_a_missed_schedule_runs_once() -> None:
    make("test.hourly", every=timedelta(hours=1))
    jobs.run_due(NOW)

    assert jobs.run_due(NOW + timedelta(hours=30)) == 1
    assert jobs.run_due(NOW + timedelta(hours=30)) == 0
    assert Schedule.objects.get().next_at == NOW + timedelta(hours=31)


def test_a_schedule_that_the_code_changed_follows_the_code() -> None:
    make("test.beat", every=timedelta(hours=1))
    jobs.run_due(NOW)
    registry.forget("test.beat")
    make("test.beat", at="03:00")

    queue.plan(NOW)

    assert Schedule.objects.get().next_at == datetime(2026, 11, 23, 2, tzinfo=UTC)


def test_two_functions_cannot_be_the_same_job() -> None:
    make()

    with pytest.raises(ValueError, match="Two functions"):
        jobs.job("test.note", title=TITLE)(purge.function)


def test_a_run_is_taken_once() -> None:
    jobs.enqueue(make(), now=NOW)

    taken = [queue.take(worker=name, now=NOW) for name in "abc"]

    assert [run is not None for run in taken] == [True, False, False]


def test_a_run_left_behind_is_taken_up_when_its_lease_ends_and_the_old_worker_counts_no_more() -> None:
    jobs.enqueue(make(), now=NOW)
    lost = queue.take(worker="a", now=NOW)
    later = NOW + timedelta(minutes=2)

    assert queue.release_lost(NOW + timedelta(seconds=30)) == 0
    assert queue.release_lost(later) == 1
    assert not queue.hold(lost, now=later)
    assert queue.take(worker="b", now=later + timedelta(seconds=10)).attempts == 2


def test_a_whole_job_that_lost_its_lease_leaves_nothing_behind() -> None:
    def steal(*, now: datetime) -> None:
        Schedule.objects.create(job="test.trace", rhythm="x", next_at=now)
        JobRun.objects.update(worker="somebody else")

    jobs.enqueue(jobs.job("test.steal", title=TITLE, whole=True)(steal), now=NOW)

    jobs.run_due(NOW)

    assert not Schedule.objects.filter(job="test.trace").exists()


def test_a_job_that_asks_for_it_tells_its_progress() -> None:
    def walk(*, now: datetime, progress: object) -> None:
        progress(3, 12)

    run = jobs.enqueue(jobs.job("test.walk", title=TITLE)(walk), now=NOW)

    jobs.run_due(NOW)

    run.refresh_from_db()
    assert run.progress == "3/12"


def test_history_is_kept_a_month_and_failures_half_a_year() -> None:
    ended = [("done", 31), ("done", 29), ("dead", 179), ("dead", 181)]
    JobRun.objects.bulk_create(
        JobRun(job="test.old", queued_at=NOW, run_at=NOW, outcome=outcome, ended_at=NOW - timedelta(days=days))
        for outcome, days in ended
    )

    assert purge(now=NOW) == 2
    assert sorted(JobRun.objects.values_list("outcome", flat=True)) == ["dead", "done"]


def test_looking_for_work_costs_one_query_when_there_is_none(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):
        assert queue.take(worker="a", now=NOW) is None
