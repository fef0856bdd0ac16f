"""GET: the root, sets, single entities, properties, $value and $ref."""

from typing import Any

import msgspec

from plein.city.sensing.api import answers, observed
from plein.city.sensing.api.addresses import Address, Key, Step
from plein.city.sensing.api.answers import Found
from plein.city.sensing.api.context import Context
from plein.city.sensing.api.entities import SETS
from plein.city.sensing.api.errors import NoSuchAddress
from plein.city.sensing.api.options import Options

REQUIREMENTS = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
CONFORMANCE = [
    *(f"{REQUIREMENTS}datamodel/{name}" for name in (
        "thing", "location", "historical-location", "datastream", "sensor", "observed-property", "observation",
        "feature-of-interest", "entity-control-information",
    )),
    *(f"{REQUIREMENTS}resource-path/resource-path-to-entities",),
    *(f"{REQUIREMENTS}request-data/{name}" for name in (
        "status-codes", "query-status-codes", "order", "expand", "select", "orderby", "top", "skip", "count", "filter",
        "built-in-filter-operations", "built-in-query-functions", "pagination",
    )),
    *(f"{REQUIREMENTS}create-update-delete/{name}" for name in (
        "create-entity", "link-to-existing-entities", "deep-insert", "deep-insert-status-code", "update-entity",
        "update-entity-put", "update-entity-jsonpatch", "delete-entity", "historical-location-auto-creation",
    )),
    f"{REQUIREMENTS}batch-request/batch-request",
    f"{REQUIREMENTS}data-array/data-array",
    f"{REQUIREMENTS}create-observations-via-mqtt/observations-creation",
    f"{REQUIREMENTS}receive-updates-via-mqtt/receive-updates",
]  # fmt: skip


def root(context: Context, broker: str) -> dict[str, Any]:
    """Give what there is and what it conforms to. broker: address of the MQTT broker, "" without one."""
    mqtt = f"{REQUIREMENTS}receive-updates-via-mqtt/receive-updates"
    conforms = CONFORMANCE if broker else [name for name in CONFORMANCE if "mqtt" not in name]
    settings: dict[str, Any] = {"conformance": conforms}
    if broker:
        settings[mqtt] = {"endpoints": [broker]}
        settings[f"{REQUIREMENTS}create-observations-via-mqtt/observations-creation"] = {"endpoints": [broker]}
    return {
        "value": [{"name": name, "url": f"{context.base}/{name}"} for name in SETS],
        "serverSettings": settings,
    }


def single(context: Context, steps: tuple[Step, ...], options: Options) -> Found:
    """Give the entity that steps end at.

    Raises NoSuchAddress.
    """
    found: Found | None = None
    for place, step in enumerate(steps):
        wanted = options if place + 1 == len(steps) else Options()
        found = (
            _first(context, step, wanted) if found is None else _next(context, steps[place - 1], found, step, wanted)
        )
        if found is None:
            raise NoSuchAddress(address="/".join(_said(one) for one in steps))
    if found is None:
        raise NoSuchAddress(address="")
    return found


def _said(step: Step) -> str:
    name = step.relation or step.kind.set_name
    return name if step.key is None else f"{name}({step.key})"


def _first(context: Context, step: Step, options: Options) -> Found | None:
    return by_key(context, step, step.key, limits=[], options=options)


def _next(context: Context, before: Step, parent: Found, step: Step, options: Options) -> Found | None:
    """Go one step on from an entity."""
    relation = before.kind.relations[step.relation]
    if relation.many:
        if step.kind.name == "Observation" and not _belongs(context, parent, before, step.key):
            return None
        return by_key(context, step, step.key, limits=where(before, step, parent.key), options=options)
    key = parent.refers[step.relation]
    if step.relation == "FeatureOfInterest" and key is None:
        key = context.fetch(
            "SELECT feature_id FROM observations_datastream WHERE id = %s", [parent.refers["Datastream"]]
        )[0][0]
    return by_key(context, step, key, limits=[], options=options)


def _belongs(context: Context, parent: Found, before: Step, key: Key | None) -> bool:
    """Tell whether an observation is one of the entity it was asked under."""
    if not isinstance(key, tuple):
        return False
    if before.kind.name == "Datastream":
        return key[0] == parent.key
    page = observed.page(context, observed.Within(feature=parent.key, key=key), Options(top=1))  # type: ignore[arg-type]
    return bool(page.rows)


def by_key(context: Context, step: Step, key: Key | None, *, limits: list[Any], options: Options) -> Found | None:
    """Give one entity by its key, when it is there and may be seen."""
    if key is None:
        return None
    inner = Options(select=options.select, expand=options.expand, top=1)
    if isinstance(key, tuple):
        row = observed.one(context, key)
        return answers.observations(context, [row], inner)[0] if row else None
    if step.kind.name == "Observation":
        return None
    page = answers.entities(context, step.kind, [("e.id = %s", [key]), *limits], inner)
    return page.found[0] if page.found else None


def where(before: Step, step: Step, key: Key) -> list[tuple[str, list[Any]]]:
    """Write which entities belong to the one before."""
    relation = before.kind.relations[step.relation]
    if relation.link:
        table, own, other = relation.link
        return [(f"e.id IN (SELECT l.{other} FROM {table} l WHERE l.{own} = %s)", [key])]
    return [(f"e.{relation.back} = %s", [key])]


def _within(before: Step, key: Key) -> observed.Within:
    if isinstance(key, tuple):
        return observed.Within()
    return observed.Within(datastream=key) if before.kind.name == "Datastream" else observed.Within(feature=key)


def listed(context: Context, address: Address, options: Options, path: str) -> dict[str, Any]:
    """Give a page of a set as SensorThings writes it."""
    *parents, last = address.steps
    if address.ref:
        options.select = ["@iot.selfLink"]
    parent = single(context, tuple(parents), Options()) if parents else None
    if last.kind.name == "Observation":
        within = _within(parents[-1], parent.key) if parent else observed.Within()
        page = observed.page(context, within, options)
        rows: list[Any] = (
            answers.data_array(context, page.rows, options)
            if options.form
            else [one.entity for one in answers.observations(context, page.rows, options)]
        )
        more, count = page.more, page.count
    else:
        limits = where(parents[-1], last, parent.key) if parent else []
        found = answers.entities(context, last.kind, limits, options)
        rows, more, count = [one.entity for one in found.found], found.more, found.count
    answer: dict[str, Any] = {} if count is None else {"@iot.count": count}
    if more:
        answer["@iot.nextLink"] = answers.next_link(f"{context.base}/{path.strip('/')}", options)
    return {**answer, "value": rows}


def part(context: Context, address: Address) -> Any:
    """Give one property of an entity, or what stands deeper in it.

    Raises NoSuchAddress.
    """
    found = single(context, address.steps, Options())
    name = "@iot.id" if address.part == "id" else address.part
    value = found.entity.get(name)
    for deeper in address.deeper:
        value = msgspec.json.decode(msgspec.json.encode(value))
        value = value.get(deeper) if isinstance(value, dict) else None
        if value is None:
            raise NoSuchAddress(address="/".join((address.part, *address.deeper)))
    return value
