"""How long what belongs to a report is kept, by how it ended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keeping:
    """Days after closing: contact details, text with photos; and days after filing: traces against spam."""

    key: str
    contact_days: int
    text_days: int


TRACES_DAYS = 3
ORDINARY = Keeping("ordinary", 60, 365)
BY_ENDING = {
    "solved": ORDINARY,
    "no-fault": ORDINARY,
    "not-ours": Keeping("not-ours", 30, 180),
    "known-planned": Keeping("known-planned", 365, 730),
    "will-not": Keeping("will-not", 180, 730),
    "merged": ORDINARY,
    "withdrawn": Keeping("withdrawn", 0, 0),
}


def keeping_for(ending: str) -> Keeping:
    """Give the terms of an ending; those of an ordinary one for an unknown word."""
    return BY_ENDING.get(ending, ORDINARY)
