"""From what was typed to a value, per kind of question; or what is wrong, why, and what to do now.

Values are JSON values: text, numbers, true and false, days as "2026-11-22", lists and objects.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from plein.casework.forms.rules.definition import Question
from plein.foundation.identity.bsn import is_bsn, tidied
from plein.foundation.words import Text

LONGEST = {"text": 200, "long_text": 5_000, "email": 254, "phone": 30, "iban": 42, "plate": 12}
MOST_FILES = 5


class Wrong(Exception):
    """An answer that will not do. kind: a stable word for statistics; text: what, why and what now."""

    def __init__(self, kind: str, nl: str, en: str, part: str = "") -> None:
        super().__init__(kind)
        self.kind, self.text, self.part = kind, Text(nl, en), part


@dataclass(frozen=True, slots=True)
class Given:
    """What came in for one question: values by name of field, below the name of the question."""

    data: Any
    name: str
    today: date
    login: Mapping[str, str] = field(default_factory=dict)
    is_staff: bool = False

    def many(self, part: str = "") -> list[str]:
        """List the values of a field that have anything in them."""
        name = f"{self.name}.{part}" if part else self.name
        return [text for text in values_of(self.data, name) if text]

    def one(self, part: str = "") -> str:
        """Give the last value of a field, without space around it."""
        return (self.many(part) or [""])[-1].strip()


def values_of(data: Any, name: str) -> list[str]:
    """List what a form (QueryDict) or plain mapping holds under a name, as text."""
    if hasattr(data, "getlist"):
        found = data.getlist(name)
    else:
        held = data.get(name, [])
        found = held if isinstance(held, list | tuple) else [held]
    return [_text(value) for value in found if value is not None]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def clean(text: str) -> str:
    """Put text in one form (NFC, line feeds) and take out characters that nobody types."""
    whole = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in whole if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Cf")).strip()


# -- words ------------------------------------------------------------------------------------------------------------


def _plain(question: Question, given: Given) -> str:
    text = clean(given.one())
    if question.kind != "long_text":
        text = " ".join(text.split())
    longest = question.longest or LONGEST.get(question.kind, 200)
    if len(text) > longest:
        raise Wrong(
            "too-long",
            f"U schreef {len(text)} tekens. Er passen er {longest}. Maak de tekst korter.",
            f"You wrote {len(text)} characters. There is room for {longest}. Make the text shorter.",
        )
    if text and question.shortest and len(text) < question.shortest:
        raise Wrong(
            "too-short",
            f"Dit zijn {len(text)} tekens. Schrijf er minstens {question.shortest}, zodat wij het begrijpen.",
            f"This is {len(text)} characters. Write at least {question.shortest}, so that we understand.",
        )
    return text


def _email(question: Question, given: Given) -> str:
    text = _plain(question, given).replace(" ", "")
    name, _, host = text.rpartition("@")
    labels = host.split(".")
    good = (
        0 < len(name) <= 64
        and not name.startswith(".")
        and not name.endswith(".")
        and ".." not in name
        and not set(name) & set('@"(),:;<>[\\]')
        and len(labels) > 1
        and all(re.fullmatch(r"[^\W_](?:[\w-]{0,61}[^\W_])?", label) for label in labels)
    )
    if text and not good:
        raise Wrong(
            "not-an-email",
            "Dit is geen e-mailadres. Schrijf het als naam@voorbeeld.nl.",
            "This is no e-mail address. Write it like name@example.org.",
        )
    return f"{name}@{host.lower()}" if text else ""


def _phone(question: Question, given: Given) -> str:
    text = _plain(question, given)
    bare = re.sub(r"[\s().\-/]", "", text)
    bare = f"+{bare[2:]}" if bare.startswith("00") else bare
    bare = bare.replace("+310", "+31", 1) if bare.startswith("+310") else bare
    if re.fullmatch(r"0[1-9][0-9]{8}", bare):
        bare = f"+31{bare[1:]}"
    good = re.fullmatch(r"\+31[1-9][0-9]{8}" if bare.startswith("+31") else r"\+[1-9][0-9]{7,14}", bare)
    if text and not good:
        raise Wrong(
            "not-a-phone",
            "Dit is geen telefoonnummer. Een Nederlands nummer heeft 10 cijfers. Begin anders met + en het land.",
            "This is no phone number. A Dutch number has 10 digits. Start another number with + and its country.",
        )
    return bare


def _iban(question: Question, given: Given) -> str:
    text = re.sub(r"[\s.\-]", "", _plain(question, given)).upper()
    if text and not is_iban(text):
        raise Wrong(
            "not-an-iban",
            "Dit rekeningnummer klopt niet. Er is een teken te veel, te weinig of verwisseld. Kijk op uw bankpas.",
            "This account number is not right. A character is missing, too many or swapped. Look at your bank card.",
        )
    return text


def is_iban(text: str) -> bool:
    """Tell whether an account number is well made: ISO 13616, with the check of ISO 7064 (mod 97-10)."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text) or (text.startswith("NL") and len(text) != 18):
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


# The orders of letters (X) and digits (9) on Dutch plates. Source: RDW, "sidecodes" 1 to 14.
_ORDERS = "XX9999 9999XX 99XX99 XX99XX XXXX99 99XXXX 99XXX9 9XXX99 XX999X X999XX XXX99X X99XXX 9XX999 999XX9"
PLATES = frozenset(_ORDERS.split())


def _plate(question: Question, given: Given) -> str:
    text = re.sub(r"[\s\-]", "", _plain(question, given)).upper()
    order = re.sub(r"[0-9]", "9", re.sub(r"[A-Z]", "X", text))
    if text and order not in PLATES:
        raise Wrong(
            "not-a-plate",
            "Dit is geen Nederlands kenteken. Het heeft 6 letters en cijfers, bijvoorbeeld GB-123-K.",
            "This is no Dutch number plate. It has 6 letters and digits, such as GB-123-K.",
        )
    return text


# -- numbers and days -------------------------------------------------------------------------------------------------


def _number(question: Question, given: Given) -> int | float | None:
    text = given.one().replace(" ", "").replace("\u00a0", "")
    if not text:
        return None
    value = _decimal(text)
    if value is None:
        raise Wrong(
            "not-a-number",
            "Dit is geen getal. Gebruik cijfers, met een komma voor het deel achter de komma.",
            "This is no number. Use digits, with a point before decimals.",
        )
    if value != round(value, question.decimals):
        raise _too_precise(question.decimals)
    _check_range(question, value)
    return float(value) if question.decimals else int(value)


def _decimal(text: str) -> Decimal | None:
    """Read a number as Dutch and English readers write it: 1.250,50 and 1,250.50; of 1.250 the mark is of thousands."""
    if not re.fullmatch(r"[+-]?[0-9][0-9.,]{0,20}", text):
        return None
    last = max(text.rfind("."), text.rfind(","))
    whole, rest = (text, "") if last < 0 else (text[:last], text[last + 1 :])
    alone = last >= 0 and not set(whole) & {".", ","}
    if rest and (not alone or len(rest) != 3 or whole.lstrip("+-") == "0"):
        text = f"{re.sub('[.,]', '', whole)}.{rest}"
    else:
        text = re.sub("[.,]", "", text)
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _too_precise(decimals: int) -> Wrong:
    if decimals:
        return Wrong(
            "too-precise",
            f"Dit getal is te precies. Gebruik hoogstens {decimals} cijfers achter de komma.",
            f"This number is too precise. Use at most {decimals} decimals.",
        )
    return Wrong(
        "too-precise", "Dit moet een heel getal zijn. Rond het af.", "This must be a whole number. Round it off."
    )


def _said(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _check_range(question: Question, value: Decimal) -> None:
    if question.least is not None and value < Decimal(str(question.least)):
        least = _said(question.least)
        raise Wrong(
            "too-small", f"Dit is te weinig. Vul {least} of meer in.", f"This is too little. Fill in {least} or more."
        )
    if question.most is not None and value > Decimal(str(question.most)):
        most = _said(question.most)
        raise Wrong(
            "too-large", f"Dit is te veel. Vul {most} of minder in.", f"This is too much. Fill in {most} or less."
        )


def _date(question: Question, given: Given) -> str:
    text = given.one()
    if not text:
        return ""
    day = _day(text)
    if day is None:
        raise Wrong(
            "not-a-date",
            "Deze dag bestaat niet. Schrijf dag, maand en jaar, bijvoorbeeld 22-11-2026.",
            "This day does not exist. Write day, month and year, such as 22-11-2026.",
        )
    _check_day(question, day, given.today)
    return day.isoformat()


def _day(text: str) -> date | None:
    found = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text)
    parts = found.groups() if found else None
    if parts is None:
        other = re.fullmatch(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})", text)
        parts = other.groups()[::-1] if other else None
    try:
        return date(*(int(part) for part in parts)) if parts else None
    except ValueError:
        return None


def _check_day(question: Question, day: date, today: date) -> None:
    if question.earliest is not None and day < (first := today + timedelta(days=question.earliest)):
        raise Wrong(
            "too-early",
            f"Deze dag is te vroeg. Kies {first:%d-%m-%Y} of later.",
            f"This day is too early. Choose {first:%d-%m-%Y} or later.",
        )
    if question.latest is not None and day > (last := today + timedelta(days=question.latest)):
        raise Wrong(
            "too-late",
            f"Deze dag is te laat. Kies {last:%d-%m-%Y} of eerder.",
            f"This day is too late. Choose {last:%d-%m-%Y} or earlier.",
        )


# -- choices ----------------------------------------------------------------------------------------------------------


def _yes_no(question: Question, given: Given) -> bool | None:
    text = given.one().lower()
    if text in ("", "yes", "no", "ja", "nee", "true", "false"):
        return text in ("yes", "ja", "true") if text else None
    raise _not_an_option()


def _tick(question: Question, given: Given) -> bool | None:
    return True if given.one().lower() in ("yes", "on", "true", "ja", "1") else None


def _not_an_option() -> Wrong:
    return Wrong(
        "not-an-option",
        "Dit antwoord hoort niet bij de vraag. Kies een van de antwoorden die er staan.",
        "This answer does not belong to the question. Choose one of the answers shown.",
    )


def _choose_one(question: Question, given: Given) -> str:
    key = given.one()
    if key and key not in {choice.key for choice in question.choices}:
        raise _not_an_option()
    return key


def _choose_several(question: Question, given: Given) -> list[str]:
    wanted = set(given.many())
    if wanted - {choice.key for choice in question.choices}:
        raise _not_an_option()
    chosen = [choice.key for choice in question.choices if choice.key in wanted]
    if chosen:
        check_count(question, len(chosen))
    return chosen


def check_count(question: Question, count: int) -> None:
    """Check how many were chosen, sent or filled in.

    Raises Wrong.
    """
    if question.least is not None and count < question.least:
        least = int(question.least)
        raise Wrong(
            "too-few", f"Dit zijn er {count}. Geef er minstens {least}.", f"There are {count}. Give {least} or more."
        )
    if question.most is not None and count > question.most:
        most = int(question.most)
        raise Wrong(
            "too-many", f"Dit zijn er {count}. Geef er hoogstens {most}.", f"There are {count}. Give {most} or fewer."
        )


# -- places, persons, files -------------------------------------------------------------------------------------------


def _address(question: Question, given: Given) -> dict[str, str]:
    parts = {name: " ".join(clean(given.one(name)).split()) for name in ("postcode", "number", "addition")}
    if not any(parts.values()):
        return {}
    postcode = parts["postcode"].replace(" ", "").upper()
    if not re.fullmatch(r"[1-9][0-9]{3}(?!SA|SD|SS)[A-Z]{2}", postcode):
        raise Wrong(
            "not-a-postcode",
            "Deze postcode klopt niet. Schrijf vier cijfers en twee letters, bijvoorbeeld 1234 AB.",
            "This postcode is not right. Write four digits and two letters, such as 1234 AB.",
            part="postcode",
        )
    if not re.fullmatch(r"[1-9][0-9]{0,4}", parts["number"]):
        raise Wrong(
            "not-a-house-number",
            "Dit huisnummer klopt niet. Schrijf alleen het getal, en letters in het vak erachter.",
            "This house number is not right. Write the number only, and letters in the next box.",
            part="number",
        )
    return {"postcode": f"{postcode[:4]} {postcode[4:]}", "number": parts["number"], "addition": parts["addition"][:10]}


def _bsn(question: Question, given: Given) -> str:
    """Take the number from the login; at the counter a member of staff types it from an identity document."""
    known = given.login.get("bsn", "")
    if known or not given.is_staff:
        return known
    text = tidied(given.one())
    if text and not is_bsn(text):
        raise Wrong(
            "not-a-bsn",
            "Dit burgerservicenummer klopt niet. Lees het opnieuw van het identiteitsbewijs.",
            "This citizen service number is not right. Read it from the identity document again.",
        )
    return text


def _place(question: Question, given: Given) -> dict[str, Any]:
    """Read a place: a point, words about it, or an object that was scanned or chosen; any of them will do."""
    address = " ".join(clean(given.one("address")).split())[:200]
    asset = re.sub(r"[^\w.:\-]", "", given.one("asset"))[:100]
    lon, lat = _degrees(given.one("lon"), 180), _degrees(given.one("lat"), 90)
    found: dict[str, Any] = {}
    if lon is not None and lat is not None:
        found |= {"lon": lon, "lat": lat, "how": given.one("how") if given.one("how") in HOW else "map"}
    if address:
        found["address"] = address
    if asset:
        found["asset"] = asset
    return found


HOW = ("map", "own", "photo", "asset", "address")


def _degrees(text: str, most: int) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not abs(value) <= most:
        raise Wrong(
            "no-place",
            "Deze plek is niet te vinden. Wijs hem opnieuw aan, of schrijf het adres op.",
            "This place cannot be found. Point at it again, or write the address down.",
        )
    return round(value, 6)


def _files(question: Question, given: Given) -> list[str]:
    tokens = list(dict.fromkeys(given.many()))
    if any(not re.fullmatch(r"[A-Za-z0-9_\-]{20,64}", token) for token in tokens):
        raise Wrong(
            "no-file", "Dit bestand is niet aangekomen. Stuur het opnieuw.", "This file did not arrive. Send it again."
        )
    if tokens:
        most = question if question.most is not None else _with_most(question)
        check_count(most, len(tokens))
    return tokens


def _with_most(question: Question) -> Question:
    from msgspec.structs import replace

    return replace(question, most=MOST_FILES)


READERS: dict[str, Callable[[Question, Given], Any]] = {
    "text": _plain,
    "long_text": _plain,
    "number": _number,
    "date": _date,
    "yes_no": _yes_no,
    "tick": _tick,
    "choose_one": _choose_one,
    "choose_several": _choose_several,
    "email": _email,
    "phone": _phone,
    "address": _address,
    "iban": _iban,
    "plate": _plate,
    "bsn": _bsn,
    "place": _place,
    "photo": _files,
    "file": _files,
}


def is_empty(value: Any) -> bool:
    """Tell whether nothing was answered; no and zero are answers."""
    return value is None or (not isinstance(value, bool | int | float) and not value)


EMPTY: dict[str, Text] = {
    "choose_one": Text("U koos nog niets. Kies een antwoord.", "Nothing is chosen yet. Choose an answer."),
    "choose_several": Text("U koos nog niets. Kies er minstens één.", "Nothing is chosen yet. Choose at least one."),
    "yes_no": Text("U koos nog niets. Kies ja of nee.", "Nothing is chosen yet. Choose yes or no."),
    "tick": Text(
        "Dit vakje is nog leeg. Zet een vinkje om verder te gaan.", "This box is still empty. Tick it to go on."
    ),
    "number": Text("Er staat nog geen getal. Vul een getal in.", "There is no number yet. Fill in a number."),
    "date": Text("Er staat nog geen dag. Vul een dag in.", "There is no day yet. Fill in a day."),
    "email": Text("Er staat nog geen e-mailadres. Vul het in.", "There is no e-mail address yet. Fill it in."),
    "phone": Text("Er staat nog geen telefoonnummer. Vul het in.", "There is no phone number yet. Fill it in."),
    "address": Text(
        "Er staat nog geen adres. Vul de postcode en het huisnummer in.",
        "There is no address yet. Fill in the postcode and house number.",
    ),
    "place": Text(
        "De plek is nog niet bekend. Wijs hem aan op de kaart of schrijf het adres op.",
        "The place is not known yet. Point at it on the map or write the address down.",
    ),
    "photo": Text("Er is nog geen foto. Kies of maak er een.", "There is no photo yet. Choose or take one."),
    "file": Text("Er is nog geen bestand. Kies er een.", "There is no file yet. Choose one."),
    "bsn": Text(
        "Uw burgerservicenummer is nog niet bekend. Log eerst in.",
        "Your citizen service number is not known yet. Log in first.",
    ),
    "group": Text("Hier staat nog niets. Voeg er een toe.", "Nothing stands here yet. Add one."),
}
EMPTY_OTHER = Text("Hier staat nog niets. Vul dit in.", "Nothing stands here yet. Fill this in.")
NEW = Text(
    "Door uw antwoord is deze vraag erbij gekomen. Beantwoord haar ook.",
    "This question was added because of your answer. Answer it too.",
)
