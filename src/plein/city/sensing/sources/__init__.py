"""Where real readings come from: files that are recognised by their columns, and live addresses."""

from collections.abc import Sequence

from plein.city.sensing.sources import air, elsewhere, live, weather
from plein.foundation.rooms import Source
from plein.foundation.words import Text

_LUCHTMEETNET = "Luchtmeetnet, CC BY-ND 4.0"
_KNMI = "KNMI, CC BY 4.0"


def sources() -> Sequence[Source]:
    """List the sources, in the order they are loaded."""
    borders = ("monitor.borders_gemeenten", "monitor.borders_buurten")
    return [
        Source(
            key="sensing.luchtmeetnet_stations",
            title=Text("Meetstations van Luchtmeetnet", "Stations of Luchtmeetnet"),
            licence=_LUCHTMEETNET,
            recognise=air.is_stations,
            load=air.load_stations,
            live=live.LUCHTMEETNET,
            pull=live.pull_stations,
            after=borders,
        ),
        Source(
            key="sensing.luchtmeetnet_hours",
            title=Text("Uurwaarden van Luchtmeetnet", "Hourly values of Luchtmeetnet"),
            licence=_LUCHTMEETNET,
            recognise=air.is_hours,
            load=air.load_hours,
            live=live.LUCHTMEETNET,
            pull=live.pull_hours,
            after=(*borders, "sensing.luchtmeetnet_stations"),
        ),
        Source(
            key="sensing.samen_meten",
            title=Text("Sensoren van inwoners (Samen Meten)", "Residents' sensors (Samen Meten)"),
            licence="RIVM Samen Meten",
            recognise=air.is_citizens,
            load=air.load_citizens,
            live=live.SAMEN_METEN,
            pull=live.pull_citizens,
            after=borders,
        ),
        Source(
            key="sensing.knmi_hours",
            title=Text("Uurwaarden van het KNMI", "Hourly values of KNMI"),
            licence=_KNMI,
            recognise=weather.is_hours,
            load=weather.load_hours,
            after=borders,
        ),
        Source(
            key="sensing.knmi_days",
            title=Text("Dagwaarden van het KNMI", "Daily values of KNMI"),
            licence=_KNMI,
            recognise=weather.is_days,
            load=weather.load_days,
            live=live.KNMI,
            pull=live.pull_weather,
            after=borders,
        ),
        Source(
            key="sensing.leuven_noise",
            title=Text("Geluid in Leuven (voorbeeld)", "Noise in Leuven (example)"),
            licence="KU Leuven",
            recognise=elsewhere.is_leuven,
            load=elsewhere.load_leuven,
        ),
        Source(
            key="sensing.muenster_bicycles",
            title=Text("Fietsers in Münster (voorbeeld)", "Bicycles in Münster (example)"),
            licence="dl-de/by-2-0",
            recognise=elsewhere.is_muenster,
            load=elsewhere.load_muenster,
        ),
        Source(
            key="sensing.berlin_traffic",
            title=Text("Verkeer in Berlijn (voorbeeld)", "Traffic in Berlin (example)"),
            licence="Telraam, not for commerce",
            recognise=elsewhere.is_berlin,
            load=elsewhere.load_berlin,
        ),
    ]
