"""The refusals of the map."""

from plein.foundation.errors import NotFound
from plein.foundation.words import gettext_noop


class NoLayer(NotFound):
    """No room offers that layer, or its data is not open to everyone."""

    message = gettext_noop("There is no layer {layer} on the public map. Choose another layer.")
    code = "no-layer"


class NoPoint(NotFound):
    """The layer has no such point at that moment."""

    message = gettext_noop("This point is not on the map at that moment. Choose another point or day.")
    code = "no-point"
