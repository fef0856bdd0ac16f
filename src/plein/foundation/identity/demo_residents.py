"""The residents of the demo town whom anybody may be: a few, invented, with citizen service numbers made for testing.

Source of the numbers: test numbers of RvIG (999990019 and on) and of the KVK (68750110), which nobody will ever have.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.demo import is_demo_town
from plein.foundation.identity.errors import DemoOnly
from plein.foundation.identity.mandates import mandates_of, record_mandate
from plein.foundation.identity.models import Person
from plein.foundation.identity.residents import organisation_by_kvk, person_by_bsn
from plein.foundation.words import Text


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody invented: a number that says which, the name, and who it is in a few words; kvk of an organisation."""

    key: str
    name: str
    words: Text
    bsn: str = ""
    kvk: str = ""
    can_log_in: bool = True


RESIDENTS = (
    Resident("jan", "Jan de Boer", Text("inwoner", "resident"), bsn="999990019"),
    Resident("fatima", "Fatima Yilmaz", Text("inwoner, leest liever Engels", "prefers English"), bsn="999990020"),
    Resident("sanne", "Sanne Visser", Text("moeder van Noor", "mother of Noor"), bsn="999990032"),
    Resident("noor", "Noor Visser", Text("kind", "child"), bsn="999990044", can_log_in=False),
    Resident("rosa", "Rosa Bakker", Text("eigenaar van De Plint", "owner of De Plint"), bsn="999993653"),
    Resident("plint", "Bakkerij De Plint", Text("bedrijf", "business"), kvk="68750110"),
)
ACTS_FOR = (("sanne", "noor", "parent"), ("rosa", "plint", "company"))


def demo_person(key: str, *, now: datetime) -> Person:
    """Give one of the invented residents, made when it is not there yet.

    Raises DemoOnly in a real municipality; KeyError for one that nobody invented.
    """
    if not is_demo_town():
        raise DemoOnly(gemeente="")
    told = {one.key: one for one in RESIDENTS}[key]
    if told.kvk:
        found = organisation_by_kvk(told.kvk, create=True, by=SYSTEM, now=now, name=told.name)
    else:
        found = person_by_bsn(told.bsn, create=True, by=SYSTEM, now=now, name=told.name)
    assert found is not None
    return found


def furnish_residents(*, now: datetime) -> dict[str, Person]:
    """Make the invented residents and their mandates that are not there yet; none in a real municipality."""
    if not is_demo_town():
        return {}
    people = {one.key: demo_person(one.key, now=now) for one in RESIDENTS}
    for agent, principal, kind in ACTS_FOR:
        if not any(one.principal_id == people[principal].pk for one in mandates_of(people[agent], now=now)):
            until = now + timedelta(days=3 * 365)
            record_mandate(people[agent], principal=people[principal], kind=kind, until=until, by=SYSTEM, now=now)
    return people
