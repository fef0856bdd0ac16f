"""Whose Mijn Plein it is: one's own, or that of somebody one acts for."""

from dataclasses import dataclass
from datetime import datetime

from plein.casework.mine.errors import OutsideMandate
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.mandates import mandates_of
from plein.foundation.identity.models import Mandate, Person
from plein.foundation.identity.residents import person_for


@dataclass(frozen=True, slots=True)
class Standing:
    """person: whose data is shown; mandate: the one acted under, None for one's own."""

    actor: Actor
    person: Person
    mandate: Mandate | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether everything of the person may be shown, not only some kinds of cases."""
        return self.mandate is None or not self.mandate.scope

    def whole(self) -> "Standing":
        """Give itself.

        Raises OutsideMandate when only some kinds of cases may be shown.
        """
        if not self.is_whole:
            raise OutsideMandate()
        return self


def standing_of(actor: Actor, *, now: datetime) -> Standing:
    """Tell whose page an actor sees; one query for one's own, two for another's.

    Raises NobodyKnown, OutsideMandate when the mandate has ended.
    """
    person = person_for(actor)
    principal = actor.facts.get("acting_for")
    if not principal:
        return Standing(actor, person)
    for mandate in mandates_of(person, now=now):
        if mandate.principal.key == principal:
            return Standing(actor, mandate.principal, mandate)
    raise OutsideMandate()
