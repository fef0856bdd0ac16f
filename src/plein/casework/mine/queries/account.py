"""The account of use: the lines of the processing log about one person, with what is secret left out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, QuerySet

from plein.casework.mine.errors import NotInAccount
from plein.casework.mine.rules.account import Period, said_actor, said_field
from plein.foundation.api.paging import page
from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.gate import intake, log, registry
from plein.foundation.gate.models import LogRecord, ProcessingActivity
from plein.foundation.gate.rules.grounds import letter_of, said_basis
from plein.foundation.identity import keyring
from plein.foundation.identity.models import Partner, Person
from plein.foundation.identity.models.residents import ABOUT_BSN
from plein.foundation.identity.residents import pseudonym
from plein.foundation.words import Text

PAGE = 50
PROCESSOR = "dpl.core.foreign_operation.processor"
KIND = "dpl.core.data_subject_id_type"


def codes_of(person: Person, *, cases: Iterable[str] = ()) -> list[str]:
    """List the codes under which a person stands in the log.

    As a person, by BSN or KVK number, in products by the pseudonym of each purpose, and as who opened a case.
    """
    found = [log.code_of(log.PERSON, person.key)]
    if person.bsn is not None:
        found.append(log.code_of("BSN", keyring.decrypt(person.bsn, about=ABOUT_BSN)))
    if person.kvk:
        found.append(log.code_of("KVK", person.kvk))
    found += [log.code_of(kind, pseudonym(person, purpose)) for kind, purpose in _product_kinds()]
    return found + [log.code_of("case", case) for case in cases]


def _product_kinds() -> Iterator[tuple[str, str]]:
    """Walk the pseudonym columns of products, as kinds of the log, each with the purposes that may have made them."""
    for contract in all_contracts().values():
        for column in contract.columns:
            if column.personal == "pseudonymous":
                kind = f"{log.data_uri()}/{contract.key}#{column.name}"
                yield from ((kind, purpose) for purpose in {contract.key, *contract.purposes})


def lines_about(codes: Iterable[str], *, period: Period) -> QuerySet[LogRecord]:
    """Give the lines of the log about somebody that they may see: never those of a secret activity."""
    rows = intake.lines().filter(kind="action", subject_id__in=list(codes))
    rows = rows.exclude(activity__in=registry.secret_keys())
    if period.since_ms is not None:
        rows = rows.filter(start_ms__gte=period.since_ms)
    if period.until_ms is not None:
        rows = rows.filter(start_ms__lt=period.until_ms)
    return rows


@dataclass(frozen=True, slots=True)
class Told:
    """What the register says of an activity that used data; registration is None for one that is not in it."""

    key: str
    registration: ProcessingActivity | None

    @property
    def title(self) -> Text:
        """Name the activity."""
        return self.registration.activity.title if self.registration else Text(self.key, self.key)

    @property
    def purpose(self) -> Text | None:
        """Tell why it is done."""
        return self.registration.activity.purpose if self.registration else None

    @property
    def ground(self) -> Text:
        """Say the legal ground in plain words."""
        return said_basis(self.registration.activity.legal_basis if self.registration else "")

    @property
    def letter(self) -> str:
        """Give the letter of AVG art. 6(1)."""
        return letter_of(self.registration.activity.legal_basis) if self.registration else ""

    @property
    def law(self) -> str:
        """Name the law behind it."""
        return self.registration.activity.law if self.registration else ""


@dataclass(frozen=True, slots=True)
class Used(Told):
    """How often data was used for one activity. count: times; last: the newest."""

    count: int
    last: datetime


def activity_of(key: str) -> Told:
    """Tell about one activity."""
    return Told(key, registry.in_force(key))


def by_activity(codes: Iterable[str], *, period: Period) -> list[Used]:
    """Count uses per activity, the newest first; one query beside chaining what waits."""
    rows = (
        lines_about(codes, period=period).order_by().values("activity").annotate(n=Count("number"), at=Max("start_ms"))
    )
    found = [_used(row) for row in rows]
    return sorted(found, key=lambda used: (used.last, used.key), reverse=True)


def _used(row: dict[str, Any]) -> Used:
    return Used(row["activity"], registry.in_force(row["activity"]), row["n"], _at(row["at"]))


def used_for(key: str, codes: Iterable[str], *, period: Period) -> Used:
    """Count the uses for one activity.

    Raises NotInAccount, also for what is secret.
    """
    rows = lines_about(codes, period=period).filter(activity=key).order_by().values("activity")
    row = rows.annotate(n=Count("number"), at=Max("start_ms")).order_by("activity").first()
    if row is None:
        raise NotInAccount(what=key)
    return _used(row)


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


@dataclass(frozen=True)
class Use:
    """One use. who: the organisation; asked_by: what kind of actor, never a name; fields: what was seen, in words.

    reference: names this use to the privacy officer.
    """

    at: datetime
    activity: str
    name: str
    who: str
    through: str
    asked_by: Text
    field_names: tuple[str, ...]
    reference: str

    @cached_property
    def fields(self) -> list[Text]:
        """Give the fields in words."""
        product = all_contracts().get(self.name.removeprefix("Read "))
        titles = {column.name: column.title for column in product.columns} if product else {}
        return [said_field(name, titles) for name in self.field_names]


def uses(key: str, codes: Iterable[str], *, period: Period, cursor: str = "") -> tuple[list[Use], str]:
    """List the uses for one activity, newest first, with the cursor of the next page; at most two queries.

    Raises BadCursor.
    """
    rows = lines_about(codes, period=period).filter(activity=key)
    found = page(rows, by=["-number"], cursor=cursor, limit=PAGE)
    return told(found.rows), found.next


def told(rows: Iterable[LogRecord]) -> list[Use]:
    """Tell lines of the log; one query for the names of partners when there are any."""
    rows = list(rows)
    keys = {row.attributes[log.PARTNER] for row in rows if row.attributes.get(log.PARTNER)}
    names = dict(Partner.objects.filter(key__in=keys).values_list("key", "name")) if keys else {}
    return [_use(row, names) for row in rows]


def _use(row: LogRecord, partners: dict[str, str]) -> Use:
    said = row.attributes
    partner = said.get(log.PARTNER, "")
    return Use(
        at=_at(row.start_ms),
        activity=row.activity,
        name=row.name,
        who=partners.get(partner, partner) or settings.PLEIN["ORGANISATION"],
        through=said.get(PROCESSOR, ""),
        asked_by=said_actor(said.get(log.ASKED_BY, "")),
        field_names=tuple(said.get(log.FIELDS, ())),
        reference=f"{row.trace_id[:8]}-{row.span_id}",
    )


def all_uses(codes: Iterable[str], *, period: Period) -> Iterator[Use]:
    """Walk all uses, newest first, in pieces that fit in memory."""
    rows = lines_about(codes, period=period).order_by("-number")
    last = None
    while piece := list((rows.filter(number__lt=last) if last else rows)[:1_000]):
        yield from told(piece)
        last = piece[-1].number
