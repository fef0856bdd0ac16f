"""The refusals of the register and the log."""

from http import HTTPStatus

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop


class AskWhat(Refused):
    """A search of the log that names no trace, activity or data subject, or names it in a wrong form."""

    message = gettext_noop(
        "Name at least one of traceId, dpl.core.processing_activity_id and dpl.core.data_subject_id, each in its form. "
        "{reason}"
    )
    status = HTTPStatus.BAD_REQUEST
    code = "ask-what"
