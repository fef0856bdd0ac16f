"""Who may see and change which cases, as conditions on ids that the database decides.

Staff see the cases they handle, those of their teams up to "zaakvertrouwelijk", and what a right of one of their teams
opens: of a type, in an area, up to a confidentiality. A case manager sees all, an archivist what is closed. A partner
sees the cases of its teams. Residents and organisations see the cases they have a part in, or those of who they act for
while a mandate holds, also for that type. Nobody else sees anything.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from plein.casework.cases.models import Autorisatie, Rol, Vertrouwelijkheid, Zaak
from plein.casework.cases.queries.types import catalogus
from plein.casework.cases.rules.zgw import wijk_of
from plein.foundation.identity.actors import Actor, can
from plein.foundation.identity.models import Mandate, Team
from plein.foundation.identity.stamps import Kept
from plein.foundation.identity.teams import teams_of

STAMP = "autorisaties"
READ, WRITE = "read", "write"
NEEDS = {READ: "cases.read", WRITE: "cases.handle"}
OVERSEE = "cases.oversee"
ARCHIVE = "cases.archive"
TEAM_SEES = Vertrouwelijkheid.ZAAKVERTROUWELIJK
EVERYTHING = Q()


def _load() -> dict[int, list[Autorisatie]]:
    rows: dict[int, list[Autorisatie]] = {}
    for one in Autorisatie.objects.order_by("id"):
        rows.setdefault(one.team_id, []).append(one)
    return rows


def _load_partners() -> dict[str, list[int]]:
    partners: dict[str, list[int]] = {}
    for key, team in Team.objects.filter(active=True, partner__active=True).values_list("partner__key", "pk"):
        partners.setdefault(key, []).append(team)
    return partners


_kept = Kept(STAMP, _load)
_partners = Kept("teams", _load_partners)


def kept_rights() -> object:
    """Give what the rights of teams are now; another object as soon as one of them changed."""
    return _kept.get()


def grounds(actor: Actor, *, may: str = READ, now: datetime) -> list[Q]:
    """List the conditions of which a case must meet one; [Q()] is all cases, [] is none."""
    by_kind: dict[str, Callable[..., list[Q]]] = {
        "system": lambda *_: [EVERYTHING],
        "staff": _of_staff,
        "partner": _of_partner,
        "resident": _of_person,
        "organisation": _of_person,
    }
    found = by_kind[actor.kind](actor, may, now) if actor.kind in by_kind else []
    return [EVERYTHING] if EVERYTHING in found else found


def _of_staff(actor: Actor, may: str, now: datetime) -> list[Q]:
    if can(actor, OVERSEE):
        return [EVERYTHING]
    found = [Q(einddatum__isnull=False)] if may == READ and can(actor, ARCHIVE) else []
    if not can(actor, NEEDS[may]):
        return found
    teams = sorted(teams_of(int(actor.key), now=now))
    found.append(Q(handler_id=int(actor.key)))
    found += [Q(team_id=team, vertrouwelijkheid__lte=TEAM_SEES) for team in teams]
    return found + _by_rights(teams, may)


def _of_partner(actor: Actor, may: str, _now: datetime) -> list[Q]:
    if actor.scopes is not None and NEEDS[may] not in actor.scopes:
        return []
    teams = _partners.get().get(actor.key, [])
    return [Q(team_id=team, vertrouwelijkheid__lte=TEAM_SEES) for team in teams]


def _by_rights(teams: Sequence[int], may: str) -> list[Q]:
    """Write the rights of teams as conditions, those for the same area and confidentiality together."""
    known, types = _kept.get(), catalogus()
    grouped: dict[tuple[str, int], set[int] | None] = {}
    for row in (row for team in teams for row in known.get(team, ())):
        if may == WRITE and row.may != WRITE:
            continue
        place = (row.area_code, row.max_vertrouwelijkheid)
        earlier = grouped.get(place, set())
        grouped[place] = None if earlier is None or not row.zaaktype else earlier | set(types.ids(row.zaaktype))
    return [_right(area, most, ids) for (area, most), ids in grouped.items() if ids is None or ids]


def _right(area: str, most: int, types: set[int] | None) -> Q:
    found = EVERYTHING if most >= Vertrouwelijkheid.ZEER_GEHEIM else Q(vertrouwelijkheid__lte=most)
    if types is not None:
        found &= Q(zaaktype_id__in=sorted(types))
    if area:
        found &= Q(wijk_code=area) if area.startswith("WK") else Q(buurt_code=area, wijk_code=wijk_of(area))
    return found


def _of_person(actor: Actor, _may: str, now: datetime) -> list[Q]:
    principal = actor.facts.get("acting_for", "")
    own = Q(pk__in=Rol.objects.filter(person__uuid=principal or actor.key).values("zaak_id"))
    if not principal:
        return [own]
    mandates = Mandate.objects.filter(agent__uuid=actor.key, principal__uuid=principal, ended_at=None)
    scopes = list(mandates.filter(since__lte=now, until__gt=now).values_list("scope", flat=True))
    if not scopes:
        return []
    if any(not scope for scope in scopes):
        return [own]
    return [own & Q(zaaktype__identificatie__in=sorted({key for scope in scopes for key in scope}))]


def visible_to(actor: Actor, *, may: str = READ, now: datetime) -> QuerySet[Zaak]:
    """Give the cases that an actor may see, or change with may="write"."""
    found = grounds(actor, may=may, now=now)
    if not found:
        return Zaak.objects.none()
    either = found[0]
    for one in found[1:]:
        either |= one
    return Zaak.objects.filter(either)
