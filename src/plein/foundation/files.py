"""Files from outside, opened with care: by content, never by name, within limits, refused whole when broken."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not accepted: where it stood (1-based, header not counted), why, and the row itself as text."""

    row: int
    reason: str
    text: str


@dataclass(slots=True)
class Loaded:
    """What came of loading one source from one file."""

    source: str
    file: str
    read: int = 0
    accepted: int = 0
    rejects: Sequence[Reject] = field(default_factory=list)
    note: str = ""
