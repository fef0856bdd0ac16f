"""The citizen service number (BSN): when it is one, and hiding it wherever it should not be. No framework.

Source: Wet algemene bepalingen burgerservicenummer; the eleven test is in the Logisch Ontwerp BSN, 3.2.
"""

import re
from typing import Any

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
MASK = "*********"
# A run of hex of a trace or span id is left whole; digits of one number may be parted by dots, spaces or dashes.
_PLACES = re.compile(
    r"(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{16})(?![0-9a-f])|(?P<nine>(?<!\d)\d(?:[ .\-]?\d){8}(?!\d))"
)


def is_bsn(text: str) -> bool:
    """Tell whether nine digits can be a BSN: the eleven test, and not all zeros."""
    if len(text) != len(WEIGHTS) or not (text.isascii() and text.isdigit()) or not text.strip("0"):
        return False
    return sum(weight * int(digit) for weight, digit in zip(WEIGHTS, text, strict=True)) % 11 == 0


def tidied(text: str) -> str:
    """Give what somebody typed as nine digits where it can be: without dots and spaces, with the zero in front."""
    digits = re.sub(r"[ .\-]", "", text.strip())
    return digits.zfill(9) if digits.isascii() and digits.isdigit() and len(digits) == 8 else digits


def masked(text: str) -> str:
    """Hide every number in a text that can be a BSN."""

    def hidden(found: re.Match[str]) -> str:
        return MASK if found["nine"] and is_bsn(re.sub(r"\D", "", found[0])) else found[0]

    return _PLACES.sub(hidden, text)


def masked_in(thing: Any) -> Any:
    """Hide every number that can be a BSN in texts, numbers, lists and dictionaries, however deep."""
    if isinstance(thing, str):
        return masked(thing)
    if isinstance(thing, int) and not isinstance(thing, bool):
        return MASK if is_bsn(f"{thing:09d}") and thing >= 10_000_000 else thing
    if isinstance(thing, dict):
        return {masked_in(key): masked_in(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return type(thing)(masked_in(one) for one in thing) if type(thing) in (list, tuple) else thing
    return thing
