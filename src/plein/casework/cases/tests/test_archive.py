"""The end of a file: what is due, who decides, what goes, what stays, and what an archive takes over."""

import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from plein.casework.cases import actions, errors, jobs
from plein.casework.cases.actions import archiving, checking, exporting
from plein.casework.cases.models import (
    Document,
    Entry,
    Rol,
    Vernietiging,
    Vernietigingslijst,
    Vernietigingsregel,
    Zaak,
)
from plein.casework.cases.queries import archive, subject_of
from plein.casework.cases.tests.conftest import NOW, TownHall, _member
from plein.foundation.errors import NotAllowed
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.models import AuditLine

YEARS_LATER = NOW + timedelta(days=500)
TODAY = YEARS_LATER.date()
PHOTO: dict[str, Any] = {"titel": "Foto", "bestandsnaam": "lamp.jpg", "formaat": "image/jpeg", "by": SYSTEM, "now": NOW}


def closed(hall: TownHall, result: str = "opgelost", **more: Any) -> Zaak:
    return actions.close_zaak(hall.open(**more), result, by=SYSTEM, now=NOW)


@pytest.fixture
def archivists(hall: TownHall) -> tuple[Actor, Actor]:
    """Give two archivists."""
    one, other = _member("arie", "archivist"), _member("bea", "archivist")
    return hall.actor(one), hall.actor(other)


def approved(archivists: tuple[Actor, Actor]) -> Vernietigingslijst:
    first, second = archivists
    lijst = archiving.draft_list(by=first, now=YEARS_LATER)
    archiving.propose_list(lijst, by=first, now=YEARS_LATER)
    return archiving.decide_list(lijst, approved=True, by=second, now=YEARS_LATER)


def test_a_case_is_due_when_its_term_is_over_and_nothing_stands_in_the_way(hall: TownHall) -> None:
    gone = closed(hall)
    closed(hall, "blijft")
    hall.open()
    related, whole = closed(hall), closed(hall)
    actions.relate(related, hall.open(), by=SYSTEM, now=NOW)
    Zaak.objects.filter(pk=hall.open().pk).update(hoofdzaak=whole)
    part = closed(hall)
    Zaak.objects.filter(pk=part.pk).update(hoofdzaak=hall.open())
    assert list(archive.due(TODAY)) == [gone]
    assert not archive.due(date(2027, 11, 1)).exists()  # the day before it ends: closed on 2 November 2026, 12 months


def test_destroying_takes_two_people(hall: TownHall, archivists: tuple[Actor, Actor]) -> None:
    first, second = archivists
    closed(hall)
    lijst = archiving.draft_list(by=SYSTEM, now=YEARS_LATER)
    archiving.propose_list(lijst, by=first, now=YEARS_LATER)
    with pytest.raises(errors.SecondPersonNeeded):
        archiving.decide_list(lijst, approved=True, by=first, now=YEARS_LATER)
    with pytest.raises(NotAllowed):
        archiving.decide_list(lijst, approved=True, by=hall.actor(hall.anna), now=YEARS_LATER)
    assert archiving.decide_list(lijst, approved=True, by=second, now=YEARS_LATER).state == "approved"
    with pytest.raises(errors.ListNotOpen):
        archiving.propose_list(lijst, by=first, now=YEARS_LATER)


def test_who_chose_what_stays_does_not_decide_either(hall: TownHall, archivists: tuple[Actor, Actor]) -> None:
    first, second = archivists
    closed(hall)
    lijst = archiving.draft_list(by=first, now=YEARS_LATER)
    archiving.keep_from_destruction(
        lijst.regels.get(), reason="Loopt nog bezwaar.", until=TODAY + timedelta(days=90), by=second, now=YEARS_LATER
    )
    archiving.propose_list(lijst, by=first, now=YEARS_LATER)
    with pytest.raises(errors.SecondPersonNeeded):
        archiving.decide_list(lijst, approved=True, by=second, now=YEARS_LATER)


def test_what_is_destroyed_is_gone_with_everything_of_it_and_the_register_stays(
    hall: TownHall, archivists: tuple[Actor, Actor], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    zaak = hall.open(contact={"name": "J. Jansen"}, omschrijving="Bij Jansen voor de deur")
    document = actions.add_document(zaak, "foto", content=b"beeld", **PHOTO)
    actions.close_zaak(zaak, "opgelost", by=SYSTEM, now=NOW)
    lijst = approved(archivists)
    with django_capture_on_commit_callbacks(execute=True):
        jobs.destroy(lijst=lijst.pk, now=YEARS_LATER)
    for model in (Zaak, Rol, Document, Entry, Vernietigingsregel):
        assert not model.objects.exists()
    assert not actions.documents.place_of(document.path).parent.exists()
    line = Vernietiging.objects.get()
    assert (line.identificatie, line.resultaat, line.documenten) == (zaak.identificatie, "opgelost", 1)
    assert "Jansen" not in str([vars(line) for line in (*Vernietiging.objects.all(), *AuditLine.objects.all())])
    assert AuditLine.objects.filter(action="cases.destroy", subject=subject_of(zaak)).exists()
    lijst.refresh_from_db()
    assert lijst.state == "done"


def test_a_destruction_that_was_cut_off_goes_on_and_counts_each_case_once(
    hall: TownHall, archivists: tuple[Actor, Actor]
) -> None:
    for _ in range(3):
        closed(hall)
    lijst = approved(archivists)
    assert archiving.destroy_zaak(Zaak.objects.earliest("id").pk, lijst=lijst, by=SYSTEM, now=YEARS_LATER)
    assert archiving.destroy_list(lijst, by=SYSTEM, now=YEARS_LATER) == 2
    assert archiving.destroy_list(lijst, by=SYSTEM, now=YEARS_LATER) == 0
    assert Vernietiging.objects.count() == 3


def test_what_is_needed_again_since_the_approval_is_left_alone(hall: TownHall, archivists: tuple[Actor, Actor]) -> None:
    zaak, other = closed(hall), closed(hall)
    lijst = approved(archivists)
    actions.relate(zaak, hall.open(), by=SYSTEM, now=YEARS_LATER)
    assert archiving.destroy_list(lijst, by=SYSTEM, now=YEARS_LATER) == 1
    assert Zaak.objects.filter(pk=zaak.pk).exists()
    assert not Zaak.objects.filter(pk=other.pk).exists()


def test_nothing_is_destroyed_without_an_approved_list(hall: TownHall, archivists: tuple[Actor, Actor]) -> None:
    zaak = closed(hall)
    lijst = archiving.draft_list(by=archivists[0], now=YEARS_LATER)
    assert not archiving.destroy_zaak(zaak.pk, lijst=lijst, by=SYSTEM, now=YEARS_LATER)
    with pytest.raises(errors.ListNotOpen):
        archiving.destroy_list(lijst, by=SYSTEM, now=YEARS_LATER)
    assert Zaak.objects.filter(pk=zaak.pk).exists()


def test_parts_go_before_the_whole(hall: TownHall, archivists: tuple[Actor, Actor]) -> None:
    whole = closed(hall)
    part = closed(hall)
    Zaak.objects.filter(pk=part.pk).update(hoofdzaak=whole)
    assert archiving.destroy_list(approved(archivists), by=SYSTEM, now=YEARS_LATER) == 2


def test_what_is_kept_comes_back_after_its_day(hall: TownHall, archivists: tuple[Actor, Actor]) -> None:
    first, second = archivists
    closed(hall)
    lijst = archiving.draft_list(by=first, now=YEARS_LATER)
    until = TODAY + timedelta(days=90)
    archiving.keep_from_destruction(lijst.regels.get(), reason="Bezwaar.", until=until, by=first, now=YEARS_LATER)
    archiving.propose_list(lijst, by=first, now=YEARS_LATER)
    archiving.decide_list(lijst, approved=True, by=second, now=YEARS_LATER)
    assert archiving.destroy_list(lijst, by=SYSTEM, now=YEARS_LATER) == 0
    assert not archive.proposable(TODAY).exists()
    assert archive.proposable(until).count() == 1
    with pytest.raises(errors.NothingDue):
        archiving.draft_list(by=first, now=YEARS_LATER)


def test_a_refused_list_lets_its_cases_go(hall: TownHall, archivists: tuple[Actor, Actor]) -> None:
    first, second = archivists
    closed(hall)
    lijst = archiving.draft_list(by=first, now=YEARS_LATER)
    archiving.propose_list(lijst, by=first, now=YEARS_LATER)
    archiving.decide_list(lijst, approved=False, note="Eerst overleg.", by=second, now=YEARS_LATER)
    assert archive.proposable(TODAY).count() == 1


def test_the_night_dates_lists_and_sweeps(hall: TownHall) -> None:
    first = hall.open()
    waiting = hall.open("boom")
    actions.relate(waiting, first, by=SYSTEM, now=NOW)
    waiting.zaaktype.resultaattypen.filter(key="opgelost").update(afleidingswijze="gerelateerde_zaak")
    archiving.parts_of(waiting)
    zaak = actions.close_zaak(Zaak.objects.get(pk=waiting.pk), "opgelost", by=SYSTEM, now=NOW)
    Zaak.objects.filter(pk=zaak.pk).update(archiefactiedatum=None)
    document = actions.add_document(first, "foto", content=b"beeld", **PHOTO)
    orphan = actions.documents.place_of(actions.documents.keep(first, b"nergens genoemd", name="x")[0])
    actions.close_zaak(first, "opgelost", by=SYSTEM, now=NOW + timedelta(days=10))
    os.utime(orphan, (0, 0))
    jobs.archive_night(now=YEARS_LATER)
    zaak.refresh_from_db()
    assert zaak.archiefactiedatum == date(2027, 11, 12)  # a year after the related case ended
    assert Vernietigingslijst.objects.get().regels.count() == 2
    assert not orphan.exists()
    assert actions.documents.place_of(document.path).exists()


def test_a_file_that_went_missing_is_named(hall: TownHall) -> None:
    document = actions.add_document(hall.open(), "foto", content=b"beeld", **PHOTO)
    assert checking.problems() == []
    actions.documents.place_of(document.path).unlink()
    assert f"document {document.uuid}" in checking.problems()[0]


def test_a_case_with_a_status_or_result_of_another_type_is_named(hall: TownHall) -> None:
    wrong, ended = hall.open(), hall.open()
    Zaak.objects.filter(pk=wrong.pk).update(status=hall.open("boom").status)
    Zaak.objects.filter(pk=ended.pk).update(einddatum=NOW.date())
    found = checking.problems()
    assert [wrong.identificatie in found[0], ended.identificatie in found[1]] == [True, True]


def exported(hall: TownHall, by: Actor) -> tuple[Zaak, zipfile.ZipFile]:
    zaak = hall.open(
        contact={"name": "J. \x0b Jansen & <Zn>"}, omschrijving="Lamp\x01 & <b>stuk</b>", buurt_code="BU01060203"
    )
    actions.add_document(zaak, "foto", content=b"beeld", **{**PHOTO, "bestandsnaam": "../../etc/lamp & <1>.jpg"})
    actions.add_document(zaak, "foto", content=b"beeld 2", **{**PHOTO, "titel": " ", "bestandsnaam": "..."})
    actions.relate(zaak, hall.open(), aard="vervolg", by=SYSTEM, now=NOW)
    actions.close_zaak(zaak, "opgelost", by=SYSTEM, now=NOW)
    with exporting.export_zaak(Zaak.objects.get(pk=zaak.pk), by=by, now=NOW) as pack:
        return zaak, zipfile.ZipFile(io.BytesIO(pack.read()))


def test_an_export_has_every_document_and_no_way_out_of_its_folder(
    hall: TownHall, archivists: tuple[Actor, Actor]
) -> None:
    zaak, pack = exported(hall, archivists[0])
    names = pack.namelist()
    assert all(name.startswith(f"{zaak.uuid.hex}/") and ".." not in name for name in names)
    assert sorted(pack.read(name) for name in names if name.endswith((".jpg",)))[0] == b"beeld"
    facts = json.loads(pack.read(f"{zaak.uuid.hex}/zaakgegevens.json"))
    assert facts["resultaat"]["key"] == "opgelost"
    assert facts["tijdlijn"][0]["tekst"] == "De zaak is geopend."
    with pytest.raises(errors.NotClosed):
        exporting.export_zaak(hall.open(), by=archivists[0], now=NOW)


@pytest.mark.conformance
@pytest.mark.parametrize("version", ["1.0.1", "1.0.2.1"])  # the schema of 1.0.2 itself rejects its own examples
def test_an_export_is_valid_mdto(hall: TownHall, archivists: tuple[Actor, Actor], shared: Path, version: str) -> None:
    import xmlschema

    schema = xmlschema.XMLSchema(shared / "standards" / "mdto" / f"MDTO-XML{version}.xsd")
    _, pack = exported(hall, archivists[0])
    names = [name for name in pack.namelist() if name.endswith(".mdto.xml")]
    assert len(names) == 6  # the case, its facts, and for both documents the document and its bytes
    for name in names:
        schema.validate(pack.read(name).decode())
