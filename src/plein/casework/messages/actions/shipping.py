"""Bring in the texts that Plein ships; what a municipality changed afterwards stays as it is."""

import json
import tomllib
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction

from plein.casework.messages.models import MessageTemplate
from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.audit import note

FOLDER = Path(__file__).resolve().parent.parent / "texts"


def shipped_texts(folder: Path = FOLDER) -> Iterator[dict[str, Any]]:
    """Read the shipped texts, each with key, about, content, facts and is_private."""
    for path in sorted(folder.glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        facts = {key: {"key": key, "kind": "text", "optional": False, **fact} for key, fact in told["facts"].items()}
        for text in told["text"]:
            yield {
                "key": text["key"],
                "about": text["about"],
                "facts": [facts[key] for key in text["facts"]],
                "is_private": text.get("is_private", False),
                "content": {name: text[name] for name in ("title", "short", "blocks")},
            }


def fingerprint(text: dict[str, Any]) -> str:
    """Give a stamp that is new whenever a shipped text is."""
    return sha256(json.dumps(text, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def bring_texts(*, by: Actor, now: datetime, folder: Path = FOLDER) -> int:
    """Publish each shipped text that is new, and the new form of one that nobody here changed; returns how many.

    Raises NotAllowed.
    """
    require(by, "messages.publish")
    newest: dict[str, MessageTemplate] = {}
    for row in MessageTemplate.objects.order_by("version"):
        newest[row.key] = row
    brought = [_bring(text, newest.get(text["key"]), by=by, now=now) for text in shipped_texts(folder)]
    if any(brought):
        note("messages.bring-texts", subject="texts", by=by, now=now, brought=sum(brought))
    return sum(brought)


def _bring(text: dict[str, Any], old: MessageTemplate | None, *, by: Actor, now: datetime) -> bool:
    stamp = fingerprint(text)
    if old and (not old.shipped or old.shipped == stamp or old.state != MessageTemplate.PUBLISHED):
        return False
    MessageTemplate.objects.filter(key=text["key"], state=MessageTemplate.PUBLISHED).update(
        state=MessageTemplate.REPLACED
    )
    MessageTemplate.objects.create(
        key=text["key"],
        version=old.version + 1 if old else 1,
        state=MessageTemplate.PUBLISHED,
        about_nl=text["about"]["nl"],
        about_en=text["about"]["en"],
        content=text["content"],
        facts=text["facts"],
        is_private=text["is_private"],
        shipped=stamp,
        made_at=now,
        made_by=by.uri,
        changed_at=now,
        published_at=now,
        published_by=by.uri,
    )
    return True
