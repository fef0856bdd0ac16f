"""The refusals of logging in through a provider."""

from http import HTTPStatus

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class LoginRefused(Refused):
    """An answer of a provider that cannot be trusted, or does not say who it is. `why` is a code for the log."""

    message = gettext_noop("Not logged in: the answer of {name} could not be trusted. Start again from the login page.")
    status = HTTPStatus.FORBIDDEN
    code = "login-refused"


class LoginOver(LoginRefused):
    """The login was begun in another browser, too long ago, or finished already."""

    message = gettext_noop("Not logged in: this login has been used or took too long. Start again from the login page.")
    code = "login-over"


class LevelTooLow(LoginRefused):
    """The provider is less certain of who came in than is needed."""

    message = gettext_noop(
        "Not logged in: you came in with less certainty than needed. Log in again, for example with the DigiD app."
    )
    code = "level-too-low"


class NotLinked(LoginRefused):
    """The provider knows this member of staff, and we do not."""

    message = gettext_noop(
        "Not logged in: no account here is linked to yours. Ask your administrator to link it by e-mail address."
    )
    code = "not-linked"


class ProviderDown(Refused):
    """The provider does not answer, or says that it cannot now."""

    message = gettext_noop("{name} does not work at the moment. Try again in a few minutes.")
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "provider-down"
