"""The refusals of reports."""

from http import HTTPStatus

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class NoPlace(Refused):
    """A report is about a place in this municipality."""

    message = gettext_noop("There is no place yet. Point it out on the map, or give a street and number.")
    code = "no-place"


class OutsideTown(Refused):
    """The place lies in another municipality."""

    message = gettext_noop(
        "Not filed: this place lies outside {town}. Report it to the municipality where it is, or choose another place."
    )
    code = "outside-town"


class UnknownCategory(Refused):
    """No category in use has this name."""

    message = gettext_noop("The kind of report {slug} does not exist. Choose one from the list.")
    code = "unknown-category"


class NothingSaid(Refused):
    """There is no text."""

    message = gettext_noop("Nothing is said yet. Tell in a few words what is wrong.")
    code = "nothing-said"


class TextTooLong(Refused):
    """A report is read by people."""

    message = gettext_noop("The text is too long: {length} signs. Make it at most {most} signs.")
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "text-too-long"


class DangerNotSeen(Refused):
    """Somebody must first say that no help is needed now."""

    message = gettext_noop("Not filed yet: this can be dangerous. Call {phone} first, and then say that you did.")
    code = "danger-not-seen"


class TooMany(Refused):
    """Too many reports came from one place or one sender in a short time."""

    message = gettext_noop(
        "Not filed: many reports came in from here just now. Wait {minutes} minutes, or call us. Your text is kept."
    )
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too-many"


class SaidBefore(Refused):
    """The same text about the same place came in just now."""

    message = gettext_noop(
        "This was reported a moment ago. Say that you have the same trouble, then you hear about it."
    )
    status = HTTPStatus.CONFLICT
    code = "said-before"


class LinkGone(Refused):
    """The secret link fits no report."""

    message = gettext_noop("This link does not fit a report. Copy the whole link from your message, and try again.")
    status = HTTPStatus.NOT_FOUND
    code = "link-gone"


class AlreadyClosed(Refused):
    """What is closed is reopened first."""

    message = gettext_noop("Not done: this report is closed. Open it again first.")
    status = HTTPStatus.CONFLICT
    code = "already-closed"


class NotClosed(Refused):
    """Only what is closed can be judged or opened again."""

    message = gettext_noop("Not done: this report is not closed yet. Wait until you hear how it ended.")
    status = HTTPStatus.CONFLICT
    code = "not-closed"


class ReasonNeeded(Refused):
    """Whoever is told no, hears why."""

    message = gettext_noop("Not closed: say why, in words that the reporter understands.")
    code = "reason-needed"


class DayNeeded(Refused):
    """Planned work has a day that lies ahead."""

    message = gettext_noop("Not closed: say for which day it is planned, today or later.")
    code = "day-needed"


class OwnerNeeded(Refused):
    """Who does not own it says who does."""

    message = gettext_noop("Not closed: choose whose it is, so that the reporter knows where the report went.")
    code = "owner-needed"


class CannotMerge(Refused):
    """Two reports that cannot become one."""

    message = gettext_noop("Not merged: a report cannot be merged with itself, or with one that was merged already.")
    status = HTTPStatus.CONFLICT
    code = "cannot-merge"


class NothingToPassOn(Refused):
    """Nobody outside to pass it on to."""

    message = gettext_noop("Not passed on: {owner} is not in use. Choose another owner.")
    code = "nothing-to-pass-on"


class NoSuchCause(Refused):
    """There is no such cause, or no such decision."""

    message = gettext_noop("This place is no longer on the list. Look at the list again.")
    code = "no-such-cause"
    status = HTTPStatus.NOT_FOUND


class SayWhy(Refused):
    """A decision about a cause says when or why."""

    message = gettext_noop("Nothing was kept. Write when it will be done, or why not.")
    code = "say-why"


class KeyRefused(Refused):
    """Filing over Open311 needs an API key that may file."""

    message = gettext_noop(
        "Not filed: the api_key is missing, or may not file reports. Ask the municipality for a key with this right."
    )
    code = "key-refused"
    status = HTTPStatus.FORBIDDEN


class BadRequest311(Refused):
    """What came over Open311 cannot be used."""

    message = gettext_noop("The request was not understood: {what} is missing or wrong. Correct it and try again.")
    code = "bad-open311-request"
    status = HTTPStatus.BAD_REQUEST


class PhotoNotBlurred(Refused):
    """Nobody made faces and plates in it unreadable yet."""

    message = gettext_noop(
        "Not shown: faces and plates in this photo are not looked for yet. Mark them by hand, or wait."
    )
    status = HTTPStatus.CONFLICT
    code = "photo-not-blurred"


class PhotoChanged(Refused):
    """Somebody else changed the photo since this person looked."""

    message = gettext_noop("Not changed: somebody else just changed this photo. Look at it again, then choose.")
    status = HTTPStatus.CONFLICT
    code = "photo-changed"


class TooManyBoxes(Refused):
    """More places than a photo can have, or a place outside it."""

    message = gettext_noop("Not changed: mark at most {most} places, all inside the photo.")
    code = "too-many-boxes"
