from collections.abc import Sequence

from django.apps import AppConfig

from plein.foundation.rooms import MenuEntry
from plein.foundation.words import Text


class EventsConfig(AppConfig):
    name = "plein.foundation.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the worker deliver events in every round."""
        from plein.foundation.events import outbox, webhooks
        from plein.foundation.jobs import standing

        standing(outbox.deliver_due)
        standing(webhooks.send_due)

    def offers(self) -> Sequence[MenuEntry]:
        """Offer the page with all events to administrators."""
        return [
            MenuEntry(title=Text("Berichten", "Events"), url_name="events:list", audience="administrator", order=920)
        ]
