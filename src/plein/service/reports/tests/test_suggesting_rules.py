"""Learning to suggest a category: features, calibration, thresholds, and what is written down of it."""

import numpy as np
import pytest

from plein.service.reports.rules import learning, suggesting
from plein.service.reports.rules.learning import Example, Judged

LAMPS = ["de lantaarnpaal brandt niet", "lamp is kapot", "straatlamp doet het niet", "de lamp knippert", "lantaarn uit"]
TREES = ["boom is omgewaaid", "tak ligt op de weg", "de boom staat scheef", "takken hangen laag", "boom gevallen"]


def examples(times: int = 3) -> list[Example]:
    found = []
    for number in range(times):
        found += [Example(f"{text} bij nummer {number}", "lamp", is_sentence=True) for text in LAMPS]
        found += [Example(f"{text} bij nummer {number}", "boom", is_sentence=True) for text in TREES]
    return found


def quiet(said: str) -> None:
    """Say nothing."""


def test_words_have_no_accents_and_numbers_only_their_length() -> None:
    assert suggesting.words_of("Café-terras ÉÉN, Kerkstraat 123!") == ["cafe", "terras", "een", "kerkstraat", "03"]


def test_addresses_of_the_internet_say_nothing() -> None:
    assert suggesting.words_of("mail jan@example.nl of kijk op https://example.nl/x lamp") == [
        "mail",
        "of",
        "kijk",
        "op",
        "lamp",
    ]


def test_what_was_learned_is_suggested_first() -> None:
    made = learning.learn(examples())

    first = made.suggest("er is een lamp kapot in de straat")[0]

    assert first.category == "lamp"
    assert first.certainty > 0.5


def test_a_word_with_a_typing_error_is_known_by_its_parts() -> None:
    made = learning.learn(examples())

    assert made.suggest("de lantaarnpaall brand nit")[0].category == "lamp"


@pytest.mark.parametrize("text", ["", "   ", "!!!", "https://example.nl"])
def test_a_text_without_words_gives_nothing(text: str) -> None:
    assert learning.learn(examples()).suggest(text) == []


def test_certainties_add_up_to_one() -> None:
    found = learning.learn(examples()).suggest("boom", most=10)

    assert sum(one.certainty for one in found) == pytest.approx(1, abs=1e-5)
    assert [one.certainty for one in found] == sorted((one.certainty for one in found), reverse=True)


def test_the_same_examples_give_the_same_weights() -> None:
    one, other = learning.learn(examples()), learning.learn(examples())

    assert np.array_equal(one.weights, other.weights)


def test_what_is_written_down_says_the_same_when_it_is_read_back() -> None:
    made = learning.learn(examples())

    again = suggesting.Suggester.from_bytes(made.to_bytes())

    first, second = made.suggest("tak op de weg")[0], again.suggest("tak op de weg")[0]
    assert first.category == second.category
    assert second.certainty == pytest.approx(first.certainty, abs=0.01)


def test_ten_megabytes_of_text_are_looked_at_for_a_moment_only() -> None:
    made = learning.learn(examples())

    assert made.suggest("lamp " + "x" * 10_000_000)[0].category in ("lamp", "boom")
    assert len(suggesting.words_of("a " * 5_000_000)) <= suggesting.LONGEST


def test_weights_stay_within_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "LARGEST", 400)

    made = learning.learn(examples())

    assert made.weights.shape == (100, 2)  # 400 bytes are 100 rows of two 16-bit numbers
    assert list(made.hashes) == sorted(made.hashes)
    assert made.suggest("lamp kapot")[0].category == "lamp"


def judged(shares: list[list[float]], wanted: list[int], sure: list[bool]) -> Judged:
    return Judged(["a", "b"], np.array(shares, np.float32), np.array(wanted), np.array(sure))


def test_measures_are_counted_as_by_hand() -> None:
    found = judged([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]], [0, 1, 1, 1], [True, True, False, True])

    assert found.accuracy == 0.75
    assert found.left == 0.25
    assert found.sure_accuracy == pytest.approx(2 / 3)
    # a: said 2, there 1, both 1: F1 = 2/3. b: said 2, there 3, both 2: F1 = 4/5.
    assert found.macro_f1 == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert found.of("b") == (3, pytest.approx(0.8), pytest.approx(2 / 3))


def test_the_calibration_error_is_counted_as_by_hand() -> None:
    # Four texts in one bin (0.8 to 0.867) with certainty 0.85, of which two are right: off by 0.35.
    found = judged([[0.85, 0.15]] * 4, [0, 0, 1, 1], [True] * 4)

    assert found.ece == pytest.approx(0.35, abs=1e-6)


def test_certainty_that_boasts_is_cooled_down() -> None:
    rng = np.random.default_rng(1)
    wanted = rng.integers(0, 2, 2_000)
    right = rng.random(2_000) < 0.7  # as if 70% were right,
    said = np.where(right, wanted, 1 - wanted)
    scores = np.zeros((2_000, 2), np.float32)
    scores[np.arange(2_000), said] = 3.0  # while it says 95%

    found = learning.calibrate(scores, wanted, ["nl"] * 2_000, categories=["a", "b"])

    shares = suggesting.softmax(scores / found.temperatures["nl"])
    assert shares.max(axis=1).mean() == pytest.approx(0.7, abs=0.03)


def test_the_threshold_lets_enough_be_right() -> None:
    certain = np.linspace(0.5, 1, 1_000)
    right = np.random.default_rng(1).random(1_000) < certain  # calibrated by making
    found = judged([[c, 1 - c] for c in certain], [0 if r else 1 for r in right], [True] * 1_000)

    least = learning._threshold(found)

    assert right[certain >= least].mean() >= learning.SURE
    assert 0.6 < least < 0.8  # the mean of 0.7 to 1 is 0.85


def test_when_nothing_is_good_enough_nothing_is_sure() -> None:
    found = judged([[0.9, 0.1]] * 10, [1] * 10, [True] * 10)

    assert learning._threshold(found) > 1


def test_the_newest_reports_judge() -> None:
    older = [Example(f"{text} {number}", "lamp" if text in LAMPS else "boom") for number in range(30)
             for text in LAMPS + TREES]  # fmt: skip

    lesson = learning.teach(examples(1), older, told=quiet)

    assert lesson.judged.n == 45  # 15% of 300
    assert lesson.judged.accuracy > 0.9
    assert (lesson.from_reports, lesson.without_reports) == (300, False)


def test_with_few_reports_held_back_sentences_judge() -> None:
    lesson = learning.teach(examples(), [], told=quiet)

    assert lesson.without_reports
    assert lesson.judged.n == 15  # half of the thirty sentences
    assert lesson.english is None


def test_reports_of_a_category_that_is_gone_are_left_out() -> None:
    lesson = learning.teach(examples(), [Example("iets van vroeger", "oud")] * 50, told=quiet)

    assert "oud" not in lesson.suggester.categories
