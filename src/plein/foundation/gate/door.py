"""The gate's door: the only way to another room's data and to any personal data.

    import plein.foundation.gate.door as gate

    table = gate.read("sensing.hourly_means", activity="monitor.publish", by=actor, now=now)

Without an active processing activity, a role that allows it and, for shared products, an agreement, it refuses in clear
words, and the refusal is kept. What is about persons is logged in the same transaction as the read. Who shows records
(a case, a message, a document) notes that with `note_use`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from plein.foundation import clock
from plein.foundation.catalogue import products as published
from plein.foundation.catalogue.contracts import Contract, contract
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.gate import intake, log, masks, refusals, rules, sql, usage
from plein.foundation.gate.errors import (
    Barred,
    ColumnsHidden,
    NoAgreement,
    NotForStreaming,
    OutOfScope,
    RoleMissing,
    SubjectMissing,
    WrongPurpose,
)
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.gate.records import note_use, refuse_look
from plein.foundation.gate.registry import agreement_for, require_activity
from plein.foundation.identity.actors import Actor
from plein.foundation.lake import plain
from plein.foundation.lake import tables as lake

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "Admission",
    "Subjects",
    "admit",
    "count_use",
    "note_use",
    "query",
    "read",
    "refuse_look",
    "require_activity",
]

Subjects = log.Subjects


@dataclass(frozen=True, slots=True)
class Admission:
    """What an activity may see of a product: the columns, an SQL condition on its rows ("" is all), which version."""

    columns: tuple[str, ...]
    rows_sql: str
    version: ProductVersion


@dataclass(frozen=True, slots=True)
class _Grant:
    contract: Contract
    registration: ProcessingActivity
    view: rules.View

    @property
    def key(self) -> str:
        return self.contract.key

    @property
    def is_personal(self) -> bool:
        return self.contract.personal != "none"

    @property
    def subject_column(self) -> str:
        """Name the column that tells whom a row is about: a pseudonym, or else a personal key; "" is none."""
        for column in self.contract.columns:
            if column.personal == "pseudonymous":
                return column.name
        keys = set(self.contract.key_columns)
        return next((c.name for c in self.contract.columns if c.personal == "personal" and c.name in keys), "")

    @property
    def subject_kind(self) -> str:
        """Name the kind of identifier, by the address that explains it."""
        place = f"{self.key}#{self.subject_column}" if self.subject_column else self.key
        return f"{log.data_uri()}/{place}"


@contextmanager
def _noting_refusals(product: str, activity: str, by: Actor, now: datetime) -> Iterator[None]:
    """Keep every refusal that happens inside."""
    try:
        yield
    except Barred as refused:
        refusals.note(refused, product=product, activity=activity, by=by, now=now)
        raise


def _granted(product: str, *, activity: str, by: Actor, now: datetime) -> _Grant:
    """Decide whether an actor may read a product for an activity, and what of it.

    Raises Barred (NotRegistered, WrongPurpose, RoleMissing, OutOfScope, NoAgreement), NoContract.
    """
    agreed = contract(product)
    registration = require_activity(activity, now)
    free = agreed.openness == "open" and agreed.personal == "none"
    if not rules.is_for(registration.activity, product, open_to_all=free, purposes=agreed.purposes):
        raise WrongPurpose(activity=activity, product=product)
    if not free:
        _check_actor(agreed, registration, by=by, now=now)
    columns = [(column.name, column.personal != "none") for column in agreed.columns]
    return _Grant(agreed, registration, rules.view_of(registration.activity, product, columns))


def _check_actor(agreed: Contract, registration: ProcessingActivity, *, by: Actor, now: datetime) -> None:
    """Check role, scope and agreement for a product that is not open.

    Raises RoleMissing, OutOfScope, NoAgreement.
    """
    key, product = registration.key, agreed.key
    if by.scopes is not None and not by.scopes & {"data.read", f"{product}.read"}:
        raise OutOfScope(scope=f"data.read or {product}.read")
    if by.kind == "partner":
        if agreed.openness != "shared":
            raise RoleMissing(activity=key, product=product, roles="the municipality's own staff")
    elif by.kind != "system":
        allowed = set(registration.activity.roles) or {agreed.owner.removeprefix("role:")}
        if by.kind != "staff" or not by.roles & allowed:
            raise RoleMissing(activity=key, product=product, roles=", ".join(sorted(allowed)))
    own = registration.room == agreed.room and by.kind != "partner"
    if agreed.openness == "shared" and not own and agreement_for(product, activity=key, by=by, now=now) is None:
        raise NoAgreement(product=product, activity=key)


def _version(product: str, as_of: datetime | None) -> ProductVersion:
    return published.current(product) if as_of is None else published.version_at(product, as_of)


def read(
    product: str,
    *,
    activity: str,
    by: Actor,
    columns: Sequence[str] | None = None,
    where: str = "",
    params: Sequence[Any] = (),
    as_of: datetime | None = None,
    subject: str | Sequence[str] | None = None,
    name: str = "",
    now: datetime,
) -> "pa.Table":
    """Read a product for a registered activity: the columns and rows that its purpose may see.

    columns: some of those; None is all. where: a condition on those, with `?` for each of params. as_of: what held at
    that moment. subject: whom it is about; only rows about them are given. name: the action, for the log.
    Raises Barred and its kinds, BadQuestion, NotPublished, NoContract.
    """
    with _noting_refusals(product, activity, by, now):
        grant = _granted(product, activity=activity, by=by, now=now)
        chosen = _chosen(grant, columns)
        asked = [subject] if isinstance(subject, str) else list(subject or ())
        if grant.is_personal and not asked and not grant.subject_column:
            raise SubjectMissing(product=product)
    if where:
        where = sql.condition(where, frozenset(grant.view.columns))
    version = _version(product, as_of)
    if not grant.is_personal:
        table = _fetch(grant, version, chosen, where=where, params=params, asked=())
    else:
        with transaction.atomic():
            table = _read_personal(
                grant, version, columns=chosen, where=where, params=params, asked=asked, name=name, by=by, now=now
            )
    usage.count(product, activity=activity, by=by, rows=table.num_rows, now=now)
    return table


def _chosen(grant: _Grant, columns: Sequence[str] | None) -> list[str]:
    """Give the columns asked for.

    Raises ColumnsHidden for those that the purpose may not see.
    """
    if columns is None:
        return list(grant.view.columns)
    hidden = [column for column in columns if column not in grant.view.columns]
    if hidden:
        raise ColumnsHidden(activity=grant.registration.key, product=grant.key, columns=", ".join(hidden))
    return list(columns)


def _fetch(
    grant: _Grant,
    version: ProductVersion,
    columns: Sequence[str],
    *,
    where: str,
    params: Sequence[Any],
    asked: Sequence[str],
) -> "pa.Table":
    """Read from what the purpose may see. The caller's own condition sees no more than that: a view of a view."""
    source = _source(grant, version)
    if not grant.view.rows and not asked:
        found = plain.rows_of(source, columns=columns, where=where, params=params)
        if found is not None:
            return found
    visible = dict.fromkeys([*grant.view.columns, *columns])
    limits = [f"({grant.view.rows})"] if grant.view.rows else []
    if asked and grant.subject_column:
        limits.append(f"CAST({lake.quoted(grant.subject_column)} AS VARCHAR) IN ({', '.join('?' * len(asked))})")
    inner = _select(visible, "it", " AND ".join(limits))
    text = _select(columns, f"({inner})", where)
    values = [*(asked if grant.subject_column else ()), *params]
    return lake.query(text, {"it": source}, values)


def _select(columns: Iterable[str], source: str, condition: str) -> str:
    chosen = ", ".join(lake.quoted(column) for column in columns) or "1"
    return f"SELECT {chosen} FROM {source}" + (f" WHERE {condition}" if condition else "")  # noqa: S608 (checked)


def _source(grant: _Grant, version: ProductVersion) -> Any:
    """Give what SQL reads: the version's files, or the table with its small numbers hidden."""
    if grant.contract.suppress:
        return masks.masked(grant.contract, version)
    return lake.part(grant.key, version.lake_version)


def _read_personal(
    grant: _Grant,
    version: ProductVersion,
    *,
    columns: list[str],
    where: str,
    params: Sequence[Any],
    asked: Sequence[str],
    name: str,
    by: Actor,
    now: datetime,
) -> "pa.Table":
    """Read and log in the transaction at hand: a line that cannot be written fails the read."""
    started = clock.ticks()
    wanted = list(dict.fromkeys([*columns, *([grant.subject_column] if grant.subject_column else [])]))
    table = _fetch(grant, version, wanted, where=where, params=params, asked=asked)
    ids = asked or [str(one) for one in table.column(grant.subject_column).unique().to_pylist() if one is not None]
    said, seconds = name or f"Read {grant.key}", clock.ticks() - started
    _write_log(grant, ids, fields=columns, name=said, by=by, now=now, seconds=seconds)
    return table.select(columns)


def _write_log(
    grant: _Grant, ids: Sequence[str], *, fields: Sequence[str], name: str, by: Actor, now: datetime, seconds: float
) -> None:
    intake.take_in(
        name,
        activity=grant.registration,
        subjects=[log.Subjects(grant.subject_kind, ids)],
        fields=fields,
        note=("gate.read", f"product:{grant.key}"),
        by=by,
        started=now,
        ended=now + timedelta(seconds=seconds),
    )


def query(
    text: str,
    *,
    products: Sequence[str],
    activity: str,
    by: Actor,
    params: Sequence[Any] = (),
    as_of: datetime | None = None,
    name: str = "",
    now: datetime,
) -> "pa.Table":
    """Ask one SELECT over products, each a view by its own name with `__` for the dot, already cut to the purpose.

    Raises Barred and its kinds, BadQuestion, BadQuery, NotPublished, NoContract.
    """
    grants = []
    for product in dict.fromkeys(products):
        with _noting_refusals(product, activity, by, now):
            grant = _granted(product, activity=activity, by=by, now=now)
            if grant.is_personal and not grant.subject_column:
                raise SubjectMissing(product=product)
            grants.append(grant)
    sql.check(text, frozenset(products))
    versions = {grant.key: _version(grant.key, as_of) for grant in grants}
    views = {sql.alias(grant.key): _view(grant, versions[grant.key]) for grant in grants}
    with _logged(grants, versions, name=name, by=by, now=now):
        table = lake.query(text, views, params)
    for grant in grants:
        usage.count(grant.key, activity=activity, by=by, rows=table.num_rows, now=now)
    return table


def _view(grant: _Grant, version: ProductVersion) -> Any:
    """Cut a product to what the purpose may see, before any question touches it."""
    if not grant.contract.suppress:
        return lake.part(grant.key, version.lake_version, columns=grant.view.columns, where=grant.view.rows)
    return _fetch(grant, version, grant.view.columns, where="", params=(), asked=())


@contextmanager
def _logged(
    grants: Sequence[_Grant], versions: Mapping[str, ProductVersion], *, name: str, by: Actor, now: datetime
) -> Iterator[None]:
    """Log a question over personal data: everybody in the views is used, whatever the answer shows."""
    personal = [grant for grant in grants if grant.is_personal]
    if not personal:
        yield
        return
    with transaction.atomic():
        started = clock.ticks()
        yield
        for grant in personal:
            rows = _fetch(grant, versions[grant.key], [grant.subject_column], where="", params=(), asked=())
            ids = [str(one) for one in rows.column(0).unique().to_pylist() if one is not None]
            said = name or f"Ask a question of {grant.key}"
            seconds = clock.ticks() - started
            _write_log(grant, ids, fields=grant.view.columns, name=said, by=by, now=now, seconds=seconds)


def admit(product: str, *, activity: str, by: Actor, as_of: datetime | None = None, now: datetime) -> Admission:
    """Let a caller pass on a product's files itself (serving copies, whole downloads), within what is said here.

    Raises NotForStreaming for products with personal data or hidden values, and what `read` raises.
    """
    with _noting_refusals(product, activity, by, now):
        grant = _granted(product, activity=activity, by=by, now=now)
        if grant.is_personal or grant.contract.suppress:
            raise NotForStreaming(product=product)
    return Admission(grant.view.columns, grant.view.rows, _version(product, as_of))


def count_use(product: str, *, activity: str, by: Actor, rows: int = 0, now: datetime | None = None) -> None:
    """Count a use of a product that a caller served by itself after `admit`."""
    usage.count(product, activity=activity, by=by, rows=rows, now=now or clock.now())
