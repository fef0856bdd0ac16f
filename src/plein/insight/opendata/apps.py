"""The sign of the portal."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plein.foundation.rooms import Activity, HomeTile, MenuEntry, Room, SearchSource
from plein.foundation.words import Text

PUBLISH = Activity(
    key="opendata.publish",
    title=Text("Open data beschikbaar stellen", "Make open data available"),
    purpose=Text(
        "Iedereen laten zien, filteren en downloaden wat de gemeente aan open data heeft.",
        "Let everyone see, filter and download the open data that the municipality has.",
    ),
    legal_basis="6.1.e",
    law="Wet hergebruik van overheidsinformatie",
    data=Text("Open databronnen, zonder persoonsgegevens.", "Open data products, without personal data."),
    recipients=Text("Iedereen.", "Everyone."),
    owner="role:data-steward",
    retention=Text(
        "Zolang de databron bestaat; kopieën van oude versies gaan weg zodra er twee nieuwere zijn.",
        "As long as the product exists; copies of old versions go as soon as there are two newer ones.",
    ),
)


class OpenData(Room):
    """The portal: every data product with its meaning, preview, download and interface."""

    name = "plein.insight.opendata"
    label = "opendata"
    title = Text("Open data", "Open data")
    purpose = Text(
        "Alle databronnen van de gemeente vinden, begrijpen, gebruiken en erom vragen.",
        "Find, understand and use all data products of the municipality, and ask for them.",
    )
    owner = "role:data-steward"
    address = "data"
    activities = [PUBLISH]
    products = ["opendata.usage"]
    rights: Mapping[str, Sequence[str]] = {"opendata.answer": ("data-steward",)}
    right_titles: Mapping[str, Text] = {
        "opendata.answer": Text("Vragen om data beantwoorden", "Answer requests for data")
    }
    retention = Text(
        "Vragen om data blijven twee jaar na het antwoord bewaard, zonder naam of adres van wie vroeg.",
        "Requests for data stay for two years after the answer, without name or address of who asked.",
    )

    def hears(self) -> Mapping[type | str, Callable[..., None]]:
        """Listen to new versions, to make their copies."""
        from plein.foundation.catalogue.events import ProductPublished
        from plein.insight.opendata import jobs

        return {ProductPublished: jobs.note_publication}

    def jobs(self) -> Sequence[Any]:
        """List the portal's background work."""
        from plein.insight.opendata import jobs

        return (jobs.make_copy, jobs.tidy, jobs.usage, jobs.forget)

    def offers(self) -> Sequence[Any]:
        """Offer a door on the home page, links in the menus, and all products to search."""
        from plein.insight.opendata.queries import offers

        return [
            HomeTile(
                title=Text("Open data", "Open data"),
                text=Text(
                    "Cijfers van de gemeente, voor iedereen: bekijken, downloaden, hergebruiken.",
                    "Figures of the municipality, for everyone: see, download, reuse.",
                ),
                url_name="opendata:portal",
                icon="database",
                order=30,
                number=offers.tile_number,
            ),
            MenuEntry(title=Text("Open data", "Open data"), url_name="opendata:portal", order=30),
            MenuEntry(
                title=Text("Vragen om data", "Requests for data"),
                url_name="opendata:desk",
                audience="data-steward",
                order=30,
            ),
            SearchSource(
                key="opendata.products", title=Text("Databronnen", "Data products"), documents=offers.documents
            ),
        ]
