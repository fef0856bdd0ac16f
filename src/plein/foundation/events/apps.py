from django.apps import AppConfig


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
