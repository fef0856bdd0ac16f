"""What can be told about a product in pictures."""

from dataclasses import dataclass

from plein.foundation.catalogue.contracts import Contract

MOST_MEASURES = 6
NAMES = ("name", "naam", "title", "label", "place", "address")


@dataclass(frozen=True, slots=True)
class Story:
    """Which columns a picture can be made of.

    measures: number columns with one unit, so that a mean means something.
    """

    temporal: str = ""
    lon: str = ""
    lat: str = ""
    code: str = ""
    label: str = ""
    measures: tuple[str, ...] = ()


def story_of(agreed: Contract) -> Story:
    """Choose what can be told about a product in pictures, from its contract."""
    geometry = agreed.geometry or {}
    places = {geometry.get("lon"), geometry.get("lat"), *agreed.key_columns}
    kinds = {column.name: column.type for column in agreed.columns}
    measures = [
        column.name
        for column in agreed.columns
        if column.unit and column.type in ("number", "integer") and column.name not in places
    ]
    texts = [column.name for column in agreed.columns if column.type == "string"]
    named = [name for name in texts if name in NAMES]
    return Story(
        temporal=agreed.temporal if kinds.get(agreed.temporal) in ("date", "timestamp") else "",
        lon=geometry.get("lon", ""),
        lat=geometry.get("lat", ""),
        code=geometry.get("code", ""),
        label=(named or texts or [""])[0],
        measures=tuple(measures[:MOST_MEASURES]),
    )
