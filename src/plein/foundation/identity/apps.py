from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "plein.foundation.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear logins."""
        from plein.foundation.identity.login import listen

        listen()
