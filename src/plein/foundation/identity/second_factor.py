"""Whether somebody still has to set up a second step before the guarded roles count; and sealing its secrets."""

from collections.abc import Iterator

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from plein.foundation.identity import keyring, sealed
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import Staff
from plein.foundation.identity.roles import guarded_roles


def is_lacking(request: HttpRequest, staff: Staff, actor: Actor) -> bool:
    """Tell whether a role needs a second step that this account does not have; no query once it was used to log in."""
    if staff.is_demo or not is_needed(actor.roles):
        return False
    methods = get_authentication_records(request, staff)
    if any(method.get("method") == "mfa" for method in methods):
        return False
    return not has_one(staff)


def is_needed(roles: frozenset[str]) -> bool:
    """Tell whether who has these roles needs a second step: by role, or everyone where the municipality says so."""
    return settings.PLEIN["SECOND_FACTOR"] == "everyone" or bool(roles & guarded_roles())


def has_one(staff: Staff) -> bool:
    """Tell whether an account has an authenticator app or a security key."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=staff.pk, type__in=kinds).exists())


ABOUT = "identity.second-factor"


class Factors:
    """The secrets of apps and recovery codes: texts inside the JSON of allauth's authenticators."""

    def _texts(self) -> Iterator[tuple[Authenticator, str, str]]:
        for one in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk"):
            for name, value in one.data.items():
                if isinstance(value, str) and value.startswith(sealed.MARK):
                    yield one, name, value

    def keys(self) -> Iterator[str]:
        """Give the id of the key of each secret."""
        return (keyring.key_of(sealed.from_text(text)) for _, _, text in self._texts())

    def seal_again(self) -> int:
        """Seal what has an older key with the newest."""
        newest, done = keyring.ring().newest.id, 0
        for one, name, text in list(self._texts()):
            if keyring.key_of(sealed.from_text(text)) != newest:
                with transaction.atomic():
                    row = Authenticator.objects.select_for_update().get(pk=one.pk)
                    row.data = {**row.data, name: seal(unseal(row.data[name]))}
                    row.save(update_fields=["data"])
                done += 1
        return done


def seal(text: str) -> str:
    """Seal a secret for keeping."""
    return sealed.as_text(keyring.encrypt(text, about=ABOUT))


def unseal(text: str) -> str:
    """Open a secret that was kept; one of before secrets were sealed is as it is."""
    return keyring.decrypt(sealed.from_text(text), about=ABOUT) if text.startswith(sealed.MARK) else text
