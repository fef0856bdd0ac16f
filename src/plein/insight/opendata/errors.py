"""What the portal refuses, with the facts that say why."""

from http import HTTPStatus

from plein.foundation.errors import NotFound, Refused
from plein.foundation.words import gettext_noop


class UnknownColumn(Refused):
    """A question names a column that the product does not have."""

    message = gettext_noop("This data has no column {column}. Use one of: {columns}.")
    status = HTTPStatus.BAD_REQUEST
    code = "unknown-column"


class UnknownOperator(Refused):
    """A filter uses a comparison that does not exist or does not fit the column."""

    message = gettext_noop("Column {column} cannot be compared with {operator}. Use one of: {operators}.")
    status = HTTPStatus.BAD_REQUEST
    code = "unknown-operator"


class BadValue(Refused):
    """A filter value is not of the column's type."""

    message = gettext_noop("{value} does not fit {column}: {needed} is needed.")
    status = HTTPStatus.BAD_REQUEST
    code = "bad-value"


class BadCursor(Refused):
    """A page mark was changed, or belongs to another question."""

    message = gettext_noop("This page mark does not belong to this question. Start again at the first page.")
    status = HTTPStatus.BAD_REQUEST
    code = "bad-cursor"


class TooManyConditions(Refused):
    """A question has more conditions than anybody needs."""

    message = gettext_noop("At most {most} conditions fit in one question. Leave some out.")
    status = HTTPStatus.BAD_REQUEST
    code = "too-many-conditions"


class NotOpen(Refused):
    """The rows of this product are not open data."""

    message = gettext_noop("The rows of {product} are not open. Read its conditions, or ask for the data.")
    status = HTTPStatus.FORBIDDEN
    code = "not-open"


class NoRowsYet(NotFound):
    """The product exists, and nothing was published yet."""

    message = gettext_noop("Nothing of {product} has been published yet. Come back later.")
    code = "no-rows-yet"


class NoGeometry(NotFound):
    """The product has no place in its rows."""

    message = gettext_noop("{product} has no place in its rows. Choose another format.")
    code = "no-geometry"


class TooManyRequests(Refused):
    """One visitor sends more forms than a person would."""

    message = gettext_noop("You have sent {most} of these today. Try again tomorrow, or call us.")
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too-many-forms"


class AlreadyAnswered(Refused):
    """Somebody answered this already."""

    message = gettext_noop("{reference} was answered already. Reload the page to read the answer.")
    status = HTTPStatus.CONFLICT
    code = "already-answered"
