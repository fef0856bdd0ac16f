"""What a reporter or somebody who follows does with the secret link: add, correct, withdraw, stop; and "me too"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from plein.casework.cases import actions as cases
from plein.casework.cases.models import Rol
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import Person
from plein.service.reports.actions import photos as photo_actions
from plein.service.reports.actions.filing import TEXT
from plein.service.reports.actions.handling import close
from plein.service.reports.actions.telling import reached_by, sealed, tell_one
from plein.service.reports.errors import AlreadyClosed, NothingSaid, TextTooLong
from plein.service.reports.models import Addition, Follower, Report
from plein.service.reports.queries.links import secret_for
from plein.service.reports.queries.wording import public_words
from plein.service.reports.rules.filing import tidy
from plein.service.reports.rules.secrets import digest_of, new_key
from plein.service.reports.rules.spam import MOST_SIGNS


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody who follows now; secret: of the link."""

    follower: Follower
    secret: str


def follow(
    report: Report,
    *,
    contact: Mapping[str, str] | None = None,
    text: str = "",
    person: Person | None = None,
    language: str = "nl",
    draft_key: str = "",
    by: Actor,
    now: datetime,
) -> Joined:
    """Write down that somebody else has the same trouble: "me too". The same draft twice counts once.

    Raises AlreadyClosed, TextTooLong.
    """
    if report.closed_at is not None:
        raise AlreadyClosed()
    key = new_key()
    try:
        with transaction.atomic():
            follower = Follower.objects.create(
                report=report,
                person=person,
                contact=sealed(_tidy(contact)),
                language=language,
                key=key,
                secret_digest=digest_of(secret_for(key)),
                draft_key=draft_key or None,
                since=now,
            )
            Report.objects.filter(pk=report.pk).update(followers_count=F("followers_count") + 1, changed_at=now)
            cases.tell(
                report.zaak,
                "me-too",
                "Nog iemand heeft hier last van.",
                "Somebody else has this trouble too.",
                by=by,
                now=now,
            )
            if tidy(text):
                _add(report, tidy(text), follower=follower, kind="me-too", by=by, now=now)
            _welcome(report, follower, by=by, now=now)
    except IntegrityError:
        known = Follower.objects.filter(draft_key=draft_key).first() if draft_key else None
        if known is None:
            raise
        return Joined(known, secret_for(known.key))
    return Joined(follower, secret_for(key))


def _welcome(report: Report, follower: Follower, *, by: Actor, now: datetime) -> None:
    for one in reached_by(report):
        if isinstance(one.holder, Follower) and one.holder.pk == follower.pk:
            tell_one(report, "report-me-too", one, by=by, now=now, promised_on=report.promise_on)


@transaction.atomic
def add_text(
    report: Report,
    text: str,
    *,
    follower: Follower | None = None,
    photos: Sequence[str] = (),
    photos_owner: str = "",
    by: Actor,
    now: datetime,
) -> Addition:
    """Add something to a report, with photos.

    Raises NothingSaid, TextTooLong.
    """
    told = tidy(text)
    if not told and not photos:
        raise NothingSaid()
    if photos:
        photo_actions.add(
            report, photos, owner=photos_owner, added_by="follower" if follower else "reporter", by=by, now=now
        )
    return _add(report, told, follower=follower, kind="more", by=by, now=now)


def _add(report: Report, text: str, *, follower: Follower | None, kind: str, by: Actor, now: datetime) -> Addition:
    if len(text) > MOST_SIGNS:
        raise TextTooLong(length=len(text), most=MOST_SIGNS)
    made = Addition.objects.create(
        report=report,
        follower=follower,
        kind=kind,
        text=keyring.encrypt(text, about=TEXT) if text else None,
        public_text=public_words(text),
        at=now,
    )
    Report.objects.filter(pk=report.pk).update(changed_at=now)
    cases.tell(
        report.zaak,
        "addition",
        "Er is iets bij de melding gezet.",
        "Something was added to the report.",
        audience="person",
        data={"addition": made.pk},
        by=by,
        now=now,
    )
    return made


def initiator_of(report: Report) -> Rol | None:
    """Find the role of who reported; None for who left nothing."""
    rows = Rol.objects.select_related("zaak", "person").filter(zaak_id=report.zaak_id)
    return rows.filter(roltype__omschrijving_generiek="initiator").first()


@transaction.atomic
def change_contact(
    report: Report, contact: Mapping[str, str] | None, *, follower: Follower | None = None, by: Actor, now: datetime
) -> None:
    """Correct the contact details of a reporter or follower, or withdraw them (None)."""
    told = _tidy(contact)
    if follower is not None:
        Follower.objects.filter(pk=follower.pk).update(contact=sealed(told))
        return
    rol = initiator_of(report)
    if rol is not None:
        cases.change_contact(rol, told or None, by=by, now=now)
    elif told:
        cases.add_rol(report.zaak, "initiator", contact=told, by=by, now=now)


@transaction.atomic
def stop_following(follower: Follower, *, by: Actor, now: datetime) -> None:
    """End following: the contact details go at once, the count stays."""
    Follower.objects.filter(pk=follower.pk, ended_at=None).update(ended_at=now, contact=None, person=None)


@transaction.atomic
def withdraw(report: Report, *, by: Actor, now: datetime) -> Report:
    """Take a report back as its reporter; others who follow it keep it open under their own name.

    With followers only the reporter leaves: their contact details go, and the work goes on.
    Raises AlreadyClosed.
    """
    if report.closed_at is not None:
        raise AlreadyClosed()
    if report.followers.filter(ended_at=None).exists():
        change_contact(report, None, by=by, now=now)
        return report
    from plein.foundation.identity.actors import SYSTEM

    return close(report, "withdrawn", by=SYSTEM, now=now)


def _tidy(contact: Mapping[str, str] | None) -> dict[str, str]:
    known = ("name", "email", "phone")
    return {name: tidy(str((contact or {}).get(name, "")))[:200] for name in known if (contact or {}).get(name)}
