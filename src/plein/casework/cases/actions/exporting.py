"""A closed case as an archive takes it over: MDTO with every document, in one zip."""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.db import transaction

from plein.casework.cases.actions.archiving import PROPOSE
from plein.casework.cases.actions.documents import read_document
from plein.casework.cases.actions.opening import opened_contact
from plein.casework.cases.errors import NotClosed
from plein.casework.cases.models import Besluit, Document, Resultaat, Rol, Vertrouwelijkheid, Zaak, Zaakrelatie
from plein.casework.cases.queries import documenten, rollen, statussen, subject_of, timeline
from plein.casework.cases.rules import mdto
from plein.casework.cases.rules.mdto import File, Known, Limit, Record
from plein.casework.cases.rules.zgw import VERTROUWELIJKHEDEN
from plein.foundation.geo import places
from plein.foundation.identity import audit
from plein.foundation.identity.actors import Actor, require

FACTS = "zaakgegevens.json"
_DAY = (1980, 1, 1, 0, 0, 0)
PRIVACY = "Bevat persoonsgegevens (Archiefwet 1995, artikel 15 lid 1 onder a)."
SPOOL = 8_000_000


def export_zaak(zaak: Zaak, *, by: Actor, now: datetime) -> IO[bytes]:
    """Write a closed case as a zip: its facts, its documents, and MDTO of the file, each document and all bytes.

    Gives an open file at its start; the caller read the case through `zaak_for`, and closes the file.
    Raises NotClosed, NotAllowed, FileMissing.
    """
    require(by, PROPOSE)
    if zaak.einddatum is None:
        raise NotClosed()
    made = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115 (the caller closes it)
    with transaction.atomic(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as pack:
        for path, content in _files(zaak, now=now):
            pack.writestr(zipfile.ZipInfo(path, _DAY), content, zipfile.ZIP_DEFLATED)
        audit.note("cases.export", subject=subject_of(zaak), by=by, now=now)
    made.seek(0)
    return made


def _files(zaak: Zaak, *, now: datetime) -> Iterator[tuple[str, bytes]]:
    top, rows = zaak.uuid.hex, documenten(zaak)
    facts = json.dumps(facts_of(zaak), ensure_ascii=False, indent=1).encode()
    yield f"{top}/{top}.mdto.xml", mdto.record_xml(_dossier(zaak, rows))
    yield f"{top}/{FACTS}", facts
    about = File(_facts(zaak), len(facts), "application/json", _sha256(facts), now.astimezone(UTC), _case(zaak))
    yield f"{top}/{FACTS}.bestand.mdto.xml", mdto.file_xml(about)
    for row in rows:
        folder, name = f"{top}/{row.uuid.hex}", _safe_name(row)
        yield f"{folder}/{row.uuid.hex}.mdto.xml", mdto.record_xml(_document(zaak, row))
        yield f"{folder}/{name}", read_document(row)
        bytes_of = File(
            _bytes(row), row.bestandsomvang, row.formaat, row.sha256, row.added_at.astimezone(UTC), _piece(row)
        )
        yield f"{folder}/{name}.bestand.mdto.xml", mdto.file_xml(bytes_of)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _safe_name(row: Document) -> str:
    """Name the bytes within the zip: what they were called, without a way out of their folder."""
    name = PurePosixPath(row.bestandsnaam.replace("\\", "/")).name.lstrip(".")
    return name or row.sha256


def _source() -> str:
    return f"Plein, {settings.PLEIN['ORGANISATION']}"


def _case(zaak: Zaak) -> Known:
    return Known(zaak.identificatie, _source(), zaak.omschrijving or zaak.zaaktype.omschrijving)


def _piece(row: Document) -> Known:
    return Known(row.uuid.hex, _source(), row.titel)


def _bytes(row: Document) -> Known:
    return Known(row.sha256, f"{_source()} (SHA-256)", row.bestandsnaam)


def _facts(zaak: Zaak) -> Known:
    return Known(f"{zaak.uuid.hex}-gegevens", _source(), FACTS)


def _maker() -> Known:
    return Known(places.home(), "CBS gemeentecode", settings.PLEIN["ORGANISATION"])


def _limits(rank: int) -> list[Limit]:
    return [
        Limit(VERTROUWELIJKHEDEN[rank - 1], "ZGW vertrouwelijkheidaanduiding"),
        Limit("Persoonlijke levenssfeer", mdto.LIMITS, PRIVACY),
    ]


def _dossier(zaak: Zaak, rows: list[Document]) -> Record:
    result = Resultaat.objects.select_related("resultaattype").get(zaak=zaak).resultaattype
    months = result.archiefactietermijn
    assert zaak.einddatum is not None
    events: list[tuple[str, datetime | date, str]] = [("Creatie", zaak.registered_at, settings.PLEIN["ORGANISATION"])]
    events.append(("Afsluiting", zaak.einddatum, settings.PLEIN["ORGANISATION"]))
    ties = Zaakrelatie.objects.filter(zaak=zaak).select_related("to", "to__zaaktype")
    return Record(
        known=_case(zaak),
        level="Dossier",
        maker=_maker(),
        keeps=zaak.archiefnominatie == "blijvend_bewaren",
        limits=_limits(zaak.vertrouwelijkheid),
        about=f"{zaak.zaaktype.omschrijving}. Uitkomst: {result.omschrijving}.",
        covers=(zaak.startdatum, zaak.einddatum),
        places=[Known(code, "CBS", code) for code in (zaak.buurt_code,) if code],
        events=events,
        term=f"P{months}M" if months is not None else "",
        ends=zaak.archiefactiedatum,
        class_code=result.selectielijstklasse,
        part_of=_case(zaak.hoofdzaak) if zaak.hoofdzaak else None,
        parts=[_piece(row) for row in rows],
        shown_by=[_facts(zaak)],
        related=[(tie.aard, _case(tie.to)) for tie in ties],
        involved=[(rol.roltype.omschrijving, _name(rol)) for rol in rollen(zaak)],
        activity=zaak.zaaktype.omschrijving,
    )


def _document(zaak: Zaak, row: Document) -> Record:
    return Record(
        known=_piece(row),
        level="Archiefstuk",
        maker=_maker(),
        keeps=zaak.archiefnominatie == "blijvend_bewaren",
        limits=_limits(row.vertrouwelijkheid),
        about=row.informatieobjecttype.omschrijving,
        covers=(row.creatiedatum, None),
        events=[("Creatie", row.creatiedatum, row.auteur), ("Ontvangst", row.added_at, settings.PLEIN["ORGANISATION"])],
        ends=zaak.archiefactiedatum,
        part_of=_case(zaak),
        shown_by=[_bytes(row)],
    )


def _name(rol: Rol) -> str:
    if rol.staff:
        return rol.staff.display_name
    if rol.team:
        return rol.team.title_nl
    return (rol.person.name if rol.person else "") or str(opened_contact(rol).get("name", "")) or "naam onbekend"


def facts_of(zaak: Zaak) -> dict[str, Any]:
    """Give everything that the case itself says, as plain values: for the archive, and for who asks for their data."""
    result = Resultaat.objects.select_related("resultaattype").filter(zaak=zaak).first()
    return {
        "identificatie": zaak.identificatie,
        "uuid": str(zaak.uuid),
        "zaaktype": {"identificatie": zaak.zaaktype.identificatie, "versie": zaak.zaaktype.versie},
        "omschrijving": zaak.omschrijving,
        "toelichting": zaak.toelichting,
        "kanaal": zaak.kanaal,
        "registratiedatum": zaak.registratiedatum.isoformat(),
        "startdatum": zaak.startdatum.isoformat(),
        "einddatum": zaak.einddatum.isoformat() if zaak.einddatum else None,
        "vertrouwelijkheidaanduiding": Vertrouwelijkheid(zaak.vertrouwelijkheid).label,
        "plaats": {"lon": zaak.lon, "lat": zaak.lat, "buurt": zaak.buurt_code},
        "resultaat": {"key": result.resultaattype.key, "toelichting": result.toelichting} if result else None,
        "statussen": [
            {
                "key": one.statustype.key,
                "omschrijving": one.statustype.omschrijving,
                "gezet": one.datum_status_gezet.isoformat(),
                "toelichting": one.statustoelichting,
            }
            for one in statussen(zaak)
        ],
        "besluiten": [
            {
                "identificatie": one.identificatie,
                "besluittype": one.besluittype.omschrijving,
                "datum": one.datum.isoformat(),
                "ingangsdatum": one.ingangsdatum.isoformat(),
                "vervaldatum": one.vervaldatum.isoformat() if one.vervaldatum else None,
                "toelichting": one.toelichting,
            }
            for one in Besluit.objects.filter(zaak=zaak).select_related("besluittype").order_by("id")
        ],
        "betrokkenen": [
            {"rol": rol.roltype.omschrijving, "naam": _name(rol), "contact": opened_contact(rol)}
            for rol in rollen(zaak)
        ],
        "tijdlijn": [
            {"moment": line.at.isoformat(), "soort": line.kind, "tekst": line.text.nl, "door": line.by}
            for line in timeline(zaak)
        ],
    }
