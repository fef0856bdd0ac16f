"""The staff of the demo town: one account per role, all with one stated password. A real town has none of them."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.models import Staff
from plein.foundation.identity.queries import staff_actor
from plein.foundation.identity.roles import all_roles
from plein.foundation.words import Text

PASSWORD = "kom-op-het-plein"  # noqa: S105 (stated on the login page of the demo town, and good for nothing else)
NAMES = {
    "administrator": ("beheerder", "Bo", "Beheerder"),
    "data-steward": ("datasteward", "Dagmar", "Steward"),
    "privacy-officer": ("privacy", "Priya", "Privé"),
    "analyst": ("analist", "Anouk", "Analist"),
    "council-member": ("raadslid", "Rachid", "Raadslid"),
    "counter": ("balie", "Bas", "Balie"),
    "sensor-manager": ("sensorbeheer", "Senna", "Sensor"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account: its user name and the one role it has."""

    username: str
    first_name: str
    last_name: str
    role: str
    title: Text


def is_demo_town() -> bool:
    """Tell whether this Plein is the demo town: no municipality is set."""
    return not settings.PLEIN["GEMEENTE"]


def accounts() -> list[Account]:
    """List the demo accounts: one for every role, general ones and those on signs."""
    found = []
    for role in all_roles().values():
        name, first, last = NAMES.get(role.key, (role.key, "Demo", role.title.nl))
        found.append(Account(f"demo-{name}", first, last, role.key, role.title))
    return found


def furnish_staff(*, now: datetime) -> dict[str, Actor]:
    """Create the demo accounts that are not there yet, and give the actor of each role; none in a real municipality."""
    if not is_demo_town():
        return {}
    known = {staff.username: staff for staff in Staff.objects.filter(is_demo=True)}
    return {
        account.role: staff_actor(known.get(account.username) or _create(account, now=now), now=now)
        for account in accounts()
    }


def _create(account: Account, *, now: datetime) -> Staff:
    return create_staff(
        account.username,
        password=PASSWORD,
        first_name=account.first_name,
        last_name=account.last_name,
        roles=[account.role],
        demo=True,
        by=SYSTEM,
        now=now,
    )
