from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from plein.city.sensing.events import AlertEnded, AlertRaised
from plein.foundation.rooms import Activity, AreaCard, HomeTile, MapLayer, MenuEntry, Role, Room, SearchSource, Source
from plein.foundation.words import Text

_SECURITY = Text("Versleutelde verbinding, token per sensor.", "Encrypted connection, a token for each sensor.")
_RETENTION = Text("Metingen blijven bewaard als geschiedenis.", "Readings are kept as history.")
_PUBLIC = Text("Iedereen, als open data.", "Everyone, as open data.")
_COMMON: dict[str, Any] = {
    "legal_basis": "6.1.e",
    "recipients": _PUBLIC,
    "owner": "role:sensor-manager",
    "retention": _RETENTION,
    "security": _SECURITY,
    "dpv": "https://w3id.org/dpv#PublicBenefit",
}
_PRODUCTS = ("sensing.stations", "sensing.hourly_means", "sensing.daily_means")

AIR = Activity(
    key="sensing.air",
    title=Text("Luchtkwaliteit meten", "Measuring air quality"),
    purpose=Text(
        "Weten hoe schoon de lucht is, waarschuwen als zij vuil is, en beleid daarop maken.",
        "Knowing how clean the air is, warning when it is not, and making policy on it.",
    ),
    law="Omgevingswet, artikel 20.1; Richtlijn (EU) 2024/2881",
    data=Text("Stoffen in de buitenlucht, per meetpunt en tijd.", "Substances in outdoor air, by point and time."),
    products=_PRODUCTS,
    **_COMMON,
)
NOISE = Activity(
    key="sensing.noise",
    title=Text("Geluid meten", "Measuring noise"),
    purpose=Text(
        "Weten hoe hard het geluid op straat is, en overlast in de nacht tegengaan.",
        "Knowing how loud the street is, and reducing nuisance at night.",
    ),
    law="Omgevingswet, artikel 20.1; Richtlijn 2002/49/EG",
    data=Text(
        "Geluidsniveau in decibel. Er wordt geen geluid opgenomen en geen spraak herkend.",
        "Sound level in decibels. No sound is recorded and no speech is recognised.",
    ),
    products=_PRODUCTS,
    **_COMMON,
)
TRAFFIC = Activity(
    key="sensing.traffic",
    title=Text("Verkeer tellen", "Counting traffic"),
    purpose=Text(
        "Weten hoeveel fietsers, voetgangers en auto's er zijn, voor veilige en ruime straten.",
        "Knowing how many cyclists, pedestrians and cars there are, for safe and roomy streets.",
    ),
    law="Wegenverkeerswet 1994, artikel 2",
    data=Text(
        "Aantallen per soort en tijd. Er worden geen beelden en geen kentekens bewaard.",
        "Numbers by kind and time. No pictures and no number plates are kept.",
    ),
    products=_PRODUCTS,
    **_COMMON,
)
WEATHER = Activity(
    key="sensing.weather",
    title=Text("Weer bijhouden", "Keeping the weather"),
    purpose=Text(
        "Metingen en overlast kunnen verklaren uit het weer, en op tijd strooien of water geven.",
        "Explaining readings and nuisance by the weather, and salting or watering in time.",
    ),
    law="Gemeentewet, artikel 108",
    data=Text("Temperatuur, wind, regen en vocht.", "Temperature, wind, rain and humidity."),
    products=(*_PRODUCTS, "sensing.weather_days"),
    **_COMMON,
)


def _layer(quantity: str, order: int) -> MapLayer:
    """Make the layer of the daily means of a quantity."""
    from plein.city.sensing import queries
    from plein.city.sensing.rules.quantities import QUANTITIES

    about = QUANTITIES[quantity]
    return MapLayer(
        key=f"sensing.{quantity}",
        title=about.title,
        kind="points",
        unit=about.unit,
        source=Text("Meetpunten, daggemiddelde", "Measuring points, daily mean"),
        points=partial(queries.layer_points, quantity),
        moments=partial(queries.layer_moments, quantity),
        products=("sensing.daily_means",),
        order=30 + order,
    )


class Sensing(Room):
    """What is measured in public space: air, noise, traffic and weather."""

    name = "plein.city.sensing"
    label = "sensing"
    title = Text("Meten", "Measuring")
    purpose = Text(
        "Laat zien wat de gemeente in de openbare ruimte meet, waarom, en hoe goed de metingen zijn.",
        "Shows what the municipality measures in public space, why, and how good the readings are.",
    )
    owner = "role:sensor-manager"
    address = "meten"
    activities = (AIR, NOISE, TRAFFIC, WEATHER)
    products = ("sensing.stations", "sensing.hourly_means", "sensing.daily_means", "sensing.weather_days")
    announces = (AlertRaised, AlertEnded)
    roles = (
        Role(
            key="sensor-manager",
            title=Text("Sensorbeheerder", "Sensor manager"),
            duty=Text(
                "Zorgt dat sensoren werken en meetreeksen zijn geregistreerd.",
                "Keeps sensors working and datastreams registered.",
            ),
        ),
    )
    rights = {
        "sensing.register": ("sensor-manager",),
        "sensing.write": ("sensor-manager",),
        "sensing.care": ("sensor-manager",),
    }
    right_titles = {
        "sensing.register": Text("Meetpunten en sensoren aanmelden", "Register points and sensors"),
        "sensing.write": Text("Metingen insturen", "Send readings"),
        "sensing.care": Text("Voor sensoren zorgen", "Look after sensors"),
    }
    retention = Text(
        "Metingen worden bewaard als geschiedenis van de stad. Ze gaan niet over personen.",
        "Readings are kept as the town's history. They are not about persons.",
    )

    def offers(self) -> Sequence[Any]:
        """Offer the map of points, layers of air and noise, a card per neighbourhood, and the points to search."""
        from plein.city.sensing import queries

        return [
            HomeTile(
                title=Text("Meten", "Measuring"),
                text=Text(
                    "Hoe schoon is de lucht, hoe druk en hoe luid is de straat?", "How clean, busy and loud is it?"
                ),
                url_name="sensing:map",
                icon="activity",
                order=10,
                number=queries.home_number,
            ),
            MenuEntry(title=Text("Meten", "Measuring"), url_name="sensing:map", order=10),
            MenuEntry(title=Text("Sensoren", "Sensors"), url_name="sensing:care", audience="sensor-manager", order=300),
            *(_layer(key, order) for order, key in enumerate(("no2", "pm25", "pm10", "o3", "noise", "bicycles"))),
            AreaCard(
                title=Text("Gemeten in deze buurt", "Measured here"),
                read=queries.area_card,
                products=("sensing.stations", "sensing.hourly_means"),
                order=20,
            ),
            SearchSource(key="sensing", title=Text("Meetpunten", "Measuring points"), documents=queries.documents),
        ]

    def jobs(self) -> Sequence[Any]:
        """List what this room does by itself."""
        from plein.city.sensing import jobs

        return [jobs.judge, jobs.watch, jobs.care, jobs.publish]

    def sources(self) -> Sequence[Source]:
        """List the sources of readings."""
        from plein.city.sensing.sources import sources

        return sources()

    def furnish(self) -> Callable[..., None]:
        """Give the function that furnishes the sensors of the demo town."""
        from plein.city.sensing.demo import furnish

        return furnish
