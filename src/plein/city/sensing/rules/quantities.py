"""What can be measured: unit, possible values, and how a sensor of it fails."""

from dataclasses import dataclass

from plein.foundation.words import Text

_EEA = "http://dd.eionet.europa.eu/vocabulary/aq/pollutant"
_QUDT = "http://qudt.org/vocab/quantitykind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A quantity that is measured.

    low, high: what a working sensor can give. noise: how far below zero a good instrument may read (None: never).
    spike: a jump from the neighbouring readings that nature does not make. flat_h: hours of the very same value after
    which a sensor must be stuck; zero_h: hours of nothing after which it must be; None where both happen in nature.
    averaged: how readings become a mean (means.AVERAGED): plain, energetic (sound levels) or circular (directions).
    """

    key: str
    theme: str
    title: Text
    unit: str
    definition: str
    low: float
    high: float
    noise: float | None = 0.0
    spike: float | None = None
    flat_h: int | None = None
    zero_h: int | None = None
    averaged: str = "plain"


def _gas(key: str, nl: str, en: str, number: int, *, high: float, noise: float, spike: float) -> Quantity:
    return Quantity(
        key=key,
        theme="air",
        title=Text(nl, en),
        unit="µg/m³",
        definition=f"{_EEA}/{number}",
        low=-noise * 4,
        high=high,
        noise=noise,
        spike=spike,
        flat_h=12,
        zero_h=24,
    )


def _count(key: str, nl: str, en: str, *, high: float) -> Quantity:
    return Quantity(
        key=key,
        theme="traffic",
        title=Text(nl, en),
        unit="1/h",
        definition=f"{_QUDT}/Count",
        low=0,
        high=high,
        zero_h=48,
    )


def _noise(key: str, nl: str, en: str, *, averaged: str = "plain") -> Quantity:
    """Give a sound level. An equivalent level is averaged by its energy; levels that are passed so often are not."""
    definition = f"{_QUDT}/SoundPressureLevel"
    return Quantity(
        key=key,
        theme="noise",
        title=Text(nl, en),
        unit="dB(A)",
        definition=definition,
        low=15,
        high=130,
        spike=35,
        flat_h=8,
        zero_h=3,
        averaged=averaged,
    )


def _weather(
    key: str,
    nl: str,
    en: str,
    *,
    unit: str,
    kind: str,
    low: float,
    high: float,
    flat_h: int | None = None,
    averaged: str = "plain",
) -> Quantity:
    noise = None if low < 0 else 0.0
    definition = f"{_QUDT}/{kind}"
    return Quantity(
        key=key,
        theme="weather",
        title=Text(nl, en),
        unit=unit,
        definition=definition,
        low=low,
        high=high,
        noise=noise,
        flat_h=flat_h,
        averaged=averaged,
    )


_ALL = [
    _gas("no2", "Stikstofdioxide (NO₂)", "Nitrogen dioxide (NO₂)", 8, high=1000, noise=5, spike=150),
    _gas("pm10", "Fijnstof (PM10)", "Particulate matter (PM10)", 5, high=600, noise=10, spike=150),
    _gas("pm25", "Fijnstof (PM2,5)", "Fine particles (PM2.5)", 6001, high=500, noise=10, spike=100),
    _gas("o3", "Ozon (O₃)", "Ozone (O₃)", 7, high=500, noise=5, spike=120),
    _gas("no", "Stikstofmonoxide (NO)", "Nitric oxide (NO)", 38, high=1500, noise=5, spike=300),
    _gas("co", "Koolmonoxide (CO)", "Carbon monoxide (CO)", 10, high=30_000, noise=100, spike=5000),
    _gas("so2", "Zwaveldioxide (SO₂)", "Sulphur dioxide (SO₂)", 1, high=1500, noise=5, spike=300),
    _gas("soot", "Roet", "Soot", 391, high=100, noise=1, spike=30),
    _gas("benzene", "Benzeen", "Benzene", 20, high=200, noise=1, spike=50),
    _gas("toluene", "Tolueen", "Toluene", 21, high=500, noise=1, spike=100),
    _gas("h2s", "Zwavelwaterstof (H₂S)", "Hydrogen sulphide (H₂S)", 11, high=300, noise=2, spike=60),
    _noise("noise", "Geluid, gemiddeld", "Noise, average", averaged="energetic"),
    _noise("noise_median", "Geluid, mediaan (50%)", "Noise, median (50%)"),
    _noise("noise_peak", "Geluid, pieken (5%)", "Noise, peaks (5%)"),
    _noise("noise_background", "Geluid, achtergrond (95%)", "Noise, background (95%)"),
    _count("bicycles", "Fietsers", "Bicycles", high=10_000),
    _count("cars", "Auto's", "Cars", high=10_000),
    _count("heavy", "Vrachtverkeer", "Heavy traffic", high=5000),
    _count("pedestrians", "Voetgangers", "Pedestrians", high=50_000),
    Quantity(
        key="speed_v85",
        theme="traffic",
        title=Text("Snelheid (85% rijdt niet harder)", "Speed (85% drive no faster)"),
        unit="km/h",
        definition=f"{_QUDT}/Speed",
        low=0,
        high=200,
        zero_h=48,
    ),
    _weather("temperature", "Temperatuur", "Temperature", unit="°C", kind="Temperature", low=-30, high=45, flat_h=24),
    _weather("humidity", "Luchtvochtigheid", "Humidity", unit="%", kind="RelativeHumidity", low=0, high=100),
    _weather("wind_speed", "Wind", "Wind", unit="m/s", kind="WindSpeed", low=0, high=60),
    _weather(
        "wind_direction", "Windrichting", "Wind direction", unit="°", kind="Angle", low=0, high=360, averaged="circular"
    ),
    _weather("rain", "Regen", "Rain", unit="mm", kind="LiquidWaterDepth", low=0, high=150),
    _weather("pressure", "Luchtdruk", "Air pressure", unit="hPa", kind="Pressure", low=900, high=1100, flat_h=48),
    _weather("sunshine", "Zon", "Sunshine", unit="h", kind="Time", low=0, high=24),
]
QUANTITIES: dict[str, Quantity] = {one.key: one for one in _ALL}
THEMES: dict[str, Text] = {
    "air": Text("Lucht", "Air"),
    "noise": Text("Geluid", "Noise"),
    "traffic": Text("Verkeer", "Traffic"),
    "weather": Text("Weer", "Weather"),
}
KINDS: dict[str, Text] = {
    "reference": Text("officieel meetstation", "official station"),
    "citizen": Text("sensor van een inwoner", "resident's sensor"),
    "own": Text("van de gemeente", "of the municipality"),
    "weather": Text("weerstation", "weather station"),
}


def activity_of(theme: str) -> str:
    """Name the processing activity that a theme is measured for."""
    return f"sensing.{theme}"


def by_definition(definition: str) -> Quantity | None:
    """Find a quantity by the IRI of what it means, for datastreams that came in by the interface."""
    return next((one for one in _ALL if one.definition == definition), None)
