from django.apps import AppConfig


class LakeConfig(AppConfig):
    name = "plein.foundation.lake"
    label = "lake"
    default_auto_field = "django.db.models.BigAutoField"
