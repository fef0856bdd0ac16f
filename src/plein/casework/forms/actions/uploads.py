"""Taking files: cleaned, on disk for certain, then known by a token that only the sender's page holds.

    fields, wrong = take_files(questions, request, fields, owner=owner, now=now, language=language)

A room that asks questions of its own uses the same: `owner` is its own word for whose page it is.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.db import transaction

from plein.casework.forms.models import Upload
from plein.casework.forms.rules.definition import Question
from plein.casework.forms.rules.questions import Problem
from plein.casework.forms.rules.values import MOST_FILES
from plein.foundation.errors import NotFound, Refused
from plein.foundation.files import store
from plein.foundation.files.cleaning import cleaned
from plein.foundation.files.errors import FileNotTaken
from plein.foundation.words import gettext_noop

KEPT_FOR = timedelta(days=2)
MOST_PER_OWNER = 40


class TooManyFiles(FileNotTaken):
    """One page sent more files than it needs."""

    message = gettext_noop("{file} was not taken: you sent {limit} files already. Take one away first.")
    kind = "file-too-many"


def safe_name(name: str, suffix: str) -> str:
    """Make a name that is safe in a header, a folder and a page, with the end that fits the content."""
    whole = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    stem = whole.rpartition(".")[0] or whole
    plain = re.sub(r"[^\w \-().]", "_", stem).strip(" .")[:120]
    return f"{plain or 'bestand'}{suffix}"


def take(
    file: BinaryIO,
    *,
    name: str,
    owner: str,
    kinds: Sequence[str] = ("image",),
    now: datetime,
    kept_for: timedelta = KEPT_FOR,
) -> Upload:
    """Clean a file, put it on disk and write its row; nothing is left of a file that is refused.

    Raises FileNotTaken in one of its kinds, ScannerSilent.
    """
    shown = safe_name(name, "")[:60]
    if Upload.objects.filter(owner=owner).count() >= MOST_PER_OWNER:
        raise TooManyFiles(file=shown, limit=MOST_PER_OWNER)
    with cleaned(file, name=shown, kinds=kinds) as clean:
        kept = store.keep(clean.path)
        preview = store.keep(clean.preview).sha256 if clean.preview else ""
        return Upload.objects.create(
            token=secrets.token_urlsafe(32),
            owner=owner,
            name=safe_name(name, clean.suffix),
            kind=clean.kind,
            media_type=clean.media_type,
            size=kept.size,
            sha256=kept.sha256,
            preview_sha256=preview,
            width=clean.width,
            height=clean.height,
            lon=clean.place[0] if clean.place else None,
            lat=clean.place[1] if clean.place else None,
            created_at=now,
            expires_at=now + kept_for,
        )


def wanted_kinds(question: Question) -> tuple[str, ...]:
    """List the kinds of file that a question asks for."""
    if question.kind == "photo":
        return ("image",)
    return question.files or ("image", "pdf", "office")


def take_files(
    questions: Iterable[Question],
    files: Any,
    fields: dict[str, list[str]],
    *,
    owner: str,
    now: datetime,
    language: str = "nl",
) -> tuple[dict[str, list[str]], dict[str, Problem]]:
    """Take all files of a request into the fields of its page, as tokens behind those that stood there.

    files: request.FILES. Returns the fields to bind, and what was wrong by name of field.
    """
    found = {name: list(values) for name, values in fields.items()}
    wrong: dict[str, Problem] = {}
    for name, question in file_fields(questions, files):
        for file in files.getlist(name)[: int(question.most or MOST_FILES) + 1]:
            try:
                upload = take(file, name=file.name or "", owner=owner, kinds=wanted_kinds(question), now=now)
            except Refused as refused:
                wrong[name] = _problem(refused, language)
            else:
                found.setdefault(name, []).append(upload.token)
    return found, wrong


def file_fields(questions: Iterable[Question], files: Any) -> list[tuple[str, Question]]:
    """List the names in a request that belong to a question for files, those in groups too."""
    asked = {(question.key,): question for question in questions if question.kind in ("photo", "file")}
    for group in (question for question in questions if question.kind == "group"):
        asked |= {(group.key, inner.key): inner for inner in group.questions if inner.kind in ("photo", "file")}
    named = ((name, tuple(part for part in name.split(".") if not part.isdigit())) for name in files)
    return [(name, asked[path]) for name, path in named if path in asked]


def _problem(refused: Refused, language: str) -> Problem:
    from django.utils import translation

    from plein.foundation.ui.refusals import sentence

    with translation.override(language):
        return Problem(getattr(refused, "kind", refused.code), sentence(refused))


def held(tokens: Sequence[str], *, owner: str) -> list[Upload]:
    """Give the files behind the tokens that this owner sent, in order; tokens of others are as unknown as made-up ones.

    Raises NotFound when one is gone.
    """
    rows = {row.token: row for row in Upload.objects.filter(token__in=tokens, owner=owner)}
    missing = [token for token in tokens if token not in rows]
    if missing:
        raise NotFound(what="A file that you sent")
    return [rows[token] for token in tokens]


@transaction.atomic
def hand_over(tokens: Sequence[str], *, owner: str) -> list[Upload]:
    """Give the files to whoever makes documents of them, in the transaction that does; the rows go, the files stay.

    Raises NotFound.
    """
    found = held(tokens, owner=owner)
    Upload.objects.filter(pk__in=[row.pk for row in found]).delete()
    return found


def drop(token: str, *, owner: str) -> None:
    """Take a file back; its bytes go with the next sweep."""
    Upload.objects.filter(token=token, owner=owner).delete()


def drop_expired(*, now: datetime) -> int:
    """Forget files whose form was never sent."""
    return Upload.objects.filter(expires_at__lt=now).delete()[0]


def only_held(questions: Iterable[Question], fields: dict[str, list[str]], *, owner: str) -> dict[str, list[str]]:
    """Leave tokens out of the fields that this owner does not have (any more)."""
    names = {name for name, _ in file_fields(questions, fields)}
    tokens = {token for name in names for token in fields[name]}
    if not tokens:
        return fields
    known = set(Upload.objects.filter(token__in=tokens, owner=owner).values_list("token", flat=True))
    return {name: [one for one in held if one in known] if name in names else held for name, held in fields.items()}
