"""Codes that show that an e-mail address is somebody's own. Pure."""

from datetime import timedelta

LIFE = timedelta(minutes=30)
TRIES = 5
"""Wrong tries until a code ends. Six digits and five tries: one chance in 200,000."""
PER_HOUR = 3
"""Codes that somebody may ask for in an hour, so that nobody's mailbox is filled."""
DIGITS = 6


def tidied(code: str) -> str:
    """Give a code as it was sent, however it was typed: "482 913", "482-913"."""
    return "".join(sign for sign in code if sign.isdigit())


def spaced(code: str) -> str:
    """Write a code so that it can be read over: "482 913"."""
    return f"{code[:3]} {code[3:]}"
