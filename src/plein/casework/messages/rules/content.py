"""What a text is made of, whether it is whole, and what it says once the facts are filled in. Pure.

A text has a title, a short form (for SMS) and blocks, each in Dutch and English, and tells which facts it needs:

    {"title": {"nl": .., "en": ..}, "short": {"nl": .., "en": ..},
     "blocks": [{"kind": "paragraph", "nl": "Wij komen op {day}.", "en": .., "picture": "truck"}, ...]}

All forms (inbox, e-mail, letter, picture letter, SMS, phone script) are made of what `fill` gives.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from plein.casework.messages.errors import FactMissing, FactUnsound
from plein.foundation.words import Text

LANGUAGES = ("nl", "en")
KINDS = ("paragraph", "list", "step", "fact", "date", "amount", "link")
WITH_VALUE = ("fact", "date", "amount", "link")
FACT_KINDS = ("text", "date", "amount", "number", "link")
STANDARD = ("organisation", "today", "reference", "name")
"""Facts that every text may use: who sends it, the day, the number of the case, and the name of who reads it."""
OPTIONAL_STANDARD = ("reference", "name")
MOST_BLOCKS = 30
LONGEST_TITLE = 120
PLACE = re.compile(r"\{([^{}]*)\}")
NAME = re.compile(r"[a-z][a-z0-9_]*")
_MONTHS_NL = "januari februari maart april mei juni juli augustus september oktober november december"
_MONTHS_EN = "January February March April May June July August September October November December"
MONTHS = {"nl": _MONTHS_NL.split(), "en": _MONTHS_EN.split()}
DAYS = {
    "nl": ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}

Value = str | Text | date


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a text: a code, where it stands ("title", "block 3"), and what it is about."""

    code: str
    place: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says in one language, with all facts filled in.

    blocks: dicts with kind, text, items (of a list), value, href (of a link), picture and pic (the short sentence
    beside the pictogram).
    """

    language: str
    title: str
    short: str
    blocks: tuple[dict[str, Any], ...]


def _texts(content: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Walk every text with its place and language."""
    for name in ("title", "short"):
        for language in LANGUAGES:
            yield name, language, str(content.get(name, {}).get(language, ""))
    for number, block in enumerate(content.get("blocks", ()), start=1):
        for language in LANGUAGES:
            yield f"block {number}", language, str(block.get(language, ""))
            yield f"block {number}", language, str(block.get(f"pic_{language}", ""))
        yield f"block {number}", "nl", str(block.get("value", ""))


def places(text: str) -> list[str]:
    """List what stands between braces in a text, as written."""
    return PLACE.findall(text)


def check(
    content: Mapping[str, Any], facts: Sequence[Mapping[str, Any]], *, pictures: Sequence[str] = ()
) -> list[Problem]:
    """List what is wrong with a text; nothing when it can be published.

    facts: what it may use besides the standard ones, each with key, kind and optional. pictures: pictograms that exist.
    """
    known = {fact["key"]: bool(fact.get("optional")) for fact in facts} | {
        name: name in OPTIONAL_STANDARD for name in STANDARD
    }
    found = [*_missing(content), *_blocks_unsound(content, known, pictures)]
    for place, _language, text in _texts(content):
        found += _placeholders(place, text, known)
    found += _optional_unguarded(content, known)
    return list(dict.fromkeys(found))


def _missing(content: Mapping[str, Any]) -> Iterator[Problem]:
    for name in ("title", "short"):
        for language in LANGUAGES:
            if not str(content.get(name, {}).get(language, "")).strip():
                yield Problem("empty", name, language)
    for language in LANGUAGES:
        if len(str(content.get("title", {}).get(language, ""))) > LONGEST_TITLE:
            yield Problem("long-title", "title", language)
    blocks = content.get("blocks", ())
    if not blocks:
        yield Problem("no-blocks", "blocks")
    if len(blocks) > MOST_BLOCKS:
        yield Problem("many-blocks", "blocks", str(MOST_BLOCKS))


def _blocks_unsound(
    content: Mapping[str, Any], known: Mapping[str, bool], pictures: Sequence[str]
) -> Iterator[Problem]:
    for number, block in enumerate(content.get("blocks", ()), start=1):
        place = f"block {number}"
        if block.get("kind") not in KINDS:
            yield Problem("kind", place, str(block.get("kind")))
        for language in LANGUAGES:
            if not str(block.get(language, "")).strip():
                yield Problem("empty", place, language)
        if block.get("kind") in WITH_VALUE and not str(block.get("value", "")).strip():
            yield Problem("no-value", place)
        if block.get("picture") and pictures and block["picture"] not in pictures:
            yield Problem("picture", place, str(block["picture"]))
        if block.get("when") and block["when"] not in known:
            yield Problem("unknown", place, str(block["when"]))


def _placeholders(place: str, text: str, known: Mapping[str, bool]) -> Iterator[Problem]:
    for name in places(text):
        if name not in known:
            yield Problem("unknown", place, name)
    if "{" in PLACE.sub("", text) or "}" in PLACE.sub("", text):
        yield Problem("brace", place)


def _optional_unguarded(content: Mapping[str, Any], known: Mapping[str, bool]) -> Iterator[Problem]:
    """Find facts that may be absent where the text would then have a hole."""
    for place, _language, text in _texts(content):
        guard = ""
        if place.startswith("block "):
            guard = str(content["blocks"][int(place.removeprefix("block ")) - 1].get("when", ""))
        for name in places(text):
            if known.get(name) and name != guard:
                yield Problem("optional", place, name)


def said_date(day: date, language: str) -> str:
    """Write a day in full: "maandag 30 november 2026"."""
    return f"{DAYS[language][day.weekday()]} {day.day} {MONTHS[language][day.month - 1]} {day.year}"


def said_amount(text: str, language: str) -> str:
    """Write an amount in euros: "€ 12,50".

    text: with a point for the cents, "1250.5". Raises ValueError.
    """
    cents = round(float(text) * 100)
    whole, rest = divmod(abs(cents), 100)
    thousands, point = (".", ",") if language == "nl" else (",", ".")
    grouped = f"{whole:,}".replace(",", thousands)
    return f"{'-' if cents < 0 else ''}€ {grouped}{point}{rest:02d}"


def _said_value(fact: Mapping[str, Any], value: Value, language: str) -> str:
    """Write the value of a fact in a language.

    Raises FactUnsound.
    """
    if isinstance(value, date):
        return said_date(value, language)
    text = (value.said(language) if isinstance(value, Text) else str(value)).strip()
    kind = fact.get("kind", "text")
    try:
        if kind == "date" and text:
            return said_date(date.fromisoformat(text[:10]), language)
        if kind == "amount" and text:
            return said_amount(text, language)
    except ValueError as error:
        raise FactUnsound(fact=fact["key"], kind=kind, value=text) from error
    if kind == "link" and text and not text.startswith(("https://", "http://")):
        raise FactUnsound(fact=fact["key"], kind=kind, value=text)
    return text


def said_facts(
    facts: Sequence[Mapping[str, Any]], given: Mapping[str, Value], *, key: str, language: str
) -> dict[str, str]:
    """Write every fact that a text may use in a language; what may be absent and is, is "".

    given: also the standard facts; what the text does not know is left out. Raises FactMissing, FactUnsound.
    """
    wanted = [*facts, *({"key": name, "optional": name in OPTIONAL_STANDARD} for name in STANDARD)]
    found: dict[str, str] = {}
    for fact in wanted:
        text = _said_value(fact, given.get(fact["key"], ""), language)
        if not text and not fact.get("optional"):
            raise FactMissing(key=key, fact=fact["key"])
        found[fact["key"]] = text
    return found


def fill(content: Mapping[str, Any], known: Mapping[str, str], *, language: str) -> Said:
    """Say what a text says with these facts; blocks whose `when` is absent are left out.

    known: as `said_facts` gives them.
    """

    def filled(text: str) -> str:
        return PLACE.sub(lambda match: known[match[1]], text).strip()

    blocks = tuple(
        _block(block, filled, language)
        for block in content["blocks"]
        if not block.get("when") or known.get(block["when"], "")
    )
    return Said(language, filled(content["title"][language]), filled(content["short"][language]), blocks)


def _block(block: Mapping[str, Any], filled: Any, language: str) -> dict[str, Any]:
    text = filled(block[language])
    made: dict[str, Any] = {
        "kind": block["kind"],
        "text": text,
        "picture": block.get("picture", ""),
        "pic": filled(block.get(f"pic_{language}", "")),
    }
    if block["kind"] == "list":
        made["items"] = [line.strip() for line in text.splitlines() if line.strip()]
    if block["kind"] in WITH_VALUE:
        made["value"] = filled(block["value"])
    if block["kind"] == "link":
        made["href"] = made["value"]
    return made


def examples(facts: Sequence[Mapping[str, Any]], *, organisation: str, today: date) -> dict[str, Value]:
    """Give values to try a text with: the examples of its facts, and standard facts that do not exist."""
    given: dict[str, Value] = {
        fact["key"]: Text(str(fact["example"]["nl"]), str(fact["example"]["en"])) for fact in facts
    }
    return {
        "organisation": organisation,
        "today": today,
        "reference": "Z-2026-000123",
        "name": "M. de Vries",
        **given,
    }
