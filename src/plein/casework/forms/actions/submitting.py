"""Sending: once in effect, whatever is clicked; a case or a room takes it, in one transaction with the answers."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from plein.casework.cases.actions import add_document, open_zaak
from plein.casework.cases.models import Audience, Zaak
from plein.casework.forms.actions import uploads
from plein.casework.forms.actions.counting import count
from plein.casework.forms.actions.drafts import content_of, files_in, locked, owner_word, walk
from plein.casework.forms.errors import NotWhole
from plein.casework.forms.models import ABOUT_ANSWERS, Draft, Submission
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules.sending import Sent, SentFile, contact_of
from plein.casework.messages.actions import Recipient, send
from plein.foundation.files import store
from plein.foundation.geo.places import buurt_at
from plein.foundation.identity import audit, keyring
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.models import Team
from plein.foundation.jobs import enqueue
from plein.foundation.rooms import FormHandler, offers

SHOWN_FOR = timedelta(hours=12)


@transaction.atomic
def submit(draft: Draft, *, by: Actor, now: datetime) -> Draft:
    """Send a form: open its case, or give it to the room that takes it, keep the answers and confirm.

    A draft that was sent before is given back as it is: a second click, or the back button, sends nothing twice.
    Raises NotWhole (its `step` is where to go), DraftGone, and what opening a case raises.
    """
    row = locked(draft)
    if row.sent_at is not None:
        return row
    content = content_of(row)
    found = walk(row, content, language=row.language, now=now)
    if found.first_open:
        refused = NotWhole()
        refused.step = found.first_open
        raise refused
    form = definition_of(row.version)
    named = files_in(form, found.answers)
    held = uploads.hand_over([token for _, _, token in named], owner=owner_word(row))
    files = [
        SentFile(one.token, key, one.name, one.media_type, one.size, one.sha256, one.preview_sha256)
        for (_, key, _), one in zip(named, held, strict=True)
    ]
    sent = Sent(
        uuid=row.uuid.hex,
        form_key=row.version.form.key,
        form=form,
        answers=found.answers,
        files=files,
        contact=contact_of(form, found.answers),
        place=found.answers.get(form.settings.place) or {},
        language=row.language,
        channel=row.channel,
        person=row.person.key if row.person else "",
    )
    reference, zaak = _given(sent, row, by=by, now=now)
    _keep(row, sent, reference, zaak, by=by, now=now)
    return row


def handler_for(form_key: str) -> FormHandler | None:
    """Find the room that takes a form itself."""
    return next((offer for offer in offers(FormHandler) if offer.form_key == form_key), None)


def _given(sent: Sent, draft: Draft, *, by: Actor, now: datetime) -> tuple[str, Zaak | None]:
    handler = handler_for(sent.form_key)
    if handler is not None:
        return handler.handle(sent, by=by, now=now), None
    lon, lat = sent.place.get("lon"), sent.place.get("lat")
    has_place = lon is not None and lat is not None
    zaak = open_zaak(
        sent.form.settings.zaaktype,
        omschrijving=sent.form.title.nl,
        toelichting=str(sent.place.get("address", "")),
        kanaal=draft.channel,
        lon=lon,
        lat=lat,
        buurt_code=(buurt_at(lon, lat) or "") if has_place else "",
        team=Team.objects.filter(key=sent.form.settings.team, active=True).first() if sent.form.settings.team else None,
        person=draft.person,
        contact=sent.contact,
        by=by,
        now=now,
    )
    _add_files(zaak, sent.files, document=sent.form.settings.document, now=now)
    return zaak.identificatie, zaak


def _add_files(zaak: Zaak, files: Sequence[SentFile], *, document: str, now: datetime) -> None:
    for file in files:
        add_document(
            zaak,
            document,
            content=store.path_of(file.sha256),
            titel=file.name,
            bestandsnaam=file.name,
            formaat=file.media_type,
            auteur="aanvrager",
            audience=Audience.PERSON,
            by=SYSTEM,
            now=now,
        )


def _keep(draft: Draft, sent: Sent, reference: str, zaak: Zaak | None, *, by: Actor, now: datetime) -> None:
    """Keep the answers, empty the draft, count, confirm, and have the PDF made."""
    files = {
        file.token: {"name": file.name, "sha256": file.sha256, "media_type": file.media_type} for file in sent.files
    }
    told = json.dumps({"answers": sent.answers, "files": files}, ensure_ascii=False)
    Submission.objects.create(
        uuid=draft.uuid,
        version=draft.version,
        zaak=zaak,
        reference=reference,
        answers=keyring.encrypt(told, about=ABOUT_ANSWERS),
        language=draft.language,
        channel=draft.channel,
        helped_by=by.uri if draft.helper_id else "",
        sent_at=now,
    )
    draft.content, draft.reference, draft.sent_at = None, reference, now
    draft.resume_hash, draft.resume_until, draft.expires_at = None, None, now + SHOWN_FOR
    draft.save(update_fields=["content", "reference", "sent_at", "resume_hash", "resume_until", "expires_at"])
    count(draft.version, [("", "sent")], now=now)
    if draft.helper_id:
        audit.note("forms.help", subject=f"form:{reference}", by=by, now=now, form=sent.form_key, channel=draft.channel)
    if zaak is not None:
        _confirm(draft, sent, zaak, by=by, now=now)
        enqueue("forms.write-answers", submission=draft.uuid.hex, now=now)


def _confirm(draft: Draft, sent: Sent, zaak: Zaak, *, by: Actor, now: datetime) -> None:
    """Tell whoever can be told that it arrived."""
    contact, template = sent.contact, sent.form.settings.message
    if not template or not (draft.person or contact.get("email") or contact.get("phone")):
        return
    to = Recipient(
        person=draft.person,
        name=contact.get("name", ""),
        email=contact.get("email", ""),
        phone=contact.get("phone", ""),
        language=draft.language,
    )
    facts = {"case": sent.form.title.said(draft.language), "decide_by": zaak.uiterlijke_einddatum_afdoening}
    if draft.person:
        facts["link"] = f"{settings.PLEIN['BASE_URL']}/mijn/zaken/{zaak.uuid}"
    send(template, to=to, facts={name: fact for name, fact in facts.items() if fact}, zaak=zaak, by=by, now=now)
