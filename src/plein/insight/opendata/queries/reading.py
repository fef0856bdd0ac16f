"""The rows of an open product, through the gate: from its serving copy, or from the lake while there is none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

import plein.foundation.gate.door as gate
import plein.foundation.lake.tables as lake
from plein.foundation.catalogue.contracts import Contract, contract
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.geo.models import Area
from plein.foundation.identity.actors import Actor
from plein.insight.opendata.errors import NoGeometry, NoRowsYet, NotOpen
from plein.insight.opendata.queries import copies, formats
from plein.insight.opendata.queries.plain import fields_of, plain_batch, shown_rows
from plein.insight.opendata.rules import statements
from plein.insight.opendata.rules.asking import Condition, Field, Question, mark

if TYPE_CHECKING:
    import pyarrow as pa

ACTIVITY = "opendata.publish"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a product as the portal needs it."""

    number: int
    lake_version: int
    rows: int
    published_at: datetime


@dataclass(frozen=True)
class Opened:
    """An open product whose rows may be read by this actor. store: a Copy, or LakeRows; they answer alike."""

    contract: Contract
    version: Version
    store: Any
    rows_sql: str
    by: Actor

    @property
    def fields(self) -> Mapping[str, Field]:
        """Give the columns as questions see them."""
        fields: Mapping[str, Field] = self.store.fields
        return fields

    @property
    def kept_as(self) -> tuple[Any, ...] | None:
        """Name what answers may be kept by; None while they come straight from the lake."""
        if not isinstance(self.store, copies.Copy):
            return None
        return self.store.path, self.rows_sql, settings.PLEIN["BASE_URL"], self.version.published_at

    def page(self, question: Question) -> copies.Page:
        """Answer a question with a page and an exact count."""
        page: copies.Page = self.store.page(question, rows_sql=self.rows_sql)
        return page

    def facet(self, column: str, conditions: Sequence[Condition], *, size: int = 20) -> copies.Facet:
        """Give the commonest values of a column within what matches."""
        facet: copies.Facet = self.store.facet(column, conditions, size=size, rows_sql=self.rows_sql)
        return facet

    def count(self, conditions: Sequence[Condition]) -> int:
        """Count exactly what matches."""
        return int(self.store.count(conditions, rows_sql=self.rows_sql))

    def batches(self, question: Question) -> "Iterator[pa.RecordBatch]":
        """Walk everything that matches as record batches, with flat memory."""
        if self.is_whole(question):
            return formats.parquet_batches(self.parquet, question.fields)
        rows = self.store.batches(question, rows_sql=self.rows_sql)
        return formats.batches_from_rows(rows, self.store.chosen(question.fields))

    def is_whole(self, question: Question) -> bool:
        """Tell whether a question asks for all rows as they were published, which the Parquet file has ready."""
        plain = not (question.conditions or question.sort or self.rows_sql)
        return plain and isinstance(self.store, copies.Copy)

    @property
    def parquet(self) -> str:
        """Give the path of the whole version as Parquet."""
        return str(copies.parquet_path(self.contract.key, self.version.number))

    @property
    def place(self) -> formats.Place | None:
        """Tell where rows find their geometry; None when they have none."""
        geometry = self.contract.geometry or {}
        if geometry.get("kind") == "point":
            return formats.Place(lon=geometry["lon"], lat=geometry["lat"])
        if geometry.get("kind") == "area":
            return formats.Place(code=geometry["code"], shapes=shapes)
        return None

    def needed_place(self) -> formats.Place:
        """Tell where rows find their geometry.

        Raises NoGeometry.
        """
        if self.place is None:
            raise NoGeometry(product=self.contract.key, what=self.contract.key)
        return self.place


def shapes(codes: Sequence[str]) -> Mapping[str, bytes]:
    """Give the borders of areas as GeoJSON geometries, by code."""
    found = Area.objects.filter(pk__in=codes).values_list("code", "geometry")
    return {code: geometry.encode() for code, geometry in found}


def open_product(
    key: str, *, by: Actor, now: datetime, number: int | None = None, as_of: datetime | None = None
) -> Opened:
    """Open a product's rows for reading: the version that holds now, one by number, or the one that held at a moment.

    Raises NoContract, NotOpen, NoRowsYet, and what the gate refuses.
    """
    agreed = contract(key)
    if agreed.openness != "open":
        raise NotOpen(product=key)
    if agreed.suppress:
        return _open_masked(agreed, number=number, as_of=as_of, by=by, now=now)
    version = find_version(key, number=number, as_of=as_of) if number is not None or as_of is not None else None
    admission = _admitted(agreed, by=by, now=now)
    version = version or _version(admission.version)
    copy = copies.copy_of(key, version.number)
    if copy is not None and set(admission.columns) >= set(copy.fields):
        return Opened(agreed, version, copy, admission.rows_sql, by)
    return Opened(agreed, version, LakeRows(agreed, version, admission.columns, by, now), "", by)


def _admitted(agreed: Contract, *, by: Actor, now: datetime) -> gate.Admission:
    """Ask the gate, or give what it said before while contract, registration and newest version are the same.

    Whether the activity still holds is asked every time. What is said of an open product is the same for everybody.
    Raises NoRowsYet, and what the gate refuses.
    """
    registration = gate.require_activity(ACTIVITY, now)
    newest = _newest(agreed.key)
    if newest is None:
        raise NoRowsYet(product=agreed.key, what=agreed.key)
    state = (registration.pk, *newest)
    said_of, before, admission = _said.get(agreed.key, (None, None, None))
    if said_of is agreed and before == state and admission is not None:
        return admission
    admission = gate.admit(agreed.key, activity=ACTIVITY, by=by, now=now)
    _said[agreed.key] = (agreed, state, admission)
    return admission


_said: dict[str, tuple[Contract | None, tuple[Any, ...] | None, gate.Admission | None]] = {}


def _newest(key: str) -> tuple[Any, ...] | None:
    """Tell the newest version apart from every other, in one quick statement; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.id, v.published_at FROM catalogue_productversion v"
            " JOIN catalogue_product p ON v.product_id = p.id WHERE p.key = %s ORDER BY v.number DESC LIMIT 1",
            [key],
        )
        found: tuple[Any, ...] | None = cursor.fetchone()
    return found


def _open_masked(agreed: Contract, *, number: int | None, as_of: datetime | None, by: Actor, now: datetime) -> Opened:
    """Open a product with counts that are hidden when small: its copy holds them hidden, as the gate gave them."""
    gate.require_activity(ACTIVITY, now)
    version = find_version(agreed.key, number=number, as_of=as_of)
    store = copies.copy_of(agreed.key, version.number) or LakeRows(agreed, version, agreed.names, by, now)
    return Opened(agreed, version, store, "", by)


def _version(found: ProductVersion) -> Version:
    return Version(found.number, found.lake_version, found.rows, found.published_at)


def find_version(key: str, *, number: int | None = None, as_of: datetime | None = None) -> Version:
    """Find a version.

    Raises NoRowsYet.
    """
    versions = ProductVersion.objects.filter(product__key=key)
    if number is not None:
        versions = versions.filter(number=number)
    if as_of is not None:
        versions = versions.filter(published_at__lte=as_of)
    found = versions.values_list("number", "lake_version", "rows", "published_at").first()
    if found is None:
        raise NoRowsYet(product=key, what=key)
    return Version(*found)


class LakeRows:
    """The rows of a version straight from the lake, asked through the gate. Slower than a copy, and always right."""

    def __init__(self, agreed: Contract, version: Version, names: Sequence[str], by: Actor, now: datetime) -> None:
        self.contract = agreed
        self.version = version
        self.by, self.now = by, now
        self.fields = {name: field for name, field in fields_of(agreed.columns).items() if name in names}
        self.rows = version.rows

    def _ask(self, sql: str, parameters: Sequence[Any]) -> "pa.Table":
        return gate.query(
            sql,
            products=[self.contract.key],
            activity=ACTIVITY,
            by=self.by,
            params=tuple(parameters),
            as_of=self.version.published_at,
            now=self.now,
        )

    @cached_property
    def _view(self) -> str:
        return self.contract.key.replace(".", "__")

    def chosen(self, names: Sequence[str]) -> tuple[Field, ...]:
        """Give the wanted fields, all when none is named."""
        return tuple(self.fields[name] for name in names) if names else tuple(self.fields.values())

    def page(self, question: Question, *, rows_sql: str = "") -> copies.Page:
        """Answer a question with a page and an exact count; the mark of the next page is how far it came."""
        start = question.after[1] if question.after else 0
        fields = self.chosen(question.fields)
        rows = shown_rows(self._ask(*self._statement(question, fields, start, question.limit + 1)))
        more = len(rows) > question.limit
        end = start + question.limit
        following = mark(question.sort, None, end) if more else ""
        numbers = list(range(start + 1, end + 1))
        return copies.Page(fields, rows[: question.limit], numbers, self.count(question.conditions), following)

    def _statement(
        self, question: Question, fields: Sequence[Field], start: int, limit: int | None
    ) -> tuple[str, list[Any]]:
        found = statements.where(question.conditions, keep=statements.as_is)
        way = " DESC NULLS LAST" if question.descending else " NULLS FIRST"
        keys = self.contract.key_columns or tuple(self.fields)
        order = [f"{statements.quoted(question.sort)}{way}"] if question.sort else []
        order += [statements.quoted(name) for name in keys if name in self.fields]
        columns = ", ".join(statements.quoted(field.name) for field in fields)
        sql = f"SELECT {columns} FROM {self._view}{found.sql} ORDER BY {', '.join(order)}"  # noqa: S608 - quoted
        tail = f" LIMIT {int(limit)} OFFSET {max(int(start), 0)}" if limit is not None else ""
        return sql + tail, list(found.parameters)

    def count(self, conditions: Sequence[Condition], *, rows_sql: str = "") -> int:
        """Count exactly what matches."""
        found = statements.where(conditions, keep=statements.as_is)
        sql = f"SELECT count(*) AS n FROM {self._view}{found.sql}"  # noqa: S608 - quoted
        return int(self._ask(sql, found.parameters).column("n")[0].as_py())

    def facet(
        self, column: str, conditions: Sequence[Condition], *, size: int = 20, rows_sql: str = ""
    ) -> copies.Facet:
        """Give the commonest values of a column within what matches."""
        made = statements.facet(
            column, conditions, rows_sql="", size=int(size), table=self._view, keep=statements.as_is
        )
        rows = shown_rows(self._ask(made.sql, made.parameters))
        return copies.Facet(column, tuple((value, n) for value, n in rows))

    def bounds(self, column: str) -> tuple[Any, Any]:
        """Give the lowest and highest value of a column."""
        name = statements.quoted(column)
        table = self._ask(f"SELECT min({name}) AS low, max({name}) AS high FROM {self._view}", ())  # noqa: S608
        low, high = shown_rows(table)[0]
        return low, high

    def batches(
        self, question: Question, *, rows_sql: str = "", size: int = 8192
    ) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Walk everything that matches in batches of rows."""
        fields = self.chosen(question.fields)
        table = self._ask(*self._statement(question, fields, 0, None))
        for start in range(0, table.num_rows, size):
            yield shown_rows(table.slice(start, size))


def batches_to_serve(key: str, version: Version, *, by: Actor, now: datetime) -> "Iterator[pa.RecordBatch]":
    """Walk the rows of a version as the gate lets the portal show them, to make its serving copy of.

    Counts that must be suppressed are, so the copy holds nothing that may not be shown.
    """
    agreed = contract(key)
    if agreed.suppress or gate.admit(key, activity=ACTIVITY, by=by, now=now).rows_sql:
        table = gate.read(key, activity=ACTIVITY, by=by, as_of=version.published_at, now=now)
        yield from _at_least_one(table.to_batches(max_chunksize=formats.BATCH_ROWS * 4), table.schema)
        return
    yield from _at_least_one(_file_batches(key, version), lake.schema(key, version.lake_version))


def _file_batches(key: str, version: Version) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa
    import pyarrow.dataset as ds

    schema = lake.schema(key, version.lake_version)
    for path in lake.files(key, version.lake_version):
        part = ds.dataset(str(path), schema=schema, format="parquet", partitioning="hive")
        for batch in part.to_batches(batch_size=formats.BATCH_ROWS * 4):
            yield pa.RecordBatch.from_arrays([batch.column(name) for name in schema.names], schema=schema)


def _at_least_one(batches: "Any", schema: "pa.Schema") -> "Iterator[pa.RecordBatch]":
    """Give an empty batch when there is none, so that an empty product has a copy too."""
    import pyarrow as pa

    some = False
    for batch in batches:
        some = True
        yield batch
    if not some:
        yield pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)


__all__ = [
    "ACTIVITY",
    "LakeRows",
    "Opened",
    "Version",
    "batches_to_serve",
    "find_version",
    "open_product",
    "plain_batch",
]
