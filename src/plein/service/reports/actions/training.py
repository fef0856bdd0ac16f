"""`plein train reports`: the suggestion of a category learns from the categories' own words and from past reports."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import yaml
from django.db import transaction
from django.db.models import Q

from plein.foundation.gate.errors import TooLittleToLearn
from plein.foundation.gate.log import Subjects
from plein.foundation.gate.models import TrainedVersion
from plein.foundation.gate.records import note_use
from plein.foundation.gate.registry import require_activity
from plein.foundation.gate.trained import Measured, Quality, Trained, figure
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.demo import is_demo_town
from plein.foundation.words import Text
from plein.service.reports.actions.categories import SETS
from plein.service.reports.models import Category, Report
from plein.service.reports.queries.categories import categories, set_in_use
from plein.service.reports.queries.suggesting import ALGORITHM

if TYPE_CHECKING:
    from plein.service.reports.rules.learning import Example, Judged, Lesson

ACTIVITY = "reports.train"
FEWEST = 20  # texts
PAIRS = 30  # of what something is and what is wrong with it, per category and language
LANGUAGES = ("nl", "en")
MOST = 20_000  # reports, the newest
CONFIRMING = ("solved", "not-ours", "no-fault", "known-planned", "will-not")
TOO_FEW = 5  # held-back texts of a category, under which nothing is said of it


def train(*, by: Actor, now: datetime, told: Callable[[str], None]) -> Trained:
    """Learn from the descriptions and sentences of the categories in use, and from reports that people closed.

    Raises TooLittleToLearn, and NotRegistered when `reports.train` is not in the register of activities.
    """
    from plein.service.reports.rules.learning import teach

    require_activity(ACTIVITY, now)
    known = known_examples(categories(), set_in_use())
    reports = past_examples(by=by, now=now)
    if len(known) + len(reports) < FEWEST:
        raise TooLittleToLearn(examples=len(known) + len(reports), needed=FEWEST)
    lesson = teach(known, reports, told=told)
    return Trained(
        content=lesson.suggester.to_bytes(),
        learned_from=_learned_from(lesson),
        quality=quality_of(lesson, titles={category.slug: category.title for category in categories()}),
        score=lesson.judged.macro_f1,
        before=_score_in_use(),
    )


def _score_in_use() -> float | None:
    """Give what the version in use scored on what was held back from it."""
    row = TrainedVersion.objects.filter(algorithm=ALGORITHM, in_use=True).defer("content").first()
    return figure(row.quality, "macro_f1") if row else None


def known_examples(rows: list[Category], set_key: str) -> "list[Example]":
    """Give what comes with the categories: titles and descriptions, sentences, and words that go together."""
    from plein.service.reports.rules.learning import Example

    words = _words(set_key)
    found = []
    for row in rows:
        for language in LANGUAGES:
            title, about = row.title.said(language), row.description.said(language)
            sentences = row.examples.get(language, ())
            if language == "en" and not (row.title_en or row.description_en or sentences):
                continue
            texts = [f"{title}. {about}", *_pairs(words.get(row.slug, {}).get(language, {}), seed=row.slug)]
            found += [Example(text, row.slug, language) for text in texts]
            found += [Example(text, row.slug, language, is_sentence=True) for text in sentences]
    return found


def _words(set_key: str) -> dict[str, Any]:
    """Read the words that come with a set of categories; most sets have none."""
    path = SETS / f"{set_key}.words.yaml"
    told: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    return told


def _pairs(told: dict[str, list[str]], *, seed: str) -> list[str]:
    """Put what something is together with what is wrong with it: a sample of the pairs, the same each time."""
    pairs = [f"{what} {wrong}" for what in told.get("what", ()) for wrong in told.get("wrong", ())]
    chance = random.Random(seed)  # noqa: S311 (a sample, no secret)
    return chance.sample(pairs, min(PAIRS, len(pairs)))


@transaction.atomic
def past_examples(*, by: Actor, now: datetime) -> "list[Example]":
    """Give the texts of closed reports as others may read them, with the kind that people confirmed, oldest first.

    Confirmed is a kind that the reporter or staff chose and somebody acted on. What the suggestion itself filled in
    counts only when the team solved it as such; else it would learn from itself.
    """
    from plein.service.reports.rules.learning import Example

    rows = (
        Report.objects.filter(closed_at__isnull=False, ending__in=CONFIRMING, is_hidden=False, merged_into=None)
        .filter(category__set_key=set_in_use())
        .exclude(public_text="")
        .filter(Q(ending="solved") | ~Q(chosen_by="suggestion"))
        .order_by("-reported_at")
        .values_list("zaak_id", "public_text", "category__slug", "language")[:MOST]
    )
    found = list(rows)
    if found:
        note_use(
            ACTIVITY,
            subjects=[Subjects("case", [str(zaak) for zaak, *_ in found])],
            fields=("text", "category"),
            by=by,
            now=now,
        )
    return [Example(text, slug, language) for _, text, slug, language in reversed(found)]


def _learned_from(lesson: "Lesson") -> Text:
    sentences, reports = lesson.learned - lesson.from_reports, lesson.from_reports
    return Text(
        f"{reports} afgehandelde meldingen, en {sentences} omschrijvingen en voorbeeldzinnen.",
        f"{reports} closed reports, and {sentences} descriptions and example sentences.",
    )


def quality_of(lesson: "Lesson", *, titles: dict[str, Text]) -> Quality:
    """Write down how well it does on what was held back."""
    judged = lesson.judged
    return Quality(
        on=_held_back_on(lesson),
        n=judged.n,
        figures=[*_figures(judged), *_english(lesson)],
        part=Text("Soort melding", "Kind of report"),
        columns=(
            (Text("Apart gehouden", "Held back"), "count"),
            (Text("Goed voorgesteld", "Suggested right"), "share"),
        ),
        rows=[
            (titles.get(slug, Text(slug, slug)), _row(judged, slug))
            for slug in sorted(judged.categories, key=lambda slug: titles.get(slug, Text(slug, slug)).nl)
        ],
    )


def _row(judged: "Judged", slug: str) -> list[float | None]:
    there, _, found = judged.of(slug)
    return [float(there), found if there >= TOO_FEW else None]


def _held_back_on(lesson: "Lesson") -> Text:
    if lesson.without_reports:
        return Text(
            "Gemeten met voorbeeldzinnen waarvan het niet had geleerd; er zijn nog te weinig meldingen.",
            "Measured with example sentences that it had not learned from; there are too few reports yet.",
        )
    if is_demo_town():
        return Text(
            "Gemeten met de nieuwste meldingen van een verzonnen stad. Die lijken op elkaar, dus dit zegt niets over "
            "echte meldingen.",
            "Measured with the newest reports of an invented town. They are alike, so this says nothing about real "
            "reports.",
        )
    return Text(
        "Gemeten met de nieuwste meldingen, waarvan het niet had geleerd.",
        "Measured with the newest reports, which it had not learned from.",
    )


def _figures(judged: "Judged") -> list[Measured]:
    return [
        Measured(
            "accuracy",
            Text("Eerste voorstel goed", "First suggestion right"),
            judged.accuracy,
            "share",
            Text("Van alle meldingen.", "Of all reports."),
        ),
        Measured(
            "among_three",
            Text("Goed bij de eerste drie", "Right among the first three"),
            judged.among_three,
            "share",
            Text("De melder ziet drie voorstellen.", "The reporter sees three suggestions."),
        ),
        Measured(
            "left",
            Text("Overgelaten aan mensen", "Left to people"),
            judged.left,
            "share",
            Text("Te onzeker om alvast in te vullen.", "Too uncertain to fill in beforehand."),
        ),
        Measured(
            "sure_accuracy",
            Text("Goed als het zeker is", "Right when it is certain"),
            judged.sure_accuracy,
            "share",
            Text("Van wat alvast wordt ingevuld.", "Of what is filled in beforehand."),
        ),
        Measured(
            "macro_f1",
            Text("Gemiddelde per soort (macro-F1)", "Mean per kind (macro F1)"),
            judged.macro_f1,
            "number",
            Text("1 is alles goed; zeldzame soorten tellen even zwaar.", "1 is all right; rare kinds count as much."),
        ),
        Measured(
            "ece",
            Text("Fout in de zekerheid (ECE)", "Error of the certainty (ECE)"),
            judged.ece,
            "share",
            Text("Zo ver ligt de genoemde zekerheid naast de werkelijkheid.", "How far its certainty is off."),
        ),
    ]


def _english(lesson: "Lesson") -> list[Measured]:
    judged = lesson.english
    if judged is None:
        return []
    title = Text("Eerste voorstel goed, in het Engels", "First suggestion right, in English")
    means = Text(f"Van {judged.n} Engelse zinnen.", f"Of {judged.n} English sentences.")
    return [Measured("accuracy_en", title, judged.accuracy, "share", means)]
