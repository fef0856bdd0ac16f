"""Who listens to what, read from the signs of the rooms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from typing import Any

import msgspec
from django.apps import apps

from plein.foundation.events.events import Event
from plein.foundation.events.models import Message
from plein.foundation.rooms import rooms


@dataclass(frozen=True, slots=True)
class Listener:
    """One room's ear for one type of event; the key stays the same when the function gets another name."""

    key: str
    function: Callable[..., None]
    event: type[Event] | None

    def hear(self, message: Message, *, now: datetime) -> None:
        """Tell the listener: its own event class, or a dict for another room's."""
        said: Any = as_event(self.event, message) if self.event else as_dict(message)
        if "now" in signature(self.function).parameters:
            self.function(said, now=now)
        else:
            self.function(said)


def as_event(event: type[Event], message: Message) -> Event:
    """Make the event again from the outbox.

    Raises msgspec.ValidationError when the class no longer fits what was announced.
    """
    return msgspec.convert({**message.data, "at": message.at}, type=event)


def as_dict(message: Message) -> dict[str, Any]:
    """Give an event as a dict: its data, with type, id, subject and at."""
    envelope = {"type": message.type, "id": str(message.uuid), "subject": message.subject, "at": message.at}
    return {**message.data, **envelope}


@cache
def listeners() -> Mapping[str, tuple[Listener, ...]]:
    """Give the listeners by type of event."""
    found: dict[str, tuple[Listener, ...]] = {}
    for room in rooms():
        for heard, function in room.hears().items():
            event = heard if isinstance(heard, type) and issubclass(heard, Event) else None
            name = event.type if event else str(heard)
            found[name] = (*found.get(name, ()), Listener(f"{room.label}:{name}", function, event))
    return found


@cache
def announced() -> Mapping[str, type[Event]]:
    """Give the event classes that the rooms and the foundation announce, by type; as the signs say."""
    classes = [event for room in rooms() for event in room.announces if issubclass(event, Event)]
    return {event.type: event for event in classes + _of_the_foundation()}


def _of_the_foundation() -> list[type[Event]]:
    """Give the event classes that live in the foundation itself, after reading the `events` module of each app."""
    for config in apps.get_app_configs():
        name = f"{config.name}.events"
        if config.name.startswith("plein.foundation.") and find_spec(name):
            import_module(name)
    own = [event for event in _subclasses(Event) if event.__module__.startswith("plein.foundation.")]
    return [event for event in own if ".tests." not in event.__module__]


def _subclasses(event: type[Event]) -> list[type[Event]]:
    direct = event.__subclasses__()
    return direct + [deeper for one in direct for deeper in _subclasses(one)]
