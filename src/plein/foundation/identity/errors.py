"""The refusals of identity."""

from http import HTTPStatus

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class UnknownRole(Refused):
    """No sign names this role."""

    message = gettext_noop("The role {role} does not exist. Choose one from the list.")
    code = "unknown-role"


class NameTaken(Refused):
    """Another account has this name."""

    message = gettext_noop("Not created: the name {username} is taken. Choose another name.")
    status = HTTPStatus.CONFLICT
    code = "name-taken"


class ScopeTooWide(Refused):
    """A token can never do more than its holder."""

    message = gettext_noop("Not created: you do not have the right {scopes} yourself. Leave it out.")
    status = HTTPStatus.FORBIDDEN
    code = "scope-too-wide"


class TokenTooLong(Refused):
    """Tokens end."""

    message = gettext_noop("Not created: a token lasts at most {days} days. Choose an earlier date.")
    code = "token-too-long"


class LastAdministrator(Refused):
    """Somebody has to be able to manage accounts."""

    message = gettext_noop("Not changed: this is the last administrator. Give somebody else that role first.")
    status = HTTPStatus.CONFLICT
    code = "last-administrator"


class OwnAccount(Refused):
    """What another administrator has to do."""

    message = gettext_noop("Not changed: this is your own account. Ask another administrator, or use plein staff.")
    status = HTTPStatus.CONFLICT
    code = "own-account"


class DemoOnly(Refused):
    """Demo accounts live in the demo town only."""

    message = gettext_noop("Demo accounts exist in the demo town only: the setting GEMEENTE names {gemeente}.")
    status = HTTPStatus.FORBIDDEN
    code = "demo-only"
