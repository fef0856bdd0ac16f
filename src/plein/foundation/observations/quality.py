"""What is known about the quality of a reading: flags that add up, never a reason to delete."""

from enum import IntFlag

from plein.foundation.words import Text


class Quality(IntFlag):
    """Flags on a reading; 0 is a reading nothing is known against."""

    RANGE = 1
    SPIKE = 2
    FLAT = 4
    STUCK_AT_ZERO = 8
    NO_PLACE = 16
    NEGATIVE = 32
    SILENT = 64
    ESTIMATED = 128
    PROVISIONAL = 256
    WITHDRAWN = 512


WORDS: dict[Quality, Text] = {
    Quality.RANGE: Text("buiten het bereik van de sensor", "outside the range of the sensor"),
    Quality.SPIKE: Text("plotselinge uitschieter", "sudden spike"),
    Quality.FLAT: Text("te lang dezelfde waarde", "the same value for too long"),
    Quality.STUCK_AT_ZERO: Text("blijft op nul staan", "stuck at zero"),
    Quality.NO_PLACE: Text("meetpunt zonder geldige plek", "measuring point without a valid place"),
    Quality.NEGATIVE: Text("negatief waar dat niet kan", "negative where that cannot be"),
    Quality.SILENT: Text("sensor was stil", "sensor was silent"),
    Quality.ESTIMATED: Text("geschat", "estimated"),
    Quality.PROVISIONAL: Text("voorlopig, nog niet gekeurd", "provisional, not yet validated"),
    Quality.WITHDRAWN: Text("ingetrokken door de eigenaar", "withdrawn by the owner"),
}

# Readings with one of these do not count in a mean.
DOUBTFUL = (
    Quality.RANGE
    | Quality.SPIKE
    | Quality.FLAT
    | Quality.STUCK_AT_ZERO
    | Quality.NO_PLACE
    | Quality.NEGATIVE
    | Quality.WITHDRAWN
)


def words(mask: int) -> list[Text]:
    """Say in words what is flagged, in the order of the flags."""
    return [text for flag, text in WORDS.items() if mask & flag]
