"""What the portal shows on pages that are not its own."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import translation

from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.words import Text


def tile_number() -> Text | None:
    """Count the open products that have rows; None when there are none."""
    published = set(ProductVersion.objects.order_by().values_list("product__key", flat=True).distinct())
    count = sum(1 for key, agreed in all_contracts().items() if agreed.openness == "open" and key in published)
    return Text(f"{count} databronnen", f"{count} data products") if count else None


def documents() -> Iterator[dict[str, Any]]:
    """Give every product to search, with its meaning and its columns."""
    for key, agreed in all_contracts().items():
        with translation.override("nl"):
            url = reverse("opendata:product", args=[key])
        yield {
            "id": f"opendata:{key}",
            "url": url,
            "kind": "data",
            "title_nl": agreed.title.nl,
            "title_en": agreed.title.en,
            "text_nl": _text(agreed, "nl"),
            "text_en": _text(agreed, "en"),
        }


def _text(agreed: Any, language: str) -> str:
    columns = ", ".join(column.title.said(language) for column in agreed.columns)
    return f"{agreed.description.said(language)} {columns}. {' '.join(agreed.keywords)}"
