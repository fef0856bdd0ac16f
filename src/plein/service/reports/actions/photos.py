"""Photos with a report: taken over from what was uploaded, shown to others only once somebody looked."""

import io
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from plein.casework.cases import actions as cases
from plein.casework.forms.actions.uploads import hand_over
from plein.foundation.files import store
from plein.foundation.identity.actors import Actor
from plein.foundation.jobs import enqueue
from plein.service.reports.models import Photo, Report

PREVIEW = 720
COARSE = 10  # blocks across a part that is made unreadable
Part = Sequence[float]


@transaction.atomic
def add(
    report: Report, tokens: Sequence[str], *, owner: str, added_by: str = "reporter", by: Actor, now: datetime
) -> list[Photo]:
    """Take photos that were uploaded over into a report; the same photo twice is one.

    Raises NotFound when an upload is gone.
    """
    made = []
    for upload in hand_over(tokens, owner=owner):
        photo, _ = Photo.objects.get_or_create(
            report=report,
            sha256=upload.sha256,
            defaults={
                "key": secrets.token_hex(8),
                "preview_sha256": upload.preview_sha256,
                "width": upload.width,
                "height": upload.height,
                "added_at": now,
                "added_by": added_by,
            },
        )
        made.append(photo)
    return made


@transaction.atomic
def publish(photo: Photo, *, blurs: Sequence[Part], show: bool, by: Actor, now: datetime) -> Photo:
    """Show a photo to others with these parts made unreadable, or keep it inside; the worker draws it.

    blurs: [x, y, width, height], each as a part of the whole (0 to 1).
    """
    with cases.changing(photo.report.zaak, "publish-photo", by=by, now=now, is_open=None) as change:
        change.facts.update(photo=photo.pk, show=show, parts=len(blurs))
        if show:
            change.tell("change", "Een foto wordt getoond op de openbare pagina.", "A photo is shown in public.")
        else:
            change.tell("change", "Een foto blijft binnen.", "A photo is kept inside.")
    photo.blurs = [[round(float(one), 4) for one in part] for part in blurs]
    photo.state, photo.public_sha256, photo.public_preview_sha256 = ("waiting" if show else "hidden"), "", ""
    photo.save(update_fields=["blurs", "state", "public_sha256", "public_preview_sha256"])
    if show:
        enqueue("reports.draw-photo", key=f"reports.draw-photo/{photo.pk}", photo=photo.pk)
    return photo


def draw(photo: Photo, *, now: datetime) -> None:
    """Draw the photo that others may see, with its parts made unreadable, and show it."""
    from PIL import Image

    with Image.open(store.path_of(photo.sha256)) as opened:
        whole = opened.convert("RGB")
    for part in photo.blurs:
        _cover(whole, part)
    small = whole.copy()
    small.thumbnail((PREVIEW, PREVIEW))
    public, preview = store.keep(_jpeg(whole)).sha256, store.keep(_jpeg(small)).sha256
    rows = Photo.objects.filter(pk=photo.pk, state="waiting", blurs=photo.blurs)
    rows.update(public_sha256=public, public_preview_sha256=preview, state="ready")


def _cover(picture: Any, part: Part) -> None:
    """Make a part unreadable: a few coarse blocks, so that nothing can be made of it again."""
    x, y, wide, high = part
    box = (
        max(0, int(x * picture.width)),
        max(0, int(y * picture.height)),
        min(picture.width, int((x + wide) * picture.width) + 1),
        min(picture.height, int((y + high) * picture.height) + 1),
    )
    if box[2] <= box[0] or box[3] <= box[1]:
        return
    cut = picture.crop(box)
    blocks = (COARSE, max(1, COARSE * cut.height // max(1, cut.width)))
    picture.paste(cut.resize(blocks, 2).resize(cut.size, 0), box)


def _jpeg(picture: Any) -> bytes:
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=85, optimize=True)
    return held.getvalue()
