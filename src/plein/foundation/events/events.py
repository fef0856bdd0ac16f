"""The shape of an event: a plain frozen dataclass in the past tense, with a type name that the world may know."""

import re
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from plein.foundation.words import Text

TYPE_NAME = re.compile(r"[a-z]{2,}(\.[a-z0-9]+(-[a-z0-9]+)*){2,}")


@dataclass(frozen=True)
class Event:
    """Something that happened, at a moment.

    type: a reverse domain name that never changes its meaning; title: what happened, in words. subject: what it
    happened to; events of one subject reach each listener in order. outward: subscribers outside may have it;
    set it to False for whatever says something of a person.
    """

    type: ClassVar[str]
    title: ClassVar[Text]
    outward: ClassVar[bool] = True

    at: datetime = field(kw_only=True)

    def __init_subclass__(cls, **options: Any) -> None:
        """Refuse a class whose type is no reverse domain name (NL GOV profile for CloudEvents, `type`).

        Raises ValueError.
        """
        super().__init_subclass__(**options)
        if not TYPE_NAME.fullmatch(getattr(cls, "type", "")):
            raise ValueError(f"{cls.__name__}.type must be a reverse domain name such as nl.plein.room.thing-happened")

    @property
    def subject(self) -> str:
        """Name what the event is about; empty when order does not matter."""
        return ""

    def data(self) -> dict[str, Any]:
        """Give what the event says, without its moment, as JSON can hold it."""
        said: dict[str, Any] = msgspec.to_builtins({one.name: getattr(self, one.name) for one in fields(self)})
        said.pop("at")
        return said


def schema_of(event: type[Event]) -> dict[str, Any]:
    """Describe the data of an event class as JSON Schema."""
    _, definitions = msgspec.json.schema_components([event], ref_template="#/$defs/{name}")
    found: dict[str, Any] = definitions.pop(event.__name__)
    found["properties"].pop("at", None)
    found["required"] = [name for name in found.get("required", []) if name != "at"]
    found["description"] = event.title.en
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "$defs": definitions}
