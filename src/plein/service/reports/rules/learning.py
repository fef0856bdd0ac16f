"""Learn to suggest categories from texts of which the category is known, and measure how well that goes.

Multinomial logistic regression on hashed words, pairs of words and parts of words, with numpy alone, so that a plain
installation can train. It is never imported by a web process.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plein.service.reports.rules.suggesting import OVERALL, Array, Suggester, features_of, softmax, weighed

ROUNDS = 10
BATCH = 128
STEP = 0.5
DECAY = 1e-6  # how strongly weights are drawn to nothing
LARGEST = 12_000_000  # bytes of weights
SURE = 0.85  # of what is filled in beforehand, at least this share is to be right
FEWEST = 30  # examples of a language before it gets a threshold of its own
BINS = 15
FOLDS = 3
LEVEL = 0.7  # 1 would count each category alike however rare it is, 0 each text alike; tried on Konstanz's newest
FEWEST_TEXTS = 200  # reports with a time, under which the sentences that come with the categories judge
CALIBRATED_ON, JUDGED_ON = 0.15, 0.15  # of the reports, the newest last
TEMPERATURES = np.geomspace(0.2, 5, 60)


@dataclass(frozen=True, slots=True)
class Example:
    """A text of which the category is known. is_sentence: as somebody would write it, so fit to measure with."""

    text: str
    category: str
    language: str = "nl"
    is_sentence: bool = False


@dataclass(frozen=True)
class _Rows:
    """Texts as sparse rows: the features of row i are columns[starts[i]:starts[i + 1]], with values alike."""

    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Array

    def dense(self, chosen: NDArray[np.int64]) -> tuple[NDArray[np.int64], Array]:
        """Give some rows as a dense block over the features that they have."""
        parts = [slice(self.starts[i], self.starts[i + 1]) for i in chosen]
        columns = np.concatenate([self.columns[part] for part in parts])
        used, places = np.unique(columns, return_inverse=True)
        block = np.zeros((len(chosen), len(used)), np.float32)
        lengths = [part.stop - part.start for part in parts]
        block[np.repeat(np.arange(len(chosen)), lengths), places] = np.concatenate([self.values[p] for p in parts])
        return used, block


def _vocabulary(counted: Sequence[tuple[Counter[int], Counter[int]]]) -> tuple[NDArray[np.uint32], Array]:
    """Find the features that two texts share, with how telling each is."""
    seen: Counter[int] = Counter()
    for whole, parts in counted:
        seen.update(whole.keys())
        seen.update(parts.keys())
    kept = sorted(feature for feature, times in seen.items() if times > 1)
    hashes = np.array(kept, np.uint32)
    often = np.array([seen[feature] for feature in kept], np.float32)
    return hashes, np.log((1 + len(counted)) / (1 + often)) + 1


def _rows(counted: Sequence[tuple[Counter[int], Counter[int]]], hashes: NDArray[np.uint32], idf: Array) -> _Rows:
    starts, columns, values = [0], [], []
    for both in counted:
        for counts in both:
            found, weights = weighed(counts, hashes, idf)
            columns.append(found)
            values.append(weights)
        starts.append(starts[-1] + len(columns[-1]) + len(columns[-2]))
    return _Rows(np.array(starts), np.concatenate(columns), np.concatenate(values))


def learn(examples: Sequence[Example], *, rounds: int = ROUNDS, seed: int = 1) -> Suggester:
    """Learn weights from examples; certainty is not calibrated yet.

    Needs examples of two categories at least; the same examples give the same weights.
    """
    categories = sorted({example.category for example in examples})
    counted = [features_of(example.text) for example in examples]
    hashes, idf = _vocabulary(counted)
    rows = _rows(counted, hashes, idf)
    wanted = np.array([categories.index(example.category) for example in examples])
    often = np.bincount(wanted, minlength=len(categories))
    weight = ((len(examples) / len(categories) / often) ** LEVEL)[wanted].astype(np.float32)
    weights, bias = _descend(rows, wanted, weight, shape=(len(hashes), len(categories)), rounds=rounds, seed=seed)
    return _pruned(Suggester(categories, hashes, idf, weights, bias, {OVERALL: 1.0}, {OVERALL: 1.0}))


def _descend(
    rows: _Rows, wanted: NDArray[np.int64], weight: Array, *, shape: tuple[int, int], rounds: int, seed: int
) -> tuple[Array, Array]:
    """Go down the loss by AdaGrad in small batches."""
    weights, bias = np.zeros(shape, np.float32), np.zeros(shape[1], np.float32)
    past, past_bias = np.full(shape, 1e-3, np.float32), np.full(shape[1], 1e-3, np.float32)
    order = np.random.default_rng(seed)
    for _ in range(rounds):
        shuffled = order.permutation(len(wanted))
        for start in range(0, len(shuffled), BATCH):
            chosen = shuffled[start : start + BATCH]
            used, block = rows.dense(chosen)
            slope = softmax(block @ weights[used] + bias)
            slope[np.arange(len(chosen)), wanted[chosen]] -= 1
            slope *= (weight[chosen] / len(chosen))[:, None]
            down = block.T @ slope + DECAY * weights[used]
            past[used] += down**2
            weights[used] -= STEP * down / np.sqrt(past[used])
            past_bias += slope.sum(axis=0) ** 2
            bias -= 0.1 * STEP * slope.sum(axis=0) / np.sqrt(past_bias)
    return weights, bias


def _pruned(made: Suggester) -> Suggester:
    """Leave out the features that matter least, so that the weights stay small enough to keep in every process."""
    most = LARGEST // (2 * len(made.categories))
    if len(made.hashes) <= most:
        return made
    strength = np.abs(made.weights).max(axis=1)
    kept = np.sort(np.argpartition(-strength, most)[:most])
    return replace(made, hashes=made.hashes[kept], idf=made.idf[kept], weights=made.weights[kept])


@dataclass(frozen=True)
class Judged:
    """What a suggester says of texts of which the category is known.

    shares: (n, k) certainty per category. wanted: (n,) the index of the right one, -1 when it does not know it.
    sure: (n,) whether the first one is certain enough.
    """

    categories: Sequence[str]
    shares: Array
    wanted: NDArray[np.int64]
    sure: NDArray[np.bool_]

    @property
    def n(self) -> int:
        """Count the texts."""
        return len(self.wanted)

    @property
    def first(self) -> NDArray[np.int64]:
        """Give the likeliest category of each: (n,)."""
        return self.shares.argmax(axis=1) if self.n else np.empty(0, np.int64)

    @property
    def accuracy(self) -> float:
        """Give the share of which the likeliest is right."""
        return _mean(self.first == self.wanted)

    @property
    def among_three(self) -> float:
        """Give the share of which the right one is among the likeliest three."""
        best = np.argsort(-self.shares, axis=1, kind="stable")[:, :3]
        return _mean((best == self.wanted[:, None]).any(axis=1))

    @property
    def left(self) -> float:
        """Give the share that is left to people: not certain enough."""
        return _mean(~self.sure)

    @property
    def sure_accuracy(self) -> float:
        """Give the share that is right, of what is certain enough."""
        return _mean((self.first == self.wanted)[self.sure])

    @property
    def macro_f1(self) -> float:
        """Give the mean F1 of the categories that occur, rare ones as heavy as common ones."""
        return _mean(np.array([self.of(self.categories[place])[1] for place in np.unique(self.wanted) if place >= 0]))

    @property
    def ece(self) -> float:
        """Give the expected calibration error: how far certainty is from being right, over 15 bins.

        Source: Guo et al., On Calibration of Modern Neural Networks (2017).
        """
        certain = self.shares.max(axis=1)
        right = self.first == self.wanted
        bins = np.minimum((certain * BINS).astype(int), BINS - 1)
        gaps = [
            (bins == one).sum() * abs(float(right[bins == one].mean() - certain[bins == one].mean()))
            for one in np.unique(bins)
        ]
        return float(sum(gaps) / self.n) if self.n else float("nan")

    def of(self, category: str) -> tuple[int, float, float]:
        """Give of one category: how many there were, F1, and the share of them that it found."""
        place = list(self.categories).index(category)
        there, said = self.wanted == place, self.first == place
        both = float((there & said).sum())
        return int(there.sum()), 2 * both / max(1.0, float(there.sum() + said.sum())), both / max(1, int(there.sum()))


def _mean(values: NDArray[np.bool_] | NDArray[np.float64]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def judge(made: Suggester, examples: Sequence[Example]) -> Judged:
    """Have a suggester say the category of texts of which it is known."""
    scores, wanted = _scores(made, examples)
    return _judged(made, scores, wanted, np.array([example.language for example in examples], dtype=str))


def _of(by_language: Mapping[str, float], language: str) -> float:
    return by_language.get(language, by_language[OVERALL])


@dataclass(frozen=True, slots=True)
class Calibration:
    """What makes certainty mean what it says, per language and "*" for any."""

    temperatures: Mapping[str, float]
    thresholds: Mapping[str, float]


def calibrate(
    scores: Array, wanted: NDArray[np.int64], languages: Sequence[str], *, categories: Sequence[str]
) -> Calibration:
    """Find the calibration on texts that were not learned from.

    scores: (n, k). wanted: (n,). Each language with enough texts gets a temperature and a threshold of its own.
    """
    spoken = np.array(languages, dtype=str)
    chosen = {OVERALL: np.ones(len(wanted), bool)}
    chosen |= {one: spoken == one for one in set(map(str, languages)) if (spoken == one).sum() >= FEWEST}
    heats, least = {}, {}
    for language, mine in chosen.items():
        heats[language] = _temperature(scores[mine], wanted[mine])
        shares = softmax(scores[mine] / heats[language])
        least[language] = _threshold(Judged(categories, shares, wanted[mine], np.ones(int(mine.sum()), bool)))
    return Calibration(heats, least)


def calibrated(made: Suggester, found: Calibration) -> Suggester:
    """Give a suggester whose certainty means what it says."""
    return replace(made, temperatures=found.temperatures, thresholds=found.thresholds)


def _scores(made: Suggester, examples: Sequence[Example]) -> tuple[Array, NDArray[np.int64]]:
    """Give the scores of texts, (n, k), and the index of the right category of each."""
    places = {category: place for place, category in enumerate(made.categories)}
    scores = np.array([made.scores(example.text) for example in examples], np.float32)
    wanted = np.array([places.get(example.category, -1) for example in examples], np.int64)
    return scores.reshape(len(examples), len(places)), wanted


def _loss(scores: Array, wanted: NDArray[np.int64], temperature: float) -> float:
    shares = softmax(scores / temperature)[np.arange(len(wanted)), wanted]
    return float(-np.log(np.maximum(shares, 1e-9)).mean())


def _temperature(scores: Array, wanted: NDArray[np.int64]) -> float:
    return float(min(TEMPERATURES, key=lambda temperature: _loss(scores, wanted, float(temperature))))


def _threshold(judged: Judged) -> float:
    """Find the lowest certainty from which on enough is right; above 1, so never, when there is none."""
    certain, right = judged.shares.max(axis=1), judged.first == judged.wanted
    order = np.argsort(-certain, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(shares >= SURE)
    return float(certain[order[good[-1]]]) if len(good) else 1.01


@dataclass(frozen=True)
class Lesson:
    """What was learned, and how well that goes on what was held back.

    judged: on reports (or sentences, without_reports). english: on held-back English sentences, None when there are
    none. learned: how many texts it learned from; from_reports: how many of those are reports.
    """

    suggester: Suggester
    judged: Judged
    english: Judged | None
    learned: int
    from_reports: int
    without_reports: bool


def teach(known: Sequence[Example], reports: Sequence[Example], *, told: Callable[[str], None]) -> Lesson:
    """Learn from what comes with the categories and from reports, and measure on what was held back.

    known: descriptions and example sentences. reports: oldest first; the newest are held back, first to calibrate, then
    to judge. What is used in the end also learned from those. Under 200 reports, held-back sentences judge.
    """
    taught = {example.category for example in known}
    reports = [report for report in reports if report.category in taught]
    if len(reports) < FEWEST_TEXTS:
        return _teach_sentences(known, reports, told=told)
    judging = int(len(reports) * (1 - JUDGED_ON))
    older = int(len(reports) * (1 - JUDGED_ON - CALIBRATED_ON))
    kept, held = _held_back(known)
    told(f"Learning from {len(kept) + older:,} texts, to measure on {len(reports) - judging:,} newer ones")
    trial, found = learn_and_calibrate([*kept, *reports[:older]], [*reports[older:judging], *held])
    english = [example for example in held if example.language == "en"]
    every = [*known, *reports]
    told(f"Learning from all {len(every):,} texts")
    final = calibrated(learn(every), found)
    judged = judge(trial, reports[judging:])
    return Lesson(final, judged, judge(trial, english) if english else None, len(every), len(reports), False)


def learn_and_calibrate(examples: Sequence[Example], held_back: Sequence[Example]) -> tuple[Suggester, Calibration]:
    """Learn from examples, and calibrate on others."""
    made = learn(examples)
    scores, wanted = _scores(made, held_back)
    known = wanted >= 0
    languages = [example.language for example, is_known in zip(held_back, known, strict=True) if is_known]
    found = calibrate(scores[known], wanted[known], languages, categories=made.categories)
    return calibrated(made, found), found


def _held_back(known: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Hold back the last sentence of each category and language, where there are three or more."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, example in enumerate(known):
        if example.is_sentence:
            groups.setdefault((example.category, example.language), []).append(place)
    held = {group[-1] for group in groups.values() if len(group) > 2}
    return [known[i] for i in range(len(known)) if i not in held], [known[i] for i in sorted(held)]


def _teach_sentences(known: Sequence[Example], reports: Sequence[Example], *, told: Callable[[str], None]) -> Lesson:
    """Learn when there are hardly any reports: each sentence is judged by what learned from two thirds of the others.

    Half of them calibrate, the other half judge.
    """
    sentences = [*(example for example in known if example.is_sentence), *reports]
    rest = [example for example in known if not example.is_sentence]
    every = [*rest, *sentences]
    final = learn(every)
    scores, wanted = _crossed(rest, sentences, final.categories, told=told)
    languages = np.array([one.language for one in sentences], dtype=str)
    half = np.random.default_rng(2).permutation(len(sentences)) % 2 == 0
    found = calibrate(scores[half], wanted[half], list(languages[half]), categories=final.categories)
    final = calibrated(final, found)
    judged = _judged(final, scores[~half], wanted[~half], languages[~half])
    spoken = ~half & (languages == "en")
    english = _judged(final, scores[spoken], wanted[spoken], languages[spoken]) if spoken.any() else None
    return Lesson(final, judged, english, len(every), len(reports), True)


def _crossed(
    rest: Sequence[Example],
    sentences: Sequence[Example],
    categories: Sequence[str],
    *,
    told: Callable[[str], None],
) -> tuple[Array, NDArray[np.int64]]:
    """Score each sentence by what learned from the rest and two thirds of the other sentences."""
    scores = np.zeros((len(sentences), len(categories)), np.float32)
    wanted = np.array([list(categories).index(one.category) for one in sentences])
    folds = np.random.default_rng(1).permutation(len(sentences)) % FOLDS
    for fold in range(FOLDS):
        told(f"Measuring, part {fold + 1} of {FOLDS}")
        kept = [one for one, its in zip(sentences, folds, strict=True) if its != fold]
        made = learn([*rest, *kept])
        found, _ = _scores(made, [one for one, its in zip(sentences, folds, strict=True) if its == fold])
        columns = [list(categories).index(category) for category in made.categories]
        # a category that only the left-out sentences have gets less than any other
        block = np.full((len(found), len(categories)), found.min(initial=0) - 5, np.float32)
        block[:, columns] = found
        scores[folds == fold] = block
    return scores, wanted


def _judged(made: Suggester, scores: Array, wanted: NDArray[np.int64], languages: NDArray[np.str_]) -> Judged:
    heat = np.array([_of(made.temperatures, language) for language in languages], np.float32)
    shares = softmax(scores / heat.reshape(-1, 1))
    least = np.array([made.threshold(language) for language in languages])
    return Judged(made.categories, shares, wanted, shares.max(axis=1, initial=0) >= least)
