"""Background work of the portal: make serving copies when a product is published, keep only the newest."""

from datetime import datetime
from typing import Any

from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.jobs import enqueue, job
from plein.foundation.words import Text
from plein.insight.opendata.actions import asking, serving
from plein.insight.opendata.actions.usage import publish_usage
from plein.insight.opendata.queries import copies, products, reading, stories

COPIES_KEPT = 2


@job(
    "opendata.copy",
    retries=3,
    title=Text("Databron klaarzetten voor het portaal", "Make a data product ready for the portal"),
)
def make_copy(*, product: str, now: datetime) -> None:
    """Make the serving copy of the version that holds now, and take away older ones."""
    agreed = all_contracts().get(product)
    if agreed is None or agreed.openness != "open":
        return
    version = reading.find_version(product)
    if not copies.has_copy(product, version.number):
        batches = reading.batches_to_serve(product, version, by=SYSTEM, now=now)
        serving.build_copy(product, version.number, batches, keys=agreed.key_columns, story=stories.story_of(agreed))
    serving.drop_older(product, keep=COPIES_KEPT)


def note_publication(event: Any) -> None:
    """Hear that a product was published and have its copy made; a second event for it makes no second job."""
    enqueue(make_copy, key=f"opendata.copy {event.product}", product=event.product)


@job("opendata.tidy", at="04:10", title=Text("Kopieën van het portaal nalopen", "Check the portal's copies"))
def tidy(*, now: datetime) -> None:
    """Have copies made that are missing, after a restore or a change of their layout."""
    for product in products.listed(now):
        if product.formats and not copies.has_copy(product.key, product.number):
            enqueue(make_copy, key=f"opendata.copy {product.key}", product=product.key)


@job("opendata.usage", at="04:20", title=Text("Gebruik van open data publiceren", "Publish the use of open data"))
def usage(*, now: datetime) -> None:
    """Publish how often each open product was used per day."""
    publish_usage(by=SYSTEM, now=now)


@job("opendata.forget", at="04:30", title=Text("Oude vragen om data wissen", "Erase old requests for data"))
def forget(*, now: datetime) -> None:
    """Erase requests and reuse two years after they were decided."""
    asking.forget_old(now=now)
