"""The refusals that interfaces share."""

from http import HTTPStatus

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class BadInput(Refused):
    """A parameter or field that cannot be used; `errors` lists them for machines."""

    message = gettext_noop("The request was not understood: {what}. Correct it and try again.")
    status = HTTPStatus.BAD_REQUEST
    code = "bad-input"


class BadCursor(Refused):
    """A cursor that this server did not make."""

    message = gettext_noop("This page cannot be found: the cursor is damaged. Start again at the first page.")
    status = HTTPStatus.BAD_REQUEST
    code = "bad-cursor"


class TooManyRequests(Refused):
    """More requests than one visitor or token gets."""

    message = gettext_noop("Too many requests: at most {limit} a minute. Try again in {seconds} seconds.")
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too-many-requests"


class ChangedMeanwhile(Refused):
    """What the caller wants to change is no longer what the caller saw."""

    message = gettext_noop("Not changed: somebody else changed this after you read it. Read it again first.")
    status = HTTPStatus.PRECONDITION_FAILED
    code = "changed-meanwhile"
