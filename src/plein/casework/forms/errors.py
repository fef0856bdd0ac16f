"""What a form refuses: what, why, and what now."""

from http import HTTPStatus

from plein.foundation.errors import NotFound, Refused
from plein.foundation.words import gettext_noop


class FormClosed(NotFound):
    """A form that cannot be started now."""

    message = gettext_noop("{form} cannot be filled in now. Look at the list of forms, or call us.")
    code = "form-closed"


class DraftGone(Refused):
    """A draft that is not here any more."""

    message = gettext_noop(
        "Your answers are not here any more: too much time went by, or they were wiped. Start the form again."
    )
    status = HTTPStatus.NOT_FOUND
    code = "draft-gone"


class LinkGone(Refused):
    """A link to go on that does not work (any more)."""

    message = gettext_noop(
        "This link does not work any more: it is too old, or not whole. Start the form again, or call us."
    )
    status = HTTPStatus.NOT_FOUND
    code = "link-gone"


class NotWhole(Refused):
    """A form that is sent while something is open or wrong."""

    message = gettext_noop("Not sent: not every question has its answer yet. Look at the steps with a mark.")
    code = "not-whole"
    step = ""


class NotSound(Refused):
    """A form that is published while its parts do not fit."""

    message = gettext_noop("Not published: {count} things do not fit yet. They stand beside the form.")
    code = "not-sound"


class NoDraftVersion(Refused):
    """A version that is changed while it is published."""

    message = gettext_noop("This version is published, so it stays as it is. Make a new version and change that.")
    status = HTTPStatus.CONFLICT
    code = "no-draft-version"


class ChangedMeanwhile(Refused):
    """Somebody else changed it first."""

    message = gettext_noop("Not saved: somebody else changed this form meanwhile. Look at it again, then change it.")
    status = HTTPStatus.CONFLICT
    code = "changed-meanwhile"
