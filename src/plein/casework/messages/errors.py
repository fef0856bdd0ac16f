"""The refusals of messages: what happened, why, and what now."""

from http import HTTPStatus

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class TemplateMissing(Refused):
    """No published template has this key."""

    message = gettext_noop("Not sent: there is no published text {key}. Ask who writes the texts to publish it.")
    code = "template-missing"


class FactMissing(Refused):
    """A text needs a fact that was not given."""

    message = gettext_noop("Not sent: the text {key} needs {fact}, and it was not given. Fill it in and send again.")
    code = "fact-missing"


class FactUnsound(Refused):
    """A fact is not what it should be, such as a date that is none."""

    message = gettext_noop("Not sent: {fact} is not a {kind}: {value}. Correct it and send again.")
    code = "fact-unsound"


class ContentUnsound(Refused):
    """A text cannot be used as it stands; `problems` says what is wrong, one sentence each."""

    message = gettext_noop("Not saved: {problems} Correct this and save again.")
    code = "content-unsound"


class NotADraft(Refused):
    """Only a draft can be changed or published."""

    message = gettext_noop("Not changed: this text is published already. Make a new version of it.")
    code = "not-a-draft"
    status = HTTPStatus.CONFLICT


class ChangedMeanwhile(Refused):
    """Somebody else changed it since the page was opened."""

    message = gettext_noop("Not done: a colleague changed this meanwhile. Look at it again and decide.")
    code = "changed-meanwhile"
    status = HTTPStatus.CONFLICT


class NoAddress(Refused):
    """There is no address for a channel."""

    message = gettext_noop("Not done: we have no address for {channel}. Fill one in or choose another way.")
    code = "no-address"


class AddressUnsound(Refused):
    """What was typed cannot be an address of this kind."""

    message = gettext_noop("Not saved: {address} is not right. Check it, and type it once more.")
    code = "address-unsound"


class WrongCode(Refused):
    """The code is not the one that was sent."""

    message = gettext_noop("This is not the code that we sent. Look at it again. You have {left} tries left.")
    code = "wrong-code"


class CodeGone(Refused):
    """The code is too old, tried too often, or was never asked for."""

    message = gettext_noop("This code does not work any more. Ask for a new one.")
    code = "code-gone"


class TooManyCodes(Refused):
    """Codes are asked for too often."""

    message = gettext_noop("You asked for a code a few times already. Wait an hour, and try again.")
    code = "too-many-codes"
    status = HTTPStatus.TOO_MANY_REQUESTS
