"""What happens to cases, announced without saying anything of a person."""

from dataclasses import dataclass

from plein.foundation.events.events import Event
from plein.foundation.words import Text


@dataclass(frozen=True)
class _OfZaak(Event):
    """Something that happened to a case; events of one case arrive in order."""

    type = "nl.plein.cases.changed"
    title = Text("Er gebeurde iets in een zaak", "Something happened in a case")

    zaak: str
    zaaktype: str

    @property
    def subject(self) -> str:
        """Name the case by its uuid."""
        return self.zaak


@dataclass(frozen=True)
class ZaakOpened(_OfZaak):
    """A case was opened."""

    type = "nl.plein.cases.opened"
    title = Text("Een zaak is geopend", "A case was opened")

    kanaal: str
    buurt_code: str


@dataclass(frozen=True)
class StatusSet(_OfZaak):
    """A case got another status; informeren: whether the persons in it are told."""

    type = "nl.plein.cases.status-set"
    title = Text("Een zaak kreeg een andere status", "A case got another status")

    status: str
    informeren: bool


@dataclass(frozen=True)
class ZaakClosed(_OfZaak):
    """A case ended."""

    type = "nl.plein.cases.closed"
    title = Text("Een zaak is afgerond", "A case was closed")

    resultaat: str
    einddatum: str


@dataclass(frozen=True)
class ZaakReopened(_OfZaak):
    """A case that had ended goes on."""

    type = "nl.plein.cases.reopened"
    title = Text("Een zaak is heropend", "A case was reopened")


@dataclass(frozen=True)
class ZaakDestroyed(_OfZaak):
    """A case was destroyed for good."""

    type = "nl.plein.cases.destroyed"
    title = Text("Een zaak is vernietigd", "A case was destroyed")
