"""Which version of a product holds now, and which held then."""

from datetime import datetime

from django.db.models import OuterRef, Subquery

from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.catalogue.errors import NotPublished
from plein.foundation.catalogue.models import Product, ProductVersion


def current(key: str) -> ProductVersion:
    """Give the version that holds now.

    Raises NotPublished.
    """
    return _found(key, ProductVersion.objects.filter(product__key=key).select_related("product").first())


def version_at(key: str, at: datetime) -> ProductVersion:
    """Give the version that held at a moment.

    Raises NotPublished.
    """
    versions = ProductVersion.objects.filter(product__key=key, published_at__lte=at).select_related("product")
    return _found(key, versions.first())


def versions(key: str) -> list[ProductVersion]:
    """List the versions that are still kept, newest first."""
    return list(ProductVersion.objects.filter(product__key=key).select_related("product"))


def currents() -> dict[str, ProductVersion]:
    """Give the version that holds now of every product, in one query."""
    newest = ProductVersion.objects.filter(product=OuterRef("product")).order_by("-number").values("pk")[:1]
    found = ProductVersion.objects.filter(pk=Subquery(newest)).select_related("product").order_by("product__key")
    return {version.product.key: version for version in found}


def know_all() -> None:
    """Make sure that every contract has its product, published or not."""
    Product.objects.bulk_create(
        [Product(key=key, contract_version=made.version) for key, made in all_contracts().items()],
        ignore_conflicts=True,
    )


def _found(key: str, version: ProductVersion | None) -> ProductVersion:
    if version is None:
        raise NotPublished(product=key)
    return version
