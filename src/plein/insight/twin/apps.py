from collections.abc import Sequence
from typing import Any

from plein.foundation.rooms import Activity, HomeTile, MenuEntry, Room
from plein.foundation.words import Text

DRAW = Activity(
    key="twin.map",
    title=Text("Open gegevens op de kaart tonen", "Showing open data on the map"),
    purpose=Text(
        "Inwoners zien wat er waar in de gemeente is, nu en vroeger.",
        "Residents see what is where in the municipality, now and before.",
    ),
    legal_basis="6.1.e",
    law="Wet open overheid, artikel 3.1",
    data=Text("Plaatsen en cijfers uit open databronnen.", "Places and figures from open data products."),
    owner="role:data-steward",
    retention=Text("De kaart bewaart zelf niets.", "The map itself keeps nothing."),
)


class Twin(Room):
    """The town on a map through time."""

    name = "plein.insight.twin"
    label = "twin"
    title = Text("Kaart", "Map")
    purpose = Text(
        "Laat de gemeente op de kaart zien, door de tijd heen.",
        "Shows the municipality on the map, through time.",
    )
    owner = "role:data-steward"
    address = "kaart"
    activities = [DRAW]
    retention = Text("De kaart bewaart zelf geen gegevens.", "The map itself keeps no data.")

    def offers(self) -> Sequence[Any]:
        """Put the map on the home page and in the menu."""
        return [
            HomeTile(
                title=Text("De kaart", "The map"),
                text=Text("Zie uw buurt en wat er gemeten wordt.", "See your neighbourhood and what is measured."),
                url_name="twin:map",
                icon="map",
                order=30,
            ),
            MenuEntry(title=Text("Kaart", "Map"), url_name="twin:map", order=30),
        ]
