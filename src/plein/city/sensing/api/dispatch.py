"""One request in, one answer out, whatever it came through: HTTP, a part of a $batch, or MQTT."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db import DataError

from plein.city.sensing.api import arrays, changing, getting, options, publishing
from plein.city.sensing.api.addresses import Address, Key, Step, parse
from plein.city.sensing.api.changing import Changer
from plein.city.sensing.api.context import Context
from plein.city.sensing.api.entities import EntityType
from plein.city.sensing.api.errors import BadRequest, NoSuchAddress, NotThisWay, TokenNeeded
from plein.foundation.identity.actors import Actor, require
from plein.foundation.observations.times import to_us

OBSERVE = "sensing.write"
REGISTER = "sensing.register"
PATCH_TYPE = "application/json-patch+json"


@dataclass(slots=True)
class Request:
    """What is asked. path: after the root of the interface; by_token: the actor came with an API token."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    form: str
    base: str
    actor: Actor
    by_token: bool
    now: datetime
    prefer: str = ""

    @property
    def wants_entity(self) -> bool:
        """Tell whether the entity is asked for in the answer to a change (RFC 7240, Prefer: return=representation)."""
        return "return=representation" in self.prefer.replace(" ", "").lower()

    def json(self) -> Any:
        """Read the body.

        Raises BadRequest.
        """
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadRequest(reason=f"the body is not JSON: {error}") from error


@dataclass(slots=True)
class Answer:
    """What is answered: JSON (any value), or text as it is."""

    status: int
    body: Any = None
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


def answer(request: Request) -> Answer:
    """Answer one request.

    Raises Refused.
    """
    if "\x00" in request.path or any("\x00" in text for text in request.query.values()):
        raise BadRequest(reason="a null character cannot be asked for")
    context = Context(request.actor, to_us(request.now), request.base)
    try:
        if request.path.strip("/") == "CreateObservations":
            return _arrays(request, context)
        address = parse(request.path)
        if request.method == "OPTIONS":
            return Answer(204, headers={"Allow": _allow(address)})
        if request.method in ("GET", "HEAD"):
            return _get(request, context, address)
        return _change(request, context, address)
    except (DataError, OverflowError) as error:
        raise BadRequest(reason="a value in it is too large or too small to reckon with") from error


def _allow(address: Address) -> str:
    """Name the methods that go with an address."""
    if not address.steps or address.part or address.ref:
        return "GET, HEAD, OPTIONS"
    return "GET, HEAD, POST, OPTIONS" if address.is_set else "GET, HEAD, PATCH, PUT, DELETE, OPTIONS"


def allowed(request: Request, right: str) -> None:
    """Refuse writing without a token that has the right.

    Raises TokenNeeded, NotAllowed.
    """
    if not request.by_token:
        raise TokenNeeded(right=right)
    require(request.actor, right)


def _arrays(request: Request, context: Context) -> Answer:
    if request.method != "POST":
        raise NotThisWay(method=request.method)
    allowed(request, OBSERVE)
    links, written = arrays.create(context, request.body, request.now)
    headers = {"Refused-Readings": arrays.note_of(written)} if written.refused else {}
    return Answer(201, links, headers=headers)


def _get(request: Request, context: Context, address: Address) -> Answer:
    if not address.steps:
        return Answer(200, getting.root(context, settings.PLEIN["MQTT_URL"] and _public_broker()))
    if address.part:
        options.parse(address.kind, request.query)
        return _part(context, address)
    asked = options.parse(address.kind, request.query)
    if address.is_set:
        return Answer(200, getting.listed(context, address, asked, request.path))
    found = getting.single(context, address.steps, asked)
    if address.ref:
        return Answer(200, {"@iot.selfLink": context.link(address.kind, found.key)})
    return Answer(200, found.entity)


def _public_broker() -> str:
    """Give the broker's address without the password in it."""
    scheme, _, rest = str(settings.PLEIN["MQTT_URL"]).partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _part(context: Context, address: Address) -> Answer:
    value = getting.part(context, address)
    if not address.value:
        if value is None:
            return Answer(204)
        return Answer(200, {(address.deeper[-1] if address.deeper else address.part): value})
    if isinstance(value, msgspec.Raw):
        value = msgspec.json.decode(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Answer(200, text=text)


def _change(request: Request, context: Context, address: Address) -> Answer:
    """Create, update or delete."""
    if not address.steps or address.part or address.ref:
        raise NotThisWay(method=request.method)
    allowed(request, OBSERVE if address.kind.name == "Observation" else REGISTER)
    changer = Changer(context, request.now)
    if request.method == "POST":
        return _create(request, context, address, changer)
    if address.is_set:
        raise NotThisWay(method=request.method)
    key = _own_key(context, address)
    if request.method == "DELETE":
        changer.delete(address.kind, key)
        return Answer(200)
    if request.method not in ("PATCH", "PUT"):
        raise NotThisWay(method=request.method)
    _update(request, context, address.kind, key, changer)
    return _changed(request, context, 200, address.kind, key)


def _changed(request: Request, context: Context, status: int, kind: EntityType, key: Key) -> Answer:
    """Answer a change: where the entity is, and the entity itself when that is preferred."""
    headers = {"Location": context.link(kind, key)}
    if not request.wants_entity:
        return Answer(status, headers=headers)
    found = getting.single(context, (Step(kind, "", key),), options.Options())
    return Answer(status, found.entity, headers={**headers, "Preference-Applied": "return=representation"})


def _own_key(context: Context, address: Address) -> Key:
    """Give the key of the entity an address ends at."""
    return getting.single(context, address.steps, options.Options()).key


def _create(request: Request, context: Context, address: Address, changer: Changer) -> Answer:
    if not address.is_set:
        raise NotThisWay(method=request.method)
    *parents, last = address.steps
    links: dict[str, Key] = {}
    if parents:
        links[_way_back(parents[-1].kind, last.kind, last.relation)] = getting.single(
            context, tuple(parents), options.Options()
        ).key
    said = request.json()
    if isinstance(said, dict) and last.kind.name != "Observation" and "Observations" in json.dumps(said):
        allowed(request, OBSERVE)
    key = changer.create(last.kind, said, links)
    publishing.entity(context, last.kind, key)
    return _changed(request, context, 201, last.kind, key)


def _way_back(parent: EntityType, kind: EntityType, relation: str) -> str:
    """Name the relation of the new entity that leads to the one it is created under.

    Raises NoSuchAddress.
    """
    way = parent.relations[relation]
    for name, back in kind.relations.items():
        if back.target == parent.name and (way.link is None or (back.link and back.link[0] == way.link[0])):
            return name
    raise NoSuchAddress(address=relation)


def _update(request: Request, context: Context, kind: EntityType, key: Key, changer: Changer) -> None:
    said = request.json()
    whole = request.method == "PUT"
    if request.form.startswith(PATCH_TYPE):
        step = Step(kind, "", key)
        found = getting.single(context, (step,), options.Options())
        before = json.loads(msgspec.json.encode(found.entity))
        kept = {name: before[name] for name in kind.properties if name in before}
        said = changing.patched(kind, kept, said)
        whole = False
    changer.update(kind, key, said, whole=whole)
    publishing.entity(context, kind, key)
