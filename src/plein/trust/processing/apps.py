from collections.abc import Callable, Sequence
from typing import Any

from plein.foundation.rooms import Activity, HomeTile, MenuEntry, Room, SearchSource
from plein.foundation.words import Text

LOG_READING = Activity(
    key="processing.log-reading",
    title=Text("Het logboek lezen", "Reading the processing log"),
    purpose=Text(
        "Nagaan wie voor welk doel gegevens over iemand heeft gebruikt, en vragen daarover beantwoorden.",
        "Finding out who used data about somebody and for what, and answering questions about it.",
    ),
    legal_basis="6.1.c",
    law="AVG, artikel 5 lid 2 en artikel 15",
    data=Text(
        "Per handeling: de verwerking, het tijdstip en een code voor de persoon. Geen namen en geen inhoud.",
        "For each action: the activity, the time and a code for the person. No names and no content.",
    ),
    persons=Text("Iedereen over wie de gemeente gegevens gebruikt.", "Everyone the municipality uses data about."),
    roles=("privacy-officer",),
    owner="role:privacy-officer",
    retention=Text("Vijf jaar na de handeling.", "Five years after the action."),
    retention_days=1830,
    security=Text(
        "Elke regel is met de vorige verbonden, zodat wijzigen opvalt. De code is zonder sleutel niet te herleiden.",
        "Each line is chained to the one before, so that changes show. Without the key the code leads nowhere.",
    ),
    dpv="https://w3id.org/dpv#LegalCompliance",
)
PUBLISHING = Activity(
    key="processing.register",
    title=Text("Het register openbaar maken", "Publishing the register"),
    purpose=Text(
        "Laten zien waarvoor de gemeente gegevens gebruikt en hoe vaak.",
        "Showing what the municipality uses data for, and how often.",
    ),
    legal_basis="6.1.c",
    law="AVG, artikel 30; Wet open overheid, artikel 3.1",
    data=Text("De registratie van elke verwerking, en aantallen per dag.", "Each registration, and counts per day."),
    products=("processing.register", "processing.usage"),
    owner="role:privacy-officer",
    retention=Text(
        "Zolang de verwerking loopt, en vijf jaar daarna.", "While the activity runs, and five years after."
    ),
)
OVERSIGHT = Activity(
    key="processing.oversight",
    title=Text("Toezicht op gebruik van gegevens", "Oversight of data use"),
    purpose=Text(
        "De rekenkamer laten nagaan hoe databronnen worden gebruikt.",
        "Letting the court of audit check how data products are used.",
    ),
    legal_basis="6.1.e",
    law="Gemeentewet, artikel 182",
    data=Text("Aantallen lezingen per dag, databron en verwerking.", "Reads per day, data product and activity."),
    recipients=Text("De rekenkamer.", "The court of audit."),
    products=("processing.usage",),
    roles=("privacy-officer", "data-steward"),
    owner="role:privacy-officer",
    retention=Text("Vijf jaar.", "Five years."),
)


class Processing(Room):
    """The register of processing activities and the log of what was done with personal data."""

    name = "plein.trust.processing"
    label = "processing"
    title = Text("Verwerkingen", "Processing")
    purpose = Text(
        "Laat zien waarvoor de gemeente gegevens gebruikt, op welke grond, en wie er wanneer bij kon.",
        "Shows what the municipality uses data for, on what ground, and who could reach it when.",
    )
    owner = "role:privacy-officer"
    address = "verwerkingen"
    activities = (LOG_READING, PUBLISHING, OVERSIGHT)
    products = ("processing.register", "processing.usage")
    retention = Text("Logboek: vijf jaar. Register: vijf jaar na het einde.", "Log: five years. Register: five more.")

    def jobs(self) -> Sequence[Any]:
        """List the jobs."""
        from plein.trust.processing.jobs import publish_usage

        return (publish_usage,)

    def offers(self) -> Sequence[Any]:
        """Stand in the menus, on the home page and in search."""
        from plein.trust.processing.queries import documents

        return (
            HomeTile(
                title=Text("Waarvoor gebruiken wij gegevens?", "What do we use data for?"),
                text=Text(
                    "Elk doel, met de grond en de bewaartermijn.", "Each purpose, with its ground and retention."
                ),
                url_name="processing:register",
                icon="shield-check",
                order=80,
            ),
            MenuEntry(
                title=Text("Wat wij met persoonsgegevens doen", "What we do with personal data"),
                url_name="processing:register",
                audience="foot",
                order=80,
            ),
            MenuEntry(
                title=Text("Verwerkingen", "Processing"),
                url_name="processing:desk",
                audience="privacy-officer",
                order=10,
            ),
            MenuEntry(
                title=Text("Afspraken", "Agreements"),
                url_name="processing:agreements",
                audience="data-steward",
                order=20,
            ),
            MenuEntry(
                title=Text("Medewerkers", "Staff"), url_name="identity:staff-list", audience="administrator", order=10
            ),
            SearchSource(key="processing", title=Text("Verwerkingen", "Processing activities"), documents=documents),
        )

    def furnish(self) -> Callable[..., None]:
        """Have the demo town's privacy officer approve, and share one product."""
        from plein.trust.processing.demo import furnish

        return furnish
