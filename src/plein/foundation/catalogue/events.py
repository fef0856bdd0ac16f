"""What the catalogue announces."""

from dataclasses import dataclass

from plein.foundation.events import Event
from plein.foundation.words import Text


@dataclass(frozen=True)
class ProductPublished(Event):
    """A product has a new version that holds from now on."""

    type = "nl.plein.catalogue.product-published"
    title = Text("Er is een nieuwe versie van een databron", "A data product has a new version")

    product: str
    version: int

    @property
    def subject(self) -> str:
        """Name the product, so that listeners hear of its versions in order."""
        return self.product
