"""Making a table the next version of a data product: checked whole, written whole, or not at all.

The order is lake write, sync to disk, then one transaction with the version row and the event. A crash in between
leaves a version in the lake that no row names: nobody reads it and the next publication goes on from the last row.
Call `publish` outside a transaction of your own, so that the row is there as soon as it returns.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.db import transaction

import plein.foundation.lake.tables as lake
from plein.foundation.catalogue.checking import Check, Findings, arrow_schema
from plein.foundation.catalogue.contracts import Contract, contract
from plein.foundation.catalogue.errors import ContractBroken, MayNotPublish, UnreadableFile
from plein.foundation.catalogue.events import ProductPublished
from plein.foundation.catalogue.models import Product, ProductVersion
from plein.foundation.events import announce
from plein.foundation.identity.actors import Actor

if TYPE_CHECKING:
    import pyarrow as pa

Mode = Literal["replace", "append"]


def publish(
    key: str, table: Any, *, by: Actor, now: datetime, mode: Mode = "replace", source: str = ""
) -> ProductVersion:
    """Publish a table, or a stream of record batches, as the next version of a product.

    table: pyarrow.Table, or pyarrow.RecordBatchReader for what does not fit in memory. append adds the rows to those
    that hold now. The same content again makes no new version; it only counts as refreshed.
    Raises NoContract, MayNotPublish, ContractBroken, and what the lake refuses (NoRoom).
    """
    import pyarrow as pa

    agreed = contract(key)
    _may_publish(agreed, by)
    with lake.exclusive(key):
        last = ProductVersion.objects.filter(product__key=key).first()
        check = Check(agreed, now, before=_keys_that_stay(agreed, last) if mode == "append" else None)
        if isinstance(table, pa.Table):
            fitted = check.look(table)
            _refuse_broken(check.end(), agreed, now)
            if last is not None and _is_same(last, check, mode):
                return _refreshed(last, now)
            written = _write(agreed, fitted, last, mode=mode, now=now, source=source)
        else:
            written = _write_stream(agreed, table, check, last, mode=mode, now=now, source=source)
        lake.sync(key, written)
        return _record(agreed, written, check, last, by=by, now=now, mode=mode, source=source)


def _may_publish(agreed: Contract, by: Actor) -> None:
    """Refuse whoever is neither Plein itself, the owner, a data steward nor an administrator."""
    owners = {agreed.owner.removeprefix("role:"), "data-steward", "administrator"}
    if by.kind == "system" or (by.roles & owners and (by.scopes is None or f"{agreed.key}.publish" in by.scopes)):
        return
    raise MayNotPublish(product=agreed.key, owner=agreed.owner)


def _keys_that_stay(agreed: Contract, last: ProductVersion | None) -> Any:
    """Read the keys of the rows that hold now, or None when there are none to compare with."""
    names = sorted({*agreed.key_columns, *(column.name for column in agreed.columns if column.unique)})
    if last is None or not names:
        return None
    return lake.read(agreed.key, version=last.lake_version, columns=names).cast(
        arrow_schema(agreed).empty_table().select(names).schema
    )


def _refuse_broken(found: Findings, agreed: Contract, now: datetime) -> None:
    if not found.totals:
        return
    path = Path(settings.DATA) / "rejects" / f"{agreed.key}-{now:%Y%m%dT%H%M%S%f}.csv"
    found.write(path)
    raise ContractBroken(agreed.key, found.first, found.totals, str(path))


def _is_same(last: ProductVersion, check: Check, mode: Mode) -> bool:
    if mode == "append":
        return check.rows == 0
    return last.checksum == check.checksum and last.columns == _columns(check.contract)


def _columns(agreed: Contract) -> dict[str, str]:
    return {column.name: column.type for column in agreed.columns}


def _refreshed(last: ProductVersion, now: datetime) -> ProductVersion:
    """Note that the content was confirmed and give the version that still holds."""
    Product.objects.filter(pk=last.product_id).update(refreshed_at=now)
    last.refresh_from_db()
    return last


def _base(agreed: Contract, last: ProductVersion | None, mode: Mode, now: datetime) -> Literal["overwrite", "append"]:
    """Make sure that rows are added to what holds now, not to a version that a crash left behind."""
    if mode == "replace" or last is None:
        return "overwrite"
    if lake.newest(agreed.key) != last.lake_version:
        lake.restore(agreed.key, last.lake_version, now=now)
    return "append"


def _write(agreed: Contract, table: Any, last: ProductVersion | None, *, mode: Mode, now: datetime, source: str) -> int:
    return lake.write(
        agreed.key,
        table,
        mode=_base(agreed, last, mode, now),
        now=now,
        meta={"product": agreed.key, "contract": agreed.version, "source": source},
        partition_by=[column.name for column in agreed.columns if column.partitioned],
    )


def _write_stream(
    agreed: Contract,
    reader: "pa.RecordBatchReader",
    check: Check,
    last: ProductVersion | None,
    *,
    mode: Mode,
    now: datetime,
    source: str,
) -> int:
    """Check batches while they are written; a breach stops the write before it is a version."""
    import pyarrow as pa

    broken = _Broken()

    def checked() -> Iterator[Any]:
        for batch in reader:
            fitted = check.look(pa.Table.from_batches([batch]))
            if not check.found.totals:
                yield from fitted.to_batches()
        if check.end().totals:
            raise broken

    stream = pa.RecordBatchReader.from_batches(arrow_schema(agreed), checked())
    try:
        return _write(agreed, stream, last, mode=mode, now=now, source=source)
    except Exception:
        _refuse_broken(check.found, agreed, now)
        raise


class _Broken(Exception):
    """Stops a write from inside its stream."""


def _record(
    agreed: Contract,
    written: int,
    check: Check,
    last: ProductVersion | None,
    *,
    by: Actor,
    now: datetime,
    mode: Mode,
    source: str,
) -> ProductVersion:
    """Make the written lake version the one that holds: its row and its event, in one transaction."""
    active = lake.parts(agreed.key, written)
    with transaction.atomic():
        product, _ = Product.objects.update_or_create(
            key=agreed.key, defaults={"contract_version": agreed.version, "refreshed_at": now}
        )
        version = ProductVersion.objects.create(
            product=product,
            number=last.number + 1 if last else 1,
            lake_version=written,
            rows=sum(file.rows for file in active),
            bytes=sum(file.bytes for file in active),
            published_at=now,
            published_by=by.uri,
            source=source,
            checksum=_checksum(check, last, mode),
            columns=_columns(agreed),
        )
        announce(ProductPublished(agreed.key, version.number, at=now), by=by)
    return version


def _checksum(check: Check, last: ProductVersion | None, mode: Mode) -> str:
    """Give the checksum of the whole version; after an append it covers the chain of what was added."""
    if mode == "replace" or last is None:
        return check.checksum
    return hashlib.sha256(f"{last.checksum}{check.checksum}".encode()).hexdigest()


def publish_file(key: str, path: Path, *, by: Actor, now: datetime, mode: Mode = "replace") -> ProductVersion:
    """Publish a CSV or Parquet file as the next version of a product; what it is is read from its first bytes.

    CSV: UTF-8, with a header of the contract's column names; `,` or `;`; empty is no value.
    Raises UnreadableFile and what `publish` raises.
    """
    agreed = contract(key)
    with path.open("rb") as file:
        head = file.read(4096)
    reader = _parquet(path) if head[:4] == b"PAR1" else _csv(agreed, path, head)
    return publish(key, reader, by=by, now=now, mode=mode, source=path.name)


def _parquet(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        return pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches())
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFile(file=path.name, reason=_first_line(error)) from error


def _csv(agreed: Contract, path: Path, head: bytes) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.csv as pc

    first = head.split(b"\n", maxsplit=1)[0]
    read = pc.ReadOptions(encoding="utf8", block_size=8 * 2**20)
    parse = pc.ParseOptions(delimiter=";" if first.count(b";") > first.count(b",") else ",")
    kinds = {one.name: one.type for one in arrow_schema(agreed)}
    convert = pc.ConvertOptions(column_types=kinds, strings_can_be_null=True, null_values=["", "NULL", "NA"])
    try:
        return pc.read_csv(path, read_options=read, parse_options=parse, convert_options=convert)
    except (pa.ArrowException, UnicodeError, OSError) as error:
        raise UnreadableFile(file=path.name, reason=_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0][:300]
