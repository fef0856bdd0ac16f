"""The refusals of geo."""

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class BadGeometry(Refused):
    """An area's border cannot be used."""

    message = gettext_noop("The border of {code} cannot be used: {reason}. Correct it at the source and load it again.")
    code = "bad-geometry"


class UnknownArea(Refused):
    """No such gemeente, wijk or buurt is loaded."""

    message = gettext_noop("The area {code} is not loaded. Check the code, or load the areas with plein load.")
    code = "unknown-area"


class OutsideTheNetherlands(Refused):
    """The point lies where RD coordinates do not reach."""

    message = gettext_noop(
        "The point {first}, {second} lies outside the Netherlands. Check the order of its two numbers."
    )
    code = "outside-the-netherlands"
