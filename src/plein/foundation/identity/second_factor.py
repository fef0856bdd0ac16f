"""Whether somebody still has to set up a second step before the guarded roles count."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

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
