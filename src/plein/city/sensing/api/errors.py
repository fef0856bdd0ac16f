"""What the interface refuses."""

from http import HTTPStatus

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class BadRequest(Refused):
    """The request cannot be understood."""

    message = gettext_noop("The request cannot be understood: {reason}.")
    status = HTTPStatus.BAD_REQUEST
    code = "bad-request"


class NoSuchAddress(Refused):
    """The address leads nowhere."""

    message = gettext_noop("There is nothing at {address}. Start at the root of this interface.")
    status = HTTPStatus.NOT_FOUND
    code = "not-found"


class NotThisWay(Refused):
    """The method does not go with the address."""

    message = gettext_noop("{method} cannot be used here.")
    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method-not-allowed"


class TokenNeeded(Refused):
    """Writing without an API token."""

    message = gettext_noop("Writing needs an API token with the scope {right}. Make one on your account page.")
    status = HTTPStatus.UNAUTHORIZED
    code = "token-needed"


class TooLarge(Refused):
    """The body is larger than is read."""

    message = gettext_noop("The request is larger than {megabytes} MB. Send it in parts.")
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too-large"


class StillUsed(Refused):
    """The same reading exists with another value."""

    message = gettext_noop("A reading of this datastream at this time exists. Change it with PATCH.")
    status = HTTPStatus.CONFLICT
    code = "exists"
