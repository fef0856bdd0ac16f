"""Reference numbers that people can read out over the phone, and that give nothing away.

Random, so that nobody learns how many cases there are or finds the next one; no letters and digits that look or sound
alike (no 0/O, 1/I/L, 5/S, 2/Z, 8/B, U/V/W); the last character catches every single wrong character and every swap of
two neighbours, because the weights are all different modulo a prime.
"""

from collections.abc import Callable

ALPHABET = "34679ACDEFGHJKMNPQRTVXY"  # 23 characters: a prime, which the check needs
LENGTH = 9  # 23^9 is 1.8 * 10^12


def check_character(text: str) -> str:
    """Give the character to add: the sum of value times place (from 2), modulo 23, tells wrong from right."""
    total = sum(place * ALPHABET.index(character) for place, character in enumerate(text, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def new_reference(randbelow: Callable[[int], int], *, prefix: str = "") -> str:
    """Make a reference number: groups such as "K7F3-9QX-M4D"; randbelow: `secrets.randbelow`."""
    text = "".join(ALPHABET[randbelow(len(ALPHABET))] for _ in range(LENGTH))
    return prefix + grouped(text + check_character(text))


def grouped(text: str) -> str:
    """Write a number in groups: four, three and three."""
    return f"{text[:4]}-{text[4:7]}-{text[7:]}"


def tidied(text: str) -> str | None:
    """Read a reference number as somebody typed it; None when it cannot be one.

    Small letters, spaces, missing or other dashes are all fine.
    """
    plain = "".join(character for character in text.upper() if character.isalnum())
    if len(plain) != LENGTH + 1 or any(character not in ALPHABET for character in plain):
        return None
    return grouped(plain) if check_character(plain[:-1]) == plain[-1] else None
