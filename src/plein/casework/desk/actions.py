"""What the desk changes by itself: saved choices, and many cases at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from plein.casework.cases import actions as cases
from plein.casework.cases.models import Zaak
from plein.casework.cases.queries import visible_to, with_types
from plein.casework.desk.models import SavedFilter
from plein.foundation.errors import NotAllowed, Refused
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.audit import note
from plein.foundation.identity.models import Staff, Team

MOST_AT_ONCE = 200


@transaction.atomic
def save_filter(
    staff: Staff, name: str, *, query: str, team: Team | None = None, by: Actor, now: datetime
) -> SavedFilter:
    """Keep a choice of work under a name; the same name again replaces it. team: shared with everybody in it."""
    values = {"query": query[:500], "team": team, "made_at": now}
    made, _ = SavedFilter.objects.update_or_create(staff=staff, name=name.strip()[:60], defaults=values)
    note("desk.save-filter", subject=f"saved-filter:{made.pk}", by=by, now=now)
    return made


@transaction.atomic
def forget_filter(saved: SavedFilter, *, by: Actor, now: datetime) -> None:
    """Take a saved choice away; only who made it may.

    Raises NotAllowed.
    """
    if str(saved.staff_id) != by.key or by.kind != "staff":
        raise NotAllowed(right="desk.forget-filter")
    note("desk.forget-filter", subject=f"saved-filter:{saved.pk}", by=by, now=now)
    saved.delete()


@dataclass(slots=True)
class Outcome:
    """What came of doing something with many cases: how many were done, and which were refused with why."""

    done: int = 0
    refused: list[tuple[Zaak, Refused]] = field(default_factory=list)


def do_many(uuids: Sequence[UUID], what: str, *, staff: Staff, by: Actor, now: datetime) -> Outcome:
    """Do one thing with many cases, each in a transaction of its own: "take", "team:ID" or "priority:N".

    What was refused for one case holds up no other. Cases that the actor may not see are left out.
    """
    kind, _, value = what.partition(":")
    team = Team.objects.get(pk=int(value)) if kind == "team" else None
    outcome = Outcome()
    rows = visible_to(by, now=now).filter(uuid__in=list(uuids)[:MOST_AT_ONCE]).select_related("team", "handler")
    for zaak in list(with_types(rows.order_by("id"))):
        try:
            if kind == "take":
                cases.take(zaak, staff=staff, by=by, now=now)
            elif team is not None:
                cases.assign(zaak, team=team, by=by, now=now)
            else:
                cases.set_priority(zaak, int(value), by=by, now=now)
            outcome.done += 1
        except Refused as refused:
            outcome.refused.append((zaak, refused))
    return outcome
