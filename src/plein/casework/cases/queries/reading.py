"""The one guarded read of a case, and what hangs on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from plein.casework.cases.errors import NoBusiness, NoSuchCase
from plein.casework.cases.models import Audience, Document, Entry, Rol, Status, Zaak, Zaakrelatie
from plein.casework.cases.queries.rights import READ, visible_to
from plein.casework.cases.queries.types import catalogus, parts_of, with_types
from plein.casework.cases.rules.references import tidied
from plein.foundation.gate import refusals
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import AuditLine
from plein.foundation.words import Text

SEEN_BY = {
    Audience.STAFF: (Audience.STAFF, Audience.PERSON, Audience.PUBLIC),
    Audience.PERSON: (Audience.PERSON, Audience.PUBLIC),
    Audience.PUBLIC: (Audience.PUBLIC,),
}
OPENED = Text("De zaak is geopend.", "The case was opened.")


def subject_of(zaak: Zaak) -> str:
    """Name a case in audit lines."""
    return f"zaak:{zaak.uuid.hex}"


def zaak_for(actor: Actor, uuid: UUID | str, *, activity: str | None = None, may: str = READ, now: datetime) -> Zaak:
    """Read a case for somebody who may see it, with its type, status, team and handler; one query.

    activity: the processing activity it is read for; None is that of its type.
    Raises NoBusiness for staff without a task in it, NoSuchCase for everybody else.
    """
    rows = visible_to(actor, may=may, now=now).filter(uuid=uuid).select_related("team", "handler")
    found = next(with_types(rows), None)
    if found is None:
        _turn_away(actor, uuid, activity=activity, now=now)
    assert found is not None
    return found


def _turn_away(actor: Actor, uuid: UUID | str, *, activity: str | None, now: datetime) -> None:
    """Refuse a look, and keep the refusal for the privacy officer when the case does exist."""
    row = Zaak.objects.filter(uuid=uuid).first()
    if row is None:
        raise NoSuchCase(what=str(uuid))
    refused = NoBusiness(about=subject_of(row)) if actor.kind == "staff" else NoSuchCase(what=str(uuid))
    what = activity or parts_of(row).zaaktype.activity
    refusals.note(refused, product=subject_of(row), activity=what, by=actor, now=now)
    raise refused


def zaak_by_reference(actor: Actor, text: str, *, now: datetime) -> Zaak | None:
    """Find a case by its reference number as somebody typed it; None when there is none that the actor may see."""
    reference = tidied(text) or text.strip()
    rows = visible_to(actor, now=now).filter(identificatie=reference).select_related("team", "handler")
    return next(with_types(rows), None)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the timeline: by is the kind of actor, by_key its key (for staff only); of: the case it comes from."""

    at: datetime
    kind: str
    text: Text
    by: str
    by_key: str = ""
    audience: str = Audience.STAFF
    data: dict[str, Any] = field(default_factory=dict)
    of: str = ""


def timeline(zaak: Zaak, audience: str = Audience.STAFF) -> list[Line]:
    """List what happened in a case, oldest first, for an audience; one query, two when the case is a duplicate.

    The first line is made of the case itself. Who follows a duplicate also hears how the case it was merged into goes:
    its public lines and statuses from then on, and nothing else of it.
    """
    own = [_line(entry, zaak, audience) for entry in _entries(zaak.pk, audience)]
    merged = next((line for line in reversed(own) if line.kind == "merged-into"), None)
    lines = [_opening(zaak, audience), *own]
    if merged is not None:
        lines += _of_main(merged, audience)
    return sorted(lines, key=lambda line: line.at)


def _entries(zaak_id: int, audience: str) -> QuerySet[Entry]:
    return Entry.objects.filter(zaak_id=zaak_id, audience__in=SEEN_BY[Audience(audience)]).order_by("id")


def _opening(zaak: Zaak, audience: str) -> Line:
    kind, key = _who(zaak.opened_by, audience)
    data = {"kanaal": zaak.kanaal}
    return Line(zaak.registered_at, "opened", OPENED, kind, key, Audience.PUBLIC, data, zaak.identificatie)


def _line(entry: Entry, zaak: Zaak, audience: str) -> Line:
    kind, key = _who(entry.by, audience)
    text = Text(entry.text, entry.text_en or entry.text)
    return Line(entry.at, entry.kind, text, kind, key, entry.audience, entry.data, zaak.identificatie)


def _who(uri: str, audience: str) -> tuple[str, str]:
    """Tell the kind of an actor, and to staff also its key."""
    _, kind, key = (*uri.split(":", 2), "", "")[:3]
    return kind, key if audience == Audience.STAFF else ""


def _of_main(merged: Line, audience: str) -> list[Line]:
    main = Zaak.objects.filter(uuid=merged.data["zaak"]).first()
    if main is None:
        return []
    rows = Entry.objects.filter(zaak=main, at__gte=merged.at)
    shared = Q(audience=Audience.PUBLIC) | Q(kind="status", audience=Audience.PERSON)
    return [_line(entry, main, audience) for entry in rows.filter(shared).order_by("id")]


def changes_since(zaak: Zaak, version: int) -> list[dict[str, Any]]:
    """List what changed in a case after a version, oldest first, as a refusal can carry it."""
    rows = Entry.objects.filter(zaak=zaak, version__gt=version).order_by("id")
    return [
        {
            "at": row.at.isoformat(),
            "kind": row.kind,
            "text": row.text,
            "text_en": row.text_en or row.text,
            "by": _who(row.by, Audience.PERSON)[0],
        }
        for row in rows
    ]


def statussen(zaak: Zaak) -> list[Status]:
    """List the statuses that a case has had, oldest first; the first is implied by the case itself."""
    first = Status(
        zaak=zaak,
        statustype=parts_of(zaak).first_status,
        datum_status_gezet=zaak.registered_at,
        gezet_door=zaak.opened_by,
    )
    rows = list(Status.objects.filter(zaak=zaak).order_by("id"))
    known = catalogus().statuses
    for row in rows:
        row.statustype = known[row.statustype_id]
    return [first, *rows]


def audit_trail(zaak: Zaak) -> list[AuditLine]:
    """List the audit lines of a case, oldest first; its opening stands in its own row (opened_by, registered_at)."""
    return list(AuditLine.objects.filter(subject=subject_of(zaak)).order_by("id"))


def documenten(zaak: Zaak, audience: str = Audience.STAFF) -> list[Document]:
    """List the documents of a case for an audience, newest first; one query."""
    rows = Document.objects.filter(zaak=zaak, audience__in=SEEN_BY[Audience(audience)])
    return list(rows.select_related("informatieobjecttype").order_by("-id"))


def rollen(zaak: Zaak) -> list[Rol]:
    """List who is in a case, with persons, staff and teams; one query. Contact stays sealed, see `contact_of`."""
    rows = Rol.objects.filter(zaak=zaak).select_related("roltype", "person", "staff", "team")
    return list(rows.order_by("id"))


def relaties(zaak: Zaak, *, actor: Actor, now: datetime) -> list[tuple[str, Zaak]]:
    """List related cases that the actor may see too, with how: an aard, deelzaak, hoofdzaak, heeft-duplicaat."""
    ties = list(Zaakrelatie.objects.filter(Q(zaak=zaak) | Q(to=zaak)).values_list("zaak_id", "to_id", "aard"))
    how: dict[int, str] = {}
    for one, other, aard in ties:
        back = "heeft-duplicaat" if aard == "duplicaat" else aard
        how[other if one == zaak.pk else one] = aard if one == zaak.pk else back
    if zaak.hoofdzaak_id:
        how[zaak.hoofdzaak_id] = "hoofdzaak"
    rows = visible_to(actor, now=now).filter(Q(pk__in=how) | Q(hoofdzaak=zaak)).order_by("id")
    return [(how.get(row.pk, "deelzaak"), row) for row in with_types(rows)]


def zaken_by_id(ids: Sequence[int]) -> dict[int, Zaak]:
    """Give cases by id with their types, for rooms that keep more about them and checked the right to see them."""
    return {row.pk: row for row in with_types(Zaak.objects.filter(pk__in=ids))}
