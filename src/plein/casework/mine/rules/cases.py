"""What a person sees of a case, in plain words."""

from collections.abc import Sequence
from typing import TypeVar

SECRET_FROM = 6
"""From "confidentieel" on nothing of it is shown to the persons in it (the classes of state secrets, VIR-BI)."""
PERSON, PUBLIC = "person", "public"
T = TypeVar("T")


def is_shown(audience: str, vertrouwelijkheid: int = 0) -> bool:
    """Tell whether a document or line of a case is shown to the person in it: only what was marked for them."""
    return audience in (PERSON, PUBLIC) and vertrouwelijkheid < SECRET_FROM


def next_of(stages: Sequence[T], current: T) -> T | None:
    """Give the stage after the current one; None at the end, or when the current one is not among them."""
    place = stages.index(current) if current in stages else len(stages)
    return stages[place + 1] if place + 1 < len(stages) else None
