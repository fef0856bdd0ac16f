"""What a report must have before it is filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from plein.service.reports.rules.spam import MOST_SIGNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says; everything but text, category and place may be left out.

    contact: of "name", "email", "phone" what was given. photos: tokens of uploads. danger_seen: the reporter saw the
    phone number and says that no help is needed now. draft_key: one per form, so that sending twice gives one report.
    origin: where it came from (an address on the network), only kept as a keyed hash for some days.
    """

    text: str
    category: str
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    place_found: str = ""
    asset: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    contact: Mapping[str, str] = field(default_factory=dict)
    language: str = "nl"
    source: str = "web"
    photos: Sequence[str] = ()
    photos_owner: str = ""
    danger_seen: bool = False
    suggested: str = ""
    certainty: float | None = None
    chosen_by: str = "reporter"
    draft_key: str = ""
    origin: str = ""


def tidy(text: str) -> str:
    """Take out what no text needs: the character NUL, and spaces around it; line breaks stay."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def wrong_with(text: str) -> str:
    """Say what is wrong with a text: "empty", "long" or ""."""
    if not text:
        return "empty"
    return "long" if len(text) > MOST_SIGNS else ""


def rounded(lon: float, lat: float, *, metres: int) -> tuple[float, float]:
    """Round a place to a grid of so many metres, as the public may see it; 0 leaves it as it is.

    Source: a degree of latitude is 111.2 km, one of longitude at 52 degrees north 68.5 km.
    """
    if metres <= 0:
        return lon, lat
    east, north = metres / 68_500, metres / 111_200
    return round(round(lon / east) * east, 6), round(round(lat / north) * north, 6)
