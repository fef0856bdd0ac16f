"""Create, update and delete: with deep inserts, links to what exists, and the rules of the standard."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from django.db import models, transaction

from plein.city.sensing.api import observed, shapes
from plein.city.sensing.api.addresses import Key
from plein.city.sensing.api.context import Context
from plein.city.sensing.api.entities import TYPES, EntityType, Property
from plein.city.sensing.api.errors import BadRequest, NoSuchAddress, StillUsed
from plein.foundation.gate import door as gate
from plein.foundation.observations import changing, hot, placing, registration, times, writing
from plein.foundation.observations import models as stored
from plein.foundation.observations.errors import StreamNotRegistered

LONGEST_NAME = 250
LONGEST_WORD = 500


@dataclass(slots=True)
class Changer:
    """Writes for one request."""

    context: Context
    now: datetime

    @transaction.atomic
    def create(self, kind: EntityType, said: Any, parents: Mapping[str, Key] | None = None) -> Key:
        """Create an entity with all that hangs on it. parents: what the address already says it belongs to.

        Raises BadRequest and what the writing of readings raises.
        """
        if not isinstance(said, dict):
            raise BadRequest(reason=f"{kind.name} must be a JSON object")
        parents = parents or {}
        if kind.name == "Observation":
            return self.observe(said, parents)
        fields = _fields(kind, said, whole=True)
        fields.update(self.one_links(kind, said, parents, whole=True))
        made = self._made(kind, fields, said)
        self.many_links(kind, made, said, parents)
        return int(made.pk)

    def _made(self, kind: EntityType, fields: dict[str, Any], said: Mapping[str, Any]) -> models.Model:
        """Make the row of an entity."""
        if kind.name == "Datastream":
            registered(fields, self.now)
        if kind.name == "Location":
            fields["longitude"], fields["latitude"] = placing.middle(fields["location"])
        made: models.Model = kind.model.objects.create(**fields)
        return made

    def one_links(
        self, kind: EntityType, said: Mapping[str, Any], parents: Mapping[str, Key], *, whole: bool
    ) -> dict[str, Any]:
        """Find or create the entities that this one refers to."""
        fields: dict[str, Any] = {}
        for name, relation in kind.relations.items():
            if relation.many:
                continue
            if name in parents:
                fields[relation.fk] = parents[name]
            elif said.get(name) is not None:
                fields[relation.fk] = self.linked(TYPES[relation.target], said[name])
            elif whole and relation.required:
                raise BadRequest(reason=f"{kind.name} needs a {name}")
        return fields

    def linked(self, kind: EntityType, said: Any) -> Key:
        """Give the key of an entity that is linked to or created in place."""
        if not isinstance(said, dict):
            raise BadRequest(reason=f"{kind.name} must be an object, with @iot.id to link to one that exists")
        if "@iot.id" not in said:
            return self.create(kind, said)
        key = said["@iot.id"]
        if not isinstance(key, int) or isinstance(key, bool) or not kind.model.objects.filter(pk=key).exists():
            raise BadRequest(reason=f"there is no {kind.name} with @iot.id {key!r}")
        return key

    def many_links(
        self, kind: EntityType, made: Any, said: Mapping[str, Any], parents: Mapping[str, Key], *, fresh: bool = True
    ) -> None:
        """Link to or create the entities that hang on this one, then do what moving asks for."""
        for name, relation in kind.relations.items():
            if not relation.many or (name not in said and name not in parents):
                continue
            target = TYPES[relation.target]
            rows = _list(name, said.get(name, []))
            if relation.back:
                self._create_under(kind, target, made, rows, relation.back)
            else:
                keys = [self.linked(target, row) for row in rows]
                keys += [parents[name]] if name in parents else []  # type: ignore[list-item]
                self._link(kind, name, made, keys, fresh)
        if kind.name == "Datastream":
            placing.note_feature(made.thing)
            registration.forget()
            for row in _list("Observations", said.get("Observations", [])):
                self.observe(row, {"Datastream": made.pk})

    def _create_under(self, kind: EntityType, target: EntityType, made: Any, rows: list[Any], back: str) -> None:
        if target.name == "Observation":
            return
        name = next(name for name, one in target.relations.items() if one.fk == back)
        for row in rows:
            if isinstance(row, dict) and "@iot.id" in row:
                target.model.objects.filter(pk=self.linked(target, row)).update(**{back: made.pk})
            else:
                self.create(target, row, {name: made.pk})

    def _link(self, kind: EntityType, name: str, made: Any, keys: Sequence[Any], fresh: bool) -> None:
        """Link both sides; a thing that gets a location moves there."""
        locations = stored.Location.objects.filter(pk__in=keys)
        if kind.name == "Thing" and name == "Locations":
            placing.place(made, locations=list(locations), now=self.now)
        elif kind.name == "Location" and name == "Things":
            for thing in stored.Thing.objects.filter(pk__in=keys):
                placing.place(thing, locations=[made], now=self.now)
        elif kind.name == "HistoricalLocation":
            made.locations.set(locations)
            self._latest_moves(made)
        else:
            made.historical_locations.add(*keys)

    def _latest_moves(self, history: stored.HistoricalLocation) -> None:
        """Put a thing where its latest history says it is."""
        later = stored.HistoricalLocation.objects.filter(thing=history.thing, time_us__gt=history.time_us)
        if not later.exists():
            history.thing.locations.set(history.locations.all())
            placing.note_feature(history.thing)

    def observe(self, said: Any, parents: Mapping[str, Key]) -> Key:
        """Keep one observation."""
        if not isinstance(said, dict):
            raise BadRequest(reason="an Observation must be a JSON object")
        fields = self.one_links(TYPES["Observation"], said, parents, whole=True)
        row = observation_row(int(fields["datastream_id"]), said, self.now, fields.get("feature_id"))
        written = writing.write_rows([], [row], by=self.context.actor, now=self.now)
        if written.refused:
            raise written.refused[0].reason
        if not written.new:
            self._check_same(row)
        return int(row[0]), int(row[1])

    def _check_same(self, row: hot.Row) -> None:
        """Refuse a reading that is kept with another value; the same one sent again is fine."""
        kept = observed.one(self.context, (row[0], row[1]))
        if kept is not None and (kept[2], observed.extra_of(kept).get("result")) != (
            row[2],
            json.loads(row[6])["result"] if row[6] and "result" in json.loads(row[6]) else None,
        ):
            raise StillUsed()

    @transaction.atomic
    def update(self, kind: EntityType, key: Key, said: Any, *, whole: bool) -> None:
        """Change what is said (PATCH), or all (PUT).

        Raises BadRequest, NoSuchAddress.
        """
        if not isinstance(said, dict):
            raise BadRequest(reason=f"{kind.name} must be a JSON object")
        if isinstance(key, tuple):
            self._correct(key, said, whole)
            return
        made = kind.model.objects.filter(pk=key).first()
        if made is None:
            raise NoSuchAddress(address=f"{kind.set_name}({key})")
        fields = _fields(kind, said, whole=whole, before=made)
        fields.update(self.one_links(kind, said, {}, whole=False))
        if kind.name == "Datastream":
            _keep_registration(fields, made)
            _keep_computed(fields, made)
            registered(fields, self.now, before=made)
        if kind.name == "Location" and "location" in fields:
            fields["longitude"], fields["latitude"] = placing.middle(fields["location"])
        for name, value in fields.items():
            setattr(made, name, value)
        made.save()
        self.many_links(kind, made, said, {}, fresh=False)
        registration.forget()

    def _correct(self, key: tuple[int, int], said: Mapping[str, Any], whole: bool) -> None:
        """Correct a reading, wherever it is kept."""
        row = observed.one(self.context, key)
        if row is None:
            raise NoSuchAddress(address=f"Observations('{key[0]}-{key[1]}')")
        before = {} if whole else as_said(row)
        feature = self.one_links(TYPES["Observation"], said, {}, whole=False).get("feature_id", row[5])
        merged = {**before, **{name: value for name, value in said.items() if name != "Datastream"}}
        merged.setdefault("phenomenonTime", times.said(key[1]))
        fresh = observation_row(key[0], merged, self.now, feature)
        changing.correct(key, fresh)

    @transaction.atomic
    def delete(self, kind: EntityType, key: Key) -> None:
        """Delete an entity with what cannot be without it (OGC 18-088, table 25).

        Raises NoSuchAddress.
        """
        if isinstance(key, tuple):
            if observed.one(self.context, key) is None:
                raise NoSuchAddress(address=f"Observations('{key[0]}-{key[1]}')")
            changing.withdraw(key)
            return
        made = kind.model.objects.filter(pk=key).first()
        if made is None:
            raise NoSuchAddress(address=f"{kind.set_name}({key})")
        _DELETE.get(kind.name, _delete_with_streams)(made, self.now)
        registration.forget()


def _delete_with_streams(made: Any, now: datetime) -> None:
    """Delete an entity, its datastreams and their readings."""
    streams = [made.pk] if isinstance(made, stored.Datastream) else list(made.datastreams.values_list("pk", flat=True))
    made.delete()
    if streams:
        changing.drop_streams(streams, now=now)


def _delete_location(made: Any, now: datetime) -> None:
    made.historical_locations.all().delete()
    made.delete()


def _delete_feature(made: Any, now: datetime) -> None:
    changing.drop_feature(made.pk, now=now)
    made.delete()


_DELETE: dict[str, Callable[[Any, datetime], None]] = {
    "Location": _delete_location,
    "HistoricalLocation": lambda made, now: made.delete() and None,
    "FeatureOfInterest": _delete_feature,
}


def registered(fields: dict[str, Any], now: datetime, before: Any = None) -> None:
    """Take activity and openness out of the properties and refuse a datastream without an active registration.

    Raises StreamNotRegistered and what the gate raises.
    """
    properties = dict(fields.get("properties") or {})
    if "properties" in fields:
        fields["activity"] = properties.pop("activity", "")
        fields["openness"] = properties.pop("openness", "open")
        fields["properties"] = properties
    activity = fields.get("activity", before.activity if before else "")
    if fields.get("openness", "open") not in ("open", "shared", "closed"):
        raise BadRequest(reason="openness must be open, shared or closed")
    if not activity or not isinstance(activity, str):
        raise StreamNotRegistered(datastream=fields.get("name", ""))
    gate.require_activity(activity, now)


def _keep_computed(fields: dict[str, Any], before: Any) -> None:
    """Leave an area out that was computed and is only sent back, as clients do; it would not grow any more."""
    area = fields.get("observed_area")
    if area is not None and before.observed_area is None:
        computed = shapes.areas([before.pk]).get(before.pk)
        if computed and json.loads(computed) == area:
            del fields["observed_area"]


def _keep_registration(fields: dict[str, Any], before: Any) -> None:
    """Leave activity and openness as they were when new properties do not name them."""
    if "properties" in fields:
        kept = {"activity": before.activity, "openness": before.openness}
        fields["properties"] = {**kept, **(fields["properties"] or {})}


def _list(name: str, said: Any) -> list[Any]:
    rows = [said] if isinstance(said, dict) else said
    if not isinstance(rows, list):
        raise BadRequest(reason=f"{name} must be a list")
    return rows


def _fields(kind: EntityType, said: Mapping[str, Any], *, whole: bool, before: Any = None) -> dict[str, Any]:
    """Read the properties of an entity into fields.

    Raises BadRequest.
    """
    fields: dict[str, Any] = {}
    for name, one in kind.properties.items():
        if one.kind == "span":
            continue
        if said.get(name) is not None:
            fields[one.column] = _field(kind, name, one, said[name])
        elif name in said or whole:
            if one.required:
                raise BadRequest(reason=f"{kind.name} needs {name}")
            fields[one.column] = {} if one.column == "properties" else None
    return fields


def _field(kind: EntityType, name: str, one: Property, value: Any) -> Any:
    """Check one property and give it as it is kept."""
    if one.kind == "time":
        return times.parse(value) if isinstance(value, str) else _wrong(kind, name, "a time")
    if one.kind == "text":
        limit = None if name == "description" else LONGEST_NAME if name in ("name", "observationType") else LONGEST_WORD
        return _checked_text(kind, name, value, 100 if name == "encodingType" else limit)
    if one.kind == "geo":
        return _geometry(kind, name, value)
    if name != "metadata" and not isinstance(value, dict):
        _wrong(kind, name, "an object")
    if "\\u0000" in json.dumps(value):
        _wrong(kind, name, "free of null characters")
    return value


def _checked_text(kind: EntityType, name: str, value: Any, limit: int | None) -> str:
    if not isinstance(value, str) or "\x00" in value:
        _wrong(kind, name, "a text")
    if limit and len(value) > limit:
        _wrong(kind, name, f"at most {limit} characters")
    return str(value)


def _geometry(kind: EntityType, name: str, value: Any) -> Any:
    """Check a GeoJSON geometry or Feature."""
    if isinstance(value, dict) and placing.middle(value) != (None, None):
        return value
    return _wrong(kind, name, "a GeoJSON geometry with coordinates")


def _wrong(kind: EntityType, name: str, what: str) -> Any:
    raise BadRequest(reason=f"{name} of {kind.name} must be {what}")


def observation_row(stream: int, said: Mapping[str, Any], now: datetime, feature: Any = None) -> hot.Row:
    """Read an observation into a row of the hot window (hot.COLUMNS).

    Raises BadRequest, NotATime.
    """
    if "result" not in said:
        raise BadRequest(reason="an Observation needs a result")
    given = said.get("phenomenonTime")
    since, until = times.parse_interval(_text_of("phenomenonTime", given)) if given else (times.to_us(now), None)
    result_time = said.get("resultTime")
    extra: dict[str, Any] = {} if until is None else {"until_us": until}
    number = _number(said["result"])
    if number is None:
        extra["result"] = said["result"]
    quality = _quality(said.get("resultQuality"), extra)
    if said.get("validTime") is not None:
        extra["validTime"] = times.said_interval(*times.parse_interval(_text_of("validTime", said["validTime"])))
    if said.get("parameters"):
        extra["parameters"] = _field(TYPES["Observation"], "parameters", Property("", "json"), said["parameters"])
    text = json.dumps(extra, separators=(",", ":")) if extra else None
    if text and "\\u0000" in text:
        raise BadRequest(reason="an Observation must be free of null characters")
    measured = times.parse(_text_of("resultTime", result_time)) if result_time else None
    return (stream, since, number, quality, measured, feature, text)


def _text_of(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadRequest(reason=f"{name} must be a text")
    return value


def _number(value: Any) -> float | None:
    """Give a result as a number, or None when it is something else.

    Raises BadRequest for a number that no computer counts with.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError as error:
        raise BadRequest(reason="the result is too large a number") from error
    if not isfinite(number):
        raise BadRequest(reason="the result must be a finite number")
    return number


def _quality(value: Any, extra: dict[str, Any]) -> int:
    """Read resultQuality: our own mask, or anything else, which is kept as it is."""
    if isinstance(value, dict) and isinstance(value.get("mask"), int) and "flags" in value:
        return int(value["mask"]) & 0x7FFFFFFF
    if value is not None:
        extra["resultQuality"] = value
    return 0


def as_said(row: hot.Row) -> dict[str, Any]:
    """Write a row as the observation that would make it."""
    extra = observed.extra_of(row)
    found = {name: extra[name] for name in ("resultQuality", "validTime", "parameters") if name in extra}
    found["phenomenonTime"] = times.said_interval(row[1], extra.get("until_us"))
    found["result"] = extra["result"] if row[2] is None and "result" in extra else row[2]
    if row[4] is not None:
        found["resultTime"] = times.said(row[4])
    if row[3]:
        found.setdefault("resultQuality", {"mask": row[3], "flags": []})
    return found


def patched(kind: EntityType, before: Any, steps: Any) -> dict[str, Any]:
    """Apply a JSON Patch (RFC 6902) to an entity; gives the properties that it leaves.

    Raises BadRequest.
    """
    document = json.loads(json.dumps(before))
    for step in steps if isinstance(steps, list) else [steps]:
        try:
            _patch_step(document, step)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise BadRequest(reason=f"the patch step {str(step)[:80]} cannot be done") from error
    return {name: document.get(name) for name in kind.properties if name in document or name in before}


def _patch_step(document: Any, step: Mapping[str, Any]) -> None:
    operation = step["op"]
    if operation in ("move", "copy"):
        value = _at(document, step["from"])
        if operation == "move":
            _put(document, step["from"], None, "remove")
        _put(document, step["path"], value, "add")
    elif operation == "test":
        if _at(document, step["path"]) != step["value"]:
            raise ValueError("differs")
    elif operation in ("add", "replace", "remove"):
        _put(document, step["path"], step.get("value"), operation)
    else:
        raise ValueError(operation)


def _names(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _at(document: Any, pointer: str) -> Any:
    for name in _names(pointer):
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def _put(document: Any, pointer: str, value: Any, operation: str) -> None:
    *names, last = _names(pointer)
    for name in names:
        document = document[int(name)] if isinstance(document, list) else document[name]
    place: Any = (len(document) if last == "-" else int(last)) if isinstance(document, list) else last
    if operation == "remove":
        del document[place]
    elif operation == "add" and isinstance(document, list):
        document.insert(place, value)
    else:
        if operation == "replace":
            document[place]
        document[place] = value
