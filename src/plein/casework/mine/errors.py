"""The refusals of Mijn Plein."""

from http import HTTPStatus

from plein.foundation.errors import NotFound, Refused
from plein.foundation.words import gettext_noop


class OutsideMandate(Refused):
    """Somebody acts for another, and the mandate is not for this."""

    message = gettext_noop(
        "Not shown: you act for somebody else, and not for everything. "
        "Look at the cases that the mandate is for, or ask for a wider mandate at the counter."
    )
    status = HTTPStatus.FORBIDDEN
    code = "outside-mandate"


class NotInAccount(NotFound):
    """The account of this person has no such use of data."""

    message = gettext_noop("This use of data is not in your account. Go back to the list.")
    code = "not-in-account"


class NoSuchDocument(NotFound):
    """The case has no such document for this person."""

    message = gettext_noop("This document is not in your case, or not for you. Go back to the case.")
    code = "no-such-document"
