"""Words that people write about a question: without what could point at somebody."""

import re

LONGEST = 300
_MAIL = re.compile(r"\S+@\S+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9 ]{8,30}\b")
_NUMBERS = re.compile(r"\+?\d(?:[\s.\-/]?\d){2,}")
_POSTCODE = re.compile(r"\b\d{4}\s?[A-Za-z]{2}\b")
_PLATE = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]{1,3}-[A-Za-z0-9]{1,3}-[A-Za-z0-9]{1,3}\b")
GONE = "[…]"


def redacted(text: str) -> str:
    """Take out addresses, numbers of three digits and more, postcodes, plates and accounts; at most 300 characters.

    A name is not recognised: the page asks not to write any.
    """
    plain = " ".join(text.split())
    for pattern in (_MAIL, _ADDRESS, _IBAN, _POSTCODE, _PLATE, _NUMBERS):
        plain = pattern.sub(GONE, plain)
    return plain[:LONGEST]
