"""What every part of an answer needs to know: who asks, when, under which address, in which dialect."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from plein.city.sensing.api.addresses import Key, said_key
from plein.city.sensing.api.dialects import Dialect, dialect
from plein.city.sensing.api.entities import EntityType
from plein.city.sensing.api.filters import Node
from plein.city.sensing.api.sql import Conditions
from plein.foundation.identity.actors import Actor, can
from plein.foundation.observations.models import Datastream

READ_CLOSED = "sensing.care"


@dataclass(slots=True)
class Context:
    """One request. base: address of the interface without a slash at the end."""

    actor: Actor
    now_us: int
    base: str
    dialect: Dialect = field(default_factory=lambda: dialect(connection.vendor))
    _hidden: list[int] | None = None

    @property
    def open_only(self) -> bool:
        """Tell whether datastreams that are not open stay hidden."""
        return not can(self.actor, READ_CLOSED)

    @property
    def hidden(self) -> Sequence[int]:
        """List the datastreams that this reader may not see."""
        if self._hidden is None:
            closed = Datastream.objects.exclude(openness="open").values_list("pk", flat=True)
            self._hidden = list(closed) if self.open_only else []
        return self._hidden

    def conditions(self, kind: EntityType, alias: str, spoken: Dialect | None = None) -> Conditions:
        """Give what writes conditions about a type of entity."""
        return Conditions(
            kind,
            alias,
            spoken or self.dialect,
            now_us=self.now_us,
            open_only=self.open_only,
            holders=self.holders,
        )

    def holders(self, name: str, node: Node) -> Sequence[int]:
        """List the Datastreams or FeaturesOfInterest that have an Observation that meets a filter."""
        from plein.city.sensing.api import observed  # which asks by a context itself

        return observed.holders(self, name, node)

    def link(self, kind: EntityType, key: Key) -> str:
        """Give the address of an entity."""
        return f"{self.base}/{kind.set_name}({said_key(kind, key)})"

    def fetch(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Ask the database."""
        with connection.cursor() as cursor:
            cursor.execute(sql, list(params))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
