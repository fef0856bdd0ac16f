"""Leave out of a text what tells who somebody is, before others may read it: names, numbers, addresses. Pure.

Numbers are found by their form and, where they have one, by their check digit. Names are found where the text says
that a name follows ("mijn buurman Jan de Vries", "mevrouw Bakker", "my name is ..."), or by a first name that hardly
means anything else, followed by a surname. A name without any of this is not found: measured on the sentences in
tests/redaction.yaml. A person can always leave out more by hand.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from plein.foundation.words import Text
from plein.service.reports.rules.names import FIRST_NAMES, NO_PERSONS, NOT_SURNAMES

KINDS = {
    "name": Text("[naam]", "[name]"),
    "phone": Text("[telefoonnummer]", "[phone number]"),
    "email": Text("[e-mailadres]", "[e-mail address]"),
    "plate": Text("[kenteken]", "[number plate]"),
    "iban": Text("[rekeningnummer]", "[account number]"),
    "bsn": Text("[burgerservicenummer]", "[citizen number]"),
    "account": Text("[account]", "[account]"),
    "address": Text("[adres]", "[address]"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, from start until end, that tells who somebody is."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text that others may read, and what was left out of the original."""

    text: str
    spans: Sequence[Span]


# -- numbers and addresses of the internet ----------------------------------------------------------------------------

_EMAIL = re.compile(
    r"[\w.+%-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\s?(?:\.|\(dot\)|"
    r"\[dot\])\s?[\w-]{2,63}){1,4}"
)
_HANDLE = re.compile(r"(?<![\w@/.])@[A-Za-z_][\w.]{2,30}(?![\w@])")
_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.)?(?:facebook|instagram|linkedin|twitter|x|"
    r"tiktok)\.com/\S+",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w/])\+?\(?\d(?:[\s().\-/]{0,3}\d){7,14}(?!\w)")
_NINE = re.compile(
    r"(?<![\w.,])\d{8,9}(?!\w)|(?<![\w.,])\d{4}[. ]\d{2}[. ]\d{3}(?!\w)|"
    r"(?<![\w.,])\d{3}[. ]\d{3}[. ]\d{3}(?!\w)"
)


def is_iban(text: str) -> bool:
    """Tell whether a text is an IBAN: its check digits are right. Source: ISO 13616, modulo 97."""
    plain = re.sub(r"[ -]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def _ibans(text: str) -> Iterator[Span]:
    """Find account numbers; the pattern may run on into the next words, so the end is where the check digits fit."""
    for match in _IBAN.finditer(text):
        ends = [end.end() for end in re.finditer(r"[A-Za-z0-9]+", match[0])]
        end = next((end for end in reversed(ends) if is_iban(match[0][:end])), None)
        if end is not None:
            yield Span(match.start(), match.start() + end, "iban")


def is_bsn(text: str) -> bool:
    """Tell whether a text is a burgerservicenummer: the eleven-test. Source: Logisch Ontwerp BSN, 9.1."""
    digits = re.sub(r"\D", "", text).zfill(9)
    if len(digits) != 9 or set(digits) == {"0"}:
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11 == 0


def is_phone(text: str) -> bool:
    """Tell whether a text is a phone number: Dutch with ten figures, or international with a plus or 00.

    Service numbers (0800, 0900, 112, 14 0xx) are of no person. Dates and figures are no phone numbers.
    """
    digits = re.sub(r"\D", "", text)
    if text.lstrip("(").startswith("+") or digits.startswith("00"):
        return 9 <= len(digits.removeprefix("00")) <= 15
    if re.fullmatch(r"31[1-9]\d{8}", digits):
        return True
    return bool(re.fullmatch(r"0(?!0)[1-9]\d{8}", digits)) and not re.match(r"0[89]0[0-9]", digits)


# Dutch number plates by sidecode, as the RDW gave them out; "L" is a letter, "9" a figure.
SIDECODES = (
    "LL-99-99",
    "99-99-LL",
    "99-LL-99",
    "LL-99-LL",
    "LL-LL-99",
    "99-LL-LL",
    "99-LLL-9",
    "9-LLL-99",
    "LL-999-L",
    "L-999-LL",
    "LLL-99-L",
    "L-99-LLL",
    "9-LL-999",
    "999-LL-9",
)


def _plate_pattern(between: str) -> str:
    """Write all sidecodes as one pattern, with this between their parts."""
    written = [code.replace("-", between).replace("L", "[A-Z]").replace("9", r"\d") for code in SIDECODES]
    return rf"(?<![\w-])(?:{'|'.join(written)})(?![\w-])"


_PLATE = re.compile(_plate_pattern("[ .–-]?"))
_PLATE_SMALL = re.compile(_plate_pattern("[-–]"), re.IGNORECASE)
_SPOKEN_PLATE = re.compile(
    r"\b(?:kenteken\w*|nummerplaat|nummerbord|number ?plate|licen[cs]e plate)\b"
    r"(?: is| was|:|,| nummer| met| van| of| no\.?){0,3}\s+"
    r"(?P<plate>(?=[A-Z0-9 -]{0,8}\d)[A-Z0-9]{1,6}(?:[- ]?(?=[A-Z]{0,3}\d|[A-Z]{2,3}\b)[A-Z0-9]{1,4}){0,3})\b",
    re.IGNORECASE,
)


def is_word(plate: str) -> bool:
    """Tell whether four letters in a row are a word, as in "12 STUK": four letters of a plate have no vowel."""
    found = re.search(r"[A-Z]{4}", plate)
    return found is not None and re.search("[AEIOU]", found[0]) is not None


def _plates(text: str) -> Iterator[Span]:
    """Find number plates: in capitals, in small letters with hyphens, or whatever is called one."""
    for match in _PLATE.finditer(text):
        if not is_word(match[0]) and not _POSTCODE.fullmatch(match[0]):
            yield Span(match.start(), match.end(), "plate")
    yield from _found(_PLATE_SMALL, text, "plate")
    for match in _SPOKEN_PLATE.finditer(text):
        yield Span(match.start("plate"), match.end("plate"), "plate")


# -- names ------------------------------------------------------------------------------------------------------------

_UP = r"[A-ZÀ-ÖØ-ÞŠŽĞİŞ]"
_LOW = r"[a-zà-öø-ÿšžğışćč]"
_NAME = rf"(?:{_UP}{_LOW}+|{_UP}(?=['’]{_UP}))(?:[-’']{_UP}?{_LOW}+)*"
_PARTICLES = (
    r"(?:[Vv]an|[Vv]an (?:de|den|der|het|'t|’t)|[Dd]e|[Dd]en|[Dd]er|[Tt]en|[Tt]er|[Tt]e|'t|’t|[Hh]et|"
    r"[Oo]p (?:de|den|'t)|"
    r"[Ii]n (?:de|den|'t)|[Uu]it (?:de|den)|[Vv]oor (?:de|den)|[Oo]nder (?:de|den)|[Aa]an de|[Bb]ij de|[Ee]l|"
    r"[Aa]l|[Bb]en|[Bb]in|[Aa]it|"
    r"[Dd]a|[Dd]i|[Dd]os|[Dd]u|[Ll]a|[Ll]e|[Vv]on(?: der)?|[Mm]c|[Mm]ac|[Öö]z)"
)
_SURNAME = rf"(?:{_PARTICLES} ){{0,3}}{_NAME}(?:[- ]{_NAME})?"
_INITIALS = rf"(?:{_UP}\. ?){{1,5}}"
_WHOLE = rf"(?:{_INITIALS}|{_NAME} )?{_SURNAME}"

_TITLES = (
    r"(?:[Dd]e ?heer|[Dd]hr\.?|[Hh]r\.?|[Mm]eneer|[Mm]enheer|[Mm]evrouw|[Mm]evr\.?|[Mm]w\.?|[Mm]ej\.?|"
    r"[Jj]uffrouw|[Jj]uf|[Mm]eester|"
    r"[Ff]amilie|[Ff]am\.?|[Dd]r\.?|[Dd]rs\.?|[Ii]r\.?|[Ii]ng\.?|[Pp]rof\.?|[Dd]okter|[Dd]ominee|[Pp]astoor|"
    r"[Mm]r\.?|[Mm]rs\.?|[Mm]s\.?|[Mm]iss|[Ss]ir|[Ff]amily|[Dd]octor)"
)
_RELATIVES = (
    r"(?:(?:[Bb]uurman|[Bb]uurvrouw|[Bb]uurjongen|[Bb]uurmeisje|[Bb]uren|[Bb]uur|[Vv]rouw|[Mm]an|[Ee]chtgenoot|"
    r"[Ee]chtgenote|[Zz]oon|[Zz]oontje|"
    r"[Dd]ochter|[Dd]ochtertje|[Vv]ader|[Mm]oeder|[Bb]roer|[Zz]us|[Oo]om|[Tt]ante|[Oo]pa|[Oo]ma|[Vv]riend|"
    r"[Vv]riendin|[Cc]ollega|[Nn]eef|[Nn]icht|"
    r"[Kk]leinzoon|[Kk]leindochter|[Hh]uisbaas|[Vv]erhuurder|[Ee]x|[Aa]ambtenaar|[Ww]ijkagent|[Hh]andhaver|"
    r"[Bb]ewoner|[Bb]ewoonster|[Ee]igenaar|"
    r"[Nn]eighbou?r|[Ww]ife|[Hh]usband|[Ss]on|[Dd]aughter|[Ff]ather|[Mm]other|[Bb]rother|[Ss]ister|[Uu]ncle|"
    r"[Aa]unt|[Ff]riend|"
    r"[Cc]olleague|[Ll]andlord|[Bb]oyfriend|[Gg]irlfriend|[Oo]wner)s?,?)"
)
_SAYS = (
    r"(?:[Mm]ijn naam is|[Ii]k ben|[Ii]k heet|[Hh]ij heet|[Zz]ij heet|[Zz]e heet|heet|heten|genaamd|[Nn]aam:|"
    r"[Nn]ame:|[Mm]et vriendelijke groet(?:en)?,?|"
    r"[Vv]riendelijke groet(?:en)?,?|[Gg]roet(?:en|jes)?,?|[Gg]r\.?,?|[Mm]vg,?|MVG,?|[Hh]oogachtend,?|[Nn]amens|"
    r"[Gg]evraagd naar|[Vv]raag naar|"
    r"[Gg]esproken met|[Gg]ebeld met|[Cc]ontact met|[Aa]angifte tegen|[Mm]y name is|[Ii] am|I'm|[Hh]e is called|"
    r"[Ss]he is called|called|named|"
    r"[Kk]ind regards,?|[Bb]est regards,?|[Rr]egards,?|[Ss]incerely,?|[Ss]poke (?:to|with)|[Aa]sk for)"
)
_AFTER_TITLE = re.compile(rf"\b{_TITLES}\s+(?P<name>{_WHOLE})")
_AFTER_RELATIVE = re.compile(rf"\b{_RELATIVES}\s+(?:(?:heet|is|named|called) )?(?P<name>{_WHOLE})")
_WEAKLY = re.compile(r"(?:[Ii]k ben|[Ii] am|I'm)\s")
_AFTER_SAYING = re.compile(rf"\b{_SAYS}\s+(?P<name>{_WHOLE})")
_FIRST_AND_LAST = re.compile(rf"(?<![\w-])(?P<first>{_NAME})(?P<last> (?:{_INITIALS})?{_SURNAME})?(?![\w-])")
_INITIALS_AND_LAST = re.compile(rf"(?<![\w.])(?P<name>{_INITIALS}{_SURNAME})(?![\w-])")

# -- addresses --------------------------------------------------------------------------------------------------------

_STREET = (
    r"(?:straat|laan|weg|plein|gracht|kade|dijk|singel|steeg|hof|pad|park|plantsoen|dreef|markt|wal|haven|ring|baan|"
    r"oord|erf|hoeve|veld|kamp|steiger|burg|donk|meent|akker|weide|kwartier|boulevard)"
)
_STREET_ALONE = r"(?:Straat|Laan|Plein|Gracht|Kade|Dijk|Singel|Steeg|Hof|Markt|Wal|Haven|Ring|Dreef|Boulevard)"
_HOUSE = re.compile(
    rf"\b(?:[\w'’]{{3,30}}{_STREET}|{_STREET_ALONE})\s+(?:nr\.? ?|nummer |huisnummer )?"
    r"(?P<number>\d{1,5}(?:[ -]?[a-zA-Z](?![\w]))?(?:[-/]\d{1,4}|[ ](?:bis|hs|huis|[IVX]{1,4})\b)?)"
)
_NUMBER = re.compile(
    r"\b(?:[Nn]ummer|[Hh]uisnummer|[Hh]uisnr\.?|[Nn]r\.?|[Nn]umber|[Hh]ouse number|"
    r"[Nn]o\.)\s?(?P<number>\d{1,4} ?[a-zA-Z]?(?![\w]))"
)
_POSTCODE = re.compile(r"\b[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}(?: \d{1,5} ?[a-zA-Z]?(?!\w))?\b")


def _found(pattern: re.Pattern[str], text: str, kind: str, test: Callable[[str], bool] | None = None) -> Iterator[Span]:
    for match in pattern.finditer(text):
        if test is None or test(match[0]):
            yield Span(match.start(), match.end(), kind)


def _numbers(text: str) -> Iterator[Span]:
    yield from _found(_EMAIL, text, "email")
    yield from _found(_PROFILE, text, "account")
    yield from _found(_HANDLE, text, "account")
    yield from _ibans(text)
    yield from _found(_DIGITS, text, "phone", is_phone)
    yield from _found(_NINE, text, "bsn", is_bsn)
    yield from _plates(text)


def _is_name(word: str) -> bool:
    """Tell whether a word may be a first name that hardly means anything else; double names too."""
    return any(part in FIRST_NAMES for part in word.lower().replace("’", "'").split("-"))


_PLACE = re.compile(
    rf"(?:(?:{_UP}[\w.'’-]*|{_PARTICLES}) ){{0,5}}(?!Verlaan\b)[\w.'’-]{{3,}}"
    r"(?:(?:straat|laan|weg|plein|gracht|kade|singel|dreef|plantsoen|boulevard|school|brug|tunnel|viaduct|markt|"
    r"college|"
    r"lyceum|kerk|ziekenhuis|stadion|park|station)\b|(?:dijk|veld|kamp|hof|wal|steeg|haven|burg|baan|pad|ring) \d)"
)


def _is_no_person(text: str, start: int) -> bool:
    """Tell whether a name is that of a street, a school or a shop: "Anne Frankplein", "Albert Heijn"."""
    rest = text[start : start + 80]
    return bool(_PLACE.match(rest)) or rest.lower().startswith(NO_PERSONS)


def _is_whole_name(name: str) -> bool:
    """Tell whether a name says so by itself: a known first name, or more than one word; "Nederlander" does not."""
    words = name.split()
    return len(words) > 1 or _is_name(words[0]) if words else False


def _clipped(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out of a name the words at its end that are no name: a day, a month, a street, the start of a sentence."""
    words = [(match.start() + start, match.end() + start) for match in re.finditer(r"\S+", text[start:end])]
    while words and text[words[-1][0] : words[-1][1]].strip(".,").lower() in NOT_SURNAMES:
        words.pop()
    return (start, words[-1][1]) if words else (start, start)


def _names(text: str) -> Iterator[Span]:
    for pattern in (_AFTER_TITLE, _AFTER_RELATIVE, _AFTER_SAYING, _INITIALS_AND_LAST):
        for match in pattern.finditer(text):
            start, end = _clipped(text, match.start("name"), match.end("name"))
            weak = _WEAKLY.match(match[0]) and not _is_whole_name(text[start:end])
            if end > start and not weak and not _is_no_person(text, start):
                yield Span(start, end, "name")
    for match in _FIRST_AND_LAST.finditer(text):
        if _is_name(match["first"]) and not _is_no_person(text, match.start()):
            end = match.end("last") if match["last"] else match.end("first")
            start, end = _clipped(text, match.start(), end)
            yield Span(start, max(end, match.end("first")), "name")


def _addresses(text: str) -> Iterator[Span]:
    yield from _found(_POSTCODE, text, "address")
    for pattern in (_HOUSE, _NUMBER):
        for match in pattern.finditer(text):
            yield Span(match.start("number"), match.end("number"), "address")


def _settled(found: Iterable[Span]) -> list[Span]:
    """Give spans that do not overlap, in order: what starts first counts, the longer of two that start together."""
    settled: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if settled and span.start < settled[-1].end:
            last = settled[-1]
            settled[-1] = Span(last.start, max(last.end, span.end), last.kind)
        else:
            settled.append(span)
    return settled


def spans_in(text: str, *, addresses: bool = True) -> list[Span]:
    """Find what tells who somebody is, in Dutch or English.

    addresses: house numbers and postcodes too; streets stay, because a report is about a place.
    """
    found = [*_numbers(text), *_names(text), *(_addresses(text) if addresses else ())]
    return _settled(found)


def redact(text: str, *, language: str = "nl", addresses: bool = True) -> Redacted:
    """Give a text that others may read: what tells who somebody is, is replaced by a mark such as [naam]."""
    spans = spans_in(text, addresses=addresses)
    parts, last = [], 0
    for span in spans:
        parts += [text[last : span.start], KINDS[span.kind].said(language)]
        last = span.end
    return Redacted("".join([*parts, text[last:]]), spans)
