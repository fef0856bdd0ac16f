"""The refusals: expected answers of "no" as classes that carry facts. The edge turns them into words, once."""

import errno
from http import HTTPStatus
from typing import Any, ClassVar

from plein.foundation.words import gettext_noop


class Refused(Exception):
    """An expected refusal.

    `message` says what happened, why, and what now; `{fact}` places are filled from the facts given.
    `status` is the HTTP status at the edge, `code` the stable word for machines.
    """

    message: ClassVar[str] = gettext_noop("This cannot be done now. Try again or ask the administrator.")
    status: ClassVar[HTTPStatus] = HTTPStatus.UNPROCESSABLE_ENTITY
    code: ClassVar[str] = "refused"

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        return self.message.format(**self.facts)


class NotAllowed(Refused):
    """The actor lacks the right or role."""

    message = gettext_noop("You may not do this: it needs the right {right}. Ask the administrator for it.")
    status = HTTPStatus.FORBIDDEN
    code = "not-allowed"


class NotKnown(Refused):
    """Nobody is logged in and no valid token came along."""

    message = gettext_noop("This needs a login or an API token. Log in, or send a valid token.")
    status = HTTPStatus.UNAUTHORIZED
    code = "not-known"


class NotFound(Refused):
    """What was asked for does not exist, or may not be known to exist."""

    message = gettext_noop("{what} does not exist. Check the address or search for it.")
    status = HTTPStatus.NOT_FOUND
    code = "not-found"


class DiskFull(Refused):
    """The disk that holds the data is full; what was asked was undone whole."""

    message = gettext_noop("Not saved: the disk is full. Nothing was changed. Ask the administrator to make room.")
    status = HTTPStatus.INSUFFICIENT_STORAGE
    code = "disk-full"


def meant(error: BaseException) -> Refused | None:
    """Give the refusal that an exception means, also one of the system or the database; None for the unexpected.

    A full disk comes as OSError, or as the OperationalError of SQLite ("database or disk is full") or of PostgreSQL
    ("could not extend file", "No space left on device"). SQLite that is opened on a full disk cannot make its index of
    the log, and calls that an I/O error: SQLITE_IOERR_SHMSIZE.
    """
    if isinstance(error, Refused):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull()
    if getattr(error.__cause__ or error, "sqlite_errorname", "") in ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"):
        return DiskFull()
    words = ("disk is full", "No space left on device", "could not extend file")
    if type(error).__name__ in ("OperationalError", "DiskFull") and any(word in str(error) for word in words):
        return DiskFull()
    return None
