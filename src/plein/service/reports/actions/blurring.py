"""Photos become fit for others to see: faces and plates made unreadable by a program, and looked at by a person."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from plein.casework.cases import actions as cases
from plein.foundation.errors import NotFound
from plein.foundation.files import store
from plein.foundation.files.blurring import Box, blurred
from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.audit import note
from plein.foundation.jobs import enqueue
from plein.service.reports.errors import PhotoChanged, PhotoNotBlurred, TooManyBoxes
from plein.service.reports.models import Photo
from plein.service.reports.rules.boxes import MOST, is_box

JOB = "reports.blur-photo"


def queue(photo: Photo, *, now: datetime) -> None:
    """Have the worker make faces and plates unreadable; until then nobody outside sees the photo."""
    enqueue(JOB, key=f"photo-{photo.pk}", photo=photo.pk, now=now)


def marks(photo: Photo) -> str:
    """Give a short mark of what is unreadable now, to see that somebody else changed it meanwhile."""
    told = json.dumps([photo.blurs, photo.state, photo.public_sha256])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def blur_new(pk: int, *, by: Actor, now: datetime) -> str:
    """Make a new photo unreadable where faces and plates are; doing it again changes nothing.

    Other people see it after a member of staff looked; or at once, where the municipality set it so.
    Raises Broken when no copy can be made; the photo then stays inside.
    """
    photo = Photo.objects.filter(pk=pk).first()
    if photo is None or photo.public_sha256 or photo.state != "waiting":
        return "nothing to do"
    with blurred(store.path_of(photo.sha256), find=True) as made:
        public, preview = store.keep(made.path), store.keep(made.preview)
    shown_at_once = made.looked and settings.PLEIN["PHOTOS_SHOWN"] == "blurred"
    with transaction.atomic():
        row = Photo.objects.select_for_update().filter(pk=pk, public_sha256="", state="waiting").first()
        if row is None:
            return "nothing to do"
        row.public_sha256, row.public_preview_sha256 = public.sha256, preview.sha256
        row.blurs = [list(box) for box in made.boxes]
        row.state = "ready" if shown_at_once else "waiting"
        row.save(update_fields=["public_sha256", "public_preview_sha256", "blurs", "state"])
        note("reports.blur-photo", subject=f"photo:{row.key}", by=by, now=now, boxes=len(row.blurs), looked=made.looked)
    return f"{len(made.boxes)} places"


def set_boxes(key: str, boxes: Sequence[Box], *, seen: str, by: Actor, now: datetime) -> Photo:
    """Make exactly these places unreadable, as a person says; always from the photo as it came in.

    boxes: [x, y, width, height] as parts of the whole. seen: the marks of the photo that the person looked at. The
    drawing is done before anything is locked.
    Raises PhotoChanged, TooManyBoxes, Broken, NotFound, NotAllowed, and what changing a case raises.
    """
    require(by, "reports.handle")
    if len(boxes) > MOST or not all(is_box(box) for box in boxes):
        raise TooManyBoxes(most=MOST)
    before = Photo.objects.filter(key=key).first()
    if before is None or not store.path_of(before.sha256).is_file():
        raise NotFound(what="This photo")
    with blurred(store.path_of(before.sha256), boxes=boxes, find=False) as made:
        public, preview = store.keep(made.path), store.keep(made.preview)
    with transaction.atomic():
        photo = _locked(key, seen=seen, by=by)
        photo.public_sha256, photo.public_preview_sha256 = public.sha256, preview.sha256
        photo.blurs = [list(box) for box in made.boxes]
        photo.save(update_fields=["public_sha256", "public_preview_sha256", "blurs"])
        _tell(photo, "Op een foto zijn plekken onleesbaar gemaakt.", by=by, now=now)
    return photo


@transaction.atomic
def show(key: str, *, seen: str, by: Actor, now: datetime) -> Photo:
    """Let everybody see a photo, as it is after blurring.

    Raises PhotoNotBlurred, PhotoChanged, NotFound, NotAllowed, and what changing a case raises.
    """
    photo = _locked(key, seen=seen, by=by)
    if not photo.public_sha256:
        raise PhotoNotBlurred()
    return _state(photo, "ready", "Een foto is openbaar gemaakt.", by=by, now=now)


@transaction.atomic
def hide(key: str, *, seen: str, by: Actor, now: datetime) -> Photo:
    """Keep a photo inside.

    Raises PhotoChanged, NotFound, NotAllowed, and what changing a case raises.
    """
    return _state(_locked(key, seen=seen, by=by), "hidden", "Een foto is niet openbaar.", by=by, now=now)


def _locked(key: str, *, seen: str, by: Actor) -> Photo:
    require(by, "reports.handle")
    photo = Photo.objects.select_for_update(of=("self",)).select_related("report__zaak").filter(key=key).first()
    if photo is None:
        raise NotFound(what="This photo")
    if marks(photo) != seen:
        raise PhotoChanged()
    return photo


def _state(photo: Photo, state: str, told: str, *, by: Actor, now: datetime) -> Photo:
    photo.state = state
    photo.save(update_fields=["state"])
    _tell(photo, told, by=by, now=now)
    return photo


def _tell(photo: Photo, told: str, *, by: Actor, now: datetime) -> None:
    """Write it in the timeline of the case, which also looks whether this person may change the case."""
    cases.add_note(photo.report.zaak, told, by=by, now=now)
    note("reports.photo", subject=f"photo:{photo.key}", by=by, now=now, state=photo.state, boxes=len(photo.blurs))
