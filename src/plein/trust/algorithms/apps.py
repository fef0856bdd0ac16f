from collections.abc import Callable, Sequence
from typing import Any

from plein.foundation.rooms import HomeTile, MenuEntry, Room, SearchSource
from plein.foundation.words import Text


class Algorithms(Room):
    """The register of algorithms."""

    name = "plein.trust.algorithms"
    label = "algorithms"
    title = Text("Algoritmes", "Algorithms")
    purpose = Text(
        "Laat zien welke algoritmes de gemeente gebruikt, hoe goed ze het doen, en hoe u bezwaar maakt.",
        "Shows which algorithms the municipality uses, how well they do, and how to object.",
    )
    owner = "role:privacy-officer"
    address = "algoritmes"
    retention = Text(
        "Registratie en metingen: zolang het algoritme loopt, en vijf jaar daarna.",
        "Registration and measurements: while the algorithm runs, and five years after.",
    )

    def offers(self) -> Sequence[Any]:
        """Stand in the menus, on the home page and in search."""
        from plein.trust.algorithms.queries import documents

        return (
            HomeTile(
                title=Text("Wat laten wij een computer voorstellen?", "What do we let a computer suggest?"),
                text=Text(
                    "Elk algoritme, hoe goed het is en wie beslist.", "Each algorithm, how good it is and who decides."
                ),
                url_name="algorithms:register",
                icon="cpu",
                order=85,
            ),
            MenuEntry(title=self.title, url_name="algorithms:register", audience="foot", order=85),
            MenuEntry(title=self.title, url_name="algorithms:desk", audience="privacy-officer", order=15),
            SearchSource(key="algorithms", title=self.title, documents=documents),
        )

    def furnish(self) -> Callable[..., None]:
        """Have the demo town's privacy officer approve, and train what can be trained."""
        from plein.trust.algorithms.demo import furnish

        return furnish
