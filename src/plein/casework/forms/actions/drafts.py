"""Filling in: a draft is begun, kept step by step, taken up again by a link, and wiped."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from plein.casework.forms.actions.counting import Event, count, new_events
from plein.casework.forms.errors import DraftGone, LinkGone
from plein.casework.forms.models import ABOUT_DRAFT, Draft, FormVersion, Upload
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules.definition import Form, Step
from plein.casework.forms.rules.travel import Way, merged, way
from plein.foundation import clock
from plein.foundation.identity import keyring
from plein.foundation.identity.models import Person

Fields = dict[str, list[str]]


@dataclass
class Content:
    """What stands in a draft. fields: of all steps, as typed; done: steps that were left by their button."""

    fields: Fields = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)


def hashed(secret: str) -> str:
    """Hash a secret of 128 random bits or more; it need not be slow."""
    return hashlib.sha256(secret.encode()).hexdigest()


def owner_word(draft: Draft) -> str:
    """Give the word under which the files of a draft are kept."""
    return f"draft:{draft.uuid.hex}"


def content_of(draft: Draft) -> Content:
    """Open what stands in a draft."""
    return Content(**json.loads(keyring.decrypt(draft.content, about=ABOUT_DRAFT))) if draft.content else Content()


def _keep(draft: Draft, content: Content, *, now: datetime) -> None:
    told = json.dumps(vars(content), ensure_ascii=False)
    draft.content = keyring.encrypt(told, about=ABOUT_DRAFT)
    draft.changed_at = now
    draft.expires_at = expiry(draft, now=now)
    draft.save(update_fields=["content", "changed_at", "expires_at", "step", "language", "person"])
    Upload.objects.filter(owner=owner_word(draft)).update(expires_at=draft.expires_at)


def expiry(draft: Draft, *, now: datetime) -> datetime:
    """Tell when a draft goes: some days after the last change, and not before its link."""
    settings = definition_of(draft.version).settings
    usual = now + timedelta(days=settings.keep_days)
    return max(usual, draft.resume_until) if draft.resume_until else usual


# -- beginning and finding --------------------------------------------------------------------------------------------


@transaction.atomic
def begin(
    version: FormVersion,
    *,
    owner: str,
    language: str,
    fields: Fields | None = None,
    channel: str = "web",
    person: Person | None = None,
    helper_id: int | None = None,
    now: datetime,
) -> Draft:
    """Begin a form in this browser; what was begun before and not sent is wiped.

    owner: the secret of the browser's session. fields: what is known beforehand. helper_id: staff at the counter.
    """
    for old in Draft.objects.filter(owner_hash=hashed(owner), version__form=version.form, sent_at=None):
        wipe(old, now=now)
    draft = Draft(
        version=version,
        owner_hash=hashed(owner),
        language=language,
        channel=channel,
        person=person,
        helper_id=helper_id,
        started_at=now,
        changed_at=now,
        expires_at=now,
    )
    draft.save(force_insert=True)
    _keep(draft, Content(fields=fields or {}), now=now)
    count(version, [("", "started")], now=now)
    return draft


def find(form_key: str, *, owner: str) -> Draft | None:
    """Find the draft of a form in this browser, also one that was just sent; the newest."""
    rows = Draft.objects.filter(version__form__key=form_key, owner_hash=hashed(owner))
    return rows.select_related("version__form", "person").order_by("-pk").first()


def locked(draft: Draft) -> Draft:
    """Lock a draft for a change.

    Raises DraftGone.
    """
    row = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if row is None:
        raise DraftGone()
    return row


# -- walking ----------------------------------------------------------------------------------------------------------


def login_facts(draft: Draft) -> dict[str, str]:
    """Tell what the login says, as questions may use it. The number itself stays with the person, never in answers."""
    person = draft.person
    if person is None:
        return {}
    return {"name": person.name, "bsn": "login" if person.bsn_hash else ""}


def walk(draft: Draft, content: Content, *, language: str, now: datetime) -> Way:
    """Walk through the form with what stands in the draft."""
    return way(
        definition_of(draft.version),
        content.fields,
        language=language,
        today=clock.local_date(now),
        login=login_facts(draft),
        is_staff=draft.helper_id is not None,
    )


def step_of(form: Form, key: str) -> Step | None:
    """Find a step."""
    return next((step for step in form.steps if step.key == key), None)


@transaction.atomic
def keep_step(
    draft: Draft,
    step: Step,
    sent: Mapping[str, Sequence[str]],
    *,
    language: str,
    is_done: bool = False,
    events: Sequence[Event] = (),
    now: datetime,
) -> Content:
    """Keep what a step sent, right or wrong, so that nothing typed is ever lost; answers of other steps stay.

    Raises DraftGone when it was sent or wiped meanwhile.
    """
    row = locked(draft)
    if row.sent_at is not None:
        raise DraftGone()
    content = content_of(row)
    content.fields = merged(step, content.fields, sent)
    if is_done and step.key not in content.done:
        content.done.append(step.key)
    content.counted, fresh = new_events(content.counted, events)
    row.step, row.language = step.key, language
    _keep(row, content, now=now)
    count(row.version, fresh, now=now)
    return content


@transaction.atomic
def note_shown(draft: Draft, step: Step, events: Sequence[Event], *, language: str, now: datetime) -> None:
    """Remember which step stood open last, and count its questions once per draft."""
    row = locked(draft)
    if row.sent_at is not None:
        return
    content = content_of(row)
    content.counted, fresh = new_events(content.counted, events)
    if fresh or row.step != step.key or row.language != language:
        row.step, row.language = step.key, language
        _keep(row, content, now=now)
        count(row.version, fresh, now=now)


@transaction.atomic
def belong_to(draft: Draft, person: Person | None, *, fields: Fields | None = None, now: datetime) -> Draft:
    """Tie a draft to who logged in, or at the counter to whom it is for; what is known fills what is still empty."""
    row = locked(draft)
    content = content_of(row)
    row.person = person
    content.fields = {**(fields or {}), **{name: held for name, held in content.fields.items() if any(held)}}
    _keep(row, content, now=now)
    draft.person, draft.content = person, row.content
    return row


# -- later, and never -------------------------------------------------------------------------------------------------


@transaction.atomic
def make_link(draft: Draft, *, now: datetime) -> str:
    """Give the secret of a link to go on later; an earlier link stops working. Only its hash is kept.

    Raises DraftGone when the form does not allow it, or was sent.
    """
    row, settings = locked(draft), definition_of(draft.version).settings
    if row.sent_at is not None or not settings.resume:
        raise DraftGone()
    secret = secrets.token_urlsafe(32)
    row.resume_hash, row.resume_until = hashed(secret), now + timedelta(days=settings.resume_days)
    row.expires_at = row.resume_until
    row.save(update_fields=["resume_hash", "resume_until", "expires_at"])
    Upload.objects.filter(owner=owner_word(row)).update(expires_at=row.expires_at)
    return secret


def by_link(secret: str, *, now: datetime) -> Draft:
    """Find the draft that a link leads to, without opening it.

    Raises LinkGone.
    """
    rows = Draft.objects.filter(resume_hash=hashed(secret), resume_until__gt=now, sent_at=None)
    found = rows.select_related("version__form", "person").first()
    if found is None:
        raise LinkGone()
    return found


@transaction.atomic
def take_up(secret: str, *, owner: str, helper_id: int | None = None, now: datetime) -> Draft:
    """Go on with a draft in this browser; the browser where it stood before loses it.

    helper_id: staff who go on with it for somebody; without, who goes on does so without help.

    Raises LinkGone.
    """
    draft = locked(by_link(secret, now=now))
    rows = Draft.objects.filter(owner_hash=hashed(owner), version__form=draft.version.form, sent_at=None)
    for other in rows.exclude(pk=draft.pk):
        wipe(other, now=now)
    draft.owner_hash, draft.helper_id = hashed(owner), helper_id
    draft.channel = ("desk" if draft.channel == "web" else draft.channel) if helper_id else "web"
    draft.save(update_fields=["owner_hash", "helper_id", "channel"])
    return draft


@transaction.atomic
def wipe(draft: Draft, *, now: datetime) -> None:
    """Throw a draft away with its files; where it was left is counted, who left it is nowhere."""
    if draft.sent_at is None:
        count(draft.version, _left(draft, now=now), now=now)
    Upload.objects.filter(owner=owner_word(draft)).delete()
    Draft.objects.filter(pk=draft.pk).delete()


def _left(draft: Draft, *, now: datetime) -> list[Event]:
    """Tell at which step and question a draft was left: the first question of its last step without a good answer."""
    if not draft.step:
        return []
    found = walk(draft, content_of(draft), language="nl", now=now)
    first = next((name for name in found.problems.get(draft.step, {})), "")
    events = [(f"step:{draft.step}", "left")]
    return [*events, (first.partition(".")[0], "left")] if first else events


def drop_expired(*, now: datetime) -> int:
    """Throw away all drafts whose time is over, one by one, so that a run that is cut off goes on next time."""
    gone = 0
    for draft in Draft.objects.filter(expires_at__lt=now).select_related("version__form", "person").iterator():
        wipe(draft, now=now)
        gone += 1
    return gone


def file_tokens(form: Form, answers: Mapping[str, Any]) -> list[str]:
    """List the tokens of all files in the answers, in the order of the questions."""
    return [token for _, _, token in files_in(form, answers)]


def files_in(form: Form, answers: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """List key of the step, key of the question and token of each file in the answers."""
    found = []
    for step in form.steps:
        for question in step.questions:
            if question.kind in ("photo", "file"):
                found += [(step.key, question.key, token) for token in answers.get(question.key, [])]
            inner = [one.key for one in question.questions if one.kind in ("photo", "file")]
            for item in answers.get(question.key, []) if inner else []:
                found += [(step.key, key, token) for key in inner for token in item.get(key, [])]
    return found
