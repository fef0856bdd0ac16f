"""What has to be right about the settings before the log can be trusted."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

NEAR = {"", "localhost", "127.0.0.1", "::1"}
SAFE = {"require", "verify-ca", "verify-full"}


def log_is_protected(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Refuse a database elsewhere that is not reached over TLS: the log is in it (Logboek Dataverwerkingen, LDV-1)."""
    database: dict[str, Any] = settings.DATABASES["default"]
    if "sqlite" in str(database["ENGINE"]):
        return []
    host, options = str(database.get("HOST") or ""), database.get("OPTIONS") or {}
    if host in NEAR or host.startswith("/") or options.get("sslmode") in SAFE:
        return []
    hint = "Add ?sslmode=require (or verify-full) to PLEIN_DATABASE_URL."
    return [Error("The database is on another machine and not reached over TLS.", hint=hint, id="gate.E001")]
