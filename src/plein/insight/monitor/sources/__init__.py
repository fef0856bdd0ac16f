"""Real data for the monitor: areas, finance, crime, waste and public space, each from a file or a live address."""

from plein.foundation.rooms import Source
from plein.foundation.words import Text
from plein.insight.monitor.sources import areas, crime, finance, live, public_space, waste

CC_BY = "CC BY 4.0"
BORDERS = ("monitor.borders_gemeenten", "monitor.borders_buurten", "monitor.borders_live")


def sources() -> list[Source]:
    """List the named sources of the monitor, for its sign."""
    return [
        Source(
            key="monitor.key_figures",
            title=Text("Kerncijfers wijken en buurten 2024", "Key figures of districts and neighbourhoods 2024"),
            licence=CC_BY,
            recognise=areas.is_key_figures,
            load=areas.load_key_figures,
        ),
        Source(
            key="monitor.key_figures_amsterdam",
            title=Text("Kerncijfers van Amsterdam 2020 en 2024", "Key figures of Amsterdam 2020 and 2024"),
            licence=CC_BY,
            recognise=areas.is_amsterdam,
            load=areas.load_amsterdam,
            after=["monitor.key_figures"],
        ),
        Source(
            key="monitor.wijken_2022",
            title=Text("Kerncijfers van wijken 2022", "Key figures of districts 2022"),
            licence=CC_BY,
            recognise=areas.is_wijken_2022,
            load=areas.load_wijken_2022,
            after=["monitor.key_figures"],
        ),
        Source(
            key="monitor.borders_gemeenten",
            title=Text("Grenzen van gemeenten 2024", "Borders of municipalities 2024"),
            licence=CC_BY,
            recognise=areas.is_gemeenten,
            load=areas.load_gemeenten,
        ),
        Source(
            key="monitor.borders_buurten",
            title=Text("Grenzen van wijken en buurten 2024", "Borders of districts and neighbourhoods 2024"),
            licence=CC_BY,
            recognise=areas.is_buurten,
            load=areas.load_buurten,
            after=["monitor.key_figures"],
        ),
        Source(
            key="monitor.key_figures_live",
            title=Text("Kerncijfers, live van het CBS", "Key figures, live from CBS"),
            licence=CC_BY,
            recognise=live.is_areas,
            load=live.load_areas,
            live=f"{live.CBS_AREAS}/TypedDataSet",
            pull=live.pull_areas,
            after=["monitor.key_figures"],
        ),
        Source(
            key="monitor.borders_live",
            title=Text("Grenzen van buurten, live van PDOK", "Borders of neighbourhoods, live from PDOK"),
            licence=CC_BY,
            recognise=live.is_buurten,
            load=live.load_buurten,
            live=live.PDOK,
            pull=live.pull_buurten,
            after=["monitor.borders_buurten", "monitor.key_figures_live"],
        ),
        Source(
            key="monitor.finance_live",
            title=Text("Lasten per taakveld, live van het CBS", "Expenditure per task field, live from CBS"),
            licence=CC_BY,
            recognise=live.is_finance,
            load=live.load_finance,
            live=live.IV3,
            pull=live.pull_finance,
            after=["monitor.finance_tasks"],
        ),
        Source(
            key="monitor.population_grid",
            title=Text("Inwoners per vierkant van 100 meter", "Inhabitants per 100 metre square"),
            licence=CC_BY,
            recognise=areas.is_grid,
            load=areas.load_grid,
            after=BORDERS,
        ),
        Source(
            key="monitor.finance",
            title=Text("Begrotingen en jaarrekeningen (Iv3)", "Budgets and annual accounts (Iv3)"),
            licence=CC_BY,
            recognise=finance.is_summary,
            load=finance.load_summary,
        ),
        Source(
            key="monitor.finance_tasks",
            title=Text("Lasten per taakveld (Iv3)", "Expenditure per task field (Iv3)"),
            licence=CC_BY,
            recognise=finance.is_tasks,
            load=finance.load_tasks,
        ),
        Source(
            key="monitor.crime_monthly",
            title=Text("Misdrijven per maand, regio Den Haag", "Crimes per month, region of The Hague"),
            licence="none stated: test data",
            recognise=crime.is_monthly,
            load=crime.load_monthly,
        ),
        Source(
            key="monitor.waste_clusters",
            title=Text("Plekken met afvalcontainers", "Places with waste containers"),
            licence=CC_BY,
            recognise=waste.is_clusters,
            load=waste.load_clusters,
            after=BORDERS,
        ),
        Source(
            key="monitor.waste_clusters_rest",
            title=Text("Plekken met containers voor restafval", "Places with containers for residual waste"),
            licence=CC_BY,
            recognise=waste.is_rest_clusters,
            load=waste.load_rest_clusters,
            after=[*BORDERS, "monitor.waste_clusters"],
        ),
        Source(
            key="monitor.waste_weighings",
            title=Text("Wegingen van restafval", "Weighings of residual waste"),
            licence=CC_BY,
            recognise=waste.is_weighings,
            load=waste.load_weighings,
            after=BORDERS,
        ),
        Source(
            key="monitor.light_poles",
            title=Text("Lichtmasten", "Light poles"),
            licence="none stated: test data",
            recognise=public_space.is_light_poles,
            load=public_space.load_light_poles,
            after=BORDERS,
        ),
        Source(
            key="monitor.street_furniture",
            title=Text("Straatmeubilair (BGT)", "Street furniture (BGT)"),
            licence="CC0",
            recognise=public_space.is_street_furniture,
            load=public_space.load_street_furniture,
            after=BORDERS,
        ),
    ]
