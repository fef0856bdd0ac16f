from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plein.foundation.rooms import Activity, AreaCard, HomeTile, MenuEntry, Room, SearchSource, Source
from plein.foundation.words import Text


class Monitor(Room):
    """The policy monitor: goals, indicators, norms and how far the town has come."""

    name = "plein.insight.monitor"
    label = "monitor"
    title = Text("Monitor", "Monitor")
    purpose = Text(
        "Laten zien wat de gemeente wil bereiken, hoe ver zij is, en waar dat uit blijkt.",
        "Show what the municipality wants to achieve, how far it has come, and how we know.",
    )
    owner = "role:analyst"
    address = "monitor"
    activities = [
        Activity(
            key="monitor.indicators",
            title=Text("Beleidsmonitor", "Policy monitor"),
            purpose=Text(
                "Cijfers per gebied berekenen om te zien of de doelen van de gemeente dichterbij komen.",
                "Compute figures per area to see whether the municipality's goals come nearer.",
            ),
            legal_basis="6.1.e",
            law="Gemeentewet, artikelen 169 en 213a",
            data=Text(
                "Totalen en gemiddelden per gebied en periode, zonder persoonsgegevens.",
                "Totals and means per area and period, without personal data.",
            ),
            products=[
                "monitor.areas",
                "monitor.crime",
                "monitor.crime_monthly",
                "monitor.finance",
                "monitor.finance_tasks",
                "monitor.health",
                "monitor.waste_weighings",
                "sensing.daily_means",
                "sensing.hourly_means",
            ],
            owner="role:analyst",
            retention=Text("Zo lang de indicator bestaat.", "As long as the indicator exists."),
        )
    ]
    products = [
        "monitor.area_successors",
        "monitor.areas",
        "monitor.bus_stops",
        "monitor.crime",
        "monitor.crime_monthly",
        "monitor.finance",
        "monitor.finance_tasks",
        "monitor.health",
        "monitor.indicator_values",
        "monitor.light_poles",
        "monitor.population_grid",
        "monitor.street_bins",
        "monitor.street_furniture",
        "monitor.traffic_accidents",
        "monitor.waste_clusters",
        "monitor.waste_containers",
        "monitor.waste_weighings",
    ]
    rights = {"monitor.edit": ["analyst", "administrator"], "monitor.select": ["council-member", "analyst"]}
    right_titles = {
        "monitor.edit": Text("Indicatoren maken en publiceren", "Make and publish indicators"),
        "monitor.select": Text("Een eigen rapport samenstellen", "Put together a report of your own"),
    }
    retention = Text(
        "Waarden en hun geschiedenis blijven bewaard zo lang de indicator bestaat.",
        "Values and their history are kept as long as the indicator exists.",
    )

    def sources(self) -> Sequence[Source]:
        """List the named sources of areas, finance, crime, waste and public space."""
        from plein.insight.monitor.sources import sources

        return sources()

    def hears(self) -> Mapping[type | str, Callable[..., None]]:
        """Compute again when data behind an indicator is published anew."""
        from plein.insight.monitor import jobs

        return {"nl.plein.catalogue.product-published": jobs.note_publication}

    def jobs(self) -> Sequence[Any]:
        """List the jobs of the monitor."""
        from plein.insight.monitor import jobs

        return [jobs.refresh, jobs.judge_again]

    def offers(self) -> Sequence[Any]:
        """Offer a tile, menu entries, an area's card, search, and a map layer per indicator."""
        from plein.insight.monitor.queries import offers

        return [
            HomeTile(
                title=Text("Hoe staat de gemeente ervoor?", "How is the municipality doing?"),
                text=Text("Doelen, cijfers en of we op koers liggen.", "Goals, figures and whether we are on track."),
                url_name="monitor:board",
                icon="activity",
                order=20,
                number=offers.home_number,
            ),
            MenuEntry(title=Text("Monitor", "Monitor"), url_name="monitor:board", order=20),
            MenuEntry(
                title=Text("Indicatoren maken", "Make indicators"),
                url_name="monitor:desk",
                audience="analyst",
                order=20,
            ),
            MenuEntry(
                title=Text("Rapport voor de raad", "Report for the council"),
                url_name="monitor:report",
                audience="council-member",
                order=20,
            ),
            AreaCard(
                title=Text("Monitor", "Monitor"),
                read=offers.area_card,
                products=("monitor.indicator_values",),
                order=20,
            ),
            SearchSource(
                key="monitor",
                title=Text("Thema's en indicatoren", "Themes and indicators"),
                documents=offers.search_documents,
            ),
            *offers.map_layers(),
        ]

    def furnish(self) -> Callable[..., None]:
        """Give what furnishes the demo town with key figures and indicators."""
        from plein.insight.monitor.demo import furnish

        return furnish
