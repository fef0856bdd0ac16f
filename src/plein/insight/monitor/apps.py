from collections.abc import Callable, Sequence

from plein.foundation.rooms import Room, Source
from plein.foundation.words import Text


class Monitor(Room):
    """The policy monitor: goals, indicators, norms and how far the town has come."""

    name = "plein.insight.monitor"
    label = "monitor"
    title = Text("Monitor", "Monitor")
    purpose = Text("", "")
    owner = "role:analyst"
    address = "monitor"
    products = [
        "monitor.areas",
        "monitor.crime",
        "monitor.crime_monthly",
        "monitor.finance",
        "monitor.finance_tasks",
        "monitor.health",
        "monitor.light_poles",
        "monitor.population_grid",
        "monitor.street_furniture",
        "monitor.waste_clusters",
        "monitor.waste_weighings",
    ]

    def sources(self) -> Sequence[Source]:
        """List the named sources of areas, finance, crime, waste and public space."""
        from plein.insight.monitor.sources import sources

        return sources()

    def furnish(self) -> Callable[..., None]:
        """Give what furnishes the demo town with its registers."""
        from plein.insight.monitor.demo import furnish

        return furnish
