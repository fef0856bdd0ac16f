"""How staff come in: local accounts with a password and, for guarded roles, a second step. Nobody signs up by himself.

Logging in through the municipality's own provider (OpenID Connect) and residents' logins come in beside this, as
further backends and allauth providers; nothing here stands in their way.
"""

import logging
import threading
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plein.foundation import clock
from plein.foundation.identity import audit, sealed, sessions
from plein.foundation.identity.actors import ANONYMOUS
from plein.foundation.identity.demo import is_demo_town
from plein.foundation.identity.models import Staff
from plein.foundation.identity.queries import staff_actor
from plein.foundation.identity.second_factor import Factors, seal, unseal

log = logging.getLogger(__name__)
SILENT = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]
    """Checks a password; demo accounts count in the demo town only."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Tell whether the account is open."""
        return bool(super().user_can_authenticate(user)) and (not user.is_demo or is_demo_town())


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Plein's choices for accounts, and its own words: allauth's Dutch says "je"."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Ask your administrator."),
        "enter_current_password": _("This is not your present password. Type it again."),
        "incorrect_code": _("This code does not work. Type another one."),
        "incorrect_password": _("This password is not right. Type it again."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes and try again."),
        "username_password_mismatch": _("User name or password is not right. Type both again."),
        "rate_limited": _("Too many attempts. Wait five minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Keep sign-up closed: an administrator creates accounts."""
        return False

    def add_message(self, request: HttpRequest, level: Any, *words: Any, **more: Any) -> None:
        """Say what changed, but not that somebody logged in or out: the page shows that."""
        if not SILENT & {*words[:1], more.get("message_template")}:
            super().add_message(request, level, *words, **more)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go back to one's own page."""
        return reverse("identity:account")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names Plein in authenticator apps, and says in its own words what went wrong."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("Your role needs a second step. Set up another one first."),
        "incorrect_code": _("This code does not work. Type another one."),
    }

    def encrypt(self, text: str) -> str:
        """Seal the secret of an app or of recovery codes."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open it again."""
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Give the name that the app shows."""
        return f"Plein {settings.PLEIN['ORGANISATION']}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Give the name and host that passkeys belong to."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": self.get_totp_issuer()}


def can_send() -> bool:
    """Tell whether this Plein can send e-mail."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def send_password_address(staff: Staff) -> threading.Thread:
    """Send somebody the address to choose a password at; a failure is logged.

    It goes in a thread, so that how long the answer takes does not tell whether the account exists.
    """
    context = {"staff": staff, "address": first_password_address(staff), "town": settings.PLEIN["ORGANISATION"]}
    message = EmailMessage(
        gettext("A new password for Plein"),
        render_to_string("identity/mail_password.txt", context),
        to=[staff.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    thread = threading.Thread(target=_send, args=(message, staff.pk), name=f"mail-{staff.pk}")
    thread.start()
    return thread


def _send(message: EmailMessage, pk: int) -> None:
    try:
        message.send()
    except OSError as error:  # smtplib's errors are OSErrors too
        log.error("The address for a new password of staff %s could not be sent: %s", pk, error)


def first_password_address(staff: Staff) -> str:
    """Give the address, good for one use, where somebody chooses a password."""
    key = default_token_generator.make_token(staff)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(staff), "key": key})
    return f"{settings.PLEIN['BASE_URL']}{path}"


def note_login(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """Write down that somebody logged in; who was logged in as a resident in this browser is that no more."""
    sessions.forget(request)
    now = clock.now()
    sessions.begin_staff(request, now=now)
    audit.note("identity.login", subject=f"staff:{user.pk}", by=staff_actor(user, now=now), now=now)


def note_logout(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """Write down that somebody logged out."""
    if user is not None:
        now = clock.now()
        audit.note("identity.logout", subject=f"staff:{user.pk}", by=staff_actor(user, now=now), now=now)


def note_failure(sender: Any, credentials: dict[str, Any], **_: Any) -> None:
    """Write down a failed login, with the account when there is one; never what was typed, it may be a password."""
    found = Staff.objects.filter(username__iexact=str(credentials.get("username", ""))).values_list("pk", flat=True)
    subject = f"staff:{found[0]}" if found else "staff:unknown"
    audit.note("identity.login-failed", subject=subject, by=ANONYMOUS, now=clock.now())


def note_second_factor(sender: Any, request: HttpRequest, user: Any, authenticator: Any, signal: Any, **_: Any) -> None:
    """Write down that a second factor was added or removed."""
    from allauth.mfa import signals

    done = "add" if signal is signals.authenticator_added else "remove"
    now = clock.now()
    actor = staff_actor(user, now=now)
    audit.note(f"identity.{done}-second-factor", subject=f"staff:{user.pk}", by=actor, now=now, kind=authenticator.type)


def note_password(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """Write down that a password was changed."""
    now = clock.now()
    audit.note("identity.change-password", subject=f"staff:{user.pk}", by=staff_actor(user, now=now), now=now)


def listen() -> None:
    """Hear what happens around logging in, and say where sealed secrets stand."""
    sealed.holders[:] = [Factors()]
    from allauth.account import signals as account
    from allauth.mfa import signals as mfa
    from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

    user_logged_in.connect(note_login)
    user_logged_out.connect(note_logout)
    user_login_failed.connect(note_failure)
    for signal in (account.password_changed, account.password_set, account.password_reset):
        signal.connect(note_password)
    for signal in (mfa.authenticator_added, mfa.authenticator_removed):
        signal.connect(note_second_factor)
