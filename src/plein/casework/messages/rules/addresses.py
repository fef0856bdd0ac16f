"""Whether something can be an address, and the one way we write it. Pure.

E-mail: the part of RFC 5321 that mail servers really take. Phone: E.164. Post: as PostNL asks for, with the postcode as
"1234 AB", two spaces, and the place in capitals, no line longer than a window of 80 mm shows.
"""

import re

_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_POSTCODE = re.compile(r"([1-9]\d{3})\s*([A-Za-z]{2})")
LONGEST_LINE = 40


def email(text: str) -> str:
    """Give an e-mail address as we write it, "" when it cannot be one; the domain in small letters."""
    found = text.strip()
    if not _EMAIL.fullmatch(found) or len(found) > 254 or ".." in found or found.startswith("."):
        return ""
    name, _, domain = found.rpartition("@")
    return "" if name.endswith(".") else f"{name}@{domain.lower()}"


def phone(text: str) -> str:
    """Give a phone number as E.164, "+31612345678"; "" when it cannot be one. Without a country it is Dutch."""
    digits = re.sub(r"[\s().-]", "", text.strip())
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+31{digits[1:]}"
    if digits.startswith("+310"):
        digits = f"+31{digits[4:]}"
    if not re.fullmatch(r"\+[1-9]\d{7,14}", digits) or (digits.startswith("+31") and len(digits) != 12):
        return ""
    return digits


def is_mobile(number: str) -> bool:
    """Tell whether a number can take an SMS: of Dutch ones only 06, of others we do not know and try."""
    return bool(number) and (number.startswith("+316") or not number.startswith("+31"))


def postcode(text: str) -> str:
    """Give a Dutch postcode as "1234 AB", "" when it is none."""
    found = _POSTCODE.fullmatch(text.strip())
    return f"{found[1]} {found[2].upper()}" if found else ""


def postal(name: str, lines: tuple[str, ...], code: str, place: str) -> tuple[str, ...]:
    """Give the lines of a postal address, () when it is not whole: name, street, "1234 AB  PLACE"; at most six."""
    rest = tuple(line.strip() for line in lines if line.strip())
    written = postcode(code)
    if not rest or not written or not place.strip():
        return ()
    found = (*((name.strip(),) if name.strip() else ()), *rest, f"{written}  {place.strip().upper()}")
    return found if len(found) <= 6 else ()


def hidden(address: str) -> str:
    """Show of an address only what its owner needs to recognise it: "m…@example.org", "+316…78"."""
    if "@" in address:
        name, _, domain = address.rpartition("@")
        return f"{name[:1]}…@{domain}"
    return f"{address[:4]}…{address[-2:]}" if len(address) > 7 else "…"
