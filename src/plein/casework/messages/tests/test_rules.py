"""Pure decisions: what a text says, how hard it reads, how long an SMS is, which way it goes and when it goes again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from plein.casework.messages.actions.shipping import shipped_texts
from plein.casework.messages.errors import FactMissing, FactUnsound
from plein.casework.messages.rules import addresses, channels, content, pictograms, readability, sending, sms
from plein.foundation.words import Text

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = {"key": "day", "kind": "date"}
WHY = {"key": "why", "kind": "text", "optional": True}


def text(**changes: Any) -> dict[str, Any]:
    made = {
        "title": {"nl": "Wij komen", "en": "We come"},
        "short": {"nl": "Wij komen {day}", "en": "We come {day}"},
        "blocks": [
            {"kind": "paragraph", "nl": "Wij komen op {day}.", "en": "We come on {day}."},
            {"kind": "list", "nl": "een\ntwee", "en": "one\ntwo"},
            {"kind": "fact", "nl": "Reden", "en": "Reason", "value": "{why}", "when": "why"},
        ],
    }
    return {**made, **changes}


def given(**facts: Any) -> dict[str, Any]:
    return {"organisation": "Gemeente Pleinstad", "today": date(2026, 11, 23), **facts}


def said(language: str = "nl", **facts: Any) -> content.Said:
    known = content.said_facts([DAY, WHY], given(**facts), key="visit", language=language)
    return content.fill(text(), known, language=language)


def test_facts_are_filled_in_the_language_of_the_reader() -> None:
    assert said(day="2026-11-30").blocks[0]["text"] == "Wij komen op maandag 30 november 2026."
    assert said("en", day=date(2026, 11, 30)).blocks[0]["text"] == "We come on Monday 30 November 2026."
    assert said(day="2026-11-30").short == "Wij komen maandag 30 november 2026"


def test_a_block_without_its_fact_is_left_out() -> None:
    assert [block["kind"] for block in said(day="2026-11-30").blocks] == ["paragraph", "list"]
    assert said(day="2026-11-30", why=Text("Storm", "A storm")).blocks[2]["value"] == "Storm"
    assert said("en", day="2026-11-30", why=Text("Storm", "A storm")).blocks[2]["value"] == "A storm"


def test_a_list_has_items() -> None:
    assert said(day="2026-11-30").blocks[1]["items"] == ["een", "twee"]


def test_a_missing_fact_is_named() -> None:
    with pytest.raises(FactMissing, match="the text visit needs day"):
        said()


@pytest.mark.parametrize(
    ("kind", "value"), [("date", "morgen"), ("amount", "veel"), ("link", "javascript:alert(1)"), ("date", "2026-13-01")]
)
def test_a_fact_of_another_kind_is_refused(kind: str, value: str) -> None:
    with pytest.raises(FactUnsound):
        content.said_facts([{"key": "it", "kind": kind}], given(it=value), key="x", language="nl")


def test_amounts_are_written_as_readers_expect() -> None:
    assert content.said_amount("1250.5", "nl") == "€ 1.250,50"
    assert content.said_amount("1250.5", "en") == "€ 1,250.50"
    assert content.said_amount("-3", "nl") == "-€ 3,00"


def test_a_fact_with_braces_in_it_stays_as_it_is() -> None:
    assert said(day="2026-11-30", why="{organisation}").blocks[2]["value"] == "{organisation}"


def test_a_sound_text_has_no_problems() -> None:
    assert content.check(text(), [DAY, WHY]) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": {"nl": "", "en": "x"}}, "empty"),
        ({"title": {"nl": "x" * 121, "en": "x"}}, "long-title"),
        ({"short": {"nl": "{unknown}", "en": "x"}}, "unknown"),
        ({"short": {"nl": "{day", "en": "x"}}, "brace"),
        ({"short": {"nl": "{why}", "en": "x"}}, "optional"),
        ({"blocks": []}, "no-blocks"),
        ({"blocks": [{"kind": "paragraph", "nl": "a", "en": "b"}] * 31}, "many-blocks"),
        ({"blocks": [{"kind": "video", "nl": "a", "en": "b"}]}, "kind"),
        ({"blocks": [{"kind": "fact", "nl": "a", "en": "b"}]}, "no-value"),
        ({"blocks": [{"kind": "paragraph", "nl": "a", "en": "b", "when": "nothing"}]}, "unknown"),
        ({"blocks": [{"kind": "paragraph", "nl": "a", "en": "b", "picture": "unicorn"}]}, "picture"),
        ({"blocks": [{"kind": "paragraph", "nl": "a", "en": ""}]}, "empty"),
    ],
)
def test_what_is_wrong_with_a_text_is_named(changes: dict[str, Any], code: str) -> None:
    found = content.check(text(**changes), [DAY, WHY], pictures=list(pictograms.PICTOGRAMS))

    assert code in {problem.code for problem in found}


@pytest.mark.parametrize("shipped", list(shipped_texts()), ids=lambda one: str(one["key"]))
def test_each_shipped_text_is_whole(shipped: dict[str, Any]) -> None:
    found = content.check(shipped["content"], shipped["facts"], pictures=list(pictograms.PICTOGRAMS))

    assert found == []


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("shipped", list(shipped_texts()), ids=lambda one: str(one["key"]))
def test_each_shipped_text_reads_plainly(shipped: dict[str, Any], language: str) -> None:
    facts = content.examples(shipped["facts"], organisation="Gemeente Pleinstad", today=date(2026, 11, 23))
    known = content.said_facts(shipped["facts"], facts, key=shipped["key"], language=language)
    found = content.fill(shipped["content"], known, language=language)

    told = readability.judge("\n".join(block["text"] for block in found.blocks), language)

    assert told.remarks == ()
    assert told.score is None or told.score >= readability.ENOUGH
    assert sms.length(sms.simplified(found.short)).parts <= 2


def test_pictograms_are_icons_of_the_house() -> None:
    from plein.foundation.ui.icons import names

    known = names()
    if not known:
        pytest.skip("the front end was not built")
    assert set(pictograms.PICTOGRAMS) <= set(known)
    assert set(pictograms.BY_KIND.values()) <= set(pictograms.PICTOGRAMS)


# Scores by hand, from the formulas in the docstring of readability.py.
def test_scores_follow_the_published_formulas() -> None:
    dutch = "De kat zat op de mat. De hond lag op het gras."
    # 12 words of one syllable in 2 sentences: 206.84 - 0.93 x 6 - 77 = 124.26, so 100
    assert readability.score(dutch, "nl") == 100
    english = "The department is considering alternative transportation possibilities for residents."
    # 9 words: under ten, no score
    assert readability.score(english, "en") is None
    longer = "The town will close the road near the school for ten days."
    # 12 words, 1 sentence, 12 syllables: 206.835 - 1.015 x 12 - 84.6 = 110.055, so 100
    assert readability.score(longer, "en") == 100
    hard = "Belanghebbenden kunnen gedurende de inzagetermijn zienswijzen betreffende het ontwerpbesluit indienen nu."
    # 11 words, 1 sentence; be-lang-heb-ben-den 5, kun-nen 2, ge-du-ren-de 4, de 1, in-za-ge-ter-mijn 5, zienswijzen 3,
    # be-tref-fen-de 4, het 1, ont-werp-be-sluit 4, in-die-nen 3, nu 1 = 33: 206.84 - 10.23 - 231 < 0
    assert readability.score(hard, "nl") == 0


@pytest.mark.parametrize(
    ("word", "language", "count"),
    [("fiets", "nl", 1), ("fietsen", "nl", 2), ("gemeente", "nl", 3), ("mooie", "nl", 2), ("geïnd", "nl", 2),
     ("table", "en", 2), ("make", "en", 1), ("municipality", "en", 6), ("the", "en", 1)],
)  # fmt: skip
def test_syllables_are_counted_by_their_vowels(word: str, language: str, count: int) -> None:
    assert readability.syllables(word, language) == count


@pytest.mark.parametrize(
    ("sentence", "language", "code"),
    [
        ("Wij komen op maandag om uw lamp te maken en dan ook de lamp van uw buren te maken.", "nl", "long"),
        ("Dit is een vergunningaanvraag.", "nl", "long-word"),
        ("Uw melding wordt bekeken.", "nl", "passive"),
        ("De lamp is gemaakt door de aannemer.", "nl", "passive"),
        ("Indien u vragen hebt, bel ons.", "nl", "jargon"),
        ("Your report was sent to us.", "en", "passive"),
        ("Pursuant to the law we act.", "en", "jargon"),
    ],
)
def test_authors_hear_which_sentence_to_look_at(sentence: str, language: str, code: str) -> None:
    found = readability.judge(f"Goed zo. {sentence}", language).remarks

    assert [(remark.code, remark.sentence) for remark in found] == [(code, sentence)]


def test_plain_sentences_get_no_remarks() -> None:
    told = readability.judge("Wij hebben uw melding. Wij komen op maandag. Dank u wel voor uw hulp.", "nl")

    assert told.is_plain


# 3GPP TS 23.038: 160 signs in one part, 153 in each of several; a euro sign takes two; outside the alphabet 70, 67.
@pytest.mark.parametrize(
    ("told", "parts", "is_gsm"),
    [("a" * 160, 1, True), ("a" * 161, 2, True), ("a" * 306, 2, True), ("a" * 307, 3, True), ("€" * 80, 1, True),
     ("€" * 81, 2, True), ("ł" * 70, 1, False), ("ł" * 71, 2, False), ("😀" * 35, 1, False), ("😀" * 36, 2, False)],
)  # fmt: skip
def test_an_sms_is_as_long_as_the_network_counts(told: str, parts: int, is_gsm: bool) -> None:
    found = sms.length(told)

    assert (found.parts, found.is_gsm) == (parts, is_gsm)


def test_signs_that_halve_an_sms_are_made_plain() -> None:
    assert sms.length(sms.simplified("Wij zijn “klaar” – ruïne, reünie: u’s coördinaat…")).is_gsm


@pytest.mark.parametrize(
    ("typed", "written"),
    [("06-12 34 56 78", "+31612345678"), ("0031612345678", "+31612345678"), ("+31 (0)6 12345678", "+31612345678"),
     ("0592 123456", "+31592123456"), ("+32470123456", "+32470123456"), ("12345", ""), ("06-1234567", "")],
)  # fmt: skip
def test_phone_numbers_are_written_one_way(typed: str, written: str) -> None:
    assert addresses.phone(typed) == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [(" Ans@Example.ORG ", "Ans@example.org"), ("a.b+c@sub.example.nl", "a.b+c@sub.example.nl"), ("a@b", ""),
     ("a b@example.org", ""), ("a@example.org\nBcc: b@example.org", ""), ("a..b@example.org", ""), ("@example.org", ""),
     ("x" * 65 + "@example.org", "")],
)  # fmt: skip
def test_email_addresses_are_checked(typed: str, written: str) -> None:
    assert addresses.email(typed) == written


def test_a_postal_address_is_written_as_postnl_asks() -> None:
    found = addresses.postal("M. de Vries", ("Kerkstraat 12",), "9401ab", "Assen")

    assert found == ("M. de Vries", "Kerkstraat 12", "9401 AB  ASSEN")
    assert addresses.postal("M. de Vries", (), "9401ab", "Assen") == ()
    assert addresses.postal("M. de Vries", ("Kerkstraat 12",), "0401ab", "Assen") == ()


@pytest.mark.parametrize(
    ("wanted", "reachable", "more", "chosen"),
    [
        ((), {"email": True, "letter": True}, {}, "email"),
        ((), {"email": True, "letter": True}, {"is_private": True}, "letter"),
        ((), {"email": True, "letter": True}, {"is_private": True, "has_inbox": True}, "email"),
        (("email",), {"email": True, "letter": True}, {"is_private": True}, "email"),
        (("sms", "email"), {"email": True}, {}, "email"),
        (("inbox",), {"email": True}, {"has_inbox": True}, ""),
        (("inbox",), {"email": True}, {}, "email"),
        (("letter", "inbox"), {"email": True}, {"has_inbox": True}, ""),
        ((), {}, {}, ""),
        (("pigeon",), {"phone": True}, {}, "phone"),
    ],
)
def test_a_message_goes_the_way_that_was_chosen(wanted: Any, reachable: Any, more: Any, chosen: str) -> None:
    assert channels.choose(wanted=wanted, reachable=reachable, **more) == chosen


def test_waits_grow_and_end() -> None:
    waits = [sending.next_attempt("busy", attempts=n, now=NOW) for n in range(1, 9)]

    assert waits[0] == NOW + timedelta(minutes=5)
    assert waits == sorted(waits, key=lambda at: at or NOW + timedelta(days=99))
    assert waits[-1] is None
    assert sending.next_attempt("refused", attempts=1, now=NOW) is None
