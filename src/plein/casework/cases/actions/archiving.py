"""Destroying cases when their term is over: proposed by one person, approved by another, and written down for good."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from plein.casework.cases.actions.closing import archive_day
from plein.casework.cases.actions.documents import FOLDER, folder_of, place_of
from plein.casework.cases.errors import ListNotOpen, NothingDue, SecondPersonNeeded, StillNeeded
from plein.casework.cases.events import ZaakDestroyed
from plein.casework.cases.models import (
    Document,
    Resultaat,
    Vernietiging,
    Vernietigingslijst,
    Vernietigingsregel,
    Zaak,
)
from plein.casework.cases.queries import archive, subject_of
from plein.casework.cases.queries.archive import subject_of_list
from plein.casework.cases.queries.types import parts_of
from plein.foundation.clock import local_date
from plein.foundation.events import announce
from plein.foundation.identity import audit
from plein.foundation.identity.actors import SYSTEM, Actor, require
from plein.foundation.identity.models import Staff
from plein.foundation.jobs import enqueue
from plein.foundation.rooms import CaseRemover, offers

PROPOSE, APPROVE = "cases.propose-destruction", "cases.archive"
MOST = 1_000
ORPHAN_AFTER = timedelta(days=1)
LIST = Vernietigingslijst


@transaction.atomic
def draft_list(*, by: Actor, now: datetime) -> Vernietigingslijst:
    """Put what is due on a list, at most a thousand cases; a list that is still a draft is filled further.

    Raises NothingDue, NotAllowed.
    """
    require(by, PROPOSE)
    today = local_date(now)
    found = list(archive.proposable(today)[:MOST])
    lijst = LIST.objects.select_for_update().filter(state=LIST.DRAFT).order_by("-id").first()
    room = MOST - (lijst.regels.count() if lijst else 0)
    if not found or room <= 0:
        if lijst is None:
            raise NothingDue()
        return lijst
    lijst = lijst or LIST.objects.create(made_at=now)
    Vernietigingsregel.objects.filter(zaak__in=found).delete()  # kept until a day that has passed
    Vernietigingsregel.objects.bulk_create(Vernietigingsregel(lijst=lijst, zaak=zaak) for zaak in found[:room])
    audit.note("cases.draft-destruction", subject=subject_of_list(lijst), by=by, now=now, zaken=len(found[:room]))
    return lijst


def draft_due(*, now: datetime) -> None:
    """Put what is due on a list by itself, when there is anything; people look at it and propose it."""
    with suppress(NothingDue):
        draft_list(by=SYSTEM, now=now)


def _locked(lijst: Vernietigingslijst, *states: str) -> Vernietigingslijst:
    """Lock a list that must be in one of these states.

    Raises ListNotOpen.
    """
    row = LIST.objects.select_for_update().get(pk=lijst.pk)
    if row.state not in states:
        raise ListNotOpen(state=row.state)
    return row


@transaction.atomic
def keep_from_destruction(
    regel: Vernietigingsregel, *, reason: str, until: date, by: Actor, now: datetime
) -> Vernietigingsregel:
    """Leave a case on a list alone for now, with the reason; it is proposed again after `until`.

    Raises ListNotOpen, NotAllowed.
    """
    require(by, PROPOSE)
    lijst = _locked(regel.lijst, LIST.DRAFT, LIST.PROPOSED)
    regel.kept, regel.reason, regel.until = True, reason, until
    regel.save()
    audit.note("cases.keep-from-destruction", subject=subject_of_list(lijst), by=by, now=now, zaak=regel.zaak.uuid.hex)
    return regel


@transaction.atomic
def propose_list(lijst: Vernietigingslijst, *, by: Actor, now: datetime) -> Vernietigingslijst:
    """Propose a list that was looked through.

    Raises ListNotOpen, NotAllowed.
    """
    require(by, PROPOSE)
    row = _locked(lijst, LIST.DRAFT)
    row.state, row.proposed_by, row.proposed_at = LIST.PROPOSED, Staff.objects.get(pk=by.key), now
    row.save()
    audit.note("cases.propose-destruction", subject=subject_of_list(row), by=by, now=now)
    return row


@transaction.atomic
def decide_list(
    lijst: Vernietigingslijst, *, approved: bool, note: str = "", by: Actor, now: datetime
) -> Vernietigingslijst:
    """Approve the destruction of a list as a second person, or refuse it; what is approved is destroyed by a job.

    Raises SecondPersonNeeded for who proposed it or chose what stays on it, ListNotOpen, NotAllowed.
    """
    require(by, APPROVE)
    row = _locked(lijst, LIST.PROPOSED)
    if by.key == str(row.proposed_by_id) or archive.touched_by(by, row):
        raise SecondPersonNeeded()
    row.state, row.note = LIST.APPROVED if approved else LIST.REFUSED, note
    row.decided_by, row.decided_at = Staff.objects.get(pk=by.key), now
    row.save()
    if approved:
        enqueue("cases.destroy", key=f"destroy-{row.pk}", lijst=row.pk)
    else:
        row.regels.all().delete()
    word = "approve" if approved else "refuse"
    audit.note(f"cases.{word}-destruction", subject=subject_of_list(row), by=by, now=now)
    return row


def destroy_list(lijst: Vernietigingslijst, *, by: Actor, now: datetime) -> int:
    """Destroy the cases of an approved list, each in one transaction, so that it can stop and go on; gives how many.

    A case that something stands in the way of since then is left out, and comes back on a later list.
    """
    done = 0
    for pk in _in_order(lijst):
        try:
            done += destroy_zaak(pk, lijst=lijst, by=by, now=now)
        except StillNeeded:
            Vernietigingsregel.objects.filter(zaak_id=pk, lijst=lijst).delete()
    with transaction.atomic():
        row = _locked(lijst, LIST.APPROVED, LIST.DONE)
        if row.state == LIST.APPROVED:
            row.state, row.done_at = LIST.DONE, now
            row.save()
            gone = row.vernietigd.count()
            audit.note("cases.destroyed-list", subject=subject_of_list(row), by=by, now=now, zaken=gone)
    return done


def _in_order(lijst: Vernietigingslijst) -> Sequence[int]:
    """List the cases that go, parts before the whole."""
    rows = dict(lijst.regels.filter(kept=False).order_by("id").values_list("zaak_id", "zaak__hoofdzaak_id"))
    depth: dict[int, int] = {}

    def depth_of(pk: int) -> int:
        above = rows.get(pk)
        if pk not in depth:
            depth[pk] = 0
            depth[pk] = depth_of(above) + 1 if above in rows and above is not None else 0
        return depth[pk]

    return sorted(rows, key=lambda pk: -depth_of(pk))


@transaction.atomic
def destroy_zaak(pk: int, *, lijst: Vernietigingslijst, by: Actor, now: datetime) -> bool:
    """Destroy one case of an approved list for good: rows, contact, documents, and what other rooms keep of it.

    Its files go after the commit; should the process be killed just then, the sweep at night takes them.
    Raises StillNeeded.
    """
    approved = LIST.objects.select_for_update().filter(pk=lijst.pk, state=LIST.APPROVED).exists()
    regel = Vernietigingsregel.objects.filter(zaak_id=pk, lijst=lijst, kept=False).exists()
    zaak = Zaak.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if not approved or not regel or zaak is None:
        return False
    if not archive.due(local_date(now)).filter(pk=pk).exists() or zaak.deelzaken.exists():
        raise StillNeeded(zaak=zaak.identificatie)
    _write_down(zaak, lijst, now=now)
    for remover in offers(CaseRemover):
        remover.remove(zaak)
    kind = parts_of(zaak).zaaktype.identificatie
    folder = place_of(folder_of(zaak))
    zaak.delete()
    audit.note("cases.destroy", subject=subject_of(zaak), by=by, now=now, lijst=lijst.uuid.hex)
    announce(ZaakDestroyed(zaak.uuid.hex, kind, at=now), by=by)
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))
    return True


def _write_down(zaak: Zaak, lijst: Vernietigingslijst, *, now: datetime) -> None:
    result = Resultaat.objects.select_related("resultaattype").get(zaak=zaak).resultaattype
    assert zaak.einddatum is not None
    assert zaak.archiefactiedatum is not None
    Vernietiging.objects.create(
        at=now,
        lijst=lijst,
        zaak_uuid=zaak.uuid,
        identificatie=zaak.identificatie,
        zaaktype=parts_of(zaak).zaaktype.identificatie,
        resultaat=result.key,
        selectielijstklasse=result.selectielijstklasse,
        startdatum=zaak.startdatum,
        einddatum=zaak.einddatum,
        archiefactiedatum=zaak.archiefactiedatum,
        documenten=Document.objects.filter(zaak=zaak).count(),
    )


def date_undated() -> int:
    """Find the archive day of closed cases that waited for something else to be over; gives how many have one now."""
    found = 0
    for zaak in archive.undated().select_related("hoofdzaak", "resultaat__resultaattype").iterator(chunk_size=500):
        day = archive_day(zaak, zaak.resultaat.resultaattype)
        if day is not None:
            found += Zaak.objects.filter(pk=zaak.pk, archiefactiedatum=None).update(archiefactiedatum=day)
    return found


def sweep_files(*, now: datetime, told: Callable[[Path], None] = lambda path: None) -> int:
    """Delete files that no row names, older than a day: left by a transaction that failed; gives how many."""
    swept, oldest = 0, (now - ORPHAN_AFTER).timestamp()
    for folder in sorted((Path(settings.MEDIA_ROOT) / FOLDER).glob("*/*")):
        old = [place for place in folder.iterdir() if place.stat().st_mtime < oldest]
        gone = _unnamed(folder.name, old) if old else []
        for place in gone:
            told(place)
        swept += len(gone)
        if not any(folder.iterdir()):
            folder.rmdir()
    return swept


@transaction.atomic
def _unnamed(case: str, places: Sequence[Path]) -> list[Path]:
    """Delete those files of a case that no row names, while nobody can add one: adding locks the case too."""
    Zaak.objects.select_for_update().filter(uuid=case).first()
    known = set(Document.objects.filter(zaak__uuid=case).values_list("sha256", flat=True))
    gone = [place for place in places if place.name not in known]
    for place in gone:
        place.unlink(missing_ok=True)
    return gone
