"""When reports look like spam: too many of one sender, too many at one place, or the same text again."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

WINDOW = timedelta(minutes=30)
OF_ONE_SENDER = 12
AT_ONE_PLACE = 40
ALIKE_BITS = 3
SAME_SENDER_ALIKE = 1
AT_PLACE_ALIKE = 4
MOST_SIGNS = 3000
LEAST_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Earlier:
    """A report that came in within the window: when, whether of this sender, whether here, and its likeness."""

    at: datetime
    same_sender: bool
    same_place: bool
    likeness: int | None


def likeness(text: str) -> int:
    """Make a simhash of a text: texts that are alike differ in few of its 64 bits. Returns a signed 64 bit number.

    Source: Charikar, Similarity estimation techniques from rounding algorithms (2002), on pairs of words.
    """
    words = re.findall(r"\w+", text.lower())
    parts = [" ".join(pair) for pair in pairwise(words)] + words
    votes = [0] * 64
    for part in parts:
        number = int.from_bytes(hashlib.blake2b(part.encode(), digest_size=8).digest(), "big")
        for bit in range(64):
            votes[bit] += 1 if number >> bit & 1 else -1
    whole = sum(1 << bit for bit, vote in enumerate(votes) if vote > 0)
    return whole - (1 << 64) if whole >= 1 << 63 else whole


def bits_apart(one: int, other: int) -> int:
    """Count the bits in which two likenesses differ."""
    return ((one ^ other) & ((1 << 64) - 1)).bit_count()


def _alike(mark: int, earlier: Earlier) -> bool:
    return earlier.likeness is not None and bits_apart(mark, earlier.likeness) <= ALIKE_BITS


def judge(earlier: Iterable[Earlier], *, mark: int) -> str:
    """Say what is wrong with one more report: "" is nothing, "sender", "place" or "text".

    earlier: those of the last WINDOW of the same sender or at the same place. mark: the likeness of the new text.
    Neighbours may all report the fallen tree; one sender may not send it over and over.
    """
    found = list(earlier)
    if sum(one.same_sender for one in found) >= OF_ONE_SENDER:
        return "sender"
    alike = [one for one in found if _alike(mark, one)]
    if sum(one.same_sender and one.same_place for one in alike) >= SAME_SENDER_ALIKE or len(alike) >= AT_PLACE_ALIKE:
        return "text"
    return "place" if sum(one.same_place for one in found) >= AT_ONE_PLACE else ""
