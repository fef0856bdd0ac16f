"""Publish what the monitor knows as a data product of its own, so that others can build on it."""

from datetime import datetime

from plein.foundation.identity.actors import Actor
from plein.insight.monitor.models import Value

PRODUCT = "monitor.indicator_values"


def publish_values(*, by: Actor, now: datetime) -> None:
    """Publish every current value of every published indicator as the open product monitor.indicator_values.

    Raises ContractBroken.
    """
    import pyarrow as pa

    from plein.foundation.catalogue import publishing

    found = (
        Value.objects.filter(version__state="published", replaced_at__isnull=True)
        .order_by("version__indicator__key", "area_code", "grp", "period")
        .values_list(
            "version__indicator__key", "version__number", "area_code", "kind", "grp", "period", "value", "n", "known_at"
        )
    )
    names = ["indicator", "version", "area", "kind", "grp", "period", "value", "n", "known_at"]
    types = [pa.string(), pa.int64(), *[pa.string()] * 4, pa.float64(), pa.int64(), pa.timestamp("us", tz="UTC")]
    rows = list(found.iterator(chunk_size=20_000))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = [pa.array(column, type=kind) for column, kind in zip(columns, types, strict=True)]
    publishing.publish(PRODUCT, pa.table(arrays, names=names), by=by, now=now, source="monitor")
