"""The promised day, from loaded history to the sentence on the page, with the register in between."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from plein.foundation.gate import algorithms, registry, trained
from plein.foundation.gate.errors import AlgorithmNotRunning, NotRegistered, TooLittleToLearn
from plein.foundation.gate.models import ProcessingActivity, RegisteredAlgorithm
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.rooms import Trainer, offers
from plein.service.reports.actions import history as learning
from plein.service.reports.models import Report
from plein.service.reports.queries import promises, promising
from plein.service.reports.sources import history
from plein.service.reports.tests.conftest import filed
from plein.service.reports.tests.test_sources import a_map

NOW = datetime(2026, 7, 20, 9, tzinfo=UTC)  # a Monday
OFFICER = Actor("staff", "2", roles=frozenset({"privacy-officer"}))
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]


@pytest.fixture(autouse=True)
def assen(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promising, "_in_use", trained.InUse(promising.ALGORITHM, promising.fit_from))
    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": "GM0106"}


def register() -> None:
    algorithms.sync(now=NOW)
    row = RegisteredAlgorithm.objects.get(key=promising.ALGORITHM, state="proposed")
    algorithms.approve(row.pk, by=OFFICER, now=NOW)


def trainer() -> Trainer:
    return next(one for one in offers(Trainer) if one.name == "promise")


def lines(count: int) -> list[str]:
    """Reports of containers, solved after one to four working days, in a quarter each; made over ten weeks."""
    made = []
    for number in range(count):
        day = date(2026, 5, 4) + timedelta(weeks=number % 10)  # Mondays
        closed = day + timedelta(days=1 + number % 4)
        head = f"r{number},{day}T06:00:00Z,Afval,afval,Container,container,Centrum,52.99,6.57"
        made.append(f"{head},{day},{closed - timedelta(days=1)},{closed},")
    return made


@pytest.fixture
def loaded(assen: None, data_dir: Path) -> None:
    history.load_map(a_map(data_dir, *lines(400)), gemeente="GM0106", by=SYSTEM, now=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("loaded")
def test_a_day_is_promised_from_history_without_a_query(django_assert_num_queries: Any) -> None:
    register()
    trained.train(trainer(), by=SYSTEM, now=NOW)
    promising.promise_for(main="afval", category="container", at=NOW, now=NOW)

    with django_assert_num_queries(0):
        promise = promising.promise_for(main="afval", category="container", at=NOW, now=NOW)

    assert promise is not None
    assert (promise.p50, promise.p80) == (2, 3)  # a quarter each on day 1 to 4: half by 2, 75% by 3, all by 4
    assert promise.on == date(2026, 7, 23)
    assert (promise.n, promise.by) == (240, "reports.promise:1")  # six of ten weeks lie in summer
    assert promise.sentence.nl == (
        "Meestal lossen we dit binnen 2 werkdagen op. Uiterlijk donderdag 23 juli hoort u van ons."
    )
    assert promise.sentence.en.endswith("You will hear from us by Thursday 23 July at the latest.")


@pytest.mark.usefixtures("loaded")
def test_a_report_that_stays_open_gets_a_later_day() -> None:
    register()
    trained.train(trainer(), by=SYSTEM, now=NOW)

    first = promising.promise_again(main="afval", category="container", at=NOW, now=NOW)
    later = promising.promise_again(main="afval", category="container", at=NOW, now=NOW + timedelta(days=7))

    assert first == date(2026, 7, 23)
    assert later is not None
    assert later >= date(2026, 7, 27)


@pytest.mark.usefixtures("loaded")
def test_nothing_is_learned_without_a_registered_activity_and_algorithm() -> None:
    with pytest.raises(AlgorithmNotRunning):
        trained.train(trainer(), by=SYSTEM, now=NOW)
    active = ProcessingActivity.objects.get(key="reports.learn", state="active")
    registry.end(active.pk, reason="test", by=OFFICER, now=NOW)
    with pytest.raises(NotRegistered):
        learning.train_promise(by=SYSTEM, now=NOW, told=print)


@pytest.mark.usefixtures("loaded")
def test_switched_off_it_promises_nothing() -> None:
    register()
    trained.train(trainer(), by=SYSTEM, now=NOW)
    algorithms.stop(promising.ALGORITHM, reason="test", by=OFFICER, now=NOW)

    assert promising.promise_for(main="afval", category="container", at=NOW, now=NOW) is None


@pytest.mark.usefixtures("loaded")
def test_of_a_subject_that_history_does_not_know_nothing_is_promised() -> None:
    register()
    trained.train(trainer(), by=SYSTEM, now=NOW)

    assert promising.promise_for(main="groen", category="boom", at=NOW, now=NOW) is None


def test_without_history_it_says_what_it_needs() -> None:
    register()

    with pytest.raises(TooLittleToLearn, match="60"):
        trained.train(trainer(), by=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("p50", "start"),
    [(0, "Meestal lossen we dit nog dezelfde dag op."), (1, "Meestal lossen we dit binnen 1 werkdag op.")],
)
def test_few_days_are_said_as_people_say_them(p50: int, start: str) -> None:
    assert promising.said(p50, date(2026, 11, 26)).nl == f"{start} Uiterlijk donderdag 26 november hoort u van ons."


@pytest.mark.real_data
def test_of_the_promises_on_held_back_reports_of_assen_75_to_85_percent_are_kept(shared: Path) -> None:
    path = shared / "data/nuisance/assen_meldingen_2026-05_2026-07.csv.gz"
    history.load_map(path, gemeente="GM0106", by=SYSTEM, now=NOW)
    register()

    row = trained.train(trainer(), by=SYSTEM, now=NOW)

    kept = trained.figure(row.quality, "kept")
    assert kept is not None
    assert 0.75 <= kept <= 0.85
    assert row.quality["n"] > 800
    waste = promising.promise_for(main="afval", category="minicontainer", at=NOW, now=NOW)
    lamps = promising.promise_for(
        main="wegen-verkeer-en-straatmeubilair", category="straatverlichting", at=NOW, now=NOW
    )
    assert waste is not None
    assert lamps is not None
    assert waste.on < lamps.on
    assert len(trained.content_in_use(promising.ALGORITHM) or b"") < 100_000


@pytest.mark.usefixtures("town")
def test_a_report_is_promised_the_day_that_our_own_reports_teach(settings: Any) -> None:
    register()
    for number in range(70):
        at = NOW - timedelta(days=10 + 7 * (number % 8))
        report = filed(at, text=f"Lamp {number} doet het niet", lon=5.271 + number / 1e4).report
        Report.objects.filter(pk=report.pk).update(closed_at=at + timedelta(days=3), ending="solved")
    merged = filed(NOW - timedelta(days=30), text="Nog een lamp, dezelfde").report
    Report.objects.filter(pk=merged.pk).update(
        closed_at=NOW - timedelta(days=1), ending="merged", merged_into=report.pk
    )

    trained.train(trainer(), by=SYSTEM, now=NOW)
    new = filed(NOW, lat=52.565, text="De lamp op de hoek is kapot").report

    assert new.promise_by == "reports.promise:1"
    assert (new.promise_p50, new.promise_p80) == (1, 1)  # made on a Friday, solved on the Monday
    assert new.promise_on == date(2026, 7, 21)
    words = promises.sentence(new)
    assert words is not None
    assert words.nl == "Meestal lossen we dit binnen 1 werkdag op. Uiterlijk dinsdag 21 juli hoort u van ons."


@pytest.mark.usefixtures("town")
def test_the_page_of_a_report_says_the_promise_in_plain_words(client: Client) -> None:
    report = filed(NOW - timedelta(days=1)).report
    Report.objects.filter(pk=report.pk).update(
        promise_on=date(2026, 11, 26), promise_p50=4, promise_by="reports.promise:1"
    )

    page = client.get(f"/meldingen/m/{report.public_key}").content.decode()

    said = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "Meestal lossen we dit binnen 4 werkdagen op. Uiterlijk donderdag 26 november hoort u van ons." in said
