"""Every event that any room announces is a CloudEvent by the official schema and the NL GOV profile."""

import json
import re
import types
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import jsonschema
import pytest

from plein.foundation.events import Event, announce, outbox
from plein.foundation.events.cloudevents import cloud_event
from plein.foundation.events.events import schema_of
from plein.foundation.events.listening import announced
from plein.foundation.events.tests.conftest import BridgeOpened
from plein.foundation.identity.actors import SYSTEM

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
VALUES: dict[Any, Any] = {str: "BU03630000", int: 7, float: 1.5, bool: True, datetime: NOW, date: NOW.date()}
ATTRIBUTE = re.compile(r"[a-z0-9]{1,20}")  # "Attribute Naming Convention"


def example(event: type[Event]) -> Event:
    """Make an event of a class with a value of the right kind in every field."""
    hints = get_type_hints(event)
    needed = [one.name for one in fields(event) if one.default is MISSING and one.default_factory is MISSING]
    return event(**{name: value_of(hints[name]) for name in needed})


def value_of(hint: Any) -> Any:
    if hint in VALUES:
        return VALUES[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return value_of(next(one for one in inner if one is not type(None)))
    if origin in (tuple, list, frozenset, set):
        return origin([value_of(inner[0])])
    if origin is dict:
        return {value_of(inner[0]): value_of(inner[1])}
    return next(iter(hint))  # an enum


@pytest.fixture(
    params=sorted([*announced().values(), BridgeOpened], key=lambda event: event.type), ids=lambda e: e.type
)
def cloud(request: pytest.FixtureRequest, db: None) -> dict[str, Any]:
    """Give each declared event as the world gets it."""
    message = announce(example(request.param), by=SYSTEM)
    outbox.number_new(NOW)
    message.refresh_from_db()
    return json.loads(json.dumps(cloud_event(message)))


@pytest.mark.conformance
def test_the_event_is_valid_by_the_schema_of_cloudevents(cloud: dict[str, Any], shared: Path) -> None:
    schema = json.loads((shared / "standards/cloudevents/cloudevents-1.0.schema.json").read_text())

    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(cloud)


@pytest.mark.conformance
def test_the_event_keeps_every_must_of_the_dutch_profile(cloud: dict[str, Any]) -> None:
    assert cloud["specversion"] == "1.0"  # "MUST use a value of 1.0"
    assert cloud["id"]  # "MUST be a non-empty string"
    assert re.fullmatch(r"urn:nld:oin:\d{20}:systeem:plein", cloud["source"])  # "URN with nld", OIN
    assert re.fullmatch(r"nl(\.[a-z0-9-]+)+", cloud["type"])  # "MUST be Reverse domain name notation"
    assert not re.search(r"v\d+.*v\d+", cloud["type"])  # "MUST only include a single version number"
    assert cloud.get("subject", "-")  # "If present, MUST be a non-empty string"
    assert cloud["datacontenttype"] == "application/json"  # RFC 2046
    assert cloud["dataschema"].startswith("http")  # "MUST be a non-empty URI"
    for moment in (cloud["time"], cloud["recordedtime"]):  # RFC 3339
        assert datetime.fromisoformat(moment).utcoffset() is not None
    assert re.fullmatch(r"\d{20}", cloud["sequence"])  # "MUST be lexicographically-orderable"
    assert cloud["dataref"] != cloud["source"]  # source "MUST NOT reference an external data location"
    assert all(ATTRIBUTE.fullmatch(name) for name in cloud)


@pytest.mark.conformance
def test_the_data_keeps_to_the_schema_that_the_event_points_at(cloud: dict[str, Any]) -> None:
    event = {**announced(), BridgeOpened.type: BridgeOpened}[cloud["type"]]

    jsonschema.Draft202012Validator(schema_of(event)).validate(cloud["data"])
