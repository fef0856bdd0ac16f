"""A measuring point to test with."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from plein.foundation.observations.models import Datastream, ObservedProperty, Sensor, Thing

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def stream(db: None, data_dir: object, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Datastream]:
    """Make datastreams; activity "test.measure" is active, no other is."""
    from plein.foundation.gate import door
    from plein.foundation.observations import registration

    def only_one(key: str, now: datetime) -> object:
        if key != "test.measure":
            raise NoSuchActivity(activity=key)
        return object()

    monkeypatch.setattr(door, "require_activity", only_one)
    registration.forget()

    def make(**fields: object) -> Datastream:
        thing = Thing.objects.create(name="Lantern")
        sensor = Sensor.objects.create(name="SDS011")
        seen = ObservedProperty.objects.create(name="PM2.5", definition="http://example.org/pm25")
        values = {"name": "PM2.5 at the lantern", "activity": "test.measure", **fields}
        return Datastream.objects.create(thing=thing, sensor=sensor, observed_property=seen, **values)

    yield make
    registration.forget()


from plein.foundation.errors import Refused  # noqa: E402


class NoSuchActivity(Refused):
    """The activity is not registered."""

    message = "{activity} is not registered"
