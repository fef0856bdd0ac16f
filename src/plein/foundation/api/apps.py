from collections.abc import Sequence

from django.apps import AppConfig

from plein.foundation.rooms import MenuEntry
from plein.foundation.words import Text


class ApiConfig(AppConfig):
    name = "plein.foundation.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def offers(self) -> Sequence[MenuEntry]:
        """Offer the page with all interfaces to staff."""
        return [
            MenuEntry(title=Text("Koppelingen", "Interfaces"), url_name="api:interfaces", audience="staff", order=930)
        ]
