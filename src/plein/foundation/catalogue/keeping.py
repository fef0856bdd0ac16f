"""Ending what the contracts say must end, and keeping tables in few files."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import transaction

import plein.foundation.lake.tables as lake
from plein.foundation.catalogue.contracts import Contract, all_contracts
from plein.foundation.catalogue.models import Product, ProductVersion
from plein.foundation.catalogue.publishing import publish
from plein.foundation.identity.actors import SYSTEM

SMALL_FILES = 8
SMALL_BYTES = 32 * 2**20


def _published() -> Iterator[tuple[Contract, Product]]:
    """Walk the products that have a contract and a version."""
    contracts = all_contracts()
    for product in Product.objects.filter(versions__isnull=False).distinct():
        if product.key in contracts:
            yield contracts[product.key], product


def end_retention(*, now: datetime) -> dict[str, int]:
    """Remove rows and versions whose time has come, in every product, and give per product how many rows went.

    Rows older than the retention leave the version that holds, and every older version that had them goes too.
    A version that was replaced longer ago than the contract keeps versions goes. The version that holds stays.
    """
    gone: dict[str, int] = {}
    for contract, product in _published():
        rows = _end_rows(contract, product, now)
        removed = _end_versions(contract, product, now, all_older=rows > 0)
        if rows:
            gone[contract.key] = rows
        with lake.exclusive(contract.key):
            kept = product.versions.values_list("lake_version", flat=True)
            lake.vacuum(contract.key, timedelta(0 if removed else 1), now=now, keep=kept)
    return gone


def _end_rows(contract: Contract, product: Product, now: datetime) -> int:
    """Publish the version that holds without the rows that are too old; gives how many those were."""
    if not contract.temporal or contract.retention_days is None:
        return 0
    held = product.versions.all()[0]
    oldest = now - timedelta(days=contract.retention_days)
    limit = oldest if contract.column(contract.temporal).type == "timestamp" else oldest.date()
    column = lake.quoted(contract.temporal)
    kept = lake.read(
        contract.key, version=held.lake_version, where=f"{column} >= ? OR {column} IS NULL", params=[limit]
    )
    if kept.num_rows < held.rows:
        publish(contract.key, kept, by=SYSTEM, now=now, source="retention")
    return int(held.rows - kept.num_rows)


def _end_versions(contract: Contract, product: Product, now: datetime, *, all_older: bool) -> int:
    """Forget versions whose time has come; gives how many. Their files go with the vacuum that follows."""
    days = contract.versions_days
    if not contract.temporal and contract.retention_days is not None:
        days = min(days, contract.retention_days)
    versions = list(product.versions.all())
    replaced = [
        older.pk for newer, older in pairwise(versions) if all_older or newer.published_at < now - timedelta(days=days)
    ]
    ProductVersion.objects.filter(pk__in=replaced).delete()
    return len(replaced)


def compact(*, now: datetime) -> list[str]:
    """Join the small files of products that have many, and give which products that were.

    The version that holds then names the joined files: the same rows under another lake version.
    """
    joined = []
    for contract, product in _published():
        with lake.exclusive(contract.key):
            if _compact_one(contract.key, product, now):
                joined.append(contract.key)
    return joined


def _compact_one(key: str, product: Product, now: datetime) -> bool:
    held = product.versions.all()[0]
    small = [file for file in lake.parts(key, held.lake_version) if file.bytes < SMALL_BYTES]
    if len(small) < SMALL_FILES or lake.newest(key) != held.lake_version:
        return False
    version = lake.compact(key, now=now)
    if version == held.lake_version or lake.rows(key, version) != held.rows:
        return False
    lake.sync(key, version)
    with transaction.atomic():
        held.lake_version = version
        held.bytes = sum(file.bytes for file in lake.parts(key, version))
        held.save(update_fields=["lake_version", "bytes"])
    return True
