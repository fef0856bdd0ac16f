"""MDTO: the metadata that an archive wants with every file and document, as XML that its schema accepts.

Source: MDTO 1.0.2 (Nationaal Archief), schema MDTO-XML 1.0.1 and 1.0.2.1; order of elements as in the schema.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree as ET

NAMESPACE = "https://www.nationaalarchief.nl/mdto"
AGGREGATION = "Begrippenlijst Aggregatieniveaus MDTO"
EVENTS = "Begrippenlijst EventTypeLijst MDTO"
APPRAISAL = "Begrippenlijst Waarderingen MDTO"
CHECKSUM = "Begrippenlijst ChecksumAlgoritme MDTO"
LIMITS = "Begrippenlijst BeperkingGebruikTypen MDTO"
SELECTION = "Selectielijst gemeenten en intergemeentelijke organen 2020"
MEDIA_TYPES = "IANA Media Types"
RELATIONS = "Begrippenlijst RelatieTypen MDTO"
KEEP, DESTROY = ("Blijvend te bewaren", "B"), ("Tijdelijk te bewaren", "V")
# What XML 1.0 cannot hold.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Known:
    """How something is called and found: its number, in which system, and its name."""

    number: str
    source: str
    name: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit on use: the kind, in the words of the town, and why."""

    kind: str
    list: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A file or document as the archive describes it (informatieobject).

    level: "Dossier" or "Archiefstuk". events: (kind, moment, who). keeps: whether it stays for ever; class_code and
    class_name: of the Selectielijst. starts, ends and term (ISO duration): of the retention.
    """

    known: Known
    level: str
    maker: Known
    keeps: bool
    limits: Sequence[Limit]
    about: str = ""
    covers: tuple[date, date | None] | None = None
    places: Sequence[Known] = ()
    events: Sequence[tuple[str, datetime | date, str]] = ()
    term: str = ""
    starts: date | None = None
    ends: date | None = None
    class_code: str = ""
    part_of: Known | None = None
    parts: Sequence[Known] = ()
    shown_by: Sequence[Known] = ()
    more: Sequence[Known] = ()
    related: Sequence[tuple[str, Known]] = ()
    involved: Sequence[tuple[str, str]] = ()
    activity: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """Bytes (bestand): name, size, media type, SHA-256 and when that was made, and what they show."""

    known: Known
    size: int
    media_type: str
    sha256: str
    summed_at: datetime
    shows: Known


def text_of(value: str) -> str:
    """Give a text that XML can hold and the schema accepts: nothing it cannot hold, and never empty."""
    return _NO_XML.sub("", value).strip() or "-"


def _add(above: ET.Element, name: str, text: str | None = None) -> ET.Element:
    made = ET.SubElement(above, name)
    if text is not None:
        made.text = text_of(text)
    return made


def _known(above: ET.Element, name: str, what: Known) -> None:
    """Write a reference: the name, and the number with its system."""
    made = _add(above, name)
    _add(made, "verwijzingNaam", what.name)
    if what.number:
        _number(made, "verwijzingIdentificatie", what)


def _number(above: ET.Element, name: str, what: Known) -> None:
    made = _add(above, name)
    _add(made, "identificatieKenmerk", what.number)
    _add(made, "identificatieBron", what.source)


def _term(above: ET.Element, name: str, label: str, words: str, code: str = "") -> None:
    """Write a word from a list of words."""
    made = _add(above, name)
    _add(made, "begripLabel", label)
    if code:
        _add(made, "begripCode", code)
    _add(_add(made, "begripBegrippenlijst"), "verwijzingNaam", words)


def _stamp(at: datetime | date) -> str:
    return at.replace(microsecond=0).isoformat() if isinstance(at, datetime) else at.isoformat()


def _whole(top: ET.Element) -> bytes:
    root = ET.Element("MDTO", {"xmlns": NAMESPACE})
    root.append(top)
    ET.indent(root, "  ")
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def record_xml(record: Record) -> bytes:
    """Write a file or document as MDTO."""
    top = ET.Element("informatieobject")
    _number(top, "identificatie", record.known)
    _add(top, "naam", record.known.name)
    _term(top, "aggregatieniveau", record.level, AGGREGATION)
    if record.about.strip():
        _add(top, "omschrijving", record.about)
    _when(top, record)
    _many(top, "dekkingInRuimte", record.places)
    _add(top, "taal", "nl")
    for kind, at, who in record.events:
        _event(top, kind, at, who)
    _retention(top, record)
    _ties(top, record)
    _many(top, "archiefvormer", [record.maker])
    for kind, who in record.involved:
        made = _add(top, "betrokkene")
        _term(made, "betrokkeneTypeRelatie", kind, "RGBZ roltypen")
        _known(made, "betrokkeneActor", Known("", "", who))
    if record.activity:
        _known(top, "activiteit", Known("", "", record.activity))
    for limit in record.limits:
        made = _add(top, "beperkingGebruik")
        _term(made, "beperkingGebruikType", limit.kind, limit.list)
        if limit.why:
            _add(made, "beperkingGebruikNadereBeschrijving", limit.why)
    return _whole(top)


def _when(top: ET.Element, record: Record) -> None:
    if record.covers is None:
        return
    start, end = record.covers
    made = _add(top, "dekkingInTijd")
    _term(made, "dekkingInTijdType", "Looptijd", "Begrippenlijst DekkingInTijdTypen MDTO")
    _add(made, "dekkingInTijdBegindatum", start.isoformat())
    if end is not None:
        _add(made, "dekkingInTijdEinddatum", end.isoformat())


def _event(top: ET.Element, kind: str, at: datetime | date, who: str) -> None:
    made = _add(top, "event")
    _term(made, "eventType", kind, EVENTS)
    _add(made, "eventTijd", _stamp(at))
    _known(made, "eventVerantwoordelijkeActor", Known("", "", who))


def _retention(top: ET.Element, record: Record) -> None:
    label, code = KEEP if record.keeps else DESTROY
    _term(top, "waardering", label, APPRAISAL, code)
    if record.starts or record.ends or record.term:
        made = _add(top, "bewaartermijn")
        _term(made, "termijnTriggerStartLooptijd", "Afsluiting", EVENTS)
        starts, ends = (day.isoformat() if day else "" for day in (record.starts, record.ends))
        told = (("termijnStartdatumLooptijd", starts), ("termijnLooptijd", record.term), ("termijnEinddatum", ends))
        for name, text in told:
            if text:
                _add(made, name, text)
    if record.class_code:
        _term(top, "informatiecategorie", record.class_code, SELECTION, record.class_code)


def _ties(top: ET.Element, record: Record) -> None:
    _many(top, "isOnderdeelVan", [record.part_of] if record.part_of else [])
    _many(top, "bevatOnderdeel", record.parts)
    _many(top, "heeftRepresentatie", record.shown_by)
    _many(top, "aanvullendeMetagegevens", record.more)
    for kind, other in record.related:
        made = _add(top, "gerelateerdInformatieobject")
        _known(made, "gerelateerdInformatieobjectVerwijzing", other)
        _term(made, "gerelateerdInformatieobjectTypeRelatie", kind, RELATIONS)


def _many(top: ET.Element, name: str, whats: Iterable[Known]) -> None:
    for what in whats:
        _known(top, name, what)


def file_xml(file: File) -> bytes:
    """Write the bytes of a document as MDTO."""
    top = ET.Element("bestand")
    _number(top, "identificatie", file.known)
    _add(top, "naam", file.known.name)
    _add(top, "omvang", str(file.size))
    _term(top, "bestandsformaat", file.media_type, MEDIA_TYPES)
    made = _add(top, "checksum")
    _term(made, "checksumAlgoritme", "SHA-256", CHECKSUM)
    _add(made, "checksumWaarde", file.sha256)
    _add(made, "checksumDatum", _stamp(file.summed_at))
    _known(top, "isRepresentatieVan", file.shows)
    return _whole(top)
