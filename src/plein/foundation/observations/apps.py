from django.apps import AppConfig


class ObservationsConfig(AppConfig):
    name = "plein.foundation.observations"
    label = "observations"
    default_auto_field = "django.db.models.BigAutoField"
