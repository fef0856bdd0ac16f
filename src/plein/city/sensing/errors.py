"""The refusals of measuring."""

from http import HTTPStatus

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class NoBorders(Refused):
    """The municipality's border is not known, so nothing can be said to lie in it."""

    message = gettext_noop(
        "Nothing was loaded: the border of {gemeente} is not known. Load the areas first, with the same command."
    )
    code = "no-borders"


class UnknownQuantity(Refused):
    """A quantity that Plein does not know."""

    message = gettext_noop("{quantity} cannot be registered: it is not a known quantity. Choose one from the list.")
    status = HTTPStatus.BAD_REQUEST
    code = "unknown-quantity"


class NoPlace(Refused):
    """A measuring point cannot stand nowhere."""

    message = gettext_noop(
        "Not registered: {lon}, {lat} is not a place in the Netherlands. Give longitude and latitude."
    )
    status = HTTPStatus.BAD_REQUEST
    code = "no-place"
