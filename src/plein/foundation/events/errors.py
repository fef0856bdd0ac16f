"""The refusals of events."""

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class AddressRefused(Refused):
    """A web address that events may not be sent to."""

    message = gettext_noop(
        "Events cannot be sent to {url}: use an https address outside your own network, that exists and has no name "
        "or password in it."
    )
    code = "address-refused"
