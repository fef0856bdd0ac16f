"""How well the suggestion of a category does on real reports, split by time, beside plain TF-IDF with a regression.

Reads `PLEIN_BENCH_DATA` or `../shared/data`: reports of Konstanz with their text (in German: no free Dutch texts
exist), and five Dutch examples by the makers of Amsterdam's system. The plain one needs scikit-learn, which only
developers have.
"""

import csv
import gzip
import json
import os
import platform
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from plein.site.benches import Figure, leave_out

LEARNED = 0.8  # of the reports, the oldest
CALIBRATED = 0.65  # calibrated on those between this and LEARNED
KONSTANZ, AMSTERDAM = "konstanz_maengelmelder_de.csv.gz", "amsterdam_voorbeeldmeldingen_nl.json"
LEVELS = {"main_category": "6 kinds", "sub_category": "23 kinds"}
# What the five examples of Amsterdam are called in the categories of the demo town.
ALIKE = {
    "Zwerfvuil": {"afval-naast", "zwerfvuil", "container-stuk", "afvalbak-vol"},
    "Straatverlichting": {"lamp-uit", "lamp-gevaar"},
    "Groenvoorziening": {"boom-gevaar", "boom-snoeien", "onkruid", "plantsoen", "bladeren"},
    "Dieren": {"dood-dier", "ratten", "hondenpoep"},
    "Verkeer en parkeren": {"parkeren-fout", "fiets-wrak", "bord-stuk", "stoplicht-stoort"},
}


def _folder() -> Path:
    beside = Path(__file__).resolve().parents[5] / "shared" / "data"
    return Path(os.environ.get("PLEIN_BENCH_DATA") or beside) / "nuisance"


def run(folder: Path) -> list[Figure]:
    """Measure quality, size and speed."""
    data = _folder()
    if not (data / KONSTANZ).exists():
        leave_out("the suggestion on real reports", f"{data / KONSTANZ} is not there")
        return []
    figures = []
    for column, kinds in LEVELS.items():
        figures += _konstanz(_reports(data / KONSTANZ, column), kinds)
    return [*figures, *_own_sentences(data / AMSTERDAM)]


def _reports(path: Path, column: str) -> list[Any]:
    from plein.service.reports.rules.learning import Example

    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["reported_at"])
    return [Example(row["text"], row[column], "de") for row in rows if row[column]]


def _konstanz(reports: Sequence[Any], kinds: str) -> list[Figure]:
    from plein.service.reports.rules import learning

    calibrating, newest = int(len(reports) * CALIBRATED), int(len(reports) * LEARNED)
    told = (
        f"Konstanz, {kinds}, learned from the {newest:,} oldest, the {len(reports) - newest} newest judge; {_machine()}"
    )
    _, found = learning.learn_and_calibrate(reports[:calibrating], reports[calibrating:newest])
    started = time.process_time()
    made = learning.learn(reports[:newest])
    learned_s = time.process_time() - started
    made = learning.calibrated(made, found)
    judged = learning.judge(made, reports[newest:])
    figures = [
        *_quality("ours", judged, told),
        Figure(f"{kinds}: ours, size", len(made.to_bytes()) / 1e6, "MB", "lower", told),
        Figure(f"{kinds}: ours, learning", learned_s, "s CPU", "lower", told),
        Figure(f"{kinds}: ours, one suggestion, median", _speed(made, reports[newest:]), "ms CPU", "lower", told),
    ]
    return [*figures, *_plain(reports, newest, told)]


def _quality(who: str, judged: Any, told: str) -> list[Figure]:
    kinds = told.split(", ")[1]
    rows = [
        ("macro F1", judged.macro_f1, "", "higher"),
        ("accuracy", judged.accuracy, "", "higher"),
        ("right among three", judged.among_three, "", "higher"),
        ("calibration error (ECE, 15 bins)", judged.ece, "", "lower"),
        ("left to people", judged.left, "", "lower"),
        ("right when certain", judged.sure_accuracy, "", "higher"),
    ]
    return [Figure(f"{kinds}: {who}, {name}", value, unit, better, told) for name, value, unit, better in rows]


def _speed(made: Any, reports: Sequence[Any]) -> float:
    times = []
    for report in reports[:200]:
        started = time.process_time()
        made.suggest(report.text)
        times.append(time.process_time() - started)
    return statistics.median(times) * 1_000


def _plain(reports: Sequence[Any], newest: int, told: str) -> list[Figure]:
    """Judge plain TF-IDF with logistic regression, all at the defaults of scikit-learn, on the same split."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
    except ImportError:
        leave_out("plain TF-IDF with logistic regression", "scikit-learn is not installed")
        return []
    import numpy as np

    from plein.service.reports.rules.learning import SURE, Judged

    plain = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1_000))
    plain.fit([report.text for report in reports[:newest]], [report.category for report in reports[:newest]])
    categories = [str(name) for name in plain.classes_]
    shares = plain.predict_proba([report.text for report in reports[newest:]]).astype(np.float32)
    places = {name: place for place, name in enumerate(categories)}
    wanted = np.array([places.get(report.category, -1) for report in reports[newest:]])
    # It knows no threshold; taking its certainty at its word is what it can do.
    judged = Judged(categories, shares, wanted, shares.max(axis=1) >= SURE)
    return _quality("plain TF-IDF with logistic regression", judged, told)


def _own_sentences(path: Path) -> list[Figure]:
    """Judge on the sentences of the demo town, and on the few Dutch examples that somebody else wrote."""
    from plein.service.reports.actions import training
    from plein.service.reports.actions.categories import set_from_file
    from plein.service.reports.models import Category
    from plein.service.reports.rules.learning import teach

    told = set_from_file("pleinstad")
    rows = [
        Category(
            slug=one["slug"],
            title_nl=one["nl"],
            title_en=one["en"],
            description_nl=one["about"]["nl"],
            description_en=one["about"]["en"],
            examples=one["examples"],
        )
        for one in told["categories"]
    ]
    lesson = teach(training.known_examples(rows, "pleinstad"), [], told=lambda said: None)
    judged = lesson.judged
    conditions = f"demo town, {len(rows)} kinds, {judged.n} invented sentences held back, no reports yet; {_machine()}"
    figures = _quality("ours", judged, f"demo, {len(rows)} kinds in Dutch and English, {conditions}")
    if lesson.english is not None:
        name = f"{len(rows)} kinds in Dutch and English: ours, accuracy on English"
        figures.append(
            Figure(name, lesson.english.accuracy, "", "higher", f"{lesson.english.n} sentences; {conditions}")
        )
    if path.exists():
        cases = json.loads(path.read_text(encoding="utf-8"))["test_cases"]
        right = sum(lesson.suggester.suggest(case["text"])[0].category in ALIKE[case["expected"]] for case in cases)
        said = f"{len(cases)} Dutch examples by the makers of Amsterdam's system, too few to say much; {_machine()}"
        figures.append(Figure("Amsterdam's examples right", right, f"of {len(cases)}", "higher", said))
    return figures


def _machine() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores"
