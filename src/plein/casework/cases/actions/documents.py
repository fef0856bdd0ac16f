"""Documents: bytes on disk, durable before the row that names them, and that row."""

import hashlib
import os
import secrets
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from plein.casework.cases.actions.changing import STAFF, changing, cleaned
from plein.casework.cases.errors import EmptyFile, FileMissing
from plein.casework.cases.models import Audience, Document, Zaak
from plein.foundation.clock import local_date
from plein.foundation.identity.actors import Actor

FOLDER = "zaken"


def add_document(
    zaak: Zaak,
    type_key: str,
    *,
    content: bytes | Path,
    titel: str,
    bestandsnaam: str,
    formaat: str,
    auteur: str = "",
    creatiedatum: date | None = None,
    audience: str = STAFF,
    vertrouwelijkheid: int | None = None,
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> Document:
    """Add a document to a case; the caller has checked its kind and size (see casework.forms for uploads).

    content: the bytes, or a file with them that stays where it is. formaat: its media type. The same bytes under the
    same name are one document, so that sending twice adds nothing.
    Raises EmptyFile, UnknownPart, and what `changing` raises.
    """
    shown = Audience.PERSON if by.kind in ("resident", "organisation", "anonymous") and audience == STAFF else audience
    name = cleaned(bestandsnaam)[-255:]
    with changing(zaak, "add-document", by=by, now=now, seen=seen, is_open=None, persons=True) as change:
        kind = change.parts.document(type_key)
        path, digest, size = keep(change.zaak, content, name=name)
        if found := Document.objects.filter(zaak=change.zaak, sha256=digest, bestandsnaam=name).first():
            return found
        made = Document.objects.create(
            zaak=change.zaak,
            informatieobjecttype=kind,
            titel=cleaned(titel)[:200],
            bestandsnaam=name,
            formaat=formaat[:100],
            bestandsomvang=size,
            sha256=digest,
            path=path,
            creatiedatum=creatiedatum or local_date(now),
            added_at=now,
            auteur=cleaned(auteur)[:200] or by.kind,
            vertrouwelijkheid=vertrouwelijkheid or kind.vertrouwelijkheid,
            audience=shown,
        )
        change.facts.update(document=made.uuid.hex, sha256=digest)
        nl, en = f"Document toegevoegd: {made.titel}.", f"Document added: {made.titel}."
        change.tell("document", nl, en, audience=shown, document=made.uuid.hex)
    return made


def remove_document(document: Document, *, reason: str, by: Actor, now: datetime, seen: int | None = None) -> None:
    """Take a document out of a case, for instance when it does not belong there; its bytes go after the commit."""
    with changing(document.zaak, "remove-document", by=by, now=now, seen=seen, is_open=None) as change:
        others = Document.objects.filter(zaak=change.zaak, path=document.path).exclude(pk=document.pk)
        if not others.exists():
            place = place_of(document.path)
            transaction.on_commit(lambda: place.unlink(missing_ok=True))
        Document.objects.filter(pk=document.pk).delete()
        change.facts.update(document=document.uuid.hex, sha256=document.sha256)
        nl, en = f"Document verwijderd: {document.titel}.", f"Document removed: {document.titel}."
        change.tell("document", f"{nl} {reason}", f"{en} {reason}", document=document.uuid.hex)


def set_audience(document: Document, audience: str, *, by: Actor, now: datetime, seen: int | None = None) -> Document:
    """Show a document to others, or not any more: staff, the persons in the case, or everyone."""
    with changing(document.zaak, "show-document", by=by, now=now, seen=seen, is_open=None) as change:
        if document.audience == audience:
            return document
        document.audience = audience
        document.save(update_fields=["audience"])
        change.facts.update(document=document.uuid.hex, audience=audience)
        nl = f"Wie het document ziet is gewijzigd: {document.titel}."
        en = f"Who sees the document was changed: {document.titel}."
        change.tell("document", nl, en, document=document.uuid.hex, shown_to=audience)
    return document


def folder_of(zaak: Zaak) -> str:
    """Tell in which folder the files of a case lie, within the files folder."""
    return f"{FOLDER}/{zaak.uuid.hex[:2]}/{zaak.uuid.hex}"


def place_of(path: str) -> Path:
    """Tell where a file lies."""
    return Path(settings.MEDIA_ROOT) / path


def read_document(document: Document) -> bytes:
    """Read the bytes of a document that the caller may see, and check that they are those that were added.

    Raises FileMissing.
    """
    try:
        content = place_of(document.path).read_bytes()
    except OSError as error:
        raise FileMissing(name=document.bestandsnaam) from error
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise FileMissing(name=document.bestandsnaam)
    return content


def keep(zaak: Zaak, content: bytes | Path, *, name: str) -> tuple[str, str, int]:
    """Write bytes under the folder of a case, safe on disk; gives path, SHA-256 and size.

    A file that no row comes to name, because the transaction failed, is swept away at night.
    Raises EmptyFile.
    """
    whole = content.read_bytes() if isinstance(content, Path) else content
    if not whole:
        raise EmptyFile(name=name)
    digest = hashlib.sha256(whole).hexdigest()
    path = f"{folder_of(zaak)}/{digest}"
    place = place_of(path)
    if not place.exists() or place.stat().st_size != len(whole):
        _write(place, whole)
    else:
        os.utime(place)  # young again, so that the sweep leaves it
    return path, digest, len(whole)


def _write(place: Path, whole: bytes) -> None:
    """Write a file whole: beside its place, flushed to disk, then moved there, with the folder flushed too."""
    new = [folder for folder in (place.parent, *place.parents) if not folder.exists()]
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        with part.open("xb") as out:
            out.write(whole)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, place)
    finally:
        part.unlink(missing_ok=True)
    for folder in {place.parent, *(each.parent for each in new)}:
        _settle(folder)


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
