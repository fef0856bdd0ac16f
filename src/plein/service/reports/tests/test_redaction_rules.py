"""What tells who somebody is, is left out of a text: measured on sentences, and each form by itself."""

import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from plein.service.reports.rules.redaction import KINDS, SIDECODES, Span, is_bsn, is_iban, is_phone, redact, spans_in

SENTENCES = yaml.safe_load((Path(__file__).parent / "redaction.yaml").read_text(encoding="utf-8"))
HELD_OUT = yaml.safe_load((Path(__file__).parent / "redaction_held_out.yaml").read_text(encoding="utf-8"))
MARK = re.compile(r"\{(\w+):([^}]+)\}")


def parted(marked: str) -> tuple[str, list[Span]]:
    """Take the marks out of a sentence; gives the sentence and what has to go."""
    text, spans, last = "", [], 0
    for mark in MARK.finditer(marked):
        text += marked[last : mark.start()]
        spans.append(Span(len(text), len(text) + len(mark[2]), mark[1]))
        text, last = text + mark[2], mark.end()
    return text + marked[last:], spans


def covered(wanted: Span, found: list[Span]) -> bool:
    return any(span.start <= wanted.start and wanted.end <= span.end for span in found)


def measured(*groups: str, sentences: dict[str, list[str]] = SENTENCES) -> tuple[int, int, int]:
    """Count what had to go, what of it went, and what went without need."""
    wanted = gone = too_much = 0
    for marked in (marked for group in groups for marked in sentences[group]):
        text, spans = parted(marked)
        found = spans_in(text)
        wanted += len(spans)
        gone += sum(covered(span, found) for span in spans)
        too_much += sum(not any(span.start < one.end and one.start < span.end for one in spans) for span in found)
    return wanted, gone, too_much


@pytest.mark.parametrize("marked", SENTENCES["found_by_form"])
def test_what_has_a_form_of_its_own_goes(marked: str) -> None:
    text, wanted = parted(marked)

    found = spans_in(text)

    assert [(span.kind, text[span.start : span.end]) for span in found] == [
        (span.kind, text[span.start : span.end]) for span in wanted
    ]


@pytest.mark.parametrize("marked", SENTENCES["names_said"])
def test_a_name_that_is_announced_goes(marked: str) -> None:
    text, wanted = parted(marked)

    found = spans_in(text)

    assert [text[span.start : span.end] for span in found] == [text[span.start : span.end] for span in wanted]


@pytest.mark.parametrize("text", SENTENCES["clean"])
def test_a_sentence_without_persons_stays_whole(text: str) -> None:
    assert redact(text).text == text


def test_recall_and_precision_are_as_the_page_on_redaction_says() -> None:
    wanted, gone, too_much = measured(*SENTENCES)

    assert wanted >= 80
    assert gone / wanted >= 0.92  # the names that nothing announces are missed, see names_unsaid
    assert gone / (gone + too_much) >= 0.98


def test_on_sentences_that_it_was_not_written_with_it_does_as_the_page_says() -> None:
    assert measured("held_out", sentences=HELD_OUT) == (29, 27, 0)


def test_names_that_nothing_announces_are_missed_and_counted() -> None:
    wanted, gone, _ = measured("names_unsaid")

    assert (wanted, gone) == (6, 0)


def test_marks_come_in_both_languages() -> None:
    assert redact("Bel 06-12345678").text == "Bel [telefoonnummer]"
    assert redact("Call 06-12345678", language="en").text == "Call [phone number]"
    assert redact("Mevrouw Bakker, AB-123-C").text == "Mevrouw [naam], [kenteken]"


def test_house_numbers_may_stay() -> None:
    text = "Lamp voor Kerkstraat 12 brandt niet, bel 06-12345678"

    assert redact(text, addresses=False).text == "Lamp voor Kerkstraat 12 brandt niet, bel [telefoonnummer]"
    assert redact(text).text == "Lamp voor Kerkstraat [adres] brandt niet, bel [telefoonnummer]"


@pytest.mark.parametrize("number", ["111222333", "123456782", "100000008", "123456789"])
def test_the_eleven_test_knows_a_bsn(number: str) -> None:
    weighed = sum((9 - place) * int(figure) for place, figure in enumerate(number[:8])) - int(number[8])

    assert is_bsn(number) == (weighed % 11 == 0)


def test_nine_figures_that_fail_the_eleven_test_stay() -> None:
    assert redact("Meldnummer 123456789 van vorige week").text == "Meldnummer 123456789 van vorige week"


@pytest.mark.parametrize("number", ["112", "0800-9009", "14 020", "0900-8844", "2026", "12-05-2026", "1000000"])
def test_numbers_of_no_person_are_no_phone_numbers(number: str) -> None:
    assert not is_phone(number)


def test_account_numbers_are_known_by_their_check_digits() -> None:
    assert is_iban("NL91 ABNA 0417 1643 00")
    assert not is_iban("NL92 ABNA 0417 1643 00")
    assert not is_iban("AB12")


@pytest.mark.parametrize("code", SIDECODES)
@pytest.mark.parametrize("between", ["-", " ", ""])
def test_every_sidecode_is_a_plate(code: str, between: str) -> None:
    letters = iter("GXZRTBKNPSVW")
    plate = "".join(next(letters) if sign == "L" else "7" if sign == "9" else between for sign in code)

    found = redact(f"De auto {plate} staat fout").text

    mark = "[adres]" if (code, between) == ("99-99-LL", "") else "[kenteken]"  # as postcodes are written too
    assert found == f"De auto {mark} staat fout"


@given(st.text(max_size=300))
def test_any_text_survives_and_keeps_what_is_outside_the_spans(text: str) -> None:
    made = redact(text)

    assert all(0 <= span.start < span.end <= len(text) for span in made.spans)
    kept, last = "", 0
    for span in made.spans:
        kept, last = kept + text[last : span.start] + KINDS[span.kind].nl, span.end
    assert kept + text[last:] == made.text


@given(st.sampled_from(SENTENCES["found_by_form"]))
def test_redacting_twice_is_redacting_once(marked: str) -> None:
    text, _ = parted(marked)
    once = redact(text).text

    assert redact(once).text == once


@pytest.mark.parametrize(
    "part", ["Van De ", "a" * 50, "06-", "Jan ", "1 2 3 ", "A.B. ", "@", "Kerkstraat ", "van der "]
)
def test_a_long_text_takes_no_time(part: str) -> None:
    text = part * (20_000 // len(part))

    started = time.process_time()
    redact(text)

    assert time.process_time() - started < 3
