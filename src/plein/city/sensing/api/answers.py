"""Entities out: rows of the database as the JSON of SensorThings, with $select, nested $expand and links to go on."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec

from plein.city.sensing.api import observed, shapes
from plein.city.sensing.api.addresses import Key
from plein.city.sensing.api.context import Context
from plein.city.sensing.api.entities import OBSERVATION, TYPES, EntityType, Relation
from plein.city.sensing.api.options import Options
from plein.foundation.observations.quality import Quality
from plein.foundation.observations.times import said, said_interval

Entity = dict[str, Any]


@dataclass(slots=True)
class Found:
    """A row with what is needed to go on from it: its key and the keys it refers to."""

    key: Key
    entity: Entity
    refers: Mapping[str, Any]
    parent: int | None = None


@dataclass(slots=True)
class Set:
    """Rows of a page, whether there are more, and how many in all when that was asked."""

    found: list[Found]
    more: bool = False
    count: int | None = None


def entities(context: Context, kind: EntityType, where: Sequence[tuple[str, list[Any]]], options: Options) -> Set:
    """Give a page of entities other than observations.

    Raises BadRequest.
    """
    texts, params = _where(context, kind, where, options)
    order, order_params = _order(context, kind, options)
    columns = _columns(kind)
    sql = f"SELECT {', '.join('e.' + name for name in columns)} FROM {kind.table} e WHERE {texts}"
    rows = context.fetch(
        f"{sql} ORDER BY {order} LIMIT %s OFFSET %s", [*params, *order_params, options.size + 1, options.skip]
    )
    count = None
    if options.count:
        count = int(context.fetch(f"SELECT COUNT(*) FROM {kind.table} e WHERE {texts}", params)[0][0])
    found = _found(context, kind, [dict(zip(columns, row, strict=True)) for row in rows[: options.size]], options)
    return Set(found, len(rows) > options.size, count)


def _where(
    context: Context, kind: EntityType, where: Sequence[tuple[str, list[Any]]], options: Options
) -> tuple[str, list[Any]]:
    """Write all that the path, the filter and the reader's rights leave."""
    parts = [*where]
    if kind.name == "Datastream" and context.open_only:
        parts.append(("e.openness = 'open'", []))
    if options.filter is not None:
        parts.append(context.conditions(kind, "e").condition(options.filter))
    return " AND ".join(sql for sql, _ in parts) or "(1 = 1)", [value for _, values in parts for value in values]


def _order(context: Context, kind: EntityType, options: Options) -> tuple[str, list[Any]]:
    writer = context.conditions(kind, "e")
    parts, params = [], []
    for node, falling in options.order:
        sql, values = writer.order(node)
        parts.append(f"{sql} {'DESC' if falling else 'ASC'} NULLS LAST")
        params += values
    return ", ".join([*parts, "e.id"]), params


def _columns(kind: EntityType) -> list[str]:
    """List the columns to read: key, properties, and those that refer."""
    properties = [one.column for one in kind.properties.values() if one.column]
    refers = [relation.fk for relation in kind.relations.values() if relation.fk]
    more = ["activity", "openness"] if kind.name == "Datastream" else []
    return ["id", *properties, *refers, *more]


def _found(context: Context, kind: EntityType, rows: Sequence[Mapping[str, Any]], options: Options) -> list[Found]:
    """Turn rows into entities and expand what is asked."""
    computed = _computed(rows, options) if kind.name == "Datastream" and rows else {}
    found = []
    for row in rows:
        entity = {"@iot.id": row["id"], "@iot.selfLink": context.link(kind, row["id"])}
        for name, one in kind.properties.items():
            known = row.get(one.column)
            entity[name] = _said(
                one.kind, computed[name].get(row["id"]) if known is None and name in computed else known
            )
        if kind.name == "Datastream":
            _finish_datastream(entity, row)
        refers = {name: row[relation.fk] for name, relation in kind.relations.items() if relation.fk}
        found.append(Found(row["id"], entity, refers, row.get("parent")))
    return _finish(context, kind, found, options)


def _computed(rows: Sequence[Mapping[str, Any]], options: Options) -> dict[str, Mapping[int, Any]]:
    """Work out what the readings say of datastreams: periods, and areas where none was given; only what is asked."""
    ids = [row["id"] for row in rows]
    bare = [row["id"] for row in rows if row["observed_area"] is None]
    asked = {name for name in ("phenomenonTime", "resultTime", "observedArea") if _is_asked(name, options)}
    found: dict[str, Mapping[int, Any]] = {}
    if asked & {"phenomenonTime", "observedArea"}:
        found["phenomenonTime"] = shapes.spans("readings", ids)
    if "resultTime" in asked:
        found["resultTime"] = shapes.spans("results", ids)
    if "observedArea" in asked and bare:
        found["observedArea"] = shapes.areas(bare, found["phenomenonTime"])
    return found


def _is_asked(name: str, options: Options) -> bool:
    return not options.select or name in options.select


def _said(kind: str, value: Any) -> Any:
    """Write a property."""
    if kind == "span":
        return said_interval(*value) if value else None
    if kind == "time":
        return said(value)
    if kind in ("json", "geo") and value is not None:
        return msgspec.Raw(value.encode() if isinstance(value, str) else json.dumps(value).encode())
    return value


def _finish_datastream(entity: Entity, row: Mapping[str, Any]) -> None:
    """Say under which registration a datastream measures; leave out what is not known."""
    properties = json.loads(row["properties"]) if isinstance(row["properties"], str) else dict(row["properties"])
    entity["properties"] = {**properties, "activity": row["activity"], "openness": row["openness"]}
    unit = json.loads(row["unit"]) if isinstance(row["unit"], str) else row["unit"]
    entity["unitOfMeasurement"] = {"name": None, "symbol": None, "definition": None, **unit}
    for name in ("observedArea", "phenomenonTime", "resultTime"):
        if entity[name] is None:
            del entity[name]


def observations(context: Context, rows: Sequence[observed.Row], options: Options) -> list[Found]:
    """Turn rows of observations into entities and expand what is asked."""
    found = []
    wanted = "FeatureOfInterest" in options.expand
    features = _features(context, rows) if wanted else {}
    for row in rows:
        refers = {"Datastream": row[0], "FeatureOfInterest": row[5] or features.get(row[0])}
        found.append(Found((row[0], row[1]), observation(context, row), refers))
    return _finish(context, OBSERVATION, found, options)


def _features(context: Context, rows: Sequence[observed.Row]) -> dict[int, int]:
    """Give the feature of each datastream in the rows."""
    ids = sorted({row[0] for row in rows})
    sql, params = context.dialect.among("id", ids)
    return dict(context.fetch(f"SELECT id, feature_id FROM observations_datastream WHERE {sql}", params))


def observation(context: Context, row: observed.Row) -> Entity:
    """Write one observation, without links to go on."""
    extra = observed.extra_of(row)
    entity: Entity = {
        "@iot.id": f"{row[0]}-{row[1]}",
        "@iot.selfLink": context.link(OBSERVATION, (row[0], row[1])),
        "phenomenonTime": said_interval(row[1], extra.get("until_us")),
        "result": extra["result"] if row[2] is None and "result" in extra else row[2],
        "resultTime": None if row[4] is None else said(row[4]),
    }
    quality = extra.get("resultQuality", flags(row[3]))
    rare = {"resultQuality": quality, **{name: extra.get(name) for name in ("validTime", "parameters")}}
    entity.update({name: value for name, value in rare.items() if value is not None})
    return entity


def flags(mask: int) -> dict[str, Any] | None:
    """Write the quality of an observation; nothing when nothing is known against it."""
    if not mask:
        return None
    return {"mask": mask, "flags": [str(flag.name).lower() for flag in Quality if mask & flag]}


def _finish(context: Context, kind: EntityType, found: list[Found], options: Options) -> list[Found]:
    """Expand, link and select."""
    expanded = {name: _expanded(context, kind, found, name, inner) for name, inner in options.expand.items()}
    for place, one in enumerate(found):
        if options.select:
            kept = {"@iot.id" if name == "id" else name for name in options.select}
            one.entity = {name: value for name, value in one.entity.items() if name in kept}
        for name in kind.relations:
            if name in expanded:
                one.entity.update(expanded[name][place])
            elif not options.select or name in options.select:
                one.entity[f"{name}@iot.navigationLink"] = f"{context.link(kind, one.key)}/{name}"
    return found


def _expanded(context: Context, kind: EntityType, found: Sequence[Found], name: str, inner: Options) -> list[Entity]:
    """Give per row what an expansion adds to it."""
    relation = kind.relations[name]
    target = TYPES[relation.target]
    if not relation.many:
        return _expanded_one(context, target, found, name, inner)
    if target.name == "Observation":
        return [_expanded_observations(context, kind, one, name, inner) for one in found]
    return _expanded_many(context, kind, found, name, inner)


def _expanded_one(
    context: Context, target: EntityType, found: Sequence[Found], name: str, inner: Options
) -> list[Entity]:
    """Expand a relation to one, with one query for all rows."""
    keys = sorted({one.refers[name] for one in found if one.refers[name] is not None})
    if not keys:
        return [{name: None} for _ in found]
    whole = Options(select=inner.select, expand=inner.expand, top=len(keys))
    page = entities(context, target, [context.dialect.among("e.id", keys)], whole)
    by_key = {one.key: one.entity for one in page.found}
    return [{name: by_key.get(one.refers[name])} for one in found]


def _expanded_observations(context: Context, kind: EntityType, one: Found, name: str, inner: Options) -> Entity:
    """Expand the observations of a datastream or a feature."""
    within = observed.Within(datastream=one.key) if kind.name == "Datastream" else observed.Within(feature=one.key)  # type: ignore[arg-type]
    page = observed.page(context, within, inner)
    rows = [row.entity for row in observations(context, page.rows, inner)]
    return _listed(context, kind, one, name=name, inner=inner, rows=rows, more=page.more, count=page.count)


def _listed(
    context: Context,
    kind: EntityType,
    one: Found,
    *,
    name: str,
    inner: Options,
    rows: list[Entity],
    more: bool,
    count: int | None,
) -> Entity:
    """Write an expanded list with its count and the link to the rest."""
    entity: Entity = {name: rows}
    if count is not None:
        entity[f"{name}@iot.count"] = count
    if more:
        entity[f"{name}@iot.nextLink"] = next_link(f"{context.link(kind, one.key)}/{name}", inner)
    return entity


def _expanded_many(
    context: Context, kind: EntityType, found: Sequence[Found], name: str, inner: Options
) -> list[Entity]:
    """Expand a relation to many, with one query for all rows: each row's page is numbered within it."""
    relation = kind.relations[name]
    target = TYPES[relation.target]
    keys = [one.key for one in found]
    rows = _numbered(context, target, relation, keys, inner) if keys else []
    groups: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["parent"], []).append(row)
    flat = [row for group in groups.values() for row in group[: inner.size]]
    by_parent: dict[Any, list[Entity]] = {}
    for done in _found(context, target, flat, inner):
        by_parent.setdefault(done.parent, []).append(done.entity)
    added = []
    for one in found:
        group = groups.get(one.key, [])
        count = (group[0]["total"] if group else 0) if inner.count else None
        more = len(group) > inner.size
        added.append(
            _listed(context, kind, one, name=name, inner=inner, rows=by_parent.get(one.key, []), more=more, count=count)
        )
    return added


def _numbered(
    context: Context, target: EntityType, relation: Relation, keys: Sequence[Any], inner: Options
) -> list[dict[str, Any]]:
    """Read the related rows of many parents, numbered per parent."""
    source, parent = f"{target.table} e", f"e.{relation.back}"
    if relation.link:
        table, own, other = relation.link
        source, parent = f"{target.table} e JOIN {table} l ON l.{other} = e.id", f"l.{own}"
    texts, params = _where(context, target, [context.dialect.among(parent, keys)], inner)
    order, order_params = _order(context, target, inner)
    columns = _columns(target)
    sql = f"""
        SELECT * FROM (
            SELECT {", ".join("e." + name for name in columns)}, {parent} AS parent,
                   ROW_NUMBER() OVER (PARTITION BY {parent} ORDER BY {order}) AS nth,
                   COUNT(*) OVER (PARTITION BY {parent}) AS total
            FROM {source} WHERE {texts}
        ) numbered WHERE nth > %s AND nth <= %s ORDER BY parent, nth
    """
    rows = context.fetch(sql, [*order_params, *params, inner.skip, inner.skip + inner.size + 1])
    names = [*columns, "parent", "nth", "total"]
    return [dict(zip(names, row, strict=True)) for row in rows]


def next_link(address: str, options: Options) -> str:
    """Write the address of the page after this one."""
    said_options = {**options.said, "$skip": str(options.skip + options.size)}
    return f"{address}?{urlencode(said_options, safe='$,/()' + chr(39))}"


def data_array(context: Context, rows: Iterable[observed.Row], options: Options) -> list[Entity]:
    """Write observations as arrays per datastream."""
    usual = ["id", "phenomenonTime", "resultTime", "result"]
    components = [
        name.replace("@iot.id", "id") for name in options.select if name in (*usual, "@iot.id", *OBSERVATION.properties)
    ]
    components = components or usual
    groups: dict[int, list[list[Any]]] = {}
    for row in rows:
        entity = observation(context, row)
        entity["id"] = entity["@iot.id"]
        groups.setdefault(row[0], []).append([entity.get(name) for name in components])
    return [
        {
            "Datastream@iot.navigationLink": f"{context.base}/Datastreams({stream})",
            "components": components,
            "dataArray@iot.count": len(values),
            "dataArray": values,
        }
        for stream, values in groups.items()
    ]
