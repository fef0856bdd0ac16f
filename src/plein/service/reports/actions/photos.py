"""Photos with a report: taken over from what was uploaded, shown to others only once blurred and looked at."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from plein.casework.forms.actions.uploads import hand_over
from plein.foundation.identity.actors import Actor
from plein.service.reports.actions import blurring
from plein.service.reports.models import Photo, Report


@transaction.atomic
def add(
    report: Report, tokens: Sequence[str], *, owner: str, added_by: str = "reporter", by: Actor, now: datetime
) -> list[Photo]:
    """Take photos that were uploaded over into a report; the same photo twice is one.

    Raises NotFound when an upload is gone.
    """
    made = []
    for upload in hand_over(tokens, owner=owner):
        photo, is_new = Photo.objects.get_or_create(
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
        if is_new:
            blurring.queue(photo, now=now)
        made.append(photo)
    return made
