from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CatalogueConfig(AppConfig):
    name = "plein.foundation.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep one row per contract, from the first migration on."""
        post_migrate.connect(_know_products, sender=self)


def _know_products(**_: Any) -> None:
    from plein.foundation.catalogue.products import know_all

    know_all()
