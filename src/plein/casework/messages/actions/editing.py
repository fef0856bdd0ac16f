"""Write texts: a new version as a draft, changed until it is good, then put to use instead of the one before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from plein.casework.messages.errors import ChangedMeanwhile, ContentUnsound, NotADraft, TemplateMissing
from plein.casework.messages.models import MessageTemplate
from plein.casework.messages.rules import content
from plein.casework.messages.rules.pictograms import PICTOGRAMS
from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.audit import note


def problems(told: Mapping[str, Any], facts: Sequence[Mapping[str, Any]]) -> list[content.Problem]:
    """List what is wrong with a text."""
    return content.check(told, facts, pictures=list(PICTOGRAMS))


@transaction.atomic
def new_draft(key: str, *, by: Actor, now: datetime) -> MessageTemplate:
    """Give the draft of a text; made from the newest version when there is none yet.

    Raises NotAllowed, TemplateMissing.
    """
    require(by, "messages.edit")
    newest = MessageTemplate.objects.filter(key=key).order_by("-version").first()
    if newest is None:
        raise TemplateMissing(key=key)
    if newest.state == MessageTemplate.DRAFT:
        return newest
    made = MessageTemplate.objects.create(
        key=key,
        version=newest.version + 1,
        about_nl=newest.about_nl,
        about_en=newest.about_en,
        content=newest.content,
        facts=newest.facts,
        is_private=newest.is_private,
        made_at=now,
        made_by=by.uri,
        changed_at=now,
    )
    note("messages.draft", subject=f"text:{key}", by=by, now=now, version=made.version)
    return made


@transaction.atomic
def save_draft(
    draft: MessageTemplate,
    told: Mapping[str, Any],
    *,
    is_private: bool,
    seen: datetime | None = None,
    by: Actor,
    now: datetime,
) -> MessageTemplate:
    """Keep a draft as it was typed, also with problems in it: they only stop publishing.

    seen: when the draft last changed, as the page showed it. Raises NotAllowed, NotADraft, ChangedMeanwhile.
    """
    require(by, "messages.edit")
    rows = MessageTemplate.objects.filter(pk=draft.pk)
    if not rows.filter(state=MessageTemplate.DRAFT).exists():
        raise NotADraft()
    rows = rows.filter(changed_at=seen) if seen else rows
    if not rows.update(content=dict(told), is_private=is_private, changed_at=now):
        raise ChangedMeanwhile()
    note("messages.edit", subject=f"text:{draft.key}", by=by, now=now, version=draft.version)
    draft.refresh_from_db()
    return draft


@transaction.atomic
def publish(draft: MessageTemplate, *, by: Actor, now: datetime) -> MessageTemplate:
    """Put a draft to use; messages that were sent keep what they said.

    Raises NotAllowed, NotADraft, ContentUnsound.
    """
    require(by, "messages.publish")
    row = MessageTemplate.objects.get(pk=draft.pk)
    if row.state != MessageTemplate.DRAFT:
        raise NotADraft()
    found = problems(row.content, row.facts)
    if found:
        raise ContentUnsound(problems=", ".join(sorted({f"{one.place}: {one.code}" for one in found})) + ".")
    in_use = MessageTemplate.objects.filter(key=row.key, state=MessageTemplate.PUBLISHED)
    in_use.update(state=MessageTemplate.REPLACED)
    row.state, row.published_at, row.published_by = MessageTemplate.PUBLISHED, now, by.uri
    row.save(update_fields=["state", "published_at", "published_by"])
    note("messages.publish", subject=f"text:{row.key}", by=by, now=now, version=row.version)
    return row


@transaction.atomic
def drop_draft(draft: MessageTemplate, *, by: Actor, now: datetime) -> None:
    """Throw a draft away.

    Raises NotAllowed, NotADraft.
    """
    require(by, "messages.edit")
    if not MessageTemplate.objects.filter(pk=draft.pk, state=MessageTemplate.DRAFT).delete()[0]:
        raise NotADraft()
    note("messages.drop-draft", subject=f"text:{draft.key}", by=by, now=now, version=draft.version)
