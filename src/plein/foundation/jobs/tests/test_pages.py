"""The page with jobs: for administrators, complete, and at a fixed price."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.jobs.models import JobRun, Schedule
from plein.foundation.jobs.registry import Job
from plein.foundation.jobs.schedules import Rhythm
from plein.foundation.jobs.views import _said
from plein.foundation.words import Text

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    """Log an administrator in."""
    client.force_login(create_staff("anna", roles=["administrator"], demo=True, by=SYSTEM, now=NOW))
    return client


def ran(outcome: str, **facts: object) -> JobRun:
    times = {"queued_at": NOW, "run_at": NOW, "started_at": NOW, "ended_at": NOW + timedelta(seconds=2.5)}
    return JobRun.objects.create(job="jobs.purge", outcome=outcome, attempts=1, **times, **facts)


def test_each_run_shows_how_it_went_and_how_long_it_took(administrator: Client) -> None:
    ran("done")
    Schedule.objects.create(job="jobs.purge", rhythm="at 02:15", next_at=NOW)

    page = administrator.get("/werk/taken/").content.decode()

    assert "Oude taken opruimen" in page
    assert "2,5" in page
    assert "elke dag om 02:15" in page


def test_the_list_can_be_narrowed_to_what_failed(administrator: Client) -> None:
    dead, done = ran("dead"), ran("done")

    page = administrator.get("/werk/taken/?outcome=dead").content.decode()

    assert f"/werk/taken/{dead.pk}/" in page
    assert f"/werk/taken/{done.pk}/" not in page


def test_a_dead_job_is_done_again_from_its_own_page(administrator: Client) -> None:
    run = ran("dead", error="ValueError: the tap is dry")
    assert "the tap is dry" in administrator.get(f"/werk/taken/{run.pk}/").content.decode()

    administrator.post(f"/werk/taken/{run.pk}/opnieuw/")

    run.refresh_from_db()
    assert run.outcome == "waiting"


def test_the_list_costs_the_same_however_long_it_is(
    administrator: Client, django_assert_max_num_queries: object
) -> None:
    for _ in range(40):
        ran("done")

    with django_assert_max_num_queries(12):
        administrator.get("/werk/taken/")


def test_only_administrators_come_here(client: Client) -> None:
    client.force_login(create_staff("bert", roles=["analyst"], by=SYSTEM, now=NOW))
    assert client.get("/werk/taken/").status_code == 403


def test_a_rhythm_is_said_as_people_say_it() -> None:
    def said(every: timedelta) -> str:
        return _said(Job("trial", Text("Proef", "Trial"), lambda: None, Rhythm(every=every)))

    with override("nl"):
        told = [said(timedelta(minutes=n)) for n in (1, 10, 60, 120)] + [said(timedelta(seconds=30))]

    assert told == ["elke minuut", "elke 10 minuten", "elk uur", "elke 2 uur", "elke 30 seconden"]


def test_runs_of_one_job_are_told_apart_by_what_they_were_asked(administrator: Client) -> None:
    ran("done", arguments={"key": "sensing.stations"})

    page = administrator.get("/werk/taken/").content.decode()

    assert "sensing.stations" in page
    assert "Voortgang" not in page  # nothing tells of progress, so the column is left out
