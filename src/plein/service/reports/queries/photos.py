"""Photos for staff: which wait for a look, and one with its case; looking is noted in the processing log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from plein.casework.cases import queries as cases
from plein.foundation.errors import NotFound
from plein.foundation.gate.door import Subjects, note_use
from plein.foundation.identity.actors import Actor
from plein.service.reports.models import Photo

ACTIVITY = "reports.handle"
PAGE = 48


@dataclass(frozen=True, slots=True)
class Waiting:
    """Photos that wait for a look, oldest first, and how many there are."""

    photos: Sequence[Photo]
    total: int


def waiting(actor: Actor, *, now: datetime) -> Waiting:
    """List the photos nobody looked at yet, of the cases this person may change; three queries."""
    mine = cases.visible_to(actor, may="write", now=now).values("pk")
    rows = Photo.objects.filter(state="waiting", report__zaak__in=mine).select_related(
        "report__category", "report__zaak"
    )
    return Waiting(list(rows.order_by("pk")[:PAGE]), rows.count())


@transaction.atomic
def photo_for(actor: Actor, key: str, *, may: str = "write", now: datetime) -> Photo:
    """Give a photo to somebody with business in its case, and write in the log that it was seen.

    Raises NotFound, NoBusiness.
    """
    photo = Photo.objects.select_related("report__zaak", "report__category").filter(key=key).first()
    if photo is None:
        raise NotFound(what="This photo")
    zaak = cases.zaak_for(actor, photo.report.zaak.uuid, activity=ACTIVITY, may=may, now=now)
    subject = Subjects("case", [zaak.uuid.hex])
    note_use(ACTIVITY, subjects=subject, fields=("photo",), about=f"zaak:{zaak.uuid.hex}", by=actor, now=now)
    return photo
