"""What identity keeps: staff and what they may do, teams, residents and organisations, and who acts for whom."""

from plein.foundation.identity.models.residents import Mandate, Person
from plein.foundation.identity.models.staff import (
    ApiToken,
    AuditLine,
    CacheEntry,
    Partner,
    RoleGrant,
    Staff,
    StaffLink,
    Stamp,
)
from plein.foundation.identity.models.teams import Team, TeamMember

__all__ = [
    "ApiToken",
    "AuditLine",
    "CacheEntry",
    "Mandate",
    "Partner",
    "Person",
    "RoleGrant",
    "Staff",
    "StaffLink",
    "Stamp",
    "Team",
    "TeamMember",
]
