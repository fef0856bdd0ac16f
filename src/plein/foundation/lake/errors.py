"""The refusals of the lake."""

from http import HTTPStatus

from plein.foundation.errors import NotFound, Refused
from plein.foundation.words import gettext_noop


class NoTable(NotFound):
    """The lake has no table of that name."""

    message = gettext_noop("There is no table {name} in the lake yet. Publish or load its data first.")
    code = "no-table"


class VersionGone(NotFound):
    """That version never existed, or was removed because its retention ended."""

    message = gettext_noop("Version {version} of {name} is not kept any more. Ask for a later date.")
    status = HTTPStatus.GONE
    code = "version-gone"


class SchemaDiffers(Refused):
    """Rows to append have other columns than the table."""

    message = gettext_noop("Not added to {name}: the columns differ ({difference}). Replace the whole table instead.")
    code = "schema-differs"


class NoRoom(Refused):
    """The disk is full or nearly full; nothing was written."""

    message = gettext_noop("Not written: the disk that holds {name} is full. Nothing changed. Make room and try again.")
    status = HTTPStatus.INSUFFICIENT_STORAGE
    code = "no-room"


class BadQuery(Refused):
    """A query that is not one plain reading SELECT over the tables it was given, or that DuckDB cannot run."""

    message = gettext_noop("This query cannot run: {reason}. Change the query and try again.")
    code = "bad-query"


class QueryTooSlow(Refused):
    """A query that took longer than it may."""

    message = gettext_noop("This query took over {seconds} seconds and was stopped. Ask for less data.")
    code = "query-too-slow"
