"""How a value is shown on the map: five classes with a word each, so that colour never speaks alone."""

from bisect import bisect_right
from math import isnan

from plein.foundation.words import Text

CLASSES: tuple[Text, ...] = (
    Text("heel laag", "very low"),
    Text("laag", "low"),
    Text("gemiddeld", "medium"),
    Text("hoog", "high"),
    Text("heel hoog", "very high"),
)
NO_CLASS = Text("geen meting", "no reading")
# Upper limits of the first four classes. Air: the WHO daily guideline ends the second class where there is one.
# Noise: steps that people hear as clearly louder. Traffic and weather: plain steps.
STEPS: dict[str, tuple[float, float, float, float]] = {
    "no2": (10, 25, 50, 100),
    "pm10": (15, 45, 60, 100),
    "pm25": (5, 15, 25, 50),
    "o3": (60, 100, 120, 180),
    "no": (10, 30, 75, 150),
    "co": (400, 1000, 2000, 4000),
    "so2": (5, 20, 40, 125),
    "soot": (0.5, 1.5, 3, 6),
    "noise": (45, 53, 60, 70),
    "noise_median": (40, 48, 55, 65),
    "noise_peak": (50, 60, 70, 80),
    "noise_background": (35, 42, 50, 58),
    "bicycles": (20, 100, 300, 800),
    "cars": (50, 200, 500, 1000),
    "heavy": (5, 20, 50, 150),
    "pedestrians": (20, 100, 500, 2000),
    "temperature": (0, 10, 18, 25),
    "humidity": (40, 60, 75, 90),
    "wind_speed": (2, 5, 8, 14),
    "rain": (0.1, 1, 3, 10),
}
ORDER = ("no2", "pm25", "pm10", "o3", "noise", "bicycles", "cars", "temperature")


def class_of(quantity: str, value: float | None) -> int | None:
    """Give the class of a value, 0 to 4; None without a value or a scale."""
    if value is None or quantity not in STEPS or isnan(value):
        return None
    return bisect_right(STEPS[quantity], value)


def words_of(quantity: str, value: float | None) -> Text:
    """Say the class of a value."""
    found = class_of(quantity, value)
    return NO_CLASS if found is None else CLASSES[found]
