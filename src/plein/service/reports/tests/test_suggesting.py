"""The suggestion of a category in the demo town: trained, approved, switched off, and measured."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from plein.foundation.clock import now
from plein.foundation.errors import Refused
from plein.foundation.gate import algorithms, intake, registry, trained
from plein.foundation.gate.errors import AlgorithmNotApproved, NotApproved, TooLittleToLearn
from plein.foundation.gate.log import code_of
from plein.foundation.gate.models import LogRecord, ProcessingActivity, RegisteredAlgorithm, TrainedVersion
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.rooms import Trainer, offers
from plein.service.reports.actions import training
from plein.service.reports.actions.categories import load_set, set_from_file
from plein.service.reports.models import Category, Report
from plein.service.reports.queries import suggesting
from plein.service.reports.queries.suggesting import ALGORITHM, suggest
from plein.service.reports.rules import learning
from plein.service.reports.tests.conftest import NOW, filed

pytestmark = pytest.mark.django_db
OFFICER = Actor("staff", "2", roles=frozenset({"privacy-officer"}))
FEW = ("lamp-uit", "boom-gevaar", "dood-dier", "put-verstopt")


def trainer() -> Trainer:
    return next(one for one in offers(Trainer) if one.name == "reports")


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Learn in few rounds from few words, so that each test takes a second; what is learned is real."""
    monkeypatch.setattr(learning, "FOLDS", 2)
    monkeypatch.setattr(learning.learn, "__kwdefaults__", {"rounds": 5, "seed": 1})
    monkeypatch.setattr(training, "PAIRS", 8)
    suggesting._in_use._kept = None
    yield
    suggesting._in_use._kept = None


@pytest.fixture
def categories() -> None:
    load_set(set_from_file("pleinstad"), by=SYSTEM, now=now())
    Category.objects.exclude(slug__in=FEW).update(is_active=False)


@pytest.fixture
def approved(categories: None) -> None:
    algorithms.approve(RegisteredAlgorithm.objects.get(key=ALGORITHM).pk, by=OFFICER, now=now())
    activity = ProcessingActivity.objects.get(key=training.ACTIVITY, state="proposed")
    registry.approve(activity.pk, by=OFFICER, now=now())


@pytest.fixture
def learned(approved: None) -> TrainedVersion:
    return trained.train(trainer(), by=SYSTEM, now=now())


def test_nothing_is_learned_before_it_is_registered(categories: None) -> None:
    with pytest.raises(AlgorithmNotApproved):
        trained.train(trainer(), by=SYSTEM, now=now())


def test_nothing_is_learned_without_the_processing_activity(approved: None) -> None:
    row = ProcessingActivity.objects.get(key=training.ACTIVITY, state="active")
    ProcessingActivity.objects.filter(pk=row.pk).update(state="proposed", decided_at=None)
    registry._kept.forget()

    with pytest.raises(NotApproved):
        trained.train(trainer(), by=SYSTEM, now=now())


def test_before_it_is_trained_a_person_chooses(approved: None) -> None:
    assert suggest("de lantaarnpaal brandt niet", language="nl", now=now()) == []


@pytest.mark.parametrize(
    ("text", "language", "category"),
    [
        ("De lantaarnpaal voor mijn huis brandt al dagen niet meer", "nl", "lamp-uit"),
        ("Er ligt een dikke tak op het fietspad na de storm", "nl", "boom-gevaar"),
        ("There is a dead cat lying in the road", "en", "dood-dier"),
        ("The street drain is blocked and the water does not run away", "en", "put-verstopt"),
    ],
)
def test_dutch_and_english_are_understood(learned: TrainedVersion, text: str, language: str, category: str) -> None:
    found = suggest(text, language=language, now=now())

    assert found[0].category == category
    assert len(found) <= suggesting.MOST


def test_switching_it_off_leaves_the_choice_to_people(learned: TrainedVersion) -> None:
    algorithms.stop(ALGORITHM, reason="Even kijken", by=OFFICER, now=now())

    assert suggest("lamp kapot", language="nl", now=now()) == []


def test_a_category_that_is_no_longer_used_is_not_suggested(learned: TrainedVersion) -> None:
    Category.objects.filter(slug="lamp-uit").update(is_active=False)
    from plein.service.reports.queries.categories import _kept

    _kept.forget()

    found = suggest("de lantaarnpaal brandt niet", language="nl", now=now())

    assert "lamp-uit" not in {one.category for one in found}
    assert found


def test_the_quality_says_how_well_each_kind_does(learned: TrainedVersion) -> None:
    quality = learned.quality

    assert quality["n"] > 0
    assert {figure["key"] for figure in quality["figures"]} >= {"accuracy", "left", "macro_f1", "ece", "accuracy_en"}
    assert len(quality["rows"]) == len(FEW)
    assert sum(row["values"][0] for row in quality["rows"]) == quality["n"]


def test_a_suggestion_costs_no_query(learned: TrainedVersion, django_assert_num_queries: Any) -> None:
    from plein.foundation.identity import stamps

    at = now()
    stamps._changing().clear()
    suggest("lamp", language="nl", now=at)

    with django_assert_num_queries(0):
        suggest("de lantaarnpaal brandt niet", language="nl", now=at)


def test_too_few_examples_are_refused(approved: None) -> None:
    Category.objects.all().update(is_active=False)
    from plein.service.reports.queries.categories import _kept

    _kept.forget()

    with pytest.raises(TooLittleToLearn) as refused:
        trained.train(trainer(), by=SYSTEM, now=now())
    assert isinstance(refused.value, Refused)
    assert TrainedVersion.objects.count() == 0


def test_every_category_of_the_demo_town_has_words_to_learn_from() -> None:
    slugs = {one["slug"] for one in set_from_file("pleinstad")["categories"]}
    words = training._words("pleinstad")

    assert set(words) == slugs
    assert all(len(told[language]["what"]) > 3 for told in words.values() for language in ("nl", "en"))


def test_weights_are_small_enough_for_every_process(learned: TrainedVersion) -> None:
    assert learned.size < 15_000_000
    assert json.dumps(learned.quality)


def closed(text: str, *, category: str = "lamp-uit", ending: str = "solved", days: int = 10, **values: Any) -> Report:
    """File a report and close it as a team would."""
    at = NOW - timedelta(days=days)
    report = filed(at, text=text, category=category, **values).report
    Report.objects.filter(pk=report.pk).update(closed_at=at + timedelta(days=2), ending=ending)
    return report


def past() -> list[learning.Example]:
    return training.past_examples(by=SYSTEM, now=NOW)


@pytest.mark.usefixtures("town")
def test_it_learns_from_closed_reports_oldest_first_without_names() -> None:
    closed("Nieuwe lamp van mevrouw Bakker brandt niet", days=3)
    closed("Boom ligt om op het pad", category="boom-gevaar", days=9, danger_seen=True)
    filed(text="Deze is nog open en staat nergens anders")

    found = past()

    assert [(one.text, one.category) for one in found] == [
        ("Boom ligt om op het pad", "boom-gevaar"),
        ("Nieuwe lamp van mevrouw [naam] brandt niet", "lamp-uit"),
    ]


@pytest.mark.usefixtures("town")
def test_what_only_the_suggestion_chose_teaches_nothing_until_it_is_solved() -> None:
    closed("Zij vonden hier niets van", ending="no-fault", chosen_by="suggestion")
    closed("Ingetrokken door de melder zelf", ending="withdrawn")
    closed("Deze hebben wij gemaakt", chosen_by="suggestion", days=4)

    assert [one.text for one in past()] == ["Deze hebben wij gemaakt"]


@pytest.mark.usefixtures("town")
def test_reading_texts_to_learn_from_is_logged_per_case() -> None:
    report = closed("Lantaarnpaal doet het niet meer")

    past()
    intake.chain_all()

    line = LogRecord.objects.get(activity__endswith=training.ACTIVITY)
    assert line.subject_id == code_of("case", str(report.zaak_id))


def test_what_invented_reports_say_is_called_invented() -> None:
    few = [learning.Example(f"lamp {n} brandt niet", "lamp-uit", is_sentence=True) for n in range(5)]
    few += [learning.Example(f"boom {n} ligt om", "boom-gevaar", is_sentence=True) for n in range(5)]
    lesson = learning.teach(few, [*few] * 20, told=lambda said: None)

    assert "an invented town" in training.quality_of(lesson, titles={}).on.en
