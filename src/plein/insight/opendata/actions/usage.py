"""Publish how open data is used, as open data."""

from datetime import datetime

from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.catalogue.publishing import publish
from plein.foundation.clock import local_date
from plein.foundation.gate.models import Usage
from plein.foundation.identity.actors import Actor
from plein.insight.opendata.queries.reading import ACTIVITY

PRODUCT = "opendata.usage"


def publish_usage(*, by: Actor, now: datetime) -> ProductVersion | None:
    """Publish the uses of every open product per day, up to and with yesterday; None when there are none yet."""
    import pyarrow as pa

    found = Usage.objects.filter(activity=ACTIVITY, day__lt=local_date(now)).order_by("day", "product", "actor_kind")
    rows = list(found.values("day", "product", "actor_kind", "reads", "rows"))
    if not rows:
        return None
    table = pa.Table.from_pylist(
        [
            {
                "day": row["day"],
                "product": row["product"],
                "visitor": row["actor_kind"],
                "uses": row["reads"],
                "rows_read": row["rows"],
            }
            for row in rows
        ]
    )
    return publish(PRODUCT, table, by=by, now=now, source="Plein")
