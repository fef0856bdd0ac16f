"""One case as plain facts, for machines that read many: its statement is written once per set of rights.

What somebody may see follows from who they are, their teams and the rights of those; as long as none of these change,
only the uuid in the statement differs. So the database decides as always, and writing the statement costs nothing.
"""

from collections.abc import Hashable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import OuterRef, Subquery

from plein.casework.cases.models import Rol
from plein.casework.cases.queries.rights import READ, kept_rights, visible_to
from plein.casework.cases.queries.types import catalogus
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.teams import teams_of

COLUMNS = (
    "uuid", "identificatie", "zaaktype_id", "status_id", "omschrijving", "toelichting", "kanaal", "registratiedatum",
    "startdatum", "einddatum", "einddatum_gepland", "uiterlijke_einddatum_afdoening", "vertrouwelijkheid", "lon", "lat",
    "buurt_code", "team__key", "handler_id", "priority", "version", "asked_by",
)  # fmt: skip
MARK = UUID("5f1c4e0a-0000-4000-8000-00000000feed")
MOST = 500
Statement = tuple[str, tuple[Any, ...]]
_written: dict[Hashable, Statement | None] = {}


def facts_of(actor: Actor, uuid: UUID, *, now: datetime) -> dict[str, Any] | None:
    """Read one case that an actor may see, by the names of COLUMNS; None when there is none; one query.

    asked_by: the uuid of the first person in it, None without one. Days may come as text in ISO form.
    """
    written = _statement(actor, now)
    if written is None:
        return None
    text, values = written
    wanted = uuid if connection.features.has_native_uuid_field else uuid.hex
    with connection.cursor() as cursor:
        cursor.execute(text, [wanted if value in (MARK, MARK.hex) else value for value in values])
        row = cursor.fetchone()
    if row is None:
        return None
    found = dict(zip(COLUMNS, row, strict=True))
    return {**found, "uuid": uuid, "asked_by": _uuid(found["asked_by"])}


def _uuid(value: Any) -> UUID | None:
    return UUID(value) if isinstance(value, str) else value


def _statement(actor: Actor, now: datetime) -> Statement | None:
    """Give the statement for an actor; written anew when a right, team or type changed, for a person always."""
    if actor.kind != "staff":
        return _write(actor, now)
    known, types = kept_rights(), catalogus()
    rights = (actor.roles, actor.scopes, teams_of(int(actor.key), now=now))
    key = (connection.vendor, actor.key, rights, id(known), id(types))
    if key not in _written:
        if len(_written) >= MOST:
            forget()
        _kept_alive[key] = (known, types)
        _written[key] = _write(actor, now)
    return _written[key]


_kept_alive: dict[Hashable, tuple[Any, Any]] = {}  # an id stands for one thing only as long as that thing is there


def _write(actor: Actor, now: datetime) -> Statement | None:
    first = Rol.objects.filter(zaak=OuterRef("pk"), person__isnull=False).order_by("pk")
    rows = visible_to(actor, may=READ, now=now).filter(uuid=MARK)
    rows = rows.annotate(asked_by=Subquery(first.values("person__uuid")[:1]))
    try:
        text, values = rows.values_list(*COLUMNS).query.sql_with_params()
    except EmptyResultSet:
        return None
    return text, tuple(values)


def forget() -> None:
    """Throw the statements away."""
    _written.clear()
    _kept_alive.clear()
