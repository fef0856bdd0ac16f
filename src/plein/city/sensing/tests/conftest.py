"""The interface with somebody who may write and a registered activity."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.test import Client

from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.gate import registry
from plein.foundation.geo.actions import Border, store_areas
from plein.foundation.identity.actions import create_staff, create_token
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.observations import registration

ROOT = "/api/sensorthings/v1.1"
POINT = {"type": "Point", "coordinates": [4.9, 52.37]}


class Unregistered(Refused):
    """The activity is not registered."""

    message = "{activity} is not registered"
    code = "not-registered"


class Sensors:
    """Speaks to the interface as a sensor manager would."""

    def __init__(self, secret: str) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {secret}"}

    def get(self, path: str, status: int = 200, **query: str) -> Any:
        answer = self.client.get(f"{ROOT}/{path}", {f"${name}": text for name, text in query.items()})
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    def send(self, method: str, path: str, body: Any, status: int, form: str = "application/json") -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.client.generic(method, f"{ROOT}/{path}", data, content_type=form, headers=self.headers)
        assert answer.status_code == status, answer.content
        return answer

    def create(self, path: str, body: Any) -> str:
        address: str = self.send("POST", path, body, 201)["Location"]
        return address.partition("/v1.1/")[2]

    def names(self, path: str, **query: str) -> list[str]:
        return [row["name"] for row in self.get(path, **query)["value"]]

    def results(self, path: str, **query: str) -> list[Any]:
        return [row["result"] for row in self.get(path, **query)["value"]]


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make "test.measure" the one activity that is registered."""
    from plein.foundation.gate import door

    def only_one(key: str, now: object) -> object:
        if key != "test.measure":
            raise Unregistered(activity=key)
        return object()

    monkeypatch.setattr(door, "require_activity", only_one)
    registration.forget()
    yield
    registration.forget()


@pytest.fixture
def secret(db: None) -> str:
    """Give the token of a sensor manager."""
    now = clock.now()
    staff = create_staff("sensors", password=None, roles=["sensor-manager"], by=SYSTEM, now=now)
    scopes = ["sensing.write", "sensing.register"]
    return create_token(
        staff, name="sensors", scopes=scopes, expires_at=now + timedelta(days=30), by=SYSTEM, now=now
    ).secret


@pytest.fixture
def sensors(registered: None, secret: str, data_dir: object) -> Sensors:
    """Give who speaks to the interface."""
    return Sensors(secret)


def _thing(name: str = "Lantern", **more: Any) -> dict[str, Any]:
    place = {"name": "Dam", "description": "Square", "encodingType": "application/geo+json", "location": POINT}
    return {"name": name, "description": "A measuring point", "Locations": [place], **more}


def _datastream(name: str = "PM2.5", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": "Fine dust",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": "microgram", "symbol": "µg/m³", "definition": "ucum:ug/m3"},
        "properties": {"activity": "test.measure", "height_m": 4},
        "Sensor": {"name": "SDS011", "description": "d", "encodingType": "application/pdf", "metadata": "http://x.nl"},
        "ObservedProperty": {"name": "PM2.5", "definition": "http://example.org/pm25", "description": "d"},
        **more,
    }


@pytest.fixture
def thing() -> Any:
    """Give what describes a thing at a place."""
    return _thing


@pytest.fixture
def datastream() -> Any:
    """Give what describes a datastream with its sensor and observed property."""
    return _datastream


NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def ground(transactional_db: None, data_dir: Path) -> None:
    """Give Amsterdam as a box with one buurt, the sensing activities active, and an empty lake."""
    box = shapely.box(4.73, 52.30, 5.02, 52.43)
    common: dict[str, Any] = {"name": "Amsterdam", "gemeente_code": "GM0363", "year": 2024, "geometry": box}
    for code, kind, parent in [("GM0363", "gemeente", ""), ("BU03630000", "buurt", "WK036300")]:
        border = Border(code=code, kind=kind, parent_code=parent, **common)
        store_areas([border], kind=kind, gemeente="GM0363", by=SYSTEM, now=NOW)
    registry.sync(now=NOW)
    registration.forget()
    return
