"""What staff change in the register; the gate keeps it, the rules of the gate decide."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from plein.foundation.catalogue.publishing import publish
from plein.foundation.errors import NotFound
from plein.foundation.gate import log, registry
from plein.foundation.gate.models import LogRecord, ProcessingActivity, Usage
from plein.foundation.identity import audit
from plein.foundation.identity.actors import Actor, require
from plein.foundation.rooms import Activity
from plein.trust.processing import queries

LOG_READING = "processing.log-reading"
STAFF = "staff"
TEXTS = ("title", "purpose", "data", "retention", "persons", "recipients", "security")


def propose_activity(name: str, *, said: Mapping[str, Any], by: Actor, now: datetime) -> ProcessingActivity:
    """Propose an activity that no sign has: its key is `staff.NAME`.

    said: as for `propose_version`, with the columns per product, roles, owner and review_after_days.
    Raises KeyTaken, NotAllowed.
    """
    empty = {"dpv": Activity.dpv, "rows": {}, "persons": None, "recipients": None, "security": None}
    definition = _said({**empty, "key": f"{STAFF}.{name}"}, said)
    return registry.propose(definition, is_new=True, by=by, now=now)


def propose_version(key: str, *, changes: Mapping[str, Any], by: Actor, now: datetime) -> ProcessingActivity:
    """Propose a new version of an activity: the newest definition with these texts changed.

    changes: `title_nl`, `title_en` and so on, `law`, `legal_basis`, `assessment`, `retention_days`,
    `review_after_days`, `roles`, `owner` and `columns` (product to columns; its products are those that are used).
    Raises NotFound, NotAllowed.
    """
    last = ProcessingActivity.objects.filter(key=key).order_by("-version").first()
    if last is None:
        raise NotFound(what=key)
    return registry.propose(_said(last.definition, changes), by=by, now=now)


def _said(definition: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Write a definition with what a form says."""
    made = dict(definition)
    for name in TEXTS:
        dutch, english = changes.get(f"{name}_nl", ""), changes.get(f"{name}_en", "")
        if dutch or english:
            made[name] = {"nl": dutch, "en": english}
        elif name in ("persons", "recipients", "security"):
            made[name] = None
    for name in ("law", "legal_basis", "assessment", "retention_days", "review_after_days", "owner"):
        made[name] = changes[name]
    made["roles"] = sorted(changes["roles"])
    made["columns"] = {product: sorted(names) for product, names in sorted(changes["columns"].items())}
    made["products"] = sorted(changes["columns"])
    made["rows"] = {product: rows for product, rows in definition["rows"].items() if product in made["products"]}
    return made


@transaction.atomic
def read_log(search: queries.Search, *, by: Actor, now: datetime) -> list[LogRecord]:
    """Read the log for somebody entitled; reading it is a processing too, and leaves its own line.

    Raises NotAllowed, NotRegistered.
    """
    require(by, "gate.read-log")
    activity = registry.require_activity(LOG_READING, now)
    found = queries.log_lines(search)
    log.write("Read the processing log", activity=activity, subjects=log.Subjects(), started=now, ended=now)
    audit.note("processing.read-log", subject="log", by=by, now=now, lines=len(found))
    return found


def publish_usage(*, by: Actor, now: datetime) -> None:
    """Publish how data products were used, and the register itself, as data products."""
    import pyarrow as pa

    rows = list(
        Usage.objects.order_by("day", "product", "activity", "actor_kind").values_list(
            "day", "product", "activity", "actor_kind", "reads", "rows"
        )
    )
    kinds = pa.schema(
        [
            ("day", pa.date32()),
            ("product", pa.string()),
            ("activity", pa.string()),
            ("actor_kind", pa.string()),
            ("reads", pa.int64()),
            ("rows_given", pa.int64()),
        ]
    )
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(kinds)
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, kinds, strict=True)]
    publish("processing.usage", pa.Table.from_arrays(arrays, schema=kinds), by=by, now=now)
    publish("processing.register", _register(), by=by, now=now)


def _register() -> Any:
    import pyarrow as pa

    rows = [_entry(row) for row in queries.register(states=("active",))]
    names = list(_entry_names())
    kinds = {"version": pa.int64(), "has_persons": pa.bool_(), "valid_until": pa.date32()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in names])
    return pa.Table.from_pylist(rows, schema=schema)


def _entry_names() -> tuple[str, ...]:
    texts = [f"{name}_{tongue}" for name in ("title", "purpose", "data", "retention") for tongue in ("nl", "en")]
    return ("activity", "version", *texts, "legal_basis", "law", "has_persons", "owner", "valid_until")


def _entry(row: ProcessingActivity) -> dict[str, Any]:
    texts = {
        f"{name}_{tongue}": row.definition[name][tongue]
        for name in ("title", "purpose", "data", "retention")
        for tongue in ("nl", "en")
    }
    return {
        "activity": row.key,
        "version": row.version,
        **texts,
        "legal_basis": row.definition["legal_basis"],
        "law": row.definition.get("law", ""),
        "has_persons": row.has_persons,
        "owner": row.definition["owner"],
        "valid_until": row.ends_on,
    }
