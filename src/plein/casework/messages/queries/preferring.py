"""How a person wants to be reached."""

from dataclasses import dataclass
from datetime import datetime

from plein.casework.messages.models import EMAIL, PHONE, POSTAL, EmailCheck, Preference
from plein.casework.messages.rules.checks import LIFE
from plein.foundation.identity import keyring
from plein.foundation.identity.models import Person


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person chose. channels: in order; postal: the lines of the address; waiting_email: not confirmed yet."""

    language: str = "nl"
    channels: tuple[str, ...] = ()
    in_pictures: bool = False
    email: str = ""
    phone: str = ""
    postal: tuple[str, ...] = ()
    waiting_email: str = ""

    @property
    def street(self) -> tuple[str, ...]:
        """Give the lines between the name and the postcode."""
        return self.postal[1:-1]

    @property
    def postcode(self) -> str:
        """Give the postcode, "" without an address."""
        return self.postal[-1].split("  ")[0] if self.postal else ""

    @property
    def place(self) -> str:
        """Give the place, in capitals."""
        return self.postal[-1].split("  ")[-1] if self.postal else ""


def preferences(person: Person, *, now: datetime) -> Wishes:
    """Give what a person chose, opened; only for pages of that person and who acts for them."""
    check = EmailCheck.objects.filter(person=person, ended_at=None, sent_at__gt=now - LIFE).order_by("-pk").first()
    waiting = keyring.decrypt(check.email, about=EMAIL) if check else ""
    own = Preference.objects.filter(person=person).first()
    if own is None:
        return Wishes(waiting_email=waiting)
    return Wishes(
        language=own.language,
        channels=tuple(own.channels),
        in_pictures=own.in_pictures,
        email=keyring.decrypt(own.email, about=EMAIL) if own.email else "",
        phone=keyring.decrypt(own.phone, about=PHONE) if own.phone else "",
        postal=tuple(keyring.decrypt(own.postal, about=POSTAL).splitlines()) if own.postal else (),
        waiting_email=waiting,
    )
