"""The refusals of observations."""

from http import HTTPStatus

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class NotATime(Refused):
    """A text is not a moment or an interval in ISO 8601."""

    message = gettext_noop("“{text}” is not a time. Write it like 2026-11-22T10:00:00Z.")
    status = HTTPStatus.BAD_REQUEST
    code = "not-a-time"


class StreamUnknown(Refused):
    """A reading names a datastream that does not exist."""

    message = gettext_noop("Datastream {datastream} does not exist. Register it before sending readings.")
    status = HTTPStatus.BAD_REQUEST
    code = "stream-unknown"


class StreamNotRegistered(Refused):
    """A datastream names no processing activity, so nothing says why it may measure."""

    message = gettext_noop(
        "Datastream {datastream} has no registered processing activity. Register its purpose, legal basis and owner."
    )
    status = HTTPStatus.FORBIDDEN
    code = "stream-not-registered"
