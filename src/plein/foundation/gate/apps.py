from typing import Any

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import request_finished
from django.db.models.signals import post_migrate


class GateConfig(AppConfig):
    name = "plein.foundation.gate"
    label = "gate"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Check the settings, have the worker chain the log, fill the registers, take refusals up after requests."""
        from django.core.checks import register

        from plein.foundation.gate import intake
        from plein.foundation.gate.checks import log_is_protected
        from plein.foundation.jobs import standing

        standing(intake.stand)
        register(log_is_protected)
        if wrong := log_is_protected(None):
            raise ImproperlyConfigured(f"{wrong[0].msg} {wrong[0].hint}")
        post_migrate.connect(_sync, sender=self)
        request_finished.connect(_take_up_refusals)


def _sync(using: str = "default", **_: Any) -> None:
    from plein.foundation import clock
    from plein.foundation.gate import algorithms, registry

    if using == "default":
        registry.sync(now=clock.now())
        algorithms.sync(now=clock.now())


def _take_up_refusals(**_: Any) -> None:
    from django.db import connection

    from plein.foundation.gate import refusals, spool

    if spool.is_waiting("refusals") and not connection.in_atomic_block:
        refusals.take_up()
