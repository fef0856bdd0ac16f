from collections.abc import Sequence

from django.apps import AppConfig

from plein.foundation.rooms import MenuEntry
from plein.foundation.words import Text


class JobsConfig(AppConfig):
    name = "plein.foundation.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def offers(self) -> Sequence[MenuEntry]:
        """Offer the page with all jobs to administrators."""
        return [MenuEntry(title=Text("Taken", "Jobs"), url_name="jobs:list", audience="administrator", order=910)]
