"""The products as the portal lists them: what was agreed, and which version holds now."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from plein.foundation.catalogue.contracts import Contract, all_contracts, contract
from plein.foundation.catalogue.models import Product, ProductVersion
from plein.insight.opendata.queries.formats import FORMATS
from plein.insight.opendata.rules.vocabularies import theme_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A product with the facts of the version that holds now; number is 0 and the rest empty before the first."""

    contract: Contract
    number: int = 0
    lake_version: int = 0
    rows: int = 0
    bytes: int = 0
    published_at: datetime | None = None
    refreshed_at: datetime | None = None
    source: str = ""
    fresh: bool | None = None

    @property
    def key(self) -> str:
        """Give the key of the product."""
        return self.contract.key

    @property
    def formats(self) -> tuple[str, ...]:
        """List the formats it can be downloaded in: none unless it is open and published."""
        if self.contract.openness != "open" or not self.number:
            return ()
        return tuple(key for key in FORMATS if key != "geojson" or self.contract.geometry)


def listed(now: datetime) -> list[Listed]:
    """List all products with their current version, in two queries whatever their number."""
    newest = ProductVersion.objects.filter(product=OuterRef("pk")).order_by("-number").values("pk")[:1]
    products = {product.key: product for product in Product.objects.annotate(newest=Subquery(newest))}
    versions = ProductVersion.objects.in_bulk([product.newest for product in products.values() if product.newest])
    return [
        _listed(agreed, products.get(key), versions.get(getattr(products.get(key), "newest", None) or 0), now)
        for key, agreed in all_contracts().items()
    ]


def one(key: str, now: datetime) -> Listed:
    """Give one product with its current version.

    Raises NoContract.
    """
    agreed = contract(key)
    version = ProductVersion.objects.filter(product__key=key).select_related("product").first()
    return _listed(agreed, version.product if version else None, version, now)


def _listed(agreed: Contract, product: Product | None, version: ProductVersion | None, now: datetime) -> Listed:
    if version is None or product is None:
        return Listed(agreed)
    promised = agreed.freshness_days is not None
    return Listed(
        contract=agreed,
        number=version.number,
        lake_version=version.lake_version,
        rows=version.rows,
        bytes=version.bytes,
        published_at=version.published_at,
        refreshed_at=product.refreshed_at or version.published_at,
        source=version.source,
        fresh=product.is_fresh(now) if promised else None,
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor looks for; empty is anything."""

    words: str = ""
    theme: str = ""
    openness: str = ""
    format: str = ""
    owner: str = ""


def matching(products: Iterable[Listed], wanted: Wanted) -> list[Listed]:
    """Select the products that hold every word and meet every choice; those with the words in their title first."""
    words = wanted.words.lower().split()
    found = [product for product in products if _meets(product, wanted) and _holds(product, words)]
    return sorted(found, key=lambda product: (not _titled(product, words), product.contract.title.nl.lower()))


def _meets(product: Listed, wanted: Wanted) -> bool:
    agreed = product.contract
    return (
        wanted.theme in ("", theme_of(agreed.theme))
        and wanted.openness in ("", agreed.openness)
        and wanted.owner in ("", agreed.owner)
        and (not wanted.format or wanted.format in product.formats)
    )


def _holds(product: Listed, words: Sequence[str]) -> bool:
    agreed = product.contract
    texts = [agreed.key, agreed.title.nl, agreed.title.en, agreed.description.nl, agreed.description.en]
    texts += [*agreed.keywords, *(f"{one.name} {one.title.nl} {one.title.en}" for one in agreed.columns)]
    text = " ".join(texts).lower()
    return all(word in text for word in words)


def _titled(product: Listed, words: Sequence[str]) -> bool:
    title = f"{product.contract.title.nl} {product.contract.title.en}".lower()
    return all(word in title for word in words)


def tally(products: Iterable[Listed]) -> Mapping[str, Counter[str]]:
    """Count how many products each choice of a filter has."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("theme", "openness", "format", "owner")}
    for product in products:
        counts["theme"][theme_of(product.contract.theme)] += 1
        counts["openness"][product.contract.openness] += 1
        counts["owner"][product.contract.owner] += 1
        counts["format"].update(product.formats)
    return counts
