"""Teams: who is in which, kept per process so that asking costs no query, and what can be changed about them."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from plein.foundation.identity import stamps
from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.audit import note
from plein.foundation.identity.models import Partner, Staff, Team, TeamMember
from plein.foundation.identity.stamps import Kept

Memberships = dict[int, list[tuple[int, datetime, datetime | None]]]


def _memberships() -> Memberships:
    found: Memberships = {}
    rows = TeamMember.objects.filter(team__active=True, staff__is_active=True)
    for staff_id, team_id, since, until in rows.values_list("staff_id", "team_id", "since", "until"):
        found.setdefault(staff_id, []).append((team_id, since, until))
    return found


_kept = Kept("teams", _memberships)


def teams_of(staff_id: int, *, now: datetime) -> frozenset[int]:
    """Give the ids of the teams that a member of staff is in at a moment."""
    rows = _kept.get().get(staff_id, ())
    return frozenset(team for team, since, until in rows if since <= now and (until is None or now < until))


@transaction.atomic
def put_team(
    key: str,
    *,
    title_nl: str,
    title_en: str,
    email: str = "",
    partner: Partner | None = None,
    active: bool = True,
    by: Actor,
    now: datetime,
) -> Team:
    """Make a team, or change the one with this key."""
    require(by, "identity.manage")
    told = {"title_nl": title_nl, "title_en": title_en, "email": email, "partner": partner, "active": active}
    team, is_new = Team.objects.update_or_create(key=key, defaults=told)
    stamps.bump("teams")
    note("identity.create-team" if is_new else "identity.change-team", subject=f"team:{key}", by=by, now=now)
    return team


@transaction.atomic
def join_team(team: Team, staff: Staff, *, is_lead: bool = False, by: Actor, now: datetime) -> TeamMember:
    """Put a member of staff in a team; who is in it already may become its lead, or stop being that."""
    require(by, "identity.manage")
    member = team.members.filter(Q(until=None) | Q(until__gt=now), staff=staff).first()
    member = member or TeamMember(team=team, staff=staff, since=now)
    member.is_lead = is_lead
    member.save()
    stamps.bump("teams")
    note("identity.join-team", subject=f"staff:{staff.pk}", by=by, now=now, team=team.key, lead=is_lead)
    return member


@transaction.atomic
def leave_team(team: Team, staff: Staff, *, by: Actor, now: datetime) -> None:
    """Take a member of staff out of a team."""
    require(by, "identity.manage")
    rows = team.members.filter(Q(until=None) | Q(until__gt=now), staff=staff)
    rows.filter(since__gte=now).delete()
    rows.update(until=now)
    stamps.bump("teams")
    note("identity.leave-team", subject=f"staff:{staff.pk}", by=by, now=now, team=team.key)
