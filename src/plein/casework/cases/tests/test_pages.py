"""The pages of who manages types of cases, rights and the archive."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from plein.casework.cases import actions, forms, queries
from plein.casework.cases.actions import archiving
from plein.casework.cases.demo import furnish
from plein.casework.cases.models import Autorisatie, Statustype, Vernietiging, Vernietigingslijst, Zaak, Zaaktype
from plein.casework.cases.rules import zgw
from plein.casework.cases.tests.conftest import NOW, TownHall, _member
from plein.foundation import clock
from plein.foundation.gate import intake, registry
from plein.foundation.gate.models import LogRecord, ProcessingActivity
from plein.foundation.geo.town import Town
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.demo import furnish_staff
from plein.foundation.identity.models import Staff
from plein.foundation.identity.queries import staff_actor
from plein.foundation.jobs import run_due

TYPES = "/zaken/typen"
OFFICER = Actor("staff", "0", roles=frozenset({"privacy-officer"}))


@pytest.fixture(autouse=True)
def _dutch() -> Iterator[None]:
    with translation.override("nl"):
        yield


@pytest.fixture
def manager(hall: TownHall, client: Client) -> Client:
    """Come in as the case manager, with the activities of cases approved."""
    approve_activities()
    client.force_login(hall.chef)
    return client


def approve_activities() -> None:
    now = clock.now()
    registry.sync(now=now)
    for row in ProcessingActivity.objects.filter(key__startswith="cases.", state="proposed"):
        registry.approve(row.pk, by=OFFICER, now=now)


def said(client: Client, address: str, status: int = 200, **data: Any) -> str:
    answer = client.post(address, data) if data else client.get(address)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def test_a_type_goes_from_nothing_to_published_and_cases_follow_it(manager: Client, hall: TownHall) -> None:
    made = {"key": "ligplaats", "title_nl": "Ligplaats", "title_en": "Mooring", "activity": "cases.handle"}
    said(manager, f"{TYPES}/nieuw", 302, **made)
    assert "Er is al een zaaktype" not in said(manager, f"{TYPES}/ligplaats")
    said(manager, f"{TYPES}/nieuw", 422, **made)
    status = {"volgnummer": 3, "omschrijving": "Keuren", "omschrijving_en": "Inspecting", "key": "keuren"}
    said(manager, f"{TYPES}/ligplaats/1/statussen", 302, **status)
    page = said(manager, f"{TYPES}/ligplaats")
    assert "De laatste status moet de hoogste plaats in de volgorde hebben." in page
    said(manager, f"{TYPES}/ligplaats/1/statussen", 422, **status)  # the key is taken
    row = Statustype.objects.get(zaaktype__identificatie="ligplaats", key="keuren")
    said(manager, f"{TYPES}/ligplaats/1/statussen/{row.pk}/weg", 302, go="1")
    facts = {
        "omschrijving": "Ligplaats voor een boot",
        "omschrijving_en": "Mooring",
        "activity": "cases.handle",
        "vertrouwelijkheid": "4",
        "doorlooptijd": "8",
        "in_werkdagen": "on",
    }
    said(manager, f"{TYPES}/ligplaats/1/wijzigen", 302, **facts)
    today = clock.local_date(clock.now())
    said(manager, f"{TYPES}/ligplaats/1/publiceren", 302, since=today.isoformat())
    zaak = hall.open("ligplaats", now=clock.now())
    assert (zaak.zaaktype.omschrijving, zaak.status.key) == ("Ligplaats voor een boot", "ontvangen")
    assert "Deze versie is gepubliceerd" in said(manager, f"{TYPES}/ligplaats/1/wijzigen")


def test_a_new_version_holds_from_its_day_and_old_cases_keep_theirs(manager: Client, hall: TownHall) -> None:
    before = hall.open()
    said(manager, f"{TYPES}/lamp/versie", 302, go="1")
    assert hall.open().zaaktype.versie == 1  # a concept changes nothing
    tomorrow = clock.now() + timedelta(days=1)
    said(manager, f"{TYPES}/lamp/2/publiceren", 302, since=clock.local_date(tomorrow).isoformat())
    assert Zaaktype.objects.get(identificatie="lamp", versie=1).einde_geldigheid == clock.local_date(tomorrow)
    assert hall.open(now=tomorrow).zaaktype.versie == 2
    before.refresh_from_db()
    assert before.zaaktype.versie == 1
    assert "Versie 2" in said(manager, f"{TYPES}/lamp")
    assert "Versie 1" in said(manager, f"{TYPES}/lamp?versie=1")
    actions.set_status(before, "bezig", by=SYSTEM, now=tomorrow)


def test_a_version_cannot_start_before_another_or_in_the_past(manager: Client, hall: TownHall) -> None:
    said(manager, f"{TYPES}/lamp/versie", 302, go="1")
    yesterday = clock.local_date(clock.now() - timedelta(days=1)).isoformat()
    manager.post(f"{TYPES}/lamp/2/publiceren", {"since": yesterday})
    row = Zaaktype.objects.get(identificatie="lamp", versie=2)
    assert row.concept
    assert Zaaktype.objects.get(identificatie="lamp", versie=1).einde_geldigheid is None
    assert said(manager, f"{TYPES}/lamp/2/publiceren", 422, since="morgen")
    said(manager, f"{TYPES}/lamp/2/weg", 302, go="1")
    assert not Zaaktype.objects.filter(pk=row.pk).exists()


def test_every_kind_of_part_has_a_page(manager: Client) -> None:
    said(manager, f"{TYPES}/lamp/versie", 302, go="1")
    row = Zaaktype.objects.get(identificatie="lamp", versie=2)
    for kind, name in actions.types.PARTS.items():
        said(manager, f"{TYPES}/lamp/2/{kind}")
        part = getattr(row, name).first()
        said(manager, f"{TYPES}/lamp/2/{kind}/{part.pk}")
    said(manager, f"{TYPES}/lamp/2/onzin", 404)
    said(manager, f"{TYPES}/lamp/2/statussen/999999", 404)
    result = {
        "omschrijving": "Vervangen",
        "omschrijving_en": "Replaced",
        "archiefnominatie": "vernietigen",
        "archiefactietermijn": "24",
        "afleidingswijze": "afgehandeld",
        "key": "vervangen",
    }
    said(manager, f"{TYPES}/lamp/2/resultaten", 302, **result)
    assert row.resultaattypen.get(key="vervangen").archiefactietermijn == 24


def test_the_words_of_the_choices_are_those_of_the_standard() -> None:
    assert set(forms.WAYS) == set(zgw.AFLEIDINGSWIJZEN)
    assert set(forms.ROLES) == set(zgw.GENERIC_ROLES)


def test_a_right_is_given_and_withdrawn_and_works_at_once(manager: Client, hall: TownHall) -> None:
    zaak = hall.open("boom", team=hall.green)
    right = {"team": hall.light.pk, "zaaktype": "boom", "area_code": "", "max_vertrouwelijkheid": "5", "may": "read"}
    said(manager, "/zaken/rechten", 302, **right)
    assert hall.seen_by(hall.anna) == {zaak.pk}
    page = said(manager, "/zaken/rechten")
    assert "Boom, overal, tot en met Vertrouwelijk" in page
    said(manager, f"/zaken/rechten/{Autorisatie.objects.get().pk}/weg", 302, go="1")
    assert hall.seen_by(hall.anna) == set()
    said(manager, "/zaken/rechten", 422, team="")


def test_two_archivists_destroy_by_the_pages_and_the_register_says_so(hall: TownHall) -> None:
    first, second = Client(), Client()
    first.force_login(_member("arie", "archivist"))
    second.force_login(_member("bea", "archivist"))
    long_ago = clock.now() - timedelta(days=800)
    zaken = [hall.open(now=long_ago) for _ in range(2)]
    for zaak in zaken:
        actions.close_zaak(zaak, "opgelost", by=SYSTEM, now=long_ago)
    assert "2 zaken moeten vernietigd worden" in said(first, "/zaken/archief")
    said(first, "/zaken/archief/lijst", 302, go="1")
    lijst = Vernietigingslijst.objects.get()
    at = f"/zaken/archief/{lijst.uuid}"
    keep = f"{at}/regel/{lijst.regels.get(zaak=zaken[0]).pk}"
    said(first, keep)
    said(first, keep, 422, reason="")
    until = (clock.now() + timedelta(days=90)).date().isoformat()
    said(first, keep, 302, reason="Er loopt een rechtszaak.", until=until)
    said(first, f"{at}/voorstellen", 302, go="1")
    assert "iemand anders beslist" in said(first, at)
    said(first, f"{at}/goedkeuren", 302, go="1")
    lijst.refresh_from_db()
    assert lijst.state == "proposed"
    assert "De vernietiging goedkeuren" in said(second, at)
    said(second, f"{at}/goedkeuren", 302, go="1")
    run_due(clock.now())
    assert list(Zaak.objects.values_list("pk", flat=True)) == [zaken[0].pk]
    assert zaken[1].identificatie in said(first, "/zaken/archief/register")
    assert Vernietiging.objects.get().lijst.state == "done"
    assert zaken[1].identificatie in said(second, at)


def test_a_list_can_be_refused_with_the_reason(hall: TownHall) -> None:
    first = hall.actor(_member("arie", "archivist"))
    client = Client()
    client.force_login(_member("bea", "archivist"))
    long_ago = clock.now() - timedelta(days=800)
    actions.close_zaak(hall.open(now=long_ago), "opgelost", by=SYSTEM, now=long_ago)
    lijst = archiving.draft_list(by=first, now=clock.now())
    archiving.propose_list(lijst, by=first, now=clock.now())
    said(client, f"/zaken/archief/{lijst.uuid}/afwijzen", 302, note="Eerst overleg.")
    assert "Eerst overleg." in said(client, f"/zaken/archief/{lijst.uuid}")


def test_a_closed_case_is_taken_for_the_archive_and_that_is_logged(manager: Client, hall: TownHall) -> None:
    zaak = actions.close_zaak(hall.open(contact={"name": "Jansen"}), "opgelost", by=SYSTEM, now=NOW)
    before = LogRecord.objects.count()
    answer = manager.post("/zaken/archief/zaak", {"nummer": zaak.identificatie.lower()}, follow=True)
    names = zipfile.ZipFile(io.BytesIO(b"".join(answer))).namelist()
    assert f"{zaak.uuid.hex}/zaakgegevens.json" in names
    intake.chain_all()
    assert LogRecord.objects.count() == before + 1
    assert {"cases.export", "gate.use"} <= {line.action for line in queries.audit_trail(zaak)}
    said(manager, "/zaken/archief/zaak", 422, nummer="bestaat niet")


def test_the_demo_town_has_cases_in_every_stage_and_a_list_to_look_through(data_dir: object, db: None) -> None:
    now = clock.now()
    town = Town(staff=furnish_staff(now=now))
    for _ in range(2):
        furnish(town, now=now)
    assert Zaak.objects.count() == 42
    assert Zaak.objects.filter(einddatum=None).count() == 6
    assert Vernietigingslijst.objects.get().regels.exists()
    worker = Staff.objects.get(username__startswith="demo-", grants__role="case-worker")
    assert len(queries.worklist(staff_actor(worker, now=now), queries.Filters(), now=now).rows) == 6
    assert reverse("cases:types") == TYPES
