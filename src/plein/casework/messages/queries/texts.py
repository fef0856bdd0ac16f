"""The texts that staff write: which there are, their versions, and what each form of one looks like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from plein.casework.messages.models import MessageTemplate
from plein.casework.messages.rules import content, readability, saying, sms
from plein.casework.messages.rules.content import Said
from plein.casework.messages.rules.sms import Length
from plein.foundation.errors import Refused


@dataclass(frozen=True, slots=True)
class Entry:
    """A text in the list: the version in use, and whether there is a draft."""

    key: str
    newest: MessageTemplate
    in_use: MessageTemplate | None
    has_draft: bool


def texts() -> list[Entry]:
    """List every text by its newest version; one statement."""
    by_key: dict[str, list[MessageTemplate]] = {}
    for row in MessageTemplate.objects.defer("content", "facts").order_by("key", "-version"):
        by_key.setdefault(row.key, []).append(row)
    return [
        Entry(
            key,
            rows[0],
            next((row for row in rows if row.state == MessageTemplate.PUBLISHED), None),
            rows[0].state == MessageTemplate.DRAFT,
        )
        for key, rows in by_key.items()
    ]


def versions(key: str) -> list[MessageTemplate]:
    """Give the versions of a text, newest first."""
    return list(MessageTemplate.objects.filter(key=key).order_by("-version"))


@dataclass(frozen=True, slots=True)
class Preview:
    """All forms of a text in one language, with its example facts, and how it reads."""

    language: str
    told: dict[str, Any]
    greeting: str
    do_word: str
    plain: str
    sms: str
    sms_length: Length
    rows: Sequence[saying.Row]
    script: Sequence[saying.Line]
    judged: readability.Judged


def example(template: Mapping[str, Any], facts: Sequence[Mapping[str, Any]], *, language: str, today: date) -> Said:
    """Say what a text says with its example facts.

    Raises FactMissing, FactUnsound, KeyError when it is not whole.
    """
    given = content.examples(facts, organisation=str(settings.PLEIN["ORGANISATION"]), today=today)
    known = content.said_facts(facts, given, key="example", language=language)
    return content.fill(template, known, language=language)


def preview(
    told: Mapping[str, Any], facts: Sequence[Mapping[str, Any]], *, language: str, today: date
) -> Preview | None:
    """Make all forms of a text; None when it is not whole enough to say anything."""
    try:
        said = example(told, facts, language=language, today=today)
    except (Refused, KeyError, IndexError):
        return None
    kept = {
        "title": said.title,
        "short": said.short,
        "blocks": list(said.blocks),
        "name": "M. de Vries",
        "reference": "Z-2026-000123",
    }
    short = saying.sms_text(kept)
    organisation = str(settings.PLEIN["ORGANISATION"])
    return Preview(
        language=language,
        told=kept,
        greeting=saying.greeting(kept, language),
        do_word=saying.word("do", language),
        plain=saying.plain(kept, language=language, organisation=organisation),
        sms=short,
        sms_length=sms.length(short),
        rows=saying.picture_rows(kept, language=language),
        script=saying.script(kept, language=language, organisation=organisation),
        judged=judged(told, facts, language=language, today=today),
    )


def judged(
    told: Mapping[str, Any], facts: Sequence[Mapping[str, Any]], *, language: str, today: date
) -> readability.Judged:
    """Judge how a text reads, with its example facts; also one that is not whole yet."""
    given = content.examples(facts, organisation=str(settings.PLEIN["ORGANISATION"]), today=today)
    known = content.said_facts(facts, given, key="example", language=language)
    texts_in_order = [told.get("title", {}), *told.get("blocks", ())]
    running = "\n".join(str(one.get(language, "")) for one in texts_in_order)
    return readability.judge(content.PLACE.sub(lambda match: known.get(match[1], match[1]), running), language)
