"""The doors people come in by: at most one provider each for residents, organisations and staff, from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from plein.foundation.identity.levels import KNOWN

AUDIENCES = {"inwoner": "RESIDENTS", "organisatie": "ORGANISATIONS", "medewerker": "STAFF"}
KINDS = {"inwoner": "resident", "organisatie": "organisation", "medewerker": "staff"}
READABLE = ("bsn", "kvk", "vestiging", "name", "level", "acting_for", "email")


@dataclass(frozen=True, slots=True)
class Door:
    """One provider and how we speak with it.

    key: the word in addresses; kind: of actor that comes in. claims: our word to the claim it is read from.
    levels: the provider's word for a level of certainty to ours; least: the level below which nobody comes in.
    second_step: values of `acr` or `amr` that stand for a second step of staff.
    """

    key: str
    kind: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    private_key: str = ""
    scopes: str = "openid"
    claims: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    least: str = ""
    second_step: frozenset[str] = frozenset()

    def acr_for(self, level: str) -> str:
        """Give the provider's words for a level and those above it, to ask for; "" when it has none of its own."""
        from plein.foundation.identity.levels import reaches

        return " ".join(word for word, ours in self.levels.items() if reaches(ours, level)) if level else ""


def _set(name: str) -> dict[str, Any]:
    start = f"OIDC_{name}_"
    return {key.removeprefix(start).lower(): value for key, value in settings.PLEIN.items() if key.startswith(start)}


def doors() -> dict[str, Door]:
    """List the doors that are set up, by key."""
    found = {}
    for key, name in AUDIENCES.items():
        told = _set(name)
        if told.get("issuer") and told.get("client_id"):
            second = frozenset(told.pop("second_step", ()))
            told["levels"] = told.get("levels") or {}
            found[key] = Door(key=key, kind=KINDS[key], second_step=second, **told)
    return found


def level_of(door: Door, said: str) -> str:
    """Read a provider's word for a level of certainty; "" when nobody told us what it means."""
    return door.levels.get(said) or KNOWN.get(said, "")


def is_safe(address: str) -> bool:
    """Tell whether a provider's address can be trusted with secrets: https, or this very machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"))
