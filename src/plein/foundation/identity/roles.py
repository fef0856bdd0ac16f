"""The roles staff can have: six that every municipality needs, and those that rooms name on their signs."""

from functools import cache

from plein.foundation.rooms import Role, rooms
from plein.foundation.words import Text

ADMINISTRATOR = Role(
    key="administrator",
    title=Text("Beheerder", "Administrator"),
    duty=Text("Beheert accounts, rollen en instellingen.", "Manages accounts, roles and settings."),
)
DATA_STEWARD = Role(
    key="data-steward",
    title=Text("Datasteward", "Data steward"),
    duty=Text("Bewaakt databronnen en hun afspraken.", "Looks after data products and their contracts."),
)
PRIVACY_OFFICER = Role(
    key="privacy-officer",
    title=Text("Privacyfunctionaris", "Privacy officer"),
    duty=Text("Beoordeelt en beëindigt verwerkingen.", "Approves and ends processing activities."),
)
ANALYST = Role(
    key="analyst",
    title=Text("Analist", "Analyst"),
    duty=Text("Maakt indicatoren en onderzoekt databronnen.", "Makes indicators and studies data products."),
)
COUNCIL_MEMBER = Role(
    key="council-member",
    title=Text("Raadslid", "Council member"),
    duty=Text("Leest de monitor en de stukken voor de raad.", "Reads the monitor and the council's papers."),
)
COUNTER = Role(
    key="counter",
    title=Text("Baliemedewerker", "Counter clerk"),
    duty=Text("Helpt inwoners aan de balie en aan de telefoon.", "Helps residents at the counter and by phone."),
)
GENERAL = (ADMINISTRATOR, DATA_STEWARD, PRIVACY_OFFICER, ANALYST, COUNCIL_MEMBER, COUNTER)

RIGHTS = {
    "identity.manage": ("administrator",),
    "identity.audit": ("administrator", "privacy-officer"),
    "identity.mandates": ("counter",),
    "jobs.manage": ("administrator",),
    "events.read": ("administrator", "data-steward"),
    "events.manage": ("administrator",),
    "gate.propose": ("privacy-officer", "data-steward", "administrator"),
    "gate.approve": ("privacy-officer",),
    "gate.agree": ("data-steward", "privacy-officer"),
    "gate.read-log": ("privacy-officer",),
    "algorithms.approve": ("privacy-officer",),
    "algorithms.stop": ("privacy-officer", "data-steward", "administrator"),
    "data.read": ("administrator", "data-steward", "privacy-officer", "analyst", "council-member"),
}
RIGHT_TITLES = {
    "identity.manage": Text("Accounts, rollen en partners beheren", "Manage accounts, roles and partners"),
    "identity.audit": Text("Lezen wie wat deed", "Read who did what"),
    "identity.mandates": Text("Machtigingen vastleggen en beëindigen", "Record and end mandates"),
    "jobs.manage": Text("Taken volgen en opnieuw laten doen", "Follow jobs and have them done again"),
    "events.read": Text("Gebeurtenissen lezen", "Read events"),
    "events.manage": Text("Gebeurtenissen en abonnees beheren", "Manage events and subscribers"),
    "gate.propose": Text("Verwerkingen voorstellen", "Propose processing activities"),
    "gate.approve": Text("Verwerkingen goedkeuren en beëindigen", "Approve and end processing activities"),
    "gate.agree": Text("Afspraken met partners maken", "Make agreements with partners"),
    "algorithms.approve": Text("Algoritmes goedkeuren en beëindigen", "Approve and end algorithms"),
    "algorithms.stop": Text("Algoritmes uitzetten", "Switch algorithms off"),
    "gate.read-log": Text("Lezen wie welke data gebruikte", "Read who used which data"),
    "data.read": Text("Data lezen die niet open is", "Read data that is not open"),
}


@cache
def all_roles() -> dict[str, Role]:
    """Give every role by its key, general ones first."""
    return {role.key: role for role in (*GENERAL, *(role for room in rooms() for role in room.roles))}


@cache
def guarded_roles() -> frozenset[str]:
    """List the roles that need a second factor: they administer, or may see personal data."""
    personal = {role for room in rooms() for each in room.activities if each.persons for role in each.roles}
    return frozenset({ADMINISTRATOR.key, PRIVACY_OFFICER.key, DATA_STEWARD.key, COUNTER.key} | personal)


@cache
def all_rights() -> dict[str, frozenset[str]]:
    """Give every right with the roles that have it, from here and from the signs."""
    found = {right: set(keys) for right, keys in RIGHTS.items()}
    for room in rooms():
        for right, keys in room.rights.items():
            found.setdefault(right, set()).update(keys)
    return {right: frozenset(keys) for right, keys in found.items()}


@cache
def all_right_titles() -> dict[str, Text]:
    """Give what each right allows in words, from here and from the signs."""
    return {**RIGHT_TITLES, **{right: title for room in rooms() for right, title in room.right_titles.items()}}
