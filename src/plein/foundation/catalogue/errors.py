"""The refusals of the catalogue."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import NamedTuple

from plein.foundation.errors import NotFound, Refused
from plein.foundation.words import gettext_noop

REASONS = {
    "missing-column": gettext_noop("the column is missing"),
    "unknown-column": gettext_noop("the contract does not know this column"),
    "type": gettext_noop("the values have another type"),
    "required": gettext_noop("a value is required"),
    "minimum": gettext_noop("the value is too low"),
    "maximum": gettext_noop("the value is too high"),
    "length": gettext_noop("the text is too short or too long"),
    "pattern": gettext_noop("the text has another form"),
    "allowed": gettext_noop("the value is not on the list"),
    "infinite": gettext_noop("the value is not a finite number"),
    "unique": gettext_noop("the value or key occurs more than once"),
    "fresh": gettext_noop("the newest row is older than promised"),
}


class Breach(NamedTuple):
    """One place where a table breaks its contract. row: 1-based, 0 for the table as a whole; reason: key of REASONS."""

    row: int
    column: str
    reason: str
    value: str = ""


class NoContract(NotFound):
    """No installed room has a contract of that key."""

    message = gettext_noop("There is no data product {product}. Look in the catalogue for its name.")
    code = "no-contract"


class NotPublished(NotFound):
    """The product has no version yet, or had none at the moment that was asked for."""

    message = gettext_noop("{product} holds no data yet at that moment. Ask for a later date, or publish it first.")
    code = "not-published"


class ContractBroken(Refused):
    """A table breaks its contract; nothing of it was published.

    breaches: the first thousand; totals: per (column, reason) how many; rejects: path of the file with all of them.
    """

    message = gettext_noop(
        "{product} was not published: {count} values break its contract ({summary}). "
        "The last good version stays. Correct the rows listed in {rejects} and publish again."
    )
    code = "contract-broken"

    def __init__(
        self,
        product: str,
        breaches: Sequence[Breach],
        totals: Mapping[tuple[str, str], int] | None = None,
        rejects: str = "",
    ) -> None:
        totals = totals or _counted(breaches)
        listed = sorted(totals.items(), key=lambda total: -total[1])
        summary = ", ".join(f"{column} {reason}: {count}" for (column, reason), count in listed[:5])
        super().__init__(product=product, count=sum(totals.values()), summary=summary, rejects=rejects)
        self.product = product
        self.breaches = list(breaches)
        self.totals = dict(totals)
        self.rejects = rejects


def _counted(breaches: Sequence[Breach]) -> dict[tuple[str, str], int]:
    totals: dict[tuple[str, str], int] = {}
    for breach in breaches:
        totals[breach.column, breach.reason] = totals.get((breach.column, breach.reason), 0) + 1
    return totals


class UnreadableFile(Refused):
    """A file to publish is no CSV or Parquet that can be read."""

    message = gettext_noop("{file} was not published: it cannot be read as CSV or Parquet ({reason}). Check the file.")
    code = "unreadable-file"


class MayNotPublish(Refused):
    """Only the owner, a data steward or Plein itself publishes a product."""

    message = gettext_noop("You may not publish {product}: that is up to {owner}. Ask them or a data steward.")
    status = HTTPStatus.FORBIDDEN
    code = "may-not-publish"


class NotAContract(ValueError):
    """A contract file that does not say what a contract must say; a mistake of the developer, found at start."""
