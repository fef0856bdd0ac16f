from collections.abc import Callable, Sequence
from typing import Any

from plein.foundation.rooms import Activity, MenuEntry, Role, Room
from plein.foundation.words import Text

SENDING = Activity(
    key="messages.send",
    title=Text("Berichten versturen", "Sending messages"),
    purpose=Text(
        "Mensen vertellen wat er met hun zaak of melding gebeurt, op de manier die zij kozen.",
        "Telling people what happens to their case or report, in the way they chose.",
    ),
    legal_basis="6.1.e",
    law="Algemene wet bestuursrecht, artikelen 2:13, 3:41 en 4:14",
    data=Text(
        "Naam, e-mailadres, telefoonnummer of postadres, en wat er in het bericht staat.",
        "Name, e-mail address, phone number or postal address, and what the message says.",
    ),
    persons=Text("Mensen met een zaak of melding.", "People with a case or report."),
    recipients=Text(
        "De beheerder van de mailserver en, voor sms, de aanbieder die de gemeente koos.",
        "Who runs the mail server and, for SMS, the provider that the municipality chose.",
    ),
    roles=("messages-desk",),
    owner="role:messages-desk",
    retention=Text(
        "Zo lang als de zaak. Berichten zonder zaak: een jaar.",
        "As long as the case. Messages without a case: one year.",
    ),
    retention_days=366,
    security=Text(
        "Inhoud en adressen zijn versleuteld. Wie ze leest, staat in het logboek.",
        "Content and addresses are encrypted. Who reads them stands in the log.",
    ),
    dpv="https://w3id.org/dpv#CommunicationManagement",
)


class Messages(Room):
    """What the municipality tells people, in the form they can use."""

    name = "plein.casework.messages"
    label = "casework_messages"
    title = Text("Berichten", "Messages")
    purpose = Text(
        "Vertelt mensen wat er met hun zaak gebeurt, op de manier die zij kozen.",
        "Tells people what happens to their case, in the way they chose.",
    )
    owner = "role:messages-editor"
    address = "berichten"
    activities = (SENDING,)
    roles = [
        Role(
            key="messages-editor",
            title=Text("Tekstschrijver", "Text editor"),
            duty=Text("Schrijft de teksten van berichten.", "Writes the texts of messages."),
        ),
        Role(
            key="messages-desk",
            title=Text("Postkamer", "Mail room"),
            duty=Text(
                "Verstuurt brieven, belt mensen en lost op wat niet aankomt.",
                "Posts letters, calls people and solves what does not arrive.",
            ),
        ),
    ]
    rights = {
        "messages.edit": ["messages-editor", "administrator"],
        "messages.publish": ["messages-editor", "administrator"],
        "messages.dispatch": ["messages-desk"],
    }
    right_titles = {
        "messages.edit": Text("Teksten van berichten schrijven", "Write the texts of messages"),
        "messages.publish": Text("Teksten van berichten in gebruik nemen", "Put the texts of messages to use"),
        "messages.dispatch": Text(
            "Zien wat niet aankwam, brieven versturen en mensen bellen",
            "See what did not arrive, post letters and call people",
        ),
    }
    retention = Text(
        "Zo lang als de zaak. Berichten zonder zaak: een jaar.",
        "As long as the case. Messages without a case: one year.",
    )

    def offers(self) -> Sequence[Any]:
        """Stand in the menus of the mail room and of who writes texts."""
        return (
            MenuEntry(
                title=Text("Uitgaande berichten", "Outgoing messages"),
                url_name="casework_messages:board",
                audience="messages-desk",
                order=40,
            ),
            MenuEntry(
                title=Text("Teksten van berichten", "Texts of messages"),
                url_name="casework_messages:texts",
                audience="messages-editor",
                order=41,
            ),
        )

    def jobs(self) -> Sequence[Any]:
        """List the jobs of messages."""
        from plein.casework.messages import jobs

        return (jobs.deliver, jobs.renew_texts, jobs.purge)

    def furnish(self) -> Callable[..., None]:
        """Give what brings the texts into the demo town."""
        from plein.casework.messages.demo import furnish

        return furnish
